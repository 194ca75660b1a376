"""Look at the installation, one line a part, and say what to do about what is wrong."""

from __future__ import annotations

import json
import shutil
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mlbook.files import data_file, notebooks_dir
from mlbook.lessons.catalogue import LESSONS
from mlbook.lessons.run import check_folder
from mlbook.lessons.versions import OPTIONAL, installed_versions

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["Check", "examine"]

_OLDEST_PYTHON = (3, 11)
_BROWSERS = ("chromium", "chromium-browser", "google-chrome")


@dataclass(frozen=True, kw_only=True)
class Check:
    """What was found about one part.

    Parameters
    ----------
    part : str
        What was looked at.
    state : str
        ``"ok"``, ``"optional"`` (absent, and nothing needs it) or ``"problem"``.
    found : str
        What is there, or what to do.
    """

    part: str
    state: str
    found: str

    def __str__(self) -> str:
        mark = {"ok": "✓", "optional": "·", "problem": "✗"}[self.state]
        return f"{mark} {self.state:<9} {self.part:<13} {self.found}"


def examine(out: Path) -> Iterator[Check]:
    """Look at everything that a run of the lessons needs.

    Parameters
    ----------
    out : Path
        The output folder that a run would use; it is not written.

    Yields
    ------
    Check
        One a part.
    """
    yield from _packages()
    yield _data()
    yield _notebooks()
    try:
        check_folder(out)
        yield Check(part="output folder", state="ok", found=str(out))
    except OSError as error:
        yield Check(part="output folder", state="problem", found=str(error))
    browser = next(filter(None, map(shutil.which, _BROWSERS)), None)
    yield Check(
        part="Chromium",
        state="ok" if browser else "optional",
        found=browser or "not found: only the browser tests need it",
    )


def _packages() -> Iterator[Check]:
    for name, version in installed_versions().items():
        if name == "python" and sys.version_info < _OLDEST_PYTHON:
            yield Check(part=name, state="problem", found=f"{version}: needs 3.11 or newer")
        elif version:
            yield Check(part=name, state="ok", found=version)
        elif name in OPTIONAL:
            yield Check(part=name, state="optional", found="not installed: slower without it")
        else:
            yield Check(part=name, state="problem", found="not installed: pip install -e .")


def _data() -> Check:
    """Compare every data file with its checksum."""
    try:
        record = data_file("obd_items.csv").with_name("PROVENANCE.json")
        names = list(json.loads(record.read_bytes())["files"])
        for name in names:
            data_file(name)
    except (OSError, ValueError, LookupError) as error:
        return Check(part="data", state="problem", found=str(error))
    return Check(part="data", state="ok", found=f"{len(names)} files, as they were built")


def _notebooks() -> Check:
    try:
        folder = notebooks_dir()
    except FileNotFoundError as error:
        return Check(part="notebooks", state="problem", found=str(error))
    missing = [each.slug for each in LESSONS if not (folder / f"{each.slug}.ipynb").is_file()]
    if missing:
        advice = "make them with: python -m mlbook build"
        return Check(part="notebooks", state="problem", found=f"no {', '.join(missing)}: {advice}")
    return Check(part="notebooks", state="ok", found=f"{len(LESSONS)} lessons in {folder}")
