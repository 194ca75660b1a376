"""The relative lift: by how many per cent the treatment is better."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlbook.ab.two_arms.mean import welch
from mlbook.ab.two_arms.moments import moments

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from mlbook.ab.two_arms.estimates import Estimate
    from mlbook.ab.two_arms.moments import Moments

__all__ = ["relative"]


def relative(
    control: Moments | ArrayLike, treatment: Moments | ArrayLike, *, alpha: float = 0.05
) -> Estimate:
    """Compare two means by their ratio.

    Parameters
    ----------
    control, treatment : Moments or array_like of shape (..., n)
        The arms, or one number a unit on the last axis. Of shares: ``Moments.from_counts(clicks,
        n)``; of a ratio: ``PairMoments.ratio``.
    alpha : float
        Level of the interval.

    Returns
    -------
    Estimate
        Of ``treatment / control - 1``.

    Raises
    ------
    ValueError
        When the mean of control is not above 0.

    Notes
    -----
    Conventions: the delta method, with Welch's degrees of freedom. This is another test than
    that of the difference, and has another p-value: the mean of control, which is divided by, is
    itself only estimated.

    Examples
    --------
    >>> from mlbook.ab import Moments
    >>> relative(Moments.from_counts(46, 10_000), Moments.from_counts(69, 10_000))
    0.0046 to 0.0069: +0.5 (95 % interval -0.0581 to +1.06), p = 0.079, relative lift, delta method
    """
    first, second = moments("control", control), moments("treatment", treatment)
    if (first.mean <= 0).any():
        text = "control must have a mean > 0 (a relative lift is divided by it)"
        raise ValueError(f"{text}, got {first.mean.min():g}. Compare means instead.")
    lift = second.mean / first.mean
    return welch(
        first,
        second,
        effect=lift - 1,
        parts=(
            lift**2 * first.variance / first.n / first.mean**2,
            second.variance / second.n / first.mean**2,
        ),
        alpha=alpha,
        test="relative lift, delta method",
    )
