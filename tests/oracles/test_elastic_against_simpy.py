"""Workers that come and go, against SimPy: the same rules as processes with a clock."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
import pytest
import simpy

from mlbook.queueing import autoscale, cold_start
from mlbook.streams import stream
from tests.oracles.queues_in_simpy import arrays, departures

REQUESTS = 3_000


@pytest.mark.parametrize(("rate_per_s", "idle_s", "cold_s"), [(0.5, 1.0, 2.0), (0.1, 5.0, 30.0)])
def test_the_same_requests_meet_a_cold_instance_as_in_simpy(rate_per_s, idle_s, cold_s):
    arrive_s, service_s = arrays(REQUESTS, rate_per_s)
    env, state = simpy.Environment(), {"warm": False, "served": 0}
    desk, takes, woke = simpy.Resource(env, 1), service_s.tolist(), np.zeros(REQUESTS, bool)

    def take_away(served):
        yield env.timeout(idle_s)
        if state["served"] == served and desk.count == 0:
            state["warm"] = False

    def request(env, i):
        with desk.request() as turn:
            yield turn
            if not state["warm"]:
                woke[i] = True
                yield env.timeout(cold_s)
            yield env.timeout(takes[i])
            state.update(warm=True, served=state["served"] + 1)
        env.process(take_away(state["served"]))

    theirs = departures(arrive_s, request, env)
    done_s, cold = cold_start(arrive_s, service_s, idle_s=idle_s, cold_s=cold_s)
    np.testing.assert_array_equal(cold, woke)
    np.testing.assert_array_equal(done_s, theirs)
    assert 0.05 < woke.mean() < 0.9


@dataclass
class Worker:
    ready_s: float = 0.0  # not before it has started
    free_s: float = -math.inf  # idle since
    is_busy: bool = False


@dataclass
class Scaled:
    """One line, a scaler that looks at the work that came, workers that are ready late."""

    arrive_s: list[float]
    service_s: list[float]
    least: int
    most: int
    every_s: float
    lag_s: float
    target: float
    line: list[int] = field(default_factory=list)
    work_s: float = 0.0

    def run(self):
        self.env, self.active = simpy.Environment(), self.least
        self.workers = [Worker() for _ in range(self.most)]
        self.done_s, self.ordered = np.empty(len(self.arrive_s)), np.empty(len(self.arrive_s), int)
        for i in range(len(self.arrive_s)):
            self.env.process(self.visitor(i))
        looks = math.ceil(3 * (self.arrive_s[-1] - self.arrive_s[0]) / self.every_s)
        for k in range(1, looks):
            self.env.process(self.look(self.arrive_s[0] + k * self.every_s))
        self.env.run()
        return self.done_s, self.ordered

    def visitor(self, i):
        yield self.env.timeout(self.arrive_s[i])
        self.ordered[i] = self.active
        self.work_s += self.service_s[i]
        self.line.append(i)
        self.dispatch()

    def look(self, at_s):
        yield self.env.timeout(at_s)
        wanted = math.ceil(self.work_s / self.every_s / self.target)
        wanted, self.work_s = min(max(wanted, self.least), self.most), 0.0
        fresh, self.active = self.workers[self.active : wanted], wanted
        for worker in fresh:
            worker.ready_s = self.env.now + self.lag_s
        yield self.env.timeout(self.lag_s)
        self.dispatch()

    def dispatch(self):
        """Let idle workers take who waits; the one that has been free the longest is first."""
        while self.line:
            idle = [w for w in self.workers[: self.active] if not w.is_busy]
            ready = [w for w in idle if w.ready_s <= self.env.now]
            if not ready:
                return
            worker = min(ready, key=lambda w: max(w.free_s, w.ready_s))
            worker.is_busy = True
            self.env.process(self.serve(worker, self.line.pop(0)))

    def serve(self, worker, i):
        yield self.env.timeout(self.service_s[i])
        self.done_s[i] = worker.free_s = self.env.now
        worker.is_busy = False
        self.dispatch()


def rush():
    """Calm, then five times as much, then calm again."""
    gaps = stream(9, "gaps").exponential(1.0, REQUESTS)
    rate = np.where(np.arange(REQUESTS) // 1_000 == 1, 10.0, 2.0)
    return np.cumsum(gaps / rate), stream(9, "service").exponential(1.0, REQUESTS)


@pytest.mark.parametrize(
    ("least", "most", "every_s", "lag_s", "target"),
    [
        (1, 20, 10.0, 15.0, 0.6),
        (2, 6, 5.0, 0.0, 0.8),
        (3, 40, 30.0, 60.0, 0.5),
        (1, 9, 2.0, 7.0, 1),
    ],
)
def test_the_autoscaler_orders_and_serves_as_in_simpy(least, most, every_s, lag_s, target):
    arrive_s, service_s = rush()
    settings = {"least": least, "most": most, "every_s": every_s, "lag_s": lag_s, "target": target}
    theirs_s, orders = Scaled(arrive_s.tolist(), service_s.tolist(), **settings).run()
    done_s, ordered = autoscale(arrive_s, service_s, **settings)
    np.testing.assert_array_equal(ordered, orders)
    assert np.ptp(orders) > 2, "an order that never changes would prove nothing"
    assert np.abs(done_s - theirs_s).max() == 0.0
