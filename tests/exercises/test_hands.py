"""A show of hands: counts as they are, the nearest answer marked by more than its colour."""

from __future__ import annotations

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


def test_answers_in_words_are_counted_and_none_is_marked():
    guess("06.repair", measured=1)
    hands = poll("06.repair", {"workers": 4, "model": 9}).plot()
    assert not any(bar.get_hatch() for bar in hands.ax_.patches)


@pytest.mark.parametrize("count", [-1, 1.5, "three"])
def test_a_count_that_is_no_number_of_hands_is_refused(count):
    with pytest.raises((TypeError, ValueError), match=r"votes\['a'\] must be .*hands"):
        poll("06.twice", {"a": count})


def test_without_any_hand_the_cell_says_what_to_do_instead_of_drawing_nothing():
    verdict = poll("06.twice", {"50 %": 0, "75 %": 0})
    assert verdict.state == "todo"
    assert "Count the hands" in verdict.message
