"""The choice follows from needs, measures and beliefs, and says where it would flip."""

from __future__ import annotations

from functools import cache
from math import inf, isnan

import numpy as np
import pytest
from scipy.stats import norm

import mlbook as mb
from mlbook.decision import NO_MODEL, Beliefs, Needs, decide
from tests.worlds import refusal, shop, small

HOURLY = mb.SharedDb(predict_every=1 * mb.HOUR, predict_takes=10 * mb.MINUTE)


@cache
def runs():
    return mb.compare(
        shop(),
        rest=mb.RestApi(),
        nightly=mb.SharedDb(),
        hourly=HOURLY,
        stream=mb.Streaming(),
        mobile=mb.MobileApp(),
    )


def net(choice, name):
    column = next(each for each in choice.columns if each.name == name)
    return column.yen_a_month(choice.needs, choice.beliefs)["net"]


def test_who_misses_a_need_is_never_recommended():
    choice = decide(runs(), Needs(daily_requests=2e6, freshness_s=5.0))
    assert [each.name for each in choice.fit] == ["stream"]
    assert choice.recommended == "stream"
    assert decide(runs(), Needs(daily_requests=2e6, offline=True)).ranking[0] in {
        "mobile",
        NO_MODEL,
    }
    assert [each.name for each in decide(runs(), Needs(offline=True)).fit] == ["mobile"]


def test_a_need_is_compared_with_what_the_summary_measures():
    seen = runs().summary()
    for name in runs():
        lag_s, p99_s = seen.loc[name, "event_lag_p95_s"], seen.loc[name, "latency_p99_s"]
        for needs, fits in (
            (Needs(freshness_s=lag_s * 1.01, answer_s=p99_s * 1.01), True),
            (Needs(freshness_s=lag_s * 0.99), False),
            (Needs(answer_s=p99_s * 0.99), False),
        ):
            assert (name in {each.name for each in decide(runs(), needs).fit}) is fits


def test_among_those_that_fit_the_highest_sum_wins_and_nothing_is_an_answer_too():
    choice = decide(runs())
    nets = {each.name: net(choice, each.name) for each in choice.columns} | {NO_MODEL: 0.0}
    assert choice.ranking == sorted(nets, key=nets.get, reverse=True)
    assert decide(runs(), Needs(daily_requests=100)).recommended == NO_MODEL
    nobody = decide(runs(), Needs(freshness_s=0.001))
    assert (nobody.recommended, nobody.runner_up) == (NO_MODEL, None)


def test_the_sum_is_that_of_a_calculation_by_hand():
    needs, beliefs = Needs(daily_requests=50_000), Beliefs(click_worth=2.0, changes=2.0)
    seen = runs().summary().loc["hourly", "clicks_per_100"]
    popular = mb.measure.yardsticks(shop()).loc["most popular", "clicks_per_100"]
    clicks = 28 * 50_000 * (seen - popular) / 100 * 2.0
    machines = 28 * (24 * 10 / 60 + 0.5) * 20.0
    # The batch runs all but fifty minutes of each hour; one change of the result schema a year.
    repairs = 10 / 60 * np.exp(-50 / 60) * 6_000.0
    releases = 2 * 1 * 28 / 365 * 50_000.0
    expected = clicks - machines - repairs - releases
    choice = decide(runs(), needs, beliefs)
    trained = 0.5 / 24 * np.exp(-23.5) * 6_000.0
    assert net(choice, "hourly") == pytest.approx(expected - trained, rel=1e-9)


def test_at_a_flip_point_both_are_worth_the_same():
    choice = decide(runs())
    for name, row in choice.flips.iterrows():
        for side, to in (("below", "below_then"), ("above", "above_then")):
            if isnan(row[side]):
                continue
            there = choice.but(**{name: row[side]})
            assert there.recommended == row[to] != choice.recommended
            first, second = (
                0.0 if each == NO_MODEL else net(there, each)
                for each in (row[to], choice.recommended)
            )
            assert first == pytest.approx(second, abs=1e-6 * net(choice, choice.recommended) + 30)


def test_the_flip_in_clicks_is_the_one_of_the_straight_lines():
    # Everything but the clicks is a constant in their worth, so two lines cross where algebra says.
    choice = decide(runs(), Needs(daily_requests=20_000))
    worth = choice.flips.loc["click_worth", "above"]
    other = choice.flips.loc["click_worth", "above_then"]
    parts = {
        each.name: each.yen_a_month(choice.needs, choice.beliefs)
        for each in choice.columns
        if each.name in {choice.recommended, other}
    }
    mine, theirs = parts[choice.recommended], parts[other]
    fixed = (mine["net"] - mine["clicks"]) - (theirs["net"] - theirs["clicks"])
    assert worth == pytest.approx(fixed / (theirs["clicks"] - mine["clicks"]), rel=1e-6)


def test_the_fragile_belief_is_the_one_that_flips_first():
    choice = decide(runs())
    factors = {}
    for name in vars(choice.beliefs):
        row = choice.flips.loc[name]
        factors[name] = np.nanmin([row["now"] / row["below"], row["above"] / row["now"], inf])
    assert choice.fragile == min(factors, key=factors.get)


def test_the_lead_has_the_interval_of_the_clicks():
    choice = decide(runs())
    ahead, half = choice.ahead_yen
    first, second = choice.ranking[:2]
    assert ahead == pytest.approx(net(choice, first) - net(choice, second))
    gap = mb.measure.difference_per_100(runs()[first], runs()[second])
    assert half == pytest.approx(norm.ppf(0.975) * gap.standard_error / 100 * 28 * 20_000)
    assert isnan(decide(runs(), Needs(daily_requests=2e6, freshness_s=5.0)).ahead_yen[1])


def test_another_need_asks_the_same_runs_and_leaves_the_first_choice_alone():
    choice = decide(runs())
    assert choice.but(freshness_s=5.0, click_worth=100.0).recommended == "stream"
    assert (choice.needs.freshness_s, choice.beliefs.click_worth) == (inf, 1.0)


def test_bad_needs_and_beliefs_are_refused():
    assert refusal(ValueError, Needs, daily_requests=0).startswith("daily_requests must be > 0")
    assert "freshness_s must be > 0 (seconds)" in refusal(ValueError, Needs, freshness_s=-1.0)
    assert "offline must be True or False, got 1" in refusal(TypeError, Needs, offline=1)
    assert "click_worth must be >= 0" in refusal(ValueError, Beliefs, click_worth=-1.0)
    assert "runs must be >= 1" in refusal(ValueError, decide, {})
    other = {"a": runs()["rest"], "b": mb.run(mb.SharedDb(), small())}
    assert "same visitors" in refusal(ValueError, decide, other)
    week = mb.ReplayWorld("men")
    real = {"rest": mb.run(mb.RestApi(), week)}
    assert "simulated shop" in refusal(TypeError, decide, real)
