"""Bandit: a router that sends more requests to the arm whose answers were clicked more often.

                        ┌── arm 1 ──▶ [treatment: a whole pattern] ──┐
    web app ── request ─┤ policy                                     ├──▶ result
                        └── arm 0 ──▶ [control: a whole pattern] ────┘
                            ▲
    clicks of both arms ────┘ when they are known, batch by batch

Costs: the arm that looks worse is hardly tried any more, so nobody learns exactly how bad it is.
Gains: fewer visitors get the worse arm than in a test that splits them evenly to its end.

Talk: slide 5 stops at A/B tests; this next step is ours.
Chapter: 02
"""

from __future__ import annotations

from dataclasses import MISSING, dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from mlbook.ab.learning.bandit import BanditPolicy, Thompson
from mlbook.patterns.base import Pattern, knob
from mlbook.routing.router import Router
from mlbook.scoring import request_log
from mlbook.streams import stream
from mlbook.units import HOUR
from mlbook.validate import shown

if TYPE_CHECKING:
    from mlbook.patterns.answer import Answer

__all__ = ["Bandit"]


@dataclass(frozen=True, kw_only=True)
class Bandit(Router):
    """Send each request to one of two patterns, and learn from the clicks which one to prefer.

    Parameters
    ----------
    control, treatment : Pattern
        The two arms, 0 and 1, each with parts and models of its own; a bandit may be an arm, too.
    policy : mlbook.ab.BanditPolicy
        Any object with ``choose(clicks, trials, rng)``, which gives the number of an arm: Thompson
        sampling by default.
    learns_every : float
        Seconds between two updates of the counts, > 0.

    Notes
    -----
    A request is sent by the counts of the last update; in between nothing is learned. An update
    counts the answers whose clicks are known by then: given at least ``world.label_delay`` ago. A
    failed request is a trial without a click. The counts come from the function that writes the
    log of the whole run, so they are the clicks of the log.

    It is the request that is sent, not the user: one user may get both arms. The luck of a policy
    belongs to the visit, so neither load nor a fault elsewhere moves it. The part ``"learner"``
    updates the counts, where faults can hit it: ``mb.skip_batch("learner", ...)``.

    Examples
    --------
    >>> import mlbook as mb
    >>> bandit = Bandit(control=mb.SharedDb(), treatment=mb.Streaming(), learns_every=1 * mb.HOUR)
    >>> run = mb.run(bandit, mb.World(seed=1, days=9, users=200))
    >>> bool((run.requests["arm"] == "treatment").mean() > 0.5)
    True
    """

    control: Pattern = knob(MISSING, unit="the pattern with number 0")
    treatment: Pattern = knob(MISSING, unit="the pattern with number 1")
    policy: BanditPolicy = knob(Thompson(), unit="who picks an arm from the counts")
    learns_every: float = knob(1 * HOUR, above=0, unit="seconds between two updates of the counts")

    title: ClassVar[str] = "Bandit: learn while serving"

    def __post_init__(self) -> None:
        super().__post_init__()
        if isinstance(self.policy, type) or not callable(getattr(self.policy, "choose", None)):
            text = "policy must be an object with choose(clicks, trials, rng), which picks an arm"
            step = "Leave it out for Thompson sampling."
            raise TypeError(f"{text}, got {shown(self.policy)}. {step}")

    def build(self) -> None:
        super().build()
        self.names = list(self.arms)
        self.clicks, self.trials = np.zeros(2, dtype=np.int64), np.zeros(2, dtype=np.int64)
        self.unread: dict[int, tuple[Answer, float]] = {}  # answers that are not counted yet
        self.every(self.learns_every, self.learn, part="learner")

    async def learn(self) -> None:
        """Count the answers whose clicks are known by now."""
        await self.site.parts["learner"].work(0.0)
        newest_s = self.clock.now - self.site.world.label_delay
        known = [i for i, (_, done_s) in self.unread.items() if done_s <= newest_s]
        if not known:
            return
        answers, done_s = zip(*map(self.unread.pop, known), strict=True)
        log, _ = request_log(
            self.site.unspoilt, self.site, np.array(known), list(answers), np.array(done_s)
        )
        arm = [self.names.index(self.site.went_to[i]) for i in known]
        np.add.at(self.trials, arm, 1)
        np.add.at(self.clicks, arm, log["click"])

    async def predict(self, i: int) -> Answer:
        luck = stream(self.site.seed, f"{self.site.path}bandit/{i}")
        arm = self.names[int(self.policy.choose(self.clicks, self.trials, luck))]
        self.site.went_to[i] = arm
        answer = await self.ask(arm, i)
        self.unread[i] = answer, self.clock.now
        return answer
