"""A lesson that nobody has run yet: no link or picture is broken, each plot is announced."""

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING

import nbformat
import pytest
from nbformat.v4 import new_markdown_cell

from mlbook.lessons.catalogue import LESSONS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

NAMES = [lesson.slug for lesson in LESSONS]
TEXT = ".jp-MarkdownOutput"
# JupyterLab renders the cells of a long notebook little by little.
ALL_IS_THERE = """cells =>
  document.querySelectorAll(".jp-MarkdownOutput > :first-child").length === cells
  && [...document.images].every(image => image.complete)"""
EMPTY_PICTURES = "all => all.filter(image => !image.naturalWidth).map(image => image.src)"
# JupyterLab hangs a link on every heading; the headings' names stand in data-jupyter-id.
LINKS = "all => all.map(link => link.href).filter(url => !url.includes('#'))"
LOST_ANCHORS = """all => all.map(link => decodeURIComponent(link.hash.slice(1))).filter(
  name => name && !document.querySelector(`[id="${name}"], [data-jupyter-id="${name}"]`))"""
# At least five words in a row and the end of a sentence; a heading is none.
SENTENCE = re.compile(r"^(?!#).*(\S+\s+){4}\S+[.:?!)*_]*$", re.MULTILINE)


@pytest.fixture
def broken(open_lesson: Callable[[str], Page], lab: str, work: Path) -> Callable[[str], list[str]]:
    """`broken("07_shared_db")`: pictures that show nothing, links that lead nowhere from here."""

    def find(name: str) -> list[str]:
        cells = nbformat.read(work / f"{name}.ipynb", as_version=4).cells
        page = open_lesson(name)
        page.wait_for_function(
            ALL_IS_THERE, arg=sum(cell.cell_type == "markdown" for cell in cells)
        )
        links = page.eval_on_selector_all(f"{TEXT} a", LINKS)
        return [
            *page.eval_on_selector_all(f"{TEXT} img", EMPTY_PICTURES),
            *page.eval_on_selector_all(f"{TEXT} a", LOST_ANCHORS),
            *(url for url in links if url.startswith(lab) and not page.request.get(url).ok),
        ]

    return find


@pytest.mark.parametrize("name", NAMES)
def test_no_link_and_no_picture_of_an_unrun_lesson_is_broken(broken, name):
    assert broken(name) == []


def test_a_broken_picture_anchor_and_link_are_noticed(broken, work):
    lesson = nbformat.read(work / f"{NAMES[0]}.ipynb", as_version=4)
    text = f"# Here\n![x](no.png) [a](no.ipynb) [b](#No) [c](#Here) [d]({NAMES[1]}.ipynb)"
    lesson.cells.append(new_markdown_cell(text))
    nbformat.write(lesson, work / "broken.ipynb")
    found = [re.search(r"no(\.\w+)?$|No", url.partition("?")[0])[0] for url in broken("broken")]
    assert found == ["no.png", "No", "no.ipynb"]


@pytest.mark.parametrize("name", NAMES)
def test_a_sentence_stands_before_every_plot(report, name):
    cells = nbformat.read(report / "notebooks" / f"{name}.ipynb", as_version=4).cells
    plots = [
        (before, cell)
        for before, cell in itertools.pairwise(cells)
        if any("image/png" in output.get("data", {}) for output in cell.get("outputs", []))
    ]
    assert len(plots) >= 3
    bare = [
        cell.source
        for before, cell in plots
        if before.cell_type != "markdown" or not SENTENCE.search(before.source)
    ]
    assert bare == []
