"""Shares and means of two arms: conventions, arrays, A/A tests, and what is refused."""

from __future__ import annotations

from statistics import NormalDist

import numpy as np
import pytest

import mlbook as mb
from mlbook.ab import Moments
from mlbook.streams import stream
from tests.worlds import in_another_process, refusal


def within_error(rate: float, expected: float, runs: int, errors: float = 4.0) -> bool:
    """Four standard errors: a false alarm in 16,000 tests."""
    return abs(rate - expected) < errors * np.sqrt(expected * (1 - expected) / runs)


def test_the_effect_is_treatment_minus_control():
    assert mb.ab.proportions([10, 30], [100, 100]).effect == pytest.approx(0.2)
    assert mb.ab.means([1, 2, 3], [3, 4, 5]).effect == pytest.approx(2.0)


def test_the_p_value_is_pooled_and_the_interval_is_not():
    found = mb.ab.proportions([4, 16], [40, 60])
    share, pooled = np.array([0.1, 16 / 60]), 0.2
    unpooled = np.sqrt(0.1 * 0.9 / 40 + share[1] * (1 - share[1]) / 60)
    z = found.effect / np.sqrt(pooled * 0.8 * (1 / 40 + 1 / 60))
    assert found.standard_error == pytest.approx(unpooled)
    assert found.interval[1] - found.effect == pytest.approx(1.959963984540054 * unpooled)
    assert found.p_value == pytest.approx(2 * (1 - NormalDist().cdf(z)), abs=1e-9)


def test_a_leading_axis_gives_what_each_experiment_gives_alone():
    clicks = stream(1, "clicks").binomial(500, 0.1, (20, 3, 2))
    together = mb.ab.proportions(clicks, [500, 500])
    alone = mb.ab.proportions(clicks[7, 2], [500, 500])
    assert together.p_value.shape == (20, 3)
    assert together.p_value[7, 2] == alone.p_value
    assert together.interval[0][7, 2] == alone.interval[0]
    values = stream(1, "values").normal(size=(2, 20, 50))
    assert mb.ab.means(*values).p_value[4] == mb.ab.means(*values[:, 4]).p_value


def test_moments_of_zeros_and_ones_are_those_of_their_counts():
    ones = (stream(2, "ones").random(200) < 0.3).astype(float)
    raw, counted = Moments.of(ones), Moments.from_counts(ones.sum(), 200)
    assert counted.mean == pytest.approx(float(raw.mean), rel=1e-12)
    assert counted.variance == pytest.approx(float(raw.variance), rel=1e-12)


@pytest.mark.parametrize("alpha", [0.05, 0.01])
def test_an_aa_test_of_shares_rejects_at_its_level(alpha):
    runs = 20_000
    clicks = stream(3, "shares").binomial(10_000, 0.05, (runs, 2))
    p_value = mb.ab.proportions(clicks, [10_000, 10_000]).p_value
    assert within_error((p_value < alpha).mean(), alpha, runs)


def test_p_values_of_an_aa_test_of_means_are_uniform():
    from scipy.stats import kstest

    arms = stream(4, "means").lognormal(0, 0.5, (2, 4000, 400))
    assert kstest(mb.ab.means(*arms).p_value, "uniform").pvalue > 0.001


def test_intervals_cover_the_true_effect_at_their_level():
    runs, truth = 20_000, 0.02
    clicks = stream(5, "cover").binomial(5_000, [0.05, 0.05 + truth], (runs, 2))
    low, high = mb.ab.proportions(clicks, [5_000, 5_000]).interval
    assert within_error(((low < truth) & (truth < high)).mean(), 0.95, runs)


def test_without_any_variance_nothing_is_claimed():
    nobody = mb.ab.proportions([0, 0], [50, 70])
    assert (nobody.p_value, nobody.interval) == (1.0, (-np.inf, np.inf))
    constant = mb.ab.means([2, 2, 2], [2, 2])
    assert (constant.p_value, constant.interval) == (1.0, (-np.inf, np.inf))
    assert not constant.significant


def test_an_arm_that_does_not_vary_is_compared_with_one_that_does():
    found = mb.ab.means([0, 0, 0, 0], [0, 1, 2, 3])
    assert found.standard_error == pytest.approx(np.sqrt(5 / 3 / 4))
    assert 0 < found.p_value < 1


@pytest.mark.parametrize(
    ("clicks", "n", "words"),
    [
        ([5, 12], [10, 10], "clicks must be <= n (units that clicked, of all units), got 12 of 10"),
        ([0, 3], [0, 10], "n must be whole numbers >= 1"),
        ([1.5, 3], [10, 10], "clicks must be whole numbers >= 0 (units that clicked), got 1.5"),
        ([1, np.nan], [10, 10], "clicks must be finite numbers (units that clicked), got nan"),
        ([1, 2, 3], [9, 9, 9], "clicks must have two numbers on its last axis"),
        ([1, 2, 3], [10, 10], "for the same arms, got the shapes (3,) and (2,)"),
        ([], [10, 10], "clicks must not be empty"),
    ],
)
def test_impossible_counts_are_refused(clicks, n, words):
    assert words in refusal(ValueError, mb.ab.proportions, clicks, n)


