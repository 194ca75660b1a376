"""Queues as recurrences: arrivals and service times in, departures out. No events, no clock."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mlbook.validate import integer

__all__ = ["fifo"]


def fifo(arrive_s: ArrayLike, service_s: ArrayLike, workers: int = 1) -> NDArray[np.float64]:
    """Serve requests first come, first served, with `workers` identical workers.

    Parameters
    ----------
    arrive_s : array_like of shape (n,)
        Arrival instants in seconds, sorted.
    service_s : array_like of shape (n,)
        How long each request keeps its worker, in seconds.
    workers : int
        How many requests are served at once, >= 1.

    Returns
    -------
    ndarray of shape (n,)
        Departure instants in seconds, in the order of arrival.

    References
    ----------
    D. V. Lindley, "The theory of queues with a single server", 1952; for several workers
    J. Kiefer and J. Wolfowitz, "On the theory of queues with many servers", 1955.

    Examples
    --------
    >>> fifo([0, 1, 2], [5, 5, 5], workers=2)
    array([ 5.,  6., 10.])
    """
    integer("workers", workers, at_least=1, unit="workers", hint="Write 1 for a single one.")
    arrive, service = np.asarray(arrive_s, dtype=float), np.asarray(service_s, dtype=float)
    if arrive.shape != service.shape or (np.diff(arrive) < 0).any():
        raise ValueError(
            "arrive_s must be sorted, with one service time each (seconds), got shapes "
            f"{arrive.shape} and {service.shape}. Sort both with np.argsort(arrive_s)."
        )
    free = np.zeros(workers)  # when each worker is free again
    done = np.empty(arrive.size)
    for i in range(arrive.size):
        first = int(free.argmin())  # who is free first?
        start = max(arrive[i], free[first])  # wait for the request, or for the worker
        done[i] = free[first] = start + service[i]
    return done
