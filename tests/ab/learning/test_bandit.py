"""Policies: what they pick, what it costs, and what their counts are worth afterwards."""

from __future__ import annotations

from functools import cache
from itertools import pairwise

import numpy as np
import pytest
from scipy import integrate, stats

from mlbook import ab
from mlbook.streams import stream

WITHIN = 4  # standard errors; the seeds are fixed
RATES = [0.05, 0.06]
POLICIES = {
    "test then ship": ab.ExploreThenCommit(explore=16_000),
    "epsilon": ab.EpsilonGreedy(epsilon=0.1),
    "UCB1": ab.UCB1(),
    "narrow UCB1": ab.UCB1(width=0.2),
    "Thompson": ab.Thompson(),
}


@cache
def played(name: str) -> ab.Play:
    """20,000 visitors, 1,000 times, in batches of 20."""
    return ab.play(POLICIES[name], RATES, visitors=20_000, replications=1_000, batch=20, seed=1)


def many(counts: list[int], rows: int = 20_000) -> np.ndarray:
    return np.broadcast_to(counts, (rows, len(counts)))


def shares(policy: ab.BanditPolicy, clicks: list[int], trials: list[int]) -> np.ndarray:
    """Give how often each arm is picked for the same counts."""
    picks = policy.choose(many(clicks), many(trials), stream(0, "test"))
    return np.bincount(picks, minlength=len(clicks)) / picks.size


@pytest.mark.parametrize("name", POLICIES)
def test_one_row_of_counts_gives_one_pick_and_a_batch_gives_one_a_row(name):
    rng = stream(0, "test")
    assert np.shape(POLICIES[name].choose([1, 2, 3], [10, 10, 10], rng)) == ()
    picks = POLICIES[name].choose(np.ones((4, 5, 3)), np.full((4, 5, 3), 9), rng)
    assert picks.shape == (4, 5)
    assert set(np.unique(picks)) <= {0, 1, 2}


@pytest.mark.parametrize("name", POLICIES)
def test_before_the_first_visitor_all_arms_are_alike(name):
    found = shares(POLICIES[name], [0, 0, 0, 0], [0, 0, 0, 0])
    assert (np.abs(found - 0.25) < WITHIN * np.sqrt(0.25 * 0.75 / 20_000)).all()


def test_epsilon_greedy_shows_the_best_arm_and_any_arm_for_its_share():
    found = shares(ab.EpsilonGreedy(epsilon=0.3), [5, 9, 1], [100, 100, 100])
    wanted = np.array([0.1, 0.8, 0.1])
    assert (np.abs(found - wanted) < WITHIN * np.sqrt(wanted * (1 - wanted) / 20_000)).all()


def test_an_arm_that_was_never_shown_comes_first():
    assert shares(ab.EpsilonGreedy(epsilon=0), [9, 0], [10, 0]).tolist() == [0, 1]
    assert shares(ab.UCB1(), [9, 0], [10, 0]).tolist() == [0, 1]


def test_ucb1_follows_its_formula():
    # Means .05 and .10, 110 visitors: bounds .05 + sqrt(2 ln 110 / 100), .1 + sqrt(2 ln 110 / 10).
    assert shares(ab.UCB1(), [5, 1], [100, 10]).tolist() == [0, 1]
    # .30 and .10: .30 + .307 = .607 against .10 + .970; a width of 0.2: .361 against .294.
    assert shares(ab.UCB1(), [30, 1], [100, 10]).tolist() == [0, 1]
    assert shares(ab.UCB1(width=0.2), [30, 1], [100, 10]).tolist() == [1, 0]
    edge = (30 / 100 - 1 / 10) / (np.sqrt(2 * np.log(110)) * (1 / np.sqrt(10) - 1 / np.sqrt(100)))
    assert shares(ab.UCB1(width=edge * 1.001), [30, 1], [100, 10]).tolist() == [0, 1]
    assert shares(ab.UCB1(width=edge * 0.999), [30, 1], [100, 10]).tolist() == [1, 0]


