"""Lesson A1: a short burst, clients that try again, and whether the server ever comes back."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib import rc_context
from numpy.typing import NDArray

from mlbook.charts.theme import BLUE, GREY, ORANGE, STYLE, VERMILION, new_figure, set_title
from mlbook.explore.explorable import Explorable, Knob, View
from mlbook.queueing import Workload, retry
from mlbook.streams import stream
from mlbook.units import MS, percent

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["Storm", "storm", "storm_of"]

WORKERS, SERVICE_S, BACKOFF_S = 16, 0.1, 0.1
CAPACITY_PER_S = WORKERS / SERVICE_S
BURST_AT_S, BURST, LASTS_S, BIN_S = 60.0, 1.5, 300.0, 5.0
MORE_S = 30.0  # not shown: the last to come have a server to themselves
MOST = int(1.6 * CAPACITY_PER_S * (LASTS_S + MORE_S))


@dataclass(frozen=True)
class Storm:
    """How many of those who came got an answer in time, over five minutes.

    Parameters
    ----------
    answered : ndarray of shape (60,)
        Share answered in time of those who came in each five seconds; NaN where nobody came.
    tries : float
        Mean tries of a request after the burst.
    last_minute : float
        Share answered in time of those who came in the last minute.
    patience : float
        Time that a full line takes, over the timeout: above 1 its last one waits in vain.
    work : float
        Work that comes when everybody tries to the end, over what the workers can do.
    load_percent, burst_s : float
        The load in percent of the capacity, and the length of the burst in seconds.
    """

    answered: NDArray[np.float64]
    tries: float
    last_minute: float
    patience: float
    work: float
    load_percent: float
    burst_s: float


@cache
def _service_s() -> NDArray[np.float64]:
    return SERVICE_S * stream(62, "explore/storm").standard_exponential(MOST)


def storm_of(
    load_percent: float, tries: int, timeout_ms: float, places: int, burst_s: float
) -> Storm:
    """Send five minutes of clients that try again to a server, with a burst after the first.

    Parameters
    ----------
    load_percent : float
        First tries, in percent of what the 16 workers can do.
    tries : int
        How often a client tries at most, >= 1.
    timeout_ms : float
        How long it waits for each try, in milliseconds; the mean service time is 100.
    places : int
        How many tries may wait in the line, >= 0.
    burst_s : float
        For so many seconds the load is 150 % of the capacity.

    Returns
    -------
    Storm
        What became of them.

    Examples
    --------
    >>> storm_of(60, tries=1, timeout_ms=500, places=200, burst_s=5).last_minute > 0.9
    True
    >>> storm_of(60, tries=3, timeout_ms=500, places=200, burst_s=5).last_minute < 0.1
    True
    """
    rate_per_s = load_percent / 100 * CAPACITY_PER_S
    rates = (rate_per_s, BURST * CAPACITY_PER_S, rate_per_s)
    lasting = (BURST_AT_S, burst_s, LASTS_S + MORE_S - BURST_AT_S - burst_s)
    at_s = Workload.stepped(rates_per_s=rates, lasting_s=lasting, seed=62).arrivals()
    done_s, tried = retry(
        at_s, _service_s()[: at_s.size], workers=WORKERS, timeout_s=timeout_ms * MS,
        tries=int(tries), backoff_s=BACKOFF_S, places=int(places),
    )  # fmt: skip
    shown = at_s < LASTS_S
    at_s, tried, ok = at_s[shown], tried[shown], np.isfinite(done_s[shown])
    slot = (at_s / BIN_S).astype(int)
    bins = int(LASTS_S / BIN_S)
    came, answered = (np.bincount(slot, each, bins) for each in (np.ones(at_s.size), ok))
    with np.errstate(invalid="ignore"):
        share = np.where(came > 0, answered / came, np.nan)
    full_line_s = (places / WORKERS + 1) * SERVICE_S
    return Storm(
        share, float(tried[at_s > BURST_AT_S].mean()), float(ok[at_s > LASTS_S - 60].mean()),
        full_line_s / (timeout_ms * MS), int(tries) * load_percent / 100, load_percent, burst_s,
    )  # fmt: skip


class _StormView(View):
    """Who was answered over time, and the two conditions under which a storm can last."""

    def __init__(self) -> None:
        self.figure: Figure = new_figure(9.2, 3.4, panels=2)
        self.left, self.right = self.figure.axes
        self.left.set_position((0.08, 0.17, 0.59, 0.69))
        self.right.set_position((0.735, 0.17, 0.25, 0.69))
        with rc_context(STYLE):
            self._build()

    def _build(self) -> None:
        self.burst = self.left.axvspan(BURST_AT_S, BURST_AT_S + 1, color=ORANGE, alpha=0.35, lw=0)
        edges = np.arange(0, LASTS_S + BIN_S, BIN_S)
        look: dict[str, Any] = {"fill": True, "fc": (BLUE, 0.35), "ec": BLUE, "lw": 1.4}
        self.share = self.left.stairs(np.zeros(edges.size - 1), edges, **look)
        self.left.set(xlim=(0, LASTS_S), ylim=(0, 104), xticks=range(0, 301, 60))
        self.left.set(xlabel="seconds (orange: the burst)", ylabel="% answered in time")
        colors, hatches = (BLUE, VERMILION), ("//", r"\\")
        names = ["a full line,\nin timeouts", "all tries,\nin capacity"]
        self.bars = self.right.bar(names, [0, 0], color=colors, alpha=0.6, edgecolor="white")
        for bar, hatch in zip(self.bars, hatches, strict=True):
            bar.set_hatch(hatch)
        self.numbers = [self.right.text(x, 0, "", ha="center", va="bottom") for x in (0, 1)]
        self.right.axhline(1, color=GREY, ls="--")
        self.right.set(ylim=(0, 4), yticks=[0, 1, 2, 3])
        self.right.grid(visible=False, axis="x")
        titles = [set_title(ax, "") for ax in (self.left, self.right)]
        self.moving = [self.burst, self.share, *self.bars, *self.numbers, *titles]

    def update(self, result: Storm) -> None:
        """Move the stairs, the burst and the two bars.

        Parameters
        ----------
        result : Storm
            What to show.
        """
        self.burst.set_width(result.burst_s)
        self.share.set_data(100 * np.nan_to_num(result.answered))
        for bar, text, value in zip(
            self.bars, self.numbers, (result.patience, result.work), strict=True
        ):
            bar.set_height(min(value, 3.7))
            text.set(y=min(value, 3.7) + 0.04, text=f"{value:.2g}")
        set_title(self.left, f"Load {result.load_percent:g} %, {result.tries:.1f} tries a request")
        both = result.patience > 1 and result.work > 1
        set_title(self.right, "a storm can last" if both else "no storm lasts")

    def sentence(self, result: Storm) -> str:
        """Say the result in one sentence.

        Parameters
        ----------
        result : Storm
            What is shown.

        Returns
        -------
        str
            Load, burst, what is answered in the last minute, and the two conditions.
        """
        return (
            f"Load {result.load_percent:g} %, a burst of {result.burst_s:g} s after one minute: "
            f"{percent(result.last_minute)} of those who came in the last were answered in time, "
            f"with {result.tries:.1f} tries a request. A full line takes {result.patience:.2g} "
            f"timeouts, and all tries together are {result.work:.2g} times the capacity."
        )


def storm(
    load_percent: float = 60.0,
    tries: int = 3,
    timeout_ms: float = 500.0,
    places: int = 200,
    burst_s: float = 5.0,
) -> Explorable:
    """Make the second panel of lesson A1: a burst, and clients that try again.

    Parameters
    ----------
    load_percent : float
        First tries in percent of the capacity, 10 to 110.
    tries : int
        How often a client tries at most, 1 to 5.
    timeout_ms : float
        How long it waits for each try in milliseconds, 100 to 3000; a service takes 100.
    places : int
        Places in the line, 0 to 400.
    burst_s : float
        Length of the burst in seconds, 0 to 30.

    Returns
    -------
    Explorable
        The panel.

    Examples
    --------
    >>> storm().sentence.startswith("Load 60 %, a burst of 5 s after one minute: 0 %")
    True
    """
    knobs: dict[str, Any] = {
        "load_percent": Knob("load, % of the capacity", 10, 110, 5),
        "tries": Knob("tries", 1, 5, whole=True),
        "timeout_ms": Knob("timeout, ms", 100, 3000, 50),
        "places": Knob("places in the line", 0, 400, 10, whole=True),
        "burst_s": Knob("burst, s", 0, 30, 1),
    }
    start = {
        "load_percent": load_percent, "tries": tries, "timeout_ms": timeout_ms, "places": places,
        "burst_s": burst_s,
    }  # fmt: skip
    return Explorable(storm_of, _StormView(), knobs, **start)
