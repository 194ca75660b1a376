"""Queues that not everybody joins or stays in: few places, little patience, or urgency."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mlbook.queueing.checked import instants, one_each
from mlbook.queueing.first_come import replace_first
from mlbook.queueing.jit import jit
from mlbook.validate import integer

__all__ = ["few_places", "finite_queue", "little_patience", "priority", "reneging", "urgent_first"]

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


def finite_queue(arrive_s: ArrayLike, service_s: ArrayLike, workers: int, places: int) -> Floats:
    """Turn away who finds all workers busy and all places in the line taken.

    Parameters
    ----------
    arrive_s : array_like of shape (n,)
        Arrival instants in seconds, sorted.
    service_s : array_like of shape (n,)
        How long each request would keep its worker, in seconds, >= 0.
    workers : int
        How many requests are served at once, >= 1.
    places : int
        How many may wait, >= 0; 0 means that nobody waits. For a line without end use `fifo`.

    Returns
    -------
    ndarray of shape (n,)
        Departure instants in seconds; NaN for who was turned away.

    Examples
    --------
    >>> finite_queue([0, 1, 2], [5, 5, 5], workers=1, places=1)
    array([ 5., 10., nan])
    """
    arrive, service = _checked(arrive_s, service_s, workers)
    integer("places", places, at_least=0, unit="places in the line", hint="Use fifo for no limit.")
    return few_places(arrive, service, workers, min(places, arrive.size))


@jit
def few_places(arrive: Floats, service: Floats, workers: int, places: int) -> Floats:
    """Who is still waiting is known from the starts of those before."""
    free = np.full(workers, -np.inf)
    starts = np.empty(places + 1)  # of those in the line, in a ring
    done = np.full(arrive.size, np.nan)
    head = tail = 0
    for i in range(arrive.size):
        while head < tail and starts[head % (places + 1)] <= arrive[i]:  # these have left the line
            head += 1
        if free[0] > arrive[i]:
            if tail - head == places:
                continue  # turned away
            starts[tail % (places + 1)] = free[0]
            tail += 1
        done[i] = max(arrive[i], free[0]) + service[i]
        replace_first(free, done[i])
    return done


def reneging(
    arrive_s: ArrayLike, service_s: ArrayLike, patience_s: ArrayLike, workers: int = 1
) -> Floats:
    """Let requests give up whose turn does not come in time.

    Parameters
    ----------
    arrive_s : array_like of shape (n,)
        Arrival instants in seconds, sorted.
    service_s : array_like of shape (n,)
        How long each request would keep its worker, in seconds, >= 0.
    patience_s : array_like of shape (n,)
        How long each request waits for its turn, in seconds, >= 0; infinite for ever.
    workers : int
        How many requests are served at once, >= 1.

    Returns
    -------
    ndarray of shape (n,)
        Departure instants in seconds; NaN for who gave up.

    Notes
    -----
    First come, first served: whoever is ahead and gives up takes no worker, so the wait that an
    arrival would have is known when it comes.

    Examples
    --------
    >>> reneging([0, 1, 2], [5, 5, 5], patience_s=[9, 3, 9])
    array([ 5., nan, 10.])
    """
    arrive, service = _checked(arrive_s, service_s, workers)
    patience = one_each("patience_s", patience_s, arrive.size, forever=True)
    return little_patience(arrive, service, patience, workers)


@jit
def little_patience(arrive: Floats, service: Floats, patience: Floats, workers: int) -> Floats:
    """Whose wait would be longer than its patience never takes a worker."""
    free = np.full(workers, -np.inf)
    done = np.full(arrive.size, np.nan)
    for i in range(arrive.size):
        start = max(arrive[i], free[0])
        if start - arrive[i] <= patience[i]:
            done[i] = start + service[i]
            replace_first(free, done[i])
    return done


def priority(
    arrive_s: ArrayLike, service_s: ArrayLike, urgent: ArrayLike, workers: int = 1
) -> Floats:
    """Serve urgent requests before the others, without interrupting anybody.

    Parameters
    ----------
    arrive_s : array_like of shape (n,)
        Arrival instants in seconds, sorted.
    service_s : array_like of shape (n,)
        How long each request keeps its worker, in seconds, >= 0.
    urgent : array_like of bool, shape (n,)
        Which requests are urgent; within each class the order is that of arrival.
    workers : int
        How many requests are served at once, >= 1.

    Returns
    -------
    ndarray of shape (n,)
        Departure instants in seconds.

    Examples
    --------
    >>> priority([0, 1, 2], [5, 5, 5], urgent=[False, False, True])
    array([ 5., 15., 10.])
    """
    arrive, service = _checked(arrive_s, service_s, workers)
    is_urgent = np.ascontiguousarray(urgent, dtype=bool)
    if is_urgent.shape != arrive.shape:
        text = f"urgent must have one True or False for each of {arrive.size} requests"
        raise ValueError(f"{text}, got shape {is_urgent.shape}.")
    return urgent_first(arrive, service, is_urgent, workers)


@jit
def urgent_first(arrive: Floats, service: Floats, urgent: Bools, workers: int) -> Floats:
    """When a worker is free, the oldest urgent request is next, or else the oldest other one."""
    free, done = np.full(workers, -np.inf), np.empty(arrive.size)
    lines = np.empty((2, arrive.size), np.int64)  # urgent ones in the first
    head, tail = np.zeros(2, np.int64), np.zeros(2, np.int64)
    came, now = 0, -np.inf
    for _ in range(arrive.size):
        now = max(now, free[0])  # a worker may have been free for long when two come at once
        if head[0] == tail[0] and head[1] == tail[1]:  # nobody waits: for the next to come
            now = max(now, arrive[came])
        while came < arrive.size and arrive[came] <= now:
            line = 0 if urgent[came] else 1
            lines[line, tail[line]] = came
            tail[line] += 1
            came += 1
        line = 0 if head[0] < tail[0] else 1
        i = lines[line, head[line]]
        head[line] += 1
        done[i] = now + service[i]
        replace_first(free, done[i])
    return done


def _checked(arrive_s: ArrayLike, service_s: ArrayLike, workers: int) -> tuple[Floats, Floats]:
    integer("workers", workers, at_least=1, unit="workers", hint="Write 1 for a single one.")
    arrive = instants("arrive_s", arrive_s)
    return arrive, one_each("service_s", service_s, arrive.size)
