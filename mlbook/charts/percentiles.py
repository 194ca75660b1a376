"""Percentiles of the latency at rising load: what a simulation gave, and what the law says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np
from numpy.typing import NDArray

from mlbook.charts.display import Display
from mlbook.charts.latency import in_words
from mlbook.charts.theme import MARKERS, SERIES
from mlbook.queueing import mm1_quantile
from mlbook.units import duration, percent

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from mlbook.queueing import Result

__all__ = ["PercentilesDisplay"]

NAMES = {"p50": 0.5, "p95": 0.95, "p99": 0.99}


@dataclass
class PercentilesDisplay(Display):
    """p50, p95 and p99 of one worker against its utilisation, with the law of M/M/1.

    Parameters
    ----------
    busy : ndarray of shape (n,)
        Utilisation of each simulation.
    measured_s : dict of str to ndarray of shape (n,)
        Percentiles in seconds, by name.
    service_mean_s : float
        Mean service time in seconds, the same in all.
    """

    busy: NDArray[np.float64]
    measured_s: dict[str, NDArray[np.float64]]
    service_mean_s: float
    size = (8.0, 3.8)

    @classmethod
    def from_results(cls, results: Mapping[float, Result]) -> Self:
        """Measure simulations of one worker under rising load.

        Parameters
        ----------
        results : mapping of float to Result
            One simulation a utilisation.

        Returns
        -------
        PercentilesDisplay
            Not drawn yet.

        Raises
        ------
        ValueError
            When a simulation is not of one worker, to which the law belongs.
        """
        stations = {result.chain.stations for result in results.values()}
        (station,) = next(iter(stations))
        if len(stations) > 1 or station.workers > 1:
            text = f"results must be of one and the same station with one worker, got {stations}"
            raise ValueError(f"{text}. The law that is drawn is that of M/M/1.")
        measured = {
            name: np.array([result.quantile(q) for result in results.values()])
            for name, q in NAMES.items()
        }
        return cls(np.array(list(results)), measured, float(station.service.mean))

    def draw(self, ax: Axes) -> None:
        busy = np.linspace(0, self.busy.max() + 0.002, 300)
        for row, (name, q) in enumerate(NAMES.items()):
            color, mark = SERIES[row], MARKERS[row]
            law_s = [mm1_quantile(q, x / self.service_mean_s, self.service_mean_s) for x in busy]
            ax.plot(busy, law_s, "--", color=color, lw=1.3)
            ax.plot(self.busy, self.measured_s[name], mark, color=color, label=name)
        ax.plot([], [], "--", color="black", lw=1.3, label="law")
        ax.set(xlim=(0, 1.0), ylim=(0, 1.15 * self.measured_s["p99"].max()))
        ax.set(xlabel="utilisation", ylabel="time from arrival to answer")
        ax.yaxis.set_major_formatter(in_words())
        ax.legend(loc="upper left")
        ax.set_title(f"One worker, {duration(self.service_mean_s)} of work each, more requests")
        figure = ax.get_figure(root=True)
        if figure is not None:
            figure.subplots_adjust(left=0.115)

    def alt_text(self) -> str:
        words = [
            f"{name} from {duration(each[0])} to {duration(each[-1])}"
            for name, each in self.measured_s.items()
        ]
        span = f"{percent(self.busy[0])} to {percent(self.busy[-1])}"
        return (
            f"Percentiles of the latency for a utilisation of {span}: {', '.join(words)}; the "
            "dashed lines of the law run through the marks."
        )
