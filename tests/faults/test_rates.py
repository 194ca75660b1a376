"""Failures at random: Poisson in running time, exponential repairs, and the availability."""

from __future__ import annotations

import math
from functools import cache

import numpy as np
import pytest
from scipy import stats

import mlbook as mb
from tests.worlds import refusal, small

MONTH = 28 * mb.DAY
PER_MONTH, MTTR_S, UNTIL_S = 4.0, 20 * mb.HOUR, 4000 * MONTH
MTTF_S = MONTH / PER_MONTH


@cache
def outages():
    return mb.failures("api", per_month=PER_MONTH, lasting=MTTR_S, until=UNTIL_S, seed=5)


def times():
    at_s = np.array([fault.at_s for fault in outages()])
    lasting_s = np.array([fault.lasting_s for fault in outages()])
    return at_s, lasting_s, np.diff(at_s, prepend=0.0) - np.r_[0.0, lasting_s[:-1]]


def test_they_are_outages_of_the_part_one_after_the_other():
    at_s, _, runs_s = times()
    assert {(fault.kind, fault.part) for fault in outages()} == {("down", "api")}
    assert (runs_s > 0).all()  # none begins before the one before has ended
    assert at_s.max() < UNTIL_S


def test_times_between_failures_and_to_repair_are_exponential_with_the_means_asked_for():
    _, lasting_s, runs_s = times()
    for values, mean in ((lasting_s, MTTR_S), (runs_s, MTTF_S)):
        assert abs(values.mean() - mean) < 4 * mean / math.sqrt(values.size)
        assert stats.kstest(values / mean, "expon").pvalue > 1e-4


def test_failures_in_a_month_of_running_are_poisson():
    _, _, runs_s = times()
    counts = np.bincount((np.cumsum(runs_s) // MONTH).astype(int))[:-1]
    error = math.sqrt(PER_MONTH / counts.size)
    assert abs(counts.mean() - PER_MONTH) < 4 * error
    # The variance of a Poisson count is its mean; its standard error is about mean sqrt(2 / n).
    assert abs(counts.var(ddof=1) - PER_MONTH) < 5 * PER_MONTH * math.sqrt(2 / counts.size)


def test_the_availability_is_mttf_by_mttf_plus_mttr_and_not_that_of_merged_outages():
    _, lasting_s, _ = times()
    law = MTTF_S / (MTTF_S + MTTR_S)
    # Renewal reward: the error of the share down, from n cycles of two exponential times.
    error = law * (1 - law) * math.sqrt(2 / lasting_s.size)
    available = 1 - lasting_s.sum() / UNTIL_S
    assert abs(available - law) < 4 * error
    assert abs(available - math.exp(-MTTR_S / MTTF_S)) > 4 * error


def test_a_run_under_random_failures_is_available_as_long_as_no_outage_covers_it():
    faults = mb.failures("shared_db", per_month=60, lasting=2 * mb.HOUR, until=7 * mb.DAY, seed=1)
    run = mb.run(mb.SharedDb(), small(), faults=faults)
    at_s = run.log["requested_at_s"]
    down = np.array([any(fault.covers(at) for fault in faults) for at in at_s])
    assert 0.02 < down.mean() < 0.5
    assert np.array_equal(mb.measure.failed(run.log["status"]), down)


def test_the_same_seed_gives_the_same_failures_and_each_part_has_its_own():
    again = mb.failures("api", per_month=PER_MONTH, lasting=MTTR_S, until=UNTIL_S, seed=5)
    assert again == outages()
    other = mb.failures("db", per_month=PER_MONTH, lasting=MTTR_S, until=UNTIL_S, seed=5)
    assert other[0].at_s != outages()[0].at_s


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"per_month": 0}, "per_month must be > 0 (failures in 28 days of running), got 0."),
        ({"lasting": -1}, "lasting must be > 0 (mean seconds to repair), got -1."),
        ({"until": 0}, "until must be > 0 (seconds), got 0."),
        ({"seed": -1}, "seed must be >= 0 (seed of the draws), got -1."),
    ],
    ids=str,
)
def test_rates_that_cannot_be_are_refused(wrong, words):
    knobs = {"per_month": 1.0, "lasting": 60.0, "until": 60.0} | wrong
    assert words in refusal(ValueError, lambda: mb.failures("api", **knobs))
