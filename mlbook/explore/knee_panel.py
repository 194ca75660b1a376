"""Lesson 06: visitors, workers and service time on sliders; what users wait, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib import rc_context
from numpy.typing import NDArray

from mlbook.charts.latency import in_words
from mlbook.charts.theme import BLUE, STYLE, VERMILION, new_figure, set_title
from mlbook.explore.busy_bar import busy_bar, set_busy
from mlbook.explore.explorable import Explorable, Knob, View
from mlbook.queueing import LogNormal, fifo, utilization
from mlbook.streams import stream
from mlbook.units import MS, duration, percent

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["Waits", "knee", "waits"]

REQUESTS = 20_000
EDGES_S = np.geomspace(1 * MS, 100.0, 75)


@dataclass(frozen=True)
class Waits:
    """What 20,000 requests at one API server waited.

    Parameters
    ----------
    latency_s : ndarray of shape (20000,)
        Wait and service of each request, in seconds.
    utilization : float
        Share of the time a worker would be busy; above 1 the queue grows without end.
    rate_per_s, workers : float, int
        The load and the workers.
    """

    latency_s: NDArray[np.float64]
    utilization: float
    rate_per_s: float
    workers: int


def waits(rate_per_s: float, workers: int, service_ms: float) -> Waits:
    """Simulate requests at an API server, always with the same luck.

    Parameters
    ----------
    rate_per_s : float
        Visits a second, > 0.
    workers : int
        Requests served at once, >= 1.
    service_ms : float
        Median service time in milliseconds; its p99 is five times as long.

    Returns
    -------
    Waits
        Latencies and utilisation.

    Examples
    --------
    >>> waits(rate_per_s=50, workers=4, service_ms=8).utilization < 0.2
    True
    """
    rng = stream(6, "explore/knee")
    # Unit draws, rescaled: common random numbers make the picture move smoothly.
    arrive_s = np.cumsum(rng.exponential(1.0, REQUESTS)) / rate_per_s
    service = LogNormal(p50=service_ms * MS, p99=5 * service_ms * MS)
    done_s = fifo(arrive_s, service.sample(rng, REQUESTS), int(workers))
    busy = utilization(rate_per_s, service.mean, int(workers))
    return Waits(done_s - arrive_s, busy, rate_per_s, int(workers))


class _WaitsView(View):
    """A histogram of the latencies with p50 and p99, and a bar of the utilisation."""

    def __init__(self) -> None:
        self.figure: Figure = new_figure(8.8, 3.3, panels=2)
        self.left, self.right = self.figure.axes
        self.left.set_position((0.075, 0.18, 0.66, 0.68))
        self.right.set_position((0.83, 0.18, 0.15, 0.68))
        with rc_context(STYLE):
            self._build()

    def _build(self) -> None:
        look: dict[str, Any] = {"fill": True, "fc": (BLUE, 0.4), "ec": BLUE, "lw": 1}
        self.shares = self.left.stairs(np.zeros(EDGES_S.size - 1), EDGES_S, **look)
        self.lines = [self.left.axvline(1, color=VERMILION, ls=dash) for dash in ("-", "--")]
        sides = ("right", "left")  # p50 is written left of its line, p99 right of its own
        self.labels = [self.left.text(1, 0, "", va="top", ha=ha) for ha in sides]
        self.left.set(xscale="log", xlim=(EDGES_S[0], EDGES_S[-1]), ylim=(0, 22))
        self.left.set(xlabel="time the user waits", ylabel="% of requests")
        self.left.set_xticks([1 * MS, 10 * MS, 100 * MS, 1.0, 10.0])
        self.left.xaxis.set_major_formatter(in_words())
        self.busy = busy_bar(self.right)
        title = set_title(self.left, "")
        self.moving = [self.shares, *self.lines, *self.labels, self.busy, title]

    def update(self, result: Waits) -> None:
        """Move the histogram, the lines and the labels.

        Parameters
        ----------
        result : Waits
            What to show.
        """
        counts, _ = np.histogram(result.latency_s, EDGES_S)
        self.shares.set_data(100 * counts / result.latency_s.size)
        names = ("p50", "p99")
        quantiles_s = np.quantile(result.latency_s, [0.5, 0.99])
        rows = zip(names, quantiles_s, self.lines, self.labels, strict=True)
        for row, (name, value, line, label) in enumerate(rows):
            line.set_xdata([value, value])
            label.set(position=(value * (0.95, 1.05)[row], 21.5), text=f"{name} {duration(value)}")
        set_busy(self.busy, result.utilization)
        load = f"{result.rate_per_s:g} visits per second, {result.workers} workers"
        set_title(self.left, load)

    def sentence(self, result: Waits) -> str:
        """Say the result in one sentence.

        Parameters
        ----------
        result : Waits
            What is shown.

        Returns
        -------
        str
            Load, utilisation, p50 and p99.
        """
        p50, p99 = np.quantile(result.latency_s, [0.5, 0.99])
        load = f"{result.rate_per_s:g} visits per second on {result.workers} workers"
        if result.utilization >= 1:
            return (
                f"{load}: more work than workers ({percent(result.utilization)}), so the queue "
                f"grows as long as the rush lasts; p99 has reached {duration(p99)}."
            )
        return (
            f"{load}: workers busy {percent(result.utilization)} of the time, p50 {duration(p50)}, "
            f"p99 {duration(p99)}."
        )


def knee(rate_per_s: float = 50.0, workers: int = 4, service_ms: float = 8.0) -> Explorable:
    """Make the panel of lesson 06: load, workers and service time against what users wait.

    Parameters
    ----------
    rate_per_s : float
        Visits a second, 10 to 600.
    workers : int
        Workers of the API server, 1 to 16.
    service_ms : float
        Median service time in milliseconds, 1 to 40.

    Returns
    -------
    Explorable
        The panel.

    Examples
    --------
    >>> knee(rate_per_s=50).sentence.startswith("50 visits per second on 4 workers")
    True
    """
    knobs: dict[str, Any] = {
        "rate_per_s": Knob("visits per second", 10, 600, 5),
        "workers": Knob("workers", 1, 16, whole=True),
        "service_ms": Knob("median service time, ms", 1, 40, 1),
    }
    start = {"rate_per_s": rate_per_s, "workers": workers, "service_ms": service_ms}
    return Explorable(waits, _WaitsView(), knobs, **start)