@pytest.mark.parametrize(
    ("control", "words"),
    [
        ([3.0], "control must have two units or more in an arm, got 1"),
        ([], "control must not be empty"),
        ([1.0, np.nan, 2.0, np.nan], "got nan at place 1, and 2 such in all"),
        ([1.0, np.inf], "control must be finite numbers (one number a unit), got inf"),
        (4.0, "two units or more in an arm, got a single number"),
    ],
)
def test_an_arm_that_has_no_mean_and_variance_is_refused(control, words):
    assert words in refusal(ValueError, mb.ab.means, control, [1.0, 2.0])


def test_words_are_no_numbers():
    assert "control must be numbers" in refusal(TypeError, mb.ab.means, ["a", "b"], [1.0, 2.0])


@pytest.mark.parametrize("alpha", [0, 1, 5, -0.1, np.nan])
def test_a_level_is_between_zero_and_one(alpha):
    words = refusal(ValueError, mb.ab.proportions, [1, 2], [9, 9], alpha=alpha)
    assert words.startswith("alpha must be ")


def test_one_estimate_says_all_and_many_say_how_many_are_significant():
    one = repr(mb.ab.proportions([46, 69], [10_000, 10_000]))
    assert "0.0046 to 0.0069" in one
    assert "p = 0.031" in one
    many = repr(mb.ab.proportions([[46, 69], [46, 46]], [10_000, 10_000]))
    assert many == "2 estimates, 50.0% with p < 0.05, pooled z test"


# --- sample ratio -----------------------------------------------------------------------------


def test_a_famous_sample_ratio_is_wrong():
    # Kohavi, Tang, Xu, "Trustworthy Online Controlled Experiments", 2020, chapter 21.
    found = mb.ab.srm([821_588, 815_482])
    assert found.p_value == pytest.approx(1.8e-6, rel=0.02)
    assert not found.ok


def test_a_sound_split_is_alarmed_once_in_a_thousand():
    runs = 200_000
    treated = stream(6, "split").binomial(1_000_000, 0.2, runs)
    counts = np.stack([1_000_000 - treated, treated], axis=-1)
    assert within_error((~mb.ab.srm(counts, [0.8, 0.2]).ok).mean(), 0.001, runs)


def test_half_a_percent_is_found_in_nearly_half_of_the_experiments_of_100_000():
    treated = stream(7, "srm").binomial(100_000, 0.495, 20_000)
    found = ~mb.ab.srm(np.stack([100_000 - treated, treated], axis=-1)).ok
    # z of .01 * sqrt(n) / 1 against the two-sided .001: 1 - Phi(3.2905 - 3.1623) = .449
    assert within_error(found.mean(), 0.449, 20_000)


def test_an_empty_arm_is_a_wrong_sample_ratio():
    assert not mb.ab.srm([500, 0]).ok


@pytest.mark.parametrize(
    ("counts", "weights", "words"),
    [
        ([5, 5], [0.5, 0.4], "weights must be > 0 and sum to 1"),
        ([5, 5], [1.0, 0.0], "weights must be > 0 and sum to 1"),
        ([5, 5], [0.4, 0.3, 0.3], "weights must have a share for each of 2 arms, got 3"),
        ([0, 0], None, "somebody in one of them"),
        ([7], None, "counts must have two arms or more"),
        ([-1, 5], None, "counts must be whole numbers >= 0"),
    ],
)
def test_counts_and_weights_that_make_no_split_are_refused(counts, weights, words):
    assert words in refusal(ValueError, mb.ab.srm, counts, weights)


def test_weights_that_sum_to_one_but_for_rounding_are_taken():
    assert mb.ab.srm([10] * 10, [0.1] * 10).p_value == 1.0


# --- speed ------------------------------------------------------------------------------------


def test_the_module_is_light():
    code = "import sys, mlbook.ab; print({'pandas', 'scipy.stats'} & set(sys.modules))"
    assert in_another_process(code) == "set()"


def test_z_alone_is_that_of_the_estimates_for_all_shapes_of_n():
    clicks = stream(10, "z").binomial(50, 0.02, (40, 30, 2))
    n = 50 * np.arange(1, 31)[:, None] * np.ones(2)
    found = mb.ab.pooled_z(clicks.cumsum(axis=1), n)
    np.testing.assert_array_equal(found, mb.ab.proportions(clicks.cumsum(axis=1), n).statistic)
    one = [mb.ab.pooled_z(clicks[3, :k].sum(axis=0), 50 * k) for k in range(1, 31)]
    np.testing.assert_array_equal(found[3], one)
    several = mb.ab.pooled_z([3, 9], [[10, 10], [20, 20]])
    assert several[1] == mb.ab.pooled_z([3, 9], [20, 20])
