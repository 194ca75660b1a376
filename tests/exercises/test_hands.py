"""A show of hands: counts as they are, the nearest answer marked by more than its colour."""

from __future__ import annotations

import re

import numpy as np
import pytest

from mlbook.exercises import desk, guess, poll


@pytest.fixture(autouse=True)
def _fresh_desk(monkeypatch):
    monkeypatch.setattr(desk, "_desk", desk._Desk())


def test_before_the_run_no_answer_is_marked():
    hands = poll("06.twice", {"50 %": 3, "75 %": 8, "90 %": 11}).plot()
    assert [bar.get_width() for bar in hands.ax_.patches] == [3, 8, 11]
    assert [bar.get_hatch() for bar in hands.ax_.patches] == ["", "", ""]


def test_after_the_run_the_nearest_answer_is_hatched_and_the_value_is_said():
    guess("06.twice", measured=91.0)
    hands = poll("06.twice", {"50 %": 3, "75 %": 8, "90 %": 11}).plot()
    assert [bool(bar.get_hatch()) for bar in hands.ax_.patches] == [False, False, True]
    assert "The run gave 91." in hands.alt_text()


def test_nobody_raises_half_a_hand():
    hands = poll("06.repair", {"workers": 1, "model": 2}).plot()
    assert all(tick == round(tick) for tick in hands.ax_.get_xticks())


def test_answers_in_words_are_counted_and_none_is_marked():
    guess("06.repair", measured=1)
    hands = poll("06.repair", {"workers": 4, "model": 9}).plot()
    assert not any(bar.get_hatch() for bar in hands.ax_.patches)


@pytest.mark.parametrize("count", [-1, 1.5, "three", np.ones(2)])
def test_a_count_that_is_no_number_of_hands_is_an_error_that_names_it(count):
    verdict = poll("06.twice", {"a": count})
    assert verdict.state == "error"
    assert re.search(r"votes\['a'\] must be .*hands", verdict.message)


@pytest.mark.parametrize("votes", [..., None, {...}, {}, {"50 %": ..., "75 %": 3}, {"50 %": 0}])
def test_hands_that_are_not_counted_yet_are_to_do(votes):
    assert poll("06.twice", votes).state == "todo"


def test_votes_that_are_no_counts_by_answer_are_an_error_that_shows_one():
    verdict = poll("06.twice", [3, 8])
    assert (verdict.state, verdict.kind) == ("error", "poll")
    assert "for example {50: 3, 75: 8}, got [3, 8]" in verdict.message


def test_what_the_room_says_is_drawn_as_text_even_where_it_looks_like_a_formula():
    hands = poll("$\\nosuch$", {"$\\frac$ <b>": 2, "¥5 or $6 or $7": 1})
    data, _ = hands._repr_mimebundle_()
    assert set(data) == {"image/png", "text/plain"}
    assert hands.ax_.get_yticklabels()[0].get_text() == "$\\frac$ <b>"
