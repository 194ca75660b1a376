"""Sample ratio mismatch: whether each arm has as many users as it was meant to have."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import chdtrc

from mlbook.ab.checks import finite, plain, whole
from mlbook.ab.two_arms.estimates import chance

__all__ = ["ALARM", "SampleRatio", "srm"]

ALARM = 0.001  # below it no experiment is read: a false alarm in a thousand sound experiments


@dataclass(frozen=True, eq=False)
class SampleRatio:
    """What the sizes of the arms tell about the split.

    Parameters
    ----------
    counts : ndarray of shape (..., k)
        Units of each arm.
    expected : ndarray of shape (..., k)
        As many as the weights would have.
    chi2 : float or ndarray
        Squared distance of the two.
    p_value : float or ndarray
        How often a sound split is at least as far away.
    """

    counts: NDArray[np.float64]
    expected: NDArray[np.float64]
    chi2: Any
    p_value: Any

    @property
    def ok(self) -> Any:
        """Whether the split may be sound: p is .001 or more."""
        return self.p_value >= ALARM

    def __repr__(self) -> str:
        if np.ndim(self.chi2):
            return f"{self.chi2.size:,} sample ratios, {np.mean(~self.ok):.1%} wrong"
        sizes = " : ".join(f"{count:,.0f}" for count in self.counts)
        planned = " : ".join(f"{count:,.10g}" for count in self.expected)
        word = "may be sound" if self.ok else "is WRONG"
        return f"{sizes} of planned {planned}, {chance(self.p_value)}: the split {word}"


def srm(counts: ArrayLike, weights: ArrayLike | None = None) -> SampleRatio:
    """Test the sizes of the arms against the shares that were planned.

    Parameters
    ----------
    counts : array_like of shape (..., k)
        Units of each arm. Units are what was assigned: users, mostly.
    weights : array_like of shape (k,), optional
        The share of each arm, summing to 1; without them all arms have the same.

    Returns
    -------
    SampleRatio
        With the p-value of the chi-square test with k - 1 degrees of freedom, without a correction.

    Raises
    ------
    ValueError
        When the weights do not sum to 1, or there is nobody in any arm.

    Notes
    -----
    An empty arm is a sample ratio, too, and a very wrong one. The alarm is set at p < .001, because
    the test is made in every experiment.

    Examples
    --------
    >>> srm([821_588, 815_482], [0.5, 0.5])
    821,588 : 815,482 of planned 818,535 : 818,535, p = 1.8e-06: the split is WRONG
    """
    found = np.atleast_1d(whole("counts", counts, "units of each arm"))
    k = found.shape[-1]
    shares = np.full(k, 1 / k) if weights is None else _shares(weights, k)
    total = found.sum(axis=-1, keepdims=True)
    if k < 2 or (total == 0).any():
        text = "counts must have two arms or more, and somebody in one of them"
        raise ValueError(f"{text}, got {found.tolist() if found.size < 9 else found.shape}.")
    expected = total * shares
    chi2 = ((found - expected) ** 2 / expected).sum(axis=-1)
    return SampleRatio(found, expected, plain(chi2), plain(chdtrc(k - 1, chi2)))


def _shares(weights: ArrayLike, k: int) -> NDArray[np.float64]:
    shares = finite("weights", weights, "the share of each arm")
    if shares.shape != (k,):
        raise ValueError(f"weights must have a share for each of {k} arms, got {shares.size}.")
    if (shares <= 0).any() or abs(shares.sum() - 1) > 1e-9:
        text = "weights must be > 0 and sum to 1 (the share of each arm)"
        raise ValueError(f"{text}, got {shares.tolist()} with the sum {shares.sum():g}.")
    return shares
