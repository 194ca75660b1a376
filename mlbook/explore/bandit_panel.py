"""Lesson 02: deciding after a test against deciding all the time, and what each costs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from matplotlib import rc_context
from numpy.typing import NDArray
from scipy.special import ndtr

from mlbook.charts.theme import DASHES, SERIES, STYLE, new_figure, set_title
from mlbook.explore.explorable import Explorable, Knob, View
from mlbook.streams import stream

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["Deciding", "Way", "bandit", "deciding"]

VISITORS = 20_000
STEPS = 40
BATCH = VISITORS // STEPS  # visitors between two looks at the counts
TIMES = 400
Counts = NDArray[np.int64]
Floats = NDArray[np.float64]


class Way(NamedTuple):
    """What one way of deciding has brought.

    Parameters
    ----------
    regret : ndarray of shape (40,)
        Clicks lost until then against the better arm, on average.
    wrong_percent : float
        How often the worse arm looks better at the end.
    off_percent : float
        By how many percent the worse arm's measured rate is off on average.
    """

    regret: Floats
    wrong_percent: float
    off_percent: float


@dataclass(frozen=True)
class Deciding:
    """Three ways to find out which of two arms is better.

    Parameters
    ----------
    ways : dict of str to Way
        By name.
    lift_percent : float
        How much better the better arm is.
    """

    ways: dict[str, Way]
    lift_percent: float


def deciding(
    rate_percent: int, lift_percent: int, tested_percent: int, explore_percent: int
) -> Deciding:
    """Send 20,000 visitors to two arms, 400 times over, always with the same luck.

    Parameters
    ----------
    rate_percent : int
        Clicks of 100 visitors of the worse arm.
    lift_percent : int
        How many percent more the better arm gets.
    tested_percent : int
        Of 100 visitors, how many are in the A/B test before its winner is shipped.
    explore_percent : int
        Of 100 visitors, to how many epsilon-greedy shows an arm by lot.

    Returns
    -------
    Deciding
        The bandits look at the counts every 500 visitors. Thompson sampling takes the difference of
        the two posteriors as normal, which is quicker than to draw from each, and hardly different.

    Examples
    --------
    >>> ways = deciding(5, 20, tested_percent=50, explore_percent=10).ways
    >>> bool(ways["Thompson"].regret[-1] < ways["A/B, then ship"].regret[-1])
    True
    """
    rates = rate_percent / 100 * np.array([1.0, 1 + lift_percent / 100])
    epsilon = explore_percent / 100

    def greedy(clicks: Counts, trials: Counts) -> Floats:
        worse, better = (clicks / np.maximum(trials, 1)).T
        best = np.where(better == worse, 0.5, better > worse)
        return epsilon / 2 + (1 - epsilon) * best

    ways = {
        "A/B, then ship": _test_then_ship(rates, tested_percent / 100),
        "epsilon-greedy": _play(rates, greedy),
        "Thompson": _play(rates, _believed_better),
    }
    return Deciding(ways, lift_percent)


def _believed_better(clicks: Counts, trials: Counts) -> Floats:
    """Say how likely arm 1 is the better one, after a flat prior; the gap taken as normal."""
    a, n = clicks + 1.0, trials + 2.0
    mean = a / n
    variance = (mean * (1 - mean) / (n + 1)).sum(axis=1)
    chance: Floats = ndtr((mean[:, 1] - mean[:, 0]) / np.sqrt(variance))
    return chance


def _play(rates: Floats, share: Callable[[Counts, Counts], Floats]) -> Way:
    """Let a share of each batch, chosen by the counts so far, see arm 1."""
    rng = stream(0, "explore/bandit")
    clicks, trials = np.zeros((2, TIMES, 2), dtype=np.int64)
    lost = np.empty(STEPS)
    for step in range(STEPS):
        shown = rng.binomial(BATCH, share(clicks, trials))
        batch = np.stack([BATCH - shown, shown], axis=1)
        trials += batch
        clicks += rng.binomial(batch, rates)
        lost[step] = trials[:, 0].mean() * (rates[1] - rates[0])
    return _way(lost, clicks, trials, rates)


def _test_then_ship(rates: Floats, tested: float) -> Way:
    """Show both arms to half of the tested visitors each, then to the others the one ahead."""
    half = max(round(tested * VISITORS / 2), 1)
    clicks = stream(0, "explore/test").binomial(half, rates, (10 * TIMES, 2))
    wrong = (clicks[:, 0] > clicks[:, 1]).mean() + (clicks[:, 0] == clicks[:, 1]).mean() / 2
    visitors = BATCH * np.arange(1, STEPS + 1)
    shown_worse = np.minimum(visitors / 2, half) + wrong * np.maximum(visitors - 2 * half, 0)
    return _way(shown_worse * (rates[1] - rates[0]), clicks, np.full_like(clicks, half), rates)


def _way(lost: Floats, clicks: Counts, trials: Counts, rates: Floats) -> Way:
    seen = clicks / np.maximum(trials, 1)
    wrong = (seen[:, 0] > seen[:, 1]).mean() + (seen[:, 0] == seen[:, 1]).mean() / 2
    return Way(lost, 100 * float(wrong), 100 * float(seen[:, 0].mean() / rates[0] - 1))


class _DecidingView(View):
    """Clicks lost over time on the left, wrong picks and bias on the right."""

    def __init__(self) -> None:
        self.figure: Figure = new_figure(9.2, 3.5, panels=2)
        self.left, self.right = self.figure.axes
        self.left.set_position((0.075, 0.17, 0.50, 0.69))
        self.right.set_position((0.64, 0.17, 0.345, 0.69))
        with rc_context(STYLE):
            self._build()

    def _build(self) -> None:
        names = ("A/B, then ship", "epsilon-greedy", "Thompson")
        self.paths, self.numbers = {}, []
        for row, name in enumerate(names):
            look: dict[str, Any] = {"color": SERIES[row], "ls": DASHES[row], "lw": 2}
            (self.paths[name],) = self.left.plot([], [], label=name, **look)
        self.left.set(xlim=(0, VISITORS), xlabel="visitors", ylabel="clicks lost so far")
        self.left.set_xticks(range(0, VISITORS + 1, 5000), ["0", "5,000", "10,000", "15,000", ""])
        self.left.legend(loc="upper left")
        colors = [SERIES[row] for row in range(3)]
        self.bars = self.right.barh(range(3), [0] * 3, color=colors, alpha=0.6, height=0.5)
        for bar, hatch in zip(self.bars, ("", "//", ".."), strict=True):
            bar.set(hatch=hatch, edgecolor="white")
        for row in range(3):
            self.numbers.append(self.right.text(0, row - 0.33, "", va="bottom"))
        self.right.set(
            xlim=(0, 50), ylim=(2.5, -0.75), yticks=[], xlabel="picks the worse arm, % of the times"
        )
        self.right.grid(visible=False, axis="y")
        titles = [set_title(ax, "") for ax in (self.left, self.right)]
        self.moving = [*self.paths.values(), *self.bars, *self.numbers, *titles]

    def update(self, result: Deciding) -> None:
        """Move the curves and the bars.

        Parameters
        ----------
        result : Deciding
            What to show.
        """
        visitors = BATCH * np.arange(1, STEPS + 1)
        most = max(way.regret[-1] for way in result.ways.values())
        # The axis grows in steps, because drawing it is what takes time.
        tops = (10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000)
        self.left.set_ylim(0, next(top for top in tops if top >= 1.05 * most))
        rows = zip(result.ways.items(), self.bars, self.numbers, strict=True)
        for (name, way), bar, text in rows:
            self.paths[name].set_data(visitors, way.regret)
            bar.set_width(way.wrong_percent)
            off = f"worse arm's rate off by {way.off_percent:+.1f} %".replace("-", "−")
            text.set_text(f"{way.wrong_percent:.1f} %; {off}")
        set_title(self.left, f"Lost on the way to a lift of {result.lift_percent:g} %")
        set_title(self.right, "Wrong picks, and the loser's rate")

    def sentence(self, result: Deciding) -> str:
        """Say the result in one sentence.

        Parameters
        ----------
        result : Deciding
            What is shown.

        Returns
        -------
        str
            Clicks lost and wrong picks of each way.
        """
        words = [
            f"{name} loses {way.regret[-1]:.0f} clicks and picks wrongly in "
            f"{way.wrong_percent:.1f} of 100, its rate of the worse arm off by "
            f"{way.off_percent:+.1f} %"
            for name, way in result.ways.items()
        ]
        return f"{'; '.join(words)}."


def bandit(
    rate_percent: int = 5,
    lift_percent: int = 20,
    tested_percent: int = 50,
    explore_percent: int = 10,
) -> Explorable:
    """Make the panel of lesson 02 on bandits: two arms, 20,000 visitors, three ways to decide.

    Parameters
    ----------
    rate_percent : int
        Clicks of 100 visitors of the worse arm, 1 to 40.
    lift_percent : int
        How many percent more the better arm gets, 0 to 100.
    tested_percent : int
        Of 100 visitors, how many are in the A/B test, 1 to 100.
    explore_percent : int
        Of 100 visitors, to how many epsilon-greedy shows an arm by lot, 0 to 100.

    Returns
    -------
    Explorable
        The panel.

    Examples
    --------
    >>> float(bandit().set(lift_percent=0).ways["Thompson"].regret[-1])
    0.0
    """
    knobs = {
        "rate_percent": Knob("clicks of 100, worse arm", 1, 40, whole=True),
        "lift_percent": Knob("better arm, % more", 0, 100, 5, whole=True),
        "tested_percent": Knob("% of the visitors tested", 1, 100, whole=True),
        "explore_percent": Knob("epsilon, %", 0, 100, whole=True),
    }
    start = {
        "rate_percent": rate_percent, "lift_percent": lift_percent,
        "tested_percent": tested_percent, "explore_percent": explore_percent,
    }  # fmt: skip
    return Explorable(deciding, _DecidingView(), knobs, **start)
