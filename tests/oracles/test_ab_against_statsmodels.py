"""Intervals, strata, many tests and power, against statsmodels."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from statsmodels.stats.contingency_tables import StratifiedTable
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.power import TTestIndPower
from statsmodels.stats.proportion import (
    confint_proportions_2indep,
    power_proportions_2indep,
    proportions_ztest,
    samplesize_proportions_2indep_onetail,
)

import mlbook as mb

fixed = settings(derandomize=True, deadline=None, max_examples=60)  # the same in every run
shares = st.integers(1, 99).map(lambda k: k / 100)
tables = st.tuples(st.integers(1, 80), st.integers(1, 900), st.integers(1, 80), st.integers(1, 900))


@fixed
@given(tables)
def test_shares_have_the_pooled_z_and_the_unpooled_interval(table):
    a, rest_a, b, rest_b = table
    clicks, n = np.array([a, b]), np.array([a + rest_a, b + rest_b])
    ours = mb.ab.proportions(clicks, n)
    assert ours.p_value == pytest.approx(proportions_ztest(clicks, n)[1], rel=1e-9, abs=1e-12)
    theirs = confint_proportions_2indep(clicks[1], n[1], clicks[0], n[0], method="wald")
    np.testing.assert_allclose(ours.interval, theirs, rtol=1e-9, atol=1e-12)


@fixed
@given(st.lists(tables, min_size=2, max_size=5))
def test_strata_are_put_together_as_mantel_and_haenszel_do(rows):
    a, rest_a, b, rest_b = np.array(rows).T
    ours = mb.ab.stratified(np.array([a, b]).T, np.array([a + rest_a, b + rest_b]).T)
    theirs = StratifiedTable([np.array([[y, ry], [x, rx]]) for x, rx, y, ry in rows])
    assert ours.odds_ratio == pytest.approx(theirs.oddsratio_pooled, rel=1e-9)
    assert ours.p_value == pytest.approx(theirs.test_null_odds().pvalue, rel=1e-9, abs=1e-12)
    np.testing.assert_allclose(ours.interval, theirs.oddsratio_pooled_confint(), rtol=1e-9)


@settings(fixed, max_examples=15)  # theirs takes 0.1 s
@given(st.lists(st.floats(0, 1), min_size=1, max_size=20))
def test_adjusted_p_values_are_those_of_multipletests(p_values):
    holm, bh = (multipletests(p_values, method=name)[1] for name in ("holm", "fdr_bh"))
    np.testing.assert_allclose(mb.ab.holm(p_values), holm, rtol=1e-12)
    np.testing.assert_allclose(mb.ab.benjamini_hochberg(p_values), bh, rtol=1e-12)


@fixed
@given(shares, shares, st.integers(20, 5_000), st.sampled_from([0.5, 1.0, 3.0]))
def test_power_of_shares_counts_both_tails(p1, p2, n, ratio):
    # Theirs says n of the first sample, whose share is p2 + diff: our treatment.
    ours = mb.ab.power(p1, p2, n * ratio, n_treatment=n)
    theirs = power_proportions_2indep(p2 - p1, p1, n, ratio=ratio, return_results=False)
    assert ours == pytest.approx(theirs, abs=1e-9)


@fixed
@given(shares, shares, st.sampled_from([0.5, 0.8, 0.95]))
def test_the_sample_size_of_shares(p1, p2, aim):
    assume(p1 != p2)
    theirs = samplesize_proportions_2indep_onetail(p2 - p1, p1, aim, alpha=0.05)
    assert mb.ab.sample_size(p1, p2, power=aim) == np.ceil(theirs - 1e-9)


@fixed
@given(st.floats(0.05, 2), st.integers(3, 400))
def test_power_of_means(effect, n):
    theirs = TTestIndPower().power(effect, n, alpha=0.05)
    assume(np.isfinite(theirs))  # NaN where the far tail is below 1e-30
    assert mb.ab.mean_power(effect, 1.0, n) == pytest.approx(theirs, abs=1e-9)
