"""Each exercise's three dots are replaced by its worked answer, once, and nothing else is."""

from __future__ import annotations

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from mlbook.exercises.exercise import Exercise
from mlbook.lessons.solved import solve


def exercise(id: str, asks: str, answer: str) -> Exercise:
    hints = ("one", "two", "three")
    return Exercise(
        id=id, asks=asks, unit="", right=lambda _: 1, hints=hints, answer=answer, because=""
    )


@pytest.fixture(autouse=True)
def _two_exercises(monkeypatch):
    both = [exercise("01.count", "count", "a / b"), exercise("01.word", "word", '"日"')]
    monkeypatch.setattr("mlbook.lessons.solved.all_exercises", lambda: {e.id: e for e in both})


WORD = 'mb.check("01.word", word=...)'
COUNT = 'n = ...\nmb.check("01.count", count=n)'


def solved(*sources: str) -> list[str]:
    notebook = new_notebook(cells=[new_code_cell(source) for source in sources])
    solve(notebook, "01")
    return [cell.source for cell in notebook.cells]


def test_dots_in_the_call_are_replaced():
    assert solved(COUNT, WORD)[1] == 'mb.check("01.word", word="日")'


def test_dots_in_an_assignment_are_replaced_and_its_comment_stays():
    source = 'other = ...\nn = ...  # 数\nmb.check(\n    "01.count",\n    run=...,\n    count=n,\n)'
    assert solved(source, WORD)[0] == source.replace("n = ...", "n = a / b")


def test_bytes_and_characters_are_not_confused():
    source = 'note = "数"; n = ...; mb.check("01.count", count=n); mb.check("01.word", word=...)'
    assert solved(source) == [
        'note = "数"; n = a / b; mb.check("01.count", count=n); mb.check("01.word", word="日")'
    ]


def test_cells_without_an_exercise_stay_as_they_are_even_when_they_hold_dots():
    other = ['mb.guess("01.count", ...)', "%time 1", "x = ...", 'print("mb.check(1)")']
    assert solved(COUNT, *other, WORD)[1:-1] == other


def test_text_is_not_taken_for_code():
    notebook = new_notebook(cells=[new_markdown_cell(WORD)])
    with pytest.raises(ValueError, match=r"must ask '01\.count', '01\.word'"):
        solve(notebook, "01")


@pytest.mark.parametrize(
    ("sources", "words"),
    [
        ([COUNT], r"lesson 01 must ask '01\.word'"),
        ([COUNT, WORD, WORD], r"asked once there, got '01\.word'"),
        ([COUNT, WORD, 'mb.check("01.wrd", word=...)'], r"asked once there, got '01\.wrd'"),
        ([COUNT, WORD, "mb.check(name, word=...)"], "asked once there, got 'name'"),
        ([COUNT, "mb.check()"], "asked once there, got ''"),
        ([COUNT, 'mb.check("01.word", word="a")'], r"the cell of '01\.word' must hold three dots"),
        ([COUNT, 'mb.check("01.word", wrd=...)'], r"mb\.check\('01\.word', word=answer\)"),
        (["n = ...", 'mb.check("01.count", count=n)', WORD], "must hold three dots"),
        (['n = 1\nmb.check("01.count", count=n)', WORD], "must hold three dots"),
        ([f'{COUNT}\nmb.check("01.word", word=n)'], "three dots of its own"),
    ],
)
def test_an_exercise_that_cannot_be_replaced_exactly_once_is_an_error(sources, words):
    with pytest.raises(ValueError, match=words):
        solved(*sources)


def test_a_chapter_without_exercises_needs_none():
    notebook = new_notebook(cells=[new_code_cell("1")])
    solve(notebook, "02")
    nbformat.validate(notebook)
