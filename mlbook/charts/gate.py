"""The errors of a gate: bad models that it ships against good ones that it blocks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mlbook.charts.display import Display
from mlbook.charts.theme import GREY, MARKERS, SERIES

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from mlbook.monitoring import GateCurve

__all__ = ["GateDisplay"]


@dataclass
class GateDisplay(Display):
    """One line a size of the hold-out; a step along it is another strictness.

    Parameters
    ----------
    curves : mapping of str to GateCurve
        By the name that the picture shows.
    sure : float
        The strictness that is marked.
    """

    curves: Mapping[str, GateCurve]
    sure: float = 0.95
    size = (7.0, 4.2)

    def draw(self, ax: Axes) -> None:
        for row, (name, curve) in enumerate(self.curves.items()):
            color, marker = SERIES[row % 4], MARKERS[row % 4]
            ax.plot(100 * curve.law_blocked, 100 * curve.law_shipped, color=GREY, ls="--", lw=1)
            ax.plot(100 * curve.blocked, 100 * curve.shipped, color=color, lw=2)
            shipped, blocked = curve.at(self.sure)
            ax.plot(100 * blocked, 100 * shipped, marker, color=color, ms=9, label=name)
        ax.plot([], [], color=GREY, ls="--", lw=1, label="by law")
        ax.plot([0, 100], [100, 0], color=GREY, lw=0.8)
        ax.text(62, 42, "a coin", color=GREY, rotation=-31)
        ax.set(xlim=(-2, 102), ylim=(-3, 102))
        ax.set(xlabel="good models blocked, of 100", ylabel="bad models shipped, of 100")
        ax.legend(loc="upper right")
        ax.set_title(f"A gate's two errors; the marks are {100 * self.sure:g} % sure")
        figure = ax.get_figure(root=True)
        if figure is not None:
            figure.subplots_adjust(left=0.12)

    def alt_text(self) -> str:
        words = []
        for name, curve in self.curves.items():
            shipped, blocked = curve.at(self.sure)
            words.append(
                f"{name}: {100 * shipped:.0f} bad shipped, {100 * blocked:.0f} good blocked"
            )
        said = f"{100 * self.sure:g} % sure, of 100 each"
        return f"Bad models shipped against good ones blocked. At {said}: {'; '.join(words)}."
