"""Two means: whether the users bring more."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mlbook.ab.two_arms.estimates import Estimate, by_t
from mlbook.ab.two_arms.moments import Moments, moments

__all__ = ["means", "welch"]


def means(
    control: Moments | ArrayLike, treatment: Moments | ArrayLike, *, alpha: float = 0.05
) -> Estimate:
    """Compare two means.

    Parameters
    ----------
    control, treatment : Moments or array_like of shape (..., n)
        The arms, or one number a unit on the last axis.
    alpha : float
        Level of the interval.

    Returns
    -------
    Estimate
        Of the mean, treatment minus control.

    Notes
    -----
    Conventions: Welch's t test. Each arm has its own variance (divided by n - 1), and the degrees
    of freedom are Welch's and Satterthwaite's. Where neither arm varies, the interval has no ends
    and p is 1.

    Examples
    --------
    >>> means([1, 2, 3, 4], [3, 4, 5, 9])
    2.5 to 5.25: +2.75 (95 % interval -1.19 to +6.69), p = 0.13, Welch's t test
    """
    first, second = moments("control", control), moments("treatment", treatment)
    return welch(
        first,
        second,
        effect=second.mean - first.mean,
        parts=(first.variance / first.n, second.variance / second.n),
        alpha=alpha,
        test="Welch's t test",
    )


def welch(
    control: Moments,
    treatment: Moments,
    *,
    effect: NDArray[np.float64],
    parts: tuple[NDArray[np.float64], NDArray[np.float64]],
    alpha: float,
    test: str,
) -> Estimate:
    """Make an estimate whose variance has a part from each arm.

    Parameters
    ----------
    control, treatment : Moments
        The arms.
    effect : ndarray
        What is estimated.
    parts : tuple of ndarray
        What each arm adds to the variance of the effect.
    alpha : float
        Level of the interval.
    test : str
        The test's name.

    Returns
    -------
    Estimate
        With the degrees of freedom of Welch and Satterthwaite.
    """
    variance = parts[0] + parts[1]
    spread = parts[0] ** 2 / (control.n - 1) + parts[1] ** 2 / (treatment.n - 1)
    variance, spread = np.broadcast_arrays(variance, spread)
    df = np.divide(variance**2, spread, out=np.ones(spread.shape), where=spread > 0)
    return by_t(
        control.mean, treatment.mean, effect, np.sqrt(variance), df=df, alpha=alpha, test=test
    )
