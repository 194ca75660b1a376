"""Lines that not everybody joins or stays in: few places, little patience, urgency."""

from __future__ import annotations

import numpy as np
import pytest

from mlbook.queueing import (
    blocking,
    cobham_waits,
    fifo,
    finite_queue,
    priority,
    reneging,
    reneging_share,
)
from mlbook.streams import stream
from tests.worlds import error_of_mean, refusal


def busy(n=100_000, rate_per_s=1.0, seed=1):
    arrive_s = np.cumsum(stream(seed, "gaps").exponential(1 / rate_per_s, n))
    return arrive_s, stream(seed, "service").exponential(1.0, n)


# ---- few places


def test_nobody_waits_where_there_is_no_place():
    done_s = finite_queue([0, 1, 5, 6], [5, 5, 5, 5], workers=1, places=0)
    np.testing.assert_array_equal(done_s, [5, np.nan, 10, np.nan])


def test_a_place_is_free_again_when_its_turn_comes():
    # The second waits from 1 to 5; the third finds its place taken at 2, the fourth finds it free.
    done_s = finite_queue([0, 1, 2, 5], [5, 5, 5, 5], workers=1, places=1)
    np.testing.assert_array_equal(done_s, [5, 10, np.nan, 15])


@pytest.mark.parametrize("workers", [1, 3])
def test_a_line_with_room_for_all_is_a_line_without_end(workers):
    arrive_s, service_s = busy(3_000, 1.3 * workers)
    for places in (2_999, 10**15):  # it takes no memory for places that nobody needs
        np.testing.assert_array_equal(
            finite_queue(arrive_s, service_s, workers, places), fifo(arrive_s, service_s, workers)
        )


@pytest.mark.parametrize(
    ("workers", "places", "load"), [(1, 0, 0.8), (4, 6, 4.4), (16, 4, 15.0), (2, 20, 1.6)]
)
def test_as_many_are_turned_away_as_the_law_says(workers, places, load):
    # Outside 4 standard errors of 40 batch means by chance: about 3 in 10,000 (t, 39).
    lost = np.isnan(finite_queue(*busy(rate_per_s=load), workers, places))
    assert abs(lost.mean() - blocking(load, 1.0, workers, places)) < 4 * error_of_mean(lost)


def test_few_requests_and_many_workers_are_served():
    assert finite_queue([], [], 2, 0).shape == (0,)
    np.testing.assert_array_equal(finite_queue([1, 1], [2, 0], workers=5, places=0), [3, 1])


# ---- little patience


def test_whoever_gives_up_keeps_no_worker_from_those_behind():
    done_s = reneging([0, 1, 2], [5, 5, 5], patience_s=[0, 3.9, 9])
    np.testing.assert_array_equal(done_s, [5, np.nan, 10])


def test_a_turn_that_comes_when_patience_ends_is_taken():
    np.testing.assert_array_equal(reneging([0, 1], [5, 5], patience_s=[0, 4]), [5, 10])


def test_endless_patience_is_a_queue():
    arrive_s, service_s = busy(3_000, 2.5)
    endless = np.full(3_000, np.inf)
    np.testing.assert_array_equal(
        reneging(arrive_s, service_s, endless, workers=3), fifo(arrive_s, service_s, 3)
    )


@pytest.mark.parametrize(("workers", "load", "patience_s"), [(1, 0.9, 2.0), (4, 4.5, 1.0)])
def test_as_many_give_up_as_erlang_a_says(workers, load, patience_s):
    arrive_s, service_s = busy(rate_per_s=load)
    patience = stream(1, "patience").exponential(patience_s, arrive_s.size)
    gave_up = np.isnan(reneging(arrive_s, service_s, patience, workers))
    law = reneging_share(load, 1.0, patience_s, workers)
    assert abs(gave_up.mean() - law) < 4 * error_of_mean(gave_up)


# ---- urgency


def test_an_urgent_request_passes_those_who_wait_and_interrupts_nobody():
    done_s = priority([0, 1, 2, 3], [5, 5, 5, 5], urgent=[False, False, True, True])
    np.testing.assert_array_equal(done_s, [5, 20, 10, 15])


