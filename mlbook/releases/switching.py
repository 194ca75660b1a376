"""A switch while everybody is looking: who got no answer, who waited, and how long it took.

Chapter: 11
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mlbook.measure import failed
from mlbook.queueing import adopted, still_running
from mlbook.units import DAY, MINUTE, MS
from mlbook.validate import number

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from mlbook.experiment import Run
    from mlbook.patterns import MobileApp

__all__ = [
    "SLOW_S",
    "seconds_back",
    "seconds_on_phones",
    "seconds_slow",
    "switch_costs",
]

SLOW_S = 200 * MS  # what a visitor notices; a choice


def switch_costs(
    runs: Mapping[str, Run],
    moments: Mapping[str, float],
    *,
    within: float = 1 * MINUTE,
    slow: float = SLOW_S,
) -> pd.DataFrame:
    """Count the requests that failed or were slow in the time after each of some instants.

    Parameters
    ----------
    runs : mapping of str to Run
        What happened, by the name of the way to release.
    moments : mapping of str to float
        The instants in seconds, by name: ``{"switch": ..., "rollback": ...}``.
    within : float
        How many seconds after each instant a request may come to be counted.
    slow : float
        Seconds from which on an answer is slow.

    Returns
    -------
    pandas.DataFrame
        One row a run, and for each instant the columns `requests`, `failed` and `slow`; a failed
        request is not slow.

    Examples
    --------
    >>> import mlbook as mb
    >>> at = 6 * mb.DAY
    >>> rush = mb.World(seed=1, days=7, users=50).rush(at=at, lasting=60.0, rate_per_s=20.0)
    >>> api = mb.RestApi()
    >>> green = mb.BlueGreen(blue=api, green=api, switch_at=at + 30)
    >>> switch_costs({"blue-green": mb.run(green, rush)}, {"switch": at + 30})["switch", "failed"]
    blue-green    0
    Name: (switch, failed), dtype: int64
    """
    import pandas as pd

    number("within", within, above=0, unit="seconds after each instant")
    number("slow", slow, above=0, unit="seconds of waiting")
    rows = []
    for run in runs.values():
        at_s, no_answer = run.log["requested_at_s"], failed(run.log["status"])
        waited = ~no_answer & (run.log["latency_s"] > slow)
        row: dict[tuple[str, str], int] = {}
        for name, since_s in moments.items():
            then = (at_s >= since_s) & (at_s < since_s + within)
            counted = {"requests": then, "failed": then & no_answer, "slow": then & waited}
            row |= {(name, what): int(mask.sum()) for what, mask in counted.items()}
        rows.append(row)
    columns = pd.MultiIndex.from_tuples(list(rows[0]) if rows else [])
    return pd.DataFrame(rows, index=list(runs), columns=columns)


def seconds_back(run: Run, since: float) -> float:
    """Tell how long a way back takes, until everybody is answered by the old version again.

    Parameters
    ----------
    run : Run
        Of a pattern that wraps the old and the new version, in this order, such as
        :class:`~mlbook.routing.BlueGreen` and :class:`~mlbook.routing.Canary`; or of one whose
        server is exchanged in place and away meanwhile.
    since : float
        The instant of the way back, in seconds.

    Returns
    -------
    float
        Seconds until the last answer of the new version is delivered, or until the last request
        fails; 0 when neither happens any more.
    """
    at_s = run.log["requested_at_s"]
    ends_s = at_s[failed(run.log["status"])]
    if run.pattern.arms:
        new = run.log["arm"] == list(run.pattern.arms)[-1]
        ends_s = np.append(ends_s, (at_s + run.log["latency_s"])[new])
    return float(max(ends_s.max(initial=-np.inf) - since, 0.0))


def seconds_slow(run: Run, since: float, *, slow: float = SLOW_S) -> float:
    """Tell how long after an instant requests were slow.

    Parameters
    ----------
    run : Run
        What happened.
    since : float
        The instant in seconds.
    slow : float
        Seconds from which on an answer is slow.

    Returns
    -------
    float
        Seconds until the last request with a slow answer came; 0 when none did.
    """
    answered = ~failed(run.log["status"])
    slow_at_s = run.log["requested_at_s"][answered & (run.log["latency_s"] > slow)]
    return float(max(slow_at_s.max(initial=-np.inf) - since, 0.0))


def seconds_on_phones(app: MobileApp, *, decided_after: float = 1 * DAY) -> float:
    """Tell by the law of adoption how long a bad release stays on half of the phones that have it.

    Parameters
    ----------
    app : MobileApp
        The app.
    decided_after : float
        Seconds from the bad release's going live to the decision to take it back.

    Returns
    -------
    float
        Seconds from the decision until half of the phones that had it at the worst are rid of it.

    Notes
    -----
    The old version is sent again as a new release: it is built and reviewed, and until then more
    phones take the bad one. Then the phones follow, each when it looks. The law is
    :func:`mlbook.queueing.still_running`.

    Examples
    --------
    >>> import mlbook as mb
    >>> 2 < seconds_on_phones(mb.MobileApp()) / mb.DAY < 7
    True
    """
    number("decided_after", decided_after, at_least=0, unit="seconds since the bad release")
    live_s = decided_after + app.lead_s - app.train_takes  # nothing is trained, it is built again
    worst = float(adopted(live_s, app.speeds))
    from scipy.optimize import brentq

    def too_many(at_s: float) -> float:
        return float(still_running(at_s, live_s, app.speeds)) - worst / 2

    return float(brentq(too_many, live_s, live_s + 1_000 * DAY)) - decided_after
