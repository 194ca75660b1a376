"""Fallback: when the primary fails or is late, a simpler backup answers.

    web app ── user ID ──▶ [primary: a whole pattern] ── in time ─────────────────▶ result
                                 └── failed, late, no prediction ──▶ [backup] ──▶ result
    activity log ──▶ both

Costs: a second system, often a worse answer, and who waits for the backup has waited for the
primary before.
Gains: an outage of the primary costs clicks instead of answers.

Talk: slide 28 asks that a model is safe to serve; this way to stay so is ours.
Chapter: 11
"""

from __future__ import annotations

from dataclasses import MISSING, dataclass
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from mlbook.patterns.base import Pattern, knob
from mlbook.routing.router import Router
from mlbook.units import MS

if TYPE_CHECKING:
    from mlbook.patterns.answer import Answer

__all__ = ["Fallback"]


@dataclass(frozen=True, kw_only=True)
class Fallback(Router):
    """Ask one pattern first, and another one when the first does not answer in time.

    Parameters
    ----------
    primary : Pattern
        Who is asked first.
    backup : Pattern
        Who is asked when the primary refuses, answers without a prediction, or is late. It has
        parts of its own; what fails here fails for the user.
    timeout : float
        Seconds that the user waits for the primary, > 0.

    Notes
    -----
    ``run.requests["arm"]`` says whose answer the user saw, and its latency is from the request to
    that answer: the wait for the primary is part of it. The primary works on a request that was
    given up to its end, so its load is real. ``run.arm("primary")`` holds *all* that the primary
    was asked, with what it answered and how long it took, in time or not; ``run.arm("backup")`` the
    requests that came to the backup, as their users met them.

    Examples
    --------
    >>> import mlbook as mb
    >>> safe = Fallback(primary=mb.RestApi(), backup=mb.SharedDb(), timeout=100 * mb.MS)
    >>> outage = mb.down("primary/api", at=6 * mb.DAY, lasting=1 * mb.DAY)
    >>> run = mb.run(safe, mb.World(seed=1, days=7, users=50), faults=[outage])
    >>> last_day = run.between(6 * mb.DAY, 7 * mb.DAY)
    >>> last_day.requests["arm"].unique().tolist(), mb.measure.availability(last_day)
    (['backup'], 1.0)
    >>> last_day.arm("primary").requests["status"].unique().tolist()
    ['down:api']
    """

    primary: Pattern = knob(MISSING, unit="the pattern that is asked first")
    backup: Pattern = knob(MISSING, unit="the pattern that is asked when the first one fails")
    timeout: float = knob(200 * MS, above=0, unit="seconds that the user waits for the primary")

    title: ClassVar[str] = "Fallback: primary and backup"

    async def predict(self, i: int) -> Answer:
        self.site.went_to[i] = "primary"
        answer = await self.clock.within(self.timeout, partial(self.ask_unseen, "primary", i))
        if answer and answer.version:
            return answer
        self.site.went_to[i] = "backup"
        return await self.running["backup"].predict(i)