def test_thompson_shows_an_arm_as_often_as_it_is_the_best_by_the_posterior():
    one, two = stats.beta(1 + 5, 1 + 95), stats.beta(1 + 9, 1 + 91)
    wanted, _ = integrate.quad(lambda rate: two.pdf(rate) * one.cdf(rate), 0, 1)
    found = shares(ab.Thompson(), [5, 9], [100, 100])[1]
    assert abs(found - wanted) < WITHIN * np.sqrt(wanted * (1 - wanted) / 20_000)
    strict = ab.Thompson(prior_clicks=50, prior_misses=950)
    one, two = stats.beta(50 + 5, 950 + 95), stats.beta(50 + 9, 950 + 91)
    wanted, _ = integrate.quad(lambda rate: two.pdf(rate) * one.cdf(rate), 0, 0.2)
    found = shares(strict, [5, 9], [100, 100])[1]
    assert abs(found - wanted) < WITHIN * np.sqrt(wanted * (1 - wanted) / 20_000)


def test_a_test_that_ships_explores_evenly_decides_by_rate_and_sticks_to_it():
    policy = ab.ExploreThenCommit(explore=200)
    assert shares(policy, [5, 9], [100, 99]).tolist() == [0, 1]  # arm 1 waits for its last visitor
    assert shares(policy, [5, 9], [100, 100]).tolist() == [0, 1]
    assert shares(policy, [9, 5], [100, 100]).tolist() == [1, 0]
    assert shares(policy, [5, 9], [100, 500]).tolist() == [0, 1]  # shipped, though it fell behind


def test_a_test_then_ship_picks_wrongly_as_often_as_the_binomial_law_says():
    # Arms of 800, so that it happens. Equal counts count as wrong: the first arm is the worse one.
    many = ab.play(
        ab.ExploreThenCommit(explore=1_600), RATES, visitors=1_600, replications=2_000, seed=2
    )
    assert (many.trials == 800).all()
    clicks = np.arange(801)
    one, two = stats.binom(800, 0.05), stats.binom(800, 0.06)
    wrong = (one.pmf(clicks) * two.cdf(clicks)).sum()
    assert abs(many.wrong_pick_frac - wrong) < WITHIN * np.sqrt(wrong * (1 - wrong) / 2_000)
    # Row 21: .3 % with arms of 8,000.
    clicks = np.arange(8_001)
    one, two = stats.binom(8_000, 0.05), stats.binom(8_000, 0.06)
    assert (one.pmf(clicks) * two.cdf(clicks)).sum() == pytest.approx(0.003, abs=0.0003)


def test_a_test_then_ship_costs_half_of_its_visitors_and_now_and_then_the_rest():
    # Row 21: 80.1 clicks = 8,000 visitors of the worse arm, and 4,000 more once in 360.
    many = played("test then ship")
    assert abs(many.regret.mean() - 80.1) < WITHIN * many.regret.std(ddof=1) / np.sqrt(1_000) + 0.2
    assert many.regret.min() == pytest.approx(80)


def test_bandits_cost_less_and_the_order_is_that_of_the_plan():
    # Row 21: test then ship 80.1, epsilon-greedy 40.1, Thompson 25.0 (sizes to expect).
    means = {name: played(name).regret.mean() for name in POLICIES}
    errors = {name: played(name).regret.std(ddof=1) / np.sqrt(1_000) for name in POLICIES}
    order = ["Thompson", "epsilon", "UCB1", "test then ship"]
    for better, worse in pairwise(order):
        gap_error = np.hypot(errors[better], errors[worse])
        assert means[worse] - means[better] > WITHIN * gap_error
    assert abs(means["Thompson"] - 25.0) < WITHIN * errors["Thompson"]
    assert 30 < means["epsilon"] < 45
    assert means["narrow UCB1"] < means["UCB1"] / 2


def test_a_bandits_worst_arm_looks_worse_than_it_is_and_a_tests_does_not():
    # Row 21: -.0043, which is 8.5 per cent of the rate.
    bias, error = played("Thompson").bias()
    assert bias < -WITHIN * error
    assert -0.006 < bias < -0.002
    bias, error = played("test then ship").bias()
    assert abs(bias) < WITHIN * error


def test_the_best_arm_of_a_bandit_is_hardly_off():
    bias, error = played("Thompson").bias(arm=1)
    assert abs(bias) < 0.0005 + WITHIN * error


