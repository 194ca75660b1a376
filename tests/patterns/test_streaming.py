"""Pattern 3: its lag, what comes late or twice, what happens when it stands still."""

from __future__ import annotations

import copy
import math
import warnings
from functools import cache

import numpy as np
import pytest

import mlbook as mb
from mlbook.queueing import Constant, Distribution, least_stable_trigger, micro_batch_lag
from mlbook.world import Activity, Features
from tests.worlds import error_of_mean, same_log, small

PROMPT = mb.Streaming(lateness=Constant(0.0), hop=Constant(0.0))
RATE = 0.05  # events a second in the even world


@cache
def even():
    """The small world with 30,000 events at a flat rate: every law has the same lambda."""
    world, rng = copy.copy(small()), np.random.default_rng(8)
    n = rng.poisson(RATE * world.horizon_s)
    at_s = np.sort(rng.uniform(0, world.horizon_s, n))
    world.activity = Activity(at_s, rng.integers(0, world.users, n), rng.integers(0, 60, n))
    world.features = Features(world.activity, world.catalog)
    return world


@cache
def served(*faults, **knobs):
    return mb.run(PROMPT.but(**knobs), even(), faults=faults)


def lag_s(run):
    """From an event to the end of the micro-batch that counted it."""
    return run.site.seen_at_s - run.world.activity.at_s


def until_s(run):
    """Events after this instant may not be counted before the world ends."""
    return run.world.activity.at_s < run.world.horizon_s - 4 * mb.HOUR


class HalfLate(Distribution):
    """Half of the events come at once, the others after an exponential time."""

    mean = 1800.0

    def sample(self, rng, n):
        return np.where(rng.random(n) < 0.5, 0.0, rng.exponential(3600.0, n))


@pytest.mark.parametrize(
    ("trigger", "per_batch", "per_event"),
    [(1.0, 0.2, 0.002), (60.0, 5.0, 1.0), (600.0, 0.0, 15.0), (600.0, 100.0, 5.0)],
)
def test_the_mean_lag_is_half_a_trigger_and_the_micro_batch(trigger, per_batch, per_event):
    run = served(trigger=trigger, per_batch=per_batch, per_event=per_event)
    lags = lag_s(run)[until_s(run)]
    law = micro_batch_lag(trigger, RATE, per_batch, per_event)
    assert abs(lags.mean() - law) < 4 * error_of_mean(lags)
    assert abs(lags.mean() / law - 1) < 0.03


def test_a_trigger_below_the_law_is_warned_of_with_the_least_stable_one():
    least = least_stable_trigger(0.05, per_batch_s=60.0, per_event_s=10.0)
    assert least == pytest.approx(120.0)
    slow = PROMPT.but(per_batch=60.0, per_event=10.0, trigger=30.0)
    with pytest.warns(UserWarning, match=r"trigger must be >= b / \(1 - a lambda\) = 2.0 min"):
        run = mb.run(slow, even())
    # It batches greedily instead: back to back, one every 120 s. An event waits for half of the one
    # that runs and for the whole of its own; a busy cycle holds more events, so a little longer.
    lags = lag_s(run)[until_s(run)]
    assert 1.5 * least < lags.mean() < 1.1 * 1.5 * least


def test_work_that_comes_faster_than_it_is_done_piles_up_without_end():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        lags = lag_s(mb.run(PROMPT.but(per_event=25.0), even()))
    counted = np.isfinite(lags)
    # Of every second of events only 1 / (25 * 0.05) is done by then.
    late = counted.sum() / counted.size
    assert late == pytest.approx(1 / 1.25, rel=0.03)
    assert lags[counted][-1] > 0.15 * even().horizon_s


def test_what_is_later_than_the_watermark_is_dropped_as_the_law_says():
    run = mb.run(PROMPT.but(lateness=HalfLate(), watermark=1 * mb.HOUR), even())
    lost = ~np.isfinite(run.site.seen_at_s)[until_s(run)]
    law = 0.5 * math.exp(-1.0)
    # The newest event seen is on average 2 / rate = 40 s old, of 3,600 s: one percent less is lost.
    assert abs(lost.mean() - law) < 4 * math.sqrt(law * (1 - law) / lost.size) + 0.01 * law


