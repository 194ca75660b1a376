"""Two shares: whether more of the users, or of the visits, click."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mlbook.ab.checks import clicks_of, plain, two_arms
from mlbook.ab.two_arms.estimates import Estimate, by_normal

__all__ = ["pooled_z", "proportions"]


def proportions(clicks: ArrayLike, n: ArrayLike, *, alpha: float = 0.05) -> Estimate:
    """Compare two shares.

    Parameters
    ----------
    clicks : array_like of shape (..., 2)
        How many units did it, in control and treatment.
    n : array_like of shape (..., 2)
        How many units there are in each, one or more. They must be independent: users, or visits
        of different users.
    alpha : float
        Level of the interval.

    Returns
    -------
    Estimate
        Of ``clicks / n``, treatment minus control.

    Raises
    ------
    ValueError
        When an arm is empty, or has more clicks than units.

    Notes
    -----
    Conventions: the p-value is that of the z test with the *pooled* share (without an effect both
    arms have the same one), which is the chi-square test of the table of four, without a
    continuity correction. The interval and the standard error are *unpooled* (with an effect they
    are not the same), so at the edge of .05 the two may disagree. Where nobody clicks, or
    everybody, the interval has no ends and p is 1.

    Examples
    --------
    >>> proportions([46, 69], [10_000, 10_000])
    0.0046 to 0.0069: +0.0023 (95 % interval +0.000204 to +0.0044), p = 0.031, pooled z test
    """
    done, other, n1, n2 = _arms(clicks, n)
    control, treatment = done / n1, other / n2
    return by_normal(
        control,
        treatment,
        treatment - control,
        np.sqrt(control * (1 - control) / n1 + treatment * (1 - treatment) / n2),
        z=_pooled_z(done, other, n1, n2),
        alpha=alpha,
        test="pooled z test",
    )


def pooled_z(clicks: ArrayLike, n: ArrayLike) -> Any:
    """Give only the z of the test of two shares, for thousands of experiments at a time.

    Parameters
    ----------
    clicks : array_like of shape (..., 2)
        How many units did it, in control and treatment.
    n : array_like of shape (..., 2)
        How many units there are in each, one or more.

    Returns
    -------
    float or ndarray
        Positive when the treatment has the larger share; 0 where nobody clicks, or everybody.

    Raises
    ------
    ValueError
        When an arm is empty, or has more clicks than units.

    Examples
    --------
    >>> round(pooled_z([46, 69], [10_000, 10_000]), 3)
    2.151
    """
    return plain(_pooled_z(*_arms(clicks, n)))


def _arms(clicks: ArrayLike, n: ArrayLike) -> list[NDArray[np.float64]]:
    """Take control and treatment apart; sums over an axis of two would be slow."""
    done, units = clicks_of(clicks, n)
    two_arms("clicks", done)
    units = np.broadcast_to(units, (*units.shape[:-1], 2))
    return [each[..., arm] for each in (done, units) for arm in (0, 1)]


def _pooled_z(
    done: NDArray[np.float64],
    other: NDArray[np.float64],
    n1: NDArray[np.float64],
    n2: NDArray[np.float64],
) -> NDArray[np.float64]:
    # In place, because new pages of memory would take half of the time.
    clicks, total = done + other, n1 + n2
    error = np.empty(np.broadcast_shapes(done.shape, n1.shape))
    np.multiply(clicks, total - clicks, out=error)
    error *= 1 / (total * n1 * n2)
    np.sqrt(error, out=error)
    error[error == 0] = np.inf  # nobody clicks, or everybody: nothing is claimed
    z = np.divide(other, n2, out=np.empty_like(error))
    z -= done / n1
    z /= error
    return z
