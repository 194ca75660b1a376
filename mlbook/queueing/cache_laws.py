"""How often a cache hits: closed forms for two ways of forgetting."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mlbook.validate import integer, number

__all__ = ["lru_hit_share", "ttl_hit_share"]


def ttl_hit_share(rate_per_s: float, shares: ArrayLike, ttl_s: float) -> float:
    """Share of the look-ups that hit a cache whose values live for a fixed time after a miss.

    Parameters
    ----------
    rate_per_s : float
        Poisson look-ups a second.
    shares : array_like of shape (keys,)
        How often each key is asked for; they add up to 1.
    ttl_s : float
        Time to live in seconds.

    Returns
    -------
    float
        The sum over the keys of ``p x / (1 + x)`` with ``x = rate p ttl``: after a miss, x more
        look-ups are expected before the value dies. By the same token a hit is ``ttl / 2`` old on
        average.

    Examples
    --------
    >>> ttl_hit_share(rate_per_s=1.0, shares=[1.0], ttl_s=3.0)
    0.75
    """
    number("rate_per_s", rate_per_s, at_least=0, unit="look-ups a second")
    number("ttl_s", ttl_s, above=0, unit="seconds")
    p = _checked(shares)
    expected = rate_per_s * p * ttl_s
    return float((p * expected / (1 + expected)).sum())


def lru_hit_share(shares: ArrayLike, capacity: int) -> float:
    """Share of the look-ups that hit a cache that drops what was used least recently.

    Parameters
    ----------
    shares : array_like of shape (keys,)
        How often each key is asked for; they add up to 1.
    capacity : int
        How many keys fit, >= 1.

    Returns
    -------
    float
        Che's approximation: a key stays for a characteristic time T, at which the expected number
        of keys asked for since is the capacity.

    References
    ----------
    H. Che, Y. Tung, Z. Wang, "Hierarchical web caching systems", 2002.

    Examples
    --------
    >>> round(lru_hit_share([0.25] * 4, capacity=2), 3)
    0.5
    """
    p = _checked(shares)
    integer("capacity", capacity, at_least=1, unit="keys")
    p = p[p > 0]  # who is never asked for takes no place
    if capacity >= p.size:
        return 1.0

    def too_many(look_ups: float) -> float:
        return float(-np.expm1(-p * look_ups).sum()) - capacity

    low, high = 0.0, float(capacity)
    while too_many(high) < 0:
        high *= 2
    for _ in range(100):  # halve the interval: more keys are asked for, the longer one waits
        middle = (low + high) / 2
        low, high = (middle, high) if too_many(middle) < 0 else (low, middle)
    return float((p * -np.expm1(-p * high)).sum())


def _checked(shares: ArrayLike) -> NDArray[np.float64]:
    p = np.asarray(shares, dtype=float)
    if p.ndim != 1 or not (p >= 0).all() or abs(p.sum() - 1) > 1e-9:
        text = f"shares must be >= 0 and add up to 1, got a sum of {p.sum():g}"
        raise ValueError(f"{text}. Divide them by their sum.")
    return p
