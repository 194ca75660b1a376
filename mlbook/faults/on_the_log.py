"""What faults make of the activity log."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from mlbook.world.event_log import EventLog
from mlbook.world.features import Activity

if TYPE_CHECKING:
    from mlbook.faults.fault import Fault
    from mlbook.world import ReplayWorld, World

__all__ = ["ACTIVITY_LOG", "written"]

ACTIVITY_LOG = "activity_log"


def written(world: World | ReplayWorld, faults: Iterable[Fault], seed: int) -> EventLog:
    """Write a world's activity log as its readers will find it.

    Parameters
    ----------
    world : World or ReplayWorld
        Where the events happen.
    faults : iterable of Fault
        Those on the activity log.
    seed : int
        Seed of the run.

    Returns
    -------
    EventLog
        With what is lost, late, doubled or wrongly stamped.

    Examples
    --------
    >>> from mlbook.faults import down
    >>> from mlbook.world import World
    >>> log = written(World(seed=1, days=2, users=5), [down("activity_log", at=0, lasting=3600)], 0)
    >>> bool(np.isinf(log.seen_at_s[log.stamped.at_s < 3600]).all())
    True
    """
    log = EventLog.of(world)
    at_s, happened = log.happened.at_s, log.happened
    stamped_s, seen_s = at_s.copy(), at_s.copy()
    rows = np.ones(at_s.size, dtype=np.int64)
    for fault in faults:
        hit = fault.covered(at_s) & fault.hits(seed, at_s.size)
        if fault.kind in {"drop", "down"}:
            seen_s[hit] = np.inf
        elif fault.kind in {"late", "reorder"}:
            seen_s[hit] += fault.delays_s(seed, at_s.size)[hit]
        elif fault.kind == "schema_change":  # readable when its readers know the new columns
            seen_s[hit] = np.maximum(seen_s[hit], fault.at_s + fault.lasting_s)
        elif fault.kind == "clock_skew":
            stamped_s[hit] += fault.by_s
        elif fault.kind == "duplicate":
            rows[hit] += 1
    event = log.event.repeat(rows)
    stamped = Activity(stamped_s[event], happened.user[event], happened.item[event])
    return replace(log, event=event, stamped=stamped, seen_at_s=seen_s[event])
