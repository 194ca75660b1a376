"""`mlbook lab --projector` on a screen of 1280 x 720, the size that most projectors manage."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mlbook.lessons.catalogue import find
from mlbook.lessons.editions import copy_lessons
from mlbook.lessons.lab import for_a_room
from tests.browser.harness import TOKEN, jupyterlab, open_notebook, run_cell

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

LESSON = find("06")
SCREEN = {"width": 1280, "height": 720}
SIZE = "text => parseFloat(getComputedStyle(text).fontSize)"
# Cells are laid out when they come near the screen, and push others away: scroll until it fits.
FITS = """panel => {
  panel.scrollIntoView();
  const screen = panel.closest(".jp-WindowedPanel-outer").getBoundingClientRect();
  const [slider, picture, sentence] = [".widget-slider", "svg[role=img], img", "p[role=status]"]
    .map(name => panel.querySelector(name).getBoundingClientRect());
  return screen.top <= slider.top && slider.bottom <= picture.top && picture.height > 300
    && picture.bottom <= sentence.top && sentence.bottom <= screen.bottom
    && screen.bottom <= innerHeight;
}"""


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    work = tmp_path_factory.mktemp("work")
    copy_lessons([LESSON], work)
    with jupyterlab(work, tmp_path_factory.mktemp("private"), for_a_room(work)) as address:
        yield address


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport=SCREEN)
    yield context.new_page()
    context.close()


def test_the_front_door_has_no_sidebar_and_asks_nothing(page, room):
    page.goto(f"{room}/?token={TOKEN}")
    page.wait_for_selector(".jp-Launcher-body")
    unasked = "#jp-left-stack, #jp-right-stack, .jp-Dialog, .jp-toast-button"
    shown = page.eval_on_selector_all(unasked, "all => all.filter(one => one.checkVisibility())")
    assert shown == []


def test_the_panel_of_lesson_06_and_its_sentence_fit_one_screen_in_large_type(page, room):
    open_notebook(page, room, f"{LESSON.slug}.ipynb", mode="doc")
    for words in ("rate_per_s: float", "import mlbook", "mb.explore.knee("):
        run_cell(page, words)
    panel = page.locator(".jp-OutputArea-output", has=page.locator(".widget-slider"))
    panel.locator("p[role=status]").wait_for()
    page.wait_for_function(FITS, arg=panel.element_handle())
    for text in (panel.locator("p[role=status]"), panel.locator(".widget-label").first):
        assert text.evaluate(SIZE) == 16  # px, where JupyterLab itself has 13
    assert page.locator(".jp-MarkdownOutput p").first.evaluate(SIZE) == 20
