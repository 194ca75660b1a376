"""The diagram of a pattern with the requests of a run on their way: one moment, or moving."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from mlbook.charts.diagram import Diagram
from mlbook.charts.display import Display
from mlbook.charts.replaced_table import replaced_table
from mlbook.charts.scene import LASTS_S, OUT_OF_SIGHT, Mark, Point, Scene
from mlbook.charts.standing_queue import standing_queue
from mlbook.charts.svg import POINTS_PER_INCH, Film
from mlbook.charts.theme import INK, PAGE_COLORS
from mlbook.charts.waiting_line import waiting_line
from mlbook.patterns import RestApi, SharedDb, Streaming

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from mlbook.experiment import Run

__all__ = ["FlowDisplay"]

# Who asked the system for less motion sees the worst moment standing still.
STYLE = (
    "<style>.mlbook-still {display: none} .mlbook-stands .mlbook-still {display: inline} "
    ".mlbook-stands .mlbook-moves {display: none} @media (prefers-reduced-motion: reduce) "
    "{.mlbook-still {display: inline} .mlbook-moves {display: none}}</style>"
)


@dataclass
class FlowDisplay(Display):
    """A pattern's diagram at the worst moment of a run; its SVG moves from before it to after it.

    Parameters
    ----------
    scene : Scene
        Who is where, and when.
    """

    scene: Scene
    size = Diagram.size
    has_axes = False

    @classmethod
    def from_run(cls, run: Run) -> Self:
        """Take the worst moment of a run.

        Parameters
        ----------
        run : Run
            Of :class:`mlbook.RestApi`, without faults, of :class:`mlbook.SharedDb`, or of
            :class:`mlbook.Streaming`.

        Returns
        -------
        FlowDisplay
            The picture.
        """
        if isinstance(run.pattern, RestApi):
            return cls(waiting_line(run, run.pattern))
        if isinstance(run.pattern, SharedDb):
            return cls(replaced_table(run, run.pattern))
        if isinstance(run.pattern, Streaming):
            return cls(standing_queue(run))
        kind = type(run.pattern).__name__
        raise TypeError(f"run must be of mb.RestApi, mb.SharedDb or mb.Streaming, got {kind}.")

    def draw(self, ax: Axes) -> None:
        Diagram(self.scene.name).draw(ax)
        for x, y in self.scene.rings:
            ax.plot(x, y, "o", ms=12, mfc="none", mec=INK, mew=1)
        for mark in self.scene.marks:
            place, face = mark.place(LASTS_S / 2), mark.look(LASTS_S / 2)
            if place != OUT_OF_SIGHT:
                look: dict[str, Any] = {"ms": mark.size, "mfc": face, "mec": INK}
                ax.plot(*place, mark.shape, gid="mlbook-still", **look)

    def alt_text(self) -> str:
        return (
            f"Diagram with requests on their way. {self.scene.wiring.title}. {self.scene.sentence}"
        )

    def svg(self, *, still: bool = False) -> str:
        """Draw it for a live page.

        Parameters
        ----------
        still : bool
            Whether to show the worst moment only.

        Returns
        -------
        str
            An HTML element with one ``<svg>`` that moves by itself, without a script.
        """
        film = Film(self.plot().figure_)
        self.ax_.apply_aspect()  # or the marks would be measured before the axes are in place
        marks = "".join(self._moving(mark) for mark in self.scene.marks)
        drawn = film.draw(self.alt_text(), f'{STYLE}<g class="mlbook-moves">{marks}</g>')
        return f'<div class="{"mlbook-stands" if still else "mlbook-runs"}">{drawn}</div>'

    def _moving(self, mark: Mark) -> str:
        steps = _on_screen(mark)
        height = self.figure_.get_size_inches()[1] * POINTS_PER_INCH
        points = self.ax_.transData.transform([place for _, place in steps])
        way = [
            (s, f"{x:.1f} {height - y:.1f}") for (s, _), (x, y) in zip(steps, points, strict=True)
        ]
        half, corner = mark.size / 2, mark.size / 2 if mark.shape == "o" else 1
        return (
            f'<rect x="{-half:g}" y="{-half:g}" width="{mark.size:g}" height="{mark.size:g}" '
            f'rx="{corner:g}" transform="translate({way[0][1]})" fill="{mark.fills[0][1]}" '
            f'fill-opacity="{mark.shades[0][1]:.2f}" stroke="{PAGE_COLORS[INK.lower()]}">'
            + _animate("animateTransform", "transform", way, 'type="translate" ')
            + _animate("animate", "fill-opacity", mark.shades)
            + _animate("animate", "fill", mark.fills, 'calcMode="discrete" ')
            + "</rect>"
        )


def _on_screen(mark: Mark) -> list[tuple[float, Point]]:
    """Give the places within the time shown; before and after, the mark is out of sight."""
    first, last = mark.steps[0][0], mark.steps[-1][0]
    places = [(second, (x, y)) for second, x, y in mark.steps]
    places = [(first, OUT_OF_SIGHT), *places, (last, OUT_OF_SIGHT)]
    inner = [(second, place) for second, place in places if 0 < second < LASTS_S]
    return [(0.0, mark.place(0.0)), *inner, (LASTS_S, mark.place(LASTS_S))]


def _animate(
    kind: str, attribute: str, values: Sequence[tuple[float, object]], more: str = ""
) -> str:
    """Make an SVG animation that repeats; what does not change needs none."""
    if len(values) == 1:
        return ""
    times = ";".join(f"{min(max(second / LASTS_S, 0), 1):.4f}" for second, _ in values)
    return (
        f'<{kind} attributeName="{attribute}" {more}dur="{LASTS_S:g}s" repeatCount="indefinite" '
        f'keyTimes="{times}" values="{";".join(str(value) for _, value in values)}"/>'
    )
