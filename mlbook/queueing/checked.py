"""One way to check what a queue is given: sorted arrivals, one number each, nothing negative."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["ends_are_finite", "instants", "one_each"]

LONGEST = np.finfo(np.float64).max


def instants(name: str, at_s: ArrayLike) -> NDArray[np.float64]:
    """Return sorted, finite instants, or say what is wrong with them.

    Parameters
    ----------
    name : str
        The argument.
    at_s : array_like of shape (n,)
        Instants in seconds.

    Returns
    -------
    ndarray of shape (n,)
        As floats.

    Raises
    ------
    ValueError
        When they are not sorted, not finite, or not in one row.
    """
    at = np.ascontiguousarray(at_s, dtype=np.float64)
    if at.ndim != 1:
        raise ValueError(f"{name} must be one row of instants (seconds), got shape {at.shape}.")
    # The quick way first: nothing that is not finite can stand in order between finite ends.
    if (at[1:] >= at[:-1]).all() and ends_are_finite(at):
        return at
    if not np.isfinite(at).all():
        bad = int(np.flatnonzero(~np.isfinite(at))[0])
        text = f"{name} must be finite (seconds), got {at[bad]} at position {bad}."
        raise ValueError(f"{text} Leave such requests out.")
    bad = int(np.flatnonzero(at[1:] < at[:-1])[0]) + 1
    text = f"{name} must be sorted (seconds), got {at[bad]:g} after {at[bad - 1]:g}"
    raise ValueError(f"{text} at position {bad}. Sort everything with np.argsort({name}).")


def ends_are_finite(at: NDArray[np.float64]) -> bool:
    """Tell whether the first and the last instant are finite, if there are any.

    Parameters
    ----------
    at : ndarray of shape (n,)
        Instants in seconds.

    Returns
    -------
    bool
        What stands in order between them is finite, too.
    """
    return bool(np.isfinite(at[:1]).all() and np.isfinite(at[-1:]).all())


def one_each(name: str, values: ArrayLike, n: int, *, forever: bool = False) -> NDArray[np.float64]:
    """Return one number a request, or say what is wrong with them.

    Parameters
    ----------
    name : str
        The argument.
    values : array_like of shape (n,)
        One number a request.
    n : int
        How many requests there are.
    forever : bool
        Whether one may be infinite, as patience is.

    Returns
    -------
    ndarray of shape (n,)
        As floats.

    Raises
    ------
    ValueError
        When there are more or fewer, or one of them is negative, endless or no number.
    """
    each = np.ascontiguousarray(values, dtype=np.float64)
    if each.shape != (n,):
        text = f"{name} must have one number for each of {n} requests, got shape {each.shape}."
        raise ValueError(f"{text} Draw as many as there are arrivals.")
    most = np.inf if forever else LONGEST
    if n and not (each.min() >= 0 and each.max() <= most):  # NaN is neither
        bad = int(np.flatnonzero(~((each >= 0) & (each <= most)))[0])
        rule = ">= 0" if forever else ">= 0 and finite"
        raise ValueError(f"{name} must be {rule} (seconds), got {each[bad]} at position {bad}.")
    return each
