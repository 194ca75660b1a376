"""What many tests share: parts that may be absent, and a copy of the project to play with."""

from __future__ import annotations

import importlib.util
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parents[1]
IN_CI = os.environ.get("CI", "").lower() == "true"


def skip_or_fail(reason: str) -> None:
    """Skip on a laptop; fail in CI, where every part must be there."""
    if IN_CI:
        pytest.fail(f"{reason} (a skip where CI is not true)")
    pytest.skip(reason)


def require_any(*names: str) -> str:
    """Return the path of the first program, or the name of the first module, that is there."""
    for name in names:
        if found := shutil.which(name):
            return found
        if name.isidentifier() and importlib.util.find_spec(name):
            return name
    skip_or_fail(f"needs {' or '.join(names)}: see scripts/system-packages and `make setup`")
    raise AssertionError  # not reached


@pytest.fixture(scope="session")
def require() -> Callable[..., str]:
    """`require("make")`, `require("onnx")`: skips the test when the part is absent, in CI fails."""
    return require_any


@pytest.fixture(scope="session")
def absent() -> Callable[[str], None]:
    """`absent("no network")`: the same for a part that is neither a program nor a module."""
    return skip_or_fail


@pytest.fixture(scope="session")
def chromium() -> str:
    """Give the path of Chromium."""
    return require_any("chromium", "chromium-browser", "google-chrome")


@pytest.fixture(scope="session")
def root() -> Path:
    """Give the folder of the project."""
    return ROOT


@pytest.fixture
def project_copy(tmp_path: Path) -> Path:
    """Copy the project as a clone would have it: without what `.gitignore` names."""
    ignored = [line.rstrip("/") for line in (ROOT / ".gitignore").read_text().split()]
    target = tmp_path / "a clone"
    shutil.copytree(ROOT, target, ignore=shutil.ignore_patterns(".git", *ignored))
    return target
