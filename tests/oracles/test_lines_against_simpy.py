"""Lines that not everybody joins or stays in, and micro-batches, against SimPy."""

from __future__ import annotations

import numpy as np
import pytest
import simpy

from mlbook.queueing import batch, finite_queue, priority, reneging
from mlbook.streams import stream
from tests.oracles.queues_in_simpy import arrays, departures

REQUESTS = 4_000


@pytest.mark.parametrize(("workers", "places"), [(1, 0), (1, 3), (4, 6), (16, 4), (3, 10_000)])
def test_the_same_requests_are_turned_away_as_in_simpy(workers, places):
    arrive_s, service_s = arrays(REQUESTS, 1.1 * workers)
    env = simpy.Environment()
    desk, takes = simpy.Resource(env, workers), service_s.tolist()

    def request(env, i):
        if desk.count == workers and len(desk.queue) >= places:
            return False
        with desk.request() as turn:
            yield turn
            yield env.timeout(takes[i])
        return True

    theirs = departures(arrive_s, request, env)
    np.testing.assert_array_equal(finite_queue(arrive_s, service_s, workers, places), theirs)
    assert places > 100 or 0.05 < np.isnan(theirs).mean() < 0.6


@pytest.mark.parametrize("workers", [1, 4])
def test_the_same_requests_give_up_as_in_simpy(workers):
    arrive_s, service_s = arrays(REQUESTS, 1.2 * workers)
    patience_s = stream(7, "patience").exponential(2.0, REQUESTS)
    patience_s[::10] = np.inf
    env = simpy.Environment()
    desk, takes, waits = simpy.Resource(env, workers), service_s.tolist(), patience_s.tolist()

    def request(env, i):
        with desk.request() as turn:
            yield turn if waits[i] == np.inf else turn | env.timeout(waits[i])
            if not turn.triggered:
                return False
            yield env.timeout(takes[i])
        return True

    theirs = departures(arrive_s, request, env)
    np.testing.assert_array_equal(reneging(arrive_s, service_s, patience_s, workers), theirs)
    assert np.isnan(theirs).any()
    assert not np.isnan(theirs[::10]).any(), "endless patience"


@pytest.mark.parametrize("workers", [1, 4])
def test_urgent_requests_are_served_when_they_are_in_simpy(workers):
    arrive_s, service_s = arrays(REQUESTS, 0.95 * workers)
    urgent = stream(8, "urgent").random(REQUESTS) < 0.3
    env = simpy.Environment()
    desk, takes = simpy.PriorityResource(env, workers), service_s.tolist()

    def request(env, i):
        with desk.request(priority=0 if urgent[i] else 1) as turn:
            yield turn
            yield env.timeout(takes[i])

    theirs = departures(arrive_s, request, env)
    np.testing.assert_array_equal(priority(arrive_s, service_s, urgent, workers), theirs)


class Batches:
    """Micro-batches as a process: wait for company, wait for a worker, take who is there."""

    def __init__(self, arrive_s, size, wait_s, workers):
        self.env, self.arrive_s = simpy.Environment(), arrive_s.tolist()
        self.size, self.wait_s, self.line = size, wait_s, []
        self.desk, self.came = simpy.Resource(self.env, workers), self.env.event()
        self.done_s, self.together = np.empty(len(arrive_s)), np.empty(len(arrive_s), int)

    def visitor(self, i):
        yield self.env.timeout(self.arrive_s[i])
        self.line.append(i)
        self.came.succeed()
        self.came = self.env.event()

    def batches(self, takes_s):
        for_now = 0
        while for_now < len(self.arrive_s):
            if not self.line:
                yield self.came
            rest_s = self.arrive_s[self.line[0]] + self.wait_s - self.env.now
            patience = self.env.timeout(max(rest_s, 0.0))
            while len(self.line) < self.size and not patience.processed:
                yield self.came | patience
            turn = self.desk.request()
            yield turn
            members, self.line = self.line[: self.size], self.line[self.size :]
            for_now += len(members)
            self.env.process(self.work(members, turn, takes_s(len(members))))

    def work(self, members, turn, takes_s):
        yield self.env.timeout(takes_s)
        self.desk.release(turn)
        self.done_s[members], self.together[members] = self.env.now, len(members)

    def run(self, takes_s):
        for i in range(len(self.arrive_s)):
            self.env.process(self.visitor(i))
        self.env.process(self.batches(takes_s))
        self.env.run()
        return self.done_s, self.together


@pytest.mark.parametrize(
    ("rate_per_s", "size", "wait_s", "workers"),
    [(20.0, 8, 0.2, 1), (60.0, 16, 0.05, 2), (5.0, 4, 1.0, 1), (200.0, 32, 0.1, 1)],
)
def test_every_batch_has_the_same_members_as_in_simpy(rate_per_s, size, wait_s, workers):
    arrive_s, _ = arrays(REQUESTS, rate_per_s)
    theirs_s, sizes = Batches(arrive_s, size, wait_s, workers).run(lambda n: 0.05 + 0.01 * n)
    ours_s, together = batch(
        arrive_s,
        size=size,
        wait_s=wait_s,
        per_batch_s=0.05,
        per_request_s=0.01,
        workers=workers,
    )
    np.testing.assert_array_equal(together, sizes)
    assert len(set(sizes.tolist())) > 1, "batches of one size only would prove little"
    # Not equal to the last bit: SimPy sleeps for the rest of the wait, we wait until its end.
    np.testing.assert_allclose(ours_s, theirs_s, rtol=0, atol=1e-9)
