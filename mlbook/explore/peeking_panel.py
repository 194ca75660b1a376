"""Lesson 02: how often somebody looks, against how often nothing is found to be something."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib import rc_context
from numpy.typing import NDArray

from mlbook import ab
from mlbook.charts.theme import BLUE, GREY, STYLE, VERMILION, new_figure, set_title
from mlbook.explore.explorable import Explorable, Knob, View
from mlbook.streams import stream

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["Peeking", "peeking", "peeking_of"]

TESTS = 10_000
SHOWN = 30
MOST = 60
Z95 = 1.96


@dataclass(frozen=True)
class Peeking:
    """Ten thousand tests, each read several times.

    Parameters
    ----------
    share : ndarray of shape (looks,)
        Share of the planned users at each look.
    paths : ndarray of shape (30, looks)
        Standard errors apart at each look, of 30 of the tests.
    stopped : ndarray of bool of shape (30,)
        Whether a look of these found p < .05.
    found, law : ndarray of shape (looks,)
        Share of all tests that some look until then found: counted, and by the exact law.
    effect : float
        The true difference, in standard errors at the end.
    exaggeration : float
        The mean effect that was read off when a test was stopped as a win, over the true one; NaN
        without an effect.
    """

    share: NDArray[np.float64]
    paths: NDArray[np.float64]
    stopped: NDArray[np.bool_]
    found: NDArray[np.float64]
    law: NDArray[np.float64]
    effect: float
    exaggeration: float


@cache
def _luck() -> NDArray[np.float32]:
    """What each test gains between two looks; one row a look."""
    return stream(0, "explore/peeking").standard_normal((MOST, TESTS), dtype=np.float32)


def peeking_of(looks: int, effect: float) -> Peeking:
    """Read ten thousand tests at evenly spaced looks, and stop at the first p < .05.

    Parameters
    ----------
    looks : int
        How often each is read, 1 to 60.
    effect : float
        The true difference in standard errors at the end; 0 is an A/A test, 2.8 a power of .8.

    Returns
    -------
    Peeking
        Counts and law. Differences are normal, as they are with many users.

    Examples
    --------
    >>> result = peeking_of(looks=14, effect=0.0)
    >>> round(float(result.found[-1]), 2), round(float(result.law[-1]), 2)
    (0.22, 0.22)
    """
    n = int(looks)
    at, gain = np.arange(1, n + 1) / n, np.float32(effect / np.sqrt(n))
    total, going = np.zeros(TESTS, np.float32), np.ones(TESTS, bool)
    paths, found, read = np.empty((SHOWN, n)), np.empty(n), []
    for k, luck in enumerate(_luck()[:n]):
        total += luck + gain
        z = total / np.float32(np.sqrt(k + 1))
        paths[:, k] = z[:SHOWN]
        stops = going & (np.abs(z) > Z95)
        going &= ~stops
        found[k] = 1 - going.mean()
        if effect:  # the mean until then, in units of the true one
            read.append(total[stops & (z > 0)] / ((k + 1) * gain))
    exaggeration = float(np.concatenate(read).mean()) if effect else np.nan
    law = ab.crossing(np.full(n, Z95), n, drift=effect).cumsum()
    return Peeking(at, paths, ~going[:SHOWN], found, law, effect, exaggeration)


class _PeekingView(View):
    """Thirty tests on the left, how many were ever significant on the right."""

    def __init__(self) -> None:
        self.figure: Figure = new_figure(9.2, 3.5, panels=2)
        self.left, self.right = self.figure.axes
        self.left.set_position((0.075, 0.17, 0.50, 0.69))
        self.right.set_position((0.65, 0.17, 0.335, 0.69))
        with rc_context(STYLE):
            self._build()

    def _build(self) -> None:
        self.left.axhspan(-Z95, Z95, color=GREY, alpha=0.12, lw=0)
        # One line for each group of tests: the gaps between them are NaN.
        looks: list[dict[str, Any]] = [
            {"color": GREY, "lw": 0.7, "alpha": 0.7},
            {"color": VERMILION, "lw": 1.1},
        ]
        self.lines = [self.left.plot([], [], **look)[0] for look in looks]
        self.left.set(xlim=(0, 1.02), ylim=(-5, 5), xlabel="share of the planned users seen")
        self.left.set_ylabel("standard errors apart")
        (self.law,) = self.right.plot([], [], "--", color=VERMILION, lw=2, label="law")
        (self.dots,) = self.right.plot([], [], "o", color=BLUE, ms=4, label="10,000 tests")
        self.right.axhline(5, color=GREY, ls=":")
        self.right.set(xlim=(0, 1.02), ylim=(0, 104), xlabel="share of the planned users seen")
        self.right.set_ylabel("% stopped so far")
        self.right.legend(loc="upper left")
        titles = [set_title(ax, "") for ax in (self.left, self.right)]
        self.moving = [*self.lines, self.law, self.dots, *titles]

    def update(self, result: Peeking) -> None:
        """Move the tests, the dots and the law.

        Parameters
        ----------
        result : Peeking
            What to show.
        """
        at = np.append(result.share, np.nan)
        for line, mine in zip(self.lines, (~result.stopped, result.stopped), strict=True):
            paths = np.pad(result.paths[mine], ((0, 0), (0, 1)), constant_values=np.nan)
            line.set_data(np.tile(at, len(paths)), paths.ravel())
        mark = "o" if result.share.size == 1 else ""
        for line in self.lines:
            line.set_marker(mark)
        self.law.set_data(np.append(0, result.share), 100 * np.append(0, result.law))
        self.dots.set_data(result.share, 100 * result.found)
        kind = "nothing to find" if result.effect == 0 else f"true: {result.effect:.1f} at the end"
        set_title(self.left, f"30 tests, {kind}")
        set_title(self.right, f"{100 * result.found[-1]:.1f} % stopped")

    def sentence(self, result: Peeking) -> str:
        """Say the result in one sentence.

        Parameters
        ----------
        result : Peeking
            What is shown.

        Returns
        -------
        str
            Looks, how many tests were stopped, and how much they exaggerate.
        """
        looks = f"{result.share.size} look{'' if result.share.size == 1 else 's'}"
        stopped = f"{100 * result.found[-1]:.1f} of 100 tests were stopped at p < .05"
        if result.effect == 0:
            return f"{looks}, nothing to find: {stopped}, by law {100 * result.law[-1]:.1f}."
        return (
            f"{looks} at a true difference of {result.effect:.1f} standard errors: {stopped}, and "
            f"the winners showed {result.exaggeration:.2f} times the truth."
        )


def peeking(looks: int = 7, effect: float = 0.0) -> Explorable:
    """Make the panel of lesson 02 on peeking: how often one looks, and what there is to find.

    Parameters
    ----------
    looks : int
        How often each test is read, 1 to 60.
    effect : float
        The true difference in standard errors at the end, 0 to 4; 2.8 is a power of .8.

    Returns
    -------
    Explorable
        The panel.

    Examples
    --------
    >>> peeking(looks=1).sentence.startswith("1 look, nothing to find:")
    True
    """
    knobs = {
        "looks": Knob("looks", 1, MOST, whole=True),
        "effect": Knob("true difference, in s.e.", 0, 4, 0.1),
    }
    return Explorable(peeking_of, _PeekingView(), knobs, looks=looks, effect=effect)
