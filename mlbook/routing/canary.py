"""Canary release: a candidate gets few users first, and more of them by steps, or none again.

                        ┌── a growing share ──▶ [candidate: a whole pattern] ──┐
    web app ── user ID ─┤ salted hash                                          ├──▶ result
                        └── the others ───────▶ [current: a whole pattern] ────┘
    activity log ──▶ both

Costs: two systems to run, and a bad release is noticed later, the fewer users meet it.
Gains: a bad release hurts a share of the users only, and is taken back by one more step.

Talk: slide 24 is about releases; this way to release is ours.
Chapter: 11
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import MISSING, dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from mlbook.ab.assignment import bucket
from mlbook.patterns.base import Pattern, knob
from mlbook.routing.router import Router
from mlbook.units import DAY
from mlbook.validate import number, shown

if TYPE_CHECKING:
    from mlbook.patterns.answer import Answer

__all__ = ["Canary"]

SINCE, SHARE = "seconds since the start of the world", "share of the users"
PLAN = "Write ((6 * mb.DAY, 0.05), (7 * mb.DAY, 0.5))."


@dataclass(frozen=True, kw_only=True)
class Canary(Router):
    """Release a candidate to a share of the users, and let the share grow by steps.

    Parameters
    ----------
    current, candidate : Pattern
        Who serves now, and who is released; each with parts and models of its own.
    steps : tuple of (float, float)
        The plan, at least one step: from which second on which share of the users gets the
        candidate, 0 to 1. To hold is to add no step, to grow is to add one with a larger share,
        and to roll back is to add one with the share 0, which is the last.
    salt : str
        Any text; another one sends other users to the candidate first.

    Notes
    -----
    Nobody leaves the candidate while its share grows: a user gets it when a hash of path, salt and
    user number is below the share of the moment. Before the first step the candidate trains and
    refreshes its data, and nobody sees it. A request that a step finds on its way ends where it
    began. A step more changes no answer before it, so a release can be played hour by hour: look at
    ``run.between(...)``, decide, add the step with ``.but(steps=...)`` and run again.

    ``run.requests["arm"]`` says who answered; ``run.arm("candidate")`` is the run of one arm, and
    faults name a part by its path, ``mb.bad_release("candidate/training", ...)``.

    Examples
    --------
    >>> import mlbook as mb
    >>> plan = ((6 * mb.DAY, 0.05), (6.5 * mb.DAY, 0.4))
    >>> release = Canary(current=mb.SharedDb(), candidate=mb.RestApi(), steps=plan)
    >>> run = mb.run(release, mb.World(seed=1, days=7, users=50))
    >>> run.between(6 * mb.DAY, 6.5 * mb.DAY).requests["arm"].value_counts().to_dict()
    {'current': 42, 'candidate': 1}
    >>> rolled_back = release.but(steps=(*plan, (6.6 * mb.DAY, 0)))
    >>> rolled_back.steps[-1]
    (570240.0, 0.0)
    """

    current: Pattern = knob(MISSING, unit="the pattern that serves now")
    candidate: Pattern = knob(MISSING, unit="the pattern that is released")
    steps: tuple[tuple[float, float], ...] = knob(
        ((6 * DAY, 0.05),), unit="from which second on which share of the users"
    )
    salt: str = knob("", unit="text that is hashed with the user's number")

    title: ClassVar[str] = "Canary release: current and candidate"

    def __post_init__(self) -> None:
        super().__post_init__()
        object.__setattr__(self, "steps", _checked(self.steps))  # frozen, but not yet born

    @property
    def shares(self) -> Mapping[str, float]:
        """The candidate serves its largest share, and the current one may have to take all back."""
        return {"current": 1.0, "candidate": max(share for _, share in self.steps)}

    def build(self) -> None:
        end_s = self.site.world.horizon_s
        unit = f"seconds; the world ends at {end_s:g}"
        hint = "Make it earlier or the world longer (days=...)."
        for n, (at_s, _) in enumerate(self.steps):
            number(f"steps[{n}]", at_s, at_most=end_s, unit=unit, hint=hint)
        super().build()
        self.place = bucket(range(self.site.world.users), f"{self.site.path}{self.salt}")
        self.user = self.site.world.visits.user
        self.at_s = [at_s for at_s, _ in self.steps]
        self.share = [0.0, *(share for _, share in self.steps)]

    async def predict(self, i: int) -> Answer:
        share = self.share[bisect_right(self.at_s, self.clock.now)]
        chosen = self.place[self.user[i]] < share
        arm = self.site.went_to[i] = "candidate" if chosen else "current"
        return await self.running[arm].predict(i)


def _checked(steps: Any) -> tuple[tuple[float, float], ...]:
    """Check a plan, and write its numbers as floats."""
    listed = list(steps) if isinstance(steps, Iterable) else [steps]
    if not all(isinstance(step, list | tuple) and len(step) == 2 for step in listed):
        text = "steps must be pairs (seconds since the start of the world, share of the users)"
        raise TypeError(f"{text}, got {shown(steps)}. {PLAN}")
    if not listed:
        raise ValueError(f"steps must hold at least one step, got none. {PLAN}")
    plan = [
        (
            number(f"steps[{n}][0]", at_s, at_least=0, unit=SINCE, hint=PLAN),
            number(f"steps[{n}][1]", share, at_least=0, at_most=1, unit=SHARE, hint=PLAN),
        )
        for n, (at_s, share) in enumerate(listed)
    ]
    for n in range(1, len(plan)):
        _check_next(n, plan[n - 1], plan[n])
    return tuple(plan)


def _check_next(n: int, last: tuple[float, float], step: tuple[float, float]) -> None:
    """Refuse a step that is not later and larger, and any after the step back to 0."""
    hint = "The steps follow one another in time."
    number(f"steps[{n}][0]", step[0], above=last[0], unit=f"{SINCE}, as the step before", hint=hint)
    if last[1] == 0:
        text = f"steps must end with the step to 0 (a rollback), got {step} after it"
        raise ValueError(f"{text}. Release the next candidate by a Canary of its own.")
    if 0 < step[1] <= last[1]:
        text = f"steps[{n}][1] must be > {last[1]:g}, or 0 ({SHARE}), got {step[1]:g}"
        raise ValueError(f"{text}. To hold, leave the step out; 0 rolls back.")
