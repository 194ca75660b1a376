"""When requests come: a Poisson stream, flat, in steps, or with the rhythm of a day."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mlbook.units import HOUR
from mlbook.validate import number

__all__ = ["diurnal", "in_steps", "poisson"]


def poisson(
    rng: np.random.Generator, rate_per_s: float, lasting_s: float, start_s: float = 0.0
) -> NDArray[np.float64]:
    """Draw the instants of a Poisson stream with a constant rate.

    Parameters
    ----------
    rng : numpy.random.Generator
        The stream of random numbers.
    rate_per_s : float
        Mean arrivals a second, >= 0.
    lasting_s : float
        Length of the stream in seconds, >= 0.
    start_s : float
        Its first instant in seconds.

    Returns
    -------
    ndarray of shape (n,)
        Sorted instants in seconds; `n` itself is random with mean `rate_per_s * lasting_s`.

    Examples
    --------
    >>> arrived_at_s = poisson(np.random.default_rng(1), rate_per_s=100, lasting_s=60)
    >>> bool(5700 < arrived_at_s.size < 6300)
    True
    """
    _check(rate_per_s, lasting_s)
    count = rng.poisson(rate_per_s * lasting_s)
    return np.sort(start_s + lasting_s * rng.random(count))


def in_steps(
    rng: np.random.Generator, rates_per_s: ArrayLike, lasting_s: ArrayLike
) -> NDArray[np.float64]:
    """Draw a Poisson stream whose rate steps from one value to the next.

    Parameters
    ----------
    rng : numpy.random.Generator
        The stream of random numbers.
    rates_per_s : array_like of shape (steps,)
        Mean arrivals a second in each step, >= 0.
    lasting_s : array_like of shape (steps,)
        Length of each step in seconds, >= 0.

    Returns
    -------
    ndarray of shape (n,)
        Sorted instants in seconds; `n` itself is random.

    Notes
    -----
    The k-th arrival comes when the summed rate has reached the sum of k exponential draws. So the
    same `rng` gives the same luck with other rates, and equal steps at the start give equal
    arrivals there.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> at_s = in_steps(rng, rates_per_s=[100, 300, 100], lasting_s=[60, 5, 60])
    >>> bool(1300 < ((at_s > 60) & (at_s <= 65)).sum() < 1700)
    True
    """
    rates, lasting = np.asarray(rates_per_s, dtype=float), np.asarray(lasting_s, dtype=float)
    if rates.shape != lasting.shape or rates.ndim != 1:
        text = f"rates_per_s and lasting_s must have one number a step, got shapes {rates.shape}"
        raise ValueError(f"{text} and {lasting.shape}. Give each rate its length.")
    for rate, length in zip(rates.tolist(), lasting.tolist(), strict=True):
        _check(rate, length)
    edges_s, summed = np.r_[0.0, lasting.cumsum()], np.r_[0.0, (rates * lasting).cumsum()]
    # Enough draws, but for one time in a million; what lies behind the end is left out.
    expected = np.cumsum(rng.standard_exponential(int(summed[-1] + 6 * summed[-1] ** 0.5 + 20)))
    return np.asarray(np.interp(expected[expected < summed[-1]], summed, edges_s))


def diurnal(
    rng: np.random.Generator, rate_per_s: float, lasting_s: float, hourly: ArrayLike
) -> NDArray[np.float64]:
    """Draw a Poisson stream whose rate follows the hour of the day.

    Parameters
    ----------
    rng : numpy.random.Generator
        The stream of random numbers.
    rate_per_s : float
        Mean arrivals a second over a whole day, >= 0.
    lasting_s : float
        Length of the stream in seconds; it starts at midnight.
    hourly : array_like of shape (24,)
        Relative weight of each hour; only the shape counts.

    Returns
    -------
    ndarray of shape (n,)
        Sorted instants in seconds.

    Notes
    -----
    Time rescaling: draw a flat stream in operational time, where one second holds one expected
    arrival, and map it back through the inverse of the cumulated rate.

    Examples
    --------
    >>> weights = np.where(np.arange(24) < 12, 1.0, 3.0)
    >>> at = diurnal(np.random.default_rng(1), rate_per_s=0.1, lasting_s=10 * 86400, hourly=weights)
    >>> bool(2.8 < np.mean(at % 86400 >= 43200) / np.mean(at % 86400 < 43200) < 3.2)
    True
    """
    _check(rate_per_s, lasting_s)
    weights = np.asarray(hourly, dtype=float)
    if weights.shape != (24,) or not (weights >= 0).all() or not weights.any():
        text = "hourly must be 24 weights >= 0 (one an hour, not all 0), got "
        raise ValueError(f"{text}{weights.tolist()}. Write np.ones(24) for a flat day.")
    hours = int(np.ceil(lasting_s / HOUR))
    per_hour = np.tile(weights / weights.mean(), hours // 24 + 1)[:hours] * rate_per_s * HOUR
    edges_s = np.arange(hours + 1) * HOUR
    expected = np.concatenate([[0.0], np.cumsum(per_hour)])
    total = float(np.interp(lasting_s, edges_s, expected))
    flat = np.sort(rng.random(rng.poisson(total))) * total
    at_s: NDArray[np.float64] = np.interp(flat, expected, edges_s)
    return at_s


def _check(rate_per_s: float, lasting_s: float) -> None:
    hint = "Write 0.1 for one in ten seconds."
    number("rate_per_s", rate_per_s, at_least=0, unit="arrivals a second", hint=hint)
    number("lasting_s", lasting_s, at_least=0, unit="seconds")
