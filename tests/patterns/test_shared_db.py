"""Pattern 2: how old its answers are, what a missed batch does, and half-written tables."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from scipy import stats

import mlbook as mb
from mlbook.queueing import batch_age
from tests.worlds import small, steady

NIGHTLY = mb.SharedDb()
T, D, FIRST = mb.DAY, 2 * mb.HOUR, 1 * mb.HOUR
LAST_BATCH = 9 * mb.DAY + FIRST  # starts here in the middle of the steady world


@cache
def served(*faults, **knobs):
    return mb.run(NIGHTLY.but(**knobs), steady(), faults=faults)


def read_at_s(run):
    return run.log["requested_at_s"] + run.log["latency_s"]


def since_the_batch_began(run):
    return (read_at_s(run) - FIRST) % T


@pytest.mark.parametrize(
    ("period", "takes"), [(24 * mb.HOUR, 2 * mb.HOUR), (6 * mb.HOUR, 1 * mb.HOUR), (mb.HOUR, 60.0)]
)
def test_the_age_of_an_answer_is_uniform_between_d_and_t_plus_d(period, takes):
    age_s = served(predict_every=period, predict_takes=takes).log["feature_age_s"]
    youngest, oldest = batch_age(period, takes)
    # Visits come at a flat rate, so Kolmogorov and Smirnov apply; a false alarm in 1 of 100,000.
    assert stats.kstest(age_s, stats.uniform(youngest, oldest - youngest).cdf).pvalue > 1e-5
    assert youngest - 1.0 < age_s.min() < age_s.max() < oldest  # a lookup takes below one second


def test_every_answer_comes_from_the_last_batch_that_was_complete():
    run = served()
    batch = np.floor((read_at_s(run) - FIRST - D) / T)
    np.testing.assert_allclose(run.log["feature_asof_s"], FIRST + batch * T)


def test_the_batch_may_start_at_another_hour():
    run = served(first_batch_at=5 * mb.HOUR)
    assert set((run.log["feature_asof_s"] % T).round()) == {5 * mb.HOUR}


def test_a_batch_longer_than_its_period_runs_back_to_back():
    age_s = served(predict_every=1 * mb.HOUR, predict_takes=3 * mb.HOUR).log["feature_age_s"]
    low, high = batch_age(1 * mb.HOUR, 3 * mb.HOUR)
    assert (low, high) == (3 * mb.HOUR, 6 * mb.HOUR)
    assert low - 1.0 < age_s.min() < age_s.max() < high
    assert stats.kstest(age_s, stats.uniform(low, high - low).cdf).pvalue > 1e-5


MISSED = {
    "skipped": mb.skip_batch(at=LAST_BATCH - 1 * mb.HOUR, lasting=2 * mb.HOUR),
    "down while it runs": mb.down("batch", at=LAST_BATCH + 1 * mb.HOUR, lasting=60.0),
    "down when it is due": mb.down("batch", at=LAST_BATCH - 60.0, lasting=120.0),
}


@pytest.mark.parametrize("fault", MISSED.values(), ids=MISSED)
def test_one_missed_batch_makes_the_oldest_answer_two_periods_and_a_run_old(fault):
    age_s = served(fault).log["feature_age_s"]
    # Visits come every 100 s on average: none in the last 1,000 s by chance in 5 of 100,000.
    assert 2 * T + D - 1000.0 < age_s.max() < 2 * T + D
    assert served().log["feature_age_s"].max() < T + D


@pytest.mark.parametrize("fault", MISSED.values(), ids=MISSED)
def test_after_a_missed_batch_the_next_one_makes_up_for_it(fault):
    missed, whole = served(fault).log, served().log
    later = whole["requested_at_s"] > LAST_BATCH + T + D
    assert np.array_equal(missed["feature_age_s"][later], whole["feature_age_s"][later])


def test_a_batch_that_takes_no_time_is_lost_in_an_outage_too():
    fault = mb.down("batch", at=LAST_BATCH - 60.0, lasting=120.0)
    age_s = served(fault, predict_takes=0.0).log["feature_age_s"]
    assert 2 * T - 1000.0 < age_s.max() < 2 * T


def test_a_day_without_the_batch_leaves_every_visit_answered():
    run = served(mb.down("batch", at=9 * mb.DAY, lasting=24 * mb.HOUR))
    assert mb.measure.availability(run) == 1.0
    assert [(part, what) for _, part, what in run.site.incidents] == [("batch", "lost")]


def test_an_hour_without_the_shared_db_fails_just_that_hour():
    at, lasting = 9 * mb.DAY, 1 * mb.HOUR
    log = served(mb.down("shared_db", at=at, lasting=lasting)).log
    inside = (log["requested_at_s"] >= at) & (log["requested_at_s"] < at + lasting)
    assert inside.sum() > 10
    assert np.array_equal(log["status"] == "down:shared_db", inside)
    assert not log["click"][inside].any()


def test_the_user_waits_for_one_lookup_only():
    run = served()
    lookup_s = run.site.parts["shared_db"].draws_s[run.log["visit"]]
    np.testing.assert_allclose(run.log["latency_s"], lookup_s, rtol=0, atol=1e-9)


@pytest.mark.parametrize("write_takes", [10 * mb.MINUTE, 2 * mb.HOUR])
def test_whole_tables_never_mix(write_takes):
    assert set(served(write_takes=write_takes, atomic_swap=True).log["status"]) == {"ok"}


def test_a_table_overwritten_row_by_row_mixes_only_while_it_is_written():
    writing = 1 * mb.HOUR
    run = served(write_takes=writing, atomic_swap=False)
    phase = since_the_batch_began(run)
    mixed, window = run.log["status"] == "mixed", (phase >= D - writing) & (phase < D)
    assert mixed.sum() > 50
    assert not mixed[~window].any()
    # Of 6 candidates the first and the last are rarely both on one side: most answers mix.
    assert mixed[window].mean() > 0.5


def test_a_mixed_answer_is_dated_by_its_oldest_row():
    run = served(write_takes=1 * mb.HOUR, atomic_swap=False)
    mixed = run.log["status"] == "mixed"
    assert (run.log["feature_age_s"][mixed] > T).all()
    assert (run.log["model_age_s"][mixed] > T).all()


def test_the_writer_goes_item_by_item_and_each_row_is_scored_as_it_stands():
    writing, world = 1 * mb.HOUR, steady()
    run = served(write_takes=writing, atomic_swap=False)
    model = {version.asof_s: version.estimator for version in run.site.versions.versions}
    mixed = np.flatnonzero(run.log["status"] == "mixed")
    written = (since_the_batch_began(run) - (D - writing)) // (writing / 60)
    today_s = (read_at_s(run) - FIRST) // T * T  # the midnight of the training
    for n in mixed[:50]:
        slate = world.visits.slate[run.log["visit"][n]]
        midnight_s = np.where(slate < written[n], today_s[n], today_s[n] - T)
        who = np.full(slate.size, run.log["user"][n])
        columns = world.features(who, slate, midnight_s + FIRST)
        expected = [
            model[at].predict_proba(row[None])[0, 1]
            for at, row in zip(midnight_s, columns, strict=True)
        ]
        np.testing.assert_allclose(run.slate_score[n], expected, rtol=1e-9)


def test_a_batch_that_dies_while_it_writes_leaves_a_half_written_table_until_the_next():
    dies_at = LAST_BATCH + D - 30 * mb.MINUTE
    fault = mb.down("batch", at=dies_at, lasting=60.0)
    run = served(fault, write_takes=1 * mb.HOUR, atomic_swap=False)
    mixed, when = run.log["status"] == "mixed", read_at_s(run)
    next_writes = LAST_BATCH + T + D - 1 * mb.HOUR
    assert mixed[(when > dies_at) & (when < next_writes)].mean() > 0.5
    healed = (when > next_writes + 1 * mb.HOUR) & (when < next_writes + T)
    assert healed.sum() > 100
    assert not mixed[healed].any()


@pytest.mark.parametrize("atomic_swap", [True, False])
def test_who_came_after_the_batch_has_no_row(atomic_swap):
    newcomers = mb.World(seed=1, days=7, users=200, events_per_user_day=0.1)
    pattern = mb.SharedDb(atomic_swap=atomic_swap, write_takes=2 * mb.HOUR)
    log = mb.run(pattern, newcomers).log
    known_from_s = newcomers.activity.first_seen_s(newcomers.users)[log["user"]]
    new = log["status"] == "no_row"
    assert 0 < new.sum() < new.size
    asof_s = np.floor((log["requested_at_s"] + log["latency_s"] - FIRST - D) / T) * T + FIRST
    if atomic_swap:
        assert np.array_equal(new, known_from_s >= asof_s)
    assert np.isnan(log["score"][new]).all()


def test_before_the_first_model_the_first_candidate_is_shown():
    log = mb.run(NIGHTLY, small(), warmup=0).log
    early = log["status"] == "no_model"
    assert early.any()
    assert not early[log["requested_at_s"] > 4 * mb.DAY].any()
    assert np.array_equal(log["item"][early], small().visits.slate[log["visit"][early], 0])


def test_a_batch_computes_every_known_user_and_every_item():
    run = served()
    known_from_s = steady().activity.first_seen_s(60)
    for _, asof_s, n_predictions in run.site.published:
        assert n_predictions == (known_from_s < asof_s).sum() * 60
