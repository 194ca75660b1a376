"""What fewer bits a weight change: another item on the screen, bytes, clicks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np
from numpy.typing import NDArray

from mlbook.charts.display import Display
from mlbook.charts.theme import BLUE, INK
from mlbook.export import OnDevice
from mlbook.measure import Difference, difference_per_100
from mlbook.measure.clicks import Z95

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from mlbook.experiment import Run

__all__ = ["FlipsDisplay"]


@dataclass
class FlipsDisplay(Display):
    """Bars: of 100 visits, in how many a rounded model shows another item.

    Parameters
    ----------
    precisions : list of str
        What a weight is stored in.
    n_bytes : ndarray of shape (n,)
        Bytes of the newest model's whole file.
    flips : ndarray of shape (n,)
        Visits in 100 with another item than with the first precision.
    change : list of Difference
        Clicks per 100 visits, minus those with the first precision.
    """

    precisions: list[str]
    n_bytes: NDArray[np.int64]
    flips: NDArray[np.float64]
    change: list[Difference]

    @classmethod
    def from_runs(cls, runs: Mapping[str, Run]) -> Self:
        """Compare runs of ``mb.MobileApp`` that differ in their precision only.

        Parameters
        ----------
        runs : mapping of str to Run
            By precision; the others are compared with the first one.

        Returns
        -------
        FlipsDisplay
            Not drawn yet.
        """
        exact = next(iter(runs.values()))
        size = []
        for name, run in runs.items():
            model = run.site.versions.versions[-1].estimator
            if not isinstance(model, OnDevice):
                text = f"runs must be of mb.MobileApp, got {type(run.pattern).__name__} ({name})."
                raise TypeError(f"{text} Only a phone's model has a precision.")
            size.append(len(model.data))
        change = [difference_per_100(run, exact) for run in runs.values()]
        flips = [100 * (run.log["item"] != exact.log["item"]).mean() for run in runs.values()]
        return cls(list(runs), np.array(size), np.array(flips), change)

    def table(self) -> pd.DataFrame:
        """Give the numbers of the picture.

        Returns
        -------
        pandas.DataFrame
            One row a precision: bytes of the file, flips in 100 visits, and the change in clicks
            per 100 visits with its 95 % interval.
        """
        import pandas as pd

        half = [Z95 * each.standard_error for each in self.change]
        clicks = [each.clicks_per_100 for each in self.change]
        return pd.DataFrame(
            {
                "bytes": self.n_bytes,
                "flips in 100 visits": self.flips,
                "change in clicks per 100": clicks,
                "± (95 %)": half,
            },
            index=self.precisions,
        )

    def draw(self, ax: Axes) -> None:
        names = [
            f"{p}, {size:,} bytes" for p, size in zip(self.precisions, self.n_bytes, strict=True)
        ]
        bars = ax.barh(names, self.flips, color=BLUE, alpha=0.75, height=0.62)
        words = map(_beside_the_bar, self.flips[1:].tolist(), self.change[1:])
        ax.bar_label(bars, [" what the others are compared with", *words], color=INK)
        ax.invert_yaxis()
        ax.grid(visible=False)
        ax.tick_params(axis="y", length=0)
        ax.set(xlim=(0, 1.75 * max(float(self.flips.max()), 0.1)))
        ax.set(xlabel="visits in 100 with another item on the screen")
        ax.set_title("What do fewer bits change?")
        figure = ax.get_figure()
        if figure is not None:
            figure.subplots_adjust(left=0.2)

    def alt_text(self) -> str:
        words = [
            f"{name}: {size} bytes, {flips:.1f} flips, clicks {each.clicks_per_100:+.2f}"
            for name, size, flips, each in zip(
                self.precisions, self.n_bytes, self.flips, self.change, strict=True
            )
        ]
        return f"Bar chart of flips in 100 visits by precision. {'; '.join(words)}."


def _beside_the_bar(flips: float, change: Difference) -> str:
    clicks = f"{change.clicks_per_100:+.2f} ± {Z95 * change.standard_error:.2f}"
    return f" {flips:.1f} flips;  clicks {clicks}".replace("-", "−")
