"""Always-valid intervals: look at every user, stop whenever you like, never plan a number of looks.

An interval for all times at once (an asymptotic confidence sequence) is wider than one for a single
look. How much wider depends on how many units there are, and on the number that it is tuned for.

Chapter: 02
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mlbook.ab.checks import plain, within
from mlbook.ab.two_arms.estimates import ends, over

if TYPE_CHECKING:
    from mlbook.ab.two_arms.estimates import Estimate

__all__ = ["always_valid", "always_valid_z"]

UNITS = "units seen, of both arms together"


def always_valid_z(n: ArrayLike, tuned_n: float, alpha: float = 0.05) -> Any:
    """Give the standard errors that 1 - alpha of all A/A tests exceed at *no* time.

    Parameters
    ----------
    n : float or array_like
        Units seen when somebody looks, > 0.
    tuned_n : float
        At how many the interval is narrowest, > 0, compared to what is possible.
    alpha : float
        How often an experiment without an effect may ever be stopped as one.

    Returns
    -------
    float or ndarray
        Takes the place of 1.96.

    Notes
    -----
    The normal mixture of Robbins: ``sqrt(2 (r + 1) / r * log(sqrt(r + 1) / alpha))``, where r is n
    over `tuned_n` times ``-2 log(alpha) + log(1 - 2 log(alpha))``. The level is kept for large n;
    for very few units the standard error itself is a guess.

    References
    ----------
    I. Waudby-Smith, D. Arbour, R. Sinha, E. H. Kennedy, A. Ramdas, "Time-uniform central limit
    theory and asymptotic confidence sequences", Annals of Statistics 52 (2024).

    Examples
    --------
    >>> (always_valid_z([10_000, 1_000], tuned_n=10_000) / 1.96).round(2).tolist()
    [1.55, 1.97]
    """
    ratio = _mixing(n, tuned_n, alpha)
    squared = 2 * (ratio + 1) / ratio * (np.log1p(ratio) / 2 - np.log(alpha))
    return plain(np.sqrt(squared))


def always_valid(estimate: Estimate, n: ArrayLike, *, tuned_n: float) -> Estimate:
    """Widen an estimate, so that one may look at any time and at any number of them.

    Parameters
    ----------
    estimate : Estimate
        From :func:`proportions`, :func:`means` and the like; one look, or one look a place.
    n : float or array_like
        Units seen at each look, > 0, of both arms together.
    tuned_n : float
        At how many the interval is narrowest, > 0: the number that is planned.

    Returns
    -------
    Estimate
        The same effect with a wider interval and a larger p-value.

    Examples
    --------
    >>> import mlbook as mb
    >>> look = mb.ab.proportions([46, 69], [10_000, 10_000])
    >>> always_valid(look, n=20_000, tuned_n=20_000).p_value.__round__(2)
    0.38
    """
    ratio = _mixing(n, tuned_n, estimate.alpha)
    effect, error = np.asarray(estimate.effect), np.asarray(estimate.standard_error)
    width = always_valid_z(n, tuned_n, estimate.alpha)
    z = over(effect, error)
    p_value = np.exp(np.minimum(np.log1p(ratio) / 2 - z**2 * ratio / (2 * (ratio + 1)), 0.0))
    return replace(
        estimate,
        interval=ends(effect, error, width),
        p_value=plain(p_value),
        test=f"{estimate.test}, always valid",
    )


def _mixing(n: ArrayLike, tuned_n: float, alpha: float) -> NDArray[np.float64]:
    """Give the units seen, in those at which the interval is narrowest, times its constant."""
    seen = within("n", n, 0, np.inf, UNITS)
    tuned = within("tuned_n", tuned_n, 0, np.inf, UNITS)
    within("alpha", alpha, 0, 1, "share of false alarms")
    twice = -2 * np.log(alpha)
    ratio: NDArray[np.float64] = seen / tuned * (twice + np.log1p(twice))
    return ratio
