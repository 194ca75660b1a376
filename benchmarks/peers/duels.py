"""Each queue of the engine beside the same queue in SimPy, on the same arrays."""

from __future__ import annotations

import functools
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from mlbook import queueing
from mlbook.streams import stream
from peers import in_simpy

if TYPE_CHECKING:
    from collections.abc import Callable

ROUNDS = 7
CALM = {"workers": 4, "places": 50, "timeout_s": 20.0, "tries": 3, "backoff_s": 1.0}
STORM = CALM | {"timeout_s": 5.0}  # three tries each, and hardly anybody is answered in time
BATCH = {"size": 16, "wait_s": 2.0, "per_batch_s": 0.5, "per_request_s": 0.05}


class Draws:
    """Arrays at utilization .8, mean service 1 s; the first of many are those of a few."""

    def __init__(self, n: int, workers: int) -> None:
        def exponential(name: str, mean: float) -> Any:
            return stream(1, name).exponential(mean, n)

        self.n = n
        self.gap_s = exponential("gaps", 1.25 / workers)
        self.arrive_s = np.cumsum(self.gap_s)
        self.service_s = exponential("service", 1.0)
        self.second_s = exponential("second", 0.5)
        self.patience_s = exponential("patience", 2.0)
        self.urgent = stream(1, "urgent").random(n) < 0.2
        self.keys = queueing.Zipf(1.0, kinds=10_000).sample(stream(1, "keys"), n)

    @functools.cached_property
    def lists(self) -> dict[str, list[Any]]:
        """The same as lists, which are quicker than arrays in plain Python."""
        arrays = {
            name: value for name, value in vars(self).items() if isinstance(value, np.ndarray)
        }
        return {name: value.tolist() for name, value in arrays.items()}


draws = functools.cache(Draws)


@dataclass(frozen=True)
class Duel:
    """The same queue twice; `theirs` gets lists. Not `same`: theirs is a simpler queue."""

    workers: int
    ours: Callable[[Draws], Any]
    theirs: Callable[[dict[str, list[Any]]], Any]
    same: bool = True

    def check(self, n: int) -> None:
        """Let both find the same departures, to the last bit."""
        data = draws(n, self.workers)
        ours, theirs = self.ours(data), np.array(self.theirs(data.lists))
        if self.same:
            np.testing.assert_array_equal(ours, theirs)

    def ratio(self, n: int, fewer: int, rounds: int = ROUNDS) -> float:
        """How often their time fits: CPU time a request of theirs to that of ours, in turns."""
        self.check(min(fewer, 20_000))
        many, few = draws(n, self.workers), draws(fewer, self.workers).lists
        ours, theirs = least_seconds(
            lambda: self.ours(many), lambda: self.theirs(few), rounds=rounds
        )
        return (theirs / fewer) / (ours / n)


def least_seconds(*jobs: Callable[[], object], rounds: int = ROUNDS) -> list[float]:
    """Run the jobs in turns; give the least processor time of each."""
    seconds: list[list[float]] = [[] for _ in jobs]
    for _ in range(rounds):
        for job, mine in zip(jobs, seconds, strict=True):
            began = time.process_time()
            job()
            mine.append(time.process_time() - began)
    return [min(mine) for mine in seconds]


def _fifo(workers: int) -> Duel:
    return Duel(
        workers,
        lambda d: queueing.fifo(d.arrive_s, d.service_s, workers),
        lambda d: in_simpy.fifo(d["gap_s"], d["service_s"], workers),
    )


def _retry(**knobs: Any) -> Duel:
    return Duel(
        4,
        lambda d: queueing.retry(d.arrive_s, d.service_s, **knobs)[0],
        lambda d: in_simpy.retry(d["gap_s"], d["service_s"], **knobs),
    )


def _tandem(first: int, second: int) -> Duel:
    """The second station's workers are so quick that both are equally busy."""
    scale = second / first * 2

    def ours(d: Draws) -> Any:
        return queueing.tandem(d.arrive_s, services(d), [first, second])[-1]

    @functools.cache
    def services(d: Draws) -> Any:
        return np.array([d.service_s, d.second_s * scale])

    def theirs(d: dict[str, list[Any]]) -> Any:
        second_s = (np.array(d["second_s"]) * scale).tolist()
        return in_simpy.tandem(d["gap_s"], [d["service_s"], second_s], [first, second])

    return Duel(first, ours, theirs)


def _balance(policy: str, servers: int = 4) -> Duel:
    def ours(d: Draws) -> Any:
        return queueing.balance(d.arrive_s, d.service_s, servers, policy, np.random.default_rng(1))

    def theirs(d: dict[str, list[Any]]) -> Any:
        n = len(d["gap_s"])
        everywhere = [range(servers)] * n
        two = np.random.default_rng(1).integers(servers, size=(2, n)).T.tolist()
        looks = two if policy == "power_of_two" else everywhere
        return in_simpy.balanced(d["gap_s"], d["service_s"], servers, looks.__getitem__)

    return Duel(servers, ours, theirs)


def _cache(capacity: int = 1_000, ttl_s: float = 500.0) -> Duel:
    return Duel(
        4,
        lambda d: queueing.cache(d.arrive_s, d.keys, capacity=capacity, ttl_s=ttl_s)[0],
        lambda d: in_simpy.look_ups(d["gap_s"], d["keys"], capacity, ttl_s),
    )


def _few_places(workers: int = 4, places: int = 20) -> Duel:
    return Duel(
        workers,
        lambda d: queueing.finite_queue(d.arrive_s, d.service_s, workers, places),
        lambda d: in_simpy.finite_queue(d["gap_s"], d["service_s"], workers, places),
    )


def _with_column(ours: Callable[..., Any], theirs: Callable[..., Any], column: str) -> Duel:
    return Duel(
        4,
        lambda d: ours(d.arrive_s, d.service_s, getattr(d, column), 4),
        lambda d: theirs(d["gap_s"], d["service_s"], d[column], 4),
    )


def _elastic(ours: Callable[[Draws], Any], workers: int) -> Duel:
    return Duel(workers, ours, _fifo(workers).theirs, same=False)


DUELS = {
    "FIFO, 1 worker": _fifo(1),
    "FIFO, 4 workers": _fifo(4),
    "FIFO, 16 workers": _fifo(16),
    "tandem, 1 then 1 worker": _tandem(1, 1),
    "tandem, 4 then 2 workers": _tandem(4, 2),
    "micro-batches": Duel(
        4,
        lambda d: queueing.batch(d.arrive_s, **BATCH)[0],
        lambda d: in_simpy.batch(d["gap_s"], **BATCH),
    ),
    "retries outside a storm": _retry(**CALM),
    "retries in a storm": _retry(**STORM),
    "finite queue": _few_places(),
    "reneging": _with_column(queueing.reneging, in_simpy.reneging, "patience_s"),
    "priority": _with_column(queueing.priority, in_simpy.priority, "urgent"),
    "shortest of 4 queues": _balance("shortest_queue"),
    "shorter of two, of 4 queues": _balance("power_of_two"),
    "LRU cache": _cache(),
    "autoscaling (SimPy: 4 fixed workers)": _elastic(
        lambda d: queueing.autoscale(
            d.arrive_s, d.service_s, least=2, most=8, every_s=60.0, lag_s=30.0
        ),
        4,
    ),
    "cold start (SimPy: never cold)": _elastic(
        lambda d: queueing.cold_start(d.arrive_s, d.service_s, idle_s=5.0, cold_s=4.0), 1
    ),
}
