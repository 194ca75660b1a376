"""The parts that a pattern is made of: each with a latency, maybe workers, maybe faults.

Chapter: 06
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from mlbook.clock import Servers, VirtualClock
from mlbook.model import Registry
from mlbook.streams import stream

if TYPE_CHECKING:
    from collections.abc import Callable

    from mlbook.faults import Fault
    from mlbook.fedavg import Round
    from mlbook.queueing import Distribution
    from mlbook.world import Features, ReplayWorld, World

__all__ = ["REFUSED_AFTER_S", "Component", "DownError", "Site"]

REFUSED_AFTER_S = 0.05  # a caller learns after this time that a part does not answer


class DownError(Exception):
    """A part did not answer, or refused to.

    Parameters
    ----------
    part : str
        Its name.
    why : str
        ``"down"`` or ``"schema"``: the beginning of the request's status.
    """

    def __init__(self, part: str, why: str = "down") -> None:
        super().__init__(part)
        self.part, self.why = part, why


@dataclass
class Site:
    """Where a pattern is installed for one run: the clock, the parts, what has been published.

    Parameters
    ----------
    world : World or ReplayWorld
        Whom the pattern serves.
    seed : int
        Seed of the parts' latencies.
    faults : tuple of Fault
        What goes wrong.
    clock : VirtualClock
        The clock of the run.
    parts : dict of str to Component
        What is built in, by name.
    versions : Registry
        The models trained so far.
    published : list of tuple
        When what became readable: instant, instant of its data, number of predictions.
    incidents : list of tuple
        When which part skipped or lost a job.
    seen_at_s : ndarray of shape (n_events,) or None
        When each event of the activity log became visible to the answers, in seconds; None where
        whole batches are published.
    own_features : callable or None
        Called after the run, ``own_features()`` gives the features of a pattern that keeps its own
        store of events; None for a pattern that reads the shop's.
    offered : list of tuple
        When which version, by its number, was there for the phones to take.
    rounds : list of Round
        What became of each round of a federated training.
    fetched_at_s : list of ndarray of shape (n_users,)
        For each version of a federated training, when each device had it, in seconds.
    """

    world: World | ReplayWorld
    seed: int
    faults: tuple[Fault, ...] = ()
    clock: VirtualClock = field(default_factory=VirtualClock)
    parts: dict[str, Component] = field(default_factory=dict)
    versions: Registry = field(default_factory=Registry)
    published: list[tuple[float, float, int]] = field(default_factory=list)
    incidents: list[tuple[float, str, str]] = field(default_factory=list)
    seen_at_s: NDArray[np.float64] | None = None
    own_features: Callable[[], Features] | None = None
    offered: list[tuple[float, int]] = field(default_factory=list)
    rounds: list[Round] = field(default_factory=list)
    fetched_at_s: list[NDArray[np.float64]] = field(default_factory=list)

    def part(
        self,
        name: str,
        latency: Distribution | None = None,
        workers: int | None = None,
        calls: int | None = None,
    ) -> Component:
        """Build a part in.

        Parameters
        ----------
        name : str
            How faults and random numbers address it.
        latency : Distribution, optional
            How long one call takes; a part that only runs jobs needs none.
        workers : int, optional
            How many calls it serves at once; without a limit when left out.
        calls : int, optional
            How many different calls there are; one a visit when left out.

        Returns
        -------
        Component
            The part.
        """
        self.parts[name] = Component(self, name, latency, workers, calls)
        return self.parts[name]

    def publish(self, asof_s: float, n_predictions: int = 0) -> None:
        """Note that from now on answers can reflect the events before `asof_s`.

        Parameters
        ----------
        asof_s : float
            When the data behind it were read, in seconds.
        n_predictions : int
            Predictions computed for it in advance.
        """
        self.published.append((self.clock.now, asof_s, n_predictions))


class Component:
    """One part of a pattern.

    Parameters
    ----------
    site : Site
        Where it is built in.
    name : str
        Its name.
    latency : Distribution or None
        How long one call takes.
    workers : int or None
        How many calls it serves at once; None for no limit.

    Notes
    -----
    The random number of request *i* is element *i* of the part's own stream, drawn in bulk: neither
    the order of the calls, nor load, nor a fault, nor another part moves it.
    """

    def __init__(
        self,
        site: Site,
        name: str,
        latency: Distribution | None,
        workers: int | None,
        calls: int | None = None,
    ) -> None:
        self.clock, self.name = site.clock, name
        self.faults = [fault for fault in site.faults if fault.part == name]
        self.workers = Servers(site.clock, workers) if workers else None
        self.stopped = False
        self.draws_s: NDArray[np.float64] = (
            latency.sample(stream(site.seed, f"part/{name}"), calls or len(site.world.visits))
            if latency
            else np.empty(0)
        )

    def has(self, kind: str) -> bool:
        """Tell whether a fault of one kind is on now.

        Parameters
        ----------
        kind : str
            The kind, for example ``"skip_batch"``.

        Returns
        -------
        bool
            True from the fault's beginning until just before its end.
        """
        return any(fault.kind == kind and fault.covers(self.clock.now) for fault in self.faults)

    def is_down(self) -> bool:
        """Tell whether the part would not answer now.

        Returns
        -------
        bool
            True while a fault or a restart keeps the part away.
        """
        return self.stopped or self.has("down")

    def check(self) -> None:
        """Refuse what is begun now, if a fault or a restart says so.

        Raises
        ------
        DownError
            With the reason: the part is down, or expects another schema.
        """
        if not (self.stopped or self.faults):
            return
        if self.is_down():
            raise DownError(self.name)
        if self.has("schema_change"):
            raise DownError(self.name, "schema")

    async def call(self, i: int, share: float = 1.0) -> None:
        """Let the part work on request `i`, taking one of its workers if they are limited.

        Parameters
        ----------
        i : int
            The request.
        share : float
            The share of the drawn time; a network's round trip is two halves.
        """
        async with self:
            await self.work_on(i, share)

    async def work_on(self, i: int, share: float = 1.0) -> None:
        """Spend the time of request `i`; the caller holds a worker already.

        Parameters
        ----------
        i : int
            The request.
        share : float
            The share of the drawn time.
        """
        seconds = self.draws_s[i] * share
        if self.faults:
            seconds += sum(
                fault.by_s * share
                for fault in self.faults
                if fault.kind == "slow" and fault.covers(self.clock.now)
            )
        await self.clock.sleep(seconds)

    async def __aenter__(self) -> None:
        try:
            self.check()
        except DownError as refused:
            if refused.why == "down":
                await self.clock.sleep(REFUSED_AFTER_S)
            raise
        if self.workers:
            await self.workers.__aenter__()
            try:
                self.check()  # it may have gone down while the request stood in line
            except DownError:
                await self.workers.__aexit__()
                raise

    async def __aexit__(self, *_: object) -> None:
        if self.workers:
            await self.workers.__aexit__()

    async def work(self, seconds: float) -> None:
        """Run a job here; it is lost when the part goes down before it ends.

        Parameters
        ----------
        seconds : float
            How long the job takes.
        """
        self.check()
        end = self.clock.now + seconds
        falls = [
            fault.at_s
            for fault in self.faults
            if fault.kind == "down" and fault.at_s > self.clock.now
        ]
        fall = min(falls, default=np.inf)
        if fall < end:
            await self.clock.until(fall)
            raise DownError(self.name)
        await self.clock.until(end)

    def misses(self, at_s: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Tell at which instants a short job would be skipped or lost here.

        Parameters
        ----------
        at_s : ndarray
            Instants in seconds.

        Returns
        -------
        ndarray of bool
            True where a fault is on; one entry an instant.
        """
        missed = np.zeros(at_s.shape, dtype=bool)
        for fault in self.faults:
            if fault.kind in {"down", "skip_batch", "schema_change"}:
                missed |= (at_s >= fault.at_s) & (at_s < fault.at_s + fault.lasting_s)
        return missed
