"""Who got an answer in time, second by second: what a server is there for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np
from numpy.typing import NDArray

from mlbook.charts.display import Display
from mlbook.charts.theme import DASHES, SERIES
from mlbook.units import duration, percent

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from mlbook.queueing import Result

__all__ = ["GoodputDisplay"]

BINS = 60


@dataclass
class GoodputDisplay(Display):
    """Share of the requests that were answered in time, over the time when they came.

    Parameters
    ----------
    edges_s : ndarray of shape (n + 1,)
        Edges of the slots in seconds.
    answered : dict of str to ndarray of shape (n,)
        The share by name and slot; NaN where nobody came.
    total : dict of str to float
        The share of all requests, by name.
    """

    edges_s: NDArray[np.float64]
    answered: dict[str, NDArray[np.float64]]
    total: dict[str, float]
    size = (8.4, 3.4)

    @classmethod
    def from_results(cls, until_s: float, **results: Result) -> Self:
        """Count the answers of simulations.

        Parameters
        ----------
        until_s : float
            How far to look, in seconds. Simulate somewhat longer: the last to come have a server
            to themselves, and their further tries succeed.
        **results : Result
            By name; an underscore becomes a blank.

        Returns
        -------
        GoodputDisplay
            Not drawn yet.
        """
        edges_s = np.linspace(0, until_s, BINS + 1)
        answered, total = {}, {}
        for key, each in results.items():
            at_s, name = each.columns["arrive_s"], key.replace("_", " ")
            came = np.histogram(at_s, edges_s)[0]
            good = np.histogram(at_s[np.isfinite(each.latency_s)], edges_s)[0]
            answered[name] = np.where(came > 0, good / np.maximum(came, 1), np.nan)
            total[name] = float(good.sum() / came.sum())
        return cls(edges_s, answered, total)

    def down_for_s(self, name: str, after_s: float) -> float:
        """Tell how long it takes until at least nine of ten are answered in time for good.

        Parameters
        ----------
        name : str
            Which simulation.
        after_s : float
            From when on, in seconds.

        Returns
        -------
        float
            Seconds to the end of the last slot below nine of ten; 0 when there is none, and all
            the time that is left when it never comes back.
        """
        begins_s, ends_s = self.edges_s[:-1], self.edges_s[1:]
        bad = (begins_s >= after_s - 1e-9) & (self.answered[name] < 0.9)
        return float((ends_s[bad] - after_s).max(initial=0.0))

    def draw(self, ax: Axes) -> None:
        middle = (self.edges_s[:-1] + self.edges_s[1:]) / 2
        for row, (name, share) in enumerate(self.answered.items()):
            ax.step(
                middle, 100 * share, where="mid", color=SERIES[row % 4], linewidth=2,
                linestyle=DASHES[row % 4],
                label=f"{name}: {percent(self.total[name])} in all",
            )  # fmt: skip
        ax.set(xlim=(0, self.edges_s[-1]), ylim=(-3, 135), yticks=[0, 25, 50, 75, 100])
        ax.set(xlabel="second in which the request came", ylabel="% answered in time")
        ax.legend(loc="upper right", ncols=2)
        ax.set_title("Who got an answer in time")

    def alt_text(self) -> str:
        words = [
            f"{name}: {percent(self.total[name])} in all, "
            f"{percent(float(np.nanmean(share[-12:])))} in the last fifth"
            for name, share in self.answered.items()
        ]
        span = duration(float(self.edges_s[-1]))
        return f"Share of the requests answered in time over {span}. {'; '.join(words)}."
