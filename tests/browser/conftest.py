"""A browser for a module, a JupyterLab for all of them, and lessons opened in it.

The browser is closed after each module: as long as it is open, an event loop runs in this thread,
and tests of other folders (panels, kernels) would meet it.
"""

from __future__ import annotations

import itertools
import shutil
from typing import TYPE_CHECKING

import pytest

from tests.browser.harness import FLAGS, jupyterlab, open_notebook

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page


@pytest.fixture(scope="module")
def browser(chromium: str, require: Callable[..., str]) -> Iterator[Browser]:
    require("playwright")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=chromium, args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the folder that JupyterLab serves."""
    return tmp_path_factory.mktemp("served")


@pytest.fixture(scope="session")
def lab(served: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with jupyterlab(served, tmp_path_factory.mktemp("private")) as address:
        yield address


@pytest.fixture(scope="module")
def open_lesson(
    browser: Browser, lab: str, served: Path, root: Path
) -> Iterator[Callable[[str], Page]]:
    """`open_lesson("07_shared_db")`: a page with an unrun copy of the lesson, and an idle kernel."""
    contexts = []
    numbers = itertools.count()

    def open_one(name: str) -> Page:
        # Every opening has its own copy of all lessons, and so its own kernel.
        folder = served / f"{len(list(served.iterdir()))}"
        shutil.copytree(root / "notebooks", folder, ignore=_all_but_notebooks)
        contexts.append(browser.new_context(viewport={"width": 1280, "height": 900}))
        page = contexts[-1].new_page()
        open_notebook(page, lab, f"{folder.name}/{name}.ipynb")
        return page

    yield open_one
    for context in contexts:
        context.close()
