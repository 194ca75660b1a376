"""The two laws of forgetting against independent computations."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import integrate, optimize

from mlbook.queueing import Zipf, lru_hit_share, ttl_hit_share
from tests.worlds import refusal


def test_a_time_to_live_that_is_never_met_again_never_hits():
    assert ttl_hit_share(0.0, [0.5, 0.5], 10.0) == 0.0
    assert ttl_hit_share(1e9, [0.5, 0.5], 10.0) == pytest.approx(1.0)


def test_the_law_of_a_time_to_live_is_a_renewal_share():
    # Of one key: a cycle is a life and the time to the next look-up. Both by quadrature.
    rate, ttl = 0.3, 4.0
    hits = integrate.quad(lambda _: rate, 0, ttl)[0]  # expected look-ups in a life
    to_the_next = integrate.quad(lambda t: t * rate * np.exp(-rate * t), 0, np.inf)[0]
    share = hits / (rate * (ttl + to_the_next))
    assert ttl_hit_share(rate, [1.0], ttl) == pytest.approx(share, rel=1e-9)


def test_every_key_counts_as_often_as_it_is_asked_for():
    alone = [ttl_hit_share(rate, [1.0], 2.0) for rate in (9.0, 1.0)]
    assert ttl_hit_share(10.0, [0.9, 0.1], 2.0) == pytest.approx(0.9 * alone[0] + 0.1 * alone[1])


@pytest.mark.parametrize(("kinds", "capacity"), [(50, 1), (500, 60), (20_000, 3_000)])
def test_the_characteristic_time_is_the_root_that_scipy_finds(kinds, capacity):
    p = Zipf(1.1, kinds).shares

    def kept(look_ups):
        return (1 - np.exp(-p * look_ups)).sum() - capacity

    time = optimize.brentq(kept, 0.0, 1e9, xtol=1e-9)
    expected = (p * (1 - np.exp(-p * time))).sum()
    assert lru_hit_share(p, capacity) == pytest.approx(expected, rel=1e-9)


def test_equal_keys_hit_as_often_as_they_fit():
    assert lru_hit_share(np.full(40, 1 / 40), 10) == pytest.approx(0.25)


def test_a_cache_with_room_for_all_hits_always():
    assert lru_hit_share([0.7, 0.3], 2) == lru_hit_share([0.7, 0.3], 99) == 1.0


def test_keys_that_nobody_asks_for_take_no_room():
    assert lru_hit_share([1.0, 0.0, 0.0], 1) == lru_hit_share([1.0, 0.0, 0.0], 2) == 1.0
    assert lru_hit_share([0.5, 0.3, 0.2, 0.0], 2) == pytest.approx(
        lru_hit_share([0.5, 0.3, 0.2], 2)
    )


@pytest.mark.parametrize("law", [lambda p: lru_hit_share(p, 1), lambda p: ttl_hit_share(1.0, p, 1)])
@pytest.mark.parametrize(
    ("shares", "words"),
    [
        ([0.5, 0.6], "shares must be >= 0 and add up to 1, got a sum of 1.1. Divide them"),
        ([1.5, -0.5], "shares must be >= 0 and add up to 1, got a sum of 1. Divide them"),
        ([np.nan, 1.0], "shares must be >= 0 and add up to 1, got a sum of nan. Divide them"),
        ([], "shares must be >= 0 and add up to 1, got a sum of 0. Divide them"),
    ],
)
def test_shares_that_are_none_are_refused(law, shares, words):
    assert words in refusal(ValueError, law, shares)


def test_a_cache_without_room_or_time_is_refused():
    assert "capacity must be >= 1 (keys), got 0." in refusal(ValueError, lru_hit_share, [1.0], 0)
    assert "ttl_s must be > 0 (seconds), got 0." in refusal(ValueError, ttl_hit_share, 1, [1.0], 0)
