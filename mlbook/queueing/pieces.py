"""Simulate piece by piece, and keep counts only: memory does not grow with the requests."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from mlbook.queueing.first_come import leave_order, quickest
from mlbook.queueing.histogram import LatencyHistogram
from mlbook.streams import stream

if TYPE_CHECKING:
    from mlbook.queueing.network import Chain, Station
    from mlbook.queueing.workload import Workload

__all__ = ["PIECE", "count_in_pieces"]

Floats = NDArray[np.float64]
Ids = NDArray[np.int64]
PIECE = 65_536  # so many numbers stay close to the processor


class _Line:
    """A station that goes on where the last piece ended."""

    def __init__(self, station: Station, seed: int, *, last: bool) -> None:
        self.station, self.last = station, last
        self.rng = stream(seed, f"station/{station.name}")
        self.free = np.full(station.workers, -np.inf)
        self.held = np.full(station.workers, -1)
        self.service = np.empty(0)  # of all requests that are still on their way

    def draw(self, n: int) -> None:
        self.service = _joined(self.service, self.station.draw(self.rng, n))

    def feed(self, at_s: Floats, who: Ids | None, base: int) -> tuple[Floats, Ids | None]:
        service = _of(self.service, who, base)
        if self.last or who is None:  # nobody comes after, or nobody can overtake
            done = np.empty(at_s.size)
            quickest(at_s, service, self.free, done)
            return done, who
        left, order = np.empty(at_s.size), np.empty(at_s.size, np.int64)
        gone = leave_order(at_s, service, who, self.free, self.held, left, order)
        return left[:gone], order[:gone]

    def flush(self) -> tuple[Floats, Ids]:
        busy = self.held >= 0
        return self.free[busy], self.held[busy]


def _joined(held: Floats, new: Floats) -> Floats:
    """Put the new ones behind those who are held back; mostly nobody is."""
    return np.concatenate([held, new]) if held.size else new


def _of(values: Floats, who: Ids | None, base: int) -> Floats:
    """Find everybody's own number; the first one is that of request `base`."""
    return values if who is None else values[who - base]


def count_in_pieces(load: Workload, chain: Chain, piece: int = PIECE) -> LatencyHistogram:
    """Simulate, and count the latencies.

    Parameters
    ----------
    load : Workload
        The requests.
    chain : Chain
        Stations that are workers and a line without end.
    piece : int
        Requests at a time.

    Returns
    -------
    LatencyHistogram
        The same counts for every size of the pieces.

    Raises
    ------
    ValueError
        When a station has a limit, a cache or retries.
    """
    for each in chain.stations:
        if not each.is_plain:
            text = f"keep='histogram' is for stations without places, cache and retry, got {each}."
            raise ValueError(f"{text} Keep all of fewer requests: keep='all'.")
    last = chain.stations[-1]
    lines = [_Line(each, load.seed, last=each is last) for each in chain.stations]
    # With one worker everywhere but in the last station all stay in the order of arrival.
    overtaking = any(each.workers > 1 for each in chain.stations[:-1])
    counts, born, base, came = LatencyHistogram(), np.empty(0), 0, 0
    for at_s in load.pieces(piece):
        born = _joined(born, at_s)
        who = np.arange(came, came + at_s.size) if overtaking else None
        came += at_s.size
        for line in lines:
            line.draw(at_s.size)
        for line in lines:
            at_s, who = line.feed(at_s, who, base)  # noqa: PLW2901  # those who go on
        counts += LatencyHistogram.of(at_s - _of(born, who, base))
        held = np.concatenate([line.held[line.held >= 0] for line in lines])
        gone = int(held.min(initial=came)) - base
        born, base = born[gone:], base + gone
        for line in lines:
            line.service = line.service[gone:]
    for number, line in enumerate(lines):
        at_s, who = line.flush()
        for later in lines[number + 1 :]:
            at_s, who = later.feed(at_s, who, base)
        counts += LatencyHistogram.of(at_s - _of(born, who, base))
    return counts
