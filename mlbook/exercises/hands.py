"""A show of hands: what the room guessed, beside what the run gave."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mlbook.charts.display import Display
from mlbook.charts.theme import BLUE, GREY, INK, VERMILION
from mlbook.exercises.desk import measured_value
from mlbook.exercises.verdict import Verdict
from mlbook.validate import integer

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["Hands", "poll"]


@dataclass
class Hands(Display):
    """Hands a answer, and the measured value once there is one.

    Parameters
    ----------
    question : str
        The id of the question.
    votes : dict of str to int
        Hands by answer.
    measured : float or None
        What the run gave.
    """

    question: str
    votes: dict[str, int]
    measured: float | None = None
    size = (8.0, 2.8)

    def draw(self, ax: Axes) -> None:
        rows = range(len(self.votes))
        near = self._nearest()
        colors = [BLUE if name == near else GREY for name in self.votes]
        hatches = ["//" if name == near else "" for name in self.votes]
        bars = ax.barh(rows, list(self.votes.values()), color=colors, alpha=0.6, hatch=hatches)
        ax.bar_label(bars, padding=4, color=INK)
        ax.set(yticks=list(rows), yticklabels=list(self.votes), xlabel="hands")
        ax.invert_yaxis()
        ax.grid(visible=False, axis="y")
        ax.margins(x=0.12)
        ax.set_title(f"{self.question}: {sum(self.votes.values())} hands")
        if self.measured is not None:
            words = f"measured: {self.measured:.3g}"
            ax.text(0.99, 1.04, words, transform=ax.transAxes, ha="right", color=VERMILION)
        figure = ax.get_figure(root=True)
        if figure is not None:
            figure.subplots_adjust(left=0.2, bottom=0.2)

    def alt_text(self) -> str:
        words = ", ".join(f"{name}: {count}" for name, count in self.votes.items())
        end = "" if self.measured is None else f" The run gave {self.measured:.3g}."
        return f"Show of hands for {self.question}: {words}.{end}"

    def _nearest(self) -> str | None:
        """Name the numeric answer that is nearest to the measured value."""
        measured = self.measured
        if measured is None:
            return None
        numbers = {name: number for name in self.votes if (number := _number(name)) is not None}
        return min(numbers, key=lambda name: abs(numbers[name] - measured), default=None)


def poll(id: str, votes: Mapping[object, int]) -> Hands | Verdict:  # the word learners read
    """Draw a show of hands, beside the measured value if ``mb.guess`` has been told it.

    Parameters
    ----------
    id : str
        The question, the same id as the guess.
    votes : mapping of answer to int
        Hands counted for each answer.

    Returns
    -------
    Hands or Verdict
        A picture; as long as no hand has been counted, what to do.

    Examples
    --------
    >>> poll("example.knee", {50: 3, 75: 8}).alt_text()
    'Show of hands for example.knee: 50: 3, 75: 8.'
    """
    counted = {
        str(name): integer(f"votes[{name!r}]", count, at_least=0, unit="hands")
        for name, count in votes.items()
    }
    if not any(counted.values()):
        return Verdict(id, "todo", "Count the hands and write them behind the answers.", "poll")
    return Hands(id, counted, measured_value(id))


def _number(name: str) -> float | None:
    try:
        return float(name.strip().rstrip("%").strip())
    except ValueError:
        return None
