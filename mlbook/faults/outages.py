"""A part is away, or slow, its scheduler sleeps, or phones have no network."""

from __future__ import annotations

from mlbook.faults.fault import Fault
from mlbook.units import DAY

__all__ = ["down", "offline", "skip_batch", "slow"]


def down(part: str, *, at: float, lasting: float) -> Fault:
    """Make a part unreachable: calls and queued requests are refused, a running job is lost.

    A request that is being worked on when it begins is still answered. Events that happen while the
    ``"activity_log"`` is down are lost.

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
    """Make every call of a part, or every job on it, take longer.

    Phones get later what a slow sync or a slow store brings.

    Parameters
    ----------
    part : str
        The part's name.
    at, lasting : float
        When it begins and how long it lasts, in seconds.
    by : float
        Seconds added to each call or job.

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


def offline(part: str = "device", *, at: float, lasting: float, share: float = 1.0) -> Fault:
    """Take the network from a share of the phones: they go on predicting from what they have.

    Such a phone cannot sync, look for a release, fetch a model or take part in a round of federated
    learning. It is another matter than ``down("device", ...)``, which answers nobody.

    Parameters
    ----------
    part : str
        The phones.
    at, lasting : float
        When it begins and how long it lasts, in seconds.
    share : float
        The share of the phones, above 0 and at most 1; the same ones all the time.

    Returns
    -------
    Fault
        For ``mb.run(..., faults=[...])``.

    Examples
    --------
    >>> offline(at=8 * DAY, lasting=3600, share=0.3).share
    0.3
    """
    return Fault("offline", part, at, lasting, share=share)
