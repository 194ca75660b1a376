"""Things that are there and away by turns, as a phone's network is."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mlbook.validate import number

__all__ = ["OnOff"]


class OnOff:
    """Several things, each there and away by turns, for exponentially long times.

    Parameters
    ----------
    rng : numpy.random.Generator
        The stream of random numbers.
    size : int
        How many things.
    away_share : float
        Share of the time that each is away, from 0 to below 1.
    away_mean_s : float
        Mean length of one absence in seconds, > 0.
    until_s : float
        Up to when they are drawn, in seconds; later nothing is away.

    Notes
    -----
    All are there at second 0; after a few absences the share is what it should be.

    Examples
    --------
    >>> phones = OnOff(np.random.default_rng(1), 1000, 0.2, away_mean_s=60.0, until_s=3600.0)
    >>> bool(0.15 < phones.away(np.arange(1000), np.full(1000, 3000.0)).mean() < 0.25)
    True
    """

    def __init__(
        self,
        rng: np.random.Generator,
        size: int,
        away_share: float,
        away_mean_s: float,
        until_s: float,
    ) -> None:
        number("away_share", away_share, at_least=0, at_most=0.99, unit="share of the time away")
        number("away_mean_s", away_mean_s, above=0, unit="seconds")
        self._edges = np.empty(0)
        if not away_share:
            return
        there_mean_s = away_mean_s * (1 - away_share) / away_share
        turns = until_s / (there_mean_s + away_mean_s)
        shape = (size, int(turns + 6 * turns**0.5 + 10), 2)  # enough, but for one in a million
        lengths = rng.exponential([there_mean_s, away_mean_s], shape).reshape(size, -1)
        edges = lengths.cumsum(axis=1)
        # A thing's number and an instant in one sortable number: the span keeps things apart.
        self._span, self._per_thing = 2 * max(float(edges.max()), until_s), edges.shape[1]
        self._edges = (np.arange(size)[:, None] * self._span + edges).ravel()

    def away(self, which: NDArray[np.int64], at_s: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Tell whether things are away.

        Parameters
        ----------
        which : ndarray of shape (n,)
            Their numbers, from 0.
        at_s : ndarray of shape (n,)
            The instants in seconds, from 0 up to the end of what was drawn.

        Returns
        -------
        ndarray of shape (n,)
            True where the thing is away.
        """
        if not self._edges.size:
            return np.zeros(which.shape, dtype=bool)
        passed = np.searchsorted(self._edges, which * self._span + at_s, side="right")
        away: NDArray[np.bool_] = (passed - which * self._per_thing) % 2 == 1
        return away
