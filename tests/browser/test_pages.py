"""The report opens in a real browser with the network cut, and shows every picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mlbook.lessons.catalogue import LESSONS as CATALOGUE

if TYPE_CHECKING:
    from collections.abc import Iterator

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
