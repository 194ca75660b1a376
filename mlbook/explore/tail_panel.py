"""Lesson A1: load, workers, speed and variability against how many wait longer, and the law."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib import rc_context
from numpy.typing import NDArray

from mlbook.charts.latency import in_words
from mlbook.charts.theme import BLUE, STYLE, VERMILION, new_figure, set_title
from mlbook.explore.busy_bar import busy_bar, set_busy
from mlbook.explore.explorable import Explorable, Knob, View
from mlbook.queueing import Weibull, fifo, mmc_tail, utilization
from mlbook.streams import stream
from mlbook.units import MS, duration, percent

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["Tail", "tail", "tail_of"]

REQUESTS = 50_000
LONGER = np.geomspace(1.0, 0.001, 100)  # shares of the requests, for the height of the curve
SHOWN = {"p50": 0.5, "p95": 0.05, "p99": 0.01}
TOPS_S = np.array([50, 100, 200, 400, 800, 1_600, 3_200, 6_400, 12_800, 25_600]) * MS


@dataclass(frozen=True)
class Tail:
    """How many of 50,000 requests waited longer.

    Parameters
    ----------
    time_s : ndarray of shape (100,)
        The time that a share `LONGER` of the requests exceeded, in seconds.
    law : ndarray of shape (200,)
        Share that exceeds each of 200 times from 0 to the end of the picture, by the law of M/M/c.
    quantiles_s : dict of str to float
        p50, p95 and p99 in seconds.
    mean_s : float
        Mean in seconds.
    top_s : float
        Where the picture ends, in seconds.
    utilization : float
        Share of the time a worker would be busy; from 1 on the line grows without end.
    rate_per_s, workers, cv : float, int, float
        The load, the workers, and the variability of the service time.
    """

    time_s: NDArray[np.float64]
    law: NDArray[np.float64]
    quantiles_s: dict[str, float]
    mean_s: float
    top_s: float
    utilization: float
    rate_per_s: float
    workers: int
    cv: float


@cache
def _draws() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Draw once, rescale at each step: common random numbers, and no time spent on them."""
    rng = stream(61, "explore/tail")
    return np.cumsum(rng.standard_exponential(REQUESTS)), rng.standard_exponential(REQUESTS)


def tail_of(rate_per_s: float, workers: int, service_ms: float, cv: float) -> Tail:
    """Simulate requests at a server, always with the same luck.

    Parameters
    ----------
    rate_per_s : float
        Requests a second, > 0.
    workers : int
        Requests served at once, >= 1.
    service_ms : float
        Mean service time in milliseconds.
    cv : float
        Its standard deviation over its mean: 0 for a constant, 1 for exponential times.

    Returns
    -------
    Tail
        The curve and its law.

    Examples
    --------
    >>> result = tail_of(rate_per_s=50, workers=1, service_ms=10, cv=1.0)
    >>> round(result.utilization, 6), bool(0.085 < result.quantiles_s["p99"] < 0.1)
    (0.5, True)
    """
    arrive, unit = _draws()
    workers, arrive_s, mean_s = int(workers), arrive / rate_per_s, service_ms * MS
    latency_s = fifo(arrive_s, Weibull(mean_s, cv).of(unit), workers) - arrive_s
    time_s = np.quantile(latency_s, 1 - np.r_[LONGER, list(SHOWN.values())])
    quantiles_s = dict(zip(SHOWN, time_s[LONGER.size :].tolist(), strict=True))
    top_s = float(TOPS_S[min(np.searchsorted(TOPS_S, 1.25 * quantiles_s["p99"]), TOPS_S.size - 1)])
    law = mmc_tail(np.linspace(0, top_s, 200), rate_per_s, mean_s, workers)
    busy = utilization(rate_per_s, mean_s, workers)
    return Tail(
        time_s[: LONGER.size], law, quantiles_s, float(latency_s.mean()), top_s, busy,
        rate_per_s, workers, cv,
    )  # fmt: skip


