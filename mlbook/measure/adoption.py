"""Which model version answers, over time, and what a bad one costs.

Chapter: 09
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from mlbook.units import HOUR

if TYPE_CHECKING:
    from mlbook.experiment import Run

__all__ = ["bad_versions", "clicks_lost", "offered_s", "version_shares"]


def bad_versions(run: Run) -> list[int]:
    """Find the versions that were trained while a bad release was on.

    Parameters
    ----------
    run : Run
        What happened.

    Returns
    -------
    list of int
        Their numbers.
    """
    bad = [fault for fault in run.faults if fault.kind == "bad_release"]
    versions = run.site.versions.versions
    return [each.number for each in versions if any(fault.covers(each.asof_s) for fault in bad)]


def offered_s(run: Run) -> dict[int, float]:
    """Tell when each version was there to be used.

    Parameters
    ----------
    run : Run
        What happened.

    Returns
    -------
    dict of int to float
        By number of the version, in seconds: of a mobile app when it was live in the store or there
        to be fetched, elsewhere when its training had ended. What never got there is left out.
    """
    if run.site.offered:
        return {number: at_s for at_s, number in run.site.offered}
    return {version.number: version.live_at_s for version in run.site.versions.versions}


def version_shares(
    run: Run, every: float = 12 * HOUR
) -> tuple[NDArray[np.float64], dict[int, NDArray[np.float64]]]:
    """Count which version answered, slice of time by slice of time.

    Parameters
    ----------
    run : Run
        What happened.
    every : float
        Length of a slice, in seconds; the slices begin at second 0.

    Returns
    -------
    tuple of (ndarray, dict of int to ndarray)
        The middle of each slice that has visits, in seconds, and for each version by its number the
        share of the slice's visits that it answered. Answers without a version have the number 0.
    """
    known = [0, *(version.number for version in run.site.versions.versions)]
    at_s, version = run.log["requested_at_s"], run.log["model_version"].astype(int)
    slot = (at_s // every).astype(int)
    slots, where = np.unique(slot, return_inverse=True)
    visits = np.bincount(where)
    shares = {
        int(number): np.bincount(where[version == number], minlength=slots.size) / visits
        for number in np.intersect1d(known, version)
    }
    return (slots + 0.5) * every, shares


def clicks_lost(run: Run, usual: Run) -> int:
    """Count the clicks that a run lost against another one on the same visitors.

    Parameters
    ----------
    run, usual : Run
        With and without the trouble, in one world with the same warm-up.

    Returns
    -------
    int
        Clicks; negative when more were gained.

    Raises
    ------
    ValueError
        When the two did not serve the same visits.
    """
    if not np.array_equal(run.log["visit"], usual.log["visit"]):
        text = "usual must have served the same visits: use mb.compare(world, ...) for both runs."
        raise ValueError(text)
    return int(usual.log["click"].sum() - run.log["click"].sum())
