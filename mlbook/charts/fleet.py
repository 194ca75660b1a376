"""Which release a fleet of phones runs, and what a bad one costs in several systems."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from matplotlib.colors import to_rgb
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from mlbook import measure
from mlbook.charts.display import Display
from mlbook.charts.theme import BLUE, DASHES, GREY, INK, SERIES, VERMILION
from mlbook.queueing import still_running
from mlbook.units import DAY

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from mlbook.experiment import Run

__all__ = ["BadVersionDisplay", "FleetDisplay"]

LABEL_BOX = {"fc": "white", "ec": "none", "alpha": 0.85, "pad": 1.5}


@dataclass
class FleetDisplay(Display):
    """Stacked areas: the share of the phones that run each release, the bad one at the bottom.

    Parameters
    ----------
    at_s : ndarray of shape (n,)
        Middle of each slice of time, in seconds since the start of the world.
    shares : dict of int to ndarray of shape (n,)
        Share of the visits that each version answered, by its number.
    live_s : dict of int to float
        When each was live in the store, in seconds.
    bad : int
        The number of the bad one.
    law : ndarray of shape (n,)
        The share of the phones with the bad one by the law of adoption.
    """

    at_s: NDArray[np.float64]
    shares: dict[int, NDArray[np.float64]]
    live_s: dict[int, float]
    bad: int
    law: NDArray[np.float64]

    @classmethod
    def from_run(cls, run: Run) -> Self:
        """Count the releases in a run of ``mb.MobileApp`` with a bad one.

        Parameters
        ----------
        run : Run
            With the model embedded, one bad release and a later one.

        Returns
        -------
        FleetDisplay
            Not drawn yet. Every phone is used equally often, so that a share of the visits is a
            share of the phones.
        """
        live_s, wrong = measure.offered_s(run), measure.bad_versions(run)
        released = [number for number in wrong if number in live_s]
        if getattr(run.pattern, "delivery", "") != "embedded" or len(released) != 1:
            text = "run must be of mb.MobileApp() with one bad release that went live, got "
            text += f"{type(run.pattern).__name__} with {len(released)}."
            hint = "Hand mb.bad_release(part='training', ...) in on the day of a release."
            raise ValueError(f"{text} {hint}")
        (bad,) = released
        at_s, shares = measure.version_shares(run)
        next_s = min((at for at in live_s.values() if at > live_s[bad]), default=np.inf)
        speeds = run.pattern.speeds  # type: ignore[attr-defined]
        law = still_running(at_s - live_s[bad], next_s - live_s[bad], speeds)
        return cls(at_s, shares, live_s, bad, law)

    @property
    def order(self) -> list[int]:
        """The bad version, then the others, oldest first."""
        others = [number for number in sorted(self.shares) if number != self.bad]
        return [self.bad, *others] if self.bad in self.shares else others

    def share_at(self, at_s: float) -> float:
        """Measure the bad version's share over one day.

        Parameters
        ----------
        at_s : float
            The middle of the day, in seconds since the start of the world.

        Returns
        -------
        float
            0 to 1.
        """
        near = np.abs(self.at_s - at_s) < DAY / 2
        return float(self.shares[self.bad][near].mean())

    def draw(self, ax: Axes) -> None:
        day = self.at_s / DAY
        bottom = np.zeros_like(day)
        for place, number in enumerate(self.order):
            top = bottom + 100 * self.shares[number]
            ax.fill_between(day, bottom, top, **self._look(place, number))
            self._label(ax, number, bottom, top)
            bottom = top
        ax.plot(day, 100 * self.law, "--", color=INK, lw=2, label="bad release, by the law")
        self._mark_two_weeks(ax)
        ax.set(xlim=(day[0], day[-1]), ylim=(0, 100), xlabel="day", ylabel="% of the phones")
        ax.xaxis.set_major_locator(MaxNLocator(12, integer=True))
        ax.legend(loc="upper left", frameon=True, framealpha=0.9, edgecolor="none")
        ax.grid(visible=False)
        ax.set_title("Which release do the phones run?")

    def _mark_two_weeks(self, ax: Axes) -> None:
        at_s = self.live_s[self.bad] + 14 * DAY
        if at_s > self.at_s[-1]:
            return
        share = 100 * self.share_at(at_s)
        ax.plot(at_s / DAY, share, "o", color=INK, ms=6)
        text = f"two weeks on: {share:.0f} %"
        near_the_rim = at_s > 0.85 * self.at_s[-1] + 0.15 * self.at_s[0]
        look: dict[str, Any] = {"textcoords": "offset points", "bbox": LABEL_BOX}
        look["ha"] = "right" if near_the_rim else "center"
        ax.annotate(text, (at_s / DAY, share), (0, 14), **look)

    def _look(self, place: int, number: int) -> dict[str, Any]:
        """Old ones grey, the bad one red and hatched, later ones blue and paler with their age."""
        if number == self.bad:
            return {"fc": VERMILION, "ec": "white", "hatch": "///", "lw": 0}
        later = number > self.bad
        pale = 0.45 - 0.12 * min(place, 3) if not later else 0.75 - 0.13 * min(place, 4)
        color = np.array(to_rgb(BLUE if later else GREY))
        return {"fc": tuple(1 - (1 - color) * (1 - pale)), "ec": "white", "lw": 1.5}

    def _label(
        self, ax: Axes, number: int, bottom: NDArray[np.float64], top: NDArray[np.float64]
    ) -> None:
        """Write a release's name where its area is thick, if there is room for it."""
        thickness, rim = top - bottom, round(0.08 * top.size)  # half a name is so long
        room = np.flatnonzero(thickness[rim:-rim] >= 0.9 * thickness[rim:-rim].max()) + rim
        thick = int(room[room.size // 2])
        if thickness[thick] < 7:
            return
        name = f"live on day {self.live_s[number] / DAY:.0f}"
        name += ": bad" if number == self.bad else ""
        at = (self.at_s[thick] / DAY, (bottom[thick] + top[thick]) / 2)
        ax.text(*at, name, ha="center", va="center", bbox=LABEL_BOX)

    def alt_text(self) -> str:
        share = 100 * self.shares[self.bad]
        peak, end = int(share.argmax()), len(share) - 1
        return (
            f"Stacked areas of the releases that phones run. The bad one goes live on day "
            f"{self.live_s[self.bad] / DAY:.0f}, reaches {share[peak]:.0f} % of the phones on day "
            f"{self.at_s[peak] / DAY:.0f} and is still on {share[end - 1 :].mean():.0f} % at the "
            f"end, day {self.at_s[end] / DAY:.0f}. A dashed line, the law, follows its edge."
        )


@dataclass
class BadVersionDisplay(Display):
    """Share of the visits that a bad model answers, in several systems, and the clicks it costs.

    Parameters
    ----------
    at_s : ndarray of shape (n,)
        Middle of each slice of time, in seconds since the start of the world.
    shares : dict of str to ndarray of shape (n,)
        Share of the visits that a bad version answered, by name of the run.
    lost : dict of str to int
        Clicks lost in all, by name.
    """

    at_s: NDArray[np.float64]
    shares: dict[str, NDArray[np.float64]]
    lost: dict[str, int]

    @classmethod
    def from_runs(cls, bad: Mapping[str, Run], usual: Mapping[str, Run]) -> Self:
        """Compare runs with a bad release with the same runs without it.

        Parameters
        ----------
        bad, usual : mapping of str to Run
            With the same names, on the same visitors.

        Returns
        -------
        BadVersionDisplay
            Not drawn yet.
        """
        shares = {}
        for name, run in bad.items():
            at_s, by_version = measure.version_shares(run)
            wrong = [by_version[each] for each in measure.bad_versions(run) if each in by_version]
            shares[name] = np.sum(wrong, axis=0) if wrong else np.zeros_like(at_s)
        lost = {name: measure.clicks_lost(run, usual[name]) for name, run in bad.items()}
        return cls(at_s, shares, lost)

    def draw(self, ax: Axes) -> None:
        for row, (name, share) in enumerate(self.shares.items()):
            color = SERIES[row % 4]
            ax.fill_between(self.at_s / DAY, 100 * share, color=color, alpha=0.15, lw=0)
            ax.plot(
                self.at_s / DAY, 100 * share, color=color, lw=2, ls=DASHES[row % 4],
                label=f"{name}: {self.lost[name]:,} clicks lost",
            )  # fmt: skip
        ax.set(xlim=(self.at_s[0] / DAY, self.at_s[-1] / DAY), ylim=(0, 105))
        ax.set(xlabel="day", ylabel="% of the visits")
        ax.xaxis.set_major_locator(MaxNLocator(12, integer=True))
        ax.legend(loc="upper right")
        ax.set_title("Visits that the bad model answered")

    def alt_text(self) -> str:
        words = [
            f"{name}: at most {100 * share.max():.0f} %, {self.lost[name]} clicks lost"
            for name, share in self.shares.items()
        ]
        return f"Lines of the share of visits that a bad model answered. {'; '.join(words)}."
