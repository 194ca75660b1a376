"""Clients that give up and come again: the queue feeds itself.

A server does not know that nobody waits any more. It goes on with the work, and the client, who has
given up, sends the same work once more. That is the whole story of a retry storm.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mlbook.queueing.checked import instants, one_each
from mlbook.queueing.first_come import replace_first
from mlbook.queueing.jit import jit
from mlbook.validate import integer, number

__all__ = ["pop", "push", "retry", "with_retries"]

Floats = NDArray[np.float64]
Ids = NDArray[np.int64]


def retry(
    arrive_s: ArrayLike,
    service_s: ArrayLike,
    *,
    workers: int,
    timeout_s: float,
    tries: int = 3,
    backoff_s: float = 0.0,
    places: int | None = None,
) -> tuple[Floats, Ids]:
    """Serve clients that wait only so long for each try, and try again.

    Parameters
    ----------
    arrive_s : array_like of shape (n,)
        Instants of the first tries in seconds, sorted.
    service_s : array_like of shape (n,)
        How long each request keeps its worker, at every try, in seconds, >= 0.
    workers : int
        How many tries are served at once, >= 1.
    timeout_s : float
        How long a client waits for the answer to one try, in seconds, > 0. The server does not
        notice: it works on what nobody waits for any more.
    tries : int
        How often a client tries at most, >= 1.
    backoff_s : float
        Pause before the second try in seconds, >= 0; doubled before each further one.
    places : int, optional
        How many tries may wait in the line, >= 0; more are refused at once. No limit when left out.

    Returns
    -------
    tuple of (ndarray of shape (n,), ndarray of shape (n,))
        When each request was answered in time, in seconds, NaN when it never was; and its tries.

    Notes
    -----
    When a try enters the line, its end is known. So success and time-out are known at once, and
    only the tries that are still to come wait in a heap beside the sorted arrivals. What leaves at
    an instant leaves before what comes; of tries that come at one instant the first ones are first.

    Examples
    --------
    >>> done_s, tries = retry([0, 1], [5, 5], workers=1, timeout_s=6.0, tries=2)
    >>> done_s.tolist(), tries.tolist()
    ([5.0, nan], [1, 2])
    """
    integer("workers", workers, at_least=1, unit="workers", hint="Write 1 for a single one.")
    integer("tries", tries, at_least=1, unit="tries", hint="Write 1 for clients that give up.")
    number("timeout_s", timeout_s, above=0, unit="seconds", hint="Use fifo for endless patience.")
    number("backoff_s", backoff_s, at_least=0, unit="seconds")
    arrive = instants("arrive_s", arrive_s)
    service = one_each("service_s", service_s, arrive.size)
    if places is not None:
        integer("places", places, at_least=0, unit="places in the line")
    all_tries = arrive.size * tries
    room = all_tries if places is None else min(places, all_tries)
    timeout, backoff = float(timeout_s), float(backoff_s)
    return with_retries(arrive, service, workers, room, timeout, tries, backoff)


@jit
def push(times: Floats, ids: Ids, size: int, at: float, i: int) -> int:
    """Put an instant into a heap; the earlier first, of equal ones the smaller id."""
    j = size
    while j > 0:
        parent = (j - 1) // 2
        if times[parent] < at or (times[parent] == at and ids[parent] < i):
            break
        times[j], ids[j] = times[parent], ids[parent]
        j = parent
    times[j], ids[j] = at, i
    return size + 1


@jit
def pop(times: Floats, ids: Ids, size: int) -> int:
    """Take the first out of a heap."""
    at, i = times[size - 1], ids[size - 1]
    j = 0
    while 2 * j + 1 < size - 1:
        child, soonest = 2 * j + 1, times[2 * j + 1]
        if child + 1 < size - 1:
            other = times[child + 1]
            if other < soonest or (other == soonest and ids[child + 1] < ids[child]):
                child, soonest = child + 1, other
        if soonest > at or (soonest == at and ids[child] > i):
            break
        times[j], ids[j] = soonest, ids[child]
        j = child
    times[j], ids[j] = at, i
    return size - 1


@jit
def with_retries(
    arrive: Floats, service: Floats, workers: int, room: int,
    timeout: float, tries: int, backoff: float,
) -> tuple[Floats, Ids]:  # fmt: skip
    """First tries and repeated ones come in the order of time; each knows at once how it ends."""
    done, again_at = np.empty(arrive.size), np.empty(arrive.size)
    tried, again = np.empty(arrive.size, np.int64), np.empty(arrive.size, np.int64)
    free, starts = np.empty(workers), np.empty(room + 1)
    done[:], tried[:], free[:] = np.nan, 0, -np.inf  # compiles sooner than np.full and np.zeros
    came = repeats = head = tail = 0
    while came < arrive.size or repeats > 0:
        if repeats > 0 and (came == arrive.size or again_at[0] < arrive[came]):
            now, i = again_at[0], again[0]
            repeats = pop(again_at, again, repeats)
        else:
            now, i, came = arrive[came], came, came + 1
        tried[i] = nth = int(tried[i]) + 1
        while head < tail and starts[head % (room + 1)] <= now:  # these have left the line
            head += 1
        gives_up, start = now, max(now, free[0])
        if start == now or tail - head < room:  # or else the line is full: refused at once
            if start > now:
                starts[tail % (room + 1)] = start
                tail += 1
            end, gives_up = start + service[i], now + timeout
            replace_first(free, end)
            if end <= gives_up:
                done[i] = end
                continue
        if nth < tries:
            pause = backoff * 2.0 ** (nth - 1)
            repeats = push(again_at, again, repeats, gives_up + pause, i)
    return done, tried
