"""Time that jumps: coroutines on a simulated clock.

A coroutine says ``await clock.sleep(3)``; nobody really waits. The clock keeps a heap of wake-up
times, jumps to the next one and lets that coroutine go on. This is the whole trick behind SimPy
too, and the waits come out equal, draw for draw (``tests/oracles/test_clock_against_simpy.py``).

Chapter: 06
"""

from __future__ import annotations

import heapq
import types
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, Generator
from typing import Any, TypeVar

__all__ = ["Servers", "VirtualClock"]

Job = Coroutine[Any, Any, None]
T = TypeVar("T")


@types.coroutine
def _pause(command: Any) -> Generator[Any, None, None]:
    """Hand `command` to the clock: a delay in seconds, or a place to wait in."""
    yield command


class VirtualClock:
    """A simulated clock that runs coroutines in the order of their wake-up times.

    Ties are resolved by who asked first, so a run is the same every time.

    Examples
    --------
    >>> clock = VirtualClock()
    >>> async def tea():
    ...     await clock.sleep(180)
    ...     print("ready at", clock.now)
    >>> clock.start(tea())
    >>> clock.run()
    ready at 180.0
    """

    def __init__(self) -> None:
        self.now = 0.0
        self._agenda: list[tuple[float, int, Job]] = []
        self._order = 0

    def start(self, job: Job, at: float | None = None) -> None:
        """Put a coroutine on the agenda.

        Parameters
        ----------
        job : coroutine
            What to run.
        at : float, optional
            When, in seconds of this clock; now when left out.
        """
        self._order += 1
        heapq.heappush(self._agenda, (self.now if at is None else at, self._order, job))

    async def sleep(self, seconds: float) -> None:
        """Wait.

        Parameters
        ----------
        seconds : float
            How long; a negative value waits for nothing.
        """
        await _pause(max(float(seconds), 0.0))

    async def until(self, at: float) -> None:
        """Wait until an instant.

        Parameters
        ----------
        at : float
            The instant in seconds of this clock; the past waits for nothing.
        """
        await _pause(max(float(at) - self.now, 0.0))

    async def every(
        self, period: float, job: Callable[[], Awaitable[None]], *, first: float, last: float
    ) -> None:
        """Run a job on a schedule; a run that is still busy delays the next, as cron with a lock.

        Parameters
        ----------
        period : float
            Seconds between two starts.
        job : callable returning an awaitable
            What to run; it takes as long as it takes.
        first, last : float
            The first start, and the instant from which on none starts.
        """
        turn = 0
        while (start := max(first + turn * period, self.now)) < last:
            await self.until(start)
            await job()
            turn += 1

    async def within(self, seconds: float, call: Callable[[], Awaitable[T]]) -> T | None:
        """Wait for an answer, but not for ever; who was called goes on working in any case.

        Parameters
        ----------
        seconds : float
            How long to wait at most.
        call : callable returning an awaitable
            Whom to call.

        Returns
        -------
        Any
            The answer; None when it did not come in time.

        Examples
        --------
        >>> clock = VirtualClock()
        >>> async def slow_answer():
        ...     await clock.sleep(10)
        ...     return "here"
        >>> async def impatient():
        ...     print(await clock.within(3, slow_answer), "at", clock.now)
        >>> clock.start(impatient())
        >>> clock.run()
        None at 3.0
        """
        answers: list[T] = []
        waiting: list[Job] = []

        async def ask() -> None:
            answers.append(await call())
            wake()

        async def give_up() -> None:
            await self.sleep(seconds)
            wake()

        def wake() -> None:  # whoever comes second finds nobody waiting
            while waiting:
                self.start(waiting.pop())

        self.start(ask())
        self.start(give_up())
        await _pause(waiting.append)
        return answers[0] if answers else None

    def run(self) -> None:
        """Run until the agenda is empty."""
        while self._agenda:
            self.now, _, job = heapq.heappop(self._agenda)
            try:
                command = job.send(None)
            except StopIteration:
                continue
            if isinstance(command, float):
                self.start(job, self.now + command)
            else:
                command(job)

    def close(self) -> None:
        """Drop everything on the agenda without running it."""
        while self._agenda:  # closing a job may give its worker to another one
            self._agenda.pop()[2].close()


class Servers:
    """A fixed number of workers in front of one first-come-first-served queue.

    Parameters
    ----------
    clock : VirtualClock
        The clock of the run.
    workers : int
        How many requests are served at once.

    Examples
    --------
    >>> clock = VirtualClock()
    >>> desk = Servers(clock, workers=1)
    >>> async def customer(name):
    ...     async with desk:
    ...         await clock.sleep(10)
    ...     print(name, "leaves at", clock.now)
    >>> clock.start(customer("Ai")); clock.start(customer("Ken"))
    >>> clock.run()
    Ai leaves at 10.0
    Ken leaves at 20.0
    """

    def __init__(self, clock: VirtualClock, workers: int) -> None:
        self.clock = clock
        self.free = workers
        self.queue: deque[Job] = deque()

    async def __aenter__(self) -> None:
        if self.free:
            self.free -= 1
        else:
            await _pause(self.queue.append)

    async def __aexit__(self, *_: object) -> None:
        if self.queue:
            # The worker goes straight to the next in line: nobody can slip in between.
            self.clock.start(self.queue.popleft())
        else:
            self.free += 1
