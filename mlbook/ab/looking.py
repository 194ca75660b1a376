"""What somebody saw who looked at a test every day.

Chapter: 02
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlbook.ab.by_unit import log_of
from mlbook.units import DAY
from mlbook.validate import did_you_mean, number

__all__ = ["running_counts"]

ARMS = ("control", "treatment")


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
    for column in ("arm", "requested_at_s", metric):
        if column not in log:
            hint = did_you_mean(column, list(log.columns))
            raise ValueError(f"data must have the column {column!r}, got none.{hint}")
    arm = log["arm"].to_numpy()
    if not np.isin(arm, ARMS).all():
        names = sorted(set(arm) - set(ARMS))
        raise ValueError(f"arm must be one of {', '.join(ARMS)}, got {names[0]!r}.")
    number("every", every, above=0, unit="seconds between two looks")
    look = (log["requested_at_s"].to_numpy() // every).astype(int)
    place = 2 * look + (arm == ARMS[1])
    size = 2 * (look.max() + 1)
    clicks, n = (
        np.bincount(place, weights, size).astype(np.int64).reshape(-1, 2).cumsum(axis=0)
        for weights in (log[metric].to_numpy(), np.ones(len(log)))
    )
    both = (n > 0).all(axis=1)
    return clicks[both], n[both]
