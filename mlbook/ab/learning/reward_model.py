"""A small reward model for the doubly robust estimate: the mean of each item, cautiously.

Chapter: 02
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mlbook.ab.learning.off_policy import column_of_rows
from mlbook.streams import stream
from mlbook.validate import integer, number

__all__ = ["cross_fitted_means"]

Floats = NDArray[np.float64]


def cross_fitted_means(
    item: ArrayLike, reward: ArrayLike, *, items: int, strength: float = 100, folds: int = 5
) -> Floats:
    """Learn the mean reward of every item, for each row from the rows of the other folds.

    Parameters
    ----------
    item : array_like of shape (n,)
        What was shown, as a number from 0 to ``items - 1``.
    reward : array_like of shape (n,)
        What each row brought.
    items : int
        How many there are, >= 1.
    strength : float
        Rows with the common mean that are added to each item, > 0: few rows are not believed.
    folds : int
        Parts of the log, drawn by lot; >= 2 and at most n.

    Returns
    -------
    ndarray of shape (n, items)
        What the model expects of each item at each row. ``q[np.arange(n), item]`` is the argument
        `shown` of `doubly_robust`, ``q @ probabilities`` its `target`.

    Examples
    --------
    >>> q = cross_fitted_means([0, 1] * 50, [0, 1] * 50, items=2, strength=1)
    >>> q.shape, bool((q[:, 0] < 0.1).all())
    ((100, 2), True)
    """
    rows, kinds = column_of_rows("reward", reward), np.asarray(item)
    integer("items", items, at_least=1, unit="items of the catalogue")
    number("strength", strength, above=0, unit="rows with the common mean")
    integer("folds", folds, at_least=2, unit="parts of the log")
    if folds > rows.size:
        text = f"folds must be at most the number of rows (parts of the log), got {folds}"
        raise ValueError(f"{text} for {rows.size} rows. Take fewer folds.")
    if kinds.shape != rows.shape or not np.isin(kinds, np.arange(items)).all():
        text = f"item must be a whole number from 0 to {items - 1} (items of the catalogue) a row"
        raise ValueError(f"{text}, got {kinds.size} of them. Number the items from 0.")
    part = stream(0, "ab/off_policy/folds").permutation(np.arange(rows.size) % folds)
    found = np.empty((rows.size, items))
    for fold in range(folds):
        kept = part != fold
        counts = np.bincount(kinds[kept], minlength=items)
        sums = np.bincount(kinds[kept], rows[kept], minlength=items)
        found[~kept] = (sums + strength * rows[kept].mean()) / (counts + strength)
    return found
