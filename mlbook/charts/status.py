"""What requests got, minute by minute: served, mixed, without a model, failed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np
from numpy.typing import NDArray

from mlbook.charts.display import Display
from mlbook.charts.theme import DASHES, SERIES
from mlbook.units import DAY, duration, percent

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from mlbook.experiment import Run

__all__ = ["StatusDisplay"]

TITLES = {
    "down": "Visits without an answer",
    "mixed": "Visits answered from two tables at once",
    "schema": "Visits refused after a change of the schema",
}


@dataclass
class StatusDisplay(Display):
    """Share of requests that did not get one whole prediction, over time.

    Parameters
    ----------
    at_s : ndarray of shape (n_bins,)
        Middle of each time bin, in seconds since the start of the world.
    trouble : dict of str to ndarray of shape (n_bins,)
        Share of the requests in trouble, by name of the run.
    total : dict of str to float
        Share of all requests in trouble, by name.
    what : str
        What counts as trouble.
    """

    at_s: NDArray[np.float64]
    trouble: dict[str, NDArray[np.float64]]
    total: dict[str, float]
    what: str

    @classmethod
    def from_runs(cls, runs: Mapping[str, Run], what: str, bins: int = 60) -> Self:
        """Count the requests in trouble in equal slices of time.

        Parameters
        ----------
        runs : mapping of str to Run
            Runs on the same visitors.
        what : str
            The beginning of the status that counts as trouble: ``"down"``, ``"mixed"``, ...
        bins : int
            Number of slices.

        Returns
        -------
        StatusDisplay
            Not drawn yet.
        """
        at_s = next(iter(runs.values())).log["requested_at_s"]
        edges = np.linspace(at_s[0], at_s[-1], bins + 1)
        slot = np.clip(np.searchsorted(edges, at_s, side="right") - 1, 0, bins - 1)
        arrived = np.bincount(slot, minlength=bins)
        hit = {
            name: np.char.startswith(run.log["status"].astype(str), what)
            for name, run in runs.items()
        }
        trouble = {
            name: np.bincount(slot, weights=mask, minlength=bins) / np.maximum(arrived, 1)
            for name, mask in hit.items()
        }
        middle = (edges[:-1] + edges[1:]) / 2
        return cls(middle, trouble, {n: float(mask.mean()) for n, mask in hit.items()}, what)

    def draw(self, ax: Axes) -> None:
        days = np.ptp(self.at_s) > DAY
        begin_s = self.at_s[0] - (self.at_s[1] - self.at_s[0]) / 2
        at = self.at_s / DAY if days else self.at_s - begin_s
        for row, (name, share) in enumerate(self.trouble.items()):
            ax.step(
                at, 100 * share, where="mid", color=SERIES[row % 4],
                linestyle=DASHES[row % 4], linewidth=2,
                label=f"{name}: {percent(self.total[name])} of all visits",
            )  # fmt: skip
        ax.set(xlabel="day" if days else "seconds since the first visit", ylabel="% of visits")
        ax.set_ylim(-3, 125)
        ax.set_yticks([0, 25, 50, 75, 100])
        ax.legend(loc="upper right", ncols=2)
        ax.set_title(TITLES.get(self.what, f"Visits with status {self.what!r}"))

    def alt_text(self) -> str:
        words = [f"{name} {percent(share)}" for name, share in self.total.items()]
        span = duration(float(np.ptp(self.at_s)))
        return f"Share of visits with status {self.what} over {span}. In all: {', '.join(words)}."
