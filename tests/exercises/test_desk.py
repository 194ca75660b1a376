"""Hints, solutions, guesses and the report card."""

from __future__ import annotations

import json

import pytest

from mlbook.exercises import check, desk, guess, hint, report_card, solution
from mlbook.exercises.verdict import MIME, STATES


@pytest.fixture(autouse=True)
def _fresh_desk(monkeypatch):
    monkeypatch.setattr(desk, "_desk", desk._Desk())


def test_an_unknown_exercise_is_named_with_the_nearest():
    for call in (check, hint, solution):
        verdict = call("06.worker")
        assert verdict.state == "error"
        assert "Did you mean '06.workers'?" in verdict.message


def test_an_unknown_keyword_is_named_with_the_nearest():
    verdict = check("07.alarm", treshold_h=3)
    assert verdict.state == "error"
    assert "Did you mean 'threshold_h'?" in verdict.message


def test_hints_come_one_at_a_time_and_the_solution_after_the_third():
    assert "3 of 3 hints left" in solution("07.alarm").message
    texts = [hint("07.alarm").message for _ in range(4)]
    assert [text[:11] for text in texts] == [f"Hint {n} of 3" for n in (1, 2, 3, 3)]
    assert "T + D" not in texts[0] + texts[1]
    assert "T + D" in solution("07.alarm").message


@pytest.mark.parametrize(
    ("guessed", "measured", "words"),
    [
        (6, 14, "2.3 times too low"),
        (28, 14, "2.0 times too high"),
        (13.5, 14, "well guessed"),
    ],
)
def test_a_guess_is_compared_with_what_the_run_gave(guessed, measured, words):
    guess("07.age", guessed)
    assert words in guess("07.age", measured=measured).message


def test_a_measured_value_without_a_guess_says_so():
    assert "did not guess" in guess("07.age", measured=14).message


@pytest.mark.parametrize("value", ["six", float("nan"), None, [1]])
def test_a_guess_that_is_no_number_never_raises(value):
    assert guess("07.age", value).state in {"error", "todo"}


def test_the_report_card_lists_the_chapters_that_were_opened_and_judges_the_guesses():
    check("07.mean", mean_age_h=7 / 6)
    for name, guessed in {"07.a": 1.5, "07.b": 100.0, "07.c": 0.1}.items():
        guess(name, guessed)
        guess(name, measured=1.0)
    text = repr(report_card())
    assert "1 of 3 exercises passed" in text
    assert "07.alarm: todo" in text
    assert "06." not in text
    assert "1 within a factor of two, 1 too low, 1 too high. Biggest surprise: 07.b" in text


def test_a_verdict_carries_its_record_as_json_and_says_its_state_in_three_ways():
    verdict = check("07.mean", mean_age_h=99.0)
    data = verdict._repr_mimebundle_()
    record = json.loads(json.dumps(data[MIME]))
    assert record == {
        "schema": 1, "kind": "check", "id": "07.mean", "state": "fail", "value": "99.0",
    }  # fmt: skip
    symbol, color = STATES["fail"]
    for cue in (symbol, "fail", color):
        assert cue in data["text/html"]


def test_an_answer_in_another_unit_is_close_and_told_so():
    verdict = check("07.mean", mean_age_h=60 * 7 / 6)
    assert verdict.state == "close"
    assert "unit" in verdict.message


def test_a_tenfold_answer_is_told_its_side_and_size():
    verdict = check("07.mean", mean_age_h=30.0)
    assert (verdict.state, "too large by an order" in verdict.message) == ("fail", True)
