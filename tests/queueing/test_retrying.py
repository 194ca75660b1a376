"""Clients that try again: when they give up, when they come again, and how a storm looks."""

from __future__ import annotations

import numpy as np
import pytest

from mlbook.queueing import fifo, finite_queue, retry
from mlbook.queueing.retrying import pop, push
from mlbook.streams import stream
from tests.worlds import refusal

CALM = {"workers": 1, "timeout_s": 4.0}


def busy(n=20_000, load=0.9, seed=1):
    arrive_s = np.cumsum(stream(seed, "gaps").exponential(1 / load, n))
    return arrive_s, stream(seed, "service").exponential(1.0, n)


def test_the_server_works_on_what_nobody_waits_for():
    # The second gives up at 7 and comes again at 7.5, but until 8 its first try is worked on.
    done_s, tries = retry([0, 1], [4, 4], workers=1, timeout_s=6.0, tries=2, backoff_s=0.5)
    np.testing.assert_array_equal(done_s, [4, 12])
    assert tries.tolist() == [1, 2]


def test_an_answer_at_the_end_of_patience_is_an_answer():
    done_s, tries = retry([0, 1], [3, 2], **CALM)
    np.testing.assert_array_equal(done_s, [3, 5])
    assert tries.tolist() == [1, 1]


def test_the_pause_doubles_before_each_further_try():
    # One worker is busy until 100 and nobody may wait: tries at 1, 1+2, 3+4, 7+8, 15+16.
    args = {"workers": 1, "timeout_s": 200.0, "backoff_s": 2.0, "places": 0}
    for tries, answered_at_s in ((6, 31 + 32 + 1), (5, np.nan)):
        done_s, tried = retry([0, 1], [50, 1], tries=tries, **args)
        np.testing.assert_array_equal(done_s, [50, answered_at_s])
        assert tried[1] == tries


def test_a_try_that_comes_when_the_worker_is_free_again_is_served():
    done_s, tries = retry([0, 1], [3, 1], places=0, backoff_s=2.0, **CALM)
    np.testing.assert_array_equal(done_s, [3, 4])  # refused at 1, served at 3
    assert tries.tolist() == [1, 2]


def test_of_two_that_come_at_one_instant_the_first_try_is_served():
    done_s, _ = retry([0, 1, 3], [3, 1, 1], places=0, backoff_s=2.0, tries=2, **CALM)
    np.testing.assert_array_equal(done_s, [3, np.nan, 4])


def test_who_never_gives_up_stands_in_a_queue():
    arrive_s, service_s = busy()
    done_s, tries = retry(arrive_s, service_s, workers=1, timeout_s=1e9)
    np.testing.assert_array_equal(done_s, fifo(arrive_s, service_s))
    assert (tries == 1).all()


def test_one_try_with_patience_before_few_places_is_a_finite_queue():
    arrive_s, service_s = busy(load=1.3)
    done_s, tries = retry(arrive_s, service_s, workers=1, timeout_s=1e9, tries=1, places=4)
    np.testing.assert_array_equal(done_s, finite_queue(arrive_s, service_s, 1, 4))
    assert (tries == 1).all()


def test_room_that_nobody_needs_takes_no_memory():
    arrive_s, service_s = busy(1_000)
    few = retry(arrive_s, service_s, places=10**15, **CALM)
    np.testing.assert_array_equal(few, retry(arrive_s, service_s, **CALM))


def test_seconds_may_be_whole_numbers():
    args = {"workers": 1, "tries": 2}
    whole = retry([0, 1], [4, 4], timeout_s=6, backoff_s=1, **args)
    np.testing.assert_array_equal(
        whole, retry([0, 1], [4, 4], timeout_s=6.0, backoff_s=1.0, **args)
    )


def test_nobody_came():
    done_s, tries = retry([], [], **CALM)
    assert done_s.shape == tries.shape == (0,)


def test_retries_turn_a_queue_that_would_cope_into_one_that_does_not():
    # The work on tries that nobody waits for keeps the line long; a short line keeps it short.
    arrive_s, service_s = busy(load=0.8 * 4)
    clients = {"workers": 4, "timeout_s": 4.0, "backoff_s": 1.0}
    once, _ = retry(arrive_s, service_s, tries=1, **clients)
    often, tries = retry(arrive_s, service_s, tries=5, **clients)
    short, _ = retry(arrive_s, service_s, tries=5, places=6, **clients)
    assert np.isfinite(once).mean() > 0.8
    assert np.isfinite(often).mean() < 0.3
    assert tries.mean() > 3
    assert np.isfinite(short).mean() > 0.8


def test_the_earliest_leaves_a_heap_first_and_of_equal_ones_the_smallest_number():
    times, ids, size = np.empty(200), np.empty(200, np.int64), 0
    given = list(zip(stream(1, "x").integers(0, 20, 200).tolist(), range(200), strict=True))
    for at, i in reversed(given):
        size = push(times, ids, size, float(at), i)
    taken = []
    while size:
        taken.append((times[0], ids[0]))
        size = pop(times, ids, size)
    assert taken == sorted(given)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"timeout_s": 0}, "timeout_s must be > 0 (seconds), got 0. Use fifo for endless patience"),
        ({"timeout_s": -1}, "timeout_s must be > 0 (seconds), got -1. Use fifo"),
        ({"timeout_s": np.nan}, "timeout_s must be > 0 (seconds), got nan. Use fifo"),
        ({"tries": 0}, "tries must be >= 1 (tries), got 0. Write 1 for clients that give up."),
        ({"backoff_s": -1}, "backoff_s must be >= 0 (seconds), got -1."),
        ({"workers": 0}, "workers must be >= 1 (workers), got 0. Write 1"),
        ({"places": -1}, "places must be >= 0 (places in the line), got -1."),
    ],
)
def test_clients_that_cannot_be_are_refused(wrong, words):
    assert words in refusal(ValueError, retry, [0], [1], **(CALM | wrong))


@pytest.mark.parametrize(
    ("arrive_s", "service_s", "words"),
    [
        ([1, 0], [1, 1], "arrive_s must be sorted (seconds), got 0 after 1 at position 1."),
        ([0, 1], [1, np.nan], "service_s must be >= 0 and finite (seconds), got nan at position 1"),
        ([0, 1], [1], "service_s must have one number for each of 2 requests, got shape (1,)."),
    ],
)
def test_requests_that_cannot_be_are_refused(arrive_s, service_s, words):
    assert words in refusal(ValueError, retry, arrive_s, service_s, **CALM)
