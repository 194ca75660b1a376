"""Lesson 02: a lift that fades (or grows), and what a dashboard says of it on each day."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from matplotlib import rc_context
from numpy.typing import NDArray

from mlbook import ab
from mlbook.charts.theme import BLUE, GREEN, GREY, STYLE, VERMILION, new_figure, set_title
from mlbook.explore.explorable import Explorable, Knob, View

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["FadingLift", "fading_lift", "novelty"]

DAYS = 28
BASE = 0.05  # clicks a visit in control
Z95 = 1.96


@dataclass(frozen=True)
class FadingLift:
    """The lift of each day, and of all days so far.

    Parameters
    ----------
    today_percent, so_far_percent : ndarray of shape (28,)
        The true lift on each day, and the mean of all days until then, in percent.
    half_width_percent : ndarray of shape (28,)
        Half width of the 95 % interval around what is measured until then.
    stays_percent : float
        The lift in the long run.
    """

    today_percent: NDArray[np.float64]
    so_far_percent: NDArray[np.float64]
    half_width_percent: NDArray[np.float64]
    stays_percent: float


def fading_lift(
    stays_percent: float, at_first_percent: float, fades_days: float, visits: int
) -> FadingLift:
    """Follow a lift through four weeks.

    Parameters
    ----------
    stays_percent : float
        The lift in the long run.
    at_first_percent : float
        What comes on top of it on day 0; below 0 it is missing: users must learn first.
    fades_days : float
        After so many days 37 % of that are left.
    visits : int
        Visits a day, in both arms together.

    Returns
    -------
    FadingLift
        Closed forms, nothing is simulated.

    Examples
    --------
    >>> result = fading_lift(2, 10, 5, visits=20_000)
    >>> float(result.so_far_percent[6].round(1)), float(result.so_far_percent[27].round(1))
    (7.9, 4.0)
    """
    day = np.arange(DAYS)
    size, stays = abs(at_first_percent) / 100, stays_percent / 100
    kind = ab.Novelty if at_first_percent >= 0 else ab.Primacy
    lift = kind(stays=stays, at_first=size, fades_days=fades_days).truth(day)
    so_far = lift.cumsum() / (day + 1)
    each_arm = visits / 2 * (day + 1)
    error = np.sqrt((2 + so_far) * (1 - BASE) / (BASE * each_arm))
    return FadingLift(100 * lift, 100 * so_far, 100 * Z95 * error, stays_percent)


class _FadingView(View):
    """What is true today, what the dashboard says, and what stays."""

    def __init__(self) -> None:
        self.figure: Figure = new_figure(8.8, 3.3, panels=1)
        self.ax = self.figure.axes[0]
        with rc_context(STYLE):
            self._build()

    def _build(self) -> None:
        day = np.arange(1, DAYS + 1)
        (self.today,) = self.ax.plot([], [], color=GREEN, ls=":", lw=2.5, label="true today")
        (self.so_far,) = self.ax.plot([], [], color=BLUE, lw=2.5, label="the dashboard, so far")
        bounds = [self.ax.plot([], [], color=BLUE, ls="-.", lw=0.9)[0] for _ in range(2)]
        bounds[0].set_label("its 95 % interval")
        self.stays = self.ax.axhline(0, color=VERMILION, ls="--", label="what stays")
        self.ax.axhline(0, color=GREY, lw=0.8)
        self.ax.set(xlim=(0.5, DAYS + 0.5), ylim=(-20, 30), xticks=day[::3])
        self.ax.set(xlabel="day of the test", ylabel="lift, %")
        self.ax.legend(loc="upper right", ncols=2)
        self.bounds = bounds
        self.moving = [self.today, self.so_far, *bounds, self.stays, set_title(self.ax, "")]

    def update(self, result: FadingLift) -> None:
        """Move the curves.

        Parameters
        ----------
        result : FadingLift
            What to show.
        """
        day = np.arange(1, DAYS + 1)
        self.today.set_data(day, result.today_percent)
        self.so_far.set_data(day, result.so_far_percent)
        for line, sign in zip(self.bounds, (-1, 1), strict=True):
            line.set_data(day, result.so_far_percent + sign * result.half_width_percent)
        self.stays.set_ydata([result.stays_percent] * 2)
        set_title(self.ax, _verdict(result))

    def sentence(self, result: FadingLift) -> str:
        """Say the result in one sentence.

        Parameters
        ----------
        result : FadingLift
            What is shown.

        Returns
        -------
        str
            One week, four weeks, and what stays.
        """
        half = result.half_width_percent
        return f"{_verdict(result)}; the interval is ± {half[6]:.1f} and ± {half[27]:.1f}."


def _verdict(result: FadingLift) -> str:
    week, month = result.so_far_percent[[6, 27]]
    return (
        f"After a week {week:+.1f} %, after four {month:+.1f} %; {result.stays_percent:+.1f} % stay"
    )


def novelty(
    stays_percent: float = 2.0,
    at_first_percent: float = 10.0,
    fades_days: float = 5.0,
    visits: int = 20_000,
) -> Explorable:
    """Make the panel of lesson 02 on novelty: a lift that is not the same on every day.

    Parameters
    ----------
    stays_percent : float
        The lift in the long run in percent, -5 to 10.
    at_first_percent : float
        On top of it on day 0 in percent, -10 to 15; below 0 the change hurts at first.
    fades_days : float
        After so many days 37 % of that are left, 1 to 20.
    visits : int
        Visits a day, 1,000 to 1,000,000.

    Returns
    -------
    Explorable
        The panel.

    Examples
    --------
    >>> novelty().sentence.startswith("After a week +7.9 %, after four +4.0 %; +2.0 % stay")
    True
    """
    knobs = {
        "stays_percent": Knob("stays, %", -5, 10, 0.5),
        "at_first_percent": Knob("on top at first, %", -10, 15, 0.5),
        "fades_days": Knob("fades within … days", 1, 20, 0.5),
        "visits": Knob("visits a day", 1_000, 1_000_000, 0.1, log=True),
    }
    start = {
        "stays_percent": stays_percent, "at_first_percent": at_first_percent,
        "fades_days": fades_days, "visits": visits,
    }  # fmt: skip
    return Explorable(fading_lift, _FadingView(), knobs, **start)