def test_exactly_the_events_behind_the_newest_one_by_more_than_the_watermark_are_dropped():
    pattern = PROMPT.but(lateness=HalfLate(), watermark=20 * mb.MINUTE, partitions=1, trigger=30.0)
    run, at_s = mb.run(pattern, even()), even().activity.at_s
    late_s = HalfLate().sample(np.random.default_rng([0, _crc("part/lateness")]), at_s.size)
    newest, lost, arrivals = -np.inf, [], at_s + late_s
    due = np.ceil(arrivals / 30.0)  # the trigger that takes it
    for turn in np.unique(due):
        events = np.flatnonzero(due == turn)
        lost += [event for event in events if at_s[event] < newest - 20 * mb.MINUTE]
        newest = max(newest, at_s[events].max())
    lost = np.array([n for n in lost if arrivals[n] < even().horizon_s - mb.HOUR])
    assert lost.size > 1000
    assert np.isinf(run.site.seen_at_s[lost]).all()
    others = np.setdiff1d(np.flatnonzero(arrivals < even().horizon_s - mb.HOUR), lost)
    assert np.isfinite(run.site.seen_at_s[others]).all()


def _crc(name):
    import zlib

    return zlib.crc32(name.encode())


FALLS = mb.down("stream_job", at=5 * mb.DAY + 3600 + 600.0, lasting=60.0)
SLOW = {"trigger": 3600.0, "per_event": 10.0, "per_batch": 0.0}


def test_a_crash_in_a_micro_batch_counts_its_first_part_twice_without_idempotence():
    everybody, caught_up_s = np.arange(even().users), 5 * mb.DAY + 5.9 * mb.HOUR

    def mass(run):
        features = run.site.own_features()
        columns = features(everybody, 0 * everybody, np.full(everybody.size, caught_up_s))
        return np.expm1(columns[:, 1]).sum()

    usual = mass(served(**SLOW))
    assert mass(served(FALLS, idempotent=True, **SLOW)) == pytest.approx(usual, abs=1e-6)
    # An event takes 10 s and it fell after 600 s: 60 were counted. They are 5 to 6 hours old.
    extra = mass(served(FALLS, idempotent=False, **SLOW)) - usual
    assert 60 * 2 ** (-6 / 24) < extra < 60 * 2 ** (-4.9 / 24)


def test_a_crash_loses_nothing_and_delays_by_the_outage():
    crashed, usual = served(FALLS, **SLOW), served(**SLOW)
    assert np.array_equal(np.isfinite(crashed.site.seen_at_s), np.isfinite(usual.site.seen_at_s))
    assert [(part, what) for _, part, what in crashed.site.incidents] == [
        ("stream_job", "lost")
    ] * len(crashed.site.incidents)
    before = even().activity.at_s < FALLS.at_s - 2 * 3600
    assert np.array_equal(crashed.site.seen_at_s[before], usual.site.seen_at_s[before])


def test_after_an_outage_the_backlog_is_gone_after_the_time_that_the_law_says():
    at, lasting, a = 3 * mb.DAY, 12 * mb.HOUR, 8.0
    run = served(mb.down("stream_job", at=at, lasting=lasting), per_batch=0.0, per_event=a)
    ends = at + lasting
    lags, event_s = lag_s(run), even().activity.at_s
    caught_up_s = event_s[(event_s > ends) & (lags < 5 * a)][0]
    # Backlog lambda L is worked off at 1/a - lambda a second.
    law = RATE * lasting / (1 / a - RATE)
    backlog = RATE * lasting
    relative_error = math.sqrt(1 / backlog + 1 / (RATE * law))
    assert abs((caught_up_s - ends) / law - 1) < 4 * relative_error


def test_back_pressure_takes_at_most_so_many_events_from_a_partition():
    run = served(trigger=3600.0, at_most=10, partitions=2, per_batch=1.0, per_event=0.0)
    seen = run.site.seen_at_s[np.isfinite(run.site.seen_at_s)]
    _, together = np.unique(seen, return_counts=True)
    assert together.max() == 20


def test_a_queue_that_is_down_delays_events_and_answers_go_on_with_what_was_known():
    outage = mb.down("mq", at=5.5 * mb.DAY, lasting=2 * mb.HOUR)
    run = served(outage)
    assert mb.measure.availability(run) == 1.0
    oldest_s = run.log["feature_age_s"].max()
    assert 1.5 * mb.HOUR < oldest_s < 2 * mb.HOUR + 5
    inside = (even().activity.at_s > 5.5 * mb.DAY) & (even().activity.at_s < 5.5 * mb.DAY + 7200)
    assert np.isfinite(run.site.seen_at_s[inside]).all()


def test_an_hour_without_the_view_fails_just_that_hour():
    outage = mb.down("view", at=5.5 * mb.DAY, lasting=1 * mb.HOUR)
    log = served(outage).log
    inside = (log["requested_at_s"] >= 5.5 * mb.DAY) & (
        log["requested_at_s"] < 5.5 * mb.DAY + mb.HOUR
    )
    assert inside.any()
    assert np.array_equal(log["status"] == "down:view", inside)


