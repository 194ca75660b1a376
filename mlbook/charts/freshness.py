"""How old an answer is when somebody reads it, and what its age costs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np
from numpy.typing import NDArray

from mlbook.charts.display import Display
from mlbook.charts.latency import duration_ticks
from mlbook.charts.theme import BLUE, GREY, MARKERS, SERIES, VERMILION
from mlbook.measure import clicks_per_100, talk_rows
from mlbook.units import DAY, HOUR, duration

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from mlbook.experiment import Run

__all__ = ["AgeClicksDisplay", "AgeDisplay", "TwoRowsDisplay"]


@dataclass
class AgeDisplay(Display):
    """Every reader a dot: when, and how old the data behind the answer were.

    Parameters
    ----------
    series : dict of str to (ndarray, ndarray)
        By name: instants of the requests and ages of their features, both in seconds.
    """

    series: dict[str, tuple[NDArray[np.float64], NDArray[np.float64]]]

    @classmethod
    def from_runs(cls, **runs: Run) -> Self:
        """Take the ages of one or more runs.

        Parameters
        ----------
        **runs : Run
            The runs, by the name that the picture shows.

        Returns
        -------
        AgeDisplay
            Not drawn yet.
        """
        return cls(
            {
                name: (run.log["requested_at_s"], run.log["feature_age_s"])
                for name, run in runs.items()
            }
        )

    def draw(self, ax: Axes) -> None:
        for row, (name, (at_s, age_s)) in enumerate(self.series.items()):
            color, marker = SERIES[row % 4], MARKERS[row % 4]
            ax.plot(at_s / DAY, age_s / HOUR, marker, color=color, ms=1.8, alpha=0.6, mew=0)
            ax.plot(
                [],
                [],
                marker,
                color=color,
                label=f"{name}: mean {duration(float(np.nanmean(age_s)))}",
            )
        ax.set(xlabel="day", ylabel="age of the features, hours")
        ax.set_ylim(0, ax.get_ylim()[1] * 1.22)
        ax.legend(loc="upper left", ncols=len(self.series))
        ax.set_title("How old is the data behind each answer?")

    def alt_text(self) -> str:
        words = []
        for name, (_, age_s) in self.series.items():
            numbers = (np.nanmin(age_s), np.nanmax(age_s), np.nanmean(age_s))
            low, high, mean = (duration(float(number)) for number in numbers)
            words.append(f"{name}: between {low} and {high}, mean {mean}")
        return f"Saw-tooth dot plot of the age of the features by time. {'; '.join(words)}."


@dataclass
class AgeClicksDisplay(Display):
    """What fresher answers earn: clicks against the age of the features.

    Parameters
    ----------
    names : list of str
        One label a point.
    age_s : ndarray of shape (n,)
        Mean age of the features, in seconds.
    clicks : ndarray of shape (n,)
        Clicks per 100 visits.
    half_width : ndarray of shape (n,)
        Half width of the 95 % interval of `clicks`.
    """

    names: list[str]
    age_s: NDArray[np.float64]
    clicks: NDArray[np.float64]
    half_width: NDArray[np.float64]

    @classmethod
    def from_runs(cls, runs: Mapping[str, Run]) -> Self:
        """Measure runs in one world.

        Parameters
        ----------
        runs : mapping of str to Run
            The runs, by the name that the picture shows.

        Returns
        -------
        AgeClicksDisplay
            Not drawn yet.
        """
        clicks, half = np.array([clicks_per_100(run) for run in runs.values()]).T
        age_s = np.array([np.nanmean(run.log["feature_age_s"]) for run in runs.values()])
        return cls(list(runs), age_s, clicks, half)

    def draw(self, ax: Axes) -> None:
        ax.errorbar(
            self.age_s,
            self.clicks,
            self.half_width,
            fmt="none",
            ecolor=GREY,
            capsize=3,
            elinewidth=1,
        )
        before_s = 0.0
        for n in np.argsort(self.age_s):
            crowded = self.age_s[n] < 1.35 * before_s  # then its label goes below
            self._draw_point(ax, int(n), crowded=bool(crowded))
            before_s = self.age_s[n]
        ax.set(xscale="log", xlabel="mean age of the features", ylabel="clicks per 100 visits")
        ax.set_xlim(self.age_s.min() / 2, self.age_s.max() * 2)
        duration_ticks(ax.xaxis)
        ax.set_title("What does the age of an answer cost?")

    def _draw_point(self, ax: Axes, n: int, *, crowded: bool) -> None:
        is_batch = self.names[n].startswith("every")
        marker, color = ("o", BLUE) if is_batch else ("D", VERMILION)
        ax.plot(self.age_s[n], self.clicks[n], marker, color=color)
        below = self.half_width[n] if crowded else 0.0
        ax.annotate(
            self.names[n],
            (self.age_s[n], self.clicks[n] - below),
            (4, -12) if crowded else (-5, 5),
            textcoords="offset points",
            ha="left" if crowded else "right",
        )

    def alt_text(self) -> str:
        words = [
            f"{name}: age {duration(age)}, {clicks:.1f} clicks"
            for name, age, clicks in zip(self.names, self.age_s, self.clicks, strict=True)
        ]
        return f"Dot plot of clicks per 100 visits against age of the features. {'; '.join(words)}."


@dataclass
class TwoRowsDisplay(Display):
    """Two rows of slide 23 that are easily confused: what the user waits, and what is fresh.

    Parameters
    ----------
    names : list of str
        One label a pattern.
    wait_s : ndarray of shape (n,)
        p95 of the time a user waits, in seconds.
    lag_s : ndarray of shape (n,)
        p95 of the time from an event to the first answer that can know it, in seconds.
    """

    names: list[str]
    wait_s: NDArray[np.float64]
    lag_s: NDArray[np.float64]

    @classmethod
    def from_runs(cls, runs: Mapping[str, Run]) -> Self:
        """Measure runs in one world.

        Parameters
        ----------
        runs : mapping of str to Run
            The runs, by the name that the picture shows.

        Returns
        -------
        TwoRowsDisplay
            Not drawn yet.
        """
        wait_s = np.array([np.quantile(run.log["latency_s"], 0.95) for run in runs.values()])
        lag_s = np.array([talk_rows(run)["event_lag_p95_s"] for run in runs.values()], dtype=float)
        return cls(list(runs), wait_s, lag_s)

    def draw(self, ax: Axes) -> None:
        for row, name in enumerate(self.names):
            point = (self.wait_s[row], self.lag_s[row])
            ax.plot(*point, MARKERS[row % 4], color=SERIES[row % 4], ms=10)
            ax.annotate(name, point, (10, -4), textcoords="offset points")
        ax.set(xscale="log", yscale="log")
        ax.set_xlim(self.wait_s.min() / 2, self.wait_s.max() * 4)
        ax.set_ylim(self.lag_s.min() / 2.5, self.lag_s.max() * 2.5)
        ax.set(xlabel="the user waits (p95)", ylabel="event to answer (p95)")
        for axis in (ax.xaxis, ax.yaxis):
            duration_ticks(axis)
        ax.set_title("Fast is not fresh")
        figure = ax.get_figure(root=True)
        if figure is not None:
            figure.subplots_adjust(left=0.12)

    def alt_text(self) -> str:
        words = [
            f"{name}: the user waits {duration(wait)}, event to answer {duration(lag)}"
            for name, wait, lag in zip(self.names, self.wait_s, self.lag_s, strict=True)
        ]
        return f"Scatter plot, both axes logarithmic. {'; '.join(words)}."
