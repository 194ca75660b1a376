"""Rules that play the captain: they decide from counts, and their errors are the stated ones."""

import pytest

from mlbook.releases import Captain, Rule, mean_costs, releases_of, score


def game_of(kind, rule, seed=1):
    letter = next(each for each, truth in releases_of(seed).items() if truth.name == kind)
    return rule.play(letter, seed)


def test_the_rule_grows_to_its_share_and_waits_there():
    game = game_of("bad", Rule(wait_at=0.05))
    assert game.shares[0] == 0.01
    assert len(game.shares) > 2
    assert set(game.shares[1:]) == {0.05}
    assert game.ended == "rolled back"


def test_a_rule_that_is_sure_goes_on_to_everybody():
    game = game_of("good", Rule(wait_at=0.05))
    assert game.moves[-3:] == ("grow", "grow", "grow")
    assert game.ended == "shipped"


RULES = {
    "simple": Rule(),
    "by slice": Rule(by_slice=True),
    "small": Rule(wait_at=0.05),
}


@pytest.fixture(scope="module")
def costs():
    return mean_costs(RULES, games=60)


def test_over_many_games_it_ships_the_good_and_takes_back_the_bad(costs):
    assert costs.loc[("simple", "good"), "shipped_percent"] > 95
    assert costs.loc[("simple", "bad"), "shipped_percent"] < 5


def test_all_visits_together_hide_a_slice_and_a_look_at_the_slices_finds_it(costs):
    whole, slices = (costs.loc[name] for name in ("simple", "by slice"))
    assert whole.loc["bad for the app", "shipped_percent"] > 80
    assert slices.loc["bad for the app", "shipped_percent"] < 20
    lost = slices.loc["bad for the app", "clicks_lost"]
    assert lost < whole.loc["bad for the app", "clicks_lost"] / 4
    # It is not free: the intervals are wider, so a good release waits a little longer.
    assert slices.loc["good", "hours_lost"] > whole.loc["good", "hours_lost"]


def test_a_smaller_share_hurts_fewer_and_loses_more_hours(costs):
    small, large = (costs.loc[name] for name in ("small", "simple"))
    assert small.loc["bad", "users_hurt"] < large.loc["bad", "users_hurt"]
    assert small.loc["good", "hours_lost"] > large.loc["good", "hours_lost"]


def test_the_means_are_those_of_the_single_games():
    table = mean_costs({"simple": Rule()}, games=2, seed=8)
    single = [game_of("bad", Rule(), seed).cost().users_hurt for seed in (8, 9)]
    assert table.loc[("simple", "bad"), "users_hurt"] == pytest.approx(sum(single) / 2)


def test_the_score_puts_players_side_by_side():
    table = score({"me": [Captain("A", 5)], "rule": [Rule().play("A", 5)]})
    assert table.loc[("me", "A"), "ended"] == "goes on"
    assert table.loc[("me", "A"), "truth"] == table.loc[("rule", "A"), "truth"]


def test_a_share_that_is_no_step_is_refused():
    with pytest.raises(ValueError, match="wait_at must be one of"):
        Rule(wait_at=0.3)
