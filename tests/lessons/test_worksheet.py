"""The worksheet asks what the lesson asks, and gives nothing away."""

from __future__ import annotations

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from mlbook.exercises.desk import all_exercises
from mlbook.files import notebooks_dir
from mlbook.lessons.catalogue import LESSONS, find, notebook_of
from mlbook.lessons.worksheet import questions_of, worksheet_page


def picture(name: str):
    return new_output("display_data", data={"image/png": name, "text/plain": f"alt of {name}"})


def lesson(*cells):
    return new_notebook(
        cells=[
            new_code_cell(cell[0], outputs=[picture(cell[1])] if cell[1] else [])
            if isinstance(cell, tuple)
            else new_markdown_cell(cell)
            for cell in cells
        ]
    )


def test_a_guess_has_two_places_to_write_and_an_exercise_says_its_unit():
    guess, exercise = questions_of(
        lesson(
            "## The knee\n**Guess first:** at which share?",
            ('mb.guess("06.twice", ...)', ""),
            ('mb.guess("06.twice", measured=90)', ""),
            "**Your turn.** How many workers?",
            ('n = ...\nmb.check(\n    "06.workers", run=quiet, workers=n)', ""),
        )
    )
    assert guess.section == exercise.section == "The knee"
    assert guess.lines == [(("06.twice   my guess", "the report says"), "")]
    assert exercise.lines == [(("06.workers   workers =",), "workers")]


def test_a_choice_shows_its_options():
    (question,) = questions_of(lesson("Which?", ('mb.check("06.repair", buy=...)', "")))
    assert question.lines[0][1] == "more workers or a faster model or neither"


def test_what_the_last_run_gave_and_what_needs_a_screen_is_not_printed():
    (question,) = questions_of(
        lesson(
            "## Part\nIt was 0.55.\n\n**Your turn.** Which share? Put a number in place of "
            'the three dots. (Stuck? `mb.hint("00.share")`, three times if need be.)\n\nThink.',
            ('mb.check("00.share", run=rest, share=...)', ""),
        )
    )
    assert question.text == "**Your turn.** Which share?\n\nThink."


def test_questions_of_one_text_stand_together():
    (question,) = questions_of(
        lesson("Two?", ('mb.guess("00.random", ...)', ""), ('mb.guess("00.perfect", ...)', ""))
    )
    assert [labels[0] for labels, _ in question.lines] == [
        "00.random   my guess",
        "00.perfect   my guess",
    ]


def test_only_a_picture_seen_before_an_exercise_in_its_own_section_is_printed():
    first, second, third, fourth = questions_of(
        lesson(
            "## One",
            ("mb.charts.A()", "before"),
            "Guess?",
            ('mb.guess("07.oldest_h", ...)', ""),
            ("mb.charts.B()", "result"),
            "**Your turn.** When?",
            ('mb.check("07.alarm", run=usual, threshold_h=...)', "after"),
            "**Your turn.** And then?",
            ('mb.check("07.mean", mean_age_h=...)', ""),
            ("mb.charts.C()", "of another section"),
            "## Two\n**Your turn.** How many?",
            ('mb.check("07.window", run=usual, million_users=...)', ""),
        )
    )
    assert [first.picture, second.picture, third.picture, fourth.picture] == [
        "",
        "result",
        "after",
        "",
    ]
    assert second.alt == "alt of result"


def test_a_cell_to_change_is_worked_on_with_its_picture_over_the_whole_width():
    (question,) = questions_of(
        lesson("## Play", ("game", "table"), "Write ten.", ("picks = [1, 1]  # change me", ""))
    )
    assert question.lines == [(("picks =",), "")]
    assert (question.picture, question.wide) == ("table", True)


def test_everybody_writes_a_sentence_before_reading_ours():
    (question,) = questions_of(lesson("## End\nText.\n\n### In one sentence\n*Ours.*"))
    assert "Ours" not in question.text
    assert len(question.lines) == 2


@pytest.mark.parametrize("each", LESSONS, ids=lambda each: each.slug)
def test_every_exercise_and_guess_of_a_lesson_is_on_its_sheet(each):
    notebook = nbformat.read(notebook_of(each, notebooks_dir()), as_version=4)
    labels = [label for q in questions_of(notebook) for line in q.lines for label in line[0]]
    named = {label.split()[0] for label in labels if label.startswith(f"{each.number}.")}
    wanted = {name for name in all_exercises() if name.startswith(each.number)}
    assert named >= wanted
    assert len(named) >= len(wanted) + 3  # three guesses each
    assert all(q.text.strip() for q in questions_of(notebook))


def test_the_page_needs_no_network_and_shows_what_a_run_had(read_page):
    notebook = lesson(
        "Hats & <b>coats</b>?",
        ("days: float = 14.0  # days", ""),
        ("x", "UE5H"),
        "**Your turn.** 1 < 2?",
        ('mb.check("00.fresh", runs=runs, name=...)', ""),
    )
    notebook.cells[1].metadata.tags = ["parameters"]
    page = read_page(worksheet_page({find("00"): notebook}))
    assert page.network == []
    assert "days: float = 14.0  # days" in page.text
    assert "1 < 2?" in page.text
    assert [(each["src"], each["alt"]) for each in page.images] == [
        ("data:image/png;base64,UE5H", "alt of UE5H")
    ]
