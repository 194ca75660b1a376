"""A ratio of two sums: clicks per visit, when users were split and not visits."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from mlbook.ab.two_arms.mean import means

if TYPE_CHECKING:
    from mlbook.ab.two_arms.estimates import Estimate
    from mlbook.ab.two_arms.moments import PairMoments

__all__ = ["ratio"]


def ratio(control: PairMoments, treatment: PairMoments, *, alpha: float = 0.05) -> Estimate:
    """Compare two ratios of sums over users.

    Parameters
    ----------
    control, treatment : PairMoments
        Of each user the numerator (clicks) and the denominator (visits).
    alpha : float
        Level of the interval.

    Returns
    -------
    Estimate
        Of ``sum(y) / sum(x)``, treatment minus control.

    Raises
    ------
    ValueError
        When the denominators of an arm sum to 0.

    Notes
    -----
    Visits of one user are alike, so their number overstates what is known, and a test that counts
    visits finds effects that are none. The delta method counts users: the ratio is treated as the
    mean of ``(y - R x) / mean(x)``, and then it is Welch's t test of means.

    References
    ----------
    A. Deng, U. Knoblich, J. Lu, "Applying the delta method in metric analytics", KDD 2018.

    Examples
    --------
    >>> from mlbook.ab import PairMoments
    >>> control = PairMoments.of([0, 2, 1, 3], [2, 5, 1, 8])
    >>> ratio(control, PairMoments.of([1, 2, 4, 2], [2, 4, 5, 3]))
    0.375 to 0.643: +0.268 (95 % interval -0.00256 to +0.538), p = 0.052, delta method, Welch's t
    """
    found = means(control.ratio, treatment.ratio, alpha=alpha)
    return replace(found, test="delta method, Welch's t")
