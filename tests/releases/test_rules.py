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


def test_over_many_games_it_ships_the_good_and_takes_back_the_bad():
    costs = mean_costs(Rule(), games=60)
    assert costs["good"][1] > 0.95
    assert costs["bad"][1] < 0.05


def test_all_visits_together_hide_a_slice_and_a_look_at_the_slices_finds_it():
    whole, slices = (mean_costs(Rule(by_slice=by_slice), games=60) for by_slice in (False, True))
    assert whole["bad for the app"][1] > 0.8
    assert slices["bad for the app"][1] < 0.2
    assert slices["bad for the app"][0].clicks_lost < whole["bad for the app"][0].clicks_lost / 4
    # It is not free: the intervals are wider, so a good release waits a little longer.
    assert slices["good"][0].hours_lost > whole["good"][0].hours_lost


def test_a_smaller_share_hurts_fewer_and_loses_more_hours():
    small, large = (mean_costs(Rule(wait_at=share), games=60) for share in (0.05, 0.2))
    assert small["bad"][0].users_hurt < large["bad"][0].users_hurt
    assert small["good"][0].hours_lost > large["good"][0].hours_lost


def test_the_score_puts_players_side_by_side():
    table = score({"me": [Captain("A", 5)], "rule": [Rule().play("A", 5)]})
    assert table.loc[("me", "A"), "ended"] == "goes on"
    assert table.loc[("me", "A"), "truth"] == table.loc[("rule", "A"), "truth"]


def test_a_share_that_is_no_step_is_refused():
    with pytest.raises(ValueError, match="wait_at must be one of"):
        Rule(wait_at=0.3)
