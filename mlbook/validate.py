"""Argument checks with one message grammar: name, rule with its unit, value, next step."""

from __future__ import annotations

import difflib
import math
from collections.abc import Iterable
from numbers import Integral, Real
from typing import Any

__all__ = ["did_you_mean", "fraction", "integer", "number", "one_of", "shown"]


def number(
    name: str,
    value: Any,
    *,
    above: float | None = None,
    at_least: float | None = None,
    at_most: float | None = None,
    unit: str = "",
    hint: str = "",
) -> float:
    """Return `value` as a float, or say what is wrong with it.

    Parameters
    ----------
    name : str
        The argument as its caller wrote it.
    value : Any
        What was passed.
    above, at_least, at_most : float, optional
        The rule; None leaves that side open.
    unit : str
        What is counted, for example ``"seconds between two batches"``.
    hint : str
        The next step, a full sentence.

    Returns
    -------
    float
        The finite number.

    Raises
    ------
    TypeError
        When `value` is not a real number.
    ValueError
        When it is NaN, infinite or outside the rule.

    Examples
    --------
    >>> number("predict_every", 0, above=0, unit="seconds between two batches")
    Traceback (most recent call last):
        ...
    ValueError: predict_every must be > 0 (seconds between two batches), got 0.
    """
    rule = _rule(above, at_least, at_most)
    if isinstance(value, bool) or not isinstance(value, Real):
        raise TypeError(_message(name, f"a number{rule and ' ' + rule}", unit, value, hint))
    try:
        result = float(value)
    except OverflowError:  # a whole number of more than 308 digits
        result = math.inf
    outside = (
        not math.isfinite(result)
        or (above is not None and result <= above)
        or (at_least is not None and result < at_least)
        or (at_most is not None and result > at_most)
    )
    if outside:
        raise ValueError(_message(name, rule or "a finite number", unit, value, hint))
    return result


def integer(
    name: str, value: Any, *, at_least: int | None = None, unit: str = "", hint: str = ""
) -> int:
    """Return `value` as an int, or say what is wrong with it.

    Parameters
    ----------
    name : str
        The argument as its caller wrote it.
    value : Any
        What was passed.
    at_least : int, optional
        The smallest allowed value.
    unit : str
        What is counted.
    hint : str
        The next step, a full sentence.

    Returns
    -------
    int
        The whole number.

    Raises
    ------
    TypeError
        When `value` is not a whole number (``1.5`` and ``True`` are not).
    ValueError
        When it is below `at_least`.

    Examples
    --------
    >>> integer("workers", 1.5, at_least=1, unit="workers")
    Traceback (most recent call last):
        ...
    TypeError: workers must be a whole number >= 1 (workers), got 1.5.
    """
    rule = _rule(None, at_least, None)
    if isinstance(value, bool) or not isinstance(value, Integral):
        raise TypeError(_message(name, f"a whole number{rule and ' ' + rule}", unit, value, hint))
    if at_least is not None and value < at_least:
        raise ValueError(_message(name, rule, unit, value, hint))
    return int(value)


def fraction(name: str, value: Any, *, unit: str = "a share") -> float:
    """Return `value` as a float between 0 and 1, or say what is wrong with it.

    Parameters
    ----------
    name : str
        The argument as its caller wrote it.
    value : Any
        What was passed.
    unit : str
        The share of what.

    Returns
    -------
    float
        The share.

    Examples
    --------
    >>> fraction("treatment_share", 0.5)
    0.5
    """
    return number(name, value, at_least=0, at_most=1, unit=unit)


def one_of(name: str, value: Any, choices: Iterable[str]) -> str:
    """Return `value` when it is one of `choices`, or name them and the nearest.

    Parameters
    ----------
    name : str
        The argument as its caller wrote it.
    value : Any
        What was passed.
    choices : iterable of str
        The allowed words.

    Returns
    -------
    str
        The value.

    Raises
    ------
    ValueError
        When `value` is none of them.

    Examples
    --------
    >>> one_of("send", "idz", ["ids", "features"])
    Traceback (most recent call last):
        ...
    ValueError: send must be one of 'ids', 'features', got 'idz'. Did you mean 'ids'?
    """
    allowed = list(choices)
    if not isinstance(value, str) or value not in allowed:
        words, near = ", ".join(map(repr, allowed)), did_you_mean(value, allowed)
        raise ValueError(f"{name} must be one of {words}, got {shown(value)}.{near}")
    return str(value)


def did_you_mean(word: Any, known: Iterable[str]) -> str:
    """Suggest the nearest known word.

    Parameters
    ----------
    word : Any
        What was typed.
    known : iterable of str
        What would have been right.

    Returns
    -------
    str
        ``" Did you mean 'x'?"`` with a leading blank, or ``""`` when nothing is near.

    Examples
    --------
    >>> did_you_mean("predict_evry", ["predict_every", "workers"])
    " Did you mean 'predict_every'?"
    """
    near = difflib.get_close_matches(shown(word).strip("'"), list(known), n=1, cutoff=0.6)
    return f" Did you mean {near[0]!r}?" if near else ""


def shown(value: Any) -> str:
    """Say a value, whatever it is, in at most 80 characters.

    Parameters
    ----------
    value : Any
        What was passed; its ``__repr__`` may raise.

    Returns
    -------
    str
        The text for a message.

    Examples
    --------
    >>> shown("six")
    "'six'"
    """
    try:
        shape = getattr(value, "shape", None)
        text = f"an array of shape {shape}" if shape else repr(value)
    except Exception:  # noqa: BLE001  # somebody's object may do anything
        text = f"an object of type {type(value).__name__} that cannot be shown"
    return text if len(text) <= 80 else text[:77] + "..."


def _rule(above: float | None, at_least: float | None, at_most: float | None) -> str:
    parts = [
        f"{sign} {limit:g}"
        for sign, limit in ((">", above), (">=", at_least), ("<=", at_most))
        if limit is not None
    ]
    return " and ".join(parts)


def _message(name: str, rule: str, unit: str, value: Any, hint: str) -> str:
    meaning = f" ({unit})" if unit else ""
    return f"{name} must be {rule}{meaning}, got {shown(value)}.{' ' + hint if hint else ''}"
