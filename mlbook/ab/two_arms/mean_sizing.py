"""How many users? The same three questions for two means."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import nctdtr, ndtri, stdtrit

from mlbook.ab.checks import finite, plain, within

__all__ = ["mean_detectable_effect", "mean_power", "mean_sample_size"]


def mean_power(effect: ArrayLike, sd: ArrayLike, n: ArrayLike, alpha: float = 0.05) -> Any:
    """Tell how often an experiment finds a true difference of two means.

    Parameters
    ----------
    effect : float or array_like
        The true difference.
    sd : float or array_like
        Standard deviation of the units in an arm, > 0, in the unit of `effect`. For a ratio it is
        the root of the variance of :attr:`PairMoments.ratio`.
    n : float or array_like
        Units in each arm, > 1.
    alpha : float
        The test finds something when its p-value is below.

    Returns
    -------
    float or ndarray
        0 to 1. Without a difference it is `alpha`: that often chance alone is found.

    Notes
    -----
    Conventions: two-sided t test of two arms with the same size and variance, by the noncentral t;
    both tails count (R's ``power.t.test(strict = TRUE)``).

    Examples
    --------
    >>> round(mean_power(1.0, 1.0, n=20), 6)
    0.868953
    """
    gap, scale = finite("effect", effect), within("sd", sd, 0, np.inf, "standard deviation")
    size = within("n", n, 1, np.inf, "units in each arm")
    within("alpha", alpha, 0, 1, "share of false alarms")
    df, shift = 2 * (size - 1), np.abs(gap) / scale * np.sqrt(size / 2)
    edge = stdtrit(df, 1 - alpha / 2)
    # The far tail, from its mirror image: below -edge SciPy gives NaN for a large shift.
    return plain(2 - nctdtr(df, shift, edge) - nctdtr(df, -shift, edge))


def mean_sample_size(
    effect: ArrayLike, sd: ArrayLike, power: float = 0.8, alpha: float = 0.05
) -> Any:
    """Tell how many units each arm needs to tell two means apart.

    Parameters
    ----------
    effect : float or array_like
        The difference that shall be found, not 0.
    sd : float or array_like
        Standard deviation of the units in an arm, > 0.
    power : float
        How often it shall be found, > alpha and < 1.
    alpha : float
        The test finds something when its p-value is below.

    Returns
    -------
    int or ndarray
        Units in each arm, rounded up: the least with that power in :func:`mean_power`.

    Raises
    ------
    ValueError
        When the effect is zero.

    Examples
    --------
    >>> mean_sample_size(1.0, 1.0, power=0.9)
    23
    """
    gap = finite("effect", effect, "the difference that shall be found")
    if (gap == 0).any():
        raise ValueError("effect must not be 0: no size finds an effect of zero.")
    within("power", power, alpha, 1, "share of the experiments that find the effect")
    scale = within("sd", sd, 0, np.inf, "standard deviation")
    # The normal approximation is at most some units too small; the t needs those few more.
    z = ndtri(power) - ndtri(alpha / 2)
    n = np.maximum(np.floor(2 * (z * scale / gap) ** 2), 2.0)
    while np.any(short := mean_power(gap, scale, n, alpha) < power):
        n = n + short
    return plain(n.astype(np.int64))


def mean_detectable_effect(
    sd: ArrayLike, n: ArrayLike, power: float = 0.8, alpha: float = 0.05
) -> Any:
    """Tell the smallest difference of two means that an experiment of a given size finds reliably.

    Parameters
    ----------
    sd : float or array_like
        Standard deviation of the units in an arm, > 0.
    n : float or array_like
        Units in each arm, > 1.
    power : float
        How often it shall be found, > alpha and < 1.
    alpha : float
        The test finds something when its p-value is below.

    Returns
    -------
    float or ndarray
        The difference, > 0, in the unit of `sd`.

    Examples
    --------
    >>> round(mean_detectable_effect(1.0, n=100), 4)
    0.3981
    """
    within("power", power, alpha, 1, "share of the experiments that find the effect")
    scale = within("sd", sd, 0, np.inf, "standard deviation")
    size = within("n", n, 1, np.inf, "units in each arm")
    z = ndtri(power) - ndtri(alpha / 2)
    # In standard deviations. The t needs more than the normal; twice is enough from n = 4 on.
    least = z * np.sqrt(2 / size)
    most = least * 2
    while np.any(short := mean_power(most, 1.0, size, alpha) < power):
        most = np.where(short, 2 * most, most)
    from scipy.optimize.elementwise import find_root

    def spare(effect: NDArray[np.float64], n: Any) -> Any:
        return mean_power(effect, 1.0, n, alpha) - power

    return plain(find_root(spare, (least, most), args=(size,)).x * scale)
