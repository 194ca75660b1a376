"""The learner's desk: check, hint, solution, guess, and the report card of this kernel.

Nothing here raises: a wrong call gets a verdict with the next step, so that "Run All" stays green.
"""

from __future__ import annotations

import importlib
from collections import Counter
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

from mlbook.exercises.distance import Distance
from mlbook.exercises.judge import is_missing, judge
from mlbook.exercises.verdict import STATES, Verdict
from mlbook.validate import did_you_mean, number, shown

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

CHAPTERS = ("ch00", "ch02", "ch06", "ch07", "ch08", "ch09", "ch10", "ch11", "chA1")


@dataclass
class _Desk:
    """What happened in this kernel; the notebook's outputs hold the lasting record."""

    states: dict[str, str] = field(default_factory=dict)
    hints: Counter[str] = field(default_factory=Counter)
    guesses: dict[str, float] = field(default_factory=dict)
    measured: dict[str, float] = field(default_factory=dict)

    def compared(self) -> dict[str, Distance]:
        """Compare the guesses that have a measured value with it."""
        asked = [id for id in self.guesses if id in self.measured]
        return {id: Distance(self.guesses[id], self.measured[id]) for id in asked}


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


def check(id: str, /, **values: Any) -> Verdict:  # the word learners read
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
    exercise = all_exercises().get(_text(id))
    if exercise is None:
        return _unknown(id, "check")
    state, message = judge(exercise, values)
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
    """
    exercise = all_exercises().get(_text(id))
    if exercise is None:
        return _unknown(id, "hint")
    _desk.hints[id] = rung = min(_desk.hints[id] + 1, 3)
    return Verdict(id, "noted", f"Hint {rung} of 3. {exercise.hints[rung - 1]}", "hint")


def solution(id: str) -> Verdict:
    """Get the worked answer as code, and why it is right, after the three hints.

    Parameters
    ----------
    id : str
        The exercise.

    Returns
    -------
    Verdict
        The solution, or how many hints are still to be read.
    """
    exercise = all_exercises().get(_text(id))
    if exercise is None:
        return _unknown(id, "solution")
    if (left := 3 - _desk.hints[id]) > 0:
        return Verdict(id, "todo", f"{left} of 3 hints left: `mb.hint({id!r})`.", "solution")
    text = f"`{exercise.asks} = {exercise.answer}`\n{exercise.because}"
    return Verdict(id, "noted", text, "solution")


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
    verdict = Verdict(_text(id), "todo", "Write your guess instead of the three dots.", "guess")
    if not is_missing(value):
        verdict = _noted(_text(id), "guess", value, _desk.guesses)
    if not is_missing(measured) and verdict.state != "error":
        verdict = _noted(_text(id), "measured", measured, _desk.measured)
    return verdict


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


def report_card() -> Verdict:
    """Show what has been done in this kernel: the exercises, and how good the guesses were.

    Returns
    -------
    Verdict
        A line an exercise of the chapters that were opened, and two about the guesses.
    """
    touched = {id.partition(".")[0] for id in (*_desk.states, *_desk.hints, *_desk.guesses)}
    opened = [id for id, each in all_exercises().items() if each.chapter in touched]
    states = {id: _desk.states.get(id, "todo") for id in opened}
    passed = sum(state == "pass" for state in states.values())
    lines = [f"{passed} of {len(states)} exercises passed"]
    lines += [f"{STATES[state][0]} {id}: {state}" for id, state in states.items()]
    return Verdict("report card", "noted", "\n".join([*lines, *_how_good_guesses_were()]), "card")


def _text(id: Any) -> str:
    return id if isinstance(id, str) else shown(id)


def _unknown(id: Any, kind: str) -> Verdict:
    near = did_you_mean(id, all_exercises())
    return Verdict(_text(id), "error", f"no exercise has this id.{near}", kind)


def _noted(id: str, kind: str, value: Any, book: dict[str, float]) -> Verdict:
    try:
        book[id] = number(kind, value)
    except Exception as error:  # noqa: BLE001  # a learner's object may do anything
        return Verdict(id, "error", str(error), kind)
    said = f"{book[id]:.3g}"
    if kind == "guess":
        text = f"Your guess is {said}. Now run on."
    elif id in _desk.guesses:
        text = _compared(id)
    else:
        text = f"The run gave {said}. You did not guess."
    return Verdict(id, "noted", text, kind, said)


def _compared(id: str) -> str:
    distance = _desk.compared()[id]
    verdict = "well guessed" if distance.factor < 1.1 else distance
    return f"You guessed {distance.said:.3g}, the run gave {distance.right:.3g}: {verdict}."


def _how_good_guesses_were() -> list[str]:
    guesses = _desk.compared()
    if not guesses:
        return []
    far = [each for each in guesses.values() if each.factor > 2]
    low = sum(each.is_low for each in far)
    counts = f"{len(guesses) - len(far)} within a factor of two, {low} too low"
    worst = max(guesses, key=lambda id: guesses[id].factor)
    return [
        f"Guesses: {counts}, {len(far) - low} too high.",
        f"Biggest surprise: {worst}. {_compared(worst)}",
    ]
