"""Find in several runs of one lesson the outputs that differ: what a sweep is made for."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mlbook.exercises.verdict import MIME
from mlbook.lessons.pages import PICTURES, without_widgets

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nbformat import NotebookNode

    from mlbook.lessons.claims import Found
    from mlbook.lessons.outcome import Outcome

__all__ = ["Exhibit", "Row", "differing_claims", "differing_rows"]

_HEADING = re.compile(r"^#+ +(.+?)\s*$", re.MULTILINE)
_SHORT = 60  # characters that fit into a column of the table


@dataclass(frozen=True, kw_only=True)
class Exhibit:
    """One output of one run.

    Parameters
    ----------
    kind : str
        ``"picture"``, ``"text"``, or ``"short"`` for a text that fits into a table.
    content : str
        The text, or the picture as an address that holds it.
    alt : str
        What a picture shows, in words.
    name : str
        The last line of the cell, the id of a guess or an exercise, or what a claim computes.
    """

    kind: str
    content: str
    alt: str = ""
    name: str


@dataclass(frozen=True, kw_only=True)
class Row:
    """One output in all runs.

    Parameters
    ----------
    cell_id : str
        The cell that made it.
    heading : str
        The nearest heading above the cell.
    before : str
        The paragraph directly before the cell, in Markdown: it says what will be seen.
    exhibits : tuple of Exhibit or None
        One a run; None where the run has no such output.
    """

    cell_id: str
    heading: str
    before: str
    exhibits: tuple[Exhibit | None, ...]

    @property
    def shown(self) -> Exhibit:
        """The exhibit of the first run that has one."""
        return next(each for each in self.exhibits if each)


def differing_rows(notebooks: Sequence[NotebookNode | None]) -> tuple[list[Row], int]:
    """Compare the outputs of one lesson that was run several times.

    Parameters
    ----------
    notebooks : sequence of NotebookNode or None
        The executed lesson, once a run; None for a run without a result.

    Returns
    -------
    rows : list of Row
        The outputs that are not the same in all runs, in the order of the lesson.
    same : int
        How many outputs are the same in all runs.
    """
    runs = [_exhibits(each) if each else {} for each in notebooks]
    # A run that failed stopped early: the one with most outputs gives the order.
    longest = max(range(len(runs)), key=lambda place: len(runs[place]))
    texts = _texts(notebooks[longest])
    rows = []
    for key in runs[longest]:
        exhibits = tuple(run.get(key) for run in runs)
        if len({each.content for each in exhibits if each}) > 1:
            heading, before = texts[key[0]]
            rows.append(Row(cell_id=key[0], heading=heading, before=before, exhibits=exhibits))
    return rows, len(runs[longest]) - len(rows)


def differing_claims(outcomes: Sequence[Outcome | None]) -> list[Row]:
    """Compare what several runs of one lesson gave for the numbers in its text.

    Parameters
    ----------
    outcomes : sequence of Outcome or None
        How each run went; None for a run without a result.

    Returns
    -------
    list of Row
        The claims whose value is not the same in all runs, in the order of the lesson.
    """
    runs = [
        {(found.cell_id, found.claim.expression): found for found in each.claims} if each else {}
        for each in outcomes
    ]
    rows = []
    for cell_id, name in max(runs, key=len):
        found = [run.get((cell_id, name)) for run in runs]
        exhibits = tuple(
            Exhibit(kind="short", content=_value(each), name=name) if each else None
            for each in found
        )
        if len({each.content for each in exhibits if each}) > 1:
            rows.append(
                Row(cell_id=cell_id, heading="a number in the text", before="", exhibits=exhibits)
            )
    return rows


def _value(found: Found) -> str:
    if found.problem:
        return "no value"
    if found.claim.value is None:
        return "true" if found.holds else "not true"
    return f"{found.measured:.4g}"


def _exhibits(notebook: NotebookNode) -> dict[tuple[str, int], Exhibit]:
    """Collect the outputs of a run by cell and place in the cell."""
    return {
        (cell.id, place): exhibit
        for cell in without_widgets(notebook).cells
        for place, output in enumerate(cell.get("outputs", []))
        if (exhibit := _exhibit(cell, output))
    }


def _exhibit(cell: NotebookNode, output: NotebookNode) -> Exhibit | None:
    """Read one output; None for those that show no result, such as an error."""
    name = cell.source.strip().rpartition("\n")[2]
    data = output.get("data", {})
    for kind in PICTURES:
        if kind in data:
            address, alt = _address(kind, data[kind]), output.metadata[kind]["alt"]
            return Exhibit(kind="picture", content=address, alt=alt, name=name)
    if record := data.get(MIME):
        measured = record.get("kind") == "measured"
        said = record.get("value" if measured else "state", "")
        return Exhibit(kind="short", content=str(said), name=str(record.get("id", "")))
    text = str(output.get("text", "") or data.get("text/plain", "")).strip("\n")
    if not text:
        return None
    short = len(text) <= _SHORT and "\n" not in text
    return Exhibit(kind="short" if short else "text", content=text, name=name)


def _address(kind: str, picture: str) -> str:
    if kind == "image/svg+xml":
        picture = base64.b64encode(picture.encode()).decode()
    return f"data:{kind};base64,{picture.strip()}"


def _texts(notebook: NotebookNode | None) -> dict[str, tuple[str, str]]:
    """Tell for every cell the nearest heading above it and the paragraph directly before it."""
    found: dict[str, tuple[str, str]] = {}
    heading = before = ""
    for cell in notebook.cells if notebook else []:
        if cell.cell_type == "markdown":
            headings = _HEADING.findall(cell.source)
            heading = headings[-1] if headings else heading
            before = cell.source.strip().rpartition("\n\n")[2]
        else:
            found[cell.id] = heading, "" if before.startswith("#") else before
            before = ""
    return found
