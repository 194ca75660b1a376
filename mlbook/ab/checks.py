"""Argument checks for arrays, with the message grammar of :mod:`mlbook.validate`."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mlbook.validate import shown

__all__ = ["clicks_of", "finite", "plain", "two_arms", "whole", "within"]


def finite(name: str, values: ArrayLike, unit: str = "") -> NDArray[np.float64]:
    """Return numbers as an array, or say which of them is none.

    Parameters
    ----------
    name : str
        The argument as its caller wrote it.
    values : array_like
        What was passed.
    unit : str
        What is counted.

    Returns
    -------
    ndarray
        Finite floats, of the same shape.

    Raises
    ------
    TypeError
        When there is something that is no number.
    ValueError
        When there is a NaN or an infinite number, or nothing at all.

    Examples
    --------
    >>> finite("values", [1.0, float("nan")], "yen a user")
    Traceback (most recent call last):
        ...
    ValueError: values must be finite numbers (yen a user), got nan at place 1, and 1 such in all.
    """
    meaning = f" ({unit})" if unit else ""
    try:
        array = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise TypeError(f"{name} must be numbers{meaning}, got {shown(values)}.") from error
    if not array.size:
        raise ValueError(f"{name} must not be empty{meaning}, got {shown(values)}.")
    # What is whole already cannot be NaN; of ten thousand experiments that saves milliseconds.
    if np.asarray(values).dtype.kind not in "iub" and not np.isfinite(array).all():
        bad = np.flatnonzero(~np.isfinite(array))
        text = f"{name} must be finite numbers{meaning}, got {array.flat[bad[0]]}"
        raise ValueError(f"{text} at place {bad[0]}, and {bad.size} such in all.")
    return array


def whole(name: str, values: ArrayLike, unit: str, *, at_least: int = 0) -> NDArray[np.float64]:
    """Return counts as an array of floats, or say which of them is no count.

    Parameters
    ----------
    name : str
        The argument as its caller wrote it.
    values : array_like
        What was passed.
    unit : str
        What is counted.
    at_least : int
        The smallest allowed count.

    Returns
    -------
    ndarray
        Whole numbers, of the same shape.

    Raises
    ------
    ValueError
        When one is below `at_least` or has a fraction.

    Examples
    --------
    >>> whole("n", [10, 0], "users of each arm", at_least=1)
    Traceback (most recent call last):
        ...
    ValueError: n must be whole numbers >= 1 (users of each arm), got 0 at place 1.
    """
    array = finite(name, values, unit)
    whole_already = np.asarray(values).dtype.kind in "iub"
    if (array < at_least).any() or not (whole_already or (array == np.floor(array)).all()):
        bad = np.flatnonzero((array < at_least) | (array != np.floor(array)))
        text = f"{name} must be whole numbers >= {at_least} ({unit}), got {array.flat[bad[0]]:g}"
        raise ValueError(f"{text} at place {bad[0]}.")
    return array


def within(name: str, values: ArrayLike, low: float, high: float, unit: str) -> NDArray[np.float64]:
    """Return numbers strictly between two limits as an array, or say which of them is not.

    Parameters
    ----------
    name : str
        The argument as its caller wrote it.
    values : array_like
        What was passed.
    low, high : float
        The limits, which are not allowed themselves.
    unit : str
        What is counted.

    Returns
    -------
    ndarray
        The numbers, of the same shape.

    Raises
    ------
    ValueError
        When one is not between them.

    Examples
    --------
    >>> within("alpha", 5, 0, 1, "share of false alarms")
    Traceback (most recent call last):
        ...
    ValueError: alpha must be > 0 and < 1 (share of false alarms), got 5.
    """
    array = finite(name, values, unit)
    bad = np.flatnonzero((array <= low) | (array >= high))
    if bad.size:
        rule = f"> {low:g}" + (f" and < {high:g}" if np.isfinite(high) else "")
        raise ValueError(f"{name} must be {rule} ({unit}), got {array.flat[bad[0]]:g}.")
    return array


def two_arms(name: str, values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return an array whose last axis is (control, treatment), or say what it is.

    Parameters
    ----------
    name : str
        The argument as its caller wrote it.
    values : ndarray
        What was passed.

    Returns
    -------
    ndarray of shape (..., 2)
        The same.

    Raises
    ------
    ValueError
        When the last axis has not two places.
    """
    if values.ndim == 0 or values.shape[-1] != 2:
        text = "must have two numbers on its last axis (control, treatment)"
        raise ValueError(f"{name} {text}, got an array of shape {values.shape}.")
    return values


def clicks_of(clicks: ArrayLike, n: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return clicks and units as arrays of one shape, or say what is wrong with them.

    Parameters
    ----------
    clicks : array_like
        How many units clicked.
    n : array_like
        How many units there are, one or more.

    Returns
    -------
    tuple of ndarray
        Both.

    Raises
    ------
    ValueError
        When there are no units, or more clicks than units.

    Examples
    --------
    >>> clicks_of(12, 10)  # doctest: +ELLIPSIS
    Traceback (most recent call last):
        ...
    ValueError: clicks must be <= n (units that clicked, of all units), got 12 of 10. Count ...
    """
    done = whole("clicks", clicks, "units that clicked")
    units = whole("n", n, "units of an arm; an empty arm says nothing", at_least=1)
    try:
        too_many = done > units
    except ValueError as error:
        text = "clicks and n must have a number for the same arms, got the shapes"
        raise ValueError(f"{text} {done.shape} and {units.shape}.") from error
    if too_many.any():
        done, units = (np.broadcast_to(each, too_many.shape) for each in (done, units))
        got = f"got {done[too_many][0]:g} of {units[too_many][0]:g}"
        text = "clicks must be <= n (units that clicked, of all units)"
        raise ValueError(f"{text}, {got}. Count each unit once, or compare means.")
    return done, units


def plain(values: ArrayLike) -> Any:
    """Return a float for an array without axes, and other arrays as they are.

    Parameters
    ----------
    values : array_like
        What was computed.

    Returns
    -------
    float or ndarray
        The same numbers.
    """
    array = np.asarray(values)
    return array.item() if array.ndim == 0 else array
