"""A test that is looked at day by day, and what the tests that won have measured."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import NDArray

from mlbook.ab import boundary, proportions, running_counts
from mlbook.charts.display import Display
from mlbook.charts.theme import BLUE, DASHES, GREEN, GREY, INK, ORANGE, VERMILION

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from mlbook.ab import Estimate

__all__ = ["LooksDisplay", "WinnersDisplay"]

ONCE = 1.96  # standard errors that a single look must exceed


@dataclass
class LooksDisplay(Display):
    """How many standard errors apart the arms were at the end of each day.

    Parameters
    ----------
    z : ndarray of shape (looks,)
        The difference over its standard error.
    lift : ndarray of shape (looks,)
        Treatment over control, minus 1.
    bars : dict of str to ndarray of shape (looks,)
        By name, the z that each look must exceed.
    """

    z: NDArray[np.float64]
    lift: NDArray[np.float64]
    bars: dict[str, NDArray[np.float64]] = field(default_factory=dict)

    @classmethod
    def from_log(cls, log: Any, metric: str = "click", kinds: Mapping[str, str] = {}) -> Self:
        """Count a log day by day.

        Parameters
        ----------
        log : Run or DataFrame
            With the columns `arm`, `requested_at_s` and that of the metric.
        metric : str
            A column of zeros and ones.
        kinds : mapping of str to str
            Boundaries to be drawn, by the name that the picture shows; see
            :func:`mlbook.ab.boundary`.

        Returns
        -------
        LooksDisplay
            Not drawn yet.
        """
        clicks, n = running_counts(log, metric)
        looks = proportions(clicks, n)
        bars = {name: boundary(kind, len(n)) for name, kind in kinds.items()}
        return cls(looks.statistic, looks.treatment / looks.control - 1, bars)

    def stops(self, name: str) -> int | None:
        """Tell the first day on which a boundary is crossed.

        Parameters
        ----------
        name : str
            Which; ``"one look"`` for the bar of a test that is looked at once.

        Returns
        -------
        int or None
            The day, from 1; None when it never is.
        """
        bar = np.full(self.z.size, ONCE) if name == "one look" else self.bars[name]
        beyond = np.flatnonzero(np.abs(self.z) > bar)
        return int(beyond[0]) + 1 if beyond.size else None

    def draw(self, ax: Axes) -> None:
        day = np.arange(1, self.z.size + 1)
        ax.axhspan(-ONCE, ONCE, color=GREY, alpha=0.12, lw=0)
        ax.text(self.z.size + 0.45, 0.1, "one look: p > .05", ha="right", color=GREY)
        for row, (name, bar) in enumerate(self.bars.items()):
            look: dict[str, Any] = {"color": (VERMILION, GREEN)[row % 2], "ls": DASHES[row % 2 + 1]}
            ax.plot(day, bar, lw=2, label=name, **look)
        ax.plot(day, self.z, "o-", color=BLUE, lw=2, ms=7, label="the test")
        for x, z, lift in zip(day.tolist(), self.z, self.lift, strict=True):
            look = {"ha": "center", "va": "top", "color": INK, "fontsize": 9}
            box = {"fc": "white", "ec": "none", "alpha": 0.75, "pad": 0.8}
            ax.text(x, z - 0.18, f"{100 * lift:+.0f} %", bbox=box, **look)
        top = max(4.2, 1.25 * float(np.abs(self.z).max()))
        ax.set(xlim=(0.5, day[-1] + 0.5), ylim=(min(-0.5, self.z.min() - 0.6), top), xticks=day)
        ax.set(xlabel="days since the start", ylabel="standard errors apart")
        ax.legend(loc="upper right", ncols=1 + len(self.bars))
        ax.set_title("The same test, read every evening")

    def alt_text(self) -> str:
        days = zip(self.z, self.lift, strict=True)
        words = [f"day {k}: {z:.1f} ({lift:+.0%})" for k, (z, lift) in enumerate(days, start=1)]
        return (
            "Line plot of the standard errors between two arms, day by day, with the lift in "
            f"brackets. {'; '.join(words)}."
        )


@dataclass
class WinnersDisplay(Display):
    """What many equal tests measure, and which of them are told to others.

    Parameters
    ----------
    lift : ndarray of shape (tests,)
        Measured lift of each test, treatment over control minus 1.
    wins : ndarray of bool of shape (tests,)
        Whether it is significant.
    true_lift : float
        What all of them try to measure.
    exaggeration : float
        The mean effect of the tests that win over the mean effect of all.
    seen : float, optional
        A lift that somebody has measured.
    """

    lift: NDArray[np.float64]
    wins: NDArray[np.bool_]
    true_lift: float
    exaggeration: float
    seen: float | None = None

    @classmethod
    def from_estimate(cls, tests: Estimate, true_lift: float, seen: float | None = None) -> Self:
        """Take many tests of one effect.

        Parameters
        ----------
        tests : Estimate
            Of many experiments.
        true_lift : float
            Treatment over control, minus 1.
        seen : float, optional
            A lift to be marked.

        Returns
        -------
        WinnersDisplay
            Not drawn yet.
        """
        wins = np.asarray(tests.significant) & (np.asarray(tests.effect) > 0)
        # Of the differences, not of the lifts: those have a mean above their truth anyway.
        times = float(tests.effect[wins].mean() / tests.effect.mean())
        lift = np.asarray(tests.treatment / tests.control - 1)
        return cls(lift, wins, true_lift, times, seen)

    def draw(self, ax: Axes) -> None:
        edges = 100 * np.linspace(np.quantile(self.lift, 0.001), np.quantile(self.lift, 0.999), 45)
        tests = f"all tests: half of them above {100 * np.median(self.lift):+.0f} %"
        counts, *_ = ax.hist(100 * self.lift, edges.tolist(), color=GREY, alpha=0.35, label=tests)
        middle = 100 * float(np.median(self.lift[self.wins]))
        won = f"{100 * self.wins.mean():.0f} % win: half of these above {middle:+.0f} %"
        look: dict[str, Any] = {"color": ORANGE, "alpha": 0.85, "hatch": "//", "edgecolor": "white"}
        ax.hist(100 * self.lift[self.wins], edges.tolist(), label=won, **look)
        truth = 100 * self.true_lift
        ax.axvline(truth, ymax=0.72, color=BLUE, lw=2.5, label=f"true: {truth:+.0f} %")
        if self.seen is not None:
            seen = 100 * self.seen
            ax.axvline(
                seen, ymax=0.72, color=VERMILION, ls="--", lw=2, label=f"reported: {seen:+.0f} %"
            )
        ax.set(xlabel="measured lift, %", ylabel="tests", ylim=(0, 1.5 * np.max(counts)))
        ax.legend(loc="upper right", ncols=2)
        ax.set_title("What a test measures, and what is reported")

    def alt_text(self) -> str:
        return (
            f"Histogram of the lift that {self.lift.size:,} tests measure around a true one of "
            f"{self.true_lift:+.0%}. {self.wins.mean():.0%} of them are significant and lie to the "
            f"right, half of these above {np.median(self.lift[self.wins]):+.0%}."
        )
