"""Be the model: the picture tells the truth about the visitors, and the score counts it."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

import mlbook as mb
from mlbook.explore import BeTheModel
from tests.worlds import shop, small


@cache
def game() -> BeTheModel:
    return BeTheModel(shop())


def test_the_ten_visitors_are_ten_users_of_day_seven():
    world, rows = game().world, game().visits
    assert len(set(world.visits.user[rows].tolist())) == 10
    assert np.all(world.visits.at_s[rows] >= 7 * mb.DAY)


def test_the_table_counts_what_each_visitor_looked_at_in_the_last_two_days():
    world, i = game().world, game().visits[4]
    table = world.events_frame()
    at_s, user = world.visits.at_s[i], world.visits.user[i]
    seen = table[(table.user == user) & (table.at_s < at_s) & (table.at_s >= at_s - 2 * mb.DAY)]
    by_category = np.bincount(seen.category, minlength=6)
    assert game().looked_at[4].tolist() == by_category.tolist()


def test_your_clicks_are_those_of_the_items_you_picked():
    world, rows = game().world, game().visits
    picks = [1, 2, 3, 4, 5, 6, 1, 2, 3, 4]
    score = game().play(picks)
    chosen = np.array(picks) - 1
    assert score.clicked["you"] == world.visits.clicked[rows, chosen].sum()
    assert score.expected["you"] == pytest.approx(world.truth[rows, chosen].sum())


def test_who_has_not_chosen_yet_sees_the_others_and_gets_no_clicks_by_luck():
    mine, others = game().play([1] * 10), game().play([...])
    assert "you" not in others.clicked
    assert {"you": mine.clicked["you"]} | others.clicked == mine.clicked
    words = [text.get_text() for text in others.plot().ax_.texts]
    assert words[0] == "not chosen yet"


def test_the_score_tells_what_happened_and_what_is_worth_it_in_one_row():
    score = game().play([1, 2, 3, 4, 5, 6, 1, 2, 3, 4])
    words = [text.get_text() for text in score.plot().ax_.texts]
    for name, clicks in score.clicked.items():
        assert f"{clicks} today" in words
        assert f"◆ {score.expected[name]:.1f} on average" in words


def test_nobody_is_better_on_average_than_the_perfect_chooser():
    score = game().play([3] * 10)
    assert score.expected["perfect"] == max(score.expected.values())


@pytest.mark.parametrize(
    ("picks", "words"),
    [
        ([1] * 9, "picks must have 10 positions .* got 9"),
        ([2, ...], "picks must have 10 positions .* got 2"),
        ([0] + [1] * 9, r"picks\[0\] must be >= 1 .* got 0"),
        ([1] * 9 + [7], r"picks\[9\] must be <= 6 .* got 7"),
        ([1.5] + [1] * 9, r"picks\[0\] must be a whole number .* got 1.5"),
    ],
)
def test_wrong_picks_are_named(picks, words):
    with pytest.raises((TypeError, ValueError), match=words):
        game().play(picks)


def test_a_world_without_ten_visitors_after_day_seven_is_refused():
    with pytest.raises(ValueError, match=r"ten visitors after day 7, got 0\. Use more days"):
        _ = BeTheModel(small()).visits
