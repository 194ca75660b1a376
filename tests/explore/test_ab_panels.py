"""The five panels of lesson 02: what they compute, against laws and against the slow way."""

from __future__ import annotations

import numpy as np
import pytest

from mlbook import ab
from mlbook.explore.bandit_panel import TIMES, VISITORS, deciding
from mlbook.explore.boundary_panel import boundaries_of
from mlbook.explore.novelty_panel import DAYS, fading_lift
from mlbook.explore.peeking_panel import TESTS, peeking_of
from mlbook.explore.power_panel import power_of_tests

WITHIN = 4  # standard errors


def error_of_share(share: float, n: int = TESTS) -> float:
    return float(np.sqrt(share * (1 - share) / n))


@pytest.mark.parametrize(
    ("base", "lift", "users"), [(5, 5, 20_000), (5, 5, 122_124), (0.51, 31, 10_000), (40, 10, 900)]
)
def test_the_tests_of_the_power_panel_find_as_many_as_the_law_says(base, lift, users):
    result = power_of_tests(lift, base, users)
    law = ab.power(base / 100, base / 100 * (1 + lift / 100), users)
    # The law takes counts as normal; with fifty clicks that is good to a hundredth.
    assert abs(result.found_frac - law) < WITHIN * error_of_share(law) + 0.01


def test_the_winners_of_a_weak_test_exaggerate_and_those_of_a_strong_one_do_not():
    assert power_of_tests(31.37, 0.51, 10_000).exaggeration == pytest.approx(1.76, abs=0.03)
    assert power_of_tests(50, 5, 100_000).exaggeration == pytest.approx(1, abs=0.01)


def test_all_tests_of_the_power_panel_are_in_the_picture_and_winners_are_some_of_them():
    for base, lift, users in ((0.2, 1, 100_000), (5, 5, 20_000), (50, 80, 1_000_000)):
        result = power_of_tests(lift, base, users)
        assert result.tests.sum() > 0.99 * TESTS
        assert (result.wins <= result.tests).all()


@pytest.mark.parametrize("looks", [1, 7, 14, 60])
@pytest.mark.parametrize("effect", [0.0, 2.8])
def test_the_peeking_panel_stops_as_many_as_the_exact_law(looks, effect):
    result = peeking_of(looks, effect)
    errors = np.sqrt(result.law * (1 - result.law) / TESTS)
    assert (np.abs(result.found - result.law) < WITHIN * errors + 1e-9).all()


def test_the_law_of_the_peeking_panel_is_that_of_armitage_mcpherson_and_rowe():
    # Their table 2 of 1969 for the two-sided level of .05.
    for looks, rate in ((1, 0.05), (2, 0.083), (5, 0.142), (10, 0.193), (20, 0.248), (50, 0.320)):
        assert peeking_of(looks, 0.0).law[-1] == pytest.approx(rate, abs=6e-4)


def test_who_stops_early_exaggerates_more():
    once, often = peeking_of(1, 2.8).exaggeration, peeking_of(30, 2.8).exaggeration
    assert 1.05 < once < 1.25
    assert often > 1.3


def test_a_stopped_test_of_the_picture_has_left_the_band():
    result = peeking_of(14, 0.0)
    assert (result.stopped == (np.abs(result.paths) > 1.96).any(axis=1)).all()


@pytest.mark.parametrize("looks", [1, 2, 5, 7, 14])
def test_the_boundaries_of_the_panel_keep_their_level_and_spend_users_as_they_say(looks):
    result = boundaries_of(looks, 0.0)
    assert result.stopped["Pocock"][-1] == pytest.approx(0.05, abs=1e-6)
    assert result.stopped["O'Brien-Fleming"][-1] == pytest.approx(0.05, abs=1e-6)
    assert result.stopped["always valid"][-1] < 0.05
    costs = ab.looking_costs("pocock", looks)
    assert result.seen["Pocock"] == pytest.approx(
        costs.expected_n_without_effect / costs.max_n, abs=1e-6
    )


def test_pocock_stops_early_and_obrien_fleming_finds_more():
    result = boundaries_of(7, 2.8)
    assert result.stopped["Pocock"][1] > result.stopped["O'Brien-Fleming"][1] + 0.1
    assert result.stopped["Pocock"][-1] < result.stopped["O'Brien-Fleming"][-1]


def test_the_novelty_panel_is_the_closed_form_of_the_plan():
    result = fading_lift(2, 10, 5, visits=20_000)
    assert result.so_far_percent[6] == pytest.approx(7.9, abs=0.05)
    assert result.so_far_percent[27] == pytest.approx(4.0, abs=0.05)
    assert result.today_percent[21:].mean() == pytest.approx(2.1, abs=0.05)


def test_below_zero_at_first_is_primacy():
    result = fading_lift(5, -10, 5, visits=20_000)
    assert result.today_percent[0] == pytest.approx(-5)
    assert result.today_percent[-1] > 4


def test_the_interval_of_the_novelty_panel_covers_what_simulated_tests_measure():
    result = fading_lift(0, 0, 5, visits=20_000)
    counts = ab.daily_counts(
        ab.Population(users=20_000 * DAYS, days=DAYS, click_rate=0.05), experiments=400
    )
    clicks, users = counts.looks()
    rate = clicks / users
    lift = 100 * (rate[..., 1] / rate[..., 0] - 1)
    outside = (np.abs(lift) > result.half_width_percent)[:, [6, 27]].mean()
    assert abs(outside - 0.05) < WITHIN * error_of_share(0.05, 400)


@pytest.mark.parametrize(
    ("name", "policy"),
    [
        ("epsilon-greedy", ab.EpsilonGreedy(epsilon=0.1)),
        ("Thompson", ab.Thompson()),
        ("A/B, then ship", ab.ExploreThenCommit(explore=10_000)),
    ],
)
def test_the_bandit_panel_loses_as_much_as_the_policies_of_the_library(name, policy):
    way = deciding(5, 20, tested_percent=50, explore_percent=10).ways[name]
    played = ab.play(policy, [0.05, 0.06], visitors=VISITORS, replications=TIMES, batch=500, seed=3)
    error = played.regret.std(ddof=1) / np.sqrt(TIMES)
    # Both are counted, with errors alike. Whoever ships does so half a batch earlier or later.
    assert abs(way.regret[-1] - played.regret.mean()) < WITHIN * np.sqrt(2) * error + 2
    off, off_error = played.bias(0)
    assert abs(way.off_percent - 100 * off / 0.05) < WITHIN * 2 * 100 * off_error / 0.05


def test_without_a_difference_nothing_is_lost_and_the_pick_is_a_coin():
    ways = deciding(5, 0, tested_percent=50, explore_percent=10).ways
    for way in ways.values():
        assert way.regret[-1] == 0
        assert abs(way.wrong_percent - 50) < WITHIN * 100 * error_of_share(0.5, TIMES)


def test_while_the_test_runs_half_of_its_visitors_see_the_worse_arm():
    lost = deciding(5, 20, tested_percent=50, explore_percent=10).ways["A/B, then ship"].regret
    # One click of a hundred less, for half of the first 5,000 and 10,000 visitors.
    assert lost[[9, 19]] == pytest.approx([25.0, 50.0])
    assert lost[-1] < 60


def test_testing_longer_costs_more_and_errs_less():
    short, long = (deciding(5, 20, each, 10).ways["A/B, then ship"] for each in (2, 100))
    assert long.regret[-1] > short.regret[-1]
    assert long.wrong_percent < short.wrong_percent
