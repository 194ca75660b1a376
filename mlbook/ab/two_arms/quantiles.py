"""A quantile: whether the slowest hundredth got slower."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mlbook.ab.checks import plain, within
from mlbook.ab.two_arms.estimates import Estimate, over
from mlbook.ab.two_arms.moments import units
from mlbook.streams import stream
from mlbook.validate import integer

__all__ = ["quantile"]


def quantile(
    control: ArrayLike,
    treatment: ArrayLike,
    q: float,
    *,
    seed: int,
    draws: int = 2000,
    alpha: float = 0.05,
) -> Estimate:
    """Compare two quantiles by the bootstrap.

    Parameters
    ----------
    control, treatment : array_like of shape (..., n)
        One number a unit on the last axis, and the units must be independent: a user's mean
        latency, not all latencies of all users.
    q : float
        Which quantile, > 0 and < 1.
    seed : int
        Of the bootstrap.
    draws : int
        How many bootstrap samples, 100 or more.
    alpha : float
        Level of the interval.

    Returns
    -------
    Estimate
        Of the quantile, treatment minus control.

    Notes
    -----
    Conventions: the quantile is the ``ceil(q n)``-th smallest number (NumPy's ``"inverted_cdf"``);
    the interval is the percentile interval; p is twice the smaller share of the samples on either
    side of 0, each counted with one sample more.

    No sample is drawn: which of the n numbers is the k-th smallest of a bootstrap sample is
    ``floor(n B)`` with B from a Beta(k, n + 1 - k), exactly. So more
    units cost no more draws.

    Examples
    --------
    >>> slow = stream(1, "slow").exponential(1.0, (2, 4000))
    >>> found = quantile(slow[0], 1.2 * slow[1], 0.95, seed=1)
    >>> bool(found.significant), len(found.interval)
    (True, 2)
    """
    arms = units("control", control), units("treatment", treatment)
    within("q", q, 0, 1, "a share of the units")
    within("alpha", alpha, 0, 1, "share of false alarms")
    integer("draws", draws, at_least=100, unit="bootstrap samples")
    rng = stream(seed, "ab/quantile")
    (first, firsts), (second, seconds) = (_drawn(arm, q, draws, rng) for arm in arms)
    gaps = seconds - firsts
    below, above = ((gaps <= 0).sum(axis=-1) + 1, (gaps >= 0).sum(axis=-1) + 1)
    low, high = np.quantile(gaps, [alpha / 2, 1 - alpha / 2], axis=-1)
    return Estimate(
        control=plain(first),
        treatment=plain(second),
        effect=plain(second - first),
        standard_error=plain(gaps.std(axis=-1, ddof=1)),
        interval=(plain(low), plain(high)),
        statistic=plain(over(second - first, gaps.std(axis=-1, ddof=1))),
        p_value=plain(np.minimum(1.0, 2 * np.minimum(below, above) / (draws + 1))),
        alpha=float(alpha),
        test=f"bootstrap of the {q:g} quantile",
    )


def _drawn(
    arm: NDArray[np.float64], q: float, draws: int, rng: np.random.Generator
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Give the quantile of an arm, and those of its bootstrap samples on a new last axis."""
    n, in_order = arm.shape[-1], np.sort(arm, axis=-1)
    rank = max(int(np.ceil(q * n - 1e-9)), 1)
    places = rng.beta(rank, n + 1 - rank, (*arm.shape[:-1], draws))
    where = np.minimum((places * n).astype(np.int64), n - 1)
    return in_order[..., rank - 1], np.take_along_axis(in_order, where, axis=-1)
