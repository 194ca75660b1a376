"""Visits with everything that could come of them, and the rows that a training may know."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from mlbook.units import DAY

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Labels", "Visits"]

TRAINING_WINDOW_S = 4 * DAY


@dataclass(frozen=True)
class Visits:
    """Requests for a recommendation, with everything that could come of them.

    Parameters
    ----------
    at_s : ndarray of shape (n,)
        When, in seconds, sorted.
    user : ndarray of shape (n,)
        Who.
    slate : ndarray of shape (n, k)
        The candidate items; the shop shows one of them.
    shown : ndarray of shape (n,)
        Position of the candidate that the shop showed before there was a model: the training
        labels come from these.
    clicked : ndarray of shape (n, k), bool
        Whether each candidate would be clicked.
    revenue : ndarray of shape (n, k)
        What each candidate would earn.
    probability : ndarray of shape (n, k)
        The true click probability.
    """

    at_s: NDArray[np.float64]
    user: NDArray[np.int64]
    slate: NDArray[np.int64]
    shown: NDArray[np.int64]
    clicked: NDArray[np.bool_]
    revenue: NDArray[np.float64]
    probability: NDArray[np.float64]

    def __len__(self) -> int:
        return self.at_s.size

    def labelled(self, newest_s: float) -> Labels:
        """Give what was shown and whether it was clicked, over four days.

        Parameters
        ----------
        newest_s : float
            The end of the four days, in seconds.

        Returns
        -------
        Labels
            One row a visit.
        """
        known = (self.at_s <= newest_s) & (self.at_s > newest_s - TRAINING_WINDOW_S)
        rows = np.flatnonzero(known)
        shown = self.shown[rows]
        return Labels(
            self.at_s[rows], self.user[rows], self.slate[rows, shown], self.clicked[rows, shown]
        )


@dataclass(frozen=True)
class Labels:
    """Training rows: who saw which item when, and whether they clicked.

    Parameters
    ----------
    at_s, user, item, clicked : ndarray of shape (n,)
        One entry a row.
    """

    at_s: NDArray[np.float64]
    user: NDArray[np.int64]
    item: NDArray[np.int64]
    clicked: NDArray[np.bool_]

    def __len__(self) -> int:
        return self.at_s.size
