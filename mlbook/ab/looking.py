"""What somebody saw who looked at a test every day.

Chapter: 02
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlbook.ab.by_unit import column_of, log_of, treated_rows
from mlbook.units import DAY
from mlbook.validate import number

__all__ = ["running_counts"]


def running_counts(
    data: Any, metric: str = "click", *, every: float = DAY
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Count the clicks and rows of both arms until the end of each day.

    Parameters
    ----------
    data : Run, pandas.DataFrame or mapping of str to array
        A run, or a log with the columns `arm`, `requested_at_s` and that of the metric.
    metric : str
        A column of zeros and ones.
    every : float
        Seconds between two looks, > 0; the first look is so long after 0.

    Returns
    -------
    tuple of ndarray of shape (looks, 2)
        Clicks and rows of control and treatment, ready for :func:`mlbook.ab.proportions`. Looks
        before both arms have a row are left out.

    Raises
    ------
    ValueError
        When a column is missing or an arm has another name.

    Examples
    --------
    >>> from mlbook import ab
    >>> clicks, n = running_counts(ab.real_log("men"))
    >>> clicks[-1].tolist(), ab.proportions(clicks, n).p_value.round(3).tolist()
    ([46, 69], [0.429, 0.018, 0.015, 0.009, 0.004, 0.015, 0.031])
    """
    log = log_of(data)
    treated = treated_rows(column_of(log, "arm"))
    at_s, clicked = column_of(log, "requested_at_s"), column_of(log, metric)
    number("every", every, above=0, unit="seconds between two looks")
    look = (at_s // every).astype(int)
    place = 2 * look + treated
    size = 2 * (look.max() + 1)
    clicks, n = (
        np.bincount(place, weights, size).astype(np.int64).reshape(-1, 2).cumsum(axis=0)
        for weights in (clicked, np.ones(len(log)))
    )
    both = (n > 0).all(axis=1)
    return clicks[both], n[both]
