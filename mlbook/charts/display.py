"""A Display: computed numbers, a way to draw them, and a sentence that says what is seen."""

from __future__ import annotations

import base64
import io
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, Self

from matplotlib import rc_context

from mlbook.charts.theme import STYLE, new_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["Display", "png_bundle"]


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
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png")
    # Drawn with more pixels than shown, so that it stays sharp on a dense screen.
    width, height = (round(100 * inches) for inches in figure.get_size_inches())
    data = {"image/png": base64.b64encode(buffer.getvalue()).decode(), "text/plain": alt}
    return data, {"image/png": {"width": width, "height": height, "alt": alt}}
