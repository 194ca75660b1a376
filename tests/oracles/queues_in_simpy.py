"""Queues written once more as SimPy processes: other people's event calendar, the same arrays.

Every request is a process that sleeps until its arrival. All of them are made before the clock
starts, in the order of their numbers, so that ties are met in that order.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import simpy

from mlbook.streams import stream

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


def arrays(n: int, rate_per_s: float, seed: int = 2) -> tuple[np.ndarray, np.ndarray]:
    """Give random arrivals, and exponential service times with a mean of one second."""
    arrive_s = np.cumsum(stream(seed, "gaps").exponential(1 / rate_per_s, n))
    return arrive_s, stream(seed, "service").exponential(1.0, n)


def departures(
    arrive_s: np.ndarray,
    request: Callable[[simpy.Environment, int], Iterator[simpy.Event]],
    env: simpy.Environment,
    until_s: float | None = None,
) -> np.ndarray:
    """Run one process a request; it leaves when its process ends, NaN when that returns False."""
    done_s = np.full(len(arrive_s), np.nan)

    def come(i: int, at: float) -> Iterator[simpy.Event]:
        yield env.timeout(at)
        answered = yield from request(env, i)
        if answered is not False:
            done_s[i] = env.now

    for i, at in enumerate(arrive_s.tolist()):
        env.process(come(i, at))
    env.run(until_s)
    return done_s


def first_come(arrive_s: np.ndarray, service_s: np.ndarray, *workers: int) -> np.ndarray:
    """Send requests through one queue after another; `service_s` has a row for each."""
    env = simpy.Environment()
    desks = [simpy.Resource(env, count) for count in workers]
    takes = np.atleast_2d(service_s).tolist()
    left = np.empty((len(workers), len(arrive_s)))

    def request(env, i):
        for station, desk in enumerate(desks):
            with desk.request() as turn:
                yield turn
                yield env.timeout(takes[station][i])
            left[station, i] = env.now

    departures(arrive_s, request, env)
    return left
