"""One shell for every panel: a pure function, a view that draws its result, and sliders.

``compute(**params) -> result`` knows nothing of pictures; ``view.update(result)`` changes the
artists of one figure in place; this shell passes values from the sliders to the one and the picture
of the other to the screen. A view that names its moving artists goes there as SVG, which is several
times faster than a PNG.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import ipywidgets as widgets

from mlbook.charts.display import png_tag
from mlbook.charts.svg import Film
from mlbook.explore.live import Live
from mlbook.validate import did_you_mean, integer, number

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.figure import Figure

__all__ = ["Explorable", "Knob", "View"]

RESTED_AFTER_S = 0.4


@dataclass(frozen=True)
class Knob:
    """One slider.

    Parameters
    ----------
    label : str
        What a person reads.
    low, high, step : float
        Its range and step.
    whole : bool
        Whether only whole numbers make sense.
    log : bool
        Whether the slider runs over orders of magnitude; `step` is then in powers of ten.
    """

    label: str
    low: float
    high: float
    step: float = 1.0
    whole: bool = False
    log: bool = False

    def check(self, name: str, value: Any) -> float:
        """Return the value, or raise: a slider would silently clamp it and show another world.

        Parameters
        ----------
        name : str
            The parameter.
        value : Any
            Its value.

        Returns
        -------
        float
            The value, an int for a whole knob.
        """
        if self.whole:
            integer(name, value, at_least=int(self.low), unit=self.label)
        number(name, value, at_least=self.low, at_most=self.high, unit=self.label)
        return int(value) if self.whole else float(value)

    def slider(self, value: float) -> widgets.Widget:
        """Make the slider.

        Parameters
        ----------
        value : float
            Where it stands at first.

        Returns
        -------
        ipywidgets.Widget
            An IntSlider, a FloatSlider or a FloatLogSlider.
        """
        if self.log:
            low, high = math.log10(self.low), math.log10(self.high)
            return widgets.FloatLogSlider(
                value, min=low, max=high, step=self.step, **self._look(".3s")
            )
        cast = int if self.whole else float
        look = self._look("d" if self.whole else (".0f" if self.step >= 1 else ".1f"))
        kind = widgets.IntSlider if self.whole else widgets.FloatSlider
        limits = {"min": cast(self.low), "max": cast(self.high), "step": cast(self.step)}
        return kind(value=cast(value), **limits, **look)

    def _look(self, readout: str) -> dict[str, Any]:
        return {
            "description": self.label,
            "style": {"description_width": "13em"},
            "layout": widgets.Layout(width="32em"),
            "readout_format": readout,
        }


class View(Protocol):
    """Draws a result into one figure.

    Attributes
    ----------
    figure : matplotlib.figure.Figure
        The figure.
    moving : sequence of matplotlib.artist.Artist
        All that ``update`` changes besides the limits of the axes, for a panel that is dragged a
        lot. When it is empty, the whole figure is drawn anew at each step.
    """

    figure: Figure
    moving: Sequence[Artist] = ()

    def update(self, result: Any) -> None:
        """Change the artists in place.

        Parameters
        ----------
        result : Any
            What the panel's function computed.
        """

    def sentence(self, result: Any) -> str:
        """Say the result in one sentence.

        Parameters
        ----------
        result : Any
            What the panel's function computed.

        Returns
        -------
        str
            For the screen reader, the offline page and everyone else.
        """


class Explorable(Live):
    """A panel of sliders around a pure function.

    Parameters
    ----------
    compute : callable
        ``compute(**params)`` gives the result; it is pure and takes one argument a knob.
    view : View
        Draws the result and says it.
    knobs : mapping of str to Knob
        The sliders, by argument name.
    **start : float
        Where the sliders stand at first, usually the lesson's parameters.

    Attributes
    ----------
    result : Any
        What is shown now.
    """

    def __init__(
        self, compute: Callable[..., Any], view: View, knobs: Mapping[str, Knob], **start: float
    ) -> None:
        self.compute, self.view, self.knobs = compute, view, dict(knobs)
        checked = {name: knob.check(name, start[name]) for name, knob in self.knobs.items()}
        self.controls = {name: knob.slider(checked[name]) for name, knob in self.knobs.items()}
        self._put = checked
        self._film = Film(view.figure, view.moving) if view.moving else None
        self._waiting: asyncio.TimerHandle | None = None
        for control in self.controls.values():
            control.observe(self._moved, "value")
        super().__init__(view.figure, list(self.controls.values()))
        self._refresh()
        self._say()

    @property
    def params(self) -> dict[str, float]:
        """Where the sliders stand, and exactly where they were put as long as nobody moves them."""
        return {
            name: self._put[name] if self._untouched(name) else control.value
            for name, control in self.controls.items()
        }

    def _untouched(self, name: str) -> bool:
        """A front end moves a logarithmic slider to its nearest step when it shows it."""
        knob = self.knobs[name]
        if not knob.log:
            return False
        return abs(math.log10(self.controls[name].value / self._put[name])) <= knob.step / 2

    @property
    def sentence(self) -> str:
        """The result in one sentence."""
        return self.view.sentence(self.result)

    def set(self, **params: float) -> Any:
        """Do what the sliders do.

        Parameters
        ----------
        **params : float
            New values by name; the others stay.

        Returns
        -------
        Any
            The new result.
        """
        for name, value in params.items():
            if name not in self.knobs:
                text = f"no slider {name!r}.{did_you_mean(name, self.knobs)}"
                raise TypeError(f"{text} The sliders are: {', '.join(self.knobs)}.")
            params[name] = self.knobs[name].check(name, value)
        for name, value in params.items():
            self._put[name], control = value, self.controls[name]
            control.unobserve(self._moved, "value")
            control.value = value
            control.observe(self._moved, "value")
        self._refresh()
        self._say()
        return self.result

    def _moved(self, _: Any) -> None:
        self._refresh()
        # A screen reader should hear where a slider came to rest, not every step on the way.
        if self._waiting:
            self._waiting.cancel()
        try:
            self._waiting = asyncio.get_running_loop().call_later(RESTED_AFTER_S, self._say)
        except RuntimeError:  # no event loop: nobody is dragging
            self._say()

    def _refresh(self) -> None:
        self.result = self.compute(**self.params)
        self.view.update(self.result)
        self.picture.value = (
            self._film.draw(self.sentence) if self._film else png_tag(self.figure, self.sentence)
        )