class _TailView(View):
    """A falling curve, its law, and where it passes one half, one in 20 and one in 100."""

    def __init__(self) -> None:
        self.figure: Figure = new_figure(8.8, 3.5, panels=2)
        self.left, self.right = self.figure.axes
        self.left.set_position((0.085, 0.17, 0.68, 0.70))
        self.right.set_position((0.85, 0.17, 0.13, 0.70))
        with rc_context(STYLE):
            self._build()

    def _build(self) -> None:
        ax = self.left
        (self.curve,) = ax.plot([], [], color=BLUE, lw=2.2, label=f"{REQUESTS:,} requests")
        (self.law,) = ax.plot([], [], color=VERMILION, ls="--", lw=1.6)
        self.law.set_label("law, for times without memory")
        (self.marks,) = ax.plot([], [], "o", color=BLUE, ms=7)
        self.labels = [ax.text(0, share, "", va="bottom") for share in SHOWN.values()]
        for label in self.labels:
            label.set_bbox({"fc": "white", "ec": "none", "pad": 1, "alpha": 0.8})
        ax.set(yscale="log", ylim=(0.001, 1.0), ylabel="% that wait longer")
        ax.set_yticks([1, 0.5, 0.1, 0.05, 0.01, 0.001], ["100", "50", "10", "5", "1", "0.1"])
        ax.minorticks_off()
        ax.set_xlabel("time from arrival to answer")
        ax.xaxis.set_major_formatter(in_words())
        ax.legend(loc="upper right", bbox_to_anchor=(1.0, 1.02))
        self.busy = busy_bar(self.right)
        title = set_title(ax, "")
        self.moving = [self.law, self.curve, self.marks, *self.labels, self.busy, title]

    def update(self, result: Tail) -> None:
        """Move the curve, the law, the marks and the bar.

        Parameters
        ----------
        result : Tail
            What to show.
        """
        self.left.set_xlim(0, result.top_s)
        self.curve.set_data(result.time_s, LONGER)
        shown = result.law if result.utilization < 1 else np.full(200, np.nan)
        self.law.set_data(np.linspace(0, result.top_s, 200), shown)
        times = list(result.quantiles_s.values())
        self.marks.set_data(times, list(SHOWN.values()))
        for label, (name, time_s), share in zip(
            self.labels, result.quantiles_s.items(), SHOWN.values(), strict=True
        ):
            at = min(time_s + 0.012 * result.top_s, 0.84 * result.top_s)
            label.set(position=(at, 1.06 * share), text=f"{name} {duration(time_s)}")
        set_busy(self.busy, result.utilization)
        set_title(
            self.left, f"{result.rate_per_s:g} a second, {_many(result)}, variability {result.cv:g}"
        )

    def sentence(self, result: Tail) -> str:
        """Say the result in one sentence.

        Parameters
        ----------
        result : Tail
            What is shown.

        Returns
        -------
        str
            Load, utilisation, mean, p50 and p99.
        """
        words = ", ".join(f"{name} {duration(each)}" for name, each in result.quantiles_s.items())
        load = f"{result.rate_per_s:g} requests a second on {_many(result)}"
        end = "" if result.utilization < 1 else "; more work than workers, so it grows without end"
        busy = percent(result.utilization)
        return f"{load}, busy {busy}: mean {duration(result.mean_s)}, {words}{end}."


def _many(result: Tail) -> str:
    return "1 worker" if result.workers == 1 else f"{result.workers} workers"


def tail(
    rate_per_s: float = 50.0, workers: int = 1, service_ms: float = 10.0, cv: float = 1.0
) -> Explorable:
    """Make the first panel of lesson A1: who waits longer, and what the law says.

    Parameters
    ----------
    rate_per_s : float
        Requests a second, 2 to 400.
    workers : int
        Workers of the server, 1 to 16.
    service_ms : float
        Mean service time in milliseconds, 1 to 100.
    cv : float
        Standard deviation of the service time over its mean, 0 to 3.

    Returns
    -------
    Explorable
        The panel.

    Examples
    --------
    >>> tail(rate_per_s=90).sentence.startswith("90 requests a second on 1 worker, busy 90.0 %")
    True
    """
    knobs: dict[str, Any] = {
        "rate_per_s": Knob("requests per second", 2, 400, 2),
        "workers": Knob("workers", 1, 16, whole=True),
        "service_ms": Knob("mean service time, ms", 1, 100, 1),
        "cv": Knob("variability", 0, 3, 0.1),
    }
    start = {"rate_per_s": rate_per_s, "workers": workers, "service_ms": service_ms, "cv": cv}
    return Explorable(tail_of, _TailView(), knobs, **start)
