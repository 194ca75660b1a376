"""A class's notebooks become one table: learner by exercise, and everybody's guesses.

Handing in is copying a notebook into a folder, either ``NAME/06_rest_api.ipynb`` or
``06_rest_api-NAME.ipynb``. The records stand in the notebooks' own outputs; nothing is executed.
"""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from mlbook.exercises.verdict import STATES
from mlbook.lessons.catalogue import LESSONS
from mlbook.lessons.pages import render
from mlbook.lessons.records import records_of, states_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from mlbook.charts.guesses import GuessesDisplay

__all__ = ["ClassTable", "collect"]


@dataclass
class ClassTable:
    """What a class did.

    Parameters
    ----------
    states : dict of str to dict
        By learner: state by exercise.
    guesses, measured : dict of str to list of float
        By question: everybody's guess, and what everybody's run gave.
    skipped : list of str
        Notebooks that could not be counted, with the reason.
    """

    states: dict[str, dict[str, str]] = field(default_factory=dict)
    guesses: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    measured: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
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
        return replace(self, states=numbered)

    @property
    def questions(self) -> list[str]:
        """The questions that anybody has guessed, in order."""
        return sorted(self.guesses)

    def passed(self, exercise: str) -> int:
        """Count the learners who passed an exercise.

        Parameters
        ----------
        exercise : str
            Its id.

        Returns
        -------
        int
            How many.
        """
        return sum(done.get(exercise) == "pass" for done in self.states.values())

    def write(self, out: Path) -> None:
        """Write ``class.csv``, ``guesses.csv`` and ``class.html``.

        Parameters
        ----------
        out : Path
            The folder; made when it is not there.
        """
        out.mkdir(parents=True, exist_ok=True)
        names = self.exercises
        rows = [
            [_cell(name), *(done.get(each, "") for each in names)]
            for name, done in self.states.items()
        ]
        _write_csv(out / "class.csv", ["learner", *names], rows)
        guesses = [
            [_cell(name), kind, f"{value:g}"]
            for name in self.questions
            for kind, values in (("guess", self.guesses[name]), ("measured", self.measured[name]))
            for value in values
        ]
        _write_csv(out / "guesses.csv", ["question", "kind", "value"], guesses)
        page = render("class.html.j2", table=self, symbols=STATES, displays=self._displays())
        (out / "class.html").write_text(page, encoding="utf-8")

    def _displays(self) -> list[GuessesDisplay]:
        from mlbook.charts.guesses import GuessesDisplay

        return [
            GuessesDisplay(
                name,
                np.array(self.guesses[name]),
                float(np.median(self.measured[name])) if self.measured[name] else None,
            )
            for name in self.questions
        ]


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
        into = {"guess": table.guesses, "measured": table.measured}.get(str(record.get("kind")))
        value = _number(record.get("value"))
        if into is not None and value is not None:
            into[str(record.get("id", ""))].append(value)


def _number(text: object) -> float | None:
    """Read a number from a notebook that somebody may have edited."""
    try:
        value = float(str(text))
    except ValueError:
        return None
    return value if np.isfinite(value) else None


def _write_csv(path: Path, head: list[str], rows: list[list[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([head, *rows])


def _cell(text: str) -> str:
    """Keep a spreadsheet from taking a name for a formula."""
    return f"'{text}" if text[:1] in "=+-@" else text
