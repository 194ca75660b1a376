"""Messages that are lost, doubled, late, out of order or wrongly stamped.

On the ``"activity_log"``, which every pattern reads, a message is an event. On a part that answers
calls it is a call. Each event or call is hit by itself with probability `share`; its luck is drawn
from a stream of the fault's own, so that no other random number of the run moves.
"""

from __future__ import annotations

from mlbook.faults.fault import Fault

__all__ = ["clock_skew", "drop", "duplicate", "late", "reorder"]


def drop(part: str, *, at: float, lasting: float, share: float) -> Fault:
    """Lose a share of the messages.

    An event that is lost can never be read. A call that is lost has been worked on, but its answer
    does not come back: the caller gives up a second later (``components.GIVES_UP_AFTER_S``), and
    the request has the status ``"down:PART"``.

    Parameters
    ----------
    part : str
        ``"activity_log"``, or a part that answers calls.
    at, lasting : float
        When it begins and how long it lasts, in seconds.
    share : float
        The share that is lost, above 0 and at most 1.

    Returns
    -------
    Fault
        For ``mb.run(..., faults=[...])``.

    Examples
    --------
    >>> drop("activity_log", at=0, lasting=3600, share=0.1).share
    0.1
    """
    return Fault("drop", part, at, lasting, share=share)


def duplicate(part: str, *, at: float, lasting: float, share: float) -> Fault:
    """Deliver a share of the messages twice.

    An event then has two rows, and counts twice for whoever does not notice. A call that comes
    twice is worked on twice, one after the other, and keeps its worker busy twice as long.

    Parameters
    ----------
    part : str
        ``"activity_log"``, or a part that answers calls.
    at, lasting : float
        When it begins and how long it lasts, in seconds.
    share : float
        The share that comes twice, above 0 and at most 1.

    Returns
    -------
    Fault
        For ``mb.run(..., faults=[...])``.

    Examples
    --------
    >>> duplicate("activity_log", at=0, lasting=3600, share=0.1).kind
    'duplicate'
    """
    return Fault("duplicate", part, at, lasting, share=share)


def late(part: str, *, at: float, lasting: float, by: float, share: float = 1.0) -> Fault:
    """Let a share of the messages come later, all by the same time.

    Parameters
    ----------
    part : str
        ``"activity_log"``, or a part that answers calls.
    at, lasting : float
        When it begins and how long it lasts, in seconds. An event is late that *happens* in this
        time.
    by : float
        How much later, in seconds.
    share : float
        The share that is late, above 0 and at most 1.

    Returns
    -------
    Fault
        For ``mb.run(..., faults=[...])``.

    Examples
    --------
    >>> late("activity_log", at=0, lasting=3600, by=600).by_s
    600
    """
    return Fault("late", part, at, lasting, by, share)


def reorder(part: str, *, at: float, lasting: float, by: float, share: float = 1.0) -> Fault:
    """Let a share of the messages come later, each by a random time, so that some overtake others.

    Parameters
    ----------
    part : str
        ``"activity_log"``, or a part that answers calls.
    at, lasting : float
        When it begins and how long it lasts, in seconds.
    by : float
        Mean of the exponential delay, in seconds.
    share : float
        The share that is delayed, above 0 and at most 1.

    Returns
    -------
    Fault
        For ``mb.run(..., faults=[...])``.

    Examples
    --------
    >>> reorder("activity_log", at=0, lasting=3600, by=60, share=0.5).by_s
    60
    """
    return Fault("reorder", part, at, lasting, by, share)


def clock_skew(
    part: str = "activity_log", *, at: float, lasting: float, by: float, share: float = 1.0
) -> Fault:
    """Let a share of the events be stamped by a clock that is wrong.

    An event is still readable when it happened, but for everybody who reads it, features of
    training and of serving alike, it happened at the stamped time: behind the clock it seems older,
    and a stream may take it for too late.

    Parameters
    ----------
    part : str
        Only the ``"activity_log"`` carries stamps.
    at, lasting : float
        When it begins and how long it lasts, in seconds.
    by : float
        How far the clock is ahead, in seconds; negative when it is behind.
    share : float
        The share that is stamped by this clock, above 0 and at most 1.

    Returns
    -------
    Fault
        For ``mb.run(..., faults=[...])``.

    Examples
    --------
    >>> clock_skew(at=0, lasting=3600, by=-900).part
    'activity_log'
    """
    return Fault("clock_skew", part, at, lasting, by, share)
