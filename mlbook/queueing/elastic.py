"""Workers that come and go: an autoscaler that is always late, and an instance that fell asleep."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mlbook.queueing.checked import instants, one_each
from mlbook.queueing.jit import jit
from mlbook.validate import fraction, integer, number

__all__ = ["asleep", "autoscale", "cold_start", "follow_the_load"]

Floats = NDArray[np.float64]
Ids = NDArray[np.int64]
MOST_LOOKS = 100_000_000


def autoscale(
    arrive_s: ArrayLike,
    service_s: ArrayLike,
    *,
    least: int,
    most: int,
    every_s: float,
    lag_s: float,
    target: float = 0.6,
) -> tuple[Floats, Ids]:
    """Serve with as many workers as the load of the last period asks for, some time later.

    Parameters
    ----------
    arrive_s : array_like of shape (n,)
        Arrival instants in seconds, sorted.
    service_s : array_like of shape (n,)
        How long each request keeps its worker, in seconds, >= 0.
    least, most : int
        The fewest and the most workers, >= 1.
    every_s : float
        Seconds between two looks at the load, > 0.
    lag_s : float
        Seconds until a new worker is ready, >= 0; a surplus one takes no new request at once.
    target : float
        How busy the workers should be, as a share, above 0.

    Returns
    -------
    tuple of (ndarray of shape (n,), ndarray of shape (n,))
        When each request leaves, in seconds, and how many workers were ordered when it came.

    Notes
    -----
    There is one line, first come, first served. The first look is one period after the first
    arrival. The scaler sees the work that *arrived* in the period, in seconds of service, divided
    by the period: that many workers would be busy all the time. It orders so many for the period to
    come, divided by `target` and rounded up. The worker that was ordered last goes first; one that
    is busy then ends its request. What happens at the instant of a look happens after it.

    Examples
    --------
    >>> done_s, workers = autoscale(
    ...     np.arange(6), np.full(6, 3.0), least=1, most=4, every_s=2.0, lag_s=1.0
    ... )
    >>> workers.tolist()
    [1, 1, 4, 4, 4, 4]
    """
    integer("least", least, at_least=1, unit="workers")
    integer("most", most, at_least=least, unit="workers", hint="At least as many as least.")
    number("every_s", every_s, above=0, unit="seconds between two looks at the load")
    number("lag_s", lag_s, at_least=0, unit="seconds until a new worker is ready")
    fraction("target", target)
    number("target", target, above=0, unit="a share")
    arrive = instants("arrive_s", arrive_s)
    service = one_each("service_s", service_s, arrive.size)
    if not arrive.size:
        return arrive, np.empty(0, np.int64)
    looks = (arrive[-1] - arrive[0]) / every_s
    if looks > MOST_LOOKS:
        text = (
            f"every_s must leave at most {MOST_LOOKS:,} looks at the load (seconds), got {every_s}"
        )
        raise ValueError(f"{text}: {looks:.3g} looks. Use a longer period.")
    period = ((arrive - arrive[0]) / every_s).astype(np.int64)
    busy = np.bincount(period, service) / every_s  # how many workers would be busy, by period
    wanted = np.clip(np.ceil(busy / target), least, most).astype(np.int64)
    workers = np.r_[least, wanted, least]  # after the last arrival the scaler sees no work
    done_s = follow_the_load(arrive, service, workers, float(every_s), float(lag_s))
    return done_s, workers[period]


@jit
def follow_the_load(
    arrive: Floats, service: Floats, workers: Ids, every: float, lag: float
) -> Floats:
    """Serve with so many workers in each period; a new one is free some time after its order."""
    free, done = np.full(workers.max(), -np.inf), np.empty(arrive.size)
    period = 0
    for i in range(arrive.size):
        while True:
            first = 0
            for j in range(1, workers[period]):
                if free[j] < free[first]:
                    first = j
            start = max(arrive[i], free[first])
            look = arrive[0] + (period + 1) * every
            if start < look or period + 1 == workers.size:
                break
            period += 1  # whoever still waits may find new workers, or fewer
            for j in range(workers[period - 1], workers[period]):
                free[j] = max(free[j], look + lag)  # it may be busy from before it was let go
        done[i] = free[first] = start + service[i]
    return done


def cold_start(
    arrive_s: ArrayLike, service_s: ArrayLike, *, idle_s: float, cold_s: float
) -> tuple[Floats, NDArray[np.bool_]]:
    """Serve with one instance that is taken away when it has been idle for some time.

    Parameters
    ----------
    arrive_s : array_like of shape (n,)
        Arrival instants in seconds, sorted.
    service_s : array_like of shape (n,)
        How long each request keeps the instance, in seconds, >= 0.
    idle_s : float
        After so many idle seconds it is taken away, >= 0.
    cold_s : float
        Seconds that it takes to start again, >= 0.

    Returns
    -------
    tuple of (ndarray of shape (n,), ndarray of bool of shape (n,))
        When each request leaves, in seconds, and which of them met a cold instance.

    Examples
    --------
    >>> done_s, cold = cold_start([0, 1, 60], [0.5, 0.5, 0.5], idle_s=10.0, cold_s=4.0)
    >>> done_s.tolist(), cold.tolist()
    ([4.5, 5.0, 64.5], [True, False, True])
    """
    number("idle_s", idle_s, at_least=0, unit="seconds until it is taken away")
    number("cold_s", cold_s, at_least=0, unit="seconds to start")
    arrive = instants("arrive_s", arrive_s)
    service = one_each("service_s", service_s, arrive.size)
    return asleep(arrive, service, float(idle_s), float(cold_s))


@jit
def asleep(
    arrive: Floats, service: Floats, idle: float, cold: float
) -> tuple[Floats, NDArray[np.bool_]]:
    """Who comes too long after the last one has left wakes it up, and waits for that."""
    done, woke = np.empty(arrive.size), np.zeros(arrive.size, np.bool_)
    free = -np.inf
    for i in range(arrive.size):
        woke[i] = arrive[i] - free > idle
        start = max(arrive[i], free) + (cold if woke[i] else 0.0)
        done[i] = free = start + service[i]
    return done, woke
