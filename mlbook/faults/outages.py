"""A part is away, or slow, or its scheduler sleeps."""

from __future__ import annotations

from mlbook.faults.fault import Fault
from mlbook.units import DAY

__all__ = ["down", "skip_batch", "slow"]


def down(part: str, *, at: float, lasting: float) -> Fault:
    """Make a part unreachable: calls and queued requests are refused, a running job is lost.

    A request that is being worked on when it begins is still answered.

    Parameters
    ----------
    part : str
        The part's name.
    at, lasting : float
        When it begins and how long it lasts, in seconds.

    Returns
    -------
    Fault
        For ``mb.run(..., faults=[...])``.

    Examples
    --------
    >>> down("api", at=8 * DAY, lasting=3600).covers(8 * DAY + 1)
    True
    """
    return Fault("down", part, at, lasting)


def slow(part: str, *, at: float, lasting: float, by: float) -> Fault:
    """Make every call of a part take longer.

    Parameters
    ----------
    part : str
        The part's name.
    at, lasting : float
        When it begins and how long it lasts, in seconds.
    by : float
        Seconds added to each call.

    Returns
    -------
    Fault
        For ``mb.run(..., faults=[...])``.

    Examples
    --------
    >>> slow("feature_db", at=0, lasting=60, by=0.05).by_s
    0.05
    """
    return Fault("slow", part, at, lasting, by)


def skip_batch(part: str = "batch", *, at: float, lasting: float = 1 * DAY) -> Fault:
    """Keep a scheduled job from starting: the scheduler was off, nobody noticed.

    Parameters
    ----------
    part : str
        The part that runs the job.
    at, lasting : float
        No job starts there from `at` on for `lasting` seconds.

    Returns
    -------
    Fault
        For ``mb.run(..., faults=[...])``.

    Examples
    --------
    >>> skip_batch(at=9 * DAY).part
    'batch'
    """
    return Fault("skip_batch", part, at, lasting)
