"""The readable kernel against SimPy: the same departures, draw for draw."""

from __future__ import annotations

import numpy as np
import pytest
import simpy

from mlbook.queueing import fifo
from mlbook.streams import stream

REQUESTS = 10_000


def departures_in_simpy(gap_s, service_s, workers):
    env, done_s = simpy.Environment(), np.empty(len(gap_s))
    desk = simpy.Resource(env, workers)

    def request(i):
        with desk.request() as turn:
            yield turn
            yield env.timeout(service_s[i])
        done_s[i] = env.now

    def visitors():
        for i, gap in enumerate(gap_s):
            yield env.timeout(gap)
            env.process(request(i))

    env.process(visitors())
    env.run()
    return done_s


@pytest.mark.parametrize("workers", [1, 3, 20])
def test_every_request_leaves_exactly_when_it_does_in_simpy(workers):
    gap_s = stream(2, "gaps").exponential(1 / (0.9 * workers), REQUESTS)
    service_s = stream(2, "service").exponential(1.0, REQUESTS)
    ours = fifo(np.cumsum(gap_s), service_s, workers)
    theirs = departures_in_simpy(gap_s.tolist(), service_s.tolist(), workers)
    assert np.abs(ours - theirs).max() == 0.0
