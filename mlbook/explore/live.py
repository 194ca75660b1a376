"""What a cell shows: a live picture in a front end, a PNG and one sentence elsewhere."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING, Any

import ipywidgets as widgets

from mlbook.charts.display import png_bundle

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["Live"]


class Live(widgets.VBox):  # type: ignore[misc]  # ipywidgets has no types
    """Controls above a picture above a sentence, in one bundle with the picture as a PNG.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        The picture, for the PNG.
    controls : sequence of ipywidgets.Widget
        What stands above it.

    Attributes
    ----------
    picture, text : ipywidgets.HTML
        The live picture, an ``<svg>`` or ``<img>`` with its alternative text, and the sentence.
    """

    def __init__(self, figure: Figure, controls: list[widgets.Widget]) -> None:
        self.figure = figure
        self.picture, self.text = widgets.HTML(), widgets.HTML()
        row = widgets.HBox(controls, layout=widgets.Layout(flex_flow="row wrap"))
        super().__init__([row, self.picture, self.text])

    @property
    def sentence(self) -> str:
        """What the picture shows."""
        raise NotImplementedError

    @property
    def alt(self) -> str:
        """What stands for the picture where it is not seen."""
        return self.sentence

    def _say(self) -> None:
        words = html.escape(self.sentence)
        self.text.value = f'<p role="status" aria-live="polite">{words}</p>'

    def _repr_mimebundle_(self, **_: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        bundle = super()._repr_mimebundle_()
        data = bundle[0] if isinstance(bundle, tuple) else bundle
        picture, metadata = png_bundle(self.figure, self.alt)
        return {**data, **picture}, metadata
