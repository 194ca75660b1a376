"""How many wait longer: the whole distribution of the time in an M/M/c system."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mlbook.queueing.laws import erlang_c, utilization

__all__ = ["mmc_tail"]


def mmc_tail(
    time_s: ArrayLike, rate_per_s: float, service_mean_s: float, workers: int
) -> NDArray[np.float64]:
    """Share of the requests whose wait and service together take longer than a time.

    Parameters
    ----------
    time_s : array_like
        Seconds, >= 0.
    rate_per_s : float
        Poisson arrivals a second.
    service_mean_s : float
        Mean of the exponential service time in seconds.
    workers : int
        Number of workers c.

    Returns
    -------
    ndarray
        Of the shape of `time_s`; 1 everywhere when the utilisation is 1 or more.

    Notes
    -----
    With Erlang's probability C nobody is free, and then the wait is exponential with the rate at
    which the line shrinks, ``c / s - rate``; the service is added to it. For one worker both merge
    into one exponential.

    References
    ----------
    A. K. Erlang, 1917; the sum with the service time is worked out here.

    Examples
    --------
    >>> one = mmc_tail([0.0, 0.1], rate_per_s=80, service_mean_s=0.01, workers=1)
    >>> one.round(4).tolist()
    [1.0, 0.1353]
    """
    t = np.asarray(time_s, dtype=float)
    if utilization(rate_per_s, service_mean_s, workers) >= 1:
        return np.ones_like(t)
    served, shrinks = 1 / service_mean_s, workers / service_mean_s - rate_per_s
    waits = erlang_c(rate_per_s, service_mean_s, workers)
    service = np.exp(-served * t)
    # (shrinks e^-served t - served e^-shrinks t) / (shrinks - served), also where they are equal
    gap = shrinks - served
    both = service * (1 + served * t * _shrunk(gap * t))
    return np.asarray((1 - waits) * service + waits * both)


def _shrunk(x: NDArray[np.float64]) -> NDArray[np.float64]:
    """Compute (1 - e^-x) / x, which is 1 at 0."""
    safe = np.where(np.abs(x) < 1e-9, 1.0, x)
    return np.where(np.abs(x) < 1e-9, 1.0, -np.expm1(-safe) / safe)
