"""How well a ranking chooses: yardsticks, pairs, and how sure one can be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np
from numpy.typing import NDArray

from mlbook.charts.display import Display
from mlbook.charts.theme import BLUE, GREY, INK, SERIES
from mlbook.measure import auc

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from mlbook.experiment import Run

__all__ = ["RankingDisplay", "SpreadDisplay", "YardstickDisplay"]


@dataclass
class YardstickDisplay(Display):
    """Bars: clicks per 100 visits of several ways to choose.

    Parameters
    ----------
    clicks : dict of str to float
        Clicks per 100 visits, by name.
    title : str
        What is asked.
    """

    clicks: dict[str, float]
    title: str = "Who chooses, and what it earns"

    def draw(self, ax: Axes) -> None:
        names, values = list(self.clicks), np.array(list(self.clicks.values()))
        bars = ax.barh(names, values, color=BLUE, alpha=0.75, height=0.62)
        ax.bar_label(bars, fmt=" {:.1f}", color=INK)
        ax.invert_yaxis()
        ax.grid(visible=False)
        ax.tick_params(axis="y", length=0)
        ax.set(xlabel="clicks per 100 visits", xlim=(0, values.max() * 1.12), title=self.title)
        figure = ax.get_figure()
        if figure is not None:
            figure.subplots_adjust(left=0.24)

    def alt_text(self) -> str:
        words = ", ".join(f"{name} {value:.1f}" for name, value in self.clicks.items())
        return f"Bar chart of clicks per 100 visits: {words}."


@dataclass
class RankingDisplay(Display):
    """What AUC counts: a clicked beside an unclicked candidate, and which has the higher score.

    Parameters
    ----------
    clicked_score, other_score : ndarray of shape (n,), (m,)
        Scores of the clicked and of the unclicked candidates.
    auc : float
        Share of the pairs in which the clicked one is ranked higher.
    """

    clicked_score: NDArray[np.float64]
    other_score: NDArray[np.float64]
    auc: float

    @classmethod
    def from_run(cls, run: Run) -> Self:
        """Take all candidates of all slates of a run.

        Parameters
        ----------
        run : Run
            What happened.

        Returns
        -------
        RankingDisplay
            Not drawn yet.
        """
        clicked = run.world.visits.clicked[run.log["visit"]]
        known = ~np.isnan(run.slate_score)
        scores = run.slate_score
        return cls(scores[known & clicked], scores[known & ~clicked], auc(run)[0])

    def draw(self, ax: Axes) -> None:
        top = max(self.clicked_score.max(), self.other_score.max())
        edges = np.linspace(0, top, 45).tolist()
        ax.hist(self.other_score, edges, color=GREY, alpha=0.35, label="not clicked", density=True)
        ax.hist(
            self.clicked_score,
            edges,
            density=True,
            histtype="step",
            color=BLUE,
            linewidth=2,
            label="clicked",
        )
        ax.set(xlabel="score of the candidate", ylabel="share of candidates", yticks=[])
        ax.legend(loc="upper right")
        pairs = f"of 100 pairs, the clicked one wins {100 * self.auc:.0f}"
        ax.set_title(f"AUC {self.auc:.2f}: {pairs}")

    def alt_text(self) -> str:
        return (
            "Two overlapping histograms of scores: clicked candidates lie further right than "
            f"unclicked ones. In {100 * self.auc:.0f} of 100 pairs the clicked one has the higher "
            "score."
        )


@dataclass
class SpreadDisplay(Display):
    """The same question asked in several worlds: every answer a circle, every world a line.

    Parameters
    ----------
    answers : dict of str to ndarray of shape (n,)
        One number a world, by name.
    xlabel : str
        What is measured, with its unit.
    """

    answers: dict[str, NDArray[np.float64]]
    xlabel: str = "clicks per 100 visits"

    def draw(self, ax: Axes) -> None:
        ax.plot(np.array(list(self.answers.values())), range(len(self.answers)), color="#CCCCCC")
        for row, values in enumerate(self.answers.values()):
            color = SERIES[row % len(SERIES)]
            ax.plot(values, np.full(values.size, row), "o", color=color, ms=7, mfc="none")
            ax.plot(values.mean(), row, "|", color=color, ms=26, mew=3)
        names = [f"{name}\nmean {values.mean():.1f}" for name, values in self.answers.items()]
        ax.set(yticks=range(len(names)), yticklabels=names, xlabel=self.xlabel)
        ax.set_ylim(len(names) - 0.4, -0.6)
        ax.grid(visible=False, axis="y")
        count = len(next(iter(self.answers.values())))
        ax.set_title(f"What {count} other worlds gave; a line is one world")
        figure = ax.get_figure()
        if figure is not None:
            figure.subplots_adjust(left=0.2)

    def alt_text(self) -> str:
        words = [
            f"{name}: from {values.min():.1f} to {values.max():.1f}, mean {values.mean():.1f}"
            for name, values in self.answers.items()
        ]
        return f"Dot plot of {self.xlabel} in several worlds. {'; '.join(words)}."
