"""Closed forms of waiting lines: what simulations are checked against and plots overlaid with."""

from __future__ import annotations

import math

from mlbook.validate import fraction, integer, number

__all__ = [
    "erlang_c",
    "mmc_wait_mean",
    "mmc_wait_quantile",
    "utilization",
]


def utilization(rate_per_s: float, service_mean_s: float, workers: int) -> float:
    """Share of the time that a worker is busy, if nothing is lost.

    Parameters
    ----------
    rate_per_s : float
        Arrivals a second.
    service_mean_s : float
        Mean time a request keeps its worker, in seconds.
    workers : int
        Number of workers.

    Returns
    -------
    float
        rho = rate * service / workers; from 1 on the queue grows without end.

    Examples
    --------
    >>> utilization(200, 0.010, 4)
    0.5
    """
    number("rate_per_s", rate_per_s, at_least=0, unit="arrivals a second")
    number("service_mean_s", service_mean_s, above=0, unit="seconds")
    integer("workers", workers, at_least=1, unit="workers")
    return rate_per_s * service_mean_s / workers


def erlang_c(rate_per_s: float, service_mean_s: float, workers: int) -> float:
    """Probability that a request has to wait in an M/M/c queue.

    Parameters
    ----------
    rate_per_s : float
        Poisson arrivals a second.
    service_mean_s : float
        Mean of the exponential service time in seconds.
    workers : int
        Number of workers c.

    Returns
    -------
    float
        A probability; 1 when the utilisation is 1 or more.

    References
    ----------
    A. K. Erlang, 1917; computed through the recursion of the Erlang-B formula, which does not
    overflow.

    Examples
    --------
    >>> round(erlang_c(rate_per_s=0.8, service_mean_s=1.0, workers=1), 6)
    0.8
    """
    if utilization(rate_per_s, service_mean_s, workers) >= 1:
        return 1.0
    load = rate_per_s * service_mean_s
    blocked = 1.0
    for servers in range(1, workers + 1):
        blocked = load * blocked / (servers + load * blocked)
    return blocked / (1 - load / workers * (1 - blocked))


def mmc_wait_mean(rate_per_s: float, service_mean_s: float, workers: int) -> float:
    """Mean wait in the queue of an M/M/c system.

    Parameters
    ----------
    rate_per_s : float
        Poisson arrivals a second.
    service_mean_s : float
        Mean of the exponential service time in seconds.
    workers : int
        Number of workers c.

    Returns
    -------
    float
        Seconds before service starts; infinite when the utilisation is 1 or more.

    Examples
    --------
    >>> round(mmc_wait_mean(rate_per_s=0.8, service_mean_s=1.0, workers=1), 6)
    4.0
    """
    if utilization(rate_per_s, service_mean_s, workers) >= 1:
        return math.inf
    spare_per_s = workers / service_mean_s - rate_per_s
    return erlang_c(rate_per_s, service_mean_s, workers) / spare_per_s


def mmc_wait_quantile(q: float, rate_per_s: float, service_mean_s: float, workers: int) -> float:
    """Quantile of the wait in the queue of an M/M/c system.

    Parameters
    ----------
    q : float
        The quantile, 0 to 1: ``0.99`` for p99.
    rate_per_s : float
        Poisson arrivals a second.
    service_mean_s : float
        Mean of the exponential service time in seconds.
    workers : int
        Number of workers c.

    Returns
    -------
    float
        Seconds; 0 when fewer than ``1 - q`` of the requests wait at all.

    Notes
    -----
    ``P(wait > t) = C exp(-(c/s - rate) t)`` with C from :func:`erlang_c`.

    Examples
    --------
    >>> round(mmc_wait_quantile(0.99, rate_per_s=0.8, service_mean_s=1.0, workers=1), 2)
    21.91
    """
    if utilization(rate_per_s, service_mean_s, workers) >= 1 or fraction("q", q) == 1:
        return math.inf
    spare_per_s = workers / service_mean_s - rate_per_s
    waits = erlang_c(rate_per_s, service_mean_s, workers)
    return max(0.0, math.log(waits / (1 - q)) / spare_per_s) if waits > 0 else 0.0
