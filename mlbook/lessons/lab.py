"""Start JupyterLab in the learner's folder, for a desk or for a room with a projector."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

__all__ = ["for_a_room", "lab_command", "start"]

# What differs from JupyterLab's defaults in front of a room. Sizes suit a screen of 1280 x 720.
_ROOM = {
    "@jupyterlab/apputils-extension/themes": {
        "overrides": {
            "code-font-size": "17px",
            "content-font-size1": "20px",
            "ui-font-size1": "16px",
        }
    },
    # A fresh installation asks whether it may fetch news; nobody wants that on the wall.
    "@jupyterlab/apputils-extension/notification": {"fetchNews": "false"},
}


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


def for_a_room(work: Path) -> list[str]:
    """Prepare large type and collapsed sidebars, and return JupyterLab's options for them.

    The settings stand in the hidden folder ``.projector`` of `work`; the user's own are neither
    read nor changed. What is changed in front of the room is kept there for the next time.

    Parameters
    ----------
    work : Path
        The learner's folder; it exists.

    Returns
    -------
    list of str
        Options for :func:`lab_command`.
    """
    private = work.resolve() / ".projector"
    settings, workspaces = private / "settings", private / "workspaces"
    for name, values in _ROOM.items():
        path = settings / f"{name}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            path.write_text(json.dumps(values, indent=2), encoding="utf-8")
    # The last layout would be restored, with the sidebars as they were left.
    shutil.rmtree(workspaces, ignore_errors=True)
    return [
        f"--LabApp.user_settings_dir={settings}",
        f"--LabApp.workspaces_dir={workspaces}",
        # One document at a time: in this mode an empty workspace starts without its sidebars.
        "--LabApp.default_url=/doc",
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
