"""What a pattern costs to run: CPU seconds on this machine, and the goals of DESIGN.md beside them.

Each number is the least of three runs, of processor time, not of the wall's. What is compared runs
in turns in one process, so that a ratio holds on a busy machine too. Nothing here fails.
"""

from __future__ import annotations

import math
import subprocess
import sys
import time
from functools import partial
from typing import TYPE_CHECKING

import simpy

import mlbook as mb
from mlbook.clock import Servers, VirtualClock
from mlbook.streams import stream

if TYPE_CHECKING:
    from collections.abc import Callable

REPEATS = 3
PATTERNS = (
    mb.RestApi(),
    mb.SharedDb(),
    mb.Streaming(),
    mb.MobileApp(),
    mb.Federated(),
    mb.InProcess(),
)
REQUESTS = 40_000


def least_seconds(*jobs: Callable[[], object]) -> list[float]:
    """Run the jobs in turns; give the least processor time of each."""
    seconds: list[list[float]] = [[] for _ in jobs]
    for _ in range(REPEATS):
        for job, mine in zip(jobs, seconds, strict=True):
            began = time.process_time()
            job()
            mine.append(time.process_time() - began)
    return [min(mine) for mine in seconds]


def two_weeks(users: int) -> Callable[[], object]:
    """Make a world and let both patterns serve it."""

    def job() -> object:
        world = mb.World(seed=1, days=14, users=users)
        return mb.compare(world, rest=mb.RestApi(), nightly=mb.SharedDb())

    return job


def each_pattern(users: int) -> list[float]:
    """Let every pattern serve the same world; give the seconds of each."""
    world = mb.World(seed=1, days=14, users=users)
    return least_seconds(*(partial(mb.run, pattern, world) for pattern in PATTERNS))


def twenty_rounds() -> Callable[[], object]:
    """Let a hundred clients learn in twenty rounds, each behind a secure sum."""
    world = mb.World(seed=1, days=6, users=100, visits_per_user_day=10)
    clients = mb.fedavg.clients_of(world, 6 * mb.DAY)
    plan = mb.fedavg.Plan(clients_a_round=100, local_epochs=20)
    return lambda: mb.fedavg.federate(clients, plan, rounds=20)


def on_our_clock() -> None:
    clock = VirtualClock()
    desk = Servers(clock, workers=1)

    async def request(seconds: float) -> None:
        async with desk:
            await clock.sleep(seconds)

    async def visitors() -> None:
        for gap, seconds in DRAWS:
            await clock.sleep(gap)
            clock.start(request(seconds))

    clock.start(visitors())
    clock.run()


def in_simpy() -> None:
    env = simpy.Environment()
    desk = simpy.Resource(env, capacity=1)

    def request(seconds):
        with desk.request() as turn:
            yield turn
            yield env.timeout(seconds)

    def visitors():
        for gap, seconds in DRAWS:
            yield env.timeout(gap)
            env.process(request(seconds))

    env.process(visitors())
    env.run()


DRAWS = list(
    zip(
        stream(1, "gaps").exponential(1.25, REQUESTS).tolist(),
        stream(1, "service").exponential(1.0, REQUESTS).tolist(),
        strict=True,
    )
)


def importing(module: str) -> float:
    """Give the least processor time of an interpreter that imports `module` and ends."""
    code = f"import time, {module}; print(time.process_time())"
    return min(
        float(subprocess.run([sys.executable, "-c", code], check=True, capture_output=True).stdout)
        for _ in range(REPEATS)
    )


def show(what: str, value: str, goal: str) -> None:
    print(f"{what:<52} {value:>8}   goal: {goal}")


def main() -> None:
    two_weeks(users=100)()  # the first run loads scikit-learn and pandas
    few, many = least_seconds(two_weeks(users=400), two_weeks(users=4000))
    small, large = each_pattern(users=400), each_pattern(users=4000)
    (federated,) = least_seconds(twenty_rounds())
    ours, theirs = least_seconds(on_our_clock, in_simpy)
    book, numpy = importing("mlbook"), importing("numpy")
    show("14 days, 400 users, REST and shared DB (CPU s)", f"{few:.2f}", "about 4")
    show("ten times the users (times the cost)", f"{many / few:.1f}", "at most 12")
    show("14 days, 400 users, all six patterns (CPU s)", f"{sum(small):.2f}", "about 12")
    show("streaming / REST", f"{small[2] / small[0]:.2f}", "at most 3")
    for pattern, little, much in zip(PATTERNS, small, large, strict=True):
        name = type(pattern).__name__
        # The slope of a straight line through both on logarithmic axes: 1 is linear.
        slope = f"{math.log10(much / little):.2f}"
        show(f"{name}: {little:.2f} s, ten times the users (slope)", slope, "about 1")
    show("FedAvg, 100 clients, 20 rounds (CPU s)", f"{federated:.2f}", "about 2")
    show(f"{REQUESTS:,} requests: SimPy / our clock", f"{theirs / ours:.2f}", "at least 2.5")
    show("import mlbook / import numpy", f"{book / numpy:.2f}", "at most 3")


if __name__ == "__main__":
    main()
