"""Tests of two arms, against SciPy: equal to 1e-9, where the convention is the same."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import stats

import mlbook as mb
from mlbook.ab import Moments
from mlbook.streams import stream

fixed = settings(derandomize=True, deadline=None, max_examples=60)  # the same in every run
counts = st.tuples(
    st.integers(0, 60), st.integers(1, 4000), st.integers(0, 60), st.integers(1, 4000)
)
numbers = st.lists(st.integers(-500, 500).map(lambda k: k / 8), min_size=2, max_size=30)


@fixed
@given(counts)
def test_the_test_of_shares_is_the_chi_square_without_a_correction(table):
    a, rest_a, b, rest_b = table
    assume(a + b > 0)
    ours = mb.ab.proportions([a, b], [a + rest_a, b + rest_b]).p_value
    theirs = stats.chi2_contingency([[a, rest_a], [b, rest_b]], correction=False).pvalue
    assert ours == pytest.approx(theirs, rel=1e-9, abs=1e-12)


@fixed
@given(numbers, numbers, st.sampled_from([0.05, 0.01, 0.2]))
def test_the_test_of_means_is_welchs(first, second, alpha):
    assume(min(np.var(first), np.var(second)) > 0)  # SciPy warns otherwise
    ours = mb.ab.means(first, second, alpha=alpha)
    theirs = stats.ttest_ind(second, first, equal_var=False)
    interval = theirs.confidence_interval(1 - alpha)
    assert ours.p_value == pytest.approx(theirs.pvalue, rel=1e-9)
    np.testing.assert_allclose(ours.interval, interval, rtol=1e-9, atol=1e-9)


@fixed
@given(st.lists(st.integers(0, 10_000), min_size=2, max_size=6))
def test_the_sample_ratio_is_the_chi_square_of_the_sizes(sizes):
    assume(sum(sizes) > 0)
    weights = np.arange(1, len(sizes) + 1) / np.arange(1, len(sizes) + 1).sum()
    ours = mb.ab.srm(sizes, weights)
    theirs = stats.chisquare(sizes, weights * sum(sizes))
    assert ours.chi2 == pytest.approx(theirs.statistic, rel=1e-9, abs=1e-9)
    assert ours.p_value == pytest.approx(theirs.pvalue, rel=1e-9)


@fixed
@given(st.lists(st.floats(0, 1), min_size=1, max_size=20))
def test_the_false_discovery_rate_is_that_of_scipy(p_values):
    ours, theirs = mb.ab.benjamini_hochberg(p_values), stats.false_discovery_control(p_values)
    np.testing.assert_allclose(ours, theirs, rtol=1e-12)


@fixed
@given(st.floats(0.01, 3), st.integers(2, 300), st.sampled_from([0.05, 0.001]))
def test_the_power_of_means_is_the_noncentral_t(effect, n, alpha):
    df, shift = 2 * n - 2, effect * np.sqrt(n / 2)
    edge = stats.t.ppf(1 - alpha / 2, df)
    theirs = stats.nct.sf(edge, df, shift) + stats.nct.sf(edge, df, -shift)
    assert mb.ab.mean_power(effect, 1.0, n, alpha) == pytest.approx(theirs, abs=1e-9)


@fixed
@given(st.lists(st.tuples(*[st.integers(20, 400)] * 3), min_size=2, max_size=4))
def test_balance_of_levels_that_are_frequent_is_the_chi_square(table):
    theirs = stats.chi2_contingency(table, correction=False)
    assume((theirs.expected_freq >= 5).all())
    assert mb.ab.balance(table) == pytest.approx(theirs.pvalue, rel=1e-9, abs=1e-12)


def test_a_seldom_level_is_left_out_of_the_balance():
    often = [[1200, 800], [1100, 900]]
    with_seldom = [[1200, 800, 6], [1100, 900, 1]]
    theirs = stats.chi2_contingency(often, correction=False).pvalue
    assert mb.ab.balance(with_seldom) == pytest.approx(theirs, rel=1e-9)
    assert mb.ab.balance([[50, 1], [60, 0]]) == 1.0


def test_a_bootstrap_of_a_quantile_is_a_bootstrap_of_the_sample():
    arms = stream(1, "latency").lognormal(0, 1, (2, 150))
    rng = np.random.default_rng(2)
    picks = [arm[rng.integers(0, 150, (20_000, 150))] for arm in arms]
    drawn = [np.quantile(pick, 0.9, axis=1, method="inverted_cdf") for pick in picks]
    theirs = drawn[1] - drawn[0]
    ours = mb.ab.quantile(*arms, 0.9, seed=1, draws=20_000)
    whole = [np.quantile(arm, 0.9, method="inverted_cdf") for arm in arms]
    assert (ours.control, ours.treatment) == tuple(whole)
    assert ours.standard_error == pytest.approx(theirs.std(), rel=0.03)  # four errors of 1 / √2n
    p = 2 * min((theirs <= 0).mean(), (theirs >= 0).mean())
    assert ours.p_value == pytest.approx(p, abs=0.02)


def test_a_relative_lift_is_the_delta_method_by_derivatives():
    control, treatment = (Moments.of(stream(2, name).gamma(2, 1, 300)) for name in "ab")
    lift = mb.ab.relative(control, treatment)
    step = 1e-6
    slopes = [
        (treatment.mean / (control.mean + step) - treatment.mean / (control.mean - step))
        / 2
        / step,
        1 / control.mean,
    ]
    errors = [np.sqrt(arm.variance / arm.n) for arm in (control, treatment)]
    assert lift.standard_error == pytest.approx(np.hypot(*np.multiply(slopes, errors)), rel=1e-8)


@pytest.mark.parametrize("q", [0.5, 0.9])
def test_the_samples_of_a_quantile_have_the_ranks_of_a_binomial(q):
    n, draws = 50, 20_000
    k = int(np.ceil(q * n))
    # The k-th smallest of a sample is at most the j-th number when k places or more are there.
    below = stats.binom.sf(k - 1, n, np.arange(1, n + 1) / n)
    ends = 1 + np.searchsorted(below, [0.025, 0.975])
    ours = mb.ab.quantile(np.zeros(n), np.arange(1.0, n + 1), q, seed=1, draws=draws)
    np.testing.assert_allclose(ours.interval, ends, atol=0.01)
    moved = np.arange(1.0, n + 1) - ends[0]
    p = 2 * below[ends[0] - 1]
    ours = mb.ab.quantile(np.zeros(n), moved, q, seed=2, draws=draws)
    assert ours.p_value == pytest.approx(p, abs=4 * np.sqrt(2 * p / draws))
