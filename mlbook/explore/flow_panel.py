"""A diagram that moves: the requests of a run on their way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ipywidgets as widgets

from mlbook.charts.flow import FlowDisplay
from mlbook.explore.live import Live

if TYPE_CHECKING:
    from mlbook.experiment import Run

__all__ = ["Flow", "flow"]


class Flow(Live):
    """A diagram that moves, with a button to make it stand still.

    Parameters
    ----------
    display : FlowDisplay
        What moves.

    Attributes
    ----------
    still : ipywidgets.ToggleButton
        Pressed, the worst moment stands still.
    """

    def __init__(self, display: FlowDisplay) -> None:
        self.display = display.plot()
        self.still = widgets.ToggleButton(description="Stand still", icon="pause")
        self.still.observe(self._draw, "value")
        super().__init__(display.figure_, [self.still])
        self._draw()
        self._say()

    @property
    def sentence(self) -> str:
        """What happens."""
        return self.display.scene.sentence

    @property
    def alt(self) -> str:
        """What happens, and in which diagram."""
        return self.display.alt_text()

    def _draw(self, _: Any = None) -> None:
        self.picture.value = self.display.svg(still=self.still.value)


def flow(run: Run) -> Flow:
    """Let the requests of a run travel through its pattern's diagram, around its worst moment.

    Parameters
    ----------
    run : Run
        Of :class:`mlbook.RestApi`, without faults: its longest line, in slow motion. Or of
        :class:`mlbook.SharedDb`: its oldest table, in fast motion.

    Returns
    -------
    Flow
        The picture; where there is no front end, the worst moment stands still.

    Examples
    --------
    >>> import mlbook as mb
    >>> minute = mb.World(seed=1, days=7, users=60).rush(at=6 * mb.DAY, lasting=5, rate_per_s=50)
    >>> flow(mb.run(mb.RestApi(), minute)).alt.startswith("Diagram with requests on their way")
    True
    """
    return Flow(FlowDisplay.from_run(run))
