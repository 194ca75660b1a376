"""Lesson 00: how sure can one be? Two shops, some visitors, and ten other worlds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib import rc_context
from numpy.typing import NDArray

from mlbook.charts.theme import BLUE, STYLE, VERMILION, new_figure, set_title
from mlbook.explore.explorable import Explorable, Knob, View
from mlbook.measure.clicks import Z95
from mlbook.streams import stream

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["TwoShops", "how_sure", "two_shops"]

SHOWN = 10
WORLDS = 2_000


@dataclass(frozen=True)
class TwoShops:
    """Click rates of two shops, measured in many worlds.

    Parameters
    ----------
    clicks_a, clicks_b : ndarray of shape (2000,)
        Clicks per 100 visits measured in each world.
    true_a, true_b : float
        The rates behind them.
    half_width : float
        Half width of a 95 % interval around one measurement of the better shop.
    right_frac : float
        Share of the worlds in which the better shop also looks better.
    """

    clicks_a: NDArray[np.float64]
    clicks_b: NDArray[np.float64]
    true_a: float
    true_b: float
    half_width: float
    right_frac: float


def two_shops(visitors: int, true_a: float, true_b: float) -> TwoShops:
    """Measure two shops with some visitors each, in 2,000 worlds with the same luck every time.

    Parameters
    ----------
    visitors : int
        Visitors of each shop.
    true_a, true_b : float
        True clicks per 100 visits.

    Returns
    -------
    TwoShops
        What each world would have measured.

    Examples
    --------
    >>> two_shops(visitors=10, true_a=20, true_b=40).right_frac < 0.9
    True
    """
    rng = stream(0, "explore/sure")
    n = int(visitors)
    clicks_a = 100 * rng.binomial(n, true_a / 100, WORLDS) / n
    clicks_b = 100 * rng.binomial(n, true_b / 100, WORLDS) / n
    share = max(true_a, true_b) / 100
    half_width = 100 * Z95 * float(np.sqrt(share * (1 - share) / n))
    gap = (clicks_b - clicks_a) * np.sign(true_b - true_a)
    right = float(np.mean(gap > 0)) if true_a != true_b else 0.0
    return TwoShops(clicks_a, clicks_b, true_a, true_b, half_width, right)


class _ShopsView(View):
    """Ten measurements of each shop as dots, the true rates as diamonds."""

    def __init__(self) -> None:
        self.figure: Figure = new_figure(8.8, 2.9, panels=1)
        self.ax = self.figure.axes[0]
        self.figure.subplots_adjust(left=0.16, bottom=0.2)
        with rc_context(STYLE):
            self._build()

    def _build(self) -> None:
        rows = zip((BLUE, VERMILION), ("o", "s"), strict=True)
        self.dots = [
            self.ax.plot([], [], mark, color=color, ms=8, mfc="none", clip_on=False)[0]
            for color, mark in rows
        ]
        self.truth = [self.ax.plot([], [], "D", color=c, ms=7)[0] for c in (BLUE, VERMILION)]
        self.bars = [self.ax.plot([], [], color=c, lw=6, alpha=0.2)[0] for c in (BLUE, VERMILION)]
        self.ax.set(
            xlim=(0, 100), ylim=(1.6, -0.6), yticks=[0, 1], yticklabels=["shop A", "shop B"]
        )
        self.ax.set(xlabel="clicks per 100 visits (○ □ ten worlds, ◆ true, band 95 of 100 worlds)")
        self.ax.grid(visible=False, axis="y")

    def update(self, result: TwoShops) -> None:
        """Move the dots.

        Parameters
        ----------
        result : TwoShops
            What to show.
        """
        measured = (result.clicks_a, result.clicks_b)
        for row, (values, true) in enumerate(
            zip(measured, (result.true_a, result.true_b), strict=True)
        ):
            jitter = row + 0.1 * ((np.arange(SHOWN) % 5) - 2)
            self.dots[row].set_data(values[:SHOWN], jitter)
            self.truth[row].set_data([true], [row])
            self.bars[row].set_data(np.quantile(values, [0.025, 0.975]), [row, row])
        set_title(self.ax, _verdict(result))

    def sentence(self, result: TwoShops) -> str:
        """Say the result in one sentence.

        Parameters
        ----------
        result : TwoShops
            What is shown.

        Returns
        -------
        str
            The interval and how often the better shop looks better.
        """
        return (
            f"One measurement is good to ± {result.half_width:.1f} clicks per 100 visits. "
            f"{_verdict(result)}."
        )


def _verdict(result: TwoShops) -> str:
    if result.true_a == result.true_b:
        return "The two shops are equal, whatever ten worlds say"
    better, other = ("B", "A") if result.true_b > result.true_a else ("A", "B")
    return f"{better} looks better than {other} in {100 * result.right_frac:.0f} of 100 worlds"


def how_sure(visitors: int = 10, true_a: float = 22.0, true_b: float = 34.0) -> Explorable:
    """Make the panel of lesson 00: visitors and true rates against what a measurement says.

    Parameters
    ----------
    visitors : int
        Visitors of each shop, 10 to 1000.
    true_a, true_b : float
        True clicks per 100 visits of each shop, 1 to 99.

    Returns
    -------
    Explorable
        The panel.

    Examples
    --------
    >>> how_sure(visitors=1000).sentence.startswith("One measurement is good to")
    True
    """
    knobs: dict[str, Any] = {
        "visitors": Knob("visitors of each shop", 10, 1000, 10, whole=True),
        "true_a": Knob("clicks per 100, shop A", 1, 99, 1),
        "true_b": Knob("clicks per 100, shop B", 1, 99, 1),
    }
    start = {"visitors": visitors, "true_a": true_a, "true_b": true_b}
    return Explorable(two_shops, _ShopsView(), knobs, **start)
