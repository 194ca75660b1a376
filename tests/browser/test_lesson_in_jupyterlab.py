"""Lesson 06 in a real JupyterLab: run once, then used as a learner uses it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from mlbook.exercises.desk import all_exercises
from mlbook.lessons.catalogue import find
from mlbook.lessons.editions import Copy, copy_lessons
from tests.browser.contrast import ENOUGH, contrasts
from tests.browser.harness import choose, run_all

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

LESSON = find("06")
CHOICE = all_exercises()["06.repair"]
PICTURES = ".jp-OutputArea-output img"
# JupyterLab gives highlighted code its colours; a comment in the dark has a contrast of 4.15.
THEIRS = "pre code"
# The colour of the corner of every picture: red, green, blue, alpha, from 0 to 255.
CORNERS = """all => all.map(image => {
  const canvas = document.createElement("canvas").getContext("2d");
  canvas.drawImage(image, 0, 0);
  return [...canvas.getImageData(0, 0, 1, 1).data];
})"""


@pytest.fixture(scope="module")
def lesson(open_lesson: Callable[[str], Page]) -> Page:
    page = open_lesson(LESSON.slug)
    run_all(page)
    return page


@pytest.fixture
def in_the_dark(lesson: Page) -> Iterator[Page]:
    for theme in ("Dark", "Light"):
        choose(lesson, "Settings", "Theme", f"JupyterLab {theme}")
        lesson.wait_for_function(f"document.body.dataset.jpThemeName === 'JupyterLab {theme}'")
        if theme == "Dark":
            yield lesson


def test_all_cells_run_without_an_error_or_a_warning(lesson):
    kinds = lesson.eval_on_selector_all(
        ".jp-Notebook [data-mime-type]", "all => all.map(output => output.dataset.mimeType)"
    )
    assert kinds.count("image/png") >= 3
    assert lesson.locator(".widget-slider").count() >= 2
    assert {"application/vnd.jupyter.error", "application/vnd.jupyter.stderr"} & {*kinds} == set()


def test_an_arrow_key_on_a_slider_changes_the_picture_and_the_sentence(lesson):
    panel = lesson.locator(".jp-OutputArea-output", has=lesson.locator(".widget-slider"))
    shown = """panel => [
      panel.querySelector('svg[role=img], img').outerHTML, panel.querySelector('p').textContent
    ]"""
    picture, sentence = panel.evaluate(shown)
    panel.locator(".noUi-handle").first.press("ArrowRight")
    lesson.wait_for_function(
        f"([panel, before]) => ({shown})(panel).every((now, i) => now !== before[i])",
        arg=[panel.element_handle(), [picture, sentence]],
    )


def test_an_exercise_goes_from_todo_over_fail_to_pass(lesson):
    right = CHOICE.right({})
    wrong = next(option for option in CHOICE.options if option != right)
    cell = lesson.locator(".jp-CodeCell", has_text=f'mb.check("{CHOICE.id}"')
    editor, verdict = cell.locator(".cm-content"), cell.locator("div[role=status]")
    editor.click()  # outside of the window a cell has no inner text
    starter = editor.inner_text()
    assert "..." in starter
    assert "todo" in (verdict.text_content() or "")
    for answer, state in ((wrong, "fail"), (right, "pass")):
        editor.click()
        lesson.keyboard.press("Control+A")
        lesson.keyboard.type(starter.replace("...", f'"{answer}"'))
        lesson.keyboard.press("Shift+Enter")
        verdict.filter(has_text=f"{state} · {CHOICE.id}").wait_for(state="attached")


def test_text_can_be_read_in_the_dark(in_the_dark):
    outputs = contrasts(in_the_dark, ".jp-OutputArea-output", without=THEIRS)
    prose = contrasts(in_the_dark, ".jp-MarkdownOutput", without=THEIRS)
    shown = " ".join(each.text for each in outputs)
    # A verdict, a table's head, a slider's label, the panel's sentence: all were measured.
    for words in (CHOICE.id, "utilisation", "median service time", "workers busy"):
        assert words in shown
    assert len(prose) > 50
    assert [each for each in outputs + prose if each.contrast < ENOUGH] == []


def test_pictures_bring_their_own_white_paper_into_the_dark(in_the_dark):
    corners = in_the_dark.eval_on_selector_all(PICTURES, CORNERS)
    assert len(corners) >= 4
    assert all(corner == [255, 255, 255, 255] for corner in corners)


def test_a_saved_lesson_is_still_known_to_be_of_its_edition(lesson, work):
    mine = work / f"{LESSON.slug}.ipynb"
    with lesson.expect_response(
        lambda answer: answer.request.method == "PUT" and mine.name in answer.url
    ):
        choose(lesson, "File", "Save Notebook")
    cells = json.loads(mine.read_text(encoding="utf-8"))["cells"]
    assert any(cell.get("outputs") for cell in cells)
    assert copy_lessons([LESSON], work) == [Copy(mine, mine, is_new=False)]
