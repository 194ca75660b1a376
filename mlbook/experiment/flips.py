"""How far each cut and each weight of the talk's table may move before a word changes.

A word that holds while its cut moves from seconds to hours says something about the pattern. One
that flips at the first touch says something about the cut.

Chapter: 10
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from math import inf, sqrt
from typing import TYPE_CHECKING, Any, NamedTuple

from mlbook import coupling
from mlbook.experiment.talk_table import Cuts, measured, talk_rows_of
from mlbook.patterns.deploy import CHANGES_A_YEAR

if TYPE_CHECKING:
    import pandas as pd

    from mlbook.experiment.results import Run
    from mlbook.patterns.base import Pattern

__all__ = ["word_ranges"]

STEP, STEPS = 4.0, 20  # a knob is moved by this factor, so often: by 10^12 in all
SHARP = 1 + 1e-12  # how exactly a flip is found
UNITS = {"tight_frac": "share", "easy": "minutes a month", "so_so_minutes": "minutes a month"}

WordsAt = Callable[[float], dict[str, str]]


class _Knob(NamedTuple):
    """A cut or a weight: its name, unit and value, and what the table is given when it is moved."""

    name: str
    unit: str
    value: float
    moved: Callable[[float], dict[str, Any]]


def word_ranges(
    runs: Mapping[str, Run],
    *,
    cuts: Cuts | None = None,
    changes_a_year: Mapping[str, float] = CHANGES_A_YEAR,
    mttr: float = coupling.MTTR_S,
) -> pd.DataFrame:
    """Move each cut and each weight by itself, down and up, until a word changes.

    Parameters
    ----------
    runs : mapping of str to Run
        The runs, by the name of the pattern.
    cuts : Cuts, optional
        Where one word ends and the next begins.
    changes_a_year : mapping of str to float
        How often each kind of thing changes: a weight of the coupling row.
    mttr : float
        Mean time to repair in seconds: a weight of the management row.

    Returns
    -------
    pandas.DataFrame
        As :meth:`mlbook.experiment.Runs.word_ranges` says.
    """
    import pandas as pd

    start: dict[str, Any] = {
        "cuts": cuts or Cuts(),
        "changes_a_year": dict(changes_a_year),
        "mttr": mttr,
    }
    rows = []
    for name, run in runs.items():
        seen = measured(run)
        for knob in _knobs(**start):
            words_at = partial(_words, run.pattern, seen, start, knob)
            told = {"pattern": name, "knob": knob.name, "value": knob.value, "unit": knob.unit}
            rows += [told | found for found in _ranges(words_at, knob.value)]
    columns = "row pattern word knob value unit low high word_below word_above"
    return pd.DataFrame(rows, columns=columns.split())


def _knobs(cuts: Cuts, changes_a_year: dict[str, float], mttr: float) -> list[_Knob]:
    return [
        *(
            _Knob(f"cuts.{name}", UNITS.get(name, "s"), value, partial(_with_cut, cuts, name))
            for name, value in vars(cuts).items()
        ),
        *(
            _Knob(
                f"changes_a_year[{what}]", "a year", rate, partial(_with_rate, changes_a_year, what)
            )
            for what, rate in changes_a_year.items()
        ),
        _Knob("mttr", "s", mttr, lambda x: {"mttr": x}),
    ]


def _with_cut(cuts: Cuts, name: str, x: float) -> dict[str, Any]:
    return {"cuts": replace(cuts, **{name: x})}


def _with_rate(rates: dict[str, float], what: str, x: float) -> dict[str, Any]:
    return {"changes_a_year": rates | {what: x}}


def _words(
    pattern: Pattern, seen: Mapping[str, float | str], start: dict[str, Any], knob: _Knob, x: float
) -> dict[str, str]:
    """Give the words of a column with one knob at `x`, by row."""
    cells = talk_rows_of(pattern, seen, **(start | knob.moved(x)))
    return {cell["row"]: cell["word"] for cell in cells}


def _ranges(words_at: WordsAt, value: float) -> list[dict[str, Any]]:
    """Find the range of every word that the knob can change."""
    words = words_at(value)
    down, up = (_flips(words_at, words, value, step) for step in (1 / STEP, STEP))
    ranges = []
    for row in words:
        if row in down or row in up:
            low, below = down.get(row, (0.0, ""))
            high, above = up.get(row, (inf, ""))
            ends = {"low": low, "high": high, "word_below": below, "word_above": above}
            ranges.append({"row": row, "word": words[row], **ends})
    return ranges


def _flips(
    words_at: WordsAt, words: dict[str, str], value: float, step: float
) -> dict[str, tuple[float, str]]:
    """Go in steps until a word changes: where, and to what, by row."""
    found: dict[str, tuple[float, str]] = {}
    inside = value or 1e-9  # what never happens may begin to
    for _ in range(STEPS):
        outside = inside * step
        for row, word in words_at(outside).items():
            if word != words[row] and row not in found:
                found[row] = _edge(words_at, row, inside, outside)
        inside = outside
    return found


def _edge(words_at: WordsAt, row: str, inside: float, outside: float) -> tuple[float, str]:
    """Halve the step until both sides of the flip are the same number."""
    word = words_at(inside)[row]
    while max(inside / outside, outside / inside) > SHARP:
        middle = sqrt(inside * outside)
        if words_at(middle)[row] == word:
            inside = middle
        else:
            outside = middle
    return inside, words_at(outside)[row]
