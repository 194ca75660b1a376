"""Lesson 10: what a team needs and believes, against which pattern it should take."""

from __future__ import annotations

from dataclasses import dataclass
from math import isnan
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib import rc_context
from numpy.typing import NDArray

from mlbook.charts.theme import BLUE, GREY, INK, STYLE, VERMILION, new_figure, set_title
from mlbook.decision import NO_MODEL, Choice
from mlbook.decision.page import yen
from mlbook.explore.explorable import Explorable, Knob, View
from mlbook.units import DAY, MONTH, MS

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["Weighed", "needs", "weigh"]

# What the sliders move, by the field of the choice; the last is the unit of the slider.
KNOBS = {
    "daily_requests": (Knob("requests a day", 1e2, 1e9, 0.02, log=True), 1.0),
    "freshness_s": (Knob("event known within … s", 0.1, 1e6, 0.02, log=True), 1.0),
    "answer_s": (Knob("answer within … ms", 1, 1e5, 0.02, log=True), MS),
    "click_worth": (Knob("a click is worth … yen", 0.01, 1e3, 0.02, log=True), 1.0),
}
NAMES = ("requests a day", "freshness need", "answer need", "worth of a click")
FARTHEST = 1e3


@dataclass(frozen=True)
class Weighed:
    """A choice with what the picture needs of it.

    Parameters
    ----------
    choice : Choice
        What was decided.
    gains, nets : ndarray of shape (n,)
        What the clicks bring, and what is left of it, in yen for 1,000 requests, by column.
    flips : list of dict
        Where each slider flips the choice.
    """

    choice: Choice
    gains: NDArray[np.float64]
    nets: NDArray[np.float64]
    flips: list[dict[str, Any]]


def weigh(choice: Choice) -> Weighed:
    """Compute what the picture shows.

    Parameters
    ----------
    choice : Choice
        What was decided.

    Returns
    -------
    Weighed
        The choice, in yen for 1,000 requests, and its flips.
    """
    money = [each.yen_a_month(choice.needs, choice.beliefs) for each in choice.columns]
    thousands = MONTH / DAY * choice.needs.daily_requests / 1000
    gains, nets = (
        np.array([each[name] for each in money]) / thousands for name in ("clicks", "net")
    )
    return Weighed(choice, gains, nets, [choice.flip(name) for name in KNOBS])


