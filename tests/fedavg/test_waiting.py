"""How long a round waits: an order statistic."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from mlbook.fedavg import kth_of_mean_s, reports
from mlbook.queueing import Exponential, LogNormal
from tests.worlds import refusal

FOREVER = math.inf


def waits_s(distribution, k, n, times=4000):
    rng = np.random.default_rng([k, n])
    return np.array([reports(distribution.sample(rng, n), k, FOREVER)[1] for _ in range(times)])


@pytest.mark.parametrize(("k", "n"), [(1, 1), (1, 39), (30, 39), (39, 39)])
def test_the_mean_wait_for_exponential_devices_is_the_law(k, n):
    waited_s = waits_s(Exponential(60.0), k, n)
    error_s = waited_s.std(ddof=1) / np.sqrt(waited_s.size)
    # By chance outside four standard errors: 6 in 100,000.
    assert abs(waited_s.mean() - kth_of_mean_s(60.0, k, n)) < 4 * error_s


@pytest.mark.parametrize(("k", "n"), [(30, 39), (39, 39), (5, 100)])
def test_for_any_distribution_its_share_is_a_beta_variable(k, n):
    takes = LogNormal(60.0, 600.0)
    sigma = math.log(10) / stats.norm.ppf(0.99)
    share = stats.norm.cdf(np.log(waits_s(takes, k, n) / 60.0) / sigma)
    assert stats.kstest(share, stats.beta(k, n - k + 1).cdf).pvalue > 1e-5


def test_with_three_of_ten_to_spare_the_wait_does_not_grow_with_the_number():
    waits = [kth_of_mean_s(1.0, k, round(1.3 * k)) for k in (10, 100, 1000, 10_000)]
    assert waits[0] < waits[-1] < math.log(1.3 / 0.3)
    assert waits[-1] == pytest.approx(math.log(1.3 / 0.3), rel=1e-3)


def test_without_any_to_spare_the_wait_grows_as_the_logarithm():
    assert kth_of_mean_s(1.0, 10_000, 10_000) == pytest.approx(math.log(10_000) + 0.5772, rel=1e-4)


def test_a_round_closes_with_the_kth_report():
    reported, closed_s = reports(np.array([5.0, 1.0, 9.0, 3.0]), wanted=3, at_most_s=60.0)
    assert reported.tolist() == [True, True, False, True]
    assert closed_s == 5.0


def test_with_too_few_reports_the_server_waits_as_long_as_it_may():
    reported, closed_s = reports(np.array([5.0, 61.0, FOREVER]), wanted=2, at_most_s=60.0)
    assert reported.tolist() == [True, False, False]
    assert closed_s == 60.0


def test_of_two_that_come_together_one_counts_when_one_is_wanted():
    reported, closed_s = reports(np.array([4.0, 4.0]), wanted=1, at_most_s=60.0)
    assert (reported.sum(), closed_s) == (1, 4.0)


def test_more_reports_than_devices_have_no_law():
    words = refusal(ValueError, kth_of_mean_s, 60.0, 40, 39)
    assert words == "k must be <= 39 (reports, not more than the devices), got 40."