@pytest.mark.parametrize("workers", [1, 4])
@pytest.mark.parametrize("all_alike", [True, False])
def test_where_all_are_alike_it_is_a_queue(workers, all_alike):
    arrive_s, service_s = busy(3_000, 0.9 * workers)
    arrive_s = np.floor(arrive_s)  # many come at one instant
    done_s = priority(arrive_s, service_s, np.full(3_000, all_alike), workers)
    np.testing.assert_array_equal(done_s, fifo(arrive_s, service_s, workers))


def test_two_that_come_at_once_before_idle_workers_start_when_they_come():
    done_s = priority([0, 9, 9], [1, 1, 1], urgent=[False, False, True], workers=2)
    np.testing.assert_array_equal(done_s, [1, 10, 10])
    np.testing.assert_array_equal(priority([9, 9], [1, 2], [False, True], workers=3), [10, 11])


def test_of_two_that_come_at_once_the_urgent_one_is_first():
    np.testing.assert_array_equal(priority([0, 0], [5, 1], urgent=[False, True]), [6, 1])


@pytest.mark.parametrize("service_cv", [1.0, 0.0])
def test_both_classes_wait_as_long_as_cobham_says(service_cv):
    n, urgent_share, rate = 200_000, 0.5, 0.8
    arrive_s, service_s = busy(n, rate)
    service_s = service_s if service_cv else np.ones(n)
    urgent = stream(1, "urgent").random(n) < urgent_share
    wait_s = priority(arrive_s, service_s, urgent) - arrive_s - service_s
    laws_s = cobham_waits(rate * urgent_share, rate * (1 - urgent_share), 1.0, service_cv)
    for waits_s, law_s in zip((wait_s[urgent], wait_s[~urgent]), laws_s, strict=True):
        assert abs(waits_s.mean() - law_s) < 4 * error_of_mean(waits_s)


def test_nobody_came_to_any_of_them():
    assert reneging([], [], []).shape == priority([], [], []).shape == (0,)


# ---- bad input

CALLS = {
    "finite_queue": lambda a, s, c: finite_queue(a, s, c, 3),
    "reneging": lambda a, s, c: reneging(a, s, np.ones(len(a)), c),
    "priority": lambda a, s, c: priority(a, s, np.ones(len(a), bool), c),
}


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize(
    ("arrive_s", "service_s", "workers", "words"),
    [
        ([1, 0], [1, 1], 1, "arrive_s must be sorted (seconds), got 0 after 1 at position 1."),
        ([0, np.nan], [1, 1], 1, "arrive_s must be finite (seconds), got nan at position 1."),
        ([0, 1], [1, -1], 1, "service_s must be >= 0 and finite (seconds), got -1.0 at position"),
        ([0, 1], [1], 1, "service_s must have one number for each of 2 requests, got shape (1,)"),
        ([0, 1], [1, 1], 0, "workers must be >= 1 (workers), got 0. Write 1"),
    ],
)
def test_requests_that_cannot_be_are_refused(name, arrive_s, service_s, workers, words):
    assert words in refusal(ValueError, CALLS[name], arrive_s, service_s, workers)


def test_no_limit_is_not_a_number_of_places():
    words = "places must be >= 0 (places in the line), got -1. Use fifo for no limit."
    assert words in refusal(ValueError, finite_queue, [0], [1], 1, -1)
    words = "places must be a whole number >= 0 (places in the line), got None. Use fifo"
    assert words in refusal(TypeError, finite_queue, [0], [1], 1, None)


@pytest.mark.parametrize("wrong", [-1.0, np.nan])
def test_patience_that_cannot_be_is_refused(wrong):
    words = f"patience_s must be >= 0 (seconds), got {wrong} at position 0."
    assert words in refusal(ValueError, reneging, [0], [1], [wrong])


def test_urgency_of_others_is_refused():
    words = "urgent must have one True or False for each of 2 requests, got shape (1,)."
    assert words in refusal(ValueError, priority, [0, 1], [1, 1], [True])
