"""Shadow: a new pattern answers every request as well, and nobody sees what it says.

    web app ── user ID ──┬──────────▶ [primary: a whole pattern] ──▶ result
                         └── copy ──▶ [shadow: a whole pattern] ──▶ log only
    activity log ──▶ both

Costs: two systems, each asked every request, and no click ever tells what the shadow's choice
would have earned in a real shop.
Gains: failures, latency under the real load, and how often the two would choose differently are
known before any user meets the new one.

Talk: slide 28, offline and online evaluation; this step between the two is ours.
Chapter: 11
"""

from __future__ import annotations

from dataclasses import MISSING, dataclass
from typing import TYPE_CHECKING, ClassVar

from mlbook.patterns.base import Pattern, knob
from mlbook.routing.router import Router

if TYPE_CHECKING:
    from mlbook.patterns.answer import Answer

__all__ = ["Shadow"]


@dataclass(frozen=True, kw_only=True)
class Shadow(Router):
    """Answer every request by one pattern, and let another one answer a copy of it unseen.

    Parameters
    ----------
    primary : Pattern
        Whose answers the users see.
    shadow : Pattern
        Who gets the copies. It has parts of its own: whether it is slow, down or wrong, the users
        do not notice.

    Notes
    -----
    ``run.requests`` holds what the users saw, all by the arm ``"primary"``. ``run.arm("shadow")``
    is what the shadow would have answered to the same visits in the same order, with its own
    latency and status; its clicks and revenue are those that its choices *would have* brought,
    which a simulated world knows and a real shop does not. ``mb.measure.difference_per_100`` of
    the two arms is the difference that an A/B test has to find later.

    Examples
    --------
    >>> import mlbook as mb
    >>> run = mb.run(Shadow(primary=mb.SharedDb(), shadow=mb.RestApi()), mb.World(seed=1, days=7))
    >>> seen, unseen = run.requests, run.arm("shadow").requests
    >>> len(seen) == len(unseen), round(float((seen["item"] == unseen["item"]).mean()), 2)
    (True, 0.87)
    """

    primary: Pattern = knob(MISSING, unit="the pattern whose answers the users see")
    shadow: Pattern = knob(MISSING, unit="the pattern that gets copies")

    title: ClassVar[str] = "Shadow: answers that nobody sees"

    async def predict(self, i: int) -> Answer:
        self.site.went_to[i] = "primary"
        self.clock.start(self._copy(i))
        return await self.running["primary"].predict(i)

    async def _copy(self, i: int) -> None:
        await self.ask_unseen("shadow", i)
