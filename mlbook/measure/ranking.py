"""How well the scores rank: the area under the ROC curve with its interval."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from mlbook.measure.clicks import Z95

if TYPE_CHECKING:
    from mlbook.experiment import Run

__all__ = ["auc"]


def auc(run: Run) -> tuple[float, float]:
    """Of a clicked and an unclicked candidate, how often the clicked one is ranked higher.

    Parameters
    ----------
    run : Run
        What happened.

    Returns
    -------
    tuple of float
        The area under the ROC curve over all candidates of all slates, so that what was shown
        selects nothing, and the half width of its 95 % interval; NaN with one class only.

    References
    ----------
    E. DeLong, D. DeLong, D. Clarke-Pearson, Biometrics 44, 1988: the variance from the placement of
    every clicked candidate among the unclicked and the other way round.
    """
    clicked = run.world.visits.clicked[run.log["visit"]].ravel()
    scores = run.slate_score.ravel()
    known = ~np.isnan(scores)
    good, bad = scores[known & clicked], scores[known & ~clicked]
    if good.size < 2 or bad.size < 2:
        return np.nan, np.nan
    wins = _share_below(good, bad)  # each clicked one: share of the unclicked ranked lower
    losses = 1 - _share_below(bad, good)
    variance = wins.var(ddof=1) / good.size + losses.var(ddof=1) / bad.size
    return float(wins.mean()), float(Z95 * np.sqrt(variance))


def _share_below(values: NDArray[np.float64], others: NDArray[np.float64]) -> NDArray[np.float64]:
    """Share of `others` below each value, ties counted half."""
    ordered = np.sort(others)
    below = np.searchsorted(ordered, values, side="left")
    upto = np.searchsorted(ordered, values, side="right")
    share: NDArray[np.float64] = (below + upto) / (2 * others.size)
    return share
