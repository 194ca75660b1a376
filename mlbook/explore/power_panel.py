"""Lesson 02: base rate, lift and users against the power, and what the winners measure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib import rc_context
from numpy.typing import NDArray

from mlbook import ab
from mlbook.charts.theme import BLUE, GREY, ORANGE, STYLE, VERMILION, new_figure, set_title
from mlbook.explore.explorable import Explorable, Knob, View
from mlbook.streams import stream

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["PowerOfTests", "power", "power_of_tests"]

TESTS = 10_000
SIZES = np.geomspace(100, 1_000_000, 150)
BINS = 80
TOPS_PERCENT = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000)


@dataclass(frozen=True)
class PowerOfTests:
    """Ten thousand equal tests, and the law for all sizes.

    Parameters
    ----------
    law : ndarray of shape (150,)
        The power at each of `SIZES`, 0 to 1.
    users : int
        Users in each arm of the tests.
    found_frac : float
        Share of the 10,000 tests that found a difference.
    needed : int
        Users in each arm for a power of .8.
    lift_percent : float
        The true lift.
    edges, tests, wins : ndarray
        Measured lifts in percent: edges of the bins, all tests in each, and those that won.
    exaggeration : float
        The mean effect of the winners over the true one; NaN without winners.
    """

    law: NDArray[np.float64]
    users: int
    found_frac: float
    needed: int
    lift_percent: float
    edges: NDArray[np.float64]
    tests: NDArray[np.int64]
    wins: NDArray[np.int64]
    exaggeration: float


def power_of_tests(lift_percent: float, base_percent: float, users: int) -> PowerOfTests:
    """Run ten thousand A/B tests of one effect, always with the same luck.

    Parameters
    ----------
    lift_percent : float
        How many percent more of treatment's users click, > 0.
    base_percent : float
        The share of control's users who click, in percent.
    users : int
        Users in each arm.

    Returns
    -------
    PowerOfTests
        The law and the counts.

    Examples
    --------
    >>> result = power_of_tests(lift_percent=5, base_percent=5, users=122_124)
    >>> result.needed, round(result.found_frac, 1)
    (122124, 0.8)
    """
    p1 = base_percent / 100
    p2, n = min(p1 * (1 + lift_percent / 100), 0.99), int(users)
    clicks = stream(0, "explore/power").binomial(n, [p1, p2], (TESTS, 2))
    found = ab.proportions(clicks, [n, n])
    lift = 100 * found.effect / p1  # of the true rate of control: no division by luck
    wins = found.significant & (found.effect > 0)
    # The axis grows in steps, because drawing it is what takes time.
    widest = lift_percent + 300 * np.sqrt((p1 + p2) / n) / p1
    top = next((top for top in TOPS_PERCENT if top >= widest), TOPS_PERCENT[-1])
    edges = np.linspace(-top, top, BINS + 1)
    return PowerOfTests(
        ab.power(p1, p2, SIZES), n, float(found.significant.mean()),
        int(ab.sample_size(p1, p2)), lift_percent, edges,
        np.histogram(lift, edges)[0], np.histogram(lift[wins], edges)[0],
        float(found.effect[wins].mean() / (p2 - p1)) if wins.any() else np.nan,
    )  # fmt: skip


class _PowerView(View):
    """The power against the size on the left, what the tests measure on the right."""

    def __init__(self) -> None:
        self.figure: Figure = new_figure(9.2, 3.5, panels=2)
        self.left, self.right = self.figure.axes
        self.left.set_position((0.075, 0.17, 0.42, 0.69))
        self.right.set_position((0.565, 0.17, 0.42, 0.69))
        with rc_context(STYLE):
            self._build()

    def _build(self) -> None:
        (self.law,) = self.left.plot([], [], "--", color=VERMILION, lw=2, label="law")
        (self.dot,) = self.left.plot([], [], "o", color=BLUE, ms=9, label="10,000 tests")
        self.need = self.left.axvline(1, ymax=0.84, color=GREY, ls=":")
        self.left.axhline(80, color=GREY, ls=":", lw=1)
        self.left.set(xscale="log", xlim=(SIZES[0], SIZES[-1]), ylim=(0, 125))
        self.left.set_yticks(range(0, 101, 20))
        self.left.set_xticks(
            [100, 1e3, 1e4, 1e5, 1e6], ["100", "1,000", "10,000", "100,000", "1 M"]
        )
        self.left.minorticks_off()
        self.left.set(xlabel="users in each arm", ylabel="% of the tests that find it")
        self.left.legend(loc="upper left", ncols=2)
        edges = np.arange(BINS + 1.0)
        look: dict[str, Any] = {"fill": True, "lw": 0}
        self.all = self.right.stairs(np.zeros(BINS), edges, fc=(GREY, 0.35), label="all", **look)
        self.won = self.right.stairs(
            np.zeros(BINS),
            edges,
            fc=(ORANGE, 0.85),
            hatch="//",
            ec="white",
            label="winners",
            **look,
        )
        self.true = self.right.axvline(0, ymax=0.82, color=BLUE, lw=2, label="true")
        self.right.set(ylim=(0, 1.25), yticks=[], ylabel="tests", xlabel="measured lift, %")
        self.right.legend(loc="upper right", ncols=3, handlelength=1.2)
        titles = [set_title(ax, "") for ax in (self.left, self.right)]
        self.moving = [self.law, self.dot, self.need, self.all, self.won, self.true, *titles]

    def update(self, result: PowerOfTests) -> None:
        """Move the curve, the dot and the bars.

        Parameters
        ----------
        result : PowerOfTests
            What to show.
        """
        self.law.set_data(SIZES, 100 * result.law)
        self.dot.set_data([result.users], [100 * result.found_frac])
        self.need.set_xdata([result.needed] * 2)
        most = result.tests.max()
        self.all.set_data(result.tests / most, result.edges)
        self.won.set_data(result.wins / most, result.edges)
        self.true.set_xdata([result.lift_percent] * 2)
        self.right.set_xlim(result.edges[0], result.edges[-1])
        found = f"{100 * result.found_frac:.0f} % find it"
        set_title(self.left, f"{found}; 80 % need {result.needed:,}")
        set_title(self.right, _told(result))

    def sentence(self, result: PowerOfTests) -> str:
        """Say the result in one sentence.

        Parameters
        ----------
        result : PowerOfTests
            What is shown.

        Returns
        -------
        str
            Power, size for a power of .8, and the exaggeration.
        """
        return (
            f"With {result.users:,} users in each arm {100 * result.found_frac:.0f} of 100 tests "
            f"find a lift of {result.lift_percent:g} %; for 80 it takes {result.needed:,}. "
            f"{_told(result)}."
        )


def _told(result: PowerOfTests) -> str:
    if np.isnan(result.exaggeration):
        return "No test wins"
    digits = 0 if result.exaggeration >= 10 else 1
    return f"Winners show {result.exaggeration:,.{digits}f} times the truth"


def power(lift_percent: float = 5.0, base_percent: float = 5.0, users: int = 20_000) -> Explorable:
    """Make the panel of lesson 02 on power: rate, lift and users against what is found.

    Parameters
    ----------
    lift_percent : float
        How many percent more of treatment's users click, 1 to 80.
    base_percent : float
        The share of control's users who click in percent, 0.5 to 50.
    users : int
        Users in each arm, 100 to 1,000,000.

    Returns
    -------
    Explorable
        The panel.

    Examples
    --------
    >>> power().set(users=122_124).found_frac > 0.78
    True
    """
    knobs = {
        "lift_percent": Knob("true lift, %", 1, 80, 1),
        "base_percent": Knob("clicks of 100, control", 0.5, 50, 0.05, log=True),
        "users": Knob("users in each arm", 100, 1_000_000, 0.1, log=True),
    }
    start = {"lift_percent": lift_percent, "base_percent": base_percent, "users": users}
    return Explorable(power_of_tests, _PowerView(), knobs, **start)
