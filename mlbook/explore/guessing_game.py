"""Lesson 00: be the model. Ten visitors, six items each; you choose."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from mlbook.charts.display import Display
from mlbook.charts.theme import BLUE, GREY, INK, VERMILION
from mlbook.units import DAY
from mlbook.validate import integer
from mlbook.world.shop import CATEGORIES

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from mlbook.world import World

__all__ = ["BeTheModel", "Score"]

VISITORS = 10
FIRST_DAY = 7
PAST_S = 2 * DAY


@dataclass
class BeTheModel(Display):
    """Ten visitors: what each looked at lately, and the six items you may show.

    Parameters
    ----------
    world : World
        The simulated shop, longer than seven days.
    """

    world: World
    size = (8.8, 4.9)
    has_axes = False

    @cached_property
    def visits(self) -> NDArray[np.int64]:
        """Ten visits of different users at the beginning of day 7, as rows of ``world.visits``."""
        visits = self.world.visits
        later = np.flatnonzero(visits.at_s >= FIRST_DAY * DAY)
        _, first = np.unique(visits.user[later], return_index=True)
        if first.size < VISITORS:
            text = f"world must have ten visitors after day {FIRST_DAY}, got {first.size}."
            raise ValueError(f"{text} Use more days or more users.")
        return later[np.sort(first)[:VISITORS]]

    @cached_property
    def looked_at(self) -> NDArray[np.int64]:
        """Events of the last two days by visitor and category, shape (10, 6)."""
        log, rows = self.world.activity, self.visits
        counts = np.zeros((VISITORS, len(CATEGORIES)), dtype=np.int64)
        for n, i in enumerate(rows):
            at_s, user = self.world.visits.at_s[i], self.world.visits.user[i]
            seen = (log.user == user) & (log.at_s < at_s) & (log.at_s >= at_s - PAST_S)
            category = self.world.catalog.category[log.item[seen]]
            counts[n] = np.bincount(category, minlength=len(CATEGORIES))
        return counts

    def draw(self, ax: Axes) -> None:
        ax.set_axis_off()
        ax.set(xlim=(0, 13.4), ylim=(VISITORS + 0.1, -1.6))
        ax.text(1.0, -1.25, "looked at in the last two days", weight="bold")
        ax.text(7.4, -1.25, "items you may show", weight="bold")
        for k, name in enumerate(CATEGORIES):
            ax.text(1.35 + 0.9 * k, -0.35, name, ha="center", color=GREY, size=9)
            ax.text(7.9 + 0.98 * k, -0.35, str(k + 1), ha="center", weight="bold", color=BLUE)
        for n in range(VISITORS):
            ax.text(0.75, n + 0.5, f"{n + 1}", ha="right", va="center", color=GREY)
            self._draw_past(ax, n)
            self._draw_slate(ax, n)

    def _draw_past(self, ax: Axes, n: int) -> None:
        for k, count in enumerate(self.looked_at[n]):
            shade = min(count / 8, 1.0) * 0.75
            corner = (0.93 + 0.9 * k, n + 0.06)
            ax.add_patch(Rectangle(corner, 0.84, 0.88, fc=BLUE, alpha=shade, ec="none"))
            color = "white" if shade > 0.5 else INK
            text = str(count) if count else "·"
            ax.text(1.35 + 0.9 * k, n + 0.5, text, ha="center", va="center", color=color)

    def _draw_slate(self, ax: Axes, n: int) -> None:
        for k, item in enumerate(self.world.visits.slate[self.visits[n]][: len(CATEGORIES)]):
            corner = (7.44 + 0.98 * k, n + 0.06)
            ax.add_patch(Rectangle(corner, 0.92, 0.88, fc="#F4F4F4", ec="#D0D0D0", lw=0.8))
            name = CATEGORIES[self.world.catalog.category[item]]
            ax.text(7.9 + 0.98 * k, n + 0.36, name, ha="center", va="center", size=8.5)
            price = f"¥{self.world.price[item]:,.0f}"
            ax.text(7.9 + 0.98 * k, n + 0.73, price, ha="center", va="center", size=7.5, color=GREY)

    def alt_text(self) -> str:
        rows = []
        for n, i in enumerate(self.visits):
            slate = self.world.catalog.category[self.world.visits.slate[i]]
            items = ", ".join(f"{k + 1} {CATEGORIES[c]}" for k, c in enumerate(slate))
            past = [
                f"{count} {CATEGORIES[k]}" for k, count in enumerate(self.looked_at[n]) if count
            ]
            rows.append(f"Visitor {n + 1} looked at {', '.join(past) or 'nothing'}; items {items}.")
        return "Table of ten visitors. " + " ".join(rows)

    def play(self, picks: Sequence[Any]) -> Score:
        """Show the items you picked and count the clicks.

        Parameters
        ----------
        picks : sequence of int
            Ten positions, 1 to 6, one a visitor; ``[...]`` while you have not chosen.

        Returns
        -------
        Score
            Your clicks, once you have chosen, beside those of three other choosers.

        Raises
        ------
        ValueError
            When there are not ten, or one is not a position.
        """
        visits, rows = self.world.visits, self.visits
        popular = self.world.popularity(FIRST_DAY * DAY)[
            self.world.catalog.category[visits.slate[rows]]
        ]
        chosen = {
            "random": visits.shown[rows],
            "most popular": popular.argmax(axis=1),
            "perfect": self.world.truth[rows].argmax(axis=1),
        }
        if list(picks) != [...]:
            chosen = {"you": self._positions(picks)} | chosen
        clicked = {name: int(visits.clicked[rows, k].sum()) for name, k in chosen.items()}
        expected = {name: float(self.world.truth[rows, k].sum()) for name, k in chosen.items()}
        expected["random"] = float(self.world.truth[rows].mean(axis=1).sum())
        return Score(clicked, expected)

    def _positions(self, picks: Sequence[Any]) -> NDArray[np.int64]:
        """Check the picks and count them from 0."""
        size = self.world.slate_size
        if len(picks) != VISITORS:
            text = f"picks must have {VISITORS} positions (one a visitor), got {len(picks)}."
            raise ValueError(
                f"{text} Write one number from 1 to {size} for each row of the picture."
            )
        for n, pick in enumerate(picks):
            integer(f"picks[{n}]", pick, at_least=1, unit="position on the slate")
            if pick > size:
                raise ValueError(
                    f"picks[{n}] must be <= {size} (position on the slate), got {pick}."
                )
        return np.array(picks) - 1


@dataclass
class Score(Display):
    """What ten picks earned: what happened, and what would happen on average.

    Parameters
    ----------
    clicked : dict of str to int
        Clicks among the ten visitors, by chooser.
    expected : dict of str to float
        The mean over all luck, by chooser.
    """

    clicked: dict[str, int]
    expected: dict[str, float]
    size = (8.0, 2.9)

    def draw(self, ax: Axes) -> None:
        names = ["you", *(name for name in self.clicked if name != "you")]
        for row, name in enumerate(names):
            if name not in self.clicked:
                ax.text(0.1, row, "not chosen yet", va="center", color=GREY, style="italic")
                continue
            clicks, mean = self.clicked[name], self.expected[name]
            ax.barh(row, clicks, color=BLUE, alpha=0.6, height=0.55)
            ax.plot(mean, row, "D", color=VERMILION)
            ax.text(VISITORS + 0.3, row, f"{clicks} today", va="center", color=BLUE)
            ax.text(VISITORS + 2.1, row, f"◆ {mean:.1f} on average", va="center", color=VERMILION)
        rows = np.arange(len(names))
        ax.set(yticks=rows, yticklabels=names, xlim=(0, VISITORS), xlabel="clicks of ten visitors")
        ax.set_ylim(len(names) - 0.5, -0.5)
        ax.grid(visible=False, axis="y")
        ax.set_title("Ten visitors, four ways to choose")
        figure = ax.get_figure(root=True)
        if figure is not None:
            figure.subplots_adjust(left=0.16, right=0.68, bottom=0.2)

    def alt_text(self) -> str:
        words = [
            f"{name}: {self.clicked[name]} clicks, {self.expected[name]:.1f} on average"
            for name in self.clicked
        ]
        return f"Bar chart for ten visitors. {'; '.join(words)}."
