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
    every clicked candidate among the unclicked and the other way round. N. Obuchowski, Biometrics
    53, 1997: the same with clusters, here users, as the independent units.
    """
    clicked = run.world.visits.clicked[run.log["visit"]].ravel()
    scores = run.slate_score.ravel()
    user = np.repeat(run.log["user"], run.slate_score.shape[1])
    known = ~np.isnan(scores)
    good, bad = known & clicked, known & ~clicked
    users = np.unique(user[known]).size
    if good.sum() < 2 or bad.sum() < 2 or users < 2:
        return np.nan, np.nan
    wins = _share_below(scores[good], scores[bad])  # each clicked one: unclicked ranked lower
    beaten = 1 - _share_below(scores[bad], scores[good])  # each unclicked: clicked ranked higher
    area = wins.mean()
    # What each user adds to the area; users are independent, candidates of one user are not.
    surplus = np.bincount(user[good], wins - area, user.max() + 1) / good.sum()
    surplus += np.bincount(user[bad], beaten - area, user.max() + 1) / bad.sum()
    error = np.sqrt(users / (users - 1) * (surplus**2).sum())
    return float(area), float(Z95 * error)


def _share_below(values: NDArray[np.float64], others: NDArray[np.float64]) -> NDArray[np.float64]:
    """Share of `others` below each value, ties counted half."""
    ordered = np.sort(others)
    below = np.searchsorted(ordered, values, side="left")
    upto = np.searchsorted(ordered, values, side="right")
    share: NDArray[np.float64] = (below + upto) / (2 * others.size)
    return share