class _ChoiceView(View):
    """On the left what each pattern brings and costs, on the right where the choice flips."""

    def __init__(self, names: list[str]) -> None:
        self.names = names
        self.figure: Figure = new_figure(9.6, 3.7, panels=2)
        self.left, self.right = self.figure.axes
        self.left.set_position((0.10, 0.16, 0.34, 0.70))
        self.right.set_position((0.725, 0.16, 0.245, 0.70))

    def update(self, result: Weighed) -> None:
        """Draw both pictures anew.

        Parameters
        ----------
        result : Weighed
            What to show.
        """
        with rc_context(STYLE):
            for ax in (self.left, self.right):
                ax.clear()
            self._bars(self.left, result)
            self._ranges(self.right, result)

    def _bars(self, ax: Axes, result: Weighed) -> None:
        choice, rows = result.choice, np.arange(len(self.names))
        top = 1.25 * max(result.gains.max(), 0.01)
        missed = [bool(each.misses(choice.needs)) for each in choice.columns]
        colors = [GREY if out else BLUE for out in missed]
        ax.barh(rows, result.gains, color=colors, alpha=0.35, height=0.62)
        shown = np.maximum(result.nets, -0.55 * top)
        cost: dict[str, Any] = {"fill": False, "edgecolor": VERMILION, "hatch": "////", "lw": 0}
        ax.barh(rows, shown - result.gains, left=result.gains, height=0.3, **cost)
        marks = np.where(shown > result.nets, "<", "D")  # an arrow: it goes on beyond the picture
        for row, mark in enumerate(marks):
            ax.plot(shown[row], row, mark, color=INK, ms=6)
        for row, column in enumerate(choice.columns):
            out = column.misses(choice.needs)
            text = out[0] if out else yen(result.nets[row])
            ax.text(1.04 * top, row, text, va="center", color=GREY if out else INK, size=9.5)
        best = [f"▶ {name}" if name == choice.recommended else name for name in self.names]
        ax.set(yticks=rows, yticklabels=best, xlim=(-0.6 * top, top), ylim=(rows.size - 0.4, -0.6))
        ax.axvline(0, color=INK, lw=1)
        ax.grid(visible=False, axis="y")
        ax.set_xlabel("yen for 1,000 requests: clicks, costs (hatched), rest (◆)")
        set_title(ax, f"Take: {choice.recommended}")

    def _ranges(self, ax: Axes, result: Weighed) -> None:
        ax.set(xscale="log", xlim=(1 / FARTHEST, FARTHEST), ylim=(len(NAMES) - 0.4, -0.6))
        for row, (name, flip) in enumerate(zip(KNOBS, result.flips, strict=True)):
            needs, beliefs = result.choice.needs, result.choice.beliefs
            now = (vars(needs) | vars(beliefs))[name]
            low, high = (
                np.clip(end if isnan(at) else at / now, 1 / FARTHEST, FARTHEST)
                for end, at in ((0.0, flip["below"]), (np.inf, flip["above"]))
            )
            ax.plot([low, high], [row, row], color=BLUE, lw=5, solid_capstyle="butt", alpha=0.6)
            _mark(ax, row, low, flip["below_then"])
            _mark(ax, row, high, flip["above_then"])
        ax.axvline(1, color=INK, lw=1, ls=":")
        ax.set(yticks=range(len(NAMES)), yticklabels=NAMES, xlabel="times as much as now")
        ax.set_xticks([1e-3, 1e-2, 0.1, 1, 10, 100, 1e3], ["⅟₁₀₀₀", "", "⅒", "1", "10", "", "1000"])
        ax.minorticks_off()
        ax.grid(visible=False, axis="y")
        set_title(ax, "Where it flips, and to what")

    def sentence(self, result: Weighed) -> str:
        """Say the choice in one sentence.

        Parameters
        ----------
        result : Weighed
            What is shown.

        Returns
        -------
        str
            What to take, what comes next, and who is out.
        """
        choice = result.choice
        nets = dict(zip(self.names, result.nets, strict=True)) | {NO_MODEL: 0.0}
        first, second = choice.recommended, choice.runner_up
        out = [each.name for each in choice.columns if each.misses(choice.needs)]
        missed = f" Out: {', '.join(out)}." if out else ""
        if second is None:
            return f"No pattern meets these needs: no model.{missed}"
        ahead = nets[first] - nets[second]
        return f"Take {first}, {yen(ahead)} for 1,000 requests ahead of {second}.{missed}"


def _mark(ax: Axes, row: int, at: float, to: str | None) -> None:
    """Mark a flip, with what is recommended beyond it, written where there is room."""
    if not to:
        return
    ax.plot([at, at], [row - 0.22, row + 0.22], color=VERMILION, lw=2)
    outwards = "right" if at < 1 else "left"
    inwards = "left" if at < 1 else "right"
    side = outwards if FARTHEST**-0.5 < at < FARTHEST**0.5 else inwards
    ax.text(at, row - 0.26, f" {to} ", ha=side, va="bottom", size=9, color=INK)


def needs(choice: Choice) -> Explorable:
    """Make the panel of lesson 10: needs and the worth of a click against the choice.

    Parameters
    ----------
    choice : Choice
        From :func:`mlbook.decision.decide`; its needs and beliefs are where the sliders start. A
        need that does not matter starts at the end of its slider.

    Returns
    -------
    Explorable
        The panel.

    Examples
    --------
    >>> from mlbook.decision import decide
    >>> from mlbook.experiment import compare
    >>> from mlbook.patterns import SharedDb, Streaming
    >>> from mlbook.world import World
    >>> runs = compare(World(seed=1, days=7, users=50), nightly=SharedDb(), stream=Streaming())
    >>> needs(decide(runs)).set(freshness_s=5, click_worth=100).choice.recommended
    'stream'
    """

    def compute(**moved: float) -> Weighed:
        return weigh(choice.but(**{name: moved[name] * KNOBS[name][1] for name in KNOBS}))

    held = vars(choice.needs) | vars(choice.beliefs)
    knobs = {name: knob for name, (knob, _) in KNOBS.items()}
    start = {
        name: knob.high if held[name] == np.inf else held[name] / unit
        for name, (knob, unit) in KNOBS.items()
    }
    names = [each.name for each in choice.columns]
    return Explorable(compute, _ChoiceView(names), knobs, **start)
