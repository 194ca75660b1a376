"""Draw a wiring as a picture that is readable everywhere: a PNG by matplotlib."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from matplotlib.patches import FancyArrowPatch, FancyBboxPatch, Rectangle
from matplotlib.path import Path

from mlbook.charts.display import Display
from mlbook.charts.theme import BLUE, GREEN, GREY, INK, ORANGE
from mlbook.charts.wiring import wiring

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from mlbook.charts.drawn import Arrow, Frame, Part, Wiring

__all__ = ["Diagram"]

LOOK = {"app": GREY, "ml": BLUE, "model": GREEN, "store": ORANGE}
HEIGHT = 0.7


@dataclass
class Diagram(Display):
    """The architecture diagram of one pattern.

    Parameters
    ----------
    name : str
        ``"in_process"``, ``"rest_api"``, ``"shared_db"``, ``"streaming"``, ``"mobile_app"`` or
        ``"federated"``; of the routers ``"split"``, ``"canary"``, ``"blue_green"``, ``"shadow"``,
        ``"fallback"`` or ``"bandit"``.

    Examples
    --------
    >>> Diagram("shared_db").alt_text().startswith("Diagram. ")
    True
    """

    name: str
    size = (8.8, 4.4)
    has_axes = False

    @property
    def wiring(self) -> Wiring:
        """What is drawn."""
        return wiring(self.name)

    def draw(self, ax: Axes) -> None:
        ax.set_axis_off()
        ax.set(xlim=(-0.1, 10.9), ylim=(-0.15, 5.5), aspect="equal")
        ax.text(0.1, 5.22, self.wiring.title, weight="bold", size=11.5)
        for frame in self.wiring.frames:
            _draw_frame(ax, frame)
        for part in self.wiring.parts:
            _draw_part(ax, part)
        for arrow in self.wiring.arrows:
            _draw_arrow(ax, arrow)

    def alt_text(self) -> str:
        return f"Diagram. {self.wiring.title}. {self.wiring.sentence}"


def _draw_frame(ax: Axes, frame: Frame) -> None:
    corner = (frame.x, frame.y)
    ax.add_patch(
        Rectangle(corner, frame.width, frame.height, fill=False, ec=GREY, ls=(0, (4, 3)), lw=1)
    )
    ax.text(frame.x + 0.1, frame.y + frame.height - 0.12, frame.label, color=GREY, va="top", size=9)


def _draw_part(ax: Axes, part: Part) -> None:
    color = LOOK[part.kind]
    corner = (part.x - part.width / 2, part.y - HEIGHT / 2)
    round_corners = (
        "round,pad=0,rounding_size=0.35"
        if part.kind == "store"
        else ("round,pad=0,rounding_size=0.08")
    )
    for face, edge, alpha in ((color, "none", 0.16), ("none", color, 1.0)):
        ax.add_patch(
            FancyBboxPatch(
                corner, part.width, HEIGHT, boxstyle=round_corners, fc=face, ec=edge, alpha=alpha
            )
        )
    ax.text(part.x, part.y, part.label, ha="center", va="center", color=INK, size=9.5)


def _draw_arrow(ax: Axes, arrow: Arrow) -> None:
    points = [arrow.start, *arrow.via, arrow.end]
    path = Path(points, [Path.MOVETO] + [Path.LINETO] * (len(points) - 1))
    ax.add_patch(FancyArrowPatch(path=path, arrowstyle="-|>", mutation_scale=12, color=INK, lw=1.1))
    if arrow.label:
        ax.text(*arrow.at, arrow.label, ha="center", va="center", size=8.5, color=INK)
