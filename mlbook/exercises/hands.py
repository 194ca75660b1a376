"""A show of hands: what the room guessed, beside what the run gave."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mlbook.charts.display import Display
from mlbook.charts.theme import BLUE, GREY, INK, VERMILION
from mlbook.exercises.desk import measured_value
from mlbook.exercises.judge import is_missing
from mlbook.exercises.verdict import Verdict
from mlbook.validate import integer, shown

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
        ax.set(xlabel="hands")
        ax.locator_params(axis="x", integer=True)  # nobody raises half a hand
        # What the room says is text, also where it holds a dollar sign.
        ax.set_yticks(list(rows), list(self.votes), parse_math=False)
        ax.invert_yaxis()
        ax.grid(visible=False, axis="y")
        ax.margins(x=0.12)
        ax.set_title(f"{self.question}: {sum(self.votes.values())} hands", parse_math=False)
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
        Hands counted for each answer; ``...`` means not counted yet.

    Returns
    -------
    Hands or Verdict
        A picture, or what is still to do.

    Examples
    --------
    >>> poll("example.knee", {50: 3, 75: 8}).alt_text()
    'Show of hands for example.knee: 50: 3, 75: 8.'
    >>> poll("example.knee", {50: ..., 75: ...})
    ○ example.knee todo: Count the hands, and write them behind the answers.
    """
    name = id if type(id) is str else shown(id)
    try:
        counted = _counted(votes)
    except Exception as error:  # noqa: BLE001  # whatever was handed in, the notebook goes on
        return Verdict(name, "error", str(error), "poll")
    if not any(counted.values()):
        text = "Count the hands, and write them behind the answers."
        return Verdict(name, "todo", text, "poll")
    return Hands(name, counted, measured_value(name))


def _counted(votes: Any) -> dict[str, int]:
    """Check the hands; none while three dots are among them."""
    if isinstance(votes, Mapping) and not any(map(is_missing, votes.values())):
        return {
            str(answer): integer(f"votes[{shown(answer)}]", count, at_least=0, unit="hands")
            for answer, count in votes.items()
        }
    if is_missing(votes) or isinstance(votes, Mapping | set):  # `{...}` makes a set
        return {}
    rule = "votes must be hands by answer, for example {50: 3, 75: 8}"
    raise TypeError(f"{rule}, got {shown(votes)}.")


def _number(name: str) -> float | None:
    try:
        return float(name.strip().rstrip("%").strip())
    except ValueError:
        return None
