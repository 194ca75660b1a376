"""Alerts: what a stream can say at the moment in which an event reaches it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mlbook.model import score
from mlbook.validate import fraction

if TYPE_CHECKING:
    import pandas as pd

    from mlbook.experiment import Run

__all__ = ["alerts"]


def alerts(run: Run, above: float) -> pd.DataFrame:
    """Find the events after which the item that was looked at scores high: send a message now.

    Parameters
    ----------
    run : Run
        What happened, with a pattern that sees single events.
    above : float
        The score, 0 to 1, from which on an alert is sent.

    Returns
    -------
    pandas.DataFrame
        One row an alert: `event` (row of the activity log), `at_s`, `user`, `item`, `score`,
        `sent_at_s` and `delay_s`.

    Raises
    ------
    ValueError
        When the pattern publishes whole batches and sees no single event.

    Notes
    -----
    Slide 19 notes two uses of a stream: "querying for prediction" and "showing or sending alerts".
    Requests are the first; this is the second, computed from the same run.
    """
    import pandas as pd

    fraction("above", above)
    site, log = run.site, run.world.activity
    if site.seen_at_s is None or site.own_features is None:
        kind = type(run.pattern).__name__
        text = f"run must be of a pattern that sees single events, got one of {kind}."
        raise ValueError(f"{text} Run mb.Streaming().")
    event = np.flatnonzero(np.isfinite(site.seen_at_s))
    sent_s, live_s = site.seen_at_s[event], [v.live_at_s for v in site.versions.versions]
    scores = score(
        site.own_features(),
        site.versions.versions,
        user=log.user[event],
        item=log.item[event],
        number=np.searchsorted(live_s, sent_s, side="right"),
        asof_s=np.nextafter(sent_s, np.inf),
    )
    table = {
        "event": event, "at_s": log.at_s[event], "user": log.user[event], "item": log.item[event],
        "score": scores, "sent_at_s": sent_s, "delay_s": sent_s - log.at_s[event],
    }  # fmt: skip
    return pd.DataFrame(table)[scores >= above].reset_index(drop=True)
