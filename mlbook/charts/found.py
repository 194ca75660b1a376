"""How often a test finds something: p-values of A/A tests, and the power against its law."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import NDArray

from mlbook.charts.display import Display
from mlbook.charts.theme import BLUE, DASHES, GREY, SERIES, VERMILION

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from mlbook.ab import Estimate

__all__ = ["PValuesDisplay", "PowerDisplay"]

BINS = 20  # one of them holds what is below .05


@dataclass
class PValuesDisplay(Display):
    """How often each p-value came up in many A/A tests; a sound test has them all alike.

    Parameters
    ----------
    series : dict of str to ndarray
        By name the p-values of many tests without an effect.
    """

    series: dict[str, NDArray[np.float64]]

    @classmethod
    def from_estimates(cls, estimates: Mapping[str, Estimate]) -> Self:
        """Take the p-values of many tests.

        Parameters
        ----------
        estimates : mapping of str to Estimate
            Each of many experiments, by the name that the picture shows.

        Returns
        -------
        PValuesDisplay
            Not drawn yet.
        """
        return cls({name: np.asarray(each.p_value) for name, each in estimates.items()})

    @property
    def alarms_percent(self) -> dict[str, float]:
        """By name, how many in a hundred are below .05."""
        return {name: 100 * float((p < 0.05).mean()) for name, p in self.series.items()}

    def draw(self, ax: Axes) -> None:
        edges = np.linspace(0, 1, BINS + 1)
        most = 0.0
        for row, (name, p) in enumerate(self.series.items()):
            share = 100 * np.histogram(p, edges)[0] / p.size
            label = f"{name}: {self.alarms_percent[name]:.1f} % below .05"
            look: dict[str, Any] = {"color": SERIES[row % 4], "ls": DASHES[row % 4], "lw": 2}
            ax.stairs(share, edges, baseline=None, label=label, **look)
            most = max(most, float(share.max()))
        ax.axvspan(0, 0.05, color=VERMILION, alpha=0.12, lw=0)
        ax.axhline(100 / BINS, color=GREY, ls=":", lw=1.5, label="as often as it should")
        ax.set(xlim=(0, 1), ylim=(0, 1.45 * most), xlabel="p-value", ylabel="% of the tests")
        ax.legend(loc="upper right")
        size = len(next(iter(self.series.values())))
        ax.set_title(f"{size:,} tests of nothing against nothing")

    def alt_text(self) -> str:
        words = [
            f"{name}: {percent:.1f} % are below .05"
            for name, percent in self.alarms_percent.items()
        ]
        return f"Histogram of the p-values of A/A tests, in steps of .05. {'; '.join(words)}."


@dataclass
class PowerDisplay(Display):
    """The share of the tests that find a true effect, by their size, and what was predicted.

    Parameters
    ----------
    sizes : ndarray of shape (n,)
        The size of the tests.
    found : ndarray of shape (n,)
        Share of them that found the effect, 0 to 1.
    half_width : ndarray of shape (n,)
        Half width of the 95 % interval of `found`.
    predicted : ndarray of shape (n,)
        The law's word, 0 to 1.
    xlabel : str
        What the size counts.
    """

    sizes: NDArray[np.float64]
    found: NDArray[np.float64]
    half_width: NDArray[np.float64]
    predicted: NDArray[np.float64]
    xlabel: str = "users in the test"

    @classmethod
    def from_estimates(cls, estimates: Mapping[float, Estimate], predicted: Any) -> Self:
        """Count what was found.

        Parameters
        ----------
        estimates : mapping of float to Estimate
            By size, each of many experiments.
        predicted : array_like of shape (n,)
            The power of each size.

        Returns
        -------
        PowerDisplay
            Not drawn yet.
        """
        found = np.array([np.mean(each.significant) for each in estimates.values()])
        tests = np.array([np.size(each.effect) for each in estimates.values()])
        half = 1.96 * np.sqrt(found * (1 - found) / tests)
        return cls(np.array(list(estimates), dtype=float), found, half, np.asarray(predicted))

    def draw(self, ax: Axes) -> None:
        order = np.argsort(self.sizes)
        law, dots = 100 * self.predicted[order], 100 * self.found
        ax.plot(self.sizes[order], law, "--", color=VERMILION, label="predicted", lw=2)
        look: dict[str, Any] = {"fmt": "o", "color": BLUE, "ms": 7, "capsize": 3}
        ax.errorbar(self.sizes, dots, 100 * self.half_width, label="counted", **look)
        ax.axhline(80, color=GREY, ls=":", lw=1.2, label="80 %: what many plans ask for")
        ax.set(ylim=(0, 104), xlabel=self.xlabel, ylabel="% of the tests that find it")
        ax.set_xlim(0, 1.05 * self.sizes.max())
        ax.legend(loc="lower right")
        ax.set_title("How often is a true difference found?")

    def alt_text(self) -> str:
        words = [
            f"{size:,.0f}: {100 * found:.0f} % (predicted {100 * law:.0f} %)"
            for size, found, law in zip(self.sizes, self.found, self.predicted, strict=True)
        ]
        return (
            f"Dots for the share of tests that find a true effect, by {self.xlabel}, and a dashed "
            f"line for the prediction. {'; '.join(words)}."
        )
