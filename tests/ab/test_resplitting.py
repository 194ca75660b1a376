"""Splits of the same users again and again, and the power that was predicted for them."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

import mlbook as mb
from tests.worlds import small

WITHIN = 4  # standard errors
NIGHTLY, STREAM = mb.SharedDb(), mb.Streaming()


@cache
def runs(seed: int) -> tuple[mb.Run, mb.Run]:
    """Both patterns in a cheap world: eight days, about 1,100 visits of 120 users."""
    world = mb.World(seed=seed, days=8, users=120)
    return mb.run(NIGHTLY, world), mb.run(STREAM, world)


@pytest.mark.parametrize("k", [0, 3])
def test_split_k_is_the_split_with_that_salt(k):
    nightly, stream = runs(101)
    found = mb.ab.split_again(nightly, stream, splits=4, seed=9)
    test = mb.Split(control=NIGHTLY, treatment=STREAM, salt=f"9/{k}")
    alone = mb.ab.analyze(mb.run(test, nightly.world), "click")["click"]
    for name in ("control", "treatment", "effect", "standard_error", "p_value"):
        assert getattr(found, name)[k] == pytest.approx(getattr(alone, name), rel=1e-9), name


def test_counted_by_row_it_is_the_pooled_z_test_of_the_split_log():
    nightly, stream = runs(101)
    found = mb.ab.split_again(nightly, stream, unit="row", splits=2, seed=9)
    test = mb.Split(control=NIGHTLY, treatment=STREAM, salt="9/1")
    log = mb.run(test, nightly.world).requests
    counts = log.groupby("arm")["click"].agg(["sum", "size"]).T.to_numpy()
    assert found.p_value[1] == pytest.approx(mb.ab.proportions(*counts).p_value, rel=1e-9)


def test_a_part_of_the_users_is_a_part_of_the_users():
    nightly, _ = runs(101)
    whole, half = (
        mb.ab.split_again(nightly, nightly, splits=300, share=share) for share in (1.0, 0.5)
    )
    ratio = np.median(half.standard_error / whole.standard_error)
    assert ratio == pytest.approx(np.sqrt(2), rel=0.05)


def test_splits_of_a_pattern_with_itself_reject_as_often_as_they_should_by_user_and_not_by_visit():
    by = {"user": [], "row": []}
    for seed in range(101, 111):
        world = mb.World(seed=seed, days=14, users=60)
        run = mb.run(NIGHTLY, world)
        for unit, found in by.items():
            estimate = mb.ab.split_again(run, run, unit=unit, splits=100, seed=seed)
            found.append(estimate.significant.mean())
    error = np.sqrt(0.05 * 0.95 / 1000)
    # 100 splits of one world lean on the same users, so the worlds' own scatter counts as well.
    spread = np.std(by["user"], ddof=1) / np.sqrt(10)
    assert abs(np.mean(by["user"]) - 0.05) < WITHIN * max(error, spread)
    assert np.mean(by["row"]) > np.mean(by["user"]) + 0.02


def test_nightly_against_stream_is_found_with_the_power_that_was_predicted():
    # Twelve worlds say what is true and how alike a user's visits are; in splits of each, the
    # difference is found as often as `power` says of so many visits, each worth 1 / crowding.
    seeds = range(101, 113)
    rates = np.array([[run.requests["click"].mean() for run in runs(seed)] for seed in seeds])
    visits = np.mean([len(runs(seed)[0].requests) for seed in seeds])
    found, crowding = [], []
    for seed in seeds:
        by_user, by_row = (
            mb.ab.split_again(*runs(seed), unit=unit, splits=100, seed=seed)
            for unit in ("user", "row")
        )
        found.append(by_user.significant.mean())
        crowding.append(np.median(by_user.standard_error / by_row.standard_error) ** 2)
    predicted = mb.ab.power(*rates.mean(axis=0), visits / 2 / np.mean(crowding))
    assert 0.15 < predicted < 0.5
    # Worlds differ in what is true, which moves the power of each: their scatter is the error.
    assert abs(np.mean(found) - predicted) < WITHIN * np.std(found, ddof=1) / np.sqrt(len(found))


def test_what_cannot_be_split_again_is_refused():
    nightly, stream = runs(101)
    other = mb.run(NIGHTLY, small())
    with pytest.raises(ValueError, match="must be runs in one world"):
        mb.ab.split_again(nightly, other)
    with pytest.raises(ValueError, match=r"must have a column 'clicks'.*Did you mean 'click'\?"):
        mb.ab.split_again(nightly, stream, "clicks")
    with pytest.raises(ValueError, match="share must leave two users or more"):
        mb.ab.split_again(nightly, stream, share=0.02)
    with pytest.raises(ValueError, match="unit"):
        mb.ab.split_again(nightly, stream, unit="visit")
