"""CUPED: take away what was known about each user before the experiment began."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from mlbook.ab.two_arms.mean import means
from mlbook.ab.two_arms.moments import Moments

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mlbook.ab.two_arms.estimates import Estimate
    from mlbook.ab.two_arms.moments import PairMoments

__all__ = ["adjusted", "cuped"]


def cuped(control: PairMoments, treatment: PairMoments, *, alpha: float = 0.05) -> Estimate:
    """Compare two means after taking away what a covariate foretold.

    Parameters
    ----------
    control, treatment : PairMoments
        Of each user the metric (y) and the covariate (x), which must have been fixed *before* the
        experiment: the same metric in the weeks before, best of all.
    alpha : float
        Level of the interval.

    Returns
    -------
    Estimate
        Of the mean, treatment minus control; both arms are corrected to the mean covariate of all.

    Notes
    -----
    Conventions: one theta for both arms, the slope of y over x among all units together, then
    Welch's t test of ``y - theta (x - mean(x))``; that theta is estimated is not counted. The
    variance shrinks by the square of the correlation. Where the covariate does not vary, theta
    is 0. Something that the treatment can change is no covariate: its effect would be taken away.

    References
    ----------
    A. Deng, Y. Xu, R. Kohavi, T. Walker, "Improving the sensitivity of online controlled
    experiments by utilizing pre-experiment data", WSDM 2013.

    Examples
    --------
    >>> from mlbook.ab import PairMoments
    >>> control = PairMoments.of([3, 5, 8, 11], [2, 5, 8, 10])
    >>> treatment = PairMoments.of([5, 6, 10, 12], [3, 4, 9, 10])
    >>> cuped(control, treatment)
    6.87 to 8.13: +1.26 (95 % interval +0.343 to +2.17), p = 0.016, CUPED, Welch's t
    """
    first, second = adjusted(control, treatment)
    return replace(means(first, second, alpha=alpha), test="CUPED, Welch's t")


def adjusted(control: PairMoments, treatment: PairMoments) -> tuple[Moments, Moments]:
    """Correct both arms by their covariate.

    Parameters
    ----------
    control, treatment : PairMoments
        As for :func:`cuped`.

    Returns
    -------
    tuple of Moments
        Of the corrected metric in both arms, for :func:`relative`, say.
    """
    together = control + treatment
    covariance, variance = np.broadcast_arrays(together.covariance, together.x.variance)
    theta = np.divide(covariance, variance, out=np.zeros(variance.shape), where=variance > 0)
    middle = together.x.mean
    return _corrected(control, theta, middle), _corrected(treatment, theta, middle)


def _corrected(
    arm: PairMoments, theta: NDArray[np.float64], middle: NDArray[np.float64]
) -> Moments:
    variance = arm.y.variance - 2 * theta * arm.covariance + theta**2 * arm.x.variance
    # Rounding may leave a hair below 0 where the covariate tells all.
    return Moments(arm.y.n, arm.y.mean - theta * (arm.x.mean - middle), np.maximum(variance, 0))
