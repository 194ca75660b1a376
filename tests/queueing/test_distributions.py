"""How long work takes: the draws have the mean and the quantiles that their names promise."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from mlbook.queueing import Constant, Exponential, LogNormal, Weibull
from mlbook.streams import stream
from tests.worlds import refusal

N = 200_000
KINDS = [
    Constant(0.010),
    Exponential(0.010),
    LogNormal(p50=0.008, p99=0.040),
    Weibull(0.010, cv=0.5),
    Weibull(0.010, cv=2.0),
]


def share_below(draws, limit):
    return float((draws < limit).mean())


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_draws_have_the_mean_that_is_promised(kind):
    draws = kind.sample(stream(1, "x"), N)
    # Outside 4 standard errors by chance: 6 in 100,000. The last term is for rounding alone.
    assert abs(draws.mean() - kind.mean) < 4 * draws.std() / math.sqrt(N) + 1e-12
    assert draws.shape == (N,)
    assert (draws > 0).all()


@pytest.mark.parametrize(("limit", "share"), [(0.008, 0.50), (0.040, 0.99)])
def test_a_lognormal_is_named_by_its_own_quantiles(limit, share):
    draws = LogNormal(p50=0.008, p99=0.040).sample(stream(2, "x"), N)
    assert abs(share_below(draws, limit) - share) < 4 * math.sqrt(share * (1 - share) / N)


def test_a_lognormal_has_the_mean_that_scipy_computes():
    sigma = math.log(5.0) / stats.norm.ppf(0.99)
    assert LogNormal(0.008, 0.040).mean == pytest.approx(stats.lognorm(sigma, scale=0.008).mean())


def test_an_exponential_forgets():
    draws = Exponential(2.0).sample(stream(3, "x"), N)
    assert stats.kstest(draws, stats.expon(scale=2.0).cdf).pvalue > 1e-5


def test_a_lognormal_without_spread_is_constant():
    assert set(LogNormal(0.01, 0.01).sample(stream(1, "x"), 5)) == {0.01}


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Constant(-1), "mean must be >= 0 (seconds), got -1"),
        (lambda: Exponential(0), "mean must be > 0 (seconds), got 0"),
        (lambda: LogNormal(0, 1), "p50 must be > 0 (seconds), got 0"),
        (lambda: LogNormal(0.04, 0.008), "p99 must be >= 0.04 (seconds, not below p50), got 0.008"),
        (lambda: Exponential(np.nan), "mean must be > 0 (seconds), got nan"),
    ],
)
def test_a_time_that_cannot_be_is_refused(make, words):
    assert words in refusal(ValueError, make)


@pytest.mark.parametrize("cv", [0.3, 1.0, 2.0])
def test_a_weibull_has_the_moments_that_scipy_computes(cv):
    kind = Weibull(0.010, cv)
    theirs = stats.weibull_min(1 / kind.power, scale=0.010 / math.gamma(1 + kind.power))
    assert theirs.mean() == pytest.approx(0.010)
    assert theirs.std() == pytest.approx(0.010 * cv)
    draws = kind.sample(stream(3, "x"), N)
    for q in (0.5, 0.99):
        assert abs(share_below(draws, theirs.ppf(q)) - q) < 4 * math.sqrt(q * (1 - q) / N)


def test_a_weibull_is_constant_and_exponential_at_its_landmarks():
    rng = stream(4, "x")
    assert (Weibull(0.010, cv=0.0).sample(rng, 100) == 0.010).all()
    exponential, same = (
        each.sample(stream(5, "x"), 100) for each in (Exponential(2.0), Weibull(2.0))
    )
    assert same == pytest.approx(exponential)
