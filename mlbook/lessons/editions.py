"""Copies of the lessons that belong to the learner, and which edition each was copied from.

A copy carries the fingerprint of the lesson that it was made from in its metadata, which JupyterLab
keeps. So its edition is known whatever was typed into it, and wherever it was moved.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mlbook.files import notebooks_dir
from mlbook.lessons.catalogue import notebook_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from mlbook.lessons.catalogue import Lesson

__all__ = ["Copy", "copy_lessons"]

_MARK = "mlbook_edition"


@dataclass(frozen=True)
class Copy:
    """What a learner's folder holds of one lesson.

    Parameters
    ----------
    mine : Path
        The learner's notebook.
    newest : Path
        The notebook that was copied from the project's present edition: the same one, or one
        that lies beside it.
    is_new : bool
        Whether `newest` was copied just now.
    """

    mine: Path
    newest: Path
    is_new: bool

    def __str__(self) -> str:
        if self.newest == self.mine:
            return f"{'copied' if self.is_new else 'kept your'} {self.mine}"
        verb = "was put" if self.is_new else "lies"
        return f"kept your {self.mine}; a newer edition {verb} beside it: {self.newest.name}"


def copy_lessons(lessons: Sequence[Lesson], work: Path) -> list[Copy]:
    """Bring every lesson into a learner's folder; a learner's own work is never overwritten.

    The first copy of a lesson has the lesson's own name. When the project's edition is no longer
    the one that was copied, the new edition is put beside it as ``06_rest_api.newer.ipynb``, or as
    ``06_rest_api.newer-2.ipynb`` when somebody has worked in that one. A notebook that was deleted
    comes back fresh.

    Parameters
    ----------
    lessons : sequence of Lesson
        What to copy.
    work : Path
        The learner's folder; made when it is not there.

    Returns
    -------
    list of Copy
        What the folder holds of each lesson.

    Raises
    ------
    FileNotFoundError
        When a lesson has no notebook. Nothing is copied then.
    """
    sources = [notebook_of(lesson, notebooks_dir()) for lesson in lessons]
    work.mkdir(parents=True, exist_ok=True)
    return [_bring(source, work / source.name) for source in sources]


def _bring(source: Path, mine: Path) -> Copy:
    """Find the copy of this edition, or make it under the first name that is free."""
    notebook = json.loads(source.read_text(encoding="utf-8"))
    edition = _fingerprint(notebook)
    notebook["metadata"][_MARK] = edition
    for target in _names(mine):
        if os.path.lexists(target):
            copied_from, worked_in = _look(target)
            if copied_from == edition:
                return Copy(mine, target, is_new=False)
            if target == mine or worked_in:
                continue
        text = json.dumps(notebook, ensure_ascii=False, indent=1)
        target.write_text(text + "\n", encoding="utf-8")
        return Copy(mine, target, is_new=True)
    raise AssertionError  # the names never end


def _names(mine: Path) -> Iterator[Path]:
    yield mine
    yield mine.with_suffix(".newer.ipynb")
    for number in itertools.count(2):
        yield mine.with_suffix(f".newer-{number}.ipynb")


def _look(copy: Path) -> tuple[str | None, bool]:
    """Say from which edition a copy was made, and whether it may have changed since."""
    try:
        notebook = json.loads(copy.read_text(encoding="utf-8"))
        mark = notebook["metadata"].pop(_MARK, None)
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return None, True  # not a notebook
    found = _fingerprint(notebook)
    # Without a mark it may be a lesson that was copied by hand.
    return mark or found, mark != found


def _fingerprint(notebook: dict[str, Any]) -> str:
    """Make a short name out of all that stands in a notebook."""
    text = json.dumps(notebook, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:12]
