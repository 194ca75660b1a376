"""The report opens in a real browser with the network cut, and shows every picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mlbook.lessons.build import build_notebooks
from mlbook.lessons.catalogue import LESSONS as CATALOGUE
from mlbook.lessons.catalogue import Lesson
from mlbook.lessons.given import Sweep
from mlbook.lessons.run import execute

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

LESSONS = [lesson.slug for lesson in CATALOGUE]


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(offline=True, color_scheme="dark")
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("name", ["index", *LESSONS])
def test_a_page_asks_nothing_of_the_network_and_reports_no_error(page, report, name):
    asked, complaints = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: complaints.append(message.text))
    page.goto((report / f"{name}.html").as_uri(), wait_until="load")
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    assert complaints == []


@pytest.mark.parametrize("name", LESSONS)
def test_every_picture_is_visible_and_has_alt_text(page, report, name):
    page.goto((report / f"{name}.html").as_uri(), wait_until="load")
    pictures = page.eval_on_selector_all(
        "img", "all => all.map(i => [i.complete, i.naturalWidth, i.clientWidth, i.alt])"
    )
    assert len(pictures) >= 6
    for complete, natural, shown, alt in pictures:
        assert complete
        assert natural > 300
        assert shown > 300
        assert len(alt) > 20


@pytest.mark.parametrize("name", LESSONS)
def test_a_page_shows_no_widget_leftover_and_fits_its_window(page, report, name):
    page.goto((report / f"{name}.html").as_uri(), wait_until="load")
    assert "VBox(children" not in page.inner_text("body")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_the_index_leads_to_every_lesson(page, report):
    page.goto((report / "index.html").as_uri())
    page.get_by_role("link", name="07 Pattern 2: shared DB").click()
    assert page.locator("h1").first.inner_text() == "Pattern 2: shared DB"


SWEPT = """
# %% tags=["parameters"]
factor: float = 0.5

# %% [markdown]
# ## Waits
#
# The plot shows how long people wait.

# %%
import mlbook as mb

mb.explore.prediction_age(24 * factor, 2)

# %%
factor * 2
"""


@pytest.fixture(scope="module")
def sweep(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Run a lesson of two cells for three values."""
    folder = tmp_path_factory.mktemp("notebooks")
    (folder / "src").mkdir()
    (folder / "src" / "01_swept.py").write_text(SWEPT.lstrip(), encoding="utf-8")
    build_notebooks(folder)
    lesson = Lesson(number="01", slug="01_swept", title="Swept", slides="1", core_minutes=1)
    out = folder / "out"
    assert execute([lesson], out, sweep=Sweep("factor", (0.5, 1, 2)), notebooks=folder) == 0
    return out


def test_the_pictures_of_a_sweep_stand_beside_each_other_and_nothing_is_loaded(page, sweep):
    asked, complaints = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: complaints.append(message.text))
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto((sweep / "comparison.html").as_uri(), wait_until="load")
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    assert complaints == []
    pictures = page.locator("figure img").all()
    boxes = [picture.bounding_box() for picture in pictures]
    assert len(boxes) == 3
    assert all(box["width"] > 300 for box in boxes)
    assert len({box["y"] for box in boxes}) == 1
    assert "factor=0.5" in pictures[0].get_attribute("alt")


def test_on_a_narrow_screen_they_stand_below_each_other_and_nothing_sticks_out(page, sweep):
    page.set_viewport_size({"width": 400, "height": 900})
    page.goto((sweep / "comparison.html").as_uri(), wait_until="load")
    boxes = [picture.bounding_box() for picture in page.locator("figure img").all()]
    assert len({box["x"] for box in boxes}) == 1
    assert len({box["y"] for box in boxes}) == 3
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_a_picture_of_a_sweep_is_reached_by_keyboard_and_leads_to_its_cell(page, sweep):
    page.goto((sweep / "index.html").as_uri())
    page.get_by_role("link", name="side by side").press("Enter")
    page.wait_for_url("**/comparison.html")
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('figure a')"):
            break
    page.keyboard.press("Enter")
    page.wait_for_url("**/01-factor=0.5/01_swept.html#cell-*")
    assert page.locator(".cell:target img").count() == 1
