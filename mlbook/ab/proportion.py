"""Two shares: whether more of the users, or of the visits, click."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from mlbook.ab.checks import clicks_of, two_arms
from mlbook.ab.estimates import Estimate, by_normal

__all__ = ["proportions"]


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
    done, units = clicks_of(clicks, n)
    two_arms("clicks", done)
    share = done / units
    pooled = done.sum(axis=-1) / units.sum(axis=-1)
    return by_normal(
        share[..., 0],
        share[..., 1],
        share[..., 1] - share[..., 0],
        np.sqrt((share * (1 - share) / units).sum(axis=-1)),
        null_error=np.sqrt(pooled * (1 - pooled) * (1 / units).sum(axis=-1)),
        alpha=alpha,
        test="pooled z test",
    )
