"""Compare an answer with the right one and say *what* differs, without giving it away."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from mlbook.exercises.distance import Distance
from mlbook.validate import did_you_mean, number, one_of

if TYPE_CHECKING:
    from mlbook.exercises.exercise import Context, Exercise

__all__ = ["is_missing", "judge"]

# Factors by which an answer in another unit is off.
UNITS = {
    1000.0: "seconds and milliseconds, or thousands",
    60.0: "minutes and seconds, or hours and minutes",
    3600.0: "hours and seconds",
    24.0: "days and hours",
    86400.0: "days and seconds",
    100.0: "a share and a percentage",
}


def judge(exercise: Exercise, values: Context) -> tuple[str, str]:
    """Judge what was handed in; whatever it is, nothing is raised.

    Parameters
    ----------
    exercise : Exercise
        What was asked.
    values : mapping of str to Any
        The answer, and what the right one depends on, by keyword.

    Returns
    -------
    tuple of str
        State and message.
    """
    asked = (exercise.asks, *exercise.context)
    for name in values:
        if name not in asked:
            near = did_you_mean(name, asked)
            return "error", f"{exercise.id} has no {name!r}.{near} It takes {', '.join(asked)}."
    if any(is_missing(values.get(name)) for name in asked):
        rest = "".join(f" and {name}" for name in exercise.context)
        return "todo", f"Hand in {exercise.asks} ({exercise.unit}){rest}."
    try:
        answer = _answer(exercise, values[exercise.asks])
    except Exception as error:  # noqa: BLE001  # a learner's object may do anything
        return "error", str(error)
    try:
        return _compare(exercise, values, answer)
    except Exception as error:  # noqa: BLE001  # and so may what it is compared with
        kind, named = type(error).__name__, ", ".join(exercise.context)
        return "error", f"could not be checked ({kind}). Is {named} what it should be?"


def is_missing(value: Any) -> bool:
    """Tell whether a value is still the placeholder of a starter.

    Parameters
    ----------
    value : Any
        What was handed in.

    Returns
    -------
    bool
        True for three dots and None.
    """
    return value is None or value is ...


def _answer(exercise: Exercise, value: Any) -> Any:
    if exercise.graded:
        return exercise.graded(exercise.asks, value)
    if exercise.options:
        return one_of(exercise.asks, value, exercise.options)
    return number(exercise.asks, value, unit=exercise.unit)


def _compare(exercise: Exercise, context: Context, answer: Any) -> tuple[str, str]:
    if exercise.graded and answer:
        return "fail", answer
    right = exercise.right(context)
    if exercise.graded or _equal(exercise, answer, right):
        return "pass", f"Yes. {exercise.because}"
    for wrong in exercise.wrong:
        if _equal(exercise, answer, wrong.answer(context)):
            return "fail", wrong.message
    return ("fail", "Not this one.") if exercise.options else _differs(exercise, answer, right)


def _equal(exercise: Exercise, answer: Any, other: Any) -> bool:
    if exercise.options or exercise.whole:
        return bool(answer == other)
    return math.isclose(answer, other, rel_tol=exercise.tolerance)


def _differs(exercise: Exercise, answer: float, right: float) -> tuple[str, str]:
    if exercise.whole and answer % 1 and abs(answer - right) < 1:
        return "close", f"Nearly: it must be a whole number ({exercise.unit})."
    if exercise.whole and abs(answer - right) == 1:
        return "close", "Off by one. Does it have to be reached, or may it be missed?"
    distance = Distance(answer, number("right", right))
    side, factor = "too small" if distance.is_low else "too large", distance.factor
    for unit, words in UNITS.items():
        if math.isclose(factor, unit, rel_tol=max(exercise.tolerance, 0.001)):
            return "close", f"The digits are right, the unit is not: is it about {words}?"
    if 8 <= factor < math.inf:
        return "fail", f"It is {side} by an order of magnitude or more ({exercise.unit})."
    state, how = ("close", "a little ") if factor < 1.15 else ("fail", "")
    return state, f"It is {how}{side} ({exercise.unit})."
