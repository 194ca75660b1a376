"""The records of checks and guesses in the outputs of a notebook that was run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mlbook.exercises.verdict import MIME, STATES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["records_of", "states_of"]


def records_of(cells: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Collect the records of a notebook.

    Parameters
    ----------
    cells : iterable of mapping
        Its cells, as nbformat or JSON gives them.

    Returns
    -------
    list of dict
        In the order of the notebook.

    Raises
    ------
    TypeError, AttributeError
        When these are no cells.
    """
    data = [out.get("data", {}) for cell in cells for out in cell.get("outputs", [])]
    return [each[MIME] for each in data if isinstance(each.get(MIME), dict)]


def states_of(records: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Tell the last state of each exercise.

    Parameters
    ----------
    records : iterable of mapping
        See `records_of`; they may come from a notebook that somebody has edited.

    Returns
    -------
    dict of str to str
        State by exercise.
    """
    return {
        str(record.get("id", "")): str(record["state"])
        for record in records
        if record.get("kind") == "check" and record.get("state") in STATES
    }
