"""The interval that somebody may look at every hour: a canary beside the others.

An interval of 95 % is wrong once in twenty looks, and a release is looked at every hour. The one
below is wrong at *any* hour with a probability of `alpha` in all: it is wider, and it needs neither
a number of looks nor a share that stays the same.

Chapter: 11
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from mlbook.ab import always_valid_z
from mlbook.validate import number

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

__all__ = ["Gap", "Watch"]


class Gap(NamedTuple):
    """How many more clicks a visit to the new version brings, and the interval of it.

    Parameters
    ----------
    low, mean, high : ndarray
        As shares: 0.01 is one click per 100 visits. Without a visit on both sides the interval is
        everything.
    """

    low: NDArray[np.float64]
    mean: NDArray[np.float64]
    high: NDArray[np.float64]


@dataclass(frozen=True)
class Watch:
    """An always-valid interval for the difference of two click rates.

    Parameters
    ----------
    alpha : float
        The probability that the interval ever misses the truth, however often it is looked at.
    tuned_to : float
        The difference that should be found quickest, as a share; the interval is valid for all.

    Notes
    -----
    The half width is :func:`mlbook.ab.always_valid_z` standard errors. What it counts as units is
    the information here, one over the variance of the difference, which adds up also when the share
    of the new version changes. The variance is that of equal rates (pooled).

    Examples
    --------
    >>> gap = Watch().gap(clicks=120, visits=4_000, other_clicks=1_600, other_visits=32_000)
    >>> f"{100 * gap.mean:.1f} ({100 * gap.low:.1f} to {100 * gap.high:.1f}) per 100 visits"
    '-2.0 (-3.1 to -0.9) per 100 visits'
    """

    alpha: float = 0.05
    tuned_to: float = 0.01

    def __post_init__(self) -> None:
        number("alpha", self.alpha, above=0, at_most=0.5, unit="probability of ever being wrong")
        number("tuned_to", self.tuned_to, above=0, at_most=1, unit="difference of click rates")

    def gap(
        self,
        clicks: ArrayLike,
        visits: ArrayLike,
        other_clicks: ArrayLike,
        other_visits: ArrayLike,
    ) -> Gap:
        """Compare the new version with the other one, from all counts so far.

        Parameters
        ----------
        clicks, visits : array_like
            Of the new version, since the beginning.
        other_clicks, other_visits : array_like
            Of the version beside it in the same hours.

        Returns
        -------
        Gap
            New minus other.
        """
        won, n = np.asarray(clicks, dtype=float), np.asarray(visits, dtype=float)
        other_won, m = np.asarray(other_clicks, dtype=float), np.asarray(other_visits, dtype=float)
        # One click and one visit without a click more: nobody is certain after ten visits.
        rate = (won + other_won + 1) / (n + m + 2)
        known = (n > 0) & (m > 0)
        n, m = np.maximum(n, 1), np.maximum(m, 1)
        mean = np.where(known, won / n - other_won / m, 0.0)
        variance = rate * (1 - rate) * (1 / n + 1 / m)
        half = np.where(known, self.half_width(variance), np.inf)
        return Gap(mean - half, mean, mean + half)

    def half_width(self, variance: ArrayLike) -> NDArray[np.float64]:
        """Give half the width of the interval.

        Parameters
        ----------
        variance : array_like
            Of the difference, above 0.

        Returns
        -------
        ndarray
            In the unit of the difference.
        """
        v = np.asarray(variance, dtype=float)
        half: NDArray[np.float64] = np.sqrt(v) * always_valid_z(1 / v, self._tuned, self.alpha)
        return half

    @property
    def _tuned(self) -> float:
        """The information at which the difference to be found quickest is just outside of zero."""
        return float((always_valid_z(1.0, 1.0, self.alpha) / self.tuned_to) ** 2)

    def variance_needed(self, difference: float) -> float:
        """Find the variance at which a true difference is, on average, just outside of zero.

        Parameters
        ----------
        difference : float
            The true difference, as a share, not 0.

        Returns
        -------
        float
            When the half width is as large as the difference.

        Notes
        -----
        The half width grows with the variance, so there is one.
        """
        size = abs(number("difference", difference, at_least=-1, at_most=1))
        number("difference", size, above=0, unit="a difference of click rates, not 0")
        from scipy.optimize import brentq

        def too_wide(power_of_two: float) -> float:
            return float(self.half_width(2.0**power_of_two)) - size

        return float(2.0 ** brentq(too_wide, -80.0, 0.0))
