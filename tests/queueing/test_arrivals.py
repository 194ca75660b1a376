"""When requests come: how many, in which hours, and independently of one another."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from mlbook.queueing import Workload, diurnal, in_steps, poisson
from mlbook.streams import stream
from mlbook.units import DAY, HOUR
from tests.worlds import refusal

# A p value below one in 100,000 is the false alarm that these tests accept; the seeds are fixed.
ALARM = 1e-5


def by_the_hour(at_s):
    return np.bincount((at_s % DAY // HOUR).astype(int), minlength=24)


def test_the_count_of_a_poisson_stream_is_rate_times_length():
    count = poisson(stream(1, "x"), 50.0, 400.0).size
    assert abs(count - 20_000) < 4 * math.sqrt(20_000)  # outside by chance: 6 in 100,000


def test_the_count_varies_as_much_as_its_mean():
    counts = np.array([poisson(stream(seed, "x"), 1.0, 100.0).size for seed in range(400)])
    dispersion = 399 * counts.var(ddof=1) / 100  # chi-squared, 399 degrees of freedom
    assert ALARM < stats.chi2.cdf(dispersion, 399) < 1 - ALARM


def test_gaps_of_a_poisson_stream_are_exponential():
    gaps = np.diff(poisson(stream(2, "x"), 10.0, 2000.0))
    assert stats.kstest(gaps, stats.expon(scale=0.1).cdf).pvalue > ALARM


def test_a_poisson_stream_is_sorted_and_stays_within_its_time():
    at_s = poisson(stream(1, "x"), 10.0, 60.0, start_s=1000.0)
    assert (np.diff(at_s) >= 0).all()
    assert 1000.0 <= at_s[0] < at_s[-1] < 1060.0


def test_no_rate_brings_nobody():
    assert poisson(stream(1, "x"), 0.0, 60.0).size == 0


def test_hours_are_as_busy_as_their_weights():
    weights = np.arange(1.0, 25.0)
    seen = by_the_hour(diurnal(stream(4, "x"), 0.05, 30 * DAY, weights))
    expected = seen.sum() * weights / weights.sum()
    assert stats.chisquare(seen, expected).pvalue > ALARM


def test_days_are_alike_and_hours_are_flat_inside():
    at_s = diurnal(stream(5, "x"), 0.05, 20 * DAY, np.arange(1.0, 25.0))
    days = np.bincount((at_s // DAY).astype(int), minlength=20)
    assert stats.chisquare(days).pvalue > ALARM
    assert stats.kstest(at_s % HOUR / HOUR, "uniform").pvalue > ALARM


@pytest.mark.parametrize("scale", [1.0, 1000.0])
def test_the_total_is_the_mean_rate_however_the_weights_are_scaled(scale):
    at_s = diurnal(stream(6, "x"), 0.1, 10 * DAY, scale * np.arange(1.0, 25.0))
    assert abs(at_s.size - 86_400) < 4 * math.sqrt(86_400)  # outside by chance: 6 in 100,000


def test_an_hour_of_weight_zero_stays_empty():
    weights = np.where(np.arange(24) < 12, 1.0, 0.0)
    assert by_the_hour(diurnal(stream(7, "x"), 0.1, 3 * DAY, weights))[12:].sum() == 0


def test_a_stream_may_end_in_the_middle_of_an_hour():
    at_s = diurnal(stream(8, "x"), 1.0, 1.5 * HOUR, np.ones(24))
    assert at_s.max() < 1.5 * HOUR
    assert abs(at_s.size - 5400) < 4 * math.sqrt(5400)  # outside by chance: 6 in 100,000


@pytest.mark.parametrize("rate", [-1.0, math.nan, math.inf])
@pytest.mark.parametrize("draw", [poisson, lambda *args: diurnal(*args, np.ones(24))])
def test_a_rate_that_cannot_be_is_refused(draw, rate):
    words = f"rate_per_s must be >= 0 (arrivals a second), got {rate}. Write 0.1 for one in ten"
    assert words in refusal(ValueError, draw, stream(1, "x"), rate, 60.0)


@pytest.mark.parametrize("hourly", [[1, 2], np.zeros(24), np.full(24, -1.0), np.full(24, np.nan)])
def test_a_day_must_have_24_weights(hourly):
    with pytest.raises(ValueError, match=r"hourly must be 24 weights >= 0 .* got .* Write np"):
        diurnal(stream(1, "x"), 1.0, 60.0, hourly)


def test_each_step_has_its_own_rate_and_is_poisson_in_itself():
    at_s = in_steps(stream(1, "x"), [20.0, 0.0, 80.0], [500.0, 100.0, 250.0])
    counts = np.histogram(at_s, [0.0, 500.0, 600.0, 850.0])[0]
    assert counts[1] == 0
    for count, expected in zip(counts[[0, 2]], (10_000, 20_000), strict=True):
        assert abs(count - expected) < 4 * math.sqrt(expected)
    gaps = np.diff(at_s[at_s > 600.0])
    assert stats.kstest(gaps, stats.expon(scale=1 / 80).cdf).pvalue > ALARM


def test_the_count_of_a_stream_in_steps_is_not_cut_short():
    # Red when too few draws are made: then the count could never be above its mean.
    counts = [in_steps(stream(seed, "x"), [1.0, 4.0], [60.0, 10.0]).size for seed in range(400)]
    assert abs(np.mean(counts) - 100) < 4 * math.sqrt(100 / 400)


def test_a_burst_leaves_the_arrivals_before_it_where_they_are():
    calm, burst = (
        Workload.stepped(rates_per_s=[10, rate, 10], lasting_s=[60, 5, 60], seed=3).arrivals()
        for rate in (10, 40)
    )
    np.testing.assert_allclose(burst[burst < 60], calm[calm < 60])
    assert ((burst > 60) & (burst < 65)).sum() > 2 * ((calm > 60) & (calm < 65)).sum()


def test_a_step_without_its_length_is_refused():
    with pytest.raises(ValueError, match="rates_per_s and lasting_s must have one number a step"):
        in_steps(stream(1, "x"), [1.0, 2.0], [3.0])
