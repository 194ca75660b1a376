"""A row of the talk's table as a line of numbers: what was measured, and where one word ends."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np

from mlbook.charts.display import Display
from mlbook.charts.theme import BLUE, INK, VERMILION
from mlbook.experiment.talk_table import Cuts
from mlbook.units import duration, percent
from mlbook.validate import one_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from mlbook.experiment.tables import TalkTable

__all__ = ["WordsDisplay"]

# By row: the rising cuts with the word below each, the word beyond, how to say a value, the least.
ROWS = {
    "latency from new data": (
        (("very_low", "Very low"), ("low", "Low"), ("so_so", "So so")), "Long", duration, 0.1,
    ),
    "required time to predict": ((("short", "Short"),), "Long", duration, 0.001),
    "coupling with the app": ((("tight_frac", "Loose"),), "Tight", percent, 0.01),
    "management difficulty": (
        (("easy", "Easy"), ("so_so_minutes", "So so")), "Very hard", lambda m: f"{m:.0f} min", 1.0,
    ),
}  # fmt: skip


@dataclass
class WordsDisplay(Display):
    """The measured values of one row, between the cuts.

    Parameters
    ----------
    row : str
        A row of the table that has cuts.
    values : dict of str to float
        What was measured, by pattern.
    cuts : Cuts
        Where one word ends and the next begins.
    """

    row: str
    values: dict[str, float]
    cuts: Cuts
    size = (8.8, 3.0)

    @classmethod
    def from_table(cls, table: TalkTable, row: str, cuts: Cuts | None = None) -> Self:
        """Take one row of the table.

        Parameters
        ----------
        table : TalkTable
            From ``runs.talk_table()``.
        row : str
            One that has cuts.
        cuts : Cuts, optional
            Those that the table was made with.

        Returns
        -------
        WordsDisplay
            Not drawn yet.
        """
        one_of("row", row, ROWS)
        cells = table[table["row"] == row]
        return cls(row, dict(zip(cells["pattern"], cells["value"], strict=True)), cuts or Cuts())

    def draw(self, ax: Axes) -> None:
        cuts, last, say, least = ROWS[self.row]
        ends = [getattr(self.cuts, name) for name, _ in cuts]
        low = min(least, *ends) / 3
        high = max(*self.values.values(), *ends) * 40
        edges = [low, *ends, high]
        for end in ends:
            ax.axvline(end, color=VERMILION, ls="--", lw=1.5)
        for left, right, word in zip(edges, edges[1:], [*(w for _, w in cuts), last], strict=False):
            ax.text((left * right) ** 0.5, -0.95, word, ha="center", weight="bold", color=VERMILION)
        for n, (name, value) in enumerate(self.values.items()):
            shown = max(value, low * 1.15)
            ax.plot(shown, n, "D" if shown == value else "<", color=BLUE, ms=8, zorder=3)
            label = ax.text(shown, n, f"   {name}, {say(value)}", va="center", color=INK, zorder=2)
            label.set_bbox({"fc": "white", "ec": "none", "pad": 0})
        ax.set(xscale="log", xlim=(low, high), ylim=(len(self.values) - 0.4, -1.3), yticks=[])
        ax.set_xticks(ends, [say(end) for end in ends])
        ax.set_xlabel("our cuts, on a logarithmic line")
        ax.minorticks_off()
        ax.grid(visible=False, axis="y")
        ax.spines["left"].set_visible(False)
        ax.set_title(f"{self.row.capitalize()}: measured, and cut into words")
        figure = ax.get_figure(root=True)
        if figure is not None:
            figure.subplots_adjust(left=0.02, bottom=0.2)

    def alt_text(self) -> str:
        cuts, last, say, _ = ROWS[self.row]
        ends = [float(getattr(self.cuts, name)) for name, _ in cuts]
        words = np.array([*(word for _, word in cuts), last])
        said = [
            f"{name} {say(value)} ({words[np.searchsorted(ends, value)]})"
            for name, value in self.values.items()
        ]
        return f"{self.row.capitalize()} on a logarithmic line: {', '.join(said)}."
