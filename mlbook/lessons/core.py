"""The core of a lesson: what stands before the heading "More, if you have time"."""

from __future__ import annotations

import copy
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nbformat import NotebookNode

__all__ = ["core_of"]

_MORE = re.compile(r"^#+ More, if you have time[ \t]*$", re.MULTILINE)


def core_of(notebook: NotebookNode) -> NotebookNode:
    """Copy a lesson without what stands under "More, if you have time".

    That part is the end of a lesson, so every cell of the core keeps its place and its id.

    Parameters
    ----------
    notebook : NotebookNode
        A lesson.

    Returns
    -------
    NotebookNode
        The copy; the whole lesson when it has no such heading.
    """
    core = copy.deepcopy(notebook)
    for place, cell in enumerate(core.cells):
        more = _MORE.search(cell.source) if cell.cell_type == "markdown" else None
        if more:
            cell.source = cell.source[: more.start()].rstrip()
            core.cells = core.cells[: place + bool(cell.source)]
            break
    return core
