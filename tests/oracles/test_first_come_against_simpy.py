"""First come, first served, against SimPy: the same departures, draw for draw."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from mlbook.queueing import fifo, first_come, tandem
from mlbook.streams import stream
from tests.oracles import queues_in_simpy
from tests.oracles.queues_in_simpy import arrays

REQUESTS = 5_000
WORKERS = [1, 3, 20, 70]


@cache
def world(workers):
    arrive_s, service_s = arrays(REQUESTS, 0.9 * workers)
    return arrive_s, service_s, queues_in_simpy.first_come(arrive_s, service_s, workers)[0]


def by_kernel(kernel):
    def run(arrive_s, service_s, workers):
        done_s = np.full(arrive_s.size, np.nan)
        assert kernel(arrive_s, service_s, np.full(workers, -np.inf), done_s) == arrive_s.size
        return done_s

    return run


def by_reading(arrive_s, service_s, workers):
    return first_come.scan(arrive_s, service_s, np.full(workers, -np.inf))


def in_the_order_in_which_they_leave(arrive_s, service_s, workers):
    left_s, who = first_come.in_order(arrive_s, service_s, np.arange(arrive_s.size), workers)
    assert (np.diff(left_s) >= 0).all(), "given in the order in which they leave"
    done_s = np.empty(arrive_s.size)
    done_s[who] = left_s
    return done_s


ENGINES = {
    "fifo": fifo,
    "scan": by_reading,
    "branch_free": by_kernel(first_come.branch_free),
    "heap": by_kernel(first_come.heap),
    "heapq": by_kernel(first_come._heapq),
    "leave_order": in_the_order_in_which_they_leave,
}


@pytest.mark.parametrize("workers", WORKERS)
@pytest.mark.parametrize("engine", ENGINES)
def test_every_request_leaves_exactly_when_it_does_in_simpy(engine, workers):
    arrive_s, service_s, theirs = world(workers)
    ours = ENGINES[engine](arrive_s, service_s, workers)
    assert (theirs - arrive_s > service_s + 1e-9).mean() > 0.1, "without waits it proves nothing"
    assert np.abs(ours - theirs).max() == 0.0


def test_one_worker_is_lindleys_recursion():
    arrive_s, service_s, theirs = world(1)
    ours = by_kernel(first_come.lindley)(arrive_s, service_s, 1)
    assert np.abs(ours - theirs).max() == 0.0


@pytest.mark.parametrize("workers", [(4, 2), (1, 1), (5, 1, 3)])
def test_a_request_leaves_every_queue_of_a_tandem_exactly_when_it_does_in_simpy(workers):
    arrive_s, _ = arrays(REQUESTS, 0.85 * min(workers))
    service_s = stream(3, "tandem").exponential(1.0, (len(workers), REQUESTS))
    theirs = queues_in_simpy.first_come(arrive_s, service_s, *workers)
    assert np.abs(tandem(arrive_s, service_s, workers) - theirs).max() == 0.0


@pytest.mark.parametrize("workers", [(2, 1), (3, 2, 2)])
def test_those_who_leave_at_one_instant_come_to_the_next_queue_in_their_order(workers):
    # Whole seconds: nearly everybody leaves together with somebody else.
    rng = stream(4, "ties")
    arrive_s = np.sort(rng.integers(0, 1_000, 1_000)).astype(float)
    service_s = rng.integers(0, 3, (len(workers), 1_000)).astype(float)
    theirs = queues_in_simpy.first_come(arrive_s, service_s, *workers)
    assert np.abs(tandem(arrive_s, service_s, workers) - theirs).max() == 0.0
