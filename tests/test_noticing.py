"""Who notices a turn of the taste, what waits in a queue, and a part of a run."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

import mlbook as mb
from mlbook.measure import (
    backlog,
    caught_up_s,
    clicks_by_period,
    counted_twice,
    dropped_frac,
    flip_of,
    model_taste,
    turned_after_s,
)
from mlbook.queueing import Constant, catch_up_time
from tests.worlds import refusal, small

FLIP_S = 9 * mb.DAY


@cache
def flipping():
    """The lesson's shop: large enough that a day's clicks stand out of the noise."""
    world = mb.World(seed=3, users=600, taste_flips_at=FLIP_S)
    stream = mb.Streaming()
    mixed = stream.but(trains_by="batch", train_every=1 * mb.DAY, train_takes=30 * mb.MINUTE)
    patterns = {"nightly": mb.SharedDb(), "mixed": mixed, "stream": stream}
    return mb.compare(world, **patterns, training=stream.but(trigger=1 * mb.DAY))


@cache
def stopped():
    """A day in which the stream, a slow one, stood still for half of the time."""
    pattern = mb.Streaming(
        lateness=Constant(0.0), hop=Constant(0.0), per_batch=0.0, per_event=20.0, at_most=2,
        watermark=1 * mb.DAY,
    )  # fmt: skip
    outage = mb.down("stream_job", at=5.1 * mb.DAY, lasting=12 * mb.HOUR)
    return mb.run(pattern, small(), faults=[outage])


def test_clicks_by_period_are_the_means_of_the_log_over_whole_periods():
    run = flipping()["nightly"]
    table = clicks_by_period(flipping(), since=FLIP_S, every=mb.DAY)
    day = np.floor(run.log["requested_at_s"] / mb.DAY) - 9
    assert table.index.tolist() == [-4, -3, -2, -1, 0, 1, 2, 3, 4]
    assert table["visits"].sum() == run.log["click"].size
    for period in (-4, 0, 4):
        here = run.log["click"][day == period]
        assert table.loc[period, "visits"] == here.size
        assert table.loc[period, "nightly"] == pytest.approx(100 * here.mean())


def test_a_period_that_is_cut_off_is_left_out():
    table = clicks_by_period({"a": stopped()}, since=5.7 * mb.DAY, every=0.5 * mb.DAY)
    assert table.index.tolist() == [
        -1,
        0,
        1,
    ]  # from 5.2 to 6.7; day 5.0 to 5.2 and the rest are not


def test_a_model_that_was_told_the_taste_tells_it_again():
    # Trained on the four days before, in a shop whose taste stands still, a model knows the truth.
    world = mb.World(seed=1, users=1500, days=8, taste_drift=1.2)
    run = mb.run(mb.SharedDb(), world)
    live_s, taste = model_taste(run)
    # The rows are of the four days before the training; two days earlier is their middle.
    truth = world.taste([live_s[-1] - 2 * mb.DAY])[0]
    assert live_s.size == len(run.versions)
    np.testing.assert_allclose(taste.sum(axis=1), 0, atol=1e-9)
    assert np.abs(taste[-1] - truth).max() < 0.35
    assert np.corrcoef(taste[-1], truth)[0, 1] > 0.97


def test_before_a_flip_everybody_earns_the_usual_and_on_its_day_the_batch_trained_lose_most():
    table = clicks_by_period(flipping(), since=FLIP_S)
    lost = table.loc[[-3, -2, -1]].mean() - table.loc[0]
    # One day has 1,800 visits: a standard error of 1.2 clicks per 100, 1.4 for the difference.
    assert lost["nightly"] > 5
    assert lost["mixed"] > 5
    assert lost["stream"] < 4
    assert table.loc[4, "nightly"] > table.loc[0, "nightly"] + 5


@pytest.mark.parametrize("features", [("mixed", "nightly"), ("stream", "training")])
def test_streamed_features_earn_more_on_every_ordinary_day(features):
    fresh, stale = (flipping()[name].between(5 * mb.DAY, FLIP_S) for name in features)
    difference, error = mb.measure.difference_per_100(fresh, stale)
    assert difference > 4 * error


@pytest.mark.parametrize("training", [("stream", "mixed"), ("training", "nightly")])
def test_streamed_training_earns_more_on_the_day_of_the_flip(training):
    quick, slow = (flipping()[name].between(FLIP_S, FLIP_S + mb.DAY) for name in training)
    difference, error = mb.measure.difference_per_100(quick, slow)
    assert difference > 3 * error


def test_a_model_turns_when_more_than_half_of_its_memory_is_new():
    hours = {name: turned_after_s(run) / mb.HOUR for name, run in flipping().items()}
    assert hours["stream"] == hours["training"] < 24
    # Two of four days, an hour until a click is known, the next midnight, and half an hour.
    assert hours["nightly"] == hours["mixed"] == 72.5


def test_a_run_in_a_world_without_a_flip_has_none():
    assert flip_of(flipping()["stream"])[1] == FLIP_S
    said = refusal(ValueError, turned_after_s, stopped())
    assert said.startswith("run must be in a world whose taste flips")


def test_a_part_of_a_run_has_the_requests_of_its_time_and_no_others():
    run = stopped()
    part = run.between(5.5 * mb.DAY, 6 * mb.DAY)
    inside = (run.log["requested_at_s"] >= 5.5 * mb.DAY) & (run.log["requested_at_s"] < 6 * mb.DAY)
    assert 0 < inside.sum() < inside.size
    for name, column in part.log.items():
        np.testing.assert_array_equal(column, run.log[name][inside])
    np.testing.assert_array_equal(part.slate_score, run.slate_score[inside])
    assert len(part.requests) == inside.sum()
    said = refusal(ValueError, run.between, 9 * mb.DAY, 10 * mb.DAY)
    assert "must have a request between them, got 777600 and 864000 (seconds)" in said


def test_the_backlog_counts_what_has_happened_and_is_not_known():
    run = stopped()
    event_s, seen_s = run.world.activity.at_s, run.site.seen_at_s
    for at_s in (5.05 * mb.DAY, 5.3 * mb.DAY, 5.61 * mb.DAY, 5.7 * mb.DAY):
        expected = sum(e <= at_s < s for e, s in zip(event_s, seen_s, strict=True) if s < np.inf)
        assert backlog(run, [at_s]).tolist() == [expected]


def test_after_the_outage_it_has_caught_up_when_the_law_says():
    run, ends_s = stopped(), 5.6 * mb.DAY
    caught_s = caught_up_s(run, ends_s)
    event_s = run.world.activity.at_s
    came = np.searchsorted(event_s, [5.1 * mb.DAY, ends_s, caught_s])
    rate_per_s = (came[2] - came[1]) / (caught_s - ends_s)
    law_s = catch_up_time(float(came[1] - came[0]), rate_per_s, 20.0)
    # A micro-batch takes at most 2 events from each of 4 partitions: the steps in which we measure.
    assert abs(caught_s - ends_s - law_s) < 8 * 20.0 < law_s / 10
    assert backlog(run, [ends_s])[0] > 30 > backlog(run, [caught_s])[0]


def test_it_has_caught_up_at_the_first_micro_batch_that_left_nothing_older_than_itself():
    run, ends_s = stopped(), 5.6 * mb.DAY
    event_s, seen_s = run.world.activity.at_s, run.site.seen_at_s
    for ended_s, began_s, _ in run.site.published:
        left = event_s[(event_s <= ended_s) & (seen_s > ended_s)]
        if ended_s >= ends_s and (left >= began_s).all():
            break
    assert caught_up_s(run, ends_s) == ended_s


def test_a_stream_that_never_catches_up_says_so():
    outage = mb.down("stream_job", at=6.5 * mb.DAY, lasting=1 * mb.DAY)
    run = mb.run(mb.Streaming(), small(), faults=[outage])
    assert caught_up_s(run, 6 * mb.DAY) < 6.01 * mb.DAY
    assert caught_up_s(run, 6.6 * mb.DAY) == np.inf


@pytest.mark.parametrize(("idempotent", "twice"), [(True, 0), (False, 3)])
def test_what_a_crashed_micro_batch_had_counted_is_counted_twice(idempotent, twice):
    pattern = stopped().pattern.but(idempotent=idempotent, at_most=1000)
    # Back at 5.6, it takes the whole backlog at 20 s an event, and dies after 70 s.
    again = mb.down("stream_job", at=5.6 * mb.DAY + 71.0, lasting=5.0)
    run = mb.run(pattern, small(), faults=[*stopped().faults, again])
    assert counted_twice(run) == twice
    assert dropped_frac(run) == 0


def test_the_dropped_share_counts_the_events_of_the_time_that_was_asked_for():
    pattern = stopped().pattern.but(watermark=60.0)
    run = mb.run(pattern, small(), faults=stopped().faults)
    begins, ends = 5.1 * mb.DAY, 5.6 * mb.DAY
    event_s, lost = run.world.activity.at_s, np.isinf(run.site.seen_at_s)
    inside = (event_s >= begins) & (event_s < ends)
    assert dropped_frac(run, since=begins, until=ends) == lost[inside].mean() > 0.2
    assert dropped_frac(run) == lost[event_s < 6.5 * mb.DAY].mean()


@pytest.mark.parametrize(
    "measure",
    [
        lambda run: backlog(run, [1.0]),
        lambda run: caught_up_s(run, 1.0),
        counted_twice,
        dropped_frac,
    ],
)
def test_a_batch_has_no_backlog_of_events(measure):
    nightly = mb.run(mb.SharedDb(), small())
    said = refusal(ValueError, measure, nightly)
    assert said.startswith("run must be of a pattern that sees single events, got one of SharedDb")
