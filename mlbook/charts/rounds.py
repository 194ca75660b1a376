"""How a federated model comes near to a central one, round by round."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np
from matplotlib.ticker import LogLocator, NullLocator
from numpy.typing import NDArray

from mlbook.charts.display import Display
from mlbook.charts.theme import DASHES, MARKERS, SERIES
from mlbook.fedavg import excess_loss

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from mlbook.fedavg import Clients, Learning

__all__ = ["RoundsDisplay"]


@dataclass
class RoundsDisplay(Display):
    """Lines: how much worse than a central training, after each round.

    Parameters
    ----------
    behind : dict of str to ndarray of shape (n_rounds,)
        Excess of the mean log loss over the central model's, as a share, by name.
    """

    behind: dict[str, NDArray[np.float64]]

    @classmethod
    def from_learnings(cls, learnings: Mapping[str, Learning], clients: Clients) -> Self:
        """Measure several ways to learn from the same clients.

        Parameters
        ----------
        learnings : mapping of str to Learning
            By name.
        clients : Clients
            Whose rows.

        Returns
        -------
        RoundsDisplay
            Not drawn yet.
        """
        return cls({name: excess_loss(each, clients) for name, each in learnings.items()})

    def draw(self, ax: Axes) -> None:
        for row, (name, behind) in enumerate(self.behind.items()):
            rounds = np.arange(1, behind.size + 1)
            ax.plot(
                rounds, 100 * behind, color=SERIES[row % 4], marker=MARKERS[row % 4],
                markevery=max(behind.size // 8, 1), ls=DASHES[row % 4], lw=2,
                label=f"{name}: {100 * behind[-1]:.1f} % at the end",
            )  # fmt: skip
        ax.set(yscale="log", xlabel="round", ylabel="% more log loss")
        ax.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        ax.yaxis.set_major_formatter("{x:g}")
        ax.yaxis.set_minor_locator(NullLocator())
        ax.set_ylim(bottom=ax.get_ylim()[0] / 3)  # room for the names
        ax.legend(loc="lower left")
        ax.set_title("How far behind a central training?")

    def alt_text(self) -> str:
        words = [f"{name}: {100 * behind[-1]:.1f} %" for name, behind in self.behind.items()]
        return (
            "Lines of the excess log loss over a central training by round. After the last round: "
            f"{'; '.join(words)}."
        )
