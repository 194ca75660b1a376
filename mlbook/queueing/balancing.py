"""Several servers with a line each: who chooses the line, and by what."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mlbook.queueing.checked import instants, one_each
from mlbook.queueing.jit import jit
from mlbook.validate import integer, one_of

__all__ = ["POLICIES", "assigned", "balance", "shorter_of_two", "shortest"]

Floats = NDArray[np.float64]
Ids = NDArray[np.int64]
POLICIES = ("random", "round_robin", "power_of_two", "shortest_queue")


def balance(
    arrive_s: ArrayLike,
    service_s: ArrayLike,
    servers: int,
    policy: str,
    rng: np.random.Generator | None = None,
) -> Floats:
    """Send each request to one of several servers, each of which has a line of its own.

    Parameters
    ----------
    arrive_s : array_like of shape (n,)
        Arrival instants in seconds, sorted.
    service_s : array_like of shape (n,)
        How long each request keeps its server, in seconds, >= 0.
    servers : int
        How many there are, >= 1; each serves one request at a time.
    policy : str
        ``"random"``; ``"round_robin"``: one after the other; ``"power_of_two"``: the shorter of two
        drawn at random; ``"shortest_queue"``: the shortest of all. Ties go to the first.
    rng : numpy.random.Generator, optional
        For the two policies that draw.

    Returns
    -------
    ndarray of shape (n,)
        Departure instants in seconds.

    References
    ----------
    M. Mitzenmacher, "The power of two choices in randomized load balancing", 2001.

    Examples
    --------
    >>> balance([0, 1, 2, 3], [9, 1, 1, 1], servers=2, policy="round_robin")
    array([ 9.,  2., 10.,  4.])
    >>> balance([0, 1, 2, 3], [9, 1, 1, 1], servers=2, policy="shortest_queue")
    array([9., 2., 3., 4.])
    """
    one_of("policy", policy, POLICIES)
    integer("servers", servers, at_least=1, unit="servers")
    arrive = instants("arrive_s", arrive_s)
    service = one_each("service_s", service_s, arrive.size)
    if policy == "round_robin":
        return assigned(arrive, service, np.arange(arrive.size) % servers, servers)
    if policy == "shortest_queue":
        return shortest(arrive, service, servers)
    rng = rng or np.random.default_rng(0)
    if policy == "random":
        return assigned(arrive, service, rng.integers(servers, size=arrive.size), servers)
    first, second = rng.integers(servers, size=(2, arrive.size))
    return shorter_of_two(arrive, service, first, second, servers)


@jit
def assigned(arrive: Floats, service: Floats, server: Ids, servers: int) -> Floats:
    """The line was chosen without looking: each server is a queue by itself."""
    free, done = np.full(servers, -np.inf), np.empty(arrive.size)
    for i in range(arrive.size):
        done[i] = free[server[i]] = max(arrive[i], free[server[i]]) + service[i]
    return done


@jit
def shorter_of_two(arrive: Floats, service: Floats, one: Ids, other: Ids, servers: int) -> Floats:
    """Look at two lines, join the shorter; the first of the two when they are equal."""
    done, after = np.empty(arrive.size), np.full(arrive.size, -1)  # who stands behind whom
    first, last = np.full(servers, -1), np.full(servers, -1)
    length = np.zeros(servers, np.int64)
    for i in range(arrive.size):
        for k in (one[i], other[i]):
            while first[k] >= 0 and done[first[k]] <= arrive[i]:  # these have left
                first[k] = after[first[k]]
                length[k] -= 1
        k = other[i] if length[other[i]] < length[one[i]] else one[i]
        free = done[last[k]] if last[k] >= 0 else -np.inf
        done[i] = max(arrive[i], free) + service[i]
        if first[k] >= 0:
            after[last[k]] = i
        else:
            first[k] = i
        last[k] = i
        length[k] += 1
    return done


@jit
def shortest(arrive: Floats, service: Floats, servers: int) -> Floats:
    """Look at every line, join the shortest; the first of them when several are."""
    done, after = np.empty(arrive.size), np.full(arrive.size, -1)
    first, last = np.full(servers, -1), np.full(servers, -1)
    length = np.zeros(servers, np.int64)
    for i in range(arrive.size):
        best = 0
        for k in range(servers):
            while first[k] >= 0 and done[first[k]] <= arrive[i]:  # these have left
                first[k] = after[first[k]]
                length[k] -= 1
            if length[k] < length[best]:
                best = k
        free = done[last[best]] if last[best] >= 0 else -np.inf
        done[i] = max(arrive[i], free) + service[i]
        if first[best] >= 0:
            after[last[best]] = i
        else:
            first[best] = i
        last[best] = i
        length[best] += 1
    return done
