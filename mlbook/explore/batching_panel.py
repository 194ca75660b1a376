"""Lesson A1: batches by size and window against load; where waiting for company pays."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib import rc_context
from numpy.typing import NDArray

from mlbook.charts.latency import duration_ticks
from mlbook.charts.theme import BLUE, GREEN, GREY, STYLE, VERMILION, new_figure, set_title
from mlbook.explore.explorable import Explorable, Knob, View
from mlbook.queueing import batch, greedy_batch_size
from mlbook.streams import stream
from mlbook.units import MS, duration

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["PER_BATCH_S", "PER_REQUEST_S", "Batching", "batching", "batching_of"]

REQUESTS = 20_000
PER_BATCH_S, PER_REQUEST_S = 20 * MS, 1 * MS  # a batch of n takes 20 + n ms
LOADS_PER_S = np.geomspace(2, 900, 22)
EDGES = np.arange(0.5, 129.5)


@dataclass(frozen=True)
class Batching:
    """p99 against load for one way of batching, and the batches at one load.

    Parameters
    ----------
    p99_s : dict of str to ndarray of shape (22,)
        By way, at each of `LOADS_PER_S`, in seconds: ``"one by one"``, ``"who is there"`` (up to
        the size, without waiting), ``"window"``.
    here_s : float
        p99 with the window at the chosen load, in seconds.
    sizes : ndarray of shape (128,)
        Share of the batches of each size at the chosen load, with the window.
    mean_size : float
        Their mean size.
    law_size : float
        The size that a greedy server comes to rest at.
    rate_per_s, size, window_s : float, int, float
        The load, the largest batch, and how long the first of a batch waits.
    """

    p99_s: dict[str, NDArray[np.float64]]
    here_s: float
    sizes: NDArray[np.float64]
    mean_size: float
    law_size: float
    rate_per_s: float
    size: int
    window_s: float


@cache
def _arrive() -> NDArray[np.float64]:
    return np.cumsum(stream(63, "explore/batching").standard_exponential(REQUESTS))


def _served(
    rate_per_s: float, size: int, window_s: float
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    at_s = _arrive() / rate_per_s
    done_s, together = batch(
        at_s, size=size, wait_s=window_s, per_batch_s=PER_BATCH_S, per_request_s=PER_REQUEST_S
    )
    return done_s - at_s, together


@cache
def _curve(size: int, window_s: float) -> NDArray[np.float64]:
    """Measure p99 at each load; cached, because most steps of a slider change one curve only."""
    return np.array(
        [np.quantile(_served(rate, size, window_s)[0], 0.99) for rate in LOADS_PER_S.tolist()]
    )


def batching_of(rate_per_s: float, size: int, window_ms: float) -> Batching:
    """Serve 20,000 requests in batches, at one load and at many.

    Parameters
    ----------
    rate_per_s : float
        Requests a second, > 0.
    size : int
        The largest batch, >= 1.
    window_ms : float
        How long the first of a batch waits for others at most, in milliseconds, >= 0.

    Returns
    -------
    Batching
        p99 of three ways, and the sizes of the batches.

    Examples
    --------
    >>> quiet = batching_of(rate_per_s=5, size=64, window_ms=100)
    >>> bool(0.1 < quiet.here_s < 0.16)
    True
    """
    size, window_s = int(size), window_ms * MS
    latency_s, together = _served(rate_per_s, size, window_s)
    sizes = np.histogram(together, EDGES, weights=1 / together)[0]  # a batch counts once
    return Batching(
        {
            "one by one": _curve(1, 0.0),
            "who is there": _curve(size, 0.0),
            "window": _curve(size, window_s),
        },
        float(np.quantile(latency_s, 0.99)),
        sizes / sizes.sum(),
        float(REQUESTS / (1 / together).sum()),
        greedy_batch_size(rate_per_s, PER_BATCH_S, PER_REQUEST_S),
        rate_per_s, size, window_s,
    )  # fmt: skip


class _BatchingView(View):
    """p99 against load for three ways on the left, the batches at one load on the right."""

    def __init__(self) -> None:
        self.figure: Figure = new_figure(9.2, 3.5, panels=2)
        self.left, self.right = self.figure.axes
        self.left.set_position((0.105, 0.17, 0.53, 0.69))
        self.right.set_position((0.71, 0.17, 0.275, 0.69))
        with rc_context(STYLE):
            self._build()

    def _build(self) -> None:
        looks = {
            "one by one": (GREY, ":"),
            "who is there": (BLUE, "-"),
            "window": (VERMILION, "--"),
        }
        self.curves = {
            name: self.left.plot([], [], color=color, ls=dash, lw=2, label=name)[0]
            for name, (color, dash) in looks.items()
        }
        (self.dot,) = self.left.plot([], [], "o", color=VERMILION, ms=9, mfc="none", mew=2)
        self.left.set(xscale="log", yscale="log", xlim=(LOADS_PER_S[0], LOADS_PER_S[-1]))
        self.left.set(ylim=(15 * MS, 12.0), xlabel="requests per second", ylabel="p99")
        ticks = [2, 5, 10, 20, 50, 100, 200, 500]
        self.left.set_xticks(ticks, [str(each) for each in ticks])
        self.left.minorticks_off()
        duration_ticks(self.left.yaxis)
        self.left.legend(loc="upper left")
        look: dict[str, Any] = {"fill": True, "fc": (VERMILION, 0.4), "ec": VERMILION, "lw": 1}
        self.sizes = self.right.stairs(np.zeros(EDGES.size - 1), EDGES, **look)
        self.law = self.right.axvline(1, color=GREEN, ls="--", lw=2, label="law of “who is there”")
        self.right.set(xscale="log", xlim=(0.5, 128.5), ylim=(0, 104), ylabel="% of the batches")
        powers = [2**each for each in range(8)]
        self.right.set_xticks(powers, [str(each) for each in powers])
        self.right.minorticks_off()
        self.right.set_xlabel("requests in a batch")
        self.right.legend(loc="upper right")
        titles = [set_title(ax, "") for ax in (self.left, self.right)]
        self.moving = [*self.curves.values(), self.dot, self.sizes, self.law, *titles]

    def update(self, result: Batching) -> None:
        """Move the curves, the dot, the bars and the law.

        Parameters
        ----------
        result : Batching
            What to show.
        """
        for name, values in result.p99_s.items():
            self.curves[name].set_data(LOADS_PER_S, values)
        self.dot.set_data([result.rate_per_s], [result.here_s])
        self.sizes.set_data(100 * result.sizes)
        at = min(max(result.law_size, 1.0), 2 * EDGES[-1])
        self.law.set_xdata([at, at])
        words = f"Up to {result.size}, waiting {duration(result.window_s)}"
        set_title(self.left, f"{words}: p99 {duration(result.here_s)}")
        set_title(self.right, f"at {result.rate_per_s:.3g} a second")

    def sentence(self, result: Batching) -> str:
        """Say the result in one sentence.

        Parameters
        ----------
        result : Batching
            What is shown.

        Returns
        -------
        str
            Load, window, p99, and the size of the batches.
        """
        return (
            f"{result.rate_per_s:.3g} requests a second in batches of up to {result.size} that "
            f"wait up to {duration(result.window_s)}: p99 {duration(result.here_s)}, "
            f"{result.mean_size:.1f} requests a batch on average."
        )


def batching(rate_per_s: float = 20.0, size: int = 32, window_ms: float = 50.0) -> Explorable:
    """Make the third panel of lesson A1: size, window and load against p99.

    Parameters
    ----------
    rate_per_s : float
        Requests a second, 5 to 900; a batch of n takes 20 + n milliseconds.
    size : int
        The largest batch, 1 to 128.
    window_ms : float
        How long the first of a batch waits for others at most, in milliseconds, 0 to 200.

    Returns
    -------
    Explorable
        The panel.

    Examples
    --------
    >>> batching(rate_per_s=20).sentence.startswith("20 requests a second in batches of up to 32")
    True
    """
    knobs: dict[str, Any] = {
        "rate_per_s": Knob("requests per second", 5, 900, 5),
        "size": Knob("largest batch", 1, 128, whole=True),
        "window_ms": Knob("window, ms", 0, 200, 5),
    }
    start = {"rate_per_s": rate_per_s, "size": size, "window_ms": window_ms}
    return Explorable(batching_of, _BatchingView(), knobs, **start)
