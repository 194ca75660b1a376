"""Lesson 09: how long a bad release stays on the phones, by the law of adoption."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib import rc_context
from numpy.typing import NDArray

from mlbook.charts.theme import GREY, STYLE, VERMILION, new_figure, set_title
from mlbook.explore.explorable import Explorable, Knob, View
from mlbook.patterns import MobileApp
from mlbook.queueing import still_running
from mlbook.units import DAY

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["BadRelease", "bad_release_stays", "fleet"]

DAYS_SHOWN = 60
TWO_WEEKS = 14.0
STEP_DAYS = 0.25


@dataclass(frozen=True)
class BadRelease:
    """The share of a fleet that runs a bad release, over sixty days from its going live.

    Parameters
    ----------
    after_days, share : ndarray of shape (n,)
        Days since it went live, and the share of the phones with it then.
    replaced_days : float
        When the next release is live.
    usual : ndarray of shape (n,)
        The share when the next release comes after a week and phones update as usual.
    days_a_phone : float
        Days with the bad release within the sixty, the mean over all phones: the area of the hill.
        In the end it is `replaced_days`, whatever the phones do.

    Notes
    -----
    The area under ``F(t) - F(t - R)`` is R for every F: a slow phone takes the release more seldom,
    and keeps it longer by just as much.
    """

    after_days: NDArray[np.float64]
    share: NDArray[np.float64]
    replaced_days: float
    usual: NDArray[np.float64]
    days_a_phone: float

    @property
    def in_two_weeks(self) -> float:
        """The share two weeks after it went live."""
        return float(self.share[round(TWO_WEEKS / STEP_DAYS)])


def bad_release_stays(
    replaced_days: float, fast_percent: float, slow_gap_days: float
) -> BadRelease:
    """Follow the share of the phones with a bad release by the law.

    Parameters
    ----------
    replaced_days : float
        Days until the next, good release is live.
    fast_percent : float
        Phones in 100 that look for updates as often as the fast ones of ``mb.MobileApp``.
    slow_gap_days : float
        Mean days between two looks of the others.

    Returns
    -------
    BadRelease
        The curve and what it adds up to.

    Examples
    --------
    >>> round(bad_release_stays(7.0, 37.5, 79.0).in_two_weeks, 3)
    0.055
    """
    usual = MobileApp()
    fast = fast_percent / 100
    kinds = [(fast, usual.fast_gap / DAY), (1 - fast, slow_gap_days)]
    speeds = [(share, gap) for share, gap in kinds if share]
    after = np.arange(0, DAYS_SHOWN + STEP_DAYS, STEP_DAYS)
    share_then = still_running(after, replaced_days, speeds)
    return BadRelease(
        after_days=after,
        share=share_then,
        replaced_days=replaced_days,
        usual=still_running(after * DAY, usual.release_every, usual.speeds),
        days_a_phone=float(np.trapezoid(share_then, after)),
    )


class _FleetView(View):
    """The share of the phones with the bad release as a hill, the usual fleet as a dashed line."""

    def __init__(self) -> None:
        self.figure: Figure = new_figure(8.8, 3.3)
        self.ax = self.figure.axes[0]
        with rc_context(STYLE):
            self._build()

    def _build(self) -> None:
        edges = np.arange(0, DAYS_SHOWN + 2 * STEP_DAYS, STEP_DAYS)
        look: dict[str, Any] = {"fill": True, "color": VERMILION, "alpha": 0.35}
        self.hill = self.ax.stairs(np.zeros(edges.size - 1), edges, **look)
        (self.line,) = self.ax.plot([], [], color=VERMILION, lw=2, label="with these knobs")
        (self.usual,) = self.ax.plot(
            [], [], color=GREY, ls="--", label="the usual fleet, after a week"
        )
        (self.point,) = self.ax.plot([], [], "o", color=VERMILION, ms=7)
        self.next = self.ax.axvline(0, color=GREY, lw=1, ls=":", label="the good release is live")
        self.ax.axvline(TWO_WEEKS, color=GREY, lw=0.8)
        self.ax.text(TWO_WEEKS + 0.5, 94, "two weeks", va="top")
        self.ax.set(xlim=(0, DAYS_SHOWN), ylim=(0, 100), xticks=range(0, DAYS_SHOWN + 1, 7))
        self.ax.set(xlabel="days since the bad release went live", ylabel="% of the phones")
        self.ax.legend(loc="upper right")
        title = set_title(self.ax, "")
        self.moving = [self.hill, self.line, self.usual, self.point, self.next, title]

    def update(self, result: BadRelease) -> None:
        """Move the hill.

        Parameters
        ----------
        result : BadRelease
            What to show.
        """
        self.hill.set_data(100 * result.share)
        self.line.set_data(result.after_days, 100 * result.share)
        self.usual.set_data(result.after_days, 100 * result.usual)
        self.point.set_data([TWO_WEEKS], [100 * result.in_two_weeks])
        self.next.set_xdata([result.replaced_days, result.replaced_days])
        set_title(self.ax, f"Days of bad answers a phone, {_in_words(result)}")

    def sentence(self, result: BadRelease) -> str:
        """Say the result in one sentence.

        Parameters
        ----------
        result : BadRelease
            What is shown.

        Returns
        -------
        str
            The peak, the share after two weeks, and the days a phone.
        """
        return (
            f"At the worst {100 * result.share.max():.0f} % of the phones run the bad release, two "
            f"weeks after it went live {100 * result.in_two_weeks:.1f} %. Days of bad answers a "
            f"phone, the mean over all phones, {_in_words(result)}."
        )


def _in_words(result: BadRelease) -> str:
    so_far, end = result.days_a_phone, result.replaced_days
    return f"within {DAYS_SHOWN} days: {so_far:.1f}; in the end: {end:.1f}"


def fleet(
    replaced_days: float = 7.0, fast_percent: float = 37.5, slow_gap_days: float = 79.0
) -> Explorable:
    """Make the panel of lesson 09: how soon a good release follows, and how phones update.

    Parameters
    ----------
    replaced_days : float
        Days until the next, good release is live, 0.5 to 30.
    fast_percent : float
        Fast phones in 100, 0 to 100.
    slow_gap_days : float
        Mean days between two looks of the slow phones, 1 to 120.

    Returns
    -------
    Explorable
        The panel.

    Examples
    --------
    >>> fleet(replaced_days=2.0).sentence.startswith("At the worst 27 % of the phones")
    True
    """
    knobs = {
        "replaced_days": Knob("good one after … days", 0.5, 30, 0.5),
        "fast_percent": Knob("fast phones, in 100", 0, 100, 0.5),
        "slow_gap_days": Knob("slow looks, days apart", 1, 120, 1),
    }
    start = {
        "replaced_days": replaced_days,
        "fast_percent": fast_percent,
        "slow_gap_days": slow_gap_days,
    }
    return Explorable(bad_release_stays, _FleetView(), knobs, **start)
