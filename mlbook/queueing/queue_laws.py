"""Closed forms of waiting lines beyond M/M/c: any service time, few places, urgency, batches."""

from __future__ import annotations

import math

from mlbook.queueing.laws import utilization
from mlbook.validate import fraction, integer, number

__all__ = [
    "blocking",
    "cobham_waits",
    "greedy_batch_size",
    "mg1_wait_mean",
    "mm1_quantile",
    "reneging_share",
]


def mg1_wait_mean(rate_per_s: float, service_mean_s: float, service_cv: float) -> float:
    """Mean wait before one worker, whatever the distribution of the service time.

    Parameters
    ----------
    rate_per_s : float
        Poisson arrivals a second.
    service_mean_s : float
        Mean service time in seconds.
    service_cv : float
        Its standard deviation divided by its mean: 0 for a constant, 1 for exponential times.

    Returns
    -------
    float
        Seconds before service starts; infinite when the utilisation is 1 or more.

    References
    ----------
    F. Pollaczek, 1930; A. Khinchine, 1932.

    Examples
    --------
    >>> mg1_wait_mean(rate_per_s=0.5, service_mean_s=1.0, service_cv=0.0)
    0.5
    """
    number("service_cv", service_cv, at_least=0, unit="standard deviation over mean")
    busy = utilization(rate_per_s, service_mean_s, 1)
    if busy >= 1:
        return math.inf
    return busy * service_mean_s * (1 + service_cv**2) / (2 * (1 - busy))


def mm1_quantile(q: float, rate_per_s: float, service_mean_s: float) -> float:
    """Quantile of the whole time, wait and service, in an M/M/1 queue.

    Parameters
    ----------
    q : float
        The quantile, 0 to 1.
    rate_per_s : float
        Poisson arrivals a second.
    service_mean_s : float
        Mean of the exponential service time in seconds.

    Returns
    -------
    float
        Seconds: the time is exponential with rate ``1/s - rate``.

    Examples
    --------
    >>> round(mm1_quantile(0.99, rate_per_s=80, service_mean_s=0.01), 2)
    0.23
    """
    if utilization(rate_per_s, service_mean_s, 1) >= 1 or fraction("q", q) == 1:
        return math.inf
    return -math.log1p(-q) / (1 / service_mean_s - rate_per_s)


def blocking(rate_per_s: float, service_mean_s: float, workers: int, places: int) -> float:
    """Share of the requests that an M/M/c/K system turns away.

    Parameters
    ----------
    rate_per_s : float
        Poisson arrivals a second.
    service_mean_s : float
        Mean of the exponential service time in seconds.
    workers, places : int
        Number of workers c, and of places in the line; K is their sum.

    Returns
    -------
    float
        A probability; also above utilisation 1.

    Notes
    -----
    Erlang's B for the workers, and one step of the same recursion for each place.

    Examples
    --------
    >>> round(blocking(rate_per_s=1.0, service_mean_s=1.0, workers=1, places=1), 4)
    0.3333
    """
    integer("places", places, at_least=0, unit="places in the line")
    utilization(rate_per_s, service_mean_s, workers)  # checks all three
    load, lost = rate_per_s * service_mean_s, 1.0
    for servers in range(1, workers + 1):
        lost = load * lost / (servers + load * lost)
    for _ in range(places):
        lost = load * lost / (workers + load * lost)
    return lost


def cobham_waits(
    urgent_per_s: float, other_per_s: float, service_mean_s: float, service_cv: float = 1.0
) -> tuple[float, float]:
    """Mean waits of urgent and of other requests before one worker that interrupts nobody.

    Parameters
    ----------
    urgent_per_s, other_per_s : float
        Poisson arrivals a second of the two classes.
    service_mean_s, service_cv : float
        Mean service time in seconds, and its standard deviation over its mean.

    Returns
    -------
    tuple of float
        Seconds before service starts, urgent and other.

    References
    ----------
    A. Cobham, "Priority assignment in waiting line problems", 1954.

    Examples
    --------
    >>> urgent_s, other_s = cobham_waits(0.4, 0.4, service_mean_s=1.0)
    >>> round(urgent_s, 3), round(other_s, 3)
    (1.333, 6.667)
    """
    number("service_cv", service_cv, at_least=0, unit="standard deviation over mean")
    urgent = utilization(urgent_per_s, service_mean_s, 1)
    busy = urgent + utilization(other_per_s, service_mean_s, 1)
    left = busy * service_mean_s * (1 + service_cv**2) / 2  # of the service that is going on
    first = math.inf if urgent >= 1 else left / (1 - urgent)
    return first, math.inf if busy >= 1 else left / ((1 - urgent) * (1 - busy))


def greedy_batch_size(rate_per_s: float, per_batch_s: float, per_request_s: float) -> float:
    """Size of the batches when a free worker takes whoever is there.

    Parameters
    ----------
    rate_per_s : float
        Arrivals a second.
    per_batch_s, per_request_s : float
        b and a: a batch of n takes b + a n seconds.

    Returns
    -------
    float
        ``rate b / (1 - a rate)``, the size at which as many come as are served; infinite when even
        endless batches are too slow. Where it is below one, batches hold one or two requests.

    Examples
    --------
    >>> round(greedy_batch_size(rate_per_s=2000, per_batch_s=0.0248, per_request_s=25e-6), 1)
    52.2
    """
    number("rate_per_s", rate_per_s, at_least=0, unit="arrivals a second")
    number("per_batch_s", per_batch_s, at_least=0, unit="seconds")
    number("per_request_s", per_request_s, at_least=0, unit="seconds")
    spare = 1 - per_request_s * rate_per_s
    return math.inf if spare <= 0 else rate_per_s * per_batch_s / spare


def reneging_share(
    rate_per_s: float, service_mean_s: float, patience_mean_s: float, workers: int
) -> float:
    """Share of the requests that give up in an M/M/c queue with exponential patience (Erlang A).

    Parameters
    ----------
    rate_per_s : float
        Poisson arrivals a second, > 0.
    service_mean_s, patience_mean_s : float
        Means of the exponential service time and patience in seconds.
    workers : int
        Number of workers c.

    Returns
    -------
    float
        A probability; also above utilisation 1, because who gives up relieves the line.

    References
    ----------
    C. Palm, 1957. Summed over the states of the birth-and-death process.

    Examples
    --------
    >>> round(reneging_share(1.0, service_mean_s=1.0, patience_mean_s=1.0, workers=1), 4)
    0.3679
    """
    number("patience_mean_s", patience_mean_s, above=0, unit="seconds")
    number("rate_per_s", rate_per_s, above=0, unit="arrivals a second")
    utilization(rate_per_s, service_mean_s, workers)
    weight, total, leaving, state = 1.0, 1.0, 0.0, 0
    while state <= workers or weight > 1e-17 * total:  # until the rest weighs nothing
        state += 1
        served = min(state, workers) / service_mean_s
        gives_up = max(state - workers, 0) / patience_mean_s
        weight *= rate_per_s / (served + gives_up)
        total += weight
        leaving += weight * gives_up
        if total > 1e200:  # only the ratio counts, and it must not overflow
            weight, total, leaving = weight / total, 1.0, leaving / total
    return leaving / total / rate_per_s
