"""Many tests at once: of twenty metrics without an effect, one or another is often significant."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mlbook.ab.checks import finite

__all__ = ["benjamini_hochberg", "holm"]


def holm(p_values: ArrayLike) -> NDArray[np.float64]:
    """Adjust p-values, so that *any* false alarm among them is as rare as the level.

    Parameters
    ----------
    p_values : array_like of shape (..., m)
        Of m tests on the last axis, 0 to 1.

    Returns
    -------
    ndarray of shape (..., m)
        Adjusted p-values, in the order of the tests: find what is below alpha.

    Raises
    ------
    ValueError
        When one is not between 0 and 1.

    Notes
    -----
    The smallest is multiplied by m, the next by m - 1, and so on; none may be below a smaller one.
    It finds all that Bonferroni's ``m * p`` finds, and needs no independence either.

    Examples
    --------
    >>> holm([0.01, 0.04, 0.03]).round(3).tolist()
    [0.03, 0.06, 0.06]
    """
    p, order = _in_order(p_values)
    m = p.shape[-1]
    adjusted = np.maximum.accumulate(p * np.arange(m, 0, -1), axis=-1)
    return _back(np.minimum(adjusted, 1.0), order)


def benjamini_hochberg(p_values: ArrayLike) -> NDArray[np.float64]:
    """Adjust p-values, so that of what is found a share alpha at most is false, on average.

    Parameters
    ----------
    p_values : array_like of shape (..., m)
        Of m tests on the last axis, 0 to 1. They must be independent, or move together.

    Returns
    -------
    ndarray of shape (..., m)
        Adjusted p-values, in the order of the tests: find what is below alpha.

    Raises
    ------
    ValueError
        When one is not between 0 and 1.

    References
    ----------
    Y. Benjamini, Y. Hochberg, "Controlling the false discovery rate", Journal of the Royal
    Statistical Society B 57 (1995).

    Examples
    --------
    >>> benjamini_hochberg([0.01, 0.04, 0.03]).round(3).tolist()
    [0.03, 0.04, 0.04]
    """
    p, order = _in_order(p_values)
    m = p.shape[-1]
    scaled = (p * m / np.arange(1, m + 1))[..., ::-1]
    return _back(np.minimum.accumulate(scaled, axis=-1)[..., ::-1], order)


def _in_order(p_values: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    p = np.atleast_1d(finite("p_values", p_values))
    if ((p < 0) | (p > 1)).any():
        raise ValueError(f"p_values must be >= 0 and <= 1, got {p[(p < 0) | (p > 1)][0]:g}.")
    order = np.argsort(p, axis=-1, kind="stable")
    return np.take_along_axis(p, order, axis=-1), order


def _back(values: NDArray[np.float64], order: NDArray[np.int64]) -> NDArray[np.float64]:
    """Put values in the order of the tests again."""
    there = np.empty_like(values)
    np.put_along_axis(there, order, values, axis=-1)
    return there
