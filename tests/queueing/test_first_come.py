"""First come, first served: who waits for whom, seen on numbers that fit on one hand."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from mlbook.queueing import fifo, first_come, tandem
from mlbook.streams import stream
from tests.worlds import refusal

WORKERS = [1, 2, 5, 64, 65, 300]


def filling(kernel):
    """Give what a kernel fills in."""

    def run(arrive_s, service_s, free):
        done_s = np.full(arrive_s.size, np.nan)
        assert kernel(arrive_s, service_s, free, done_s) == arrive_s.size
        return done_s

    return run


QUICK = [first_come.branch_free, first_come.heap, first_come._heapq]
KERNELS = [first_come.scan, *map(filling, QUICK)]


def busy(n=2_000, seed=1, load=3.0):
    """Arrivals and times of service; some of the former equal, some of the latter 0."""
    rng = stream(seed, "busy")
    arrive_s = np.sort(rng.random(n) * n / load).round(1)
    return arrive_s, rng.exponential(1.0, n) * (rng.random(n) < 0.9)


# ---- fifo


def test_one_worker_serves_one_after_the_other():
    np.testing.assert_array_equal(fifo([0, 1, 20], [5, 5, 5]), [5, 10, 25])


def test_who_arrives_at_a_free_worker_does_not_wait():
    np.testing.assert_array_equal(fifo([0, 1, 2], [5, 5, 5], workers=3), [5, 6, 7])


def test_the_next_in_line_takes_the_worker_that_is_free_first():
    np.testing.assert_array_equal(fifo([0, 0, 1], [10, 3, 1], workers=2), [10, 3, 4])


def test_short_work_may_leave_before_long_work_that_came_earlier():
    np.testing.assert_array_equal(fifo([0, 1], [9, 1], workers=2), [9, 2])


def test_the_clock_may_begin_before_zero():
    np.testing.assert_array_equal(fifo([-9, -8], [5, 5]), [-4, 1])


def test_the_start_of_the_clock_does_not_matter():
    arrive_s, service_s = np.cumsum(np.ones(50)), stream(1, "x").exponential(3.0, 50)
    later = fifo(arrive_s + 1024.0, service_s, workers=2) - 1024.0
    np.testing.assert_allclose(later, fifo(arrive_s, service_s, workers=2), atol=1e-9)


def test_one_worker_is_lindleys_closed_form():
    arrive_s = np.cumsum(stream(1, "gaps").exponential(1.2, 5000))
    service_s = stream(1, "service").exponential(1.0, 5000)
    work = np.cumsum(service_s)
    done_s = work + np.maximum.accumulate(arrive_s - np.r_[0.0, work[:-1]])
    np.testing.assert_allclose(fifo(arrive_s, service_s), done_s, rtol=0, atol=1e-8)


@pytest.mark.parametrize("workers", WORKERS)
@pytest.mark.parametrize("kernel", KERNELS)
def test_every_way_to_find_the_first_worker_finds_the_same_departures(kernel, workers):
    arrive_s, service_s = busy(load=0.9 * workers)
    free = np.full(workers, -np.inf)
    done_s = kernel(arrive_s, service_s, free)
    np.testing.assert_array_equal(done_s, fifo(arrive_s, service_s, workers))
    last = np.sort(np.r_[np.full(workers, -np.inf), done_s])  # each worker's last departure
    assert free.max() == last[-1]


@pytest.mark.parametrize("workers", WORKERS)
@pytest.mark.parametrize("kernel", [*KERNELS, filling(first_come.quickest)])
def test_a_station_goes_on_where_it_stopped(kernel, workers):
    arrive_s, service_s = busy(load=0.9 * workers)
    free = np.full(workers, -np.inf)
    cuts = [0, 1, 700, 700, *range(801, 2_000, 33), 2_000]
    pieces = [slice(*each) for each in pairwise(cuts)]
    done_s = np.concatenate([kernel(arrive_s[p], service_s[p], free) for p in pieces])
    np.testing.assert_array_equal(done_s, fifo(arrive_s, service_s, workers))


@pytest.mark.parametrize("workers", [1, 3, 100])
def test_more_workers_than_requests_make_nobody_wait(workers):
    np.testing.assert_array_equal(fifo([2.0], [1.0], workers), [3.0])
    assert fifo([], [], workers).shape == (0,)


def test_work_that_takes_no_time_is_done_when_its_turn_comes():
    np.testing.assert_array_equal(fifo([0, 0, 0], [2, 0, 0]), [2, 2, 2])
    np.testing.assert_array_equal(fifo([0, 0, 0], [2, 0, 0], workers=2), [2, 0, 0])


def test_what_was_handed_in_is_left_as_it_was():
    arrive_s, service_s = busy(200)
    kept = arrive_s.copy(), service_s.copy()
    fifo(arrive_s, service_s, 3)
    tandem(arrive_s, [service_s, service_s], [2, 1])
    np.testing.assert_array_equal((arrive_s, service_s), kept)


def test_the_engine_without_numba_gives_the_same_bits(without_numba):
    arrive_s, service_s = busy(300)
    expected_s = first_come.scan.plain(arrive_s, service_s, np.full(3, -np.inf))
    np.testing.assert_array_equal(fifo(arrive_s, service_s, 3), expected_s)


@pytest.mark.parametrize(
    ("kernel", "workers"),
    [(first_come.lindley, 1), (first_come.branch_free, 3), (first_come.heap, 3)],
)
@pytest.mark.parametrize("row", [0, 1])
@pytest.mark.parametrize("wrong", [-1.0, np.nan])
def test_a_kernel_stops_at_the_first_request_that_cannot_be(kernel, workers, row, wrong):
    both = np.array(busy(50))
    both[row, [20, 30]] = wrong
    done_s = np.full(50, np.nan)
    assert kernel(*both, np.full(workers, -np.inf), done_s) == 20
    np.testing.assert_array_equal(np.isnan(done_s), np.arange(50) >= 20)


# ---- tandem


def test_a_tandem_of_one_queue_is_that_queue():
    arrive_s, service_s = busy()
    np.testing.assert_array_equal(
        tandem(arrive_s, service_s, 3)[0], fifo(arrive_s, service_s, workers=3)
    )


@pytest.mark.parametrize("workers", [(3, 2), (1, 4), (2, 70, 1)])
def test_a_tandem_is_its_queues_with_a_sort_between_them(workers):
    arrive_s, _ = busy(load=0.8 * min(workers))
    service_s = stream(2, "tandem").exponential(1.0, (len(workers), arrive_s.size))
    done_s = tandem(arrive_s, service_s, workers)
    at_s, who = arrive_s, np.arange(arrive_s.size)
    for station, count in enumerate(workers):
        left_s = fifo(at_s, service_s[station][who], count)
        np.testing.assert_array_equal(done_s[station, who], left_s)
        order = np.argsort(left_s, kind="stable")
        at_s, who = left_s[order], who[order]


def test_equal_departures_keep_the_order_of_the_requests():
    # All three leave the first queue at second 2; the second one takes them by their numbers.
    first, second = tandem([0, 0, 0], [[2, 2, 2], [1, 1, 1]], workers=[3, 1])
    np.testing.assert_array_equal(first, [2, 2, 2])
    np.testing.assert_array_equal(second, [3, 4, 5])


@pytest.mark.parametrize("workers", [(1, 1), (5, 5)])
def test_a_tandem_of_few_requests_is_served(workers):
    assert tandem([], np.empty((2, 0)), workers).shape == (2, 0)
    np.testing.assert_array_equal(tandem([1.0], [[2.0], [0.0]], workers), [[3.0], [3.0]])


# ---- bad input


@pytest.mark.parametrize("call", [fifo, lambda a, s: tandem(a, [s, s], [1, 1])])
@pytest.mark.parametrize(
    ("arrive_s", "words"),
    [
        ([1, 0], "arrive_s must be sorted (seconds), got 0 after 1 at position 1. Sort everything"),
        ([0, np.nan], "arrive_s must be finite (seconds), got nan at position 1. Leave such"),
        ([0, np.inf], "arrive_s must be finite (seconds), got inf at position 1. Leave such"),
        ([[0, 1]], "arrive_s must be one row of instants (seconds), got shape (1, 2)."),
    ],
)
def test_arrivals_that_cannot_be_are_refused(call, arrive_s, words):
    assert words in refusal(ValueError, call, arrive_s, [1.0, 1.0])


@pytest.mark.parametrize(
    "call",
    [
        fifo,
        lambda a, s: fifo(a, s, 3),
        lambda a, s: fifo(a, s, 300),
        lambda a, s: tandem(a, [[1.0, 1.0], s], [1, 1]),
        lambda a, s: tandem(a, [s, [1.0, 1.0]], [2, 1]),
        lambda a, s: tandem(a, [[1.0, 1.0], s], [2, 2]),
    ],
)
@pytest.mark.parametrize("wrong", [-1.0, np.nan, np.inf])
def test_a_time_of_service_that_cannot_be_is_refused(call, wrong):
    words = f"service_s must be >= 0 and finite (seconds), got {wrong} at position 1."
    assert words in refusal(ValueError, call, [0.0, 1.0], [1.0, wrong])


def test_requests_without_a_time_of_service_are_refused():
    words = "service_s must have one number for each of 2 requests, got shape (1,). Draw as many"
    assert words in refusal(ValueError, fifo, [0, 1], [1])
    words = (
        "service_s must have 2 rows (one a queue) of 2 numbers (one a request), got shape (1, 2)"
    )
    assert words in refusal(ValueError, tandem, [0, 1], [[1, 1]], [1, 1])


@pytest.mark.parametrize("call", [fifo, lambda a, s, c: tandem(a, [s], [c])])
def test_a_queue_without_workers_or_with_half_a_one_is_refused(call):
    words = "workers must be >= 1 (workers), got 0. Write 1"
    assert words in refusal(ValueError, call, [0], [1], 0)
    words = "workers must be a whole number >= 1 (workers), got 1.5"
    assert words in refusal(TypeError, call, [0], [1], 1.5)
