"""What a whole class guessed, beside what the run gave."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from mlbook.charts.display import Display
from mlbook.charts.theme import BLUE, INK, VERMILION

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["GuessesDisplay"]


@dataclass
class GuessesDisplay(Display):
    """One dot a guess, stacked where they agree, and a line at the measured value.

    Parameters
    ----------
    question : str
        Its id.
    guesses : ndarray of shape (n,)
        Finite numbers, at least one.
    measured : float or None
        What the run gave.
    """

    question: str
    guesses: NDArray[np.float64]
    measured: float | None = None
    size = (8.0, 2.2)

    def draw(self, ax: Axes) -> None:
        values, place = np.unique(self.guesses, return_inverse=True)
        # The k-th learner with the same guess stands on the shoulders of the k-1 before.
        height = np.array([np.sum(place[:n] == place[n]) for n in range(place.size)])
        ax.plot(values[place], height + 1, "o", color=BLUE, ms=9, alpha=0.8)
        if self.measured is not None:
            ax.axvline(self.measured, color=VERMILION, ls="--")
            label = f"measured: {self.measured:.3g}"
            ax.text(0.99, 1.05, label, transform=ax.transAxes, ha="right", color=VERMILION)
        if self._spread() > 30:
            ax.set_xscale("log")
        ax.margins(x=0.08)
        ax.set(ylim=(0, height.max() + 2), yticks=[], xlabel="guess")
        ax.set_title(f"{self.question}: {self.guesses.size} guesses", color=INK)
        figure = ax.get_figure(root=True)
        if figure is not None:
            figure.subplots_adjust(bottom=0.25, top=0.84)

    def alt_text(self) -> str:
        numbers = ", ".join(f"{value:.3g}" for value in np.sort(self.guesses))
        end = "" if self.measured is None else f" The run gave {self.measured:.3g}."
        return f"Dots for the class's guesses at {self.question}: {numbers}.{end}"

    def _spread(self) -> float:
        """How many times the largest number is the smallest; 1 when a logarithm has no sense."""
        numbers = self.guesses if self.measured is None else [*self.guesses, self.measured]
        low, high = float(np.min(numbers)), float(np.max(numbers))
        return high / low if low > 0 else 1.0