def test_the_user_waits_for_one_read_only():
    run = served()
    read_s = run.site.parts["view"].draws_s[run.log["visit"]]
    np.testing.assert_allclose(run.log["latency_s"], read_s, rtol=0, atol=1e-9)


def test_the_answer_knows_exactly_the_events_counted_before_it():
    run, world = served(), even()
    log, event_s, seen_s = run.log, world.activity.at_s, run.site.seen_at_s
    features = run.site.own_features()
    for n in range(0, log["visit"].size, 37):
        read_s = run.site.published[
            np.searchsorted(
                [at for at, _, _ in run.site.published],
                log["requested_at_s"][n] + log["latency_s"][n],
                side="right",
            )
            - 1
        ][0]
        known = (seen_s <= read_s) & (world.activity.user == log["user"][n])
        mass = (2.0 ** (-(read_s - event_s[known]) / mb.DAY)).sum()
        found = features([log["user"][n]], [0], [np.nextafter(read_s, np.inf)])[0, 1]
        assert found == pytest.approx(math.log1p(mass), rel=1e-6)


def test_the_model_goes_on_learning_with_each_click_that_becomes_known():
    versions = served().site.versions.versions
    assert np.median(np.diff([v.live_at_s for v in versions])) == pytest.approx(30 * mb.MINUTE)
    assert (np.diff([version.n_rows for version in versions]) > 0).all()
    visits, last = even().visits, versions[-1]
    known = (visits.at_s <= last.asof_s - even().label_delay).sum()
    assert last.n_rows == known


def test_streamed_features_can_be_scored_by_a_model_that_is_trained_by_batch():
    mixed = served(trains_by="batch", train_every=1 * mb.DAY, train_takes=30 * mb.MINUTE)
    nightly = mb.run(mb.SharedDb(), even())
    assert len(mixed.site.versions.versions) > 3
    for ours, theirs in zip(
        mixed.site.versions.versions, nightly.site.versions.versions, strict=True
    ):
        assert (ours.asof_s, ours.live_at_s) == (theirs.asof_s, theirs.live_at_s)
        assert np.array_equal(ours.estimator[-1].coef_, theirs.estimator[-1].coef_)
    # and the features are as fresh as those of the whole stream
    assert np.array_equal(mixed.log["feature_age_s"], served().log["feature_age_s"])
    word = mixed.pattern.trains_by, mb.Streaming().trains_by, mb.RestApi().trains_by
    assert word == ("batch", "stream", "batch")


def test_it_is_the_same_with_the_same_seed_and_needs_no_order_of_runs():
    assert same_log(
        mb.run(mb.Streaming(), small(), seed=2), mb.run(mb.Streaming(), small(), seed=2)
    )


def test_an_alert_is_sent_when_the_event_is_counted_and_scores_as_the_newest_model_says():
    run = served()
    table = mb.measure.alerts(run, above=0.5)
    assert len(table) > 10
    assert (table["score"] >= 0.5).all()
    np.testing.assert_allclose(table["sent_at_s"], run.site.seen_at_s[table["event"]])
    row = table.astype({"user": int, "item": int}).to_dict("records")[-1]
    version = [v for v in run.site.versions.versions if v.live_at_s <= row["sent_at_s"]][-1]
    columns = run.site.own_features()(
        [row["user"]], [row["item"]], [np.nextafter(row["sent_at_s"], np.inf)]
    )
    assert version.estimator.predict_proba(columns)[0, 1] == pytest.approx(row["score"], rel=1e-9)


def test_a_pattern_that_publishes_tables_has_no_alerts_to_send():
    nightly = mb.run(mb.SharedDb(), small())
    with pytest.raises(ValueError, match=r"run must be of a pattern that sees single events, got"):
        mb.measure.alerts(nightly, above=0.5)


@pytest.mark.parametrize(
    ("knobs", "message"),
    [
        ({"watermark": -1.0}, "watermark must be >= 0"),
        ({"trigger": 0}, "trigger must be > 0"),
        ({"partitions": 0}, "partitions must be >= 1"),
        ({"at_most": 1.5}, "at_most must be a whole number"),
        ({"idempotent": "yes"}, "idempotent must be True or False"),
        ({"trains_by": "night"}, "trains_by must be one of 'stream', 'batch'"),
    ],
)
def test_a_knob_outside_its_range_is_refused(knobs, message):
    with pytest.raises((TypeError, ValueError), match=message):
        mb.Streaming(**knobs)
