"""A/B test: a share of the users gets another pattern, and the two are compared.

                        ┌── share of the users ──▶ [treatment: a whole pattern] ──┐
    web app ── user ID ─┤ salted hash                                             ├──▶ result
                        └── the others ──────────▶ [control: a whole pattern] ────┘
    activity log ──▶ both

Costs: two systems to run, and half of the users get the worse one.
Gains: the two differ in nothing but in what is tried, so a difference in clicks is its effect.

Talk: slides 5 and 28, online evaluation.
Chapter: 02
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from mlbook.ab.assignment import bucket
from mlbook.patterns.base import Pattern, knob
from mlbook.routing.router import Router

if TYPE_CHECKING:
    from mlbook.patterns.answer import Answer

__all__ = ["Split"]


@dataclass(frozen=True, kw_only=True)
class Split(Router):
    """Serve a share of the users by one pattern, the others by another: an A/B test.

    Parameters
    ----------
    control, treatment : Pattern
        Who serves the two arms, each with parts and models of its own. Twice the same pattern is an
        A/A test; a split may be an arm, too.
    treatment_share : float
        The share of the users who get the treatment, 0 to 1.
    salt : str
        Any text; another one sends other users to the treatment.

    Notes
    -----
    A user always gets the same arm: the one that a hash of path, salt and user number says, which
    nothing drawn in a world or a run moves. When the share grows, nobody leaves the treatment. In a
    :class:`~mlbook.world.ReplayWorld` a segment is a user. The path of a split inside an arm is
    part of its hash, so that it divides the arm's users anew, with the same salt as well.

    ``run.requests["arm"]`` says who answered, and ``run.arm("treatment")`` is the run of one arm.
    Faults name a part by its path, ``mb.down("treatment/api", ...)``; a fault on the
    ``"activity_log"`` hits both arms, and one on ``"treatment/activity_log"`` what this arm reads
    of it. Both arms learn from the log of all users.

    The same part in both arms has the same luck with the same visit, and so it has in the pattern
    alone: where no queue is shared, each row of an A/A test is the row that the pattern writes
    without the split. No two visits share a draw, for each goes to one arm.

    Examples
    --------
    >>> import mlbook as mb
    >>> test = Split(control=mb.SharedDb(), treatment=mb.RestApi(), treatment_share=0.2)
    >>> run = mb.run(test, mb.World(seed=1, days=7, users=50))
    >>> run.requests.groupby("arm")["user"].nunique().to_dict()
    {'control': 38, 'treatment': 11}
    >>> run.arm("treatment").summary().index.tolist()
    ['RestApi']
    """

    control: Pattern = knob(MISSING, unit="the pattern that serves the other users")
    treatment: Pattern = knob(MISSING, unit="the pattern that is tried")
    treatment_share: float = knob(
        0.5, at_least=0, at_most=1, unit="share of the users who get the treatment"
    )
    salt: str = knob("", unit="text that is hashed with the user's number")

    title: ClassVar[str] = "A/B test: control and treatment"

    @property
    def shares(self) -> Mapping[str, float]:
        """Each arm serves its share of the users."""
        return {"control": 1 - self.treatment_share, "treatment": self.treatment_share}

    def build(self) -> None:
        super().build()
        where = bucket(range(self.site.world.users), f"{self.site.path}{self.salt}")
        treated = (where < self.treatment_share)[self.site.world.visits.user]
        self.arm_of = np.where(treated, "treatment", "control").tolist()

    async def predict(self, i: int) -> Answer:
        arm = self.site.went_to[i] = self.arm_of[i]
        return await self.running[arm].predict(i)
