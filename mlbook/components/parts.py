"""One part: with a latency, maybe workers, maybe faults."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from mlbook.clock import Servers
from mlbook.components.refusals import GIVES_UP_AFTER_S, REFUSED_AFTER_S, DownError
from mlbook.faults import kinds_on
from mlbook.streams import stream

if TYPE_CHECKING:
    from mlbook.components.sites import Site
    from mlbook.queueing import Distribution

__all__ = ["Component"]


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
        self.clock, self.name, self.site = site.clock, name, site
        self.faults = [fault for fault in site.faults if fault.part == name]
        self.workers = Servers(site.clock, workers) if workers else None
        self.stopped = False
        self.draws_s: NDArray[np.float64] = (
            latency.sample(stream(site.seed, f"part/{name}"), calls or len(site.world.visits))
            if latency
            else np.empty(0)
        )
        self.lost_calls: Counter[int] = Counter()
        size = self.draws_s.size
        self._luck = {
            fault: (fault.hits(site.seed, size), fault.delays_s(site.seed, size))
            for fault in self.faults
            if fault.kind in {"drop", "duplicate", "late", "reorder"}
        }

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of faults that make sense on it."""
        return kinds_on(self.name, answers_calls=bool(self.draws_s.size))

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
        if not self.faults:
            await self.clock.sleep(self.draws_s[i] * share)
            return
        seconds, is_lost = self._as_hit(i)
        await self.clock.sleep(seconds * share)
        if is_lost:
            self.lost_calls[i] += 1
            raise DownError(self.name, noticed_after_s=GIVES_UP_AFTER_S)

    def _as_hit(self, i: int) -> tuple[float, bool]:
        """Tell how long the call takes under the faults of now, and whether its answer is lost."""
        # Who asks again after a lost answer has another luck than the first time.
        nth = (i + 7919 * self.lost_calls[i]) % self.draws_s.size
        lucky = [(f, *luck) for f, luck in self._luck.items() if f.covers(self.clock.now)]
        hits = [(fault.kind, float(delay_s[nth])) for fault, hit, delay_s in lucky if hit[nth]]
        kinds = {kind for kind, _ in hits}
        seconds = self.draws_s[i] + self.slow_s()
        seconds *= 2 if "duplicate" in kinds else 1
        return seconds + sum(delay_s for _, delay_s in hits), "drop" in kinds

    async def __aenter__(self) -> None:
        if self.stopped or self.faults:  # most parts have none, and many requests
            await self._knock()
        if self.workers:
            await self.workers.__aenter__()
            if self.stopped or self.faults:  # it may have gone down while the request stood in line
                try:
                    self.check()
                except DownError:
                    await self.workers.__aexit__()
                    raise

    async def _knock(self) -> None:
        try:
            self.check()
        except DownError as refused:
            if refused.why == "down":
                await self.clock.sleep(REFUSED_AFTER_S)
            raise

    async def __aexit__(self, _kind: object, error: object, _trace: object) -> None:
        if self.workers:
            await self.workers.__aexit__()
        if isinstance(error, DownError) and error.part == self.name:
            await self.clock.sleep(error.noticed_after_s)  # whoever waits holds no worker here

    async def work(self, seconds: float, *, goes_on: bool = False) -> None:
        """Run a job here; it is lost when the part goes down before it ends.

        Parameters
        ----------
        seconds : float
            How long the job takes.
        goes_on : bool
            Whether this is a further piece of a job that has begun already: nothing is slow twice.
        """
        if self.is_down():
            raise DownError(self.name)
        if not goes_on:
            self.check()
            seconds += self.slow_s()
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

    def slow_s(self) -> float:
        """Tell how much longer takes what begins now.

        Returns
        -------
        float
            Seconds.
        """
        now_s = self.clock.now
        return sum(f.by_s for f in self.faults if f.kind == "slow" and f.covers(now_s))

    def slow_at_s(self, at_s: NDArray[np.float64]) -> NDArray[np.float64]:
        """Tell how much longer takes what begins at some instants.

        Parameters
        ----------
        at_s : ndarray
            Instants in seconds.

        Returns
        -------
        ndarray
            Seconds, one entry an instant.
        """
        longer_s = np.zeros(at_s.shape)
        for fault in self.faults:
            if fault.kind == "slow":
                longer_s += fault.by_s * fault.covered(at_s)
        return longer_s

    def offline(self, who: NDArray[np.int64], at_s: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Tell which phones a fault keeps from the network at which instants.

        Parameters
        ----------
        who : ndarray of shape (n,)
            Which phones.
        at_s : ndarray of shape (n,)
            Instants in seconds.

        Returns
        -------
        ndarray of shape (n,), bool
            True where the phone has no network; never after the end of the world.
        """
        users = self.site.world.users
        away = np.zeros(who.shape, dtype=bool)
        for fault in self.faults:
            if fault.kind == "offline":
                away |= fault.covered(at_s) & fault.hits(self.site.seed, users)[who]
        return away & (at_s < self.site.world.horizon_s)

    def misses(self, at_s: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Tell at which instants a short job would be skipped or lost here.

        Parameters
        ----------
        at_s : ndarray
            Instants in seconds.

        Returns
        -------
        ndarray of bool
            True where a fault is on; one entry an instant; never after the end of the world.
        """
        missed = np.zeros(at_s.shape, dtype=bool)
        for fault in self.faults:
            if fault.kind in {"down", "skip_batch", "schema_change"}:
                missed |= fault.covered(at_s)
        return missed & (at_s < self.site.world.horizon_s)
