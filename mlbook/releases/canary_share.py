"""A canary of some share: how soon a bad release is found, and whom it has hurt by then.

    visits ──┬── share ───────▶ [new version] ──▶ clicks ──┐
             └── the others ──▶ [old version] ──▶ clicks ──┴──▶ compared every hour

Chapter: 11
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from mlbook.releases.watching import Watch
from mlbook.streams import stream
from mlbook.validate import integer, number

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["CanaryOutcome", "canary", "canary_law"]

VISITS_AN_HOUR = 8_000.0
USUAL, BAD = 0.05, 0.04
MOST_HOURS = 24 * 28  # then somebody else has found it


@dataclass(frozen=True)
class CanaryOutcome:
    """What became of one release, over many repetitions of its luck.

    Parameters
    ----------
    share : float
        Share of the visits that the new version answers.
    hours : ndarray of shape (n,)
        When the interval first said "worse", in hours; 672 where it never did.
    hurt : ndarray of shape (n,)
        Visits that the new version had answered by then.
    found : ndarray of shape (n,), bool
        Whether the interval ever said so.
    """

    share: float
    hours: NDArray[np.float64]
    hurt: NDArray[np.float64]
    found: NDArray[np.bool_]


def canary(
    share: float,
    *,
    usual: float = USUAL,
    new: float = BAD,
    visits_an_hour: float = VISITS_AN_HOUR,
    repetitions: int = 1_000,
    seed: int = 0,
) -> CanaryOutcome:
    """Release a version to a share of the visits, and take it back when it is proven worse.

    Parameters
    ----------
    share : float
        Share of the visits that the new version answers, above 0 and below 1: with all of them
        nobody is left to compare with.
    usual, new : float
        Clicks a visit of the old and of the new version.
    visits_an_hour : float
        Visits an hour on average, in all.
    repetitions : int
        How many times.
    seed : int
        Whose luck.

    Returns
    -------
    CanaryOutcome
        Hours and visits, one entry a repetition.

    Notes
    -----
    Visits are Poisson, clicks are binomial, hours are equal. All who do not get the new version are
    the control. The interval is that of :class:`~mlbook.releases.Watch`, looked at every hour.

    Examples
    --------
    >>> tenth = canary(0.1, repetitions=200)
    >>> half = canary(0.5, repetitions=200)
    >>> bool(tenth.hours.mean() > half.hours.mean() and tenth.hurt.mean() < half.hurt.mean())
    True
    """
    _check(share, usual, new, visits_an_hour)
    integer("repetitions", repetitions, at_least=1, unit="repetitions")
    watch, rng = Watch(), stream(seed, f"canary/{share:g}")
    rates = visits_an_hour * np.array([share, 1 - share])
    won, seen = np.zeros((2, repetitions)), np.zeros((2, repetitions))
    hours, hurt = np.full(repetitions, float(MOST_HOURS)), np.zeros(repetitions)
    running = np.ones(repetitions, dtype=bool)
    for hour in range(1, MOST_HOURS + 1):
        visits = rng.poisson(rates[:, None], (2, repetitions))
        won += rng.binomial(visits, np.array([[new], [usual]]))
        seen += visits
        hurt[running] = seen[0, running]
        ends = running & (watch.gap(won[0], seen[0], won[1], seen[1]).high < 0)
        hours[ends], running = hour, running & ~ends
        if not running.any():
            break
    return CanaryOutcome(share, hours, hurt, ~running)


def canary_law(
    share: float | NDArray[np.float64],
    *,
    usual: float = USUAL,
    new: float = BAD,
    visits_an_hour: float = VISITS_AN_HOUR,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Tell by a law when a bad release is found, and how many visits it has hurt by then.

    Parameters
    ----------
    share : float or ndarray
        Share of the visits that the new version answers, above 0 and below 1.
    usual, new : float
        Clicks a visit; `new` differs from `usual`.
    visits_an_hour : float
        Visits an hour, in all.

    Returns
    -------
    tuple of ndarray
        Hours, and visits hurt.

    Notes
    -----
    The variance of the difference after `h` hours of `N` visits is ``p q / (h N c (1 - c))`` for
    a canary of share `c`. Set it to the variance `v` at which the interval leaves zero, and ``n = p
    q / v`` is what a canary beside an endless control needs. Then ``hours = n / (N c (1 - c))`` and
    ``hurt = n / (1 - c)``: the hours hang on the share, the visits hardly do, as long as it is
    small. The law takes the old version's rate for `p`, and it knows neither the luck, by which
    some releases are found much later, nor that one looks on the hour only.

    Examples
    --------
    >>> hours, hurt = canary_law(np.array([0.01, 0.5]))
    >>> bool(hours[0] > 20 * hours[1]), bool(hurt[1] < 2.1 * hurt[0])
    (True, True)
    """
    c = np.asarray(share, dtype=float)
    for each in (c.min(), c.max()):
        _check(float(each), usual, new, visits_an_hour)
    n = usual * (1 - usual) / Watch().variance_needed(new - usual)
    return n / (visits_an_hour * c * (1 - c)), n / (1 - c)


def _check(share: float, usual: float, new: float, visits_an_hour: float) -> None:
    number("share", share, above=0, at_most=1, unit="share of the visits")
    if share == 1:
        text = "share must be < 1 (share of the visits), got 1: nobody is left to compare with."
        raise ValueError(f"{text} Leave some visits to the old version.")
    number("usual", usual, above=0, at_most=1, unit="clicks a visit")
    number("new", new, above=0, at_most=1, unit="clicks a visit")
    number("visits_an_hour", visits_an_hour, above=0, unit="visits an hour")
