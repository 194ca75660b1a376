"""First come, first served: a queue is a recurrence, not a calendar of events.

A request starts when it has arrived and a worker is free, whichever is later. Everything here is a
way to find the worker that is free first: read `scan`, use `fifo`.
"""

from __future__ import annotations

import heapq

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mlbook.queueing.checked import instants, one_each
from mlbook.queueing.jit import has_numba, jit
from mlbook.validate import integer

__all__ = ["branch_free", "fifo", "heap", "leave_order", "lindley", "replace_first", "scan", "tandem"]

Floats = NDArray[np.float64]
Ids = NDArray[np.int64]
HEAP_FROM = 65  # with so many workers a heap finds the first one sooner


def fifo(arrive_s: ArrayLike, service_s: ArrayLike, workers: int = 1) -> Floats:
    """Serve requests first come, first served, with `workers` identical workers.

    Parameters
    ----------
    arrive_s : array_like of shape (n,)
        Arrival instants in seconds, sorted.
    service_s : array_like of shape (n,)
        How long each request keeps its worker, in seconds, >= 0.
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
    arrive = instants("arrive_s", arrive_s)
    service = one_each("service_s", service_s, arrive.size)
    if workers == 1:
        return lindley(arrive, service)
    if not has_numba():
        return _heapq(arrive, service, workers)
    return (branch_free if workers < HEAP_FROM else heap)(arrive, service, workers)


@jit
def scan(arrive: Floats, service: Floats, workers: int) -> Floats:
    """Each request takes the worker that is free first. This one is to be read."""
    free = np.full(workers, -np.inf)  # when each worker is free again
    done = np.empty(arrive.size)
    for i in range(arrive.size):
        first = 0
        for j in range(1, workers):  # who is free first?
            if free[j] < free[first]:
                first = j
        start = max(arrive[i], free[first])  # wait for the request, or for the worker
        done[i] = free[first] = start + service[i]
    return done


@jit
def lindley(arrive: Floats, service: Floats) -> Floats:
    """One worker: a request waits for the one before it."""
    done = np.empty(arrive.size)
    free = -np.inf
    for i in range(arrive.size):
        free = max(arrive[i], free) + service[i]
        done[i] = free
    return done


@jit
def branch_free(arrive: Floats, service: Floats, workers: int) -> Floats:
    """Keep the workers sorted: drop the first, insert the new one, never ask where it goes."""
    free = np.full(workers, -np.inf)
    done = np.empty(arrive.size)
    for i in range(arrive.size):
        end = max(arrive[i], free[0]) + service[i]
        done[i] = end
        free[0] = -np.inf
        for j in range(workers - 1):  # a choice, not a jump: the machine does several at once
            low = free[j] if free[j] > end else end
            free[j] = free[j + 1] if free[j + 1] < low else low
        last = free[workers - 1]
        free[workers - 1] = last if last > end else end
    return done


@jit
def replace_first(free: Floats, end: float) -> None:
    """Put a new instant into a heap in place of its smallest one."""
    i, n = 0, free.size
    while 2 * i + 1 < n:
        child = 2 * i + 1
        if child + 1 < n and free[child + 1] < free[child]:
            child += 1
        if free[child] >= end:
            break
        free[i] = free[child]
        i = child
    free[i] = end


@jit
def heap(arrive: Floats, service: Floats, workers: int) -> Floats:
    """Many workers: the one that is free first stands at the top of a heap."""
    free = np.full(workers, -np.inf)
    done = np.empty(arrive.size)
    for i in range(arrive.size):
        end = max(arrive[i], free[0]) + service[i]
        done[i] = end
        replace_first(free, end)
    return done


@jit
def leave_order(arrive: Floats, service: Floats, workers: int) -> tuple[Floats, Ids]:
    """Find when each request leaves, and who leaves after whom, without sorting anything.

    What a new start takes from the sorted workers is the next departure.
    """
    free, who = np.full(workers, -np.inf), np.full(workers, -1)
    done, order = np.empty(arrive.size), np.empty(arrive.size, np.int64)
    gone = 0
    for i in range(arrive.size):
        if who[0] >= 0:
            order[gone] = who[0]
            gone += 1
        end = max(arrive[i], free[0]) + service[i]
        done[i] = end
        j = 0
        while j + 1 < workers and free[j + 1] <= end:  # behind its equals: ties keep their order
            free[j], who[j] = free[j + 1], who[j + 1]
            j += 1
        free[j], who[j] = end, i
    for j in range(workers):
        if who[j] >= 0:
            order[gone] = who[j]
            gone += 1
    return done, order


def tandem(arrive_s: ArrayLike, service_s: ArrayLike, workers: ArrayLike) -> Floats:
    """Send requests through several queues, one after the other.

    Parameters
    ----------
    arrive_s : array_like of shape (n,)
        Arrival instants at the first queue in seconds, sorted.
    service_s : array_like of shape (stations, n)
        How long each request keeps its worker at each queue, in seconds, >= 0.
    workers : array_like of shape (stations,)
        Workers of each queue, >= 1.

    Returns
    -------
    ndarray of shape (stations, n)
        When each request leaves each queue, in seconds.

    Examples
    --------
    >>> tandem([0, 1], [[5, 1], [2, 2]], workers=[2, 1])
    array([[5., 2.],
           [7., 4.]])
    """
    at, counts = instants("arrive_s", arrive_s), np.atleast_1d(workers)
    done, who = np.empty((counts.size, at.size)), np.arange(at.size)
    for station, (takes, count) in enumerate(zip(service_s, counts.tolist(), strict=True)):
        integer("workers", count, at_least=1, unit="workers", hint="Write 1 for a single one.")
        service = one_each("service_s", takes, at.size)
        left, order = leave_order(at, service[who], count)
        done[station, who] = left
        at, who = left[order], who[order]
    return done


def _heapq(arrive: Floats, service: Floats, workers: int) -> Floats:
    """Without numba the heap of the standard library is the fastest."""
    free, done = [-np.inf] * workers, []
    for at, takes in zip(arrive.tolist(), service.tolist(), strict=True):
        first = free[0]
        end = (at if at > first else first) + takes
        heapq.heapreplace(free, end)
        done.append(end)
    return np.array(done)
