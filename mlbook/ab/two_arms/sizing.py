"""How many users? Power, sample size and the smallest effect that is found, for two shares.

All of it is asked *before* the experiment. Afterwards the interval says what was possible.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr, ndtri

from mlbook.ab.checks import plain, within

__all__ = ["minimum_detectable_effect", "power", "sample_size"]

SHARE = "the share of an arm that clicks"


def power(
    p1: ArrayLike,
    p2: ArrayLike,
    n: ArrayLike,
    alpha: float = 0.05,
    *,
    n_treatment: ArrayLike | None = None,
) -> Any:
    """Tell how often an experiment finds a true difference of two shares.

    Parameters
    ----------
    p1, p2 : float or array_like
        The true shares in control and treatment, > 0 and < 1.
    n : float or array_like
        Units in *each* arm, > 0.
    alpha : float
        The test finds something when its p-value is below.
    n_treatment : float or array_like, optional
        Units in the treatment when there are not as many as in control: a canary.

    Returns
    -------
    float or ndarray
        0 to 1. Without a difference it is `alpha`: that often chance alone is found.

    Notes
    -----
    Conventions: the pooled z test of :func:`proportions`, two-sided, in the normal approximation;
    both tails count (R's ``power.prop.test(strict = TRUE)``).

    Examples
    --------
    >>> round(power(0.0051, 0.0067, n=10_000), 2)
    0.31
    """
    low, high = within("p1", p1, 0, 1, SHARE), within("p2", p2, 0, 1, SHARE)
    control = within("n", n, 0, np.inf, "units in each arm")
    treatment = control
    if n_treatment is not None:
        treatment = within("n_treatment", n_treatment, 0, np.inf, "units in the treatment")
    within("alpha", alpha, 0, 1, "share of false alarms")
    return plain(_power(low, high, control, treatment, alpha))


def sample_size(p1: ArrayLike, p2: ArrayLike, power: float = 0.8, alpha: float = 0.05) -> Any:
    """Tell how many units each arm needs.

    Parameters
    ----------
    p1, p2 : float or array_like
        The shares in control and treatment that shall be told apart, > 0 and < 1.
    power : float
        How often the difference shall be found, > alpha / 2 and < 1.
    alpha : float
        The test finds something when its p-value is below.

    Returns
    -------
    int or ndarray
        Units in each arm, rounded up.

    Raises
    ------
    ValueError
        When there is no difference to find.

    Notes
    -----
    Conventions as in :func:`power`, but only the tail on the side of the effect counts, as in R's
    default: from a power of one half on, the other one is below a ten-thousandth.

    Examples
    --------
    >>> sample_size(0.05, 0.0525)
    122124
    """
    low, high = within("p1", p1, 0, 1, SHARE), within("p2", p2, 0, 1, SHARE)
    within("alpha", alpha, 0, 1, "share of false alarms")
    within("power", power, alpha / 2, 1, "share of the experiments that find the effect")
    if (low == high).any():
        text = "p2 must differ from p1 (the effect that shall be found)"
        raise ValueError(f"{text}, got {low.flat[0]:g} twice. No size finds an effect of zero.")
    pooled = (low + high) / 2
    null = -ndtri(alpha / 2) * np.sqrt(2 * pooled * (1 - pooled))
    other = ndtri(power) * np.sqrt(low * (1 - low) + high * (1 - high))
    n = np.ceil(((null + other) / (high - low)) ** 2)
    return plain(n.astype(np.int64))


def minimum_detectable_effect(
    p1: ArrayLike, n: ArrayLike, power: float = 0.8, alpha: float = 0.05
) -> Any:
    """Tell the smallest rise of a share that an experiment of a given size finds reliably.

    Parameters
    ----------
    p1 : float or array_like
        The share in control, > 0 and < 1.
    n : float or array_like
        Units in each arm, > 0.
    power : float
        How often it shall be found, > alpha and < 1.
    alpha : float
        The test finds something when its p-value is below.

    Returns
    -------
    float or ndarray
        ``p2 - p1`` > 0, as a share; divide by `p1` for the relative one.

    Raises
    ------
    ValueError
        When even a share of nearly 1 is not found.

    Examples
    --------
    >>> round(minimum_detectable_effect(0.0046, n=10_000) / 0.0046, 2)
    0.67
    """
    low = within("p1", p1, 0, 1, SHARE)
    size = within("n", n, 0, np.inf, "units in each arm")
    within("alpha", alpha, 0, 1, "share of false alarms")
    within("power", power, alpha, 1, "share of the experiments that find the effect")
    least, most = np.zeros(np.broadcast_shapes(low.shape, size.shape)), 1 - low - 1e-12
    most = np.broadcast_to(most, least.shape)
    if (_power(low, low + most, size, size, alpha) < power).any():
        text = f"n must be larger to find any effect with a power of {power:g}"
        raise ValueError(f"{text} (units in each arm), got {size.min():g}.")
    from scipy.optimize.elementwise import find_root

    def spare(effect: NDArray[np.float64], p1: Any, n: Any) -> NDArray[np.float64]:
        return _power(p1, p1 + effect, n, n, alpha) - power

    return plain(find_root(spare, (least, most), args=(low, size)).x)


def _power(
    p1: NDArray[np.float64],
    p2: NDArray[np.float64],
    n1: NDArray[np.float64],
    n2: NDArray[np.float64],
    alpha: float,
) -> NDArray[np.float64]:
    pooled = (n1 * p1 + n2 * p2) / (n1 + n2)
    edge = -ndtri(alpha / 2) * np.sqrt(pooled * (1 - pooled) * (1 / n1 + 1 / n2))
    error = np.sqrt(p1 * (1 - p1) / n1 + p2 * (1 - p2) / n2)
    gap = p2 - p1
    found: NDArray[np.float64] = ndtr((gap - edge) / error) + ndtr((-gap - edge) / error)
    return found
