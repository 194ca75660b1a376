"""Hints, solutions, guesses and the report card."""

from __future__ import annotations

import json

import numpy as np
import pytest

from mlbook.exercises import check, desk, guess, hint, poll, report_card, solution
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


def test_a_solution_shows_its_code_as_code_and_says_why():
    for _ in range(3):
        hint("07.alarm")
    verdict = solution("07.alarm")
    code, reason = verdict.message.split("\n")
    assert code == "`threshold_h = (batch.predict_every + batch.predict_takes) / mb.HOUR`"
    assert reason.endswith("too late.")
    assert f"<code>{code.strip('`')}</code>" in verdict._repr_mimebundle_()["text/html"]


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


@pytest.mark.parametrize(
    ("guessed", "measured", "words"),
    [
        (0, 5, "the run gave 5: too low."),
        (5, 0, "the run gave 0: too high."),
        (5, -3, "the run gave -3: too high."),
        (-6, -2, "3.0 times too low"),
        (0, 0, "well guessed"),
    ],
)
def test_a_guess_across_zero_is_told_its_side_and_no_factor(guessed, measured, words):
    guess("07.age", guessed)
    assert words in guess("07.age", measured=measured).message


def test_a_guess_and_its_measured_value_may_come_together():
    assert "2.3 times too low" in guess("07.age", 6, measured=14).message


class Nasty:
    def __repr__(self):
        raise RuntimeError("no")

    def __eq__(self, other):
        raise RuntimeError("no")

    __hash__ = None


BAD = ["six", float("nan"), [1], 1j, True, 10**400, np.ones(3), Nasty(), "<script>"]


@pytest.mark.parametrize("which", range(len(BAD)))
@pytest.mark.parametrize("keyword", ["value", "measured"])
def test_a_guess_that_is_no_number_is_an_error_and_is_not_noted(which, keyword):
    verdict = guess("07.age", **{keyword: BAD[which]})
    assert verdict.state == "error"
    assert " must be a" in verdict.message
    assert "<script" not in verdict._repr_mimebundle_()["text/html"]
    assert (desk._desk.guesses, desk._desk.measured) == ({}, {})


@pytest.mark.parametrize("which", [2, 5, 6, 7, 8])
@pytest.mark.parametrize("call", [check, hint, solution, guess, lambda id: poll(id, {"a": ...})])
def test_an_id_of_any_kind_gives_a_verdict_and_escapes_it(which, call):
    verdict = call(BAD[which])
    assert verdict.state in {"error", "todo"}
    assert "<script" not in verdict._repr_mimebundle_()["text/html"]


def test_an_answer_that_depends_on_nonsense_is_an_error_that_names_it():
    for had in (float("nan"), "x", Nasty(), np.ones(2)):
        verdict = check("00.visitors", had=had, visitors=900)
        assert verdict.state == "error"
        assert "Is had what it should be?" in verdict.message


def test_the_report_card_lists_the_chapters_that_were_opened_and_judges_the_guesses():
    check("07.mean", mean_age_h=7 / 6)
    for name, guessed in {"07.a": 1.5, "07.b": 100.0, "07.c": 0.1}.items():
        guess(name, guessed)
        guess(name, measured=1.0)
    guess("07.never_run", 3)
    text = repr(report_card())
    assert "1 of 3 exercises passed" in text
    assert "✔ 07.mean: pass" in text
    assert "07.alarm: todo" in text
    assert "06." not in text
    assert text.splitlines()[-2:] == [
        "Guesses: 1 within a factor of two, 1 too low, 1 too high.",
        "Biggest surprise: 07.b. You guessed 100, the run gave 1: 100.0 times too high.",
    ]


def test_a_guess_on_the_wrong_side_of_zero_is_the_biggest_surprise():
    for name, guessed in {"07.a": 50.0, "07.b": -1.0, "07.c": 2.0}.items():
        guess(name, guessed, measured=1.0)
    text = repr(report_card())
    assert "1 within a factor of two, 1 too low, 1 too high." in text
    assert "Biggest surprise: 07.b. You guessed -1, the run gave 1: too low." in text


def test_a_report_card_escapes_what_a_learner_typed():
    guess("<script>alert(1)</script>", 5, measured=1)
    html = report_card()._repr_mimebundle_()["text/html"]
    assert "<script" not in html
    assert "&lt;script&gt;" in html


def test_a_kernel_in_which_nothing_was_done_has_an_empty_card():
    assert repr(report_card()) == "✎ report card noted: 0 of 0 exercises passed"


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


def test_a_right_answer_is_told_why_it_is_right():
    verdict = check("07.mean", mean_age_h=7 / 6)
    assert verdict.message == f"Yes. {desk.all_exercises()['07.mean'].because}"


def test_a_part_of_something_that_comes_whole_is_nearly_right():
    for visitors in (899.4, 900.4):
        verdict = check("00.visitors", had=100, visitors=visitors)
        assert (verdict.state, "whole number" in verdict.message) == ("close", True)
    assert "whole" not in check("00.visitors", had=100, visitors=870.4).message
