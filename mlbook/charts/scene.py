"""What happens on a diagram: marks that move along its arrows, on one time axis.

Seconds here are those of the screen; how many seconds of the run they stand for says the sentence.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from mlbook.charts.wiring import wiring

if TYPE_CHECKING:
    from mlbook.charts.drawn import Wiring

__all__ = ["DOT", "LASTS_S", "OUT_OF_SIGHT", "WAY_S", "Mark", "Point", "Scene", "Step"]

LASTS_S = 20.0  # then it begins again
WAY_S = 0.7  # along an arrow that in truth takes too short or too long to be looked at
DOT = 9.0  # points across

Point = tuple[float, float]
Step = tuple[float, float, float]

OUT_OF_SIGHT: Point = (-2.0, -2.0)


@dataclass(frozen=True)
class Mark:
    """One thing that moves, or changes its shade.

    Parameters
    ----------
    steps : tuple of tuple of float
        When it is where: second, x, y in the diagram's units. It is out of sight before and after.
    fills : tuple of (float, str)
        From which second on it has which colour.
    shades : tuple of (float, float)
        Its opacity at some seconds; in between in proportion.
    shape : str
        ``"o"`` or ``"s"``, round or square.
    size : float
        How wide it is, in points.
    """

    steps: tuple[Step, ...]
    fills: tuple[tuple[float, str], ...]
    shades: tuple[tuple[float, float], ...] = ((0.0, 1.0),)
    shape: str = "o"
    size: float = DOT

    def place(self, second: float) -> Point:
        """Tell where it is.

        Parameters
        ----------
        second : float
            When.

        Returns
        -------
        tuple of float
            x and y, or `OUT_OF_SIGHT`.
        """
        seconds, x, y = np.array(self.steps).T
        if not seconds[0] <= second <= seconds[-1]:
            return OUT_OF_SIGHT
        return float(np.interp(second, seconds, x)), float(np.interp(second, seconds, y))

    def look(self, second: float) -> tuple[str, float]:
        """Tell how it looks.

        Parameters
        ----------
        second : float
            When.

        Returns
        -------
        tuple of (str, float)
            Colour and opacity.
        """
        fill = [color for since, color in self.fills if since <= second][-1]
        return fill, float(np.interp(second, *np.array(self.shades).T))


@dataclass(frozen=True)
class Scene:
    """A diagram with all that moves on it; the worst moment of the run is in the middle.

    Parameters
    ----------
    name : str
        Which diagram.
    marks : tuple of Mark
        What moves.
    sentence : str
        What happens, and how many times slower or faster than in the run.
    rings : tuple of tuple of float
        Where workers are.
    """

    name: str
    marks: tuple[Mark, ...]
    sentence: str
    rings: tuple[Point, ...] = ()

    @property
    def wiring(self) -> Wiring:
        """The diagram."""
        return wiring(self.name)
