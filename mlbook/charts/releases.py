"""Releases: whom a canary hurts and when it tells, what the counts said, who failed at a switch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from matplotlib.patheffects import withStroke
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from mlbook.charts.display import Display
from mlbook.charts.theme import BLUE, DASHES, GREY, INK, ORANGE, SERIES, VERMILION
from mlbook.measure import failed
from mlbook.releases import SLOW_S, CanaryOutcome, Captain, Gap, Watch, canary_law
from mlbook.units import duration, percent

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from mlbook.experiment import Run

__all__ = ["CanaryShareDisplay", "GapDisplay", "SwitchDisplay"]


@dataclass
class CanaryShareDisplay(Display):
    """Hours until a bad release is found against the visits it has hurt, one dot a canary's share.

    Parameters
    ----------
    outcomes : tuple of CanaryOutcome
        One a share, all of the same release.
    law : dict of str to float
        What the law is told: the arguments of :func:`mlbook.releases.canary_law`.
    """

    outcomes: tuple[CanaryOutcome, ...]
    law: dict[str, float]
    size = (8.0, 4.0)

    @classmethod
    def from_outcomes(cls, outcomes: Sequence[CanaryOutcome], **law: float) -> Self:
        """Put canaries of several shares side by side.

        Parameters
        ----------
        outcomes : sequence of CanaryOutcome
            What became of them.
        **law : float
            What they were told besides the share: `usual`, `new`, `visits_an_hour`.

        Returns
        -------
        CanaryShareDisplay
            Not drawn yet.
        """
        return cls(tuple(outcomes), law)

    def draw(self, ax: Axes) -> None:
        shares = [each.share for each in self.outcomes]
        between = np.linspace(min(shares), max(shares), 400)
        hours, hurt = canary_law(between, **self.law)
        ax.plot(hours, hurt, color=GREY, ls="--", label="by law")
        for each in self.outcomes:
            ends = np.quantile(each.hours, [0.1, 0.9])
            a_visit = each.hurt.mean() / each.hours.mean()
            ax.plot(ends, a_visit * ends, color=BLUE, lw=5, alpha=0.25, solid_capstyle="round")
            ax.plot(each.hours.mean(), each.hurt.mean(), "o", color=BLUE, ms=7)
            ax.annotate(
                f"{100 * each.share:g} %", (each.hours.mean(), each.hurt.mean()), (9, -13),
                textcoords="offset points", color=INK, weight="bold",
                path_effects=[withStroke(linewidth=3, foreground="white")],  # over the dashed line
            )  # fmt: skip
        ax.plot([], [], "o", color=BLUE, ms=7, label="simulated: the mean, and the middle 80 %")
        ax.set(xscale="log", yscale="log")
        ax.set(xlabel="hours until it is found", ylabel="visits hurt until then")
        ax.xaxis.set_major_formatter("{x:g}")
        ax.yaxis.set_major_formatter("{x:,g}")
        ax.set_ylim(top=ax.get_ylim()[1] * 4)  # room for the legend
        ax.legend(loc="upper right")
        figure = ax.get_figure(root=True)
        if figure is not None:
            figure.subplots_adjust(left=0.12, bottom=0.14)
        ax.set_title("A bad release, found by canaries of several shares")

    def alt_text(self) -> str:
        words = [
            f"{100 * each.share:g} % of the visits: {each.hours.mean():.1f} hours, "
            f"{each.hurt.mean():,.0f} visits hurt"
            for each in self.outcomes
        ]
        return f"Hours until a bad release is found against visits hurt. {'; '.join(words)}."


@dataclass
class GapDisplay(Display):
    """New minus old version in clicks per 100 visits, hour by hour, with its always-valid interval.

    Parameters
    ----------
    hour : ndarray of shape (n,)
        Hours since the release began.
    gaps : dict of str to Gap
        From all counts so far, one entry an hour, by name of the visits.
    """

    hour: NDArray[np.int64]
    gaps: dict[str, Gap]

    @classmethod
    def from_captain(cls, captain: Captain, *slices: str) -> Self:
        """Read the counts of a release: all visits, and some slices by themselves.

        Parameters
        ----------
        captain : Captain
            The release.
        *slices : str
            ``"web"``, ``"app"``.

        Returns
        -------
        GapDisplay
            Not drawn yet.
        """
        counts = captain.counts
        groups = {"all visits": counts}
        groups |= {f"the {name}": counts[counts["slice"] == name] for name in slices}
        names = ["clicks", "visits", "other_clicks", "other_visits"]
        gaps = {}
        for name, rows in groups.items():
            total = rows.groupby("hour")[names].sum().cumsum()
            gaps[name] = Watch().gap(*total.to_numpy().T)
        return cls(np.arange(1, captain.hour + 1), gaps)

    def draw(self, ax: Axes) -> None:
        for row, (name, (low, mean, high)) in enumerate(self.gaps.items()):
            color, dash = SERIES[row % 4], DASHES[row % 4]
            ax.fill_between(self.hour, 100 * low, 100 * high, color=color, alpha=0.15, lw=0)
            ax.plot(self.hour, 100 * mean, color=color, ls=dash, lw=2, label=name)
            if self.found(name):
                at = self.found(name)
                ax.plot(at, 100 * mean[at - 1], "v", color=color, ms=9)
                ax.annotate(
                    f"hour {at}: worse", (at, 100 * mean[at - 1]), (6, -14),
                    textcoords="offset points", color=color, weight="bold",
                )  # fmt: skip
        ax.axhline(0, color=INK, lw=1)
        ax.set(xlim=(1, max(self.hour[-1], 2)), ylim=(-6, 4))
        ax.xaxis.set_major_locator(MaxNLocator(integer=True))
        ax.set(xlabel="hours since the release began", ylabel="new − old, clicks per 100 visits")
        ax.legend(loc="upper right", ncols=len(self.gaps))
        ax.set_title("What the counts say, hour by hour")

    def found(self, name: str) -> int:
        """Give the first hour in which the whole interval is below zero.

        Parameters
        ----------
        name : str
            Which visits.

        Returns
        -------
        int
            0 when there is none.
        """
        below = np.flatnonzero(self.gaps[name].high < 0)
        return int(self.hour[below[0]]) if below.size else 0

    def alt_text(self) -> str:
        words = [
            f"{name}: {100 * low[-1]:+.1f} to {100 * high[-1]:+.1f}, "
            + (f"worse since hour {self.found(name)}" if self.found(name) else "never below zero")
            for name, (low, _, high) in self.gaps.items()
        ]
        return (
            f"New minus old version in clicks per 100 visits after {self.hour[-1]} hours, "
            f"always-valid 95 % intervals. {'; '.join(words)}."
        )


@dataclass
class SwitchDisplay(Display):
    """One strip a way to release: the share of the visits that failed or were slow, over a rush.

    Parameters
    ----------
    at_s : ndarray of shape (n,)
        Middle of each second, since the first visit.
    no_answer, waited : dict of str to ndarray of shape (n,)
        Share of the visits of each second without an answer, and with a slow one, by name.
    moments : dict of str to float
        What happens when, in seconds since the first visit.
    slow_s : float
        From how many seconds on an answer is slow.
    """

    at_s: NDArray[np.float64]
    no_answer: dict[str, NDArray[np.float64]]
    waited: dict[str, NDArray[np.float64]]
    moments: dict[str, float]
    slow_s: float

    @classmethod
    def from_runs(
        cls, runs: Mapping[str, Run], moments: Mapping[str, float], slow: float = SLOW_S
    ) -> Self:
        """Count second by second.

        Parameters
        ----------
        runs : mapping of str to Run
            Runs on the same visitors, by the name that the picture shows.
        moments : mapping of str to float
            What happens when, in seconds: ``{"switch": ..., "rollback": ...}``.
        slow : float
            Seconds from which on an answer is slow.

        Returns
        -------
        SwitchDisplay
            Not drawn yet.
        """
        first_s = next(iter(runs.values())).world.served_from_s
        no_answer, waited = {}, {}
        for name, run in runs.items():
            second = (run.log["requested_at_s"] - first_s).astype(int)
            came, lost = np.bincount(second), failed(run.log["status"])
            late = ~lost & (run.log["latency_s"] > slow)
            no_answer[name] = np.bincount(second, weights=lost) / np.maximum(came, 1)
            waited[name] = np.bincount(second, weights=late) / np.maximum(came, 1)
        since = {name: at_s - first_s for name, at_s in moments.items()}
        return cls(np.arange(0.5, came.size), no_answer, waited, since, slow)

    def draw(self, ax: Axes) -> None:
        kinds: tuple[tuple[str, dict[str, NDArray[np.float64]], dict[str, Any]], ...] = (
            ("no answer", self.no_answer, {"fc": VERMILION, "hatch": "///", "ec": "white"}),
            (f"slower than {duration(self.slow_s)}", self.waited, {"fc": ORANGE}),
        )
        for row, name in enumerate(self.no_answer):
            base = np.full(self.at_s.size, float(-row))
            ax.axhline(-row, color=GREY, lw=0.8)
            for kind, shares, look in kinds:
                top = base + 0.8 * shares[name]
                label = kind if row == 0 else None
                ax.fill_between(self.at_s, base, top, step="mid", label=label, **look)
                base = top
        rows = len(self.no_answer)
        for name, at_s in self.moments.items():
            ax.axvline(at_s, color=INK, lw=1, ls=":")
            ax.text(at_s + 0.8, 1.0, name, va="bottom")
        ax.set(yticks=[-row + 0.3 for row in range(rows)], yticklabels=list(self.no_answer))
        ax.set(ylim=(-rows + 0.85, 2.4), xlim=(0, self.at_s[-1] + 0.5))
        ax.set(xlabel="seconds since the rush began")
        ax.tick_params(axis="y", length=0)
        ax.grid(visible=False, axis="y")
        ax.legend(loc="upper right", ncols=2)
        ax.set_title("Who got no answer, and who waited")
        figure = ax.get_figure(root=True)
        if figure is not None:
            figure.subplots_adjust(left=0.19)

    def alt_text(self) -> str:
        words = [
            f"{name}: {percent(float(self.no_answer[name].mean()))} without an answer, "
            f"{percent(float(self.waited[name].mean()))} slow"
            for name in self.no_answer
        ]
        when = ", ".join(f"{name} at {at_s:.0f} s" for name, at_s in self.moments.items())
        return f"Strips over {self.at_s.size} seconds, {when}. {'; '.join(words)}."
