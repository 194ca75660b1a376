"""A lesson and its solved copy in one notebook, so that what is alike in both runs only once.

The two differ in the cells of the exercises. In the pair the solved cell stands before the cell
with the three dots, which binds the same names again: what follows finds what a learner has. What
this cannot see is a later cell that reads a name which only an exercise or an instructor's cell
sets; `readers` finds those.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

import nbformat

from mlbook.lessons.build import notebook_text

if TYPE_CHECKING:
    from pathlib import Path

    from nbformat import NotebookNode

ONLY_SOLVED = "only-solved"


def pair(source: Path, parameters: dict[str, object] | None = None) -> NotebookNode:
    """Put a lesson and its solved copy into one notebook; tag what only the solved copy has."""
    learners = nbformat.reads(notebook_text(source), as_version=4)
    notebook = nbformat.reads(notebook_text(source, solved=True), as_version=4)
    cells, theirs = [], list(learners.cells)
    for cell in notebook.cells:
        cells.append(cell)
        if theirs and cell.source == theirs[0].source:
            theirs.pop(0)
        else:
            cell.metadata["tags"] = [*cell.metadata.get("tags", []), ONLY_SOLVED]
            if ".check(" in cell.source:
                cells.append(theirs.pop(0))
        if parameters and "parameters" in cell.metadata.get("tags", []):
            text = "\n".join(f"{name} = {value!r}" for name, value in parameters.items())
            cells.append(nbformat.v4.new_code_cell(text))
    assert theirs == []
    notebook.cells = cells
    return notebook


def readers(notebook: NotebookNode) -> list[str]:
    """Name what a cell of the solved copy sets and a later cell reads without setting it."""
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    found = []
    for place, cell in enumerate(code):
        if ONLY_SOLVED in cell.metadata.get("tags", []):
            # The starter of an exercise follows its solution, and may read what it sets.
            later = code[place + 2 :] if ".check(" in cell.source else code[place + 1 :]
            read = set().union(
                *(_names(each, ast.Load) - _names(each, ast.Store) for each in later)
            )
            found += sorted(_names(cell, ast.Store) & read)
    return found


def _names(cell: NotebookNode, how: type[ast.expr_context]) -> set[str]:
    nodes = ast.walk(ast.parse(cell.source))
    return {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, how)}
