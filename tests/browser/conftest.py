"""One report, one JupyterLab, and a browser for each module.

The browser is closed after each module: as long as it is open, an event loop runs in this thread,
and tests of other folders (panels, kernels) would meet it.
"""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from mlbook.lessons.catalogue import LESSONS
from mlbook.lessons.editions import copy_lessons
from tests.browser.harness import FLAGS, jupyterlab, open_notebook
from tests.browser.reports import is_as_new

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page


@pytest.fixture(scope="session")
def report(tmp_path_factory: pytest.TempPathFactory, root: Path) -> Path:
    """Give the report of `make lessons`: the one in build/ if nothing has changed, or a new one."""
    made = root / "build" / "lessons"
    if is_as_new(made):
        return made
    out = tmp_path_factory.mktemp("a report")
    command = [sys.executable, "-m", "mlbook", "run", "-j", "2", "--out", str(out)]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return out


@pytest.fixture(scope="module")
def browser(chromium: str, require: Callable[..., str]) -> Iterator[Browser]:
    require("playwright")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=chromium, args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def work(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the folder that JupyterLab serves, with the lessons in it as a learner gets them."""
    folder = tmp_path_factory.mktemp("work")
    copy_lessons(LESSONS, folder)
    return folder


@pytest.fixture(scope="session")
def lab(work: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with jupyterlab(work, tmp_path_factory.mktemp("private")) as address:
        yield address


@pytest.fixture(scope="module")
def open_lesson(browser: Browser, lab: str) -> Iterator[Callable[[str], Page]]:
    """`open_lesson("07_shared_db")`: a page with the lesson as it was copied."""
    contexts = []

    def open_one(name: str) -> Page:
        contexts.append(browser.new_context(viewport={"width": 1280, "height": 900}))
        page = contexts[-1].new_page()
        open_notebook(page, lab, f"{name}.ipynb")
        return page

    yield open_one
    for context in contexts:
        context.close()
