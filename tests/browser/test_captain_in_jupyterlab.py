"""The release captain of lesson 11 in a real JupyterLab: played by its buttons."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mlbook.lessons.catalogue import find
from mlbook.releases import Captain
from tests.browser.harness import run_cell

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

SEED = 11  # the lesson's own


@pytest.fixture(scope="module")
def game(open_lesson: Callable[[str], Page]) -> Page:
    page = open_lesson(find("11").slug)
    for words in ("seed: int =", "import mlbook as mb", "mb.explore.captain("):
        run_cell(page, words)
    page.locator("p[role=status]").wait_for()
    return page


def press(page: Page, button: str, then: str) -> None:
    """Press a button; return when the sentence says what should follow."""
    page.get_by_role("button", name=button, exact=True).click()
    page.locator("p[role=status]", has_text=then).wait_for()


def test_the_buttons_play_the_game_that_the_list_of_moves_plays(game):
    press(game, "Grow to 5 %", "watched for 2 h: 5 % of the visits")
    press(game, "Hold 6 h", "watched for 8 h")
    won, seen, *_ = Captain("A", SEED, ("grow", "hold 6")).so_far()
    press(game, "all visits", f"{won:,} clicks of {seen:,} visits")
    press(game, "Roll back", "rolled back")
    assert game.get_by_role("button", name="Hold 1 h").is_disabled()
    press(game, "B", "Release B, watched for 1 h")
    assert game.get_by_role("button", name="Hold 1 h").is_enabled()