def test_wrong_picks_of_epsilon_greedy_and_thompson_are_those_of_the_plan():
    # Row 21: 5.2 and .6 per cent.
    for name, wanted in (("epsilon", 0.052), ("Thompson", 0.006)):
        error = np.sqrt(wanted * (1 - wanted) / 1_000)
        assert abs(played(name).wrong_pick_frac - wanted) < WITHIN * error


def test_regret_counts_expected_clicks_and_only_of_the_worse_arms():
    many = ab.play(ab.Thompson(), [0.2, 0.5, 0.4], visitors=500, replications=50, seed=3)
    assert (many.trials.sum(axis=1) == 500).all()
    by_hand = many.trials[:, 0] * 0.3 + many.trials[:, 2] * 0.1
    assert many.regret == pytest.approx(by_hand)
    assert many.path[-1] == pytest.approx(many.regret.mean())
    assert (np.diff(many.path) >= 0).all()
    assert many.visitors.tolist() == list(range(1, 501))
    assert (many.clicks <= many.trials).all()


def test_equal_arms_cost_nothing_and_no_pick_is_wrong():
    many = ab.play(ab.Thompson(), [0.1, 0.1], visitors=100, replications=20, batch=7)
    assert many.regret.max() == 0
    assert many.wrong_pick_frac == 0
    assert many.visitors[-1] == 100  # the last batch is a short one


def test_the_same_seed_plays_the_same_game():
    one, two, other = (
        ab.play(ab.Thompson(), RATES, visitors=200, replications=10, seed=seed)
        for seed in (1, 1, 2)
    )
    assert (one.trials == two.trials).all()
    assert (one.trials != other.trials).any()


def test_lai_and_robbins_are_no_bound_for_twenty_thousand_visitors():
    # Row 21 warns: 105.7 is more than a good policy loses here.
    asked = ab.lai_robbins(RATES, 20_000)
    divergence = stats.entropy([0.05, 0.95], [0.06, 0.94])
    assert asked == pytest.approx(np.log(20_000) * 0.01 / divergence)
    assert played("Thompson").regret.mean() < asked / 3


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: ab.EpsilonGreedy(epsilon=2), "epsilon must be >= 0 and <= 1"),
        (lambda: ab.UCB1(width=0), "width must be > 0"),
        (lambda: ab.Thompson(prior_clicks=0), "prior_clicks must be > 0"),
        (lambda: ab.ExploreThenCommit(explore=0), "explore must be >= 1"),
        (lambda: ab.Thompson().choose([5], [9], stream(0, "")), "two or more arms"),
        (lambda: ab.Thompson().choose([5, 1], [9, 9, 9], stream(0, "")), "(2,) and (3,)"),
        (lambda: ab.UCB1().choose([5, 10], [9, 9], stream(0, "")), "got 10 of 9 in arm 1"),
        (lambda: ab.UCB1().choose([-1, 1], [9, 9], stream(0, "")), "got -1 of 9 in arm 0"),
        (lambda: ab.UCB1().choose([np.nan, 1], [9, 9], stream(0, "")), "got nan of 9 in arm 0"),
        (lambda: ab.play(ab.UCB1(), [0.1], visitors=9), "rates=[0.05, 0.06]"),
        (lambda: ab.play(ab.UCB1(), [0.1, 1.2], visitors=9), "rates must be >= 0 and <= 1"),
        (lambda: ab.play(ab.UCB1(), RATES, visitors=0), "visitors must be >= 1"),
        (lambda: ab.play(ab.UCB1(), RATES, visitors=9, replications=1), "replications must be"),
        (lambda: ab.play(ab.UCB1(), RATES, visitors=9, batch=0), "batch must be >= 1"),
        (lambda: ab.lai_robbins([0, 0.1], 9), "rates must be > 0"),
        (lambda: ab.lai_robbins([1, 0.1], 9), "1 - rates must be > 0"),
    ],
)
def test_what_cannot_be_is_refused_with_the_next_step(make, words):
    with pytest.raises(ValueError, match="must") as caught:
        make()
    assert words in str(caught.value)
