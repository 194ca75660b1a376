"""Micro-batches: wait for company, because a batch costs less than its members one by one."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mlbook.queueing.checked import ends_are_finite, instants
from mlbook.queueing.first_come import replace_first
from mlbook.queueing.jit import jit
from mlbook.validate import integer, number

__all__ = ["batch", "collect"]

Floats = NDArray[np.float64]
Ids = NDArray[np.int64]


def batch(
    arrive_s: ArrayLike,
    *,
    size: int,
    wait_s: float,
    per_batch_s: float,
    per_request_s: float,
    workers: int = 1,
) -> tuple[Floats, Ids]:
    """Serve requests in batches that leave when they are full or when the first has waited enough.

    Parameters
    ----------
    arrive_s : array_like of shape (n,)
        Arrival instants in seconds, sorted.
    size : int
        A batch is full with so many requests, >= 1.
    wait_s : float
        The longest that the first of a batch waits for others, in seconds, >= 0; 0 takes what is
        there when a worker is free.
    per_batch_s, per_request_s : float
        b and a: a batch of n requests keeps its worker for b + a n seconds, >= 0.
    workers : int
        Batches that are worked on at once, >= 1.

    Returns
    -------
    tuple of (ndarray of shape (n,), ndarray of shape (n,))
        When each request leaves, in seconds, and the size of its batch.

    Examples
    --------
    >>> batch([0.0, 0.1, 9.0], size=2, wait_s=1.0, per_batch_s=0.5, per_request_s=0.1)
    (array([ 0.8,  0.8, 10.6]), array([2, 2, 1]))
    """
    integer("size", size, at_least=1, unit="requests in a batch")
    integer("workers", workers, at_least=1, unit="workers", hint="Write 1 for a single one.")
    number("wait_s", wait_s, at_least=0, unit="seconds")
    number("per_batch_s", per_batch_s, at_least=0, unit="seconds")
    number("per_request_s", per_request_s, at_least=0, unit="seconds")
    arrive = np.ascontiguousarray(arrive_s, dtype=np.float64)
    done, together = np.empty(arrive.shape), np.empty(arrive.shape, np.int64)
    free = np.full(workers, -np.inf)
    waits, base, more = float(wait_s), float(per_batch_s), float(per_request_s)
    most = min(size, arrive.size + 1)  # no batch is larger, and sums of positions stay small
    sound = arrive.ndim == 1 and ends_are_finite(arrive)
    # The kernel looks at the order of the arrivals on its way, which costs no time.
    if not sound or collect(arrive, most, waits, base, more, free, done, together) < arrive.size:
        instants("arrive_s", arrive)  # says what is wrong
    return done, together


@jit
def collect(
    arrive: Floats, size: int, wait: float, per_batch: float, per_request: float,
    free: Floats, done: Floats, together: Ids,
) -> int:  # fmt: skip
    """A batch leaves when it is full, or its first has waited enough; and a worker is free."""
    i, before = 0, -np.inf
    while i < arrive.size:
        full = arrive[i + size - 1] if i + size <= arrive.size else np.inf
        start = max(min(full, arrive[i] + wait), free[0])
        j = i + 1
        while j < arrive.size and j < i + size and arrive[j] <= start:  # who is there by then?
            j += 1
        end = start + (per_batch + per_request * (j - i))
        replace_first(free, end)
        for k in range(i, j):
            if not before <= arrive[k]:
                return k  # not sorted: stop, and let the caller say why
            before = arrive[k]
            done[k], together[k] = end, j - i
        i = j
    return arrive.size
