"""Lesson 11: a canary of some share, by its law: when it tells, and whom it has hurt by then."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from matplotlib import rc_context
from numpy.typing import NDArray

from mlbook.charts.theme import BLUE, GREY, STYLE, VERMILION, new_figure, set_title
from mlbook.explore.explorable import Explorable, Knob, View
from mlbook.releases import canary_law
from mlbook.units import HOUR, duration

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["CanaryTrade", "canary_share", "canary_trade"]

USUAL = 5.0  # clicks per 100 visits of the old version
SHARES = np.geomspace(0.005, 0.97, 160)
DOUBLED = math.log10(2)


@dataclass(frozen=True)
class CanaryTrade:
    """Hours and visits for every share, and for the chosen one.

    Parameters
    ----------
    share_percent : float
        The chosen share of the visits.
    hours, hurt : float
        When the bad release is found, and the visits it has hurt by then.
    all_hours, all_hurt : ndarray of shape (n,)
        The same for the shares of `SHARES`.
    """

    share_percent: float
    hours: float
    hurt: float
    all_hours: NDArray[np.float64]
    all_hurt: NDArray[np.float64]


def canary_trade(share_percent: float, drop_per_100: float, visits_an_hour: float) -> CanaryTrade:
    """Ask the law of :func:`mlbook.releases.canary_law`.

    Parameters
    ----------
    share_percent : float
        Share of the visits that the new version answers, in 100.
    drop_per_100 : float
        Clicks per 100 visits that the new version loses, of five.
    visits_an_hour : float
        Visits an hour, in all.

    Returns
    -------
    CanaryTrade
        The chosen share and all others.

    Examples
    --------
    >>> round(canary_trade(1.0, 1.0, 8_000.0).hours)
    55
    """
    rates = {"usual": USUAL / 100, "new": (USUAL - drop_per_100) / 100}
    hours, hurt = canary_law(SHARES, visits_an_hour=visits_an_hour, **rates)
    mine = canary_law(share_percent / 100, visits_an_hour=visits_an_hour, **rates)
    return CanaryTrade(share_percent, float(mine[0]), float(mine[1]), hours, hurt)


class _CanaryView(View):
    """Two curves over the share: the hours to the left, the visits hurt to the right."""

    def __init__(self) -> None:
        self.figure: Figure = new_figure(8.8, 3.2, panels=2)
        self.figure.subplots_adjust(wspace=0.32)  # for long numbers at the right axis
        with rc_context(STYLE):
            self._build()

    def _build(self) -> None:
        axes = dict(zip(("hours", "hurt"), self.figure.axes, strict=True))
        colors, words = {"hours": BLUE, "hurt": VERMILION}, {
            "hours": "hours until it is found",
            "hurt": "visits hurt until then",
        }  # fmt: skip
        self.lines, self.dots, self.moving = {}, {}, []
        for name, ax in axes.items():
            (self.lines[name],) = ax.plot([], [], color=colors[name], lw=2)
            (self.dots[name],) = ax.plot([], [], "o", color=colors[name], ms=9)
            ax.set(xscale="log", yscale="log", xlim=(0.45, 110), xticks=[1, 5, 20, 50])
            ax.minorticks_off()
            ax.xaxis.set_major_formatter("{x:g} %")
            ax.yaxis.set_major_formatter("{x:,.16g}")
            ax.set(xlabel="share of the visits")
            ax.axvline(50, color=GREY, lw=0.8, ls=":")
            self.moving += [self.lines[name], self.dots[name], set_title(ax, words[name])]
        axes["hours"].set_ylim(0.005, 50_000)
        axes["hurt"].set_ylim(50, 9_000_000)

    def update(self, result: CanaryTrade) -> None:
        """Move the curves and the dots.

        Parameters
        ----------
        result : CanaryTrade
            What to show.
        """
        self.lines["hours"].set_data(100 * SHARES, result.all_hours)
        self.lines["hurt"].set_data(100 * SHARES, result.all_hurt)
        self.dots["hours"].set_data([result.share_percent], [result.hours])
        self.dots["hurt"].set_data([result.share_percent], [result.hurt])

    def sentence(self, result: CanaryTrade) -> str:
        """Say the result in one sentence.

        Parameters
        ----------
        result : CanaryTrade
            What is shown.

        Returns
        -------
        str
            The hours and the visits.
        """
        return (
            f"With {result.share_percent:g} % of the visits the bad release is found after "
            f"{duration(result.hours * HOUR)} and has hurt {result.hurt:,.0f} visits by then."
        )


def canary_share(
    share_percent: float = 20.0, drop_per_100: float = 1.0, visits_an_hour: float = 8_000.0
) -> Explorable:
    """Make the panel of lesson 11: the share of a canary.

    Parameters
    ----------
    share_percent : float
        Share of the visits that the new version answers, in 100, 0.5 to 95.
    drop_per_100 : float
        Clicks per 100 visits that it loses, of five, 0.2 to 3.
    visits_an_hour : float
        Visits an hour, in all, 1,000 to 128,000.

    Returns
    -------
    Explorable
        The panel.

    Examples
    --------
    >>> canary_share(1.0).sentence.startswith("With 1 % of the visits the bad release is found")
    True
    """
    knobs = {
        "share_percent": Knob("new version gets, in 100", 0.5, 95, 0.5),
        "drop_per_100": Knob("clicks lost per 100 visits", 0.2, 3, 0.1),
        "visits_an_hour": Knob("visits an hour", 1_000, 128_000, DOUBLED / 4, log=True),
    }
    start = {
        "share_percent": share_percent,
        "drop_per_100": drop_per_100,
        "visits_an_hour": visits_an_hour,
    }
    return Explorable(canary_trade, _CanaryView(), knobs, **start)
