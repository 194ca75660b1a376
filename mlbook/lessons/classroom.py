"""A class's notebooks become one table: learner by exercise, and everybody's guesses.

Handing in is copying a notebook into a folder, either ``NAME/06_rest_api.ipynb`` or
``06_rest_api-NAME.ipynb``. The records stand in the notebooks' own outputs; nothing is executed.
"""

from __future__ import annotations

import csv
import html
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from mlbook.exercises.verdict import STATES
from mlbook.lessons.catalogue import LESSONS
from mlbook.lessons.records import records_of, states_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

__all__ = ["ClassTable", "collect"]


@dataclass
class ClassTable:
    """What a class did.

    Parameters
    ----------
    states : dict of str to dict
        By learner: state by exercise.
    guesses : dict of str to list of str
        By question: everybody's guess.
    skipped : list of str
        Notebooks that could not be counted, with the reason.
    """

    states: dict[str, dict[str, str]] = field(default_factory=dict)
    guesses: dict[str, list[str]] = field(default_factory=dict)
    skipped: list[str] = field(default_factory=list)

    @property
    def exercises(self) -> list[str]:
        """The exercises that anybody has tried, in order."""
        return sorted({name for done in self.states.values() for name in done})

    def anonymous(self) -> ClassTable:
        """Replace the names by numbers.

        Returns
        -------
        ClassTable
            The same table; the reasons for skipped notebooks keep their file names.
        """
        numbered = {f"learner {n}": done for n, done in enumerate(self.states.values(), start=1)}
        return ClassTable(numbered, self.guesses, self.skipped)

    def write(self, out: Path) -> None:
        """Write ``class.csv`` and ``class.html``.

        Parameters
        ----------
        out : Path
            The folder; made when it is not there.
        """
        out.mkdir(parents=True, exist_ok=True)
        with (out / "class.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["learner", *self.exercises])
            for name, done in self.states.items():
                writer.writerow([_cell(name), *(done.get(each, "") for each in self.exercises)])
        (out / "class.html").write_text(self._page(), encoding="utf-8")

    def _page(self) -> str:
        head = "".join(f"<th>{html.escape(name)}</th>" for name in self.exercises)
        rows = "".join(
            f"<tr><th>{html.escape(name)}</th>"
            + "".join(_state(done.get(each, "")) for each in self.exercises)
            + "</tr>"
            for name, done in self.states.items()
        )
        lists = _list("Guesses", (f"{name}: {', '.join(v)}" for name, v in self.guesses.items()))
        return (
            '<!doctype html><html lang="en"><meta charset="utf-8"><title>The class</title>'
            "<style>body{font:16px sans-serif;margin:2em;color-scheme:light dark}"
            "td,th{padding:4px 12px;text-align:left}</style>"
            f"<h1>The class</h1><table><tr><th></th>{head}</tr>{rows}</table>"
            f"{lists}{_list('Not counted', self.skipped)}</html>"
        )


def collect(folder: Path) -> ClassTable:
    """Read every notebook below a folder.

    Parameters
    ----------
    folder : Path
        Where the notebooks were handed in.

    Returns
    -------
    ClassTable
        Learner by exercise. Of two copies of one learner's lesson the one with more passes counts.

    Raises
    ------
    FileNotFoundError
        When the folder is not there or holds no notebook.
    """
    paths = [p for p in sorted(folder.rglob("*.ipynb")) if ".ipynb_checkpoints" not in p.parts]
    if not paths:
        text = f"folder must hold notebooks (*.ipynb), got '{folder}'. Copy the learners' there."
        raise FileNotFoundError(text)
    table, best = ClassTable(), dict[tuple[str, str], tuple[str, list[dict[str, Any]]]]()
    for path in paths:
        name = str(path.relative_to(folder))
        records = _records(path)
        if isinstance(records, str):
            table.skipped.append(f"{name}: {records}")
            continue
        key = _who(path, folder)
        if key in best:
            worse = name if _passes(records) <= _passes(best[key][1]) else best[key][0]
            table.skipped.append(f"{worse}: another copy of {key[0]}'s {key[1]} has more passes")
            if worse == name:
                continue
        best[key] = (name, records)
    for (learner, _), (_, records) in best.items():
        _enter(table, learner, records)
    return table


def _records(path: Path) -> list[dict[str, Any]] | str:
    """Read the records of one notebook, or say why it cannot be counted."""
    try:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        found = records_of(cells)
        was_run = any(cell.get("outputs") for cell in cells)
    except (ValueError, KeyError, TypeError, AttributeError, OSError):
        return "not a notebook"
    return found or ("holds no exercise" if was_run else "was never run")


def _who(path: Path, folder: Path) -> tuple[str, str]:
    """Tell whose notebook it is and of which lesson."""
    lesson = next((each.slug for each in LESSONS if path.stem.startswith(each.slug)), path.stem)
    named = path.stem.removeprefix(lesson).strip("-_ .")
    parent = path.relative_to(folder).parent
    return (parent.parts[0] if parent.parts else named or path.stem), lesson


def _passes(records: Iterable[dict[str, Any]]) -> int:
    return len({str(r.get("id")) for r in records if r.get("state") == "pass"})


def _enter(table: ClassTable, learner: str, records: list[dict[str, Any]]) -> None:
    table.states.setdefault(learner, {}).update(states_of(records))
    for record in records:
        if record.get("kind") == "guess" and record.get("value"):
            name = str(record.get("id", ""))
            table.guesses.setdefault(name, []).append(str(record["value"]))


def _state(state: str) -> str:
    symbol, color = STATES.get(state, ("", "inherit"))
    mark = f'<b style="color:{color}">{symbol}</b> ' if symbol else ""
    return f"<td>{mark}{html.escape(state)}</td>"


def _list(title: str, lines: Iterable[str]) -> str:
    items: Iterator[str] = (f"<li>{html.escape(line)}</li>" for line in lines)
    text = "".join(items)
    return f"<h2>{title}</h2><ul>{text}</ul>" if text else ""


def _cell(text: str) -> str:
    """Keep a spreadsheet from taking a name for a formula."""
    return f"'{text}" if text[:1] in "=+-@" else text
