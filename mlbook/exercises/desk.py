"""The learner's desk: check, hint, solution, guess, and the report card of this kernel.

Nothing here raises: a wrong call gets a verdict with the next step, so that "Run All" stays green.
"""

from __future__ import annotations

import importlib
from collections import Counter
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

from mlbook.exercises.card import Card, off_by
from mlbook.exercises.judge import is_missing, judge, shown
from mlbook.exercises.verdict import Verdict
from mlbook.validate import did_you_mean, number

if TYPE_CHECKING:
    from mlbook.exercises.exercise import Exercise

__all__ = [
    "all_exercises",
    "check",
    "guess",
    "hint",
    "measured_value",
    "report_card",
    "solution",
]

CHAPTERS = ("ch00", "ch06", "ch07")


@dataclass
class _Desk:
    """What happened in this kernel; the notebook's outputs hold the lasting record."""

    states: dict[str, str] = field(default_factory=dict)
    hints: Counter[str] = field(default_factory=Counter)
    guesses: dict[str, float] = field(default_factory=dict)
    measured: dict[str, float] = field(default_factory=dict)


_desk = _Desk()


@cache
def all_exercises() -> dict[str, Exercise]:
    """Give every exercise of the book by its id.

    Returns
    -------
    dict of str to Exercise
        In the order of the chapters.
    """
    modules = [importlib.import_module(f"mlbook.exercises.{name}") for name in CHAPTERS]
    return {each.id: each for module in modules for each in module.EXERCISES}


def check(id: str, **values: Any) -> Verdict:  # the word learners read
    """Check an answer.

    Parameters
    ----------
    id : str
        The exercise, for example ``"06.workers"``.
    **values : Any
        The answer and what it depends on, by keyword; ``...`` and ``None`` mean not done yet.

    Returns
    -------
    Verdict
        ``todo``, ``pass``, ``close``, ``fail`` or ``error``, with what differs.

    Examples
    --------
    >>> check("07.alarm", threshold_h=...)
    ○ 07.alarm todo: Hand in threshold_h (hours) and run.
    """
    exercise = all_exercises().get(id)
    if exercise is None:
        return _unknown(id, "check")
    state, message = _state_of(exercise, values)
    _desk.states[id] = state
    return Verdict(id, state, message, value=shown(values.get(exercise.asks)))


def hint(id: str) -> Verdict:
    """Get the next of three hints.

    Parameters
    ----------
    id : str
        The exercise.

    Returns
    -------
    Verdict
        One more hint with each call.

    Examples
    --------
    >>> hint("nosuch.id").state
    'error'
    """
    exercise = all_exercises().get(id)
    if exercise is None:
        return _unknown(id, "hint")
    _desk.hints[id] = rung = min(_desk.hints[id] + 1, 3)
    return Verdict(id, "noted", f"Hint {rung} of 3. {exercise.hints[rung - 1]}", "hint")


def solution(id: str) -> Verdict:
    """Get the worked answer, after the three hints.

    Parameters
    ----------
    id : str
        The exercise.

    Returns
    -------
    Verdict
        The solution, or how many hints are still to be read.

    Examples
    --------
    >>> solution("nosuch.id").state
    'error'
    """
    exercise = all_exercises().get(id)
    if exercise is None:
        return _unknown(id, "solution")
    if (left := 3 - _desk.hints[id]) > 0:
        return Verdict(id, "todo", f"{left} of 3 hints left: mb.hint({id!r}).", "solution")
    return Verdict(id, "noted", exercise.solution, "solution")


def guess(id: str, value: Any = ..., *, measured: Any = ...) -> Verdict:
    """Note a guess before the run, and compare it afterwards.

    Parameters
    ----------
    id : str
        A name for the question.
    value : float
        Your guess.
    measured : float
        What the run gave; hand it in afterwards.

    Returns
    -------
    Verdict
        Your guess, or how far off it was.

    Examples
    --------
    >>> guess("example.age", 6.0)
    ✎ example.age noted: Your guess is 6. Now run on.
    >>> guess("example.age", measured=14.0)
    ✎ example.age noted: You guessed 6, the run gave 14: 2.3 times too low.
    """
    given = value if is_missing(measured) else measured
    if is_missing(given):
        return Verdict(id, "todo", "Write your guess instead of the three dots.", "guess")
    try:
        noted = number("measured" if is_missing(value) else "value", given)
    except (TypeError, ValueError) as error:
        return Verdict(id, "error", str(error), "guess")
    if is_missing(measured):
        _desk.guesses[id] = noted
        return Verdict(
            id, "noted", f"Your guess is {noted:.3g}. Now run on.", "guess", f"{noted:.3g}"
        )
    _desk.measured[id] = noted
    return Verdict(id, "noted", _compared(id), "measured", f"{noted:.3g}")


def measured_value(id: str) -> float | None:
    """Look up what the run gave for a guess.

    Parameters
    ----------
    id : str
        The question.

    Returns
    -------
    float or None
        None before ``guess(id, measured=...)``.
    """
    return _desk.measured.get(id)


def report_card() -> Card:
    """Show what has been done in this kernel: the exercises, and how good the guesses were.

    Returns
    -------
    Card
        A table, shown as the last expression of a cell.
    """
    touched = {name.partition(".")[0] for name in (*_desk.states, *_desk.hints, *_desk.guesses)}
    rows = {
        name: _desk.states.get(name, "todo")
        for name, each in all_exercises().items()
        if each.chapter in touched
    }
    both = [name for name in _desk.guesses if name in _desk.measured]
    return Card(rows, {name: (_desk.guesses[name], _desk.measured[name]) for name in both})


def _state_of(exercise: Exercise, values: dict[str, Any]) -> tuple[str, str]:
    asked = (exercise.asks, *exercise.context)
    for name in values:
        if name not in asked:
            hint_text = f"{did_you_mean(name, asked)} It takes {', '.join(asked)}."
            return "error", f"{exercise.id} has no {name!r}.{hint_text}"
    if any(is_missing(values.get(name)) for name in asked):
        rest = "".join(f" and {name}" for name in exercise.context)
        return "todo", f"Hand in {exercise.asks} ({exercise.unit}){rest}."
    context = {name: values[name] for name in exercise.context}
    try:
        return judge(exercise, context, values[exercise.asks])
    except Exception as error:  # noqa: BLE001  # whatever was handed in, the notebook goes on
        named = ", ".join(exercise.context) or exercise.asks
        return (
            "error",
            f"could not be checked ({type(error).__name__}). Is {named} what it should be?",
        )


def _unknown(id: str, kind: str) -> Verdict:
    near = did_you_mean(id, all_exercises())
    return Verdict(shown(id).strip("'"), "error", f"no exercise has this id.{near}", kind)


def _compared(id: str) -> str:
    if id not in _desk.guesses:
        return f"The run gave {_desk.measured[id]:.3g}. You did not guess."
    guessed, measured = _desk.guesses[id], _desk.measured[id]
    factor = off_by(guessed, measured)
    text = f"You guessed {guessed:.3g}, the run gave {measured:.3g}"
    if 1 / 1.1 < factor < 1.1:
        return f"{text}: well guessed."
    if factor < 1:
        return f"{text}: {1 / factor:.1f} times too low."
    return f"{text}: {factor:.1f} times too high."
