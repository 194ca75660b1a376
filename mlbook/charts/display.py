"""A Display: computed numbers, a way to draw them, and a sentence that says what is seen."""

from __future__ import annotations

import base64
import io
from abc import ABC, abstractmethod
from html import escape
from typing import TYPE_CHECKING, Any, Self

from matplotlib import rc_context

from mlbook.charts.theme import STYLE, new_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["Display", "png_bundle", "png_tag"]


class Display(ABC):
    """Base of the pictures.

    Subclasses take computed numbers; their ``from_run`` or ``from_runs`` computes them. As the last
    expression of a cell a Display shows itself, with a text for those who do not see it.

    Attributes
    ----------
    ax_, figure_ : matplotlib Axes and Figure
        Set by :meth:`plot`.
    """

    size: tuple[float, float] = (8.0, 3.4)
    has_axes = True  # False for a picture that is no plot: it fills its figure
    ax_: Axes
    figure_: Figure

    @abstractmethod
    def draw(self, ax: Axes) -> None:
        """Draw into axes.

        Parameters
        ----------
        ax : matplotlib.axes.Axes
            Where.
        """

    @abstractmethod
    def alt_text(self) -> str:
        """Say in one or two sentences what the picture shows, with its numbers."""

    def plot(self, ax: Axes | None = None) -> Self:
        """Draw the picture.

        Parameters
        ----------
        ax : matplotlib.axes.Axes, optional
            Where; a new figure when left out.

        Returns
        -------
        Display
            This display.
        """
        with rc_context(STYLE):
            self.ax_ = ax if ax is not None else self._new_axes()
            self.draw(self.ax_)
        figure = self.ax_.get_figure(root=True)
        if figure is not None:
            self.figure_ = figure
        return self

    def _new_axes(self) -> Axes:
        if self.has_axes:
            return new_figure(*self.size).axes[0]
        return new_figure(*self.size, panels=0).add_axes((0.01, 0.01, 0.98, 0.98))

    def _repr_mimebundle_(self, **_: Any) -> tuple[dict[str, str], dict[str, Any]]:
        if not hasattr(self, "figure_"):
            self.plot()
        return png_bundle(self.figure_, self.alt_text())


def png_bundle(figure: Figure, alt: str) -> tuple[dict[str, str], dict[str, Any]]:
    """Make what a notebook stores for a picture: the PNG, its size and its text.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        The picture.
    alt : str
        What it shows.

    Returns
    -------
    tuple of dict
        Data and metadata of a mime bundle.
    """
    # Drawn with more pixels than shown, so that it stays sharp on a dense screen.
    data = {"image/png": _base64_png(figure, dpi=150), "text/plain": alt}
    width, height = _shown_size(figure)
    return data, {"image/png": {"width": width, "height": height, "alt": alt}}


def png_tag(figure: Figure, alt: str) -> str:
    """Make an HTML element of a figure, for a picture that is replaced many times.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        The picture.
    alt : str
        What it shows.

    Returns
    -------
    str
        One ``<img>`` element that holds the PNG.
    """
    width, height = _shown_size(figure)
    # Decoded at once, or the page would show a gap between two pictures.
    return (
        f'<img alt="{escape(alt)}" width="{width}" height="{height}" decoding="sync" '
        f'style="max-width: 100%; height: auto" '
        f'src="data:image/png;base64,{_base64_png(figure, dpi=100, compress_level=1)}">'
    )


def _base64_png(figure: Figure, dpi: int, compress_level: int = 6) -> str:
    buffer = io.BytesIO()
    pil = {"compress_level": compress_level}
    figure.savefig(buffer, format="png", dpi=dpi, pil_kwargs=pil)
    return base64.b64encode(buffer.getvalue()).decode()


def _shown_size(figure: Figure) -> tuple[int, int]:
    width, height = figure.get_size_inches()
    return round(100 * width), round(100 * height)
