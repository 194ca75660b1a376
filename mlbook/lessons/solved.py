"""The instructor's copy of a lesson: each exercise's three dots become its worked answer.

An exercise stands in a lesson in one of two forms, within one cell::

    workers = ...                                     mb.check("06.repair", run=run, buy=...)
    mb.check("06.workers", run=run, workers=workers)

In the first the assignment is filled in, in the second the keyword. Whatever else the cell holds,
its comments too, stays as it is.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlbook.exercises.desk import all_exercises

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nbformat import NotebookNode

    from mlbook.exercises.exercise import Exercise

__all__ = ["solve"]


def solve(notebook: NotebookNode, chapter: str) -> None:
    """Put the worked answer of every exercise of a chapter into its lesson.

    Parameters
    ----------
    notebook : NotebookNode
        The lesson, changed in place.
    chapter : str
        Its number, for example ``"06"``.

    Raises
    ------
    ValueError
        When an exercise is not asked exactly once, or has no three dots to replace.
    """
    left = {id: each for id, each in all_exercises().items() if each.chapter == chapter}
    for cell in notebook.cells:
        if cell.cell_type == "code" and ".check(" in cell.source:
            cell.source = _solved(cell.source, left)
    if left:
        ids = ", ".join(map(repr, left))
        raise ValueError(f"lesson {chapter} must ask {ids}: add a cell with mb.check(id, ...).")


def _solved(source: str, left: dict[str, Exercise]) -> str:
    """Solve the exercises of one cell, and take them from those that are left."""
    tree = ast.parse(source)
    places = {}
    for id, call in _checks(tree):
        if id not in left:
            rule = "must be an exercise of its own lesson, asked once there"
            raise ValueError(f"mb.check(id): id {rule}, got {id!r}.")
        exercise = left.pop(id)
        start = _start(source, _dots(tree, call, exercise))
        if start in places:
            raise ValueError(f"{id!r} must have three dots of its own, got those of another one.")
        places[start] = exercise.answer.encode()
    text = source.encode()
    for start in sorted(places, reverse=True):  # from the end, so that no place moves
        text = text[:start] + places[start] + text[start + len("...") :]
    return text.decode()


def _checks(tree: ast.Module) -> Iterator[tuple[str, ast.Call]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "mb.check":
            yield "".join(map(ast.unparse, node.args)).strip("'"), node


def _dots(tree: ast.Module, call: ast.Call, exercise: Exercise) -> ast.expr:
    """Find the three dots that stand for an answer: in the call, or in an assignment above it."""
    value = next((each.value for each in call.keywords if each.arg == exercise.asks), None)
    if isinstance(value, ast.Name):
        assignments = [each for each in tree.body if isinstance(each, ast.Assign)]
        values = {ast.unparse(each.targets[0]): each.value for each in assignments}
        value = values.get(value.id)
    if isinstance(value, ast.Constant) and value.value is ...:
        return value
    raise ValueError(
        f"the cell of {exercise.id!r} must hold three dots, as in `answer = ...` above "
        f"mb.check({exercise.id!r}, {exercise.asks}=answer), got none."
    )


def _start(source: str, node: ast.expr) -> int:
    """Count the bytes before a node, as ast counts them."""
    lines = source.encode().splitlines(keepends=True)
    return sum(map(len, lines[: node.lineno - 1])) + node.col_offset
