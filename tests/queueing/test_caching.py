"""A cache: what it forgets, how old its answers are, and how often it hits."""

from __future__ import annotations

from collections import OrderedDict

import numpy as np
import pytest

from mlbook.queueing import Zipf, cache, lru_hit_share, poisson, ttl_hit_share
from mlbook.streams import stream
from tests.worlds import error_of_mean, refusal

ZIPF = Zipf(0.9, kinds=500)


def look_ups(n=20_000, rate_per_s=10.0, seed=1):
    at_s = np.cumsum(stream(seed, "gaps").exponential(1 / rate_per_s, n))
    return at_s, ZIPF.sample(stream(seed, "keys"), n)


def by_an_ordered_dict(at_s, keys, capacity, ttl_s):
    """Do the same with Python's own ordered dictionary."""
    inside, hits, ages_s = OrderedDict(), [], []
    for at, key in zip(at_s.tolist(), keys.tolist(), strict=True):
        hit = key in inside and at - inside[key] <= ttl_s
        filled = inside.pop(key, at) if hit else (inside.pop(key, None), at)[1]
        if len(inside) == capacity:
            inside.popitem(last=False)
        inside[key] = filled
        hits.append(hit)
        ages_s.append(at - filled)
    return np.array(hits), np.array(ages_s)


@pytest.mark.parametrize("capacity", [1, 2, 30, 499, 500])
@pytest.mark.parametrize("ttl_s", [np.inf, 5.0])
def test_every_look_up_ends_as_in_an_ordered_dictionary(capacity, ttl_s):
    at_s, keys = look_ups()
    hit, age_s = cache(at_s, keys, capacity=capacity, ttl_s=ttl_s)
    hits, ages_s = by_an_ordered_dict(at_s, keys, capacity, ttl_s)
    np.testing.assert_array_equal(hit, hits)
    np.testing.assert_array_equal(age_s, ages_s)
    assert 0.01 < hit.mean() < 0.99


def test_the_key_that_was_used_least_recently_has_to_go():
    hit, _ = cache(range(6), [1, 2, 1, 3, 1, 2], capacity=2)
    assert hit.tolist() == [False, False, True, False, True, False]


def test_a_value_dies_after_its_time_however_often_it_is_asked_for():
    hit, age_s = cache([0, 2, 4, 6], [7, 7, 7, 7], ttl_s=5.0)
    assert hit.tolist() == [False, True, True, False]
    assert age_s.tolist() == [0, 2, 4, 0]


def test_a_value_still_lives_at_the_end_of_its_time():
    assert cache([0, 5], [0, 0], ttl_s=5.0)[0].tolist() == [False, True]


def test_room_for_all_without_an_end_misses_each_key_once():
    at_s, keys = look_ups()
    misses = ~cache(at_s, keys)[0]
    assert misses.sum() == np.unique(keys).size


def test_nobody_asked():
    hit, age_s = cache([], [])
    assert hit.shape == age_s.shape == (0,)


@pytest.mark.parametrize("ttl_s", [2.0, 60.0])
def test_a_time_to_live_hits_as_its_law_says_and_hits_are_half_of_it_old(ttl_s):
    # From the third lifetime on; batch means, because a key that is there stays there for a while.
    at_s = poisson(stream(2, "gaps"), rate_per_s=20.0, lasting_s=60_000 / 20)
    keys = ZIPF.sample(stream(2, "keys"), at_s.size)
    hit, age_s = (each[at_s > 2 * ttl_s] for each in cache(at_s, keys, ttl_s=ttl_s))
    assert abs(hit.mean() - ttl_hit_share(20.0, ZIPF.shares, ttl_s)) < 4 * error_of_mean(hit)
    assert abs(age_s[hit].mean() - ttl_s / 2) < 4 * error_of_mean(age_s[hit])


@pytest.mark.parametrize("capacity", [10, 50, 250])
def test_least_recently_used_hits_as_che_says(capacity):
    # Che's time T is random in truth: the share of hits is a mean of a bent curve over it. With 500
    # keys that costs less than half a percentage point; the sampling error comes on top.
    at_s, keys = look_ups(n=100_000)
    hit = cache(at_s, keys, capacity=capacity)[0][5_000:]
    off = abs(hit.mean() - lru_hit_share(ZIPF.shares, capacity))
    assert off < 0.005 + 4 * error_of_mean(hit)


# ---- bad input


@pytest.mark.parametrize(
    ("at_s", "key", "named", "words"),
    [
        ([1, 0], [0, 0], {}, "at_s must be sorted (seconds), got 0 after 1 at position 1."),
        ([0, 1], [0], {}, "key must be one for each of 2 look-ups, got shape (1,). Name a key"),
        ([0, 1], [0, -1], {}, "key must be a whole number >= 0, got -1. Number the keys from 0"),
        ([0, 1], [0, 1.5], {}, "key must be a whole number >= 0, got 1.5. Number the keys"),
        ([0, 1], [0, np.nan], {}, "key must be a whole number >= 0, got nan. Number the keys"),
        ([0], [0], {"ttl_s": 0}, "ttl_s must be > 0 (seconds), got 0. Leave it out"),
        ([0], [0], {"ttl_s": np.nan}, "ttl_s must be > 0 (seconds), got nan. Leave it out"),
        ([0], [0], {"ttl_s": -np.inf}, "ttl_s must be > 0 (seconds), got -inf. Leave it out"),
        ([0], [0], {"capacity": 0}, "capacity must be >= 1 (keys), got 0. Leave it out for all."),
    ],
)
def test_look_ups_that_cannot_be_are_refused(at_s, key, named, words):
    assert words in refusal(ValueError, cache, at_s, key, **named)
