"""Lesson 02: boundaries under which one may look, and when each of them lets a test stop."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib import rc_context
from numpy.typing import NDArray

from mlbook import ab
from mlbook.charts.theme import DASHES, GREY, MARKERS, SERIES, STYLE, new_figure, set_title
from mlbook.explore.explorable import Explorable, Knob, View

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["Boundaries", "boundaries", "boundaries_of"]

NAMES = ("Pocock", "O'Brien-Fleming", "always valid")
MOST = 14
Z95 = 1.96


@dataclass(frozen=True)
class Boundaries:
    """Three ways to be allowed to look.

    Parameters
    ----------
    z : dict of str to ndarray of shape (looks,)
        By name, the standard errors that each look must exceed.
    stopped : dict of str to ndarray of shape (looks,)
        By name, the share of the tests that were stopped until then.
    seen : dict of str to float
        By name, the mean share of the planned users that a test needs.
    effect : float
        The true difference, in standard errors at the end.
    """

    z: dict[str, NDArray[np.float64]]
    stopped: dict[str, NDArray[np.float64]]
    seen: dict[str, float]
    effect: float


@cache
def _bars(looks: int) -> dict[str, NDArray[np.float64]]:
    """Give the boundaries; two of them are solved for, which takes a few hundredths of a second."""
    seen = np.arange(1, looks + 1) / looks
    kinds = (
        ab.boundary("pocock", looks),
        ab.boundary("obrien_fleming", looks),
        ab.always_valid_z(seen, tuned_n=1.0),
    )
    return dict(zip(NAMES, kinds, strict=True))


def boundaries_of(looks: int, effect: float) -> Boundaries:
    """Compare three boundaries at evenly spaced looks.

    Parameters
    ----------
    looks : int
        How often the test is read, 1 to 14.
    effect : float
        The true difference in standard errors at the end; 0 is an A/A test, 2.8 a power of .8 with
        one look.

    Returns
    -------
    Boundaries
        Exact, nothing is simulated.

    Examples
    --------
    >>> result = boundaries_of(looks=7, effect=0.0)
    >>> {name: round(float(share[-1]), 3) for name, share in result.stopped.items()}
    {'Pocock': 0.05, "O'Brien-Fleming": 0.05, 'always valid': 0.008}
    """
    n = int(looks)
    bars, share = _bars(n), np.arange(1, n + 1) / n
    stops = {name: ab.crossing(z, n, drift=effect) for name, z in bars.items()}
    seen = {name: float(each @ share + 1 - each.sum()) for name, each in stops.items()}
    return Boundaries(bars, {name: each.cumsum() for name, each in stops.items()}, seen, effect)


class _BoundariesView(View):
    """The boundaries on the left, how many were stopped on the right."""

    def __init__(self) -> None:
        self.figure: Figure = new_figure(9.2, 3.5, panels=2)
        self.left, self.right = self.figure.axes
        self.left.set_position((0.075, 0.17, 0.42, 0.69))
        self.right.set_position((0.575, 0.17, 0.41, 0.69))
        with rc_context(STYLE):
            self._build()

    def _build(self) -> None:
        self.left.axhline(Z95, color=GREY, ls=":", label="one look only")
        self.bars, self.stops = {}, {}
        for row, name in enumerate(NAMES):
            look: dict[str, Any] = {"color": SERIES[row], "ls": DASHES[row], "lw": 2}
            look |= {"marker": MARKERS[row], "ms": 5}
            (self.bars[name],) = self.left.plot([], [], label=name, **look)
            (self.stops[name],) = self.right.plot([], [], **look)
        self.left.set(xlim=(0, 1.04), ylim=(1.5, 7.5), xlabel="share of the planned users seen")
        self.left.set_ylabel("standard errors to stop")
        self.left.legend(loc="upper right")
        self.right.axhline(5, color=GREY, ls=":")
        self.right.set(xlim=(0, 1.04), ylim=(0, 104), xlabel="share of the planned users seen")
        self.right.set_ylabel("% stopped so far")
        titles = [set_title(ax, "") for ax in (self.left, self.right)]
        self.moving = [*self.bars.values(), *self.stops.values(), *titles]

    def update(self, result: Boundaries) -> None:
        """Move the curves.

        Parameters
        ----------
        result : Boundaries
            What to show.
        """
        for name, z in result.z.items():
            share = np.arange(1, z.size + 1) / z.size
            self.bars[name].set_data(share, z)
            self.stops[name].set_data(share, 100 * result.stopped[name])
        set_title(self.left, f"{z.size} look{'' if z.size == 1 else 's'}")
        there = f"true difference: {result.effect:.1f} standard errors"
        set_title(self.right, there if result.effect else "nothing to find")

    def sentence(self, result: Boundaries) -> str:
        """Say the result in one sentence.

        Parameters
        ----------
        result : Boundaries
            What is shown.

        Returns
        -------
        str
            How many tests each boundary stops, and how many users it takes.
        """
        words = [
            f"{name} stops {100 * share[-1]:.1f} of 100 tests and needs "
            f"{100 * result.seen[name]:.0f} % of the users on average"
            for name, share in result.stopped.items()
        ]
        return f"{'; '.join(words)}."


def boundaries(looks: int = 7, effect: float = 2.8) -> Explorable:
    """Make the panel of lesson 02 on boundaries: looks and a true difference.

    Parameters
    ----------
    looks : int
        How often the test is read, 1 to 14.
    effect : float
        The true difference in standard errors at the end, 0 to 5; 2.8 is a power of .8.

    Returns
    -------
    Explorable
        The panel.

    Examples
    --------
    >>> boundaries().sentence.startswith("Pocock stops 69.4 of 100 tests")
    True
    """
    knobs = {
        "looks": Knob("looks", 1, MOST, whole=True),
        "effect": Knob("true difference, in s.e.", 0, 5, 0.1),
    }
    return Explorable(boundaries_of, _BoundariesView(), knobs, looks=looks, effect=effect)
