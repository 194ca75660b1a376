"""Open the lessons in JupyterLab, in a copy that belongs to the learner."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

from mlbook.files import notebooks_dir
from mlbook.lessons.catalogue import notebook_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from mlbook.lessons.catalogue import Lesson

__all__ = ["copy_lessons", "lab_command", "start"]


def copy_lessons(
    lessons: Sequence[Lesson], work: Path, notebooks: Path | None = None
) -> tuple[list[Path], list[Path]]:
    """Copy the lessons that are not there yet; a learner's own work is never overwritten.

    Parameters
    ----------
    lessons : sequence of Lesson
        What to copy.
    work : Path
        The learner's folder; made when it is not there.
    notebooks : Path, optional
        Where the lessons' notebooks are; the project's own folder when left out.

    Returns
    -------
    tuple of two lists of Path
        The notebooks that are new in `work`, and those that were kept as they are.

    Raises
    ------
    FileNotFoundError
        When a lesson has no notebook. Nothing is copied then.
    """
    sources = [notebook_of(lesson, notebooks or notebooks_dir()) for lesson in lessons]
    work.mkdir(parents=True, exist_ok=True)
    copied, kept = [], []
    for source in sources:
        target = work / source.name
        if os.path.lexists(target):
            kept.append(target)
        else:
            shutil.copyfile(source, target)
            copied.append(target)
    return copied, kept


def lab_command(work: Path, extra: Sequence[str] = ()) -> list[str]:
    """Return the command that serves a folder to this machine only.

    Parameters
    ----------
    work : Path
        The learner's folder.
    extra : sequence of str
        More options for JupyterLab, which win over ours.

    Returns
    -------
    list of str
        The command.
    """
    return [
        sys.executable,
        "-m",
        "jupyterlab",
        "--ServerApp.ip=127.0.0.1",
        f"--ServerApp.root_dir={work.resolve()}",
        # Nothing here needs the network, so the server does not look for news either.
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        *extra,
    ]


def start(command: list[str]) -> int:
    """Hand this terminal over to JupyterLab.

    Parameters
    ----------
    command : list of str
        See `lab_command`.

    Returns
    -------
    int
        Its exit status, where a process cannot simply become another one.
    """
    if os.name == "posix":
        # Ctrl-C then reaches JupyterLab alone, which asks before it stops.
        os.execv(command[0], command)
    return subprocess.call(command)
