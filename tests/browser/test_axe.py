"""axe-core finds nothing in the report that keeps somebody from reading it, by day or by night."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mlbook.lessons.catalogue import LESSONS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

PAGES = ["index", *(lesson.slug for lesson in LESSONS)]
# Rules that a page may break for a reason upstream of us, `rule: reason`: there is none today.
ALLOWED: dict[str, str] = {}


@pytest.fixture(params=["light", "dark"])
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    context = browser.new_context(offline=True, color_scheme=request.param)
    yield context.new_page()
    context.close()


@pytest.fixture(scope="session")
def violations(require: Callable[..., str]) -> Callable[[Page], list[str]]:
    """`violations(page)`: each as its rule, where it is broken and what axe says about it."""
    require("axe_playwright_python")
    from axe_playwright_python.sync_playwright import Axe

    def find(page: Page) -> list[str]:
        broken = Axe().run(page).response["violations"]
        return [
            f"{rule['id']}: {node['html'][:200]} {node['failureSummary']}"
            for rule in broken
            if rule["id"] not in ALLOWED
            for node in rule["nodes"]
        ]

    return find


@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_no_violation(page, report, violations, name):
    page.goto((report / f"{name}.html").as_uri())
    page.eval_on_selector_all("details", "all => all.forEach(each => { each.open = true; })")
    assert violations(page) == []


def test_axe_sees_pale_text_and_a_picture_without_words(page, violations):
    page.set_content(
        "<html lang=en><title>x</title><main><h1>A page</h1>"
        "<p style='color: #999; background: #fff'>pale</p><img src='data:image/png;base64,'>"
    )
    assert [each.partition(":")[0] for each in violations(page)] == ["color-contrast", "image-alt"]
