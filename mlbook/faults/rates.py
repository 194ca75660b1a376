"""Failures as they come by themselves: at random times, with repairs of random length."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlbook.faults.outages import down
from mlbook.streams import stream
from mlbook.units import MONTH
from mlbook.validate import integer, number

if TYPE_CHECKING:
    from mlbook.faults.fault import Fault

__all__ = ["failures"]


def failures(
    part: str, *, per_month: float, lasting: float, until: float, seed: int = 0
) -> list[Fault]:
    """Let a part fail at random: outages at Poisson times, with exponential times to repair.

    Parameters
    ----------
    part : str
        The part's name.
    per_month : float
        Mean number of failures in a month (28 days) *of running*, > 0.
    lasting : float
        Mean time to repair in seconds, > 0.
    until : float
        No failure begins after this instant, in seconds; for example ``world.horizon_s``.
    seed : int
        Seed of the draws, >= 0.

    Returns
    -------
    list of Fault
        Outages in the order of time; the first days may be without any.

    Notes
    -----
    What is being repaired does not fail: the time from a repair to the next failure is exponential
    with mean ``MTTF = month / per_month``, a repair is exponential with mean ``MTTR = lasting``,
    and outages never overlap. So the long-run availability is exactly ``MTTF / (MTTF + MTTR)``, and
    a month of the calendar sees slightly fewer failures than `per_month`. (If failures came during
    repairs, too, and the outages were merged, it would be ``exp(-MTTR / MTTF)``: nearly the same
    while repairs are short.)

    Examples
    --------
    >>> outages = failures("api", per_month=4, lasting=3600, until=MONTH, seed=1)
    >>> {fault.kind for fault in outages}
    {'down'}
    """
    hint = "Write 0.5 for one in two months."
    number("per_month", per_month, above=0, unit="failures in 28 days of running", hint=hint)
    days = "Durations are seconds: write 1 * mb.HOUR."
    number("lasting", lasting, above=0, unit="mean seconds to repair", hint=days)
    number("until", until, above=0, unit="seconds", hint=days)
    integer("seed", seed, at_least=0, unit="seed of the draws")
    rng, faults = stream(seed, f"failures/{part}"), []
    at = rng.exponential(MONTH / per_month)
    while at < until:
        repair = rng.exponential(lasting)
        faults.append(down(part, at=at, lasting=repair))
        at += repair + rng.exponential(MONTH / per_month)
    return faults
