"""The days after taste has turned round: who notices, and what it costs until then."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from mlbook.charts.display import Display
from mlbook.charts.theme import DASHES, GREY, INK, MARKERS, SERIES
from mlbook.measure import clicks_by_period, flip_of, model_taste
from mlbook.units import DAY, HOUR, duration
from mlbook.world.shop import CATEGORIES

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from mlbook.experiment import Run

__all__ = ["ClicksOverTimeDisplay", "TasteDisplay"]

AROUND_DAYS = (-3.0, 5.0)


@dataclass
class ClicksOverTimeDisplay(Display):
    """Clicks per 100 visits, period by period, around the day on which taste flips.

    Parameters
    ----------
    table : pandas.DataFrame
        From :func:`mlbook.measure.clicks_by_period`, period 0 being the first after the flip.
    every_s : float
        Length of a period in seconds.
    """

    table: pd.DataFrame
    every_s: float

    @classmethod
    def from_runs(cls, runs: Mapping[str, Run], every: float = 12 * HOUR) -> Self:
        """Count the clicks of runs in one world whose taste flips.

        Parameters
        ----------
        runs : mapping of str to Run
            The runs, by the name that the picture shows.
        every : float
            Length of a period in seconds.

        Returns
        -------
        ClicksOverTimeDisplay
            Not drawn yet.
        """
        _, since = flip_of(next(iter(runs.values())))
        table = clicks_by_period(runs, since=since, every=every)
        low, high = (day * DAY / every for day in AROUND_DAYS)
        return cls(table[(table.index >= low) & (table.index < high)], every)

    def draw(self, ax: Axes) -> None:
        days = (self.table.index.to_numpy() + 0.5) * self.every_s / DAY
        flips = int(np.searchsorted(days, 0.0))  # no line crosses the flip: nothing is in between
        for row, name in enumerate(self.table.columns.drop("visits")):
            x, y = (
                np.insert(days, flips, 0.0),
                np.insert(self.table[name].to_numpy(), flips, np.nan),
            )
            ax.plot(
                x, y, color=SERIES[row % 4], marker=MARKERS[row % 4], ms=5, label=name,
                linestyle=DASHES[row % 4],
            )  # fmt: skip
        values = self.table.drop(columns="visits").to_numpy()
        ax.set_ylim(values.min() - 2, values.max() + 0.3 * np.ptp(values) + 2)
        _mark_flip(ax)
        ax.set(xlabel="days since taste turned round", ylabel="clicks per 100 visits")
        ax.legend(loc="upper left", ncols=len(self.table.columns))
        ax.set_title("The day taste flips")

    def alt_text(self) -> str:
        first = self.every_s * (self.table.index + 1) <= DAY  # ends within the first day
        day_0 = self.table[first & (self.table.index >= 0)]
        before = self.table[self.table.index < 0]
        words = [
            f"{name}: {before[name].mean():.1f} before, {day_0[name].mean():.1f} on the first day"
            for name in self.table.columns.drop("visits")
        ]
        return (
            f"Line plot of clicks per 100 visits around the flip of the taste. {'; '.join(words)}."
        )


@dataclass
class TasteDisplay(Display):
    """What each model thinks of the category that everybody liked most, and the truth.

    Parameters
    ----------
    category : str
        The category.
    truth : tuple of (ndarray, ndarray)
        Seconds since the flip, and its true liking then, in log-odds against the mean category.
    series : dict of str to (ndarray, ndarray)
        By name: when each version went live, in seconds since the flip, and its liking.
    """

    category: str
    truth: tuple[NDArray[np.float64], NDArray[np.float64]]
    series: dict[str, tuple[NDArray[np.float64], NDArray[np.float64]]]

    @classmethod
    def from_runs(cls, runs: Mapping[str, Run]) -> Self:
        """Ask the models of runs in one world whose taste flips.

        Parameters
        ----------
        runs : mapping of str to Run
            The runs, by the name that the picture shows.

        Returns
        -------
        TasteDisplay
            Not drawn yet.
        """
        world, since = flip_of(next(iter(runs.values())))
        hours = HOUR * np.arange(AROUND_DAYS[0] * 24, AROUND_DAYS[1] * 24 + 1)
        at_s = np.sort(np.append(hours, np.nextafter(since, 0.0) - since))
        taste = world.taste(since + at_s)
        liked = int(taste[at_s < 0][-1].argmax())
        series = {}
        for name, run in runs.items():
            live_s, liking = model_taste(run)
            series[name] = (live_s - since, liking[:, liked])
        return cls(CATEGORIES[liked], (at_s, taste[:, liked]), series)

    def draw(self, ax: Axes) -> None:
        at_s, liked = self.truth
        look: dict[str, Any] = {"color": GREY, "linestyle": ":", "linewidth": 2}
        ax.plot(at_s / DAY, liked, label="what people like", **look)
        for row, (name, (live_s, liking)) in enumerate(self.series.items()):
            look = {"color": SERIES[row % 4], "linestyle": DASHES[row % 4]}
            days = np.append(live_s / DAY, AROUND_DAYS[1])
            ax.step(days, np.append(liking, liking[-1]), where="post", label=name, **look)
        ax.axhline(0, color=GREY, lw=0.8)
        ax.set_xlim(*AROUND_DAYS)
        ax.set_ylim(ax.get_ylim()[0], 1.45 * ax.get_ylim()[1])
        _mark_flip(ax)
        ax.set(xlabel="days since taste turned round", ylabel="liking, log-odds")
        ax.legend(loc="upper right", ncols=len(self.series) + 1)
        ax.set_title(f"How much does each model like {self.category}?")

    def alt_text(self) -> str:
        words = []
        for name, (live_s, liking) in self.series.items():
            turned = live_s[(live_s >= 0) & (liking < 0)]
            when = f"turns after {duration(float(turned[0]))}" if turned.size else "does not turn"
            words.append(f"{name} {when}")
        at_s, liked = self.truth
        before, after = liked[at_s < 0][-1], liked[at_s >= 0][0]
        return (
            f"Step plot of the liking of {self.category} in log-odds. The truth jumps from "
            f"{before:+.2f} to {after:+.2f}; {'; '.join(words)}."
        )


def _mark_flip(ax: Axes) -> None:
    ax.axvline(0, color=INK, linewidth=1)
