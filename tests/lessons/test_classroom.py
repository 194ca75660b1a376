"""A folder of notebooks becomes a table: names hidden, copies and broken files said."""

from __future__ import annotations

import csv

import nbformat
import pytest
from click.testing import CliRunner

from mlbook.exercises import check, desk, guess
from mlbook.lessons.classroom import collect
from mlbook.lessons.cli import main

RIGHT, WRONG = 7 / 6, 1.0


@pytest.fixture(autouse=True)
def _fresh_desk(monkeypatch):
    monkeypatch.setattr(desk, "_desk", desk._Desk())


def hand_in(path, *verdicts):
    """Write a notebook whose outputs hold the verdicts, as JupyterLab saves them."""
    outputs = [
        nbformat.v4.new_output("execute_result", verdict._repr_mimebundle_())
        for verdict in verdicts
    ]
    cells = [nbformat.v4.new_code_cell("mb.check(...)", outputs=[out]) for out in outputs]
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)


def alarm(answer):
    return check("07.mean", mean_age_h=answer)


def test_learners_are_told_apart_by_folder_or_by_file_name(tmp_path):
    hand_in(tmp_path / "ai" / "07_shared_db.ipynb", alarm(RIGHT))
    hand_in(tmp_path / "07_shared_db-ken.ipynb", alarm(WRONG))
    assert collect(tmp_path).states == {
        "ken": {"07.mean": "fail"},
        "ai": {"07.mean": "pass"},
    }


def test_the_last_try_counts_and_guesses_are_collected_by_question(tmp_path):
    tries = [alarm(WRONG), alarm(RIGHT), guess("07.age", 6), guess("07.age", measured=14)]
    hand_in(tmp_path / "ai" / "07_shared_db.ipynb", *tries)
    hand_in(tmp_path / "ken" / "07_shared_db.ipynb", guess("07.age", 20))
    table = collect(tmp_path)
    assert table.states["ai"] == {"07.mean": "pass"}
    assert table.guesses == {"07.age": [6, 20]}
    assert table.measured == {"07.age": [14]}


def test_the_page_draws_every_question_with_guesses_and_measured_value(tmp_path):
    hand_in(tmp_path / "ai" / "07.ipynb", alarm(RIGHT), guess("07.age", 6))
    hand_in(tmp_path / "ken" / "07.ipynb", alarm(WRONG), guess("07.age", 20))
    hand_in(tmp_path / "mia" / "07.ipynb", alarm(WRONG), guess("07.age", measured=14))
    collect(tmp_path).write(tmp_path / "o")
    page = (tmp_path / "o" / "class.html").read_text()
    alt = "Dots for the class&#39;s guesses at 07.age: 6, 20. The run gave 14."
    assert f'alt="{alt}"' in page
    assert "1 of 3" in page
    with (tmp_path / "o" / "guesses.csv").open(newline="") as file:
        assert list(csv.reader(file)) == [
            ["question", "kind", "value"],
            ["07.age", "guess", "6"],
            ["07.age", "guess", "20"],
            ["07.age", "measured", "14"],
        ]


def test_an_edited_record_that_holds_no_number_is_no_guess(tmp_path):
    hand_in(tmp_path / "ai" / "07.ipynb", alarm(RIGHT), guess("07.age", 6))
    text = (tmp_path / "ai" / "07.ipynb").read_text()
    for forged in ('"value": "<b>"', '"value": "nan"', '"value": [1]'):
        (tmp_path / "ai" / "07.ipynb").write_text(text.replace('"value": "6"', forged))
        assert collect(tmp_path).guesses == {}


def test_of_two_copies_the_better_one_counts_and_the_other_is_named(tmp_path):
    hand_in(tmp_path / "ai" / "07_shared_db.ipynb", alarm(RIGHT))
    hand_in(tmp_path / "ai" / "copy" / "07_shared_db.ipynb", alarm(WRONG))
    table = collect(tmp_path)
    assert table.states == {"ai": {"07.mean": "pass"}}
    assert len(table.skipped) == 1
    assert "copy" in table.skipped[0]


def test_broken_and_unrun_notebooks_are_named_skipped_and_counted(tmp_path):
    hand_in(tmp_path / "ai" / "07_shared_db.ipynb", alarm(RIGHT))
    hand_in(tmp_path / "ken" / "07_shared_db.ipynb")
    for name, text in {"a": "not json", "b": "[1]", "c": '{"cells": [3]}'}.items():
        (tmp_path / f"07_shared_db-{name}.ipynb").write_text(text)
    result = CliRunner().invoke(main, ["classroom", str(tmp_path), "--out", str(tmp_path / "o")])
    assert result.exit_code == 0
    assert "4 notebooks not counted" in result.output
    assert "ken/07_shared_db.ipynb: was never run" in result.output
    assert "07_shared_db-a.ipynb: not a notebook" in result.output


def test_names_are_hidden_unless_asked_for_and_always_escaped(tmp_path):
    name = "<script>alert(1)<"
    hand_in(tmp_path / "in" / "x" / "07_shared_db.ipynb", alarm(RIGHT))
    (tmp_path / "in" / "x").rename(tmp_path / "in" / name.replace("/", ""))
    for flags, expected in ([], "learner 1"), (["--names"], "&lt;script&gt;"):
        out = tmp_path / "o"
        call = ["classroom", str(tmp_path / "in"), "--out", str(out), *flags]
        assert CliRunner().invoke(main, call).exit_code == 0
        page = (out / "class.html").read_text()
        assert expected in page
        assert "<script" not in page


def test_the_csv_has_one_row_a_learner_and_no_formula(tmp_path):
    hand_in(tmp_path / "=cmd" / "07_shared_db.ipynb", alarm(RIGHT))
    collect(tmp_path).write(tmp_path / "o")
    with (tmp_path / "o" / "class.csv").open(newline="") as file:
        assert list(csv.reader(file)) == [["learner", "07.mean"], ["'=cmd", "pass"]]


def test_a_folder_without_notebooks_is_refused(tmp_path):
    result = CliRunner().invoke(main, ["classroom", str(tmp_path / "nowhere")])
    assert result.exit_code == 2
    assert "folder must hold notebooks" in result.output
