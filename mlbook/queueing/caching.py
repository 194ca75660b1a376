"""A cache in front of a slow part: what is found in it, and how old it is."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mlbook.queueing.checked import instants
from mlbook.queueing.jit import jit
from mlbook.validate import integer, number

__all__ = ["cache", "recently_used"]

Floats = NDArray[np.float64]
Ids = NDArray[np.int64]


def cache(
    at_s: ArrayLike, key: ArrayLike, *, capacity: int | None = None, ttl_s: float = np.inf
) -> tuple[NDArray[np.bool_], Floats]:
    """Look keys up in a cache that drops what was used least recently, and what is too old.

    Parameters
    ----------
    at_s : array_like of shape (n,)
        Instants of the look-ups in seconds, sorted.
    key : array_like of int, shape (n,)
        What is looked up, 0 to the number of keys less one; a miss fills the cache at once.
    capacity : int, optional
        How many keys fit, >= 1; all of them when left out.
    ttl_s : float
        Time to live: seconds after which a value must be read anew, > 0.

    Returns
    -------
    tuple of (ndarray of bool, ndarray of float), each of shape (n,)
        Which look-ups hit, and how old the value was, in seconds; 0 for a miss.

    Examples
    --------
    >>> hit, age_s = cache([0, 1, 2, 9], [4, 4, 5, 4], ttl_s=5.0)
    >>> hit.tolist(), age_s.tolist()
    ([False, True, False, False], [0.0, 1.0, 0.0, 0.0])
    """
    at, keys = instants("at_s", at_s), _numbers_of(key)
    if keys.shape != at.shape:
        text = f"key must be one for each of {at.size} look-ups, got shape {keys.shape}."
        raise ValueError(f"{text} Name a key for every instant.")
    if ttl_s != np.inf:
        number("ttl_s", ttl_s, above=0, unit="seconds", hint="Leave it out for values that last.")
    kinds = int(keys.max(initial=0)) + 1
    if capacity is not None:
        integer("capacity", capacity, at_least=1, unit="keys", hint="Leave it out for all.")
    return recently_used(at, keys, kinds, min(capacity or kinds, kinds), float(ttl_s))


def _numbers_of(key: ArrayLike) -> Ids:
    given = np.asarray(key, dtype=np.float64 if np.size(key) == 0 else None)
    wrong = ~((given >= 0) & (given == np.floor(given)) & (given < np.inf))
    if wrong.any():
        text = f"key must be a whole number >= 0, got {given[wrong].flat[0]}."
        raise ValueError(f"{text} Number the keys from 0, for example with np.unique.")
    return np.ascontiguousarray(given, dtype=np.int64)


@jit
def recently_used(
    at: Floats, key: Ids, kinds: int, capacity: int, ttl: float
) -> tuple[NDArray[np.bool_], Floats]:
    """All keys inside stand in a line, the most recently used first; the last one has to go."""
    hit, age = np.zeros(key.size, np.bool_), np.zeros(key.size)
    before, behind = np.full(kinds + 1, -1), np.full(kinds + 1, -1)
    filled = np.full(kinds, -np.inf)
    end = kinds  # the line is a ring that is closed here
    before[end] = behind[end] = end
    inside = 0
    for i in range(key.size):
        k, now = int(key[i]), float(at[i])  # plain numbers are quicker where nothing is compiled
        older, newer = before[k], behind[k]
        fresh = False
        if newer >= 0:  # take it out of its place
            old = now - filled[k]
            fresh = old <= ttl
            behind[older], before[newer] = newer, older
        elif inside == capacity:  # the line is full
            last = before[end]
            behind[before[last]], before[end] = end, before[last]
            behind[last] = -1
        else:
            inside += 1
        if fresh:
            hit[i], age[i] = True, old
        else:
            filled[k] = now
        first = behind[end]  # and put it first
        before[k], behind[k], before[first], behind[end] = end, first, k, k
    return hit, age
