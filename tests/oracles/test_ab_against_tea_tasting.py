"""A whole experiment, against tea-tasting: Welch, the delta method, CUPED; and their differences.

20,000 users with a heterogeneous rate, a pre-period, sessions, orders and heavy-tailed revenue.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
import tea_tasting as tt
from scipy import stats

import mlbook as mb
from mlbook.ab import Moments, PairMoments


@cache
def users() -> dict[str, np.ndarray]:
    rng = np.random.default_rng(20180517)
    n = 20_000
    rate = rng.gamma(2.0, 0.5, n)
    arm = rng.integers(0, 2, n)
    sessions = 1 + rng.poisson(2 * rate)
    orders = rng.binomial(sessions, np.minimum(0.1 * rate * (1 + 0.06 * arm), 1))
    spent = rng.lognormal(3, 1, n)
    return {
        "variant": arm,
        "sessions": sessions,
        "orders": orders,
        "converted": (orders > 0).astype(int),
        "revenue": spent * orders,
        "revenue_before": rng.poisson(0.3 * rate) * spent,
    }


def arms(name: str) -> list[np.ndarray]:
    return [users()[name][users()["variant"] == arm].astype(float) for arm in (0, 1)]


def pairs(y: str, x: str) -> list[PairMoments]:
    return [PairMoments.of(*both) for both in zip(arms(y), arms(x), strict=True)]


@cache
def theirs():
    metrics = {
        "revenue": tt.Mean("revenue"),
        "ratio": tt.RatioOfMeans("orders", "sessions"),
        "cuped": tt.Mean("revenue", covariate="revenue_before"),
        "converted": tt.Proportion("converted", correction=False),
        "sample_ratio": tt.SampleRatio(method="norm", correction=False),
    }
    import pandas as pd

    return tt.Experiment(metrics).analyze(pd.DataFrame(users()))


OURS = {
    "revenue": lambda: mb.ab.means(*arms("revenue")),
    "ratio": lambda: mb.ab.ratio(*pairs("orders", "sessions")),
    "cuped": lambda: mb.ab.cuped(*pairs("revenue", "revenue_before")),
}


@pytest.mark.parametrize("name", OURS)
def test_effect_interval_and_p_value_are_the_same(name):
    ours, other = OURS[name](), theirs()[name]
    assert ours.control == pytest.approx(other.control, rel=1e-9)
    assert ours.treatment == pytest.approx(other.treatment, rel=1e-9)
    assert ours.p_value == pytest.approx(other.pvalue, rel=1e-9)
    ends = other.effect_size_ci_lower, other.effect_size_ci_upper
    np.testing.assert_allclose(ours.interval, ends, rtol=1e-9, atol=1e-12)


def test_the_sample_ratio_is_the_same_without_their_correction():
    sizes = [arm.size for arm in arms("orders")]
    assert mb.ab.srm(sizes).p_value == pytest.approx(theirs()["sample_ratio"].pvalue, rel=1e-9)


def test_shares_differ_by_the_convention_only():
    clicks, n = [arm.sum() for arm in arms("converted")], [arm.size for arm in arms("converted")]
    ours = mb.ab.proportions(clicks, n)
    assert ours.p_value == pytest.approx(theirs()["converted"].pvalue, rel=1e-9)
    table = [np.array(clicks), np.array(n) - clicks]
    corrected = stats.chi2_contingency(table, correction=True).pvalue
    assert abs(corrected - ours.p_value) > 1e-4


def test_an_absolute_and_a_relative_effect_are_different_tests():
    counts = [Moments.from_counts(arm.sum(), arm.size) for arm in arms("converted")]
    difference, lift = mb.ab.means(*counts), mb.ab.relative(*counts)
    assert lift.effect == pytest.approx(difference.effect / difference.control)
    assert lift.p_value > difference.p_value > 0


def test_the_moments_of_two_arms_together_are_those_of_all_users():
    both = [np.concatenate(arms(name)) for name in ("revenue", "revenue_before")]
    all_of_them, (control, treatment) = PairMoments.of(*both), pairs("revenue", "revenue_before")
    together = control + treatment
    for part in ("y", "x"):
        ours, direct = getattr(together, part), getattr(all_of_them, part)
        assert ours.n == direct.n
        assert ours.mean == pytest.approx(float(direct.mean), rel=1e-12)
        assert ours.variance == pytest.approx(float(direct.variance), rel=1e-9)
    assert together.covariance == pytest.approx(float(all_of_them.covariance), rel=1e-9)
