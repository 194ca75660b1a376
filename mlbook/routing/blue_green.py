"""Blue-green deployment: two whole systems, and a switch that sends everybody to one of them.

                        ┌── until the switch ──▶ [blue: a whole pattern] ───┐
    web app ── user ID ─┤ a pointer                                         ├──▶ result
                        └── from then on ──────▶ [green: a whole pattern] ──┘
    activity log ──▶ both

Costs: two systems, each large enough for all requests; who switches to a system that is not ready
yet, or not warm yet, or shuts the old one down too soon, makes everybody wait or fail at once.
Gains: no user meets two versions at a time, and the way back is as short as the way there.

Talk: slide 24, blue-green deployment.
Chapter: 11
"""

from __future__ import annotations

import math
from dataclasses import MISSING, dataclass
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from mlbook.components import REFUSED_AFTER_S, DownError
from mlbook.patterns.base import Pattern, knob
from mlbook.routing.router import Router
from mlbook.units import DAY, MINUTE
from mlbook.validate import number

if TYPE_CHECKING:
    from mlbook.patterns.answer import Answer

__all__ = ["BlueGreen"]


@dataclass(frozen=True, kw_only=True)
class BlueGreen(Router):
    """Switch everybody from one system to another at one instant, and maybe back.

    Parameters
    ----------
    blue, green : Pattern
        Who serves first, and who serves after the switch; each with parts and models of its own.
    switch_at : float
        When all new requests go to green, in seconds.
    roll_back_at : float, optional
        When all new requests go to blue again, in seconds, while it is kept; never when left out.
    starts_before : float
        Seconds before the switch at which the servers of green are started.
    start_takes : float
        Seconds from that start until they answer. With more of them than `starts_before`, requests
        come too early and are refused: status ``"down:green"``.
    keeps_for : float
        Seconds for which the colour that was left is kept: it ends the requests on their way, and
        can be rolled back to. Then it is shut down, and who still waits there fails:
        ``"down:blue"``.

    Notes
    -----
    A request goes to the colour of the instant at which it comes, and ends there. Both colours
    train and refresh their data all the time; what is started before the switch is what answers. A
    new server's empty cache is a part that is slow for a while:
    ``mb.slow("green/feature_db", at=switch_at, lasting=1 * mb.MINUTE, by=20 * mb.MS)``.

    ``run.requests["arm"]`` says who answered; ``run.arm("green")`` is the run of one colour.

    Examples
    --------
    >>> import mlbook as mb
    >>> release = BlueGreen(blue=mb.RestApi(), green=mb.RestApi(workers=8), switch_at=6 * mb.DAY)
    >>> run = mb.run(release, mb.World(seed=1, days=7, users=50))
    >>> run.requests.groupby("arm")["requested_at_s"].min().gt(6 * mb.DAY).to_dict()
    {'blue': False, 'green': True}
    """

    blue: Pattern = knob(MISSING, unit="the pattern that serves first")
    green: Pattern = knob(MISSING, unit="the pattern that serves after the switch")
    switch_at: float = knob(6 * DAY, at_least=0, unit="second of the switch, in seconds")
    roll_back_at: float | None = knob(None, at_least=0, unit="second of the rollback, in seconds")
    starts_before: float = knob(
        10 * MINUTE, at_least=0, unit="seconds before the switch at which green is started"
    )
    start_takes: float = knob(2 * MINUTE, at_least=0, unit="seconds until green answers")
    keeps_for: float = knob(1 * DAY, at_least=0, unit="seconds for which the old colour is kept")

    title: ClassVar[str] = "Blue-green deployment"

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.roll_back_at is None:
            return
        name, unit = "roll_back_at", f"seconds; the switch is at {self.switch_at:g}"
        number(name, self.roll_back_at, above=self.switch_at, unit=unit, hint="Roll back later.")
        unit = "seconds; then blue has been shut down"
        hint = "Roll back earlier or make keeps_for larger."
        number(
            name, self.roll_back_at, at_most=self.switch_at + self.keeps_for, unit=unit, hint=hint
        )

    def build(self) -> None:
        end_s = self.site.world.horizon_s
        back_at = math.inf if self.roll_back_at is None else self.roll_back_at
        unit, hint = f"seconds; the world ends at {end_s:g}", "Make it earlier or the world longer."
        number("switch_at", self.switch_at, at_most=end_s, unit=unit, hint=hint)
        if self.roll_back_at is not None:
            number("roll_back_at", self.roll_back_at, at_most=end_s, unit=unit, hint=hint)
        super().build()
        self.green_is_live = self.switch_at, back_at
        self.ready_s = self.switch_at - self.starts_before + self.start_takes
        was_left_s = {"blue": self.switch_at, "green": back_at}
        self.shut_s = {colour: at_s + self.keeps_for for colour, at_s in was_left_s.items()}
        if self.roll_back_at is not None:
            self.shut_s["blue"] = math.inf

    async def predict(self, i: int) -> Answer:
        now_s, (since_s, until_s) = self.clock.now, self.green_is_live
        colour = self.site.went_to[i] = "green" if since_s <= now_s < until_s else "blue"
        if colour == "green" and now_s < self.ready_s:
            await self.clock.sleep(REFUSED_AFTER_S)
            raise DownError("green")
        if math.isinf(self.shut_s[colour]):
            return await self.running[colour].predict(i)
        answer = await self.clock.within(self.shut_s[colour] - now_s, partial(self.ask, colour, i))
        if answer is None:
            raise DownError(colour)
        return answer
