"""First come, first served: a queue is a recurrence, not a calendar of events.

A request starts when it has arrived and a worker is free, whichever is later. Everything here is a
way to find the worker that is free first: read `scan`, use `fifo`.
"""

from __future__ import annotations

import heapq

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mlbook.queueing.checked import LONGEST, ends_are_finite, instants, one_each
from mlbook.queueing.jit import has_numba, jit
from mlbook.validate import integer

__all__ = [
    "branch_free",
    "fifo",
    "heap",
    "in_order",
    "leave_order",
    "lindley",
    "quickest",
    "replace_first",
    "scan",
    "tandem",
]

Floats = NDArray[np.float64]
Ids = NDArray[np.int64]
HEAP_FROM = 257  # with so many workers a heap finds the first one sooner


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
    arrive = np.ascontiguousarray(arrive_s, dtype=np.float64)
    service = np.ascontiguousarray(service_s, dtype=np.float64)
    done, free = np.empty(arrive.shape), np.full(workers, -np.inf)
    one_row = arrive.shape == service.shape == (arrive.size,)
    begun = has_numba() and one_row and ends_are_finite(arrive)
    # A compiled kernel looks at each number as it comes by, which costs no time.
    if begun and quickest(arrive, service, free, done) == arrive.size:
        return done
    one_each("service_s", service, instants("arrive_s", arrive).size)
    quickest(arrive, service, free, done)
    return done


def quickest(arrive: Floats, service: Floats, free: Floats, done: Floats) -> int:
    """Choose the quickest of the kernels below; they all find the same departures.

    Parameters
    ----------
    arrive, service : ndarray of shape (n,)
        Arrivals, sorted, and service times, in seconds.
    free : ndarray of shape (workers,)
        When each worker is free, in seconds; afterwards, when each is free again. So a simulation
        can go on where it stopped.
    done : ndarray of shape (n,)
        Is filled with the departures in seconds, in the order of arrival.

    Returns
    -------
    int
        How many departed: with numba fewer than n when something is no instant, not sorted or
        negative, up to the first such request.
    """
    if not has_numba():
        return _heapq(arrive, service, free, done)
    if free.size == 1:
        return lindley(arrive, service, free, done)
    return (branch_free if free.size < HEAP_FROM else heap)(arrive, service, free, done)


@jit
def scan(arrive: Floats, service: Floats, free: Floats) -> Floats:
    """Each request takes the worker that is free first. This one is to be read."""
    done = np.empty(arrive.size)
    for i in range(arrive.size):
        first = 0
        for j in range(1, free.size):  # who is free first?
            if free[j] < free[first]:
                first = j
        start = max(arrive[i], free[first])  # wait for the request, or for the worker
        done[i] = free[first] = start + service[i]
    return done


@jit
def lindley(arrive: Floats, service: Floats, free: Floats, done: Floats) -> int:
    """One worker: a request waits for the one before it."""
    end, before = free[0], -np.inf
    for i in range(arrive.size):
        if not (before <= arrive[i] and 0 <= service[i] <= LONGEST):
            return i  # no such request can be: stop, and let the caller say why
        before = arrive[i]
        end = max(arrive[i], end) + service[i]
        done[i] = end
    free[0] = end
    return arrive.size


@jit
def branch_free(arrive: Floats, service: Floats, free: Floats, done: Floats) -> int:
    """Keep the workers sorted: drop the first, insert the new one, never ask where it goes."""
    workers = free.size
    both = np.full((2, workers + 1), np.inf)
    now, then = both[0], both[1]
    for j in range(workers):  # a loop compiles five times as fast as now[:workers] = free
        now[j] = free[j]
    before = -np.inf
    for i in range(arrive.size):
        if not (before <= arrive[i] and 0 <= service[i] <= LONGEST):
            return i
        before = arrive[i]
        end = max(arrive[i], now[0]) + service[i]
        done[i] = end
        then[0] = now[1] if now[1] < end else end
        for j in range(1, workers):  # a choice, not a jump: the machine does several at once
            low = now[j] if now[j] > end else end
            then[j] = now[j + 1] if now[j + 1] < low else low
        now, then = then, now  # in place, each step would have to wait for the one before
    for j in range(workers):
        free[j] = now[j]
    return arrive.size


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
def heap(arrive: Floats, service: Floats, free: Floats, done: Floats) -> int:
    """Many workers: the one that is free first stands at the top of a heap."""
    before = -np.inf
    for i in range(arrive.size):
        if not (before <= arrive[i] and 0 <= service[i] <= LONGEST):
            return i
        before = arrive[i]
        end = max(arrive[i], free[0]) + service[i]
        done[i] = end
        replace_first(free, end)
    return arrive.size


