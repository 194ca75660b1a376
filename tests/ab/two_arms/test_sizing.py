"""Power, sample size, smallest effect: published numbers, one another, and simulation."""

from __future__ import annotations

import numpy as np
import pytest

import mlbook as mb
from mlbook.streams import stream
from tests.worlds import refusal


def test_the_examples_of_rs_power_prop_test():
    # R, ?power.prop.test: the results stand beside the examples.
    assert mb.ab.power(0.50, 0.75, n=50) == pytest.approx(0.740, abs=5e-4)
    assert mb.ab.sample_size(0.50, 0.75, power=0.90) == 77  # 76.7
    effect = mb.ab.minimum_detectable_effect(0.5, n=50, power=0.90)
    assert 0.5 + effect == pytest.approx(0.8026, abs=5e-5)


def test_the_examples_of_rs_power_t_test():
    # R, ?power.t.test, as R prints them: power = 0.8689528 and n = 22.02110.
    assert mb.ab.mean_power(1.0, 1.0, n=20) == pytest.approx(0.8689528, abs=1e-6)
    assert mb.ab.mean_power(1.0, 1.0, n=22.02110) == pytest.approx(0.90, abs=1e-5)
    assert mb.ab.mean_sample_size(1.0, 1.0, power=0.90) == 23


def test_sizes_of_the_real_shop():
    assert mb.ab.sample_size(0.0051, 0.0067) == 35_964
    smallest = mb.ab.minimum_detectable_effect([0.0038, 0.0046], n=10_000)
    np.testing.assert_allclose(smallest / [0.0038, 0.0046], [0.752, 0.673], atol=5e-4)


def test_the_rule_of_sixteen_is_close():
    # Kohavi, Tang, Xu, "Trustworthy Online Controlled Experiments", 2020: n = 16 variance / effect²
    assert mb.ab.sample_size(0.05, 0.0525) == pytest.approx(121_600, rel=0.01)
    assert mb.ab.mean_sample_size(0.05 * 3.75, 30.0) == pytest.approx(409_600, rel=0.02)


@pytest.mark.parametrize("aim", [0.5, 0.8, 0.95])
@pytest.mark.parametrize(("p1", "p2"), [(0.1, 0.12), (0.5, 0.4), (0.004, 0.008)])
def test_the_sample_size_is_the_least_with_its_power(p1, p2, aim):
    n = mb.ab.sample_size(p1, p2, power=aim, alpha=0.01)
    assert mb.ab.power(p1, p2, n, alpha=0.01) >= aim
    assert mb.ab.power(p1, p2, n - 1, alpha=0.01) < aim + 1e-9


@pytest.mark.parametrize("sd", [0.3, 30.0])
def test_the_sample_size_of_means_is_the_least_with_its_power(sd):
    n = mb.ab.mean_sample_size(0.2, sd)
    assert mb.ab.mean_power(0.2, sd, n) >= 0.8
    assert mb.ab.mean_power(0.2, sd, n - 1) < 0.8


def test_the_smallest_effect_has_just_the_power_that_was_asked():
    base, n = np.array([0.003, 0.1, 0.9]), np.array([[900], [50_000]])
    effect = mb.ab.minimum_detectable_effect(base, n, power=0.9)
    assert effect.shape == (2, 3)
    np.testing.assert_allclose(mb.ab.power(base, base + effect, n), 0.9, atol=1e-9)
    gap = mb.ab.mean_detectable_effect(12.0, [4, 60, 5_000])
    np.testing.assert_allclose(mb.ab.mean_power(gap, 12.0, [4, 60, 5_000]), 0.8, atol=1e-9)


def test_without_an_effect_the_power_is_the_share_of_false_alarms():
    assert mb.ab.power(0.3, 0.3, n=100, alpha=0.02) == pytest.approx(0.02)
    assert mb.ab.mean_power(0.0, 5.0, n=100, alpha=0.02) == pytest.approx(0.02)


def test_power_does_not_ask_for_the_direction():
    assert mb.ab.mean_power(-1.0, 1.0, n=20) == mb.ab.mean_power(1.0, 1.0, n=20)
    assert mb.ab.power(0.2, 0.3, n=80) == pytest.approx(mb.ab.power(0.3, 0.2, n=80))


@pytest.mark.parametrize(("n", "n_treatment"), [(2_000, None), (9_500, 500)])
def test_as_many_experiments_find_the_effect_as_power_says(n, n_treatment):
    runs, sizes = 20_000, [n, n_treatment or n]
    clicks = stream(8, "power").binomial(sizes, [0.10, 0.13], (runs, 2))
    found = (mb.ab.proportions(clicks, sizes).p_value < 0.05).mean()
    expected = mb.ab.power(0.10, 0.13, n, n_treatment=n_treatment)
    # The normal approximation adds a little to the four standard errors.
    assert abs(found - expected) < 4 * np.sqrt(expected * (1 - expected) / runs) + 0.005


def test_as_many_experiments_find_a_difference_of_means_as_power_says():
    runs, n = 5_000, 30
    arms = stream(9, "means").normal(size=(2, runs, n)) + np.array([0, 0.6])[:, None, None]
    found = (mb.ab.means(*arms).p_value < 0.05).mean()
    expected = mb.ab.mean_power(0.6, 1.0, n)
    assert abs(found - expected) < 4 * np.sqrt(expected * (1 - expected) / runs)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: mb.ab.sample_size(0.1, 0.1), "No size finds an effect of zero"),
        (lambda: mb.ab.mean_sample_size(0, 1), "no size finds an effect of zero"),
        (lambda: mb.ab.sample_size(0, 0.1), "p1 must be > 0 and < 1"),
        (lambda: mb.ab.sample_size(0.1, 1.2), "p2 must be > 0 and < 1"),
        (lambda: mb.ab.sample_size(0.1, 0.2, power=1), "power must be > 0.025 and < 1"),
        (lambda: mb.ab.power(0.1, 0.2, n=0), "n must be > 0 (units in each arm), got 0"),
        (lambda: mb.ab.power(0.1, 0.2, n=10, alpha=1), "alpha must be > 0 and < 1"),
        (lambda: mb.ab.mean_power(1, 0, n=10), "sd must be > 0 (standard deviation), got 0"),
        (lambda: mb.ab.mean_power(1, 1, n=1), "n must be > 1 (units in each arm), got 1"),
        (lambda: mb.ab.minimum_detectable_effect(0.5, n=2), "n must be larger to find any effect"),
    ],
)
def test_what_cannot_be_planned_is_refused(call, words):
    assert words in refusal(ValueError, call)
