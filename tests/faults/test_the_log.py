"""Faults on the activity log: what becomes of the events, and what each pattern makes of it."""

from __future__ import annotations

import math
from functools import cache

import numpy as np
import pytest
from scipy import stats

import mlbook as mb
from mlbook.faults import written
from tests.worlds import same_log, shop, small

LOG = "activity_log"
AT_S, ENDS_S = 4 * mb.DAY, 6 * mb.DAY
THEN = {"at": AT_S, "lasting": ENDS_S - AT_S}
ALWAYS = {"at": 0.0, "lasting": 30 * mb.DAY}
PATTERNS = {
    "REST": mb.RestApi(),
    "shared DB": mb.SharedDb(predict_every=6 * mb.HOUR),
    "in process": mb.InProcess(),
    "mobile": mb.MobileApp(),
    "streaming": mb.Streaming(),
    "federated": mb.Federated(),
}


@cache
def plain(name):
    return mb.run(PATTERNS[name], small())


def hit_by(name, *faults):
    return mb.run(PATTERNS[name], small(), faults=faults)


def inside(world=None):
    at_s = (world or small()).activity.at_s
    return (at_s >= AT_S) & (at_s < ENDS_S)


# ---- the log itself


def test_late_events_are_readable_later_by_exactly_that_and_no_others():
    log = written(small(), [mb.late(LOG, **THEN, by=600.0)], seed=0)
    at_s = small().activity.at_s
    assert np.array_equal(log.readable_at_s, at_s + 600.0 * inside())
    assert np.array_equal(log.stamped.at_s, at_s)


def test_the_share_of_the_events_that_is_lost_is_as_large_as_it_says():
    log = written(shop(), [mb.drop(LOG, **THEN, share=0.2)], seed=0)
    lost, then = np.isinf(log.readable_at_s), inside(shop())
    assert not lost[~then].any()
    assert abs(lost[then].mean() - 0.2) < 4 * math.sqrt(0.2 * 0.8 / then.sum())


def test_events_are_lost_while_the_log_is_down():
    log = written(small(), [mb.down(LOG, **THEN)], seed=0)
    assert np.array_equal(np.isinf(log.readable_at_s), inside())


def test_reordered_events_wait_exponentially_and_overtake_each_other():
    log = written(shop(), [mb.reorder(LOG, **THEN, by=600.0, share=0.5)], seed=0)
    waits_s, then = log.readable_at_s - shop().activity.at_s, inside(shop())
    hit = waits_s > 0
    assert not hit[~then].any()
    assert abs(hit[then].mean() - 0.5) < 4 * math.sqrt(0.25 / then.sum())
    assert stats.kstest(waits_s[hit] / 600.0, "expon").pvalue > 1e-4
    assert (np.diff(log.readable_at_s[hit]) < 0).any()


def test_a_doubled_event_has_two_rows_readable_at_the_same_time():
    log = written(shop(), [mb.duplicate(LOG, **THEN, share=0.3)], seed=0)
    copies, then = np.bincount(log.event) - 1, inside(shop())
    assert set(copies[~then]) == {0}
    assert abs(copies[then].mean() - 0.3) < 4 * math.sqrt(0.3 * 0.7 / then.sum())
    assert np.array_equal(log.seen_at_s, shop().activity.at_s[log.event])
    assert log.is_copy.sum() == copies.sum()


def test_rows_in_another_schema_are_readable_when_the_readers_have_followed():
    log = written(small(), [mb.schema_change(LOG, **THEN)], seed=0)
    expected = np.where(inside(), ENDS_S, small().activity.at_s)
    assert np.array_equal(log.readable_at_s, expected)


def test_a_wrong_clock_stamps_wrongly_and_hides_nothing():
    log = written(small(), [mb.clock_skew(**THEN, by=-900.0)], seed=0)
    at_s = small().activity.at_s
    assert np.array_equal(log.stamped.at_s, at_s - 900.0 * inside())
    assert np.array_equal(log.readable_at_s, at_s)


def test_faults_add_up_and_what_is_lost_stays_lost():
    faults = [mb.drop(LOG, **THEN, share=0.5), mb.late(LOG, **THEN, by=60.0),
              mb.late(LOG, at=AT_S, lasting=3600.0, by=40.0),
              mb.duplicate(LOG, **THEN, share=1.0)]  # fmt: skip
    one, other = (written(small(), order, seed=3) for order in (faults, faults[::-1]))
    assert np.array_equal(one.seen_at_s, other.seen_at_s)
    at_s = small().activity.at_s[one.event]
    waits_s = one.seen_at_s - at_s
    early = (at_s >= AT_S) & (at_s < AT_S + 3600.0)
    assert set(waits_s[early].round(6)) == {100.0, np.inf}
    assert set(waits_s[(at_s >= AT_S + 3600.0) & (at_s < ENDS_S)].round(6)) == {60.0, np.inf}