@jit
def leave_order(
    arrive: Floats, service: Floats, tag: Ids, free: Floats, held: Ids, left: Floats, who: Ids
) -> int:
    """Find who leaves after whom without sorting: a new start takes the next departure's place.

    `held` says who is with each worker, -1 for nobody. `left` and `who` get departures and names of
    the others, in order; the number says how many these are. Who is still held leaves later.
    """
    gone, workers = 0, free.size
    for i in range(arrive.size):
        if held[0] >= 0:
            left[gone], who[gone] = free[0], held[0]
            gone += 1
        end = max(arrive[i], free[0]) + service[i]
        j = 0
        while j + 1 < workers and free[j + 1] <= end:  # behind its equals: ties keep their order
            free[j], held[j] = free[j + 1], held[j + 1]
            j += 1
        free[j], held[j] = end, tag[i]
    return gone


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
    times = np.atleast_2d(np.ascontiguousarray(service_s, dtype=np.float64))
    if times.shape != (counts.size, at.size):
        text = f"service_s must have {counts.size} rows (one a queue) of {at.size} numbers (one a"
        raise ValueError(f"{text} request), got shape {times.shape}. Use one row a queue.")
    done = np.empty((counts.size, at.size))
    who: Ids | slice = slice(None)  # until somebody overtakes
    for station, count in enumerate(counts.tolist()):
        integer("workers", count, at_least=1, unit="workers", hint="Write 1 for a single one.")
        service = times[station][who]
        if count == 1 or station == counts.size - 1:  # nobody overtakes, or it does not matter
            left = done[station] if isinstance(who, slice) else np.empty(at.size)
            served = quickest(at, service, np.full(count, -np.inf), left)
        else:
            one_each("service_s", service, at.size)
            who = np.arange(at.size) if isinstance(who, slice) else who
            left, who = in_order(at, service, who, count)
            served = at.size
        if served < at.size or not has_numba():
            one_each("service_s", times[station], at.size)  # says where the kernel stopped
        if not isinstance(who, slice):
            done[station, who] = left
        at = left
    return done


def in_order(arrive: Floats, service: Floats, who: Ids, workers: int) -> tuple[Floats, Ids]:
    """Serve everybody, and give them in the order in which they leave.

    Parameters
    ----------
    arrive, service : ndarray of shape (n,)
        Arrivals, sorted, and service times, in seconds.
    who : ndarray of int, shape (n,)
        Their names.
    workers : int
        How many are served at once.

    Returns
    -------
    tuple of (ndarray of shape (n,), ndarray of int of shape (n,))
        Departures in seconds, sorted, and who leaves then.
    """
    free, held = np.full(workers, -np.inf), np.full(workers, -1)
    left, order = np.empty(arrive.size), np.empty(arrive.size, np.int64)
    if workers == 1:
        quickest(arrive, service, free, left)
        return left, who
    gone = leave_order(arrive, service, who, free, held, left, order)
    left[gone:], order[gone:] = free[held >= 0], held[held >= 0]
    return left, order


def _heapq(arrive: Floats, service: Floats, free_s: Floats, done_s: Floats) -> int:
    """Without numba the heap of the standard library is the fastest."""
    free, done = sorted(free_s.tolist()), []
    for at, takes in zip(arrive.tolist(), service.tolist(), strict=True):
        first = free[0]
        end = (at if at > first else first) + takes
        heapq.heapreplace(free, end)
        done.append(end)
    free_s[:], done_s[:] = sorted(free), done
    return len(done)
