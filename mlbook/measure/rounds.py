"""What a federated training sends, and what it keeps at home."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from mlbook.experiment import Run

__all__ = ["federation"]

EVENT_BYTES = 3 * 8  # when, who, what
LABEL_BYTES = 3 * 8 + 1  # the same, and whether it was clicked
NUMBER_BYTES = 8


def federation(run: Run) -> dict[str, int]:
    """Count rounds, devices and bytes of a run of :class:`~mlbook.patterns.Federated`.

    Parameters
    ----------
    run : Run
        What happened.

    Returns
    -------
    dict of str to int
        `n_rounds` that were played to the end, of them `n_skipped` with too few reports; `n_lost`,
        rounds that an outage took; `n_drawn`, `n_dropped`, `n_late`, `n_reported` devices;
        `bytes_up` and `bytes_down` of the rounds (models, updates, keys, revealed seeds);
        `bytes_fetched`, the new versions that devices fetched at a sync; `raw_bytes_home`, the
        events and labels made on the devices, which a central training would have collected. None
        of these leave here, though an update that is seen alone tells something about them.

    Raises
    ------
    ValueError
        When the pattern does not train in rounds.

    Notes
    -----
    Raw data are counted as the arrays of the log hold them: 24 bytes an event and 25 a labelled
    visit, uncompressed like the numbers of an update. A device that gets two versions at one sync
    fetches the newer one only.

    Examples
    --------
    >>> from mlbook.experiment import run
    >>> from mlbook.patterns import Federated
    >>> from mlbook.world import World
    >>> counted = federation(run(Federated(), World(seed=1, days=7, users=50)))
    >>> counted["n_rounds"], counted["n_skipped"], counted["n_lost"]
    (156, 0, 0)
    """
    site, world, rounds = run.site, run.world, run.site.rounds
    if not rounds:
        kind = type(run.pattern).__name__
        text = f"run must be of a pattern that trains in rounds, got {kind} without a round."
        raise ValueError(f"{text} Use mb.run(mb.Federated(), world).")
    assert site.seen_at_s is not None
    own_events = int((site.seen_at_s == world.activity.at_s).sum())
    incidents = [what for _, part, what in site.incidents if part in {"training", "device"}]
    totals = {
        name: sum(int(getattr(each, name)) for each in rounds)
        for name in ("n_drawn", "n_dropped", "n_late", "n_reported", "bytes_up", "bytes_down")
    }
    return {
        "n_rounds": len(rounds),
        "n_skipped": incidents.count("too few reports"),
        "n_lost": len(incidents) - incidents.count("too few reports"),
        **totals,
        "bytes_fetched": _fetches(run) * (len(world.features.names) + 1) * NUMBER_BYTES,
        "raw_bytes_home": own_events * EVENT_BYTES + len(world.visits) * LABEL_BYTES,
    }


def _fetches(run: Run) -> int:
    """Count the versions that devices fetched by the end, without those overtaken by a newer."""
    at_s = np.array([*run.site.fetched_at_s, np.full(run.world.users, np.inf)])
    return int(((at_s[:-1] < at_s[1:]) & (at_s[:-1] <= run.world.horizon_s)).sum())
