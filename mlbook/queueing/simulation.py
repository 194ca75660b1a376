"""Send a workload through a chain of stations, station by station, on whole arrays.

No request ever looks back from a later station to an earlier one, so each station can be finished
before the next begins. With ``keep="histogram"`` the same happens piece by piece, and what a
station is busy with is carried over: a billion requests need no more memory than a thousand.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mlbook.queueing.caching import cache
from mlbook.queueing.first_come import in_order
from mlbook.queueing.histogram import LatencyHistogram
from mlbook.queueing.impatience import finite_queue
from mlbook.queueing.network import Chain, Station
from mlbook.queueing.pieces import count_in_pieces
from mlbook.queueing.result import GAVE_UP, OK, TURNED_AWAY, Result
from mlbook.queueing.retrying import retry
from mlbook.streams import stream
from mlbook.validate import one_of

if TYPE_CHECKING:
    from mlbook.queueing.workload import Workload

__all__ = ["simulate"]

Floats = NDArray[np.float64]
Ids = NDArray[np.int64]


def simulate(load: Workload, chain: Chain | Station, *, keep: str = "all") -> Result:
    """Simulate.

    Parameters
    ----------
    load : Workload
        The requests.
    chain : Chain or Station
        What they go through.
    keep : str
        ``"all"``: every request with its columns; ``"histogram"``: the latencies as counts only, in
        bounded memory, for stations that are workers and a line without end.

    Returns
    -------
    Result
        Quantiles, and the requests if they were kept.

    Raises
    ------
    MemoryError
        When the requests would not fit; nothing has been allocated then.
    ValueError
        When a station has a limit, a cache or retries and only a histogram is to be kept.

    Notes
    -----
    A station's numbers for request *i* are element *i* of its own stream: neither another station
    nor its settings move them, so that two settings are compared on the same luck.

    Examples
    --------
    >>> from mlbook.queueing import Exponential, Workload
    >>> load = Workload.poisson(rate_per_s=80, n=100_000, seed=1)
    >>> result = simulate(load, Station("api", Exponential(0.01)))
    >>> round(result.mean_s, 2), result.stationary
    (0.05, True)
    """
    one_of("keep", keep, ("all", "histogram"))
    chain = chain if isinstance(chain, Chain) else Chain(chain)
    if keep == "histogram":
        return Result(load, chain, count_in_pieces(load, chain))
    _check_memory(load.n, chain)
    flow = _Flow.of(load)
    for station in chain.stations:
        flow.through(station)
    latency_s = flow.done[-1] - flow.arrive_s
    columns: dict[str, NDArray[Any]] = {"arrive_s": flow.arrive_s}
    columns |= {
        f"{station.name}_done_s": done
        for station, done in zip(chain.stations, flow.done, strict=True)
    }
    columns |= {"latency_s": latency_s, "status": flow.status, "tries": flow.tries}
    columns |= {"age_s": flow.age_s}
    return Result(load, chain, LatencyHistogram.of(latency_s), columns)


def _check_memory(n: int, chain: Chain) -> None:
    import psutil

    tries = max(each.retry.tries if each.retry else 0 for each in chain.stations)
    needed = 8 * n * (8 + 4 * len(chain.stations) + tries)
    free = psutil.virtual_memory().available
    if needed > free:
        text = f"n must fit into memory: {n:,} requests need about {needed / 1e9:.1f} GB, and "
        raise MemoryError(f"{text}{free / 1e9:.1f} GB are free. Use keep='histogram'.")


@dataclass
class _Flow:
    """The requests on their way: who is where, in the order of arrival at the next station."""

    load: Workload
    arrive_s: Floats
    at_s: Floats
    who: Ids
    status: NDArray[np.uint8]
    tries: NDArray[np.int64]
    age_s: Floats
    done: list[Floats] = field(default_factory=list)

    @classmethod
    def of(cls, load: Workload) -> _Flow:
        arrive_s, who = load.arrivals(), np.arange(load.n)
        status = np.full(load.n, OK, dtype=np.uint8)
        tries, age_s = np.ones(load.n, dtype=np.int64), np.zeros(load.n)
        return cls(load, arrive_s, arrive_s, who, status, tries, age_s)

    def through(self, station: Station) -> None:
        """Let everybody pass one station; who fails there goes no further."""
        rng = stream(self.load.seed, f"station/{station.name}")
        service = station.draw(rng, self.load.n)[self.who]
        if station.cache:
            service = self._look_up(station, service)
        if station.places is None and station.retry is None:
            self.at_s, self.who = in_order(self.at_s, service, self.who, station.workers)
            self._note()
            return
        done_s = self._try(station, service)
        answered = ~np.isnan(done_s)
        self.status[self.who[~answered]] = GAVE_UP if station.retry else TURNED_AWAY
        order = np.argsort(done_s[answered], kind="stable")
        self.at_s, self.who = done_s[answered][order], self.who[answered][order]
        self._note()

    def _note(self) -> None:
        everybody = self.who.size == self.load.n
        done_s = np.empty(self.load.n) if everybody else np.full(self.load.n, np.nan)
        done_s[self.who] = self.at_s
        self.done.append(done_s)

    def _look_up(self, station: Station, service: Floats) -> Floats:
        """Let hits take the time of a hit; the age of what is found is that of the oldest."""
        assert station.cache
        rng = stream(self.load.seed, f"station/{station.name}/keys")
        keys = station.cache.keys.sample(rng, self.load.n)[self.who]
        hit, age_s = cache(
            self.at_s, keys, capacity=station.cache.capacity, ttl_s=station.cache.ttl_s
        )
        self.age_s[self.who] = np.maximum(self.age_s[self.who], age_s)
        return np.where(hit, station.cache.hit_s, service)

    def _try(self, station: Station, service: Floats) -> Floats:
        if station.retry is None:
            assert station.places is not None
            return finite_queue(self.at_s, service, station.workers, station.places)
        done_s, tries = retry(
            self.at_s,
            service,
            workers=station.workers,
            places=station.places,
            **asdict(station.retry),
        )
        self.tries[self.who] = np.maximum(self.tries[self.who], tries)
        return done_s
