"""When visitors come: the shape of a day."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np
from numpy.typing import NDArray

from mlbook.charts.display import Display
from mlbook.charts.theme import BLUE, VERMILION
from mlbook.units import HOUR
from mlbook.world.shop import HOURLY

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from mlbook.experiment import Run

__all__ = ["RhythmDisplay"]


@dataclass
class RhythmDisplay(Display):
    """Share of the visits by hour of the day, beside the shape the simulated shop uses.

    Parameters
    ----------
    share : ndarray of shape (24,)
        Share of the visits in each hour, local time.
    name : str
        Whose visits.
    """

    share: NDArray[np.float64]
    name: str

    @classmethod
    def from_run(cls, run: Run) -> Self:
        """Count the visits of a run by hour.

        Parameters
        ----------
        run : Run
            What happened.

        Returns
        -------
        RhythmDisplay
            Not drawn yet.
        """
        hour = run.log["requested_at_s"] // HOUR + run.world.first_hour
        share = np.bincount(hour.astype(int) % 24, minlength=24) / hour.size
        return cls(share, run.world.label)

    def draw(self, ax: Axes) -> None:
        hours = np.arange(24)
        shop = np.array(HOURLY) / sum(HOURLY)
        ax.bar(hours, 100 * self.share, color=BLUE, alpha=0.5, label=self.name)
        ax.plot(hours, 100 * shop, "o--", ms=3, color=VERMILION, label="the simulated shop")
        ax.set(xticks=range(0, 24, 3), xlabel="hour of the day", ylabel="% of the visits")
        ax.legend(loc="upper left")
        ax.set_title("When do visitors come?")

    def alt_text(self) -> str:
        most, least = int(self.share.argmax()), int(self.share.argmin())
        return (
            f"Bar chart of visits by hour of the day: most at {most} o'clock "
            f"({100 * self.share[most]:.1f} %), fewest at {least} o'clock "
            f"({100 * self.share[least]:.1f} %)."
        )
