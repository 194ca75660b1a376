"""Runtime coupling: take each part down for an hour and see who notices.

Chapter: 10
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mlbook import measure
from mlbook.experiment.trial import parts_of, run
from mlbook.faults import ACTIVITY_LOG, down
from mlbook.units import DAY, HOUR
from mlbook.validate import number

if TYPE_CHECKING:
    import pandas as pd

    from mlbook.experiment.results import Run
    from mlbook.patterns.base import Pattern
    from mlbook.world import World

__all__ = ["runtime_coupling"]


def runtime_coupling(
    pattern: Pattern,
    world: World,
    *,
    seed: int = 0,
    at: float | None = None,
    lasting: float = 1 * HOUR,
) -> pd.DataFrame:
    """Measure who must be up at the same time.

    Parameters
    ----------
    pattern : Pattern
        Whose parts go down, one after the other, each in a run of its own.
    world : World
        Who is served.
    seed : int
        Seed of the parts' latencies.
    at : float, optional
        When each outage begins, in seconds; by default at noon of the last day but one.
    lasting : float
        Seconds that it lasts, > 0.

    Returns
    -------
    pandas.DataFrame
        One row a part: `failed_frac` (share of the requests in the outage that got no answer),
        `oldest_answer_s` (greatest age of the features in the whole run) and `event_lag_max_s`
        (longest time from an event to an answer that knows it).

    Examples
    --------
    >>> from mlbook.patterns import SharedDb
    >>> from mlbook.world import World
    >>> table = runtime_coupling(SharedDb(), World(seed=1, days=8, users=50))
    >>> table["failed_frac"].round().to_dict()
    {'shared_db': 1.0, 'training': 0.0, 'batch': 0.0}
    """
    import pandas as pd

    number("lasting", lasting, above=0, unit="seconds that an outage lasts")
    at = (np.floor(world.days) - 2) * DAY + 12 * HOUR if at is None else at
    rows = {}
    for part in parts_of(pattern, world):
        # What was not logged is lost: another matter than an outage.
        if part.rpartition("/")[2] == ACTIVITY_LOG:
            continue
        hit = run(pattern, world, seed=seed, faults=[down(part, at=at, lasting=lasting)])
        inside = (hit.log["requested_at_s"] >= at) & (hit.log["requested_at_s"] < at + lasting)
        failed = measure.failed(hit.log["status"][inside])
        rows[part] = {
            "failed_frac": float(failed.mean()) if failed.size else np.nan,
            "oldest_answer_s": float(np.nanmax(hit.log["feature_age_s"])),
            "event_lag_max_s": max(map(_longest_lag_s, hit.arms.values() or [hit])),
        }
    return pd.DataFrame(rows).T.rename_axis("part")


def _longest_lag_s(run: Run) -> float:
    return float(measure.event_lag_s(run).max(initial=0.0))
