"""The way of the data: from an event to an answer, from a prediction to its reader."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mlbook.status import SERVED

if TYPE_CHECKING:
    from mlbook.experiment import Run

__all__ = ["availability", "event_lag_s", "predictions_read", "request_bytes"]


def availability(run: Run) -> float:
    """Share of the requests that were answered with a prediction.

    Parameters
    ----------
    run : Run
        What happened.

    Returns
    -------
    float
        0 to 1. A failed request does not count, nor one shown without a model or without a row.
    """
    return float(np.isin(run.log["status"], SERVED).mean())


def event_lag_s(run: Run) -> NDArray[np.float64]:
    """Time from an event until the first answer that could know it: "latency from new data".

    Parameters
    ----------
    run : Run
        What happened.

    Returns
    -------
    ndarray of shape (n_events,)
        Seconds, for the events of the served period that were published before its end; the
        log's own lateness for a pattern that reads the activity log itself; empty when nothing was
        published. An event that is lost has no lag.
    """
    site, event_s = run.site, run.world.activity.at_s
    late = event_s >= run.log["requested_at_s"].min()
    event_s = event_s[late]
    if site.seen_at_s is not None:
        lag_s: NDArray[np.float64] = site.seen_at_s[late] - event_s
        return lag_s[np.isfinite(lag_s)]
    if not site.published:
        return np.empty(0)
    published_at_s, asof_s = np.array([row[:2] for row in site.published]).T
    first = np.searchsorted(asof_s, site.event_log.readable_at_s[late], side="right")
    known = first < asof_s.size
    lag: NDArray[np.float64] = published_at_s[first[known]] - event_s[known]
    return lag


def predictions_read(run: Run) -> tuple[int, int]:
    """How many predictions were computed in advance, and how many of them anybody read.

    Parameters
    ----------
    run : Run
        What happened.

    Returns
    -------
    tuple of int
        Computed for the tables that the logged requests read, and distinct rows read from them.
    """
    log = run.log
    served = np.isin(log["status"], SERVED)
    table_s = log["feature_asof_s"][served]
    slate = run.world.visits.slate[log["visit"][served]]
    row = log["user"][served][:, None] * run.world.catalog.n_items + slate
    tables, index = np.unique(table_s, return_inverse=True)
    read = np.unique(index[:, None] * (row.max(initial=0) + 1) + row).size
    computed = {asof_s: n for _, asof_s, n in run.site.published}
    return sum(computed.get(asof_s, 0) for asof_s in tables.tolist()), read


def request_bytes(run: Run, send: str) -> float:
    """Mean size of a request's JSON body when it carries IDs or features.

    Parameters
    ----------
    run : Run
        Gives the slates and the features.
    send : str
        ``"ids"`` or ``"features"``.

    Returns
    -------
    float
        Bytes, over the first 100 requests.
    """
    import json

    rows = run.log["visit"][:100]
    world = run.world
    sizes = []
    for i in rows.tolist():
        items = world.visits.slate[i]
        body: dict[str, Any] = {"user": int(world.visits.user[i]), "items": items.tolist()}
        if send == "features":
            who = np.full(items.size, world.visits.user[i])
            when = np.full(items.size, world.visits.at_s[i])
            columns = world.features(who, items, when)
            body["features"] = [dict(zip(world.features.names, row, strict=True))
                                for row in columns.tolist()]  # fmt: skip
        sizes.append(len(json.dumps(body)))
    return float(np.mean(sizes))