# ---- what the patterns make of it


@pytest.mark.parametrize("name", PATTERNS)
def test_a_fault_on_the_log_fails_no_request_and_moves_no_latency(name):
    faults = [mb.drop(LOG, **THEN, share=0.3), mb.clock_skew(**THEN, by=3600.0)]
    hit = hit_by(name, *faults)
    assert (hit.log["status"] == plain(name).log["status"]).all()
    assert np.array_equal(hit.log["latency_s"], plain(name).log["latency_s"])
    assert not np.array_equal(hit.log["score"], plain(name).log["score"])  # it does something


def test_whoever_reads_the_log_itself_sees_late_events_later_by_exactly_that():
    lag_s = mb.measure.event_lag_s(hit_by("in process", mb.late(LOG, **THEN, by=600.0)))
    served = small().activity.at_s >= plain("in process").log["requested_at_s"].min()
    assert lag_s == pytest.approx(600.0 * inside()[served], abs=1e-6)


@pytest.mark.parametrize("name", ["REST", "shared DB"])
def test_a_job_publishes_a_late_event_with_its_first_run_after_the_event_is_readable(name):
    run = hit_by(name, mb.late(LOG, **THEN, by=5000.0))
    at_s = small().activity.at_s
    at_s = at_s[at_s >= run.log["requested_at_s"].min()]
    readable_s = at_s + 5000.0 * ((at_s >= AT_S) & (at_s < ENDS_S))
    lag_s = [
        min((published - at for published, asof, _ in run.site.published if asof > readable),
            default=np.inf)
        for at, readable in zip(at_s, readable_s, strict=True)
    ]  # fmt: skip
    expected = np.array(lag_s)
    assert mb.measure.event_lag_s(run) == pytest.approx(expected[np.isfinite(expected)])
    mean_s = mb.measure.event_lag_s(run).mean()
    assert mean_s > mb.measure.event_lag_s(plain(name)).mean()


def test_a_stream_counts_late_events_later_by_exactly_that():
    # All events are late by 100 triggers: each micro-batch is the same one, later.
    run = hit_by("streaming", mb.late(LOG, **ALWAYS, by=100.0))
    early = small().activity.at_s < small().horizon_s - 200.0
    later_s = run.site.seen_at_s - plain("streaming").site.seen_at_s
    assert later_s[early] == pytest.approx(100.0, abs=1e-6)


def test_a_phone_knows_its_own_events_whatever_becomes_of_the_log():
    run, usual = hit_by("mobile", mb.down(LOG, **THEN)), plain("mobile")
    own = usual.site.seen_at_s == small().activity.at_s
    assert np.array_equal(run.site.seen_at_s[own], small().activity.at_s[own])
    assert np.isinf(run.site.seen_at_s[inside() & ~own]).all()
    assert np.array_equal(run.site.seen_at_s[~inside()], usual.site.seen_at_s[~inside()])


def test_a_phone_gets_a_late_event_with_the_first_sync_after_the_server_can_read_it():
    run = hit_by("federated", mb.late(LOG, **ALWAYS, by=1000.0))
    usual = plain("federated")
    others = usual.site.seen_at_s > small().activity.at_s
    every = PATTERNS["federated"].sync_every
    # The same phase, so later by a whole number of syncs: one, or two.
    later = (run.site.seen_at_s - usual.site.seen_at_s)[others] / every
    assert later == pytest.approx(later.round(), abs=1e-6)
    waits_s = (run.site.seen_at_s - small().activity.at_s)[others]
    assert waits_s.min() >= 1000.0
    assert waits_s.max() < 1000.0 + every
    assert (run.site.seen_at_s == usual.site.seen_at_s)[~others].all()


def test_whom_the_log_never_mentions_has_no_row_in_the_table():
    run = hit_by("shared DB", mb.down(LOG, **ALWAYS))
    assert set(run.log["status"]) == {"no_row"}


def masses(run, asof_s=AT_S):
    """Give each user's decayed number of events, as the pattern's own features see it."""
    users = np.arange(small().users)
    features = run.site.own_features() if run.site.own_features else run.site.world.features
    return np.expm1(features(users, 0 * users, np.full(users.size, asof_s))[:, 1])


@pytest.mark.parametrize("name", ["REST", "shared DB", "in process"])
def test_doubled_events_count_twice_where_nobody_looks_at_their_identity(name):
    run = hit_by(name, mb.duplicate(LOG, **ALWAYS, share=1.0))
    assert masses(run) == pytest.approx(2 * masses(plain(name)))


