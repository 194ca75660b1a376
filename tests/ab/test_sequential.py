"""Boundaries: the published tables, simulation, and looks at any time."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import multivariate_normal

import mlbook as mb
from mlbook.ab.sequential import KINDS
from mlbook.streams import stream
from tests.worlds import refusal

# P. Armitage, C. K. McPherson, B. C. Rowe, "Repeated significance tests on accumulating data",
# Journal of the Royal Statistical Society A 132 (1969), table 2, level .05.
ARMITAGE = {
    1: 0.050, 2: 0.083, 3: 0.107, 4: 0.126, 5: 0.142, 10: 0.193, 20: 0.248, 25: 0.266, 50: 0.320,
    100: 0.374, 200: 0.424, 500: 0.487, 1000: 0.530,
}  # fmt: skip
# C. Jennison, B. W. Turnbull, "Group sequential methods", 2000, tables 2.1 and 2.3, alpha .05.
POCOCK = {2: 2.178, 3: 2.289, 4: 2.361, 5: 2.413, 6: 2.453, 7: 2.485, 8: 2.512, 9: 2.535, 10: 2.555}
OBRIEN = {2: 1.977, 3: 2.004, 4: 2.024, 5: 2.040, 6: 2.053, 7: 2.063, 8: 2.072, 9: 2.080, 10: 2.087}
# The same book, tables 2.2 and 2.4: units of the longest test, power .8.
LONGEST = {
    "pocock": {2: 1.110, 3: 1.166, 4: 1.202, 5: 1.229, 10: 1.301},
    "obrien_fleming": {2: 1.008, 3: 1.017, 4: 1.024, 5: 1.028, 10: 1.040},
}
# D. M. Reboussin, D. L. DeMets, K. Kim, K. K. G. Lan, "Computations for group sequential boundaries
# using the Lan-DeMets spending function method", Controlled Clinical Trials 21 (2000).
LAN_DEMETS = [4.8769, 3.3569, 2.6803, 2.2898, 2.0310]


def walks(name: str, looks: int, runs: int, drift: float = 0.0) -> np.ndarray:
    """The z of each look of many experiments: a random walk, and no integral."""
    share = np.arange(1, looks + 1) / looks
    steps = stream(1, name).normal(drift / looks, np.sqrt(1 / looks), (runs, looks))
    return steps.cumsum(axis=1) / np.sqrt(share)


@pytest.mark.parametrize("looks", ARMITAGE)
def test_repeated_looks_give_the_false_alarms_of_armitage_mcpherson_and_rowe(looks):
    # Half a unit of the last digit, and as much for their integrals of 1969.
    assert mb.ab.false_positive_rate(looks) == pytest.approx(ARMITAGE[looks], abs=1e-3)


def test_the_false_alarms_that_a_lesson_names():
    found = [100 * mb.ab.false_positive_rate(looks) for looks in (2, 5, 10, 14, 20, 100, 1000)]
    np.testing.assert_allclose(found, [8.3, 14.2, 19.3, 22.0, 24.8, 37.4, 53.0], atol=0.05)


@pytest.mark.parametrize("looks", POCOCK)
def test_the_constants_of_pocock_and_of_obrien_and_fleming(looks):
    pocock, obrien = (mb.ab.boundary(kind, looks) for kind in ("pocock", "obrien_fleming"))
    np.testing.assert_allclose(pocock, POCOCK[looks], atol=6e-4)
    falling = OBRIEN[looks] * np.sqrt(looks / np.arange(1, looks + 1))
    np.testing.assert_allclose(obrien, falling, rtol=4e-4)


@pytest.mark.parametrize("kind", LONGEST)
def test_the_longest_test_needs_what_jennison_and_turnbull_print(kind):
    found = {looks: mb.ab.looking_costs(kind, looks).max_n for looks in LONGEST[kind]}
    assert found == pytest.approx(LONGEST[kind], abs=1e-3)


def test_stopping_early_saves_what_the_longer_test_costs():
    pocock, obrien = (mb.ab.looking_costs(kind, 5) for kind in ("pocock", "obrien_fleming"))
    assert pocock.expected_n == pytest.approx(0.80, abs=0.005)
    assert obrien.expected_n == pytest.approx(0.82, abs=0.005)
    assert obrien.max_n < pocock.expected_n_without_effect < pocock.max_n


def test_the_spending_function_gives_the_published_boundary():
    # Their second number differs by one in its last digit; more nodes do not move ours.
    np.testing.assert_allclose(mb.ab.boundary("lan_demets_obf", 5), LAN_DEMETS, atol=1.5e-4)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("looks", [1, 2, 7, [0.1, 0.35, 0.4, 1.0]])
@pytest.mark.parametrize("alpha", [0.05, 0.005])
def test_a_boundary_spends_its_level(kind, looks, alpha):
    z = mb.ab.boundary(kind, looks, alpha)
    assert mb.ab.crossing(z, looks).sum() == pytest.approx(alpha, abs=1e-9)


@pytest.mark.parametrize("kind", KINDS)
def test_one_look_is_the_usual_test(kind):
    assert mb.ab.boundary(kind, 1) == pytest.approx([1.959963984540054], abs=1e-9)
    assert mb.ab.looking_costs(kind, 1) == pytest.approx((1, 1, 1), abs=1e-4)


def test_what_the_spending_functions_have_spent_at_each_look():
    share = np.array([0.3, 0.6, 1.0])
    spent = mb.ab.crossing(mb.ab.boundary("lan_demets_pocock", share), share).cumsum()
    np.testing.assert_allclose(spent, 0.05 * np.log(1 + (np.e - 1) * share), atol=1e-9)


def test_two_looks_are_a_square_of_the_bivariate_normal():
    share, z = np.array([0.4, 1.0]), np.array([2.2, 2.1])
    cov = np.array([[1, np.sqrt(0.4)], [np.sqrt(0.4), 1]])
    box = multivariate_normal([0, 0], cov).cdf(z, lower_limit=-z, rng=np.random.default_rng(1))
    assert mb.ab.crossing(z, share).sum() == pytest.approx(1 - box, abs=2e-6)


@pytest.mark.parametrize("drift", [0.0, 2.8])
def test_each_look_stops_as_many_walks_as_the_integral_says(drift):
    runs, looks, z = 100_000, 6, mb.ab.boundary("lan_demets_obf", 6)
    out = np.abs(walks("stops", looks, runs, drift)) > z
    first = np.bincount(out.argmax(axis=1)[out.any(axis=1)], minlength=looks) / runs
    expected = mb.ab.crossing(z, looks, drift=drift)
    assert (np.abs(first - expected) < 4.5 * np.sqrt(expected / runs) + 1e-5).all()


def test_more_nodes_change_nothing(monkeypatch):
    before = mb.ab.false_positive_rate(200), mb.ab.boundary("pocock", [0.01, 0.02, 1.0])
    monkeypatch.setattr("mlbook.ab.sequential.FINE", 4.0)
    assert mb.ab.false_positive_rate(200) == pytest.approx(before[0], abs=1e-9)
    np.testing.assert_allclose(mb.ab.boundary("pocock", [0.01, 0.02, 1.0]), before[1], atol=1e-8)


def test_a_first_look_that_may_spend_nothing_is_given_a_very_high_bar():
    assert mb.ab.boundary("lan_demets_obf", 100)[0] == 12.0


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: mb.ab.boundary("pockock", 5), "Did you mean 'pocock'?"),
        (lambda: mb.ab.boundary("pocock", 0), "looks must be >= 1 (how often"),
        (lambda: mb.ab.boundary("pocock", [0.5, 0.4, 1]), "looks must rise from above 0 to 1"),
        (lambda: mb.ab.boundary("pocock", [0.5, 0.9]), "looks must rise from above 0 to 1"),
        (lambda: mb.ab.boundary("pocock", 5, alpha=5), "alpha must be > 0 and < 1"),
        (lambda: mb.ab.crossing([2.0, 2.0], 3), "z must have one number a look, got 2 for 3"),
        (lambda: mb.ab.looking_costs("pocock", 3, power=0.04), "power must be > 0.05 and < 1"),
        (lambda: mb.ab.always_valid_z(0, 10), "n must be > 0 (units seen"),
    ],
)
def test_what_is_no_plan_is_refused(call, words):
    assert words in refusal(ValueError, call)


def test_half_a_look_is_refused():
    assert "looks must be a whole number" in refusal(TypeError, mb.ab.false_positive_rate, 2.5)


# --- always valid -----------------------------------------------------------------------------


def test_the_interval_is_wider_by_what_it_costs_to_look_always():
    wider = mb.ab.always_valid_z([10_000, 1_000], tuned_n=10_000) / 1.959964
    np.testing.assert_allclose(wider, [1.55, 1.97], atol=0.005)


def test_it_is_narrowest_near_the_number_it_is_tuned_for():
    n = np.geomspace(100, 1e6, 401)
    width = mb.ab.always_valid_z(n, tuned_n=10_000) / np.sqrt(n)
    others = [mb.ab.always_valid_z(10_000, tuned_n=t) for t in (2_000, 5_000, 20_000, 50_000)]
    assert mb.ab.always_valid_z(10_000, tuned_n=10_000) < min(others)
    assert (np.diff(width) < 0).all()  # more units never make it wider


def test_a_thousand_looks_alarm_no_more_often_than_one():
    runs, looks = 4_000, 1_000
    z = np.abs(walks("always", looks, runs))
    naive = (z > 1.96).any(axis=1).mean()
    always = (z > mb.ab.always_valid_z(np.arange(1, looks + 1), tuned_n=looks)).any(axis=1).mean()
    assert abs(naive - 0.530) < 4 * np.sqrt(0.53 * 0.47 / runs)
    assert always < 0.05
    assert always == pytest.approx(0.027, abs=4 * np.sqrt(0.027 * 0.973 / runs) + 0.005)


def test_its_p_value_is_below_the_level_just_when_its_interval_leaves_zero():
    clicks = stream(2, "looks").binomial(2_000, [0.1, 0.13], (500, 2))
    looks = mb.ab.always_valid(mb.ab.proportions(clicks, [2_000, 2_000]), n=4_000, tuned_n=9_000)
    low, high = looks.interval
    assert 0 < looks.significant.sum() < 500
    np.testing.assert_array_equal(looks.significant, (low > 0) | (high < 0))


def test_without_any_variance_it_claims_nothing_either():
    nobody = mb.ab.always_valid(mb.ab.proportions([0, 0], [50, 70]), n=120, tuned_n=1_000)
    assert (nobody.p_value, nobody.interval) == (1.0, (-np.inf, np.inf))
