"""A figure as inline SVG for a live page: quick to redraw, and in the page's own colours.

Drawing axes is what costs matplotlib its time, and between two steps of a slider the axes stay as
they are. So they are drawn once, and after that only the artists that move.
"""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING, Any

from matplotlib import rc_context
from matplotlib.backends.backend_svg import RendererSVG

from mlbook.charts.theme import PAGE_COLORS

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.figure import Figure

__all__ = ["Film"]

# Words stay words (smaller, and a reader can select them); equal pictures give equal names.
SETTINGS: Any = {"svg.fonttype": "none", "svg.hashsalt": "mlbook"}
POINTS_PER_INCH = 72
SHOWN_PER_INCH = 100  # pixels, as for a PNG


class Film:
    """Draws one figure again and again as inline SVG.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        The figure; its resolution is set to points, in which SVG counts.
    moving : sequence of matplotlib.artist.Artist
        What changes from one drawing to the next. Everything else is drawn anew only when the
        limits of an axis have changed.

    Examples
    --------
    >>> from mlbook.charts.theme import new_figure
    >>> figure = new_figure(4, 3)
    >>> film = Film(figure, figure.axes[0].plot([1, 2]))
    >>> film.draw("a line that rises").startswith('<svg role="img" aria-label="a line that rises"')
    True
    """

    def __init__(self, figure: Figure, moving: Sequence[Artist] = ()) -> None:
        self.figure, self.moving = figure, moving
        figure.dpi = POINTS_PER_INCH
        for artist in moving:
            artist.set_animated(True)  # leaves it out of the backdrop, not out of a saved PNG
        self._limits: list[tuple[float, ...]] | None = None
        self._backdrop = ""

    def draw(self, alt: str, more: str = "") -> str:
        """Draw the figure as it is now.

        Parameters
        ----------
        alt : str
            What it shows, for those who do not see it.
        more : str
            SVG elements to lay over it, in points from the upper left corner.

        Returns
        -------
        str
            One ``<svg>`` element that needs nothing from outside.
        """
        limits = [ax.viewLim.bounds for ax in self.figure.axes]
        if limits != self._limits:
            self._limits, self._backdrop = limits, self._elements([self.figure])
        width, height = self.figure.get_size_inches()
        box = f"0 0 {width * POINTS_PER_INCH:g} {height * POINTS_PER_INCH:g}"
        return (
            f'<svg role="img" aria-label="{escape(alt)}" viewBox="{box}" '
            f'width="{width * SHOWN_PER_INCH:g}" style="max-width: 100%; stroke-linejoin: round">'
            f"{self._backdrop}{self._elements(self.moving)}{more}</svg>"
        )

    def _elements(self, artists: Sequence[Artist]) -> str:
        page = io.StringIO()
        width, height = self.figure.get_size_inches() * POINTS_PER_INCH
        with rc_context(SETTINGS):
            renderer: Any = RendererSVG(width, height, page)  # type: ignore[no-untyped-call]
            for artist in artists:
                artist.draw(renderer)
            renderer.finalize()
        # What comes before is a header and a style for "*", which would restyle the whole page.
        _, _, elements = page.getvalue().partition("</defs>")
        elements = elements.rpartition("</svg>")[0].replace("xlink:href", "href")
        # A page may hold many pictures, so a name becomes a class.
        elements = re.sub(r' id="[\w.]+_\d+"', "", elements)
        elements = re.sub(r' id="(mlbook-\w+)"', r' class="\1"', elements)
        for color, variable in PAGE_COLORS.items():
            elements = elements.replace(color, variable)
        return elements
