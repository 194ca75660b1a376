"""Things that go wrong, as data: which part, when, for how long.

Chapter: 07, 13
"""

from __future__ import annotations

from dataclasses import dataclass

from mlbook.units import DAY
from mlbook.validate import number

__all__ = ["Fault", "down", "skip_batch", "slow"]


@dataclass(frozen=True)
class Fault:
    """One fault on one part.

    Parameters
    ----------
    kind : str
        ``"down"``, ``"slow"`` or ``"skip_batch"``.
    part : str
        The part's name, for example ``"api"``; inside a wrapped pattern ``"arm/part"``.
    at_s, lasting_s : float
        When it begins and how long it lasts, in seconds.
    by_s : float
        Seconds that a slow part adds to each call.
    """

    kind: str
    part: str
    at_s: float
    lasting_s: float
    by_s: float = 0.0

    def __post_init__(self) -> None:
        hint = "Durations are seconds: write 8 * mb.DAY."
        number("at", self.at_s, at_least=0, unit="seconds since the start of the world", hint=hint)
        number("lasting", self.lasting_s, above=0, unit="seconds", hint=hint)
        number("by", self.by_s, at_least=0, unit="seconds added to each call", hint=hint)

    def covers(self, now_s: float) -> bool:
        """Tell whether the fault is on.

        Parameters
        ----------
        now_s : float
            The instant in seconds.

        Returns
        -------
        bool
            True from its beginning until just before its end.
        """
        return self.at_s <= now_s < self.at_s + self.lasting_s


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
