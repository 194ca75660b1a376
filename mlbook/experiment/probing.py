"""Freshness as a black box: with and without one event, which answer is the first to differ.

Chapter: 10
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from mlbook.experiment.trial import run
from mlbook.units import DAY, HOUR, duration
from mlbook.validate import number

if TYPE_CHECKING:
    from mlbook.patterns.base import Pattern
    from mlbook.world import World

__all__ = ["Probe", "idle_user", "probe"]

GRID = np.geomspace(0.05, 3 * DAY, 400)  # seconds after the event at which we ask


@dataclass(frozen=True)
class Probe:
    """What a black box showed.

    Parameters
    ----------
    lag_s : float
        Seconds from the event to the first request whose answer differs; infinite when none did.
    resolution_s : float
        Seconds since the request before: the true lag is shorter than `lag_s` by at most this.
    user : int
        Whose event it was.
    at_s : float
        When it happened, in seconds.
    """

    lag_s: float
    resolution_s: float
    user: int
    at_s: float

    def __repr__(self) -> str:
        if np.isinf(self.lag_s):
            return f"no answer changed within {duration(GRID[-1])}"
        return (
            f"the first answer that knows the event comes after {duration(self.lag_s)} "
            f"(asked {duration(self.resolution_s)} before that, it did not)"
        )


def probe(pattern: Pattern, world: World, *, seed: int = 0, at: float | None = None) -> Probe:
    """Measure freshness from outside: add one event and see which answer changes first.

    Parameters
    ----------
    pattern : Pattern
        Who is asked; nothing inside it is looked at.
    world : World
        The simulated shop, at least three days longer than `at`.
    seed : int
        Seed of the parts' latencies.
    at : float, optional
        When the event happens, in seconds; by default half past two in the night of the fifth last
        day, when no training is about to end.

    Returns
    -------
    Probe
        The lag and how sharply it is known.

    Raises
    ------
    ValueError
        When the world ends too early for the slowest answer.

    Notes
    -----
    The event belongs to the user who is idle longest around it. This user then asks 400 times, at
    intervals that grow by four percent each: the resolution is always a small part of the lag. The
    slate is the same each time.

    Examples
    --------
    >>> from mlbook.patterns import SharedDb
    >>> from mlbook.world import World
    >>> found = probe(SharedDb(), World(seed=1, days=10, users=50))
    >>> bool(20 * HOUR < found.lag_s < 30 * HOUR)
    True
    """
    if at is None:
        at = (np.ceil(world.days) - 5) * DAY + 2.5 * HOUR
    latest = f"seconds; the world has {world.days:g} days, and we ask for three after the event"
    hint = "Make the world longer (days=...)."
    number("at", at, above=2 * DAY, at_most=world.horizon_s - GRID[-1], unit=latest, hint=hint)
    user = idle_user(world, at)
    asking = world.inquiry(user=user, at_s=at + GRID)
    item = int(asking.visits.slate[-1, 0])
    without = run(pattern, asking, seed=seed, warmup=at)
    with_event = run(pattern, asking.with_event(user=user, item=item, at=at), seed=seed, warmup=at)
    same = np.isclose(without.slate_score, with_event.slate_score, rtol=1e-9, equal_nan=True)
    changed = np.flatnonzero(~same.all(axis=1))
    if not changed.size:
        return Probe(np.inf, np.inf, user, at)
    first = int(changed[0])
    before = GRID[first - 1] if first else 0.0
    return Probe(float(GRID[first]), float(GRID[first] - before), user, at)


def idle_user(world: World, at: float) -> int:
    """Find who does nothing for longest after an instant: no other event blurs the picture.

    Parameters
    ----------
    world : World
        The simulated shop.
    at : float
        The instant, in seconds.

    Returns
    -------
    int
        A user who was known a day before it.
    """
    log = world.activity
    after = log.at_s > at
    next_s = np.full(world.users, np.inf)
    np.minimum.at(next_s, log.user[after], log.at_s[after])
    known = log.first_seen_s(world.users) < at - DAY
    return int(np.where(known, next_s, -np.inf).argmax())
