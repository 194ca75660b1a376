"""How long users wait, and how that grows with the load."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np
from matplotlib.ticker import FuncFormatter
from numpy.typing import ArrayLike, NDArray

from mlbook.charts.display import Display
from mlbook.charts.theme import BLUE, GREY, INK, VERMILION
from mlbook.patterns import RestApi
from mlbook.units import DAY, HOUR, MINUTE, MS, SECOND, duration, percent

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis

    from mlbook.experiment import Run

__all__ = ["KneeDisplay", "LatencyDisplay", "duration_ticks", "in_words"]

ROUND_S = (
    *(count * MS for count in (0.1, 0.3, 1, 3, 10, 30, 100, 300)),
    *(count * SECOND for count in (1, 3, 10, 30)),
    *(count * MINUTE for count in (1, 3, 10, 30)),
    *(count * HOUR for count in (1, 3, 6, 12, 24)),
    *(count * DAY for count in (2, 4, 8, 16, 32)),
)


def in_words() -> FuncFormatter:
    """Make an axis formatter that says seconds with a unit.

    Returns
    -------
    matplotlib.ticker.FuncFormatter
        For ``axis.set_major_formatter``.
    """
    return FuncFormatter(lambda seconds, _: duration(seconds))


def duration_ticks(axis: Axis) -> None:
    """Put ticks of a logarithmic axis at durations that people name.

    Parameters
    ----------
    axis : matplotlib.axis.Axis
        The axis, its limits already set.
    """
    low, high = axis.get_view_interval()
    axis.set_ticks([seconds for seconds in ROUND_S if low <= seconds <= high], minor=False)
    axis.set_ticks([], minor=True)
    axis.set_major_formatter(in_words())


@dataclass
class LatencyDisplay(Display):
    """The distribution of the time users wait, with its p50, p95 and p99.

    Parameters
    ----------
    latency_s : ndarray of shape (n,)
        One latency a request, in seconds.
    """

    latency_s: NDArray[np.float64]

    @classmethod
    def from_run(cls, run: Run) -> Self:
        """Take the latencies of a run.

        Parameters
        ----------
        run : Run
            What happened.

        Returns
        -------
        LatencyDisplay
            Not drawn yet.
        """
        return cls(run.log["latency_s"])

    @property
    def quantiles_s(self) -> dict[str, float]:
        """p50, p95 and p99 in seconds."""
        values = np.quantile(self.latency_s, [0.5, 0.95, 0.99])
        return dict(zip(("p50", "p95", "p99"), values.tolist(), strict=True))

    def draw(self, ax: Axes) -> None:
        edges = np.geomspace(self.latency_s.min(), self.latency_s.max(), 60).tolist()
        ax.hist(self.latency_s, edges, color=BLUE, alpha=0.35)
        ax.set(xscale="log", xlabel="time the user waits", ylabel="requests")
        ax.set_ylim(0, ax.get_ylim()[1] * 1.3)
        top = ax.get_ylim()[1]
        for row, (name, value) in enumerate(self.quantiles_s.items()):
            ax.axvline(value, color=VERMILION, linestyle=("-", "--", ":")[row])
            # Only the last label has room to the right of its line.
            side, shift = ("left", 1.05) if name == "p99" else ("right", 1 / 1.05)
            words = f"{name} {duration(value)}"
            label = ax.text(value * shift, top * (0.96 - 0.11 * row), words, ha=side)
            label.set(color=VERMILION, va="top", bbox={"fc": "white", "ec": "none", "pad": 1})
        duration_ticks(ax.xaxis)
        ax.set_title(f"How long {self.latency_s.size:,} visits waited for an answer")

    def alt_text(self) -> str:
        words = ", ".join(f"{name} {duration(value)}" for name, value in self.quantiles_s.items())
        return f"Histogram of the time {self.latency_s.size:,} visits waited: {words}."


@dataclass
class KneeDisplay(Display):
    """Latency against load: flat, then a knee, then a wall.

    Parameters
    ----------
    rate_per_s : ndarray of shape (n,)
        Requests a second of each measurement.
    p50_s, p99_s : ndarray of shape (n,)
        Quantiles of the latency at that rate, in seconds.
    capacity_per_s : float
        The rate at which every worker is always busy.
    """

    rate_per_s: NDArray[np.float64]
    p50_s: NDArray[np.float64]
    p99_s: NDArray[np.float64]
    capacity_per_s: float
    size = (8.0, 3.8)

    @classmethod
    def from_runs(cls, runs: Mapping[float, Run]) -> Self:
        """Measure runs of one REST pattern under rising load.

        Parameters
        ----------
        runs : mapping of float to Run
            One run a rate, keyed by visits a second.

        Returns
        -------
        KneeDisplay
            Not drawn yet.
        """
        latency = [np.quantile(run.log["latency_s"], [0.5, 0.99]) for run in runs.values()]
        p50_s, p99_s = np.array(latency).T
        pattern = next(iter(runs.values())).pattern
        if not isinstance(pattern, RestApi):
            raise TypeError(f"runs must be of mb.RestApi, got {type(pattern).__name__}.")
        return cls(np.array(list(runs), dtype=float), p50_s, p99_s, pattern.capacity_per_s)

    def draw(self, ax: Axes) -> None:
        ax.plot(
            self.rate_per_s, self.p99_s, "s--", color=VERMILION, label="p99: 1 in 100 waits longer"
        )
        ax.plot(
            self.rate_per_s, self.p50_s, "o-", color=BLUE, label="p50: half of them wait longer"
        )
        ax.axvline(self.capacity_per_s, color=GREY, linestyle=":")
        ax.set_xlim(0, max(self.rate_per_s.max(), self.capacity_per_s) * 1.08)
        ax.set_ylim(0, self.p99_s.max() * 1.12)
        ax.text(
            self.capacity_per_s * 1.012, ax.get_ylim()[1] * 0.5, "every worker always busy",
            rotation=90, va="center", color=INK,
        )  # fmt: skip
        ax.legend(loc="upper left")
        top = ax.secondary_xaxis("top", functions=(self._utilization, self._rate))
        top.set_xlabel("utilisation")
        ax.set(xlabel="visits per second", ylabel="time the user waits")
        ax.yaxis.set_major_formatter(in_words())
        ax.set_title("The same model, the same server, more visitors")
        figure = ax.get_figure(root=True)
        if figure is not None:
            figure.subplots_adjust(top=0.76, left=0.125)

    def _utilization(self, rate_per_s: ArrayLike) -> NDArray[np.float64]:
        return np.asarray(rate_per_s) / self.capacity_per_s

    def _rate(self, utilization: ArrayLike) -> NDArray[np.float64]:
        return np.asarray(utilization) * self.capacity_per_s

    def table(self) -> pd.DataFrame:
        """Give the measurements as a table.

        Returns
        -------
        pandas.DataFrame
            Index `visits per second`; columns `utilisation`, `p99, ms`, `p99 against the first`.
        """
        import pandas as pd

        rates = pd.Index(self.rate_per_s.astype(int), name="visits per second")
        return pd.DataFrame(
            {
                "utilisation": self.rate_per_s / self.capacity_per_s,
                "p99, ms": self.p99_s / MS,
                "p99 against the first": self.p99_s / self.p99_s[0],
            },
            index=rates,
        )

    def alt_text(self) -> str:
        first, last = self.rate_per_s[0], self.rate_per_s[-1]
        return (
            f"Line plot of latency against load. From {first:g} to {last:g} visits per second p99 "
            f"goes from {duration(self.p99_s[0])} to {duration(self.p99_s[-1])} and p50 from "
            f"{duration(self.p50_s[0])} to {duration(self.p50_s[-1])}; every worker is always busy "
            f"at {self.capacity_per_s:.0f} visits per second, so the last point has a utilisation "
            f"of {percent(last / self.capacity_per_s)}."
        )
