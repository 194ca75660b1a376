"""The captain's game: same moves, same counts; what a move does; what it costs."""

import dataclasses
import json

import numpy as np
import pytest

from mlbook.releases import Captain, releases_of


def played(kind, *moves, seed=1):
    letter = next(each for each, truth in releases_of(seed).items() if truth.name == kind)
    return Captain(letter, seed).play(*moves)


def test_every_seed_deals_the_three_releases_and_not_always_in_one_order():
    orders = [tuple(truth.name for truth in releases_of(seed).values()) for seed in range(20)]
    assert all(sorted(order) == ["bad", "bad for the app", "good"] for order in orders)
    assert len(set(orders)) == 6


def test_a_game_survives_being_written_down():
    game = Captain("B", 4).play("grow", "hold 6", "grow")
    again = Captain(**json.loads(json.dumps(dataclasses.asdict(game))))
    assert again == game
    assert again.counts.equals(game.counts)


def test_one_move_more_changes_no_hour_before_it():
    before = Captain("A", 2).play("grow", "hold")
    after = before.play("grow")
    assert after.counts[: len(before.counts)].equals(before.counts)


def test_the_ladder_and_the_hours():
    game = Captain("A").play("grow", "hold 6", "grow", "grow")
    assert game.shares == (0.01, 0.05, *[0.05] * 6, 0.2, 0.5)
    assert not game.is_over
    assert game.play("grow").ended == "shipped"
    assert game.play("roll back").ended == "rolled back"
    assert game.play("roll back").share == 0.0


def test_who_only_holds_has_never_decided():
    game = Captain("A").play("hold 24", "hold 24", "hold 24")
    assert (game.hour, game.ended) == (72, "never decided")


@pytest.mark.parametrize("end", ["roll back", "grow"])
def test_nothing_comes_after_the_end(end):
    over = Captain("A").play("grow", "grow", "grow", end)
    with pytest.raises(ValueError, match="after its end"):
        over.play("hold")


@pytest.mark.parametrize("move", ["growl", "hold 0", "hold 25", "hold -1", "hold x", "", 3, None])
def test_what_is_no_move_is_refused_when_it_is_made(move):
    with pytest.raises(ValueError, match="moves"):
        Captain("A").play(move)


def test_the_counts_are_of_the_stated_rates():
    game = played("bad for the app", "grow", "grow", "hold 24", "hold 24")
    total = game.counts.groupby("slice")[["clicks", "visits", "other_clicks", "other_visits"]].sum()
    for name, rate in {"web": 0.052, "app": 0.025}.items():
        row = total.loc[name]
        error = np.sqrt(rate * (1 - rate) / row["visits"])
        assert abs(row["clicks"] / row["visits"] - rate) < 3 * error
        error = np.sqrt(0.05 * 0.95 / row["other_visits"])
        assert abs(row["other_clicks"] / row["other_visits"] - 0.05) < 3 * error
    share = total["visits"].sum() / (total["visits"] + total["other_visits"]).sum()
    assert share == pytest.approx(game.counts.groupby("hour")["share"].first().mean(), rel=0.01)


def test_sums_of_the_slices_are_the_sums():
    game = Captain("C", 3).play("grow", "hold 5")
    whole, parts = np.array(game.so_far()), np.array([game.so_far(each) for each in ("web", "app")])
    assert (whole == parts.sum(axis=0)).all()
    table = game.counts[["clicks", "visits", "other_clicks", "other_visits"]].sum()
    assert whole.tolist() == table.tolist()


def test_a_bad_release_costs_a_click_per_100_of_the_visits_it_answered():
    cost = played("bad", "grow", "roll back").cost()
    assert cost.users_hurt == pytest.approx(8_000 * (0.01 + 0.05))
    assert cost.clicks_lost == pytest.approx(0.01 * cost.users_hurt)
    assert cost.hours_lost == 0


def test_a_bad_release_that_is_shipped_hurts_until_somebody_else_finds_out():
    cost = played("bad", "grow", "grow", "grow", "grow").cost()
    assert cost.users_hurt == pytest.approx(8_000 * (0.01 + 0.05 + 0.2 + 0.5 + 68))


def test_of_a_release_that_is_bad_for_the_app_only_the_app_is_hurt():
    cost = played("bad for the app", "roll back").cost()
    assert cost.users_hurt == pytest.approx(0.1 * 8_000 * 0.01)
    assert cost.clicks_lost == pytest.approx(0.025 * cost.users_hurt)


def test_a_good_release_that_is_taken_back_is_late_by_all_hours():
    cost = played("good", "roll back").cost()
    assert cost.users_hurt == 0
    assert cost.hours_lost == pytest.approx(72 - 0.01)
    assert cost.clicks_lost == pytest.approx(cost.hours_lost * 8_000 * 0.004)


def test_a_release_that_is_not_over_goes_on_as_it_is():
    assert played("good", "grow").cost().hours_lost == pytest.approx(0.99 + 71 * 0.95)