def test_doubled_events_count_once_in_a_stream_that_knows_what_it_has_counted():
    quick = mb.Streaming(per_event=0.0)  # so that a longer micro-batch takes no longer
    twice = [mb.duplicate(LOG, **ALWAYS, share=0.4)]
    usual, once = mb.run(quick, small()), mb.run(quick, small(), faults=twice)
    assert same_log(once, usual)
    assert np.array_equal(masses(once), masses(usual))
    careless = mb.run(quick.but(idempotent=False), small(), faults=twice)
    n_copies = int(careless.site.event_log.is_copy.sum())
    assert n_copies > 500
    assert masses(careless).sum() > 1.3 * masses(usual).sum()


@pytest.mark.parametrize("by", [6 * mb.HOUR, -6 * mb.HOUR])
@pytest.mark.parametrize("name", PATTERNS)
def test_a_wrong_clock_makes_every_event_older_or_younger_by_just_that(name, by):
    run = mb.run(PATTERNS[name].but(**({"watermark": 1 * mb.DAY} if name == "streaming" else {})),
                 small(), faults=[mb.clock_skew(**ALWAYS, by=by)])  # fmt: skip
    factor = 2 ** (by / small().features.half_life)
    if name in {"mobile", "federated"}:  # half of the events carry the phone's own stamp
        assert 1 < (masses(run).sum() / masses(plain(name)).sum()) ** np.sign(by) < 2**0.25
    else:
        assert masses(run) == pytest.approx(factor * masses(plain(name)), rel=1e-6)


def test_a_wrong_clock_reaches_the_training_too():
    skewed = hit_by("REST", mb.clock_skew(**THEN, by=-1 * mb.DAY))
    for version, usual in zip(
        skewed.site.versions.versions, plain("REST").site.versions.versions, strict=True
    ):
        weights = [each.estimator.steps[1][1].coef_ for each in (version, usual)]
        assert np.array_equal(*weights) == (version.asof_s <= AT_S)


def test_a_stream_drops_reordered_events_beyond_the_watermark_as_the_law_says():
    stream = mb.Streaming(watermark=1 * mb.HOUR)
    fault = mb.reorder(LOG, **ALWAYS, by=1 * mb.HOUR, share=0.2)
    run = mb.run(stream, shop(), faults=[fault])
    readable_s, lost = run.site.event_log.readable_at_s, np.isinf(run.site.seen_at_s)
    arrives = readable_s < shop().horizon_s - mb.MINUTE
    hit = readable_s > shop().activity.at_s
    assert not lost[~hit & arrives].any()
    hit &= arrives
    law = math.exp(-1.0)  # P(wait > watermark)
    # The newest event that the stream knows is a minute old by day and some by night: 3 % fewer.
    error = math.sqrt(law * (1 - law) / hit.sum())
    assert -4 * error - 0.03 * law < lost[hit].mean() - law < 4 * error


def test_a_stream_takes_events_of_a_clock_far_behind_for_too_late():
    fault = mb.clock_skew(**ALWAYS, by=-2 * mb.HOUR, share=0.2)
    run = mb.run(mb.Streaming(watermark=1 * mb.HOUR), shop(), faults=[fault])
    log, lost = run.site.event_log, np.isinf(run.site.seen_at_s)
    wrong = log.stamped.at_s < log.happened.at_s
    before_the_end = log.happened.at_s < shop().horizon_s - mb.MINUTE
    after_the_begin = log.happened.at_s > 3 * mb.HOUR
    assert lost[wrong & after_the_begin & before_the_end].all()
    assert not lost[~wrong & before_the_end].any()


def test_a_phone_does_not_count_twice_what_was_doubled_in_the_log_only():
    run, usual = hit_by("mobile", mb.duplicate(LOG, **ALWAYS, share=1.0)), plain("mobile")
    own = masses(hit_by("mobile", mb.down("sync", **ALWAYS)))  # nothing else arrives
    assert masses(run) == pytest.approx(own + 2 * (masses(usual) - own), abs=1e-6)
    assert np.array_equal(run.site.seen_at_s, usual.site.seen_at_s)


def test_what_the_log_knows_decides_nothing_about_who_has_the_app():
    seldom = mb.World(seed=1, days=9, users=200, visits_per_user_day=0.3)
    app = mb.MobileApp(release_every=1 * mb.DAY)
    plain, skewed = (
        mb.run(app, seldom, faults=faults)
        for faults in ([], [mb.clock_skew(**ALWAYS, by=6 * mb.DAY)])
    )
    for column in ("status", "model_version", "feature_asof_s"):
        assert np.array_equal(skewed.log[column], plain.log[column], equal_nan=column[0] == "f")
