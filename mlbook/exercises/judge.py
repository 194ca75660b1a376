"""Compare an answer with the right one and say *what* differs, without giving it away."""

from __future__ import annotations

import math
from numbers import Real
from typing import TYPE_CHECKING, Any

from mlbook.validate import did_you_mean

if TYPE_CHECKING:
    from mlbook.exercises.exercise import Context, Exercise

__all__ = ["is_missing", "judge", "shown"]

# Factors by which an answer in another unit is off.
UNITS = {
    1000.0: "seconds and milliseconds, or thousands",
    60.0: "minutes and seconds, or hours and minutes",
    3600.0: "hours and seconds",
    24.0: "days and hours",
    86400.0: "days and seconds",
    100.0: "a share and a percentage",
}


def is_missing(value: Any) -> bool:
    """Tell whether a value is still the placeholder of an exercise.

    Parameters
    ----------
    value : Any
        What was handed in.

    Returns
    -------
    bool
        True for ``None`` and ``...``.
    """
    return value is None or value is ...


def shown(value: Any) -> str:
    """Say a value, whatever it is, in at most 80 characters.

    Parameters
    ----------
    value : Any
        What was handed in; its ``__repr__`` may raise.

    Returns
    -------
    str
        The text.
    """
    try:
        text = repr(value)
    except Exception:  # noqa: BLE001  # a learner's object may do anything
        text = f"an object of type {type(value).__name__} that cannot be shown"
    return text if len(text) <= 80 else text[:77] + "..."


def judge(exercise: Exercise, context: Context, value: Any) -> tuple[str, str]:
    """Judge one answer.

    Parameters
    ----------
    exercise : Exercise
        What was asked.
    context : mapping of str to Any
        What the right answer depends on.
    value : Any
        The answer.

    Returns
    -------
    tuple of str
        State and message.
    """
    if exercise.options:
        return _judge_choice(exercise, context, value)
    if isinstance(value, bool) or not isinstance(value, Real):
        shape = getattr(value, "shape", None)
        got = f"an array of shape {shape}" if shape else shown(value)
        return "error", f"{exercise.asks} must be one number ({exercise.unit}), got {got}."
    if not math.isfinite(value):
        return "error", f"{exercise.asks} must be a finite number ({exercise.unit}), got {value}."
    return _judge_number(exercise, context, float(value))


def _judge_choice(exercise: Exercise, context: Context, value: Any) -> tuple[str, str]:
    if not isinstance(value, str) or value not in exercise.options:
        words = ", ".join(repr(option) for option in exercise.options)
        near = did_you_mean(shown(value).strip("'"), exercise.options)
        return "error", f"{exercise.asks} must be one of {words}, got {shown(value)}.{near}"
    if value == exercise.right(context):
        return "pass", "Yes."
    for wrong in exercise.wrong:
        if value == wrong.answer(context):
            return "fail", wrong.message
    return "fail", "Not this one."


def _judge_number(exercise: Exercise, context: Context, value: float) -> tuple[str, str]:
    right = float(exercise.right(context))
    if _equal(exercise, value, right):
        return "pass", "Yes."
    for wrong in exercise.wrong:
        if _equal(exercise, value, float(wrong.answer(context))):
            return "fail", wrong.message
    if exercise.whole and abs(value - right) == 1:
        return "close", "Off by one. Does it have to be reached, or may it be missed?"
    return _differs(exercise, value, right)


def _equal(exercise: Exercise, value: float, other: float) -> bool:
    if exercise.whole:
        return value == other
    return math.isclose(value, other, rel_tol=exercise.tolerance)


def _differs(exercise: Exercise, value: float, right: float) -> tuple[str, str]:
    side = "too large" if value > right else "too small"
    if value == 0 or right == 0 or (value < 0) != (right < 0):
        return "fail", f"It is {side} ({exercise.unit})."
    factor = max(value / right, right / value)
    for unit, words in UNITS.items():
        if math.isclose(factor, unit, rel_tol=max(exercise.tolerance, 0.001)):
            return "close", f"The digits are right, the unit is not: is it about {words}?"
    if factor >= 8:
        return "fail", f"It is {side} by an order of magnitude or more ({exercise.unit})."
    state, how = ("close", "a little ") if factor < 1.15 else ("fail", "")
    return state, f"It is {how}{side} ({exercise.unit})."
