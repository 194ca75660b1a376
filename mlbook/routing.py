"""Patterns that wrap patterns: a router sends each request to one of its arms.

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

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import MISSING, dataclass, replace
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from mlbook.patterns.base import Answer, Pattern, knob
from mlbook.patterns.deploy import ALL, Unit
from mlbook.units import MINUTE

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Split", "bucket"]

# The rule is a line in the web app: no machine, no wait; somebody may write it wrongly.
ROUTER = Unit(name="router", machines=0.0, incidents_a_month=0.1, repair_takes=30 * MINUTE)


@dataclass(frozen=True, kw_only=True)
class Split(Pattern):
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
    def arms(self) -> Mapping[str, Pattern]:
        """The two patterns, by name."""
        return {"control": self.control, "treatment": self.treatment}

    @property
    def units(self) -> tuple[Unit, ...]:
        """One app that knows both arms, a router, and all else twice; nothing if an arm tells none.

        What grows with the requests grows with the share that an arm gets.
        """
        shares = {"control": 1 - self.treatment_share, "treatment": self.treatment_share}
        if not all(arm.units for arm in self.arms.values()):
            return ()
        apps = [unit for arm in self.arms.values() for unit in arm.units if unit.name == "app"]
        behind = [
            replace(
                unit,
                name=f"{name}/{unit.name}",
                per_request=unit.per_request * shares[name],
                price_per_1000=unit.price_per_1000 * shares[name],
            )
            for name, arm in self.arms.items()
            for unit in arm.units
            if unit.name != "app"
        ]
        return *_one_app(apps), ROUTER, *behind

    def build(self) -> None:
        self.running = {name: arm.install(self.site.arm(name)) for name, arm in self.arms.items()}
        where = bucket(range(self.site.world.users), f"{self.site.path}{self.salt}")
        treated = (where < self.treatment_share)[self.site.world.visits.user]
        self.arm_of = np.where(treated, "treatment", "control").tolist()

    async def predict(self, i: int) -> Answer:
        arm = self.site.went_to[i] = self.arm_of[i]
        return await self.running[arm].predict(i)


def bucket(users: Iterable[int], salt: str) -> NDArray[np.float64]:
    """Hash users to places on the line from 0 to 1, evenly and for ever the same.

    Parameters
    ----------
    users : iterable of int
        Their numbers.
    salt : str
        Another salt gives each user another place, independent of the first.

    Returns
    -------
    ndarray of shape (n,)
        At least 0 and below 1: the first 53 bits of SHA-256.

    Examples
    --------
    >>> bucket([0, 1, 2], "spring").round(3).tolist()
    [0.978, 0.375, 0.961]
    """
    digests = (hashlib.sha256(f"{salt}|{user}".encode()).digest() for user in users)
    bits = np.array([int.from_bytes(digest[:8]) >> 11 for digest in digests])
    return bits / 2.0**53


def _one_app(apps: list[Unit]) -> list[Unit]:
    """Merge the apps of the arms, which are one: it knows what either must, and fails as the worse.

    Parameters
    ----------
    apps : list of Unit
        The unit called ``"app"`` of each arm that has one.

    Returns
    -------
    list of Unit
        One app, or none.
    """
    known = {what for app in apps for what in app.built_in}
    worst = sorted(apps, key=lambda app: app.incidents_a_month * app.repair_takes)[-1:]
    return [replace(app, built_in=tuple(what for what in ALL if what in known)) for app in worst]
