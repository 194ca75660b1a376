"""Whether a report may stand in for one made now, so that `make check` runs each lesson once."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from mlbook.files import made_from, notebooks_dir
from mlbook.lessons.catalogue import LESSONS
from mlbook.lessons.versions import installed_versions

if TYPE_CHECKING:
    from pathlib import Path


def is_as_new(out: Path) -> bool:
    """Tell whether a report is the one that `make lessons` would write now, without options."""
    try:
        summary = json.loads((out / "summary.json").read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return False
    wanted = {
        "status": "ok",
        "versions": installed_versions(),
        "profile": "quick",
        "route": None,
        "sweep": None,
        "given": {},
        "made_from": made_from(notebooks_dir()),
        "not_run": [],
    }
    ran = [each["slug"] for each in summary.get("lessons", [])]
    return ran == [lesson.slug for lesson in LESSONS] and wanted.items() <= summary.items()
