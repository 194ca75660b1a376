"""Lesson 11: the release captain as a panel: three releases, four buttons, noisy counts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import ipywidgets as widgets
import numpy as np
from matplotlib import rc_context

from mlbook.charts.display import png_tag
from mlbook.charts.theme import BLUE, STYLE, VERMILION, new_figure, set_title
from mlbook.explore.live import Live
from mlbook.releases import SHARES, SLICES, Captain
from mlbook.validate import did_you_mean, one_of

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

__all__ = ["CaptainPanel", "captain"]

LETTERS = ("A", "B", "C")
ALL = "all visits"
HIGHEST = 10.0  # clicks per 100 visits; a dot above it is drawn at the edge


class _CountsView:
    """The click rates of every hour: dots for the new version, a line for the old one."""

    def __init__(self) -> None:
        self.figure = new_figure(8.8, 3.2)
        self.ax = self.figure.axes[0]
        with rc_context(STYLE):
            (self.old,) = self.ax.plot([], [], color=BLUE, lw=1.5, marker=".", label="old version")
            self.new = self.ax.scatter(
                [],
                [],
                color=VERMILION,
                marker="D",
                label="new version; the larger, the more visits",
            )
            self.ax.set(xlabel="hour", ylabel="clicks per 100 visits", ylim=(0, HIGHEST))
            # Above the axes: dots may be anywhere in them.
            self.ax.legend(loc="lower right", bbox_to_anchor=(1, 0.97), ncols=2)

    def update(self, hours: pd.DataFrame, title: str) -> None:
        """Draw one row an hour.

        Parameters
        ----------
        hours : pandas.DataFrame
            Sums of the visits that are looked at, by hour.
        title : str
            Which release, and which visits.
        """
        rate, other = _per_100(hours, ""), _per_100(hours, "other_")
        self.old.set_data(hours.index, other)
        self.new.set_offsets(np.column_stack([hours.index, np.minimum(rate, HIGHEST - 0.2)]))
        self.new.set_sizes(np.clip(hours["visits"].to_numpy() / 15, 12, 120))
        self.ax.set_xlim(0, max(12, hours.index[-1] + 1))
        set_title(self.ax, title)


class CaptainPanel(Live):
    """Three releases to play, hour by hour, with nothing but counts.

    Parameters
    ----------
    seed : int
        Deals the releases and draws the visitors.

    Attributes
    ----------
    captains : dict of str to Captain
        The releases as they stand, by letter.
    """

    def __init__(self, seed: int) -> None:
        self.captains = {letter: Captain(letter, seed) for letter in LETTERS}
        self.view = _CountsView()
        self.release = _toggle("Release", LETTERS)
        self.visits = _toggle("Visits", (ALL, *SLICES))
        moves = {"hold": "Hold 1 h", "hold 6": "Hold 6 h", "grow": "Grow", "roll back": "Roll back"}
        self.buttons = {move: widgets.Button(description=text) for move, text in moves.items()}
        for toggle in (self.release, self.visits):
            toggle.observe(self._show, "value")
        for move, button in self.buttons.items():
            button.on_click(lambda _, move=move: self._play(move))
        rows = [[self.release, self.visits], list(self.buttons.values())]
        super().__init__(self.view.figure, [widgets.HBox(row) for row in rows])
        self._show()

    @property
    def now(self) -> Captain:
        """The release that is shown."""
        return self.captains[self.release.value]

    @property
    def sentence(self) -> str:
        """Where the release stands, and what has been counted so far."""
        now = self.now
        slices = () if self.visits.value == ALL else (self.visits.value,)
        won, seen, other_won, other_seen = now.so_far(*slices)
        rates = [100 * a / b if b else 0.0 for a, b in ((won, seen), (other_won, other_seen))]
        status = now.ended or f"{100 * now.share:g} % of the visits get the new version"
        return (
            f"Release {now.letter}, watched for {now.hour} h: {status}. Counted so far, "
            f"{self.visits.value}: new version {won:,} clicks of {seen:,} visits "
            f"({rates[0]:.2f} per 100), old version {other_won:,} of {other_seen:,} "
            f"({rates[1]:.2f} per 100)."
        )

    def set(self, **moves: Sequence[str]) -> CaptainPanel:
        """Play releases from the beginning by lists of moves: what the buttons do, written down.

        Parameters
        ----------
        **moves : sequence of str
            ``A=["hold 6", "grow", "roll back"]``; the other releases stay as they are.

        Returns
        -------
        CaptainPanel
            This panel.

        Raises
        ------
        ValueError
            When a move is none, or comes after the end.
        """
        for letter in moves:
            if letter not in LETTERS:
                text = f"no release {letter!r}.{did_you_mean(letter, LETTERS)}"
                raise TypeError(f"{text} The releases are: {', '.join(LETTERS)}.")
        seed = self.captains[LETTERS[0]].seed
        played = {letter: Captain(letter, seed, tuple(made)) for letter, made in moves.items()}
        self.captains |= played
        self._show()
        return self

    def look(self, *, release: str = "A", visits: str = ALL) -> CaptainPanel:
        """Show one release, and all visits or those of one slice.

        Parameters
        ----------
        release : str
            ``"A"``, ``"B"`` or ``"C"``.
        visits : str
            ``"all visits"``, ``"web"`` or ``"app"``.

        Returns
        -------
        CaptainPanel
            This panel.
        """
        self.release.value = one_of("release", release, LETTERS)
        self.visits.value = one_of("visits", visits, (ALL, *SLICES))
        return self

    def _play(self, move: str) -> None:
        if not self.now.is_over:
            self.captains[self.now.letter] = self.now.play(move)
            self._show()

    def _show(self, _: Any = None) -> None:
        now = self.now
        counts = now.counts
        if self.visits.value != ALL:
            counts = counts[counts["slice"] == self.visits.value]
        hours = counts.drop(columns=["slice", "share"]).groupby("hour").sum()
        self.view.update(hours, f"Release {now.letter}, {self.visits.value}")
        for button in self.buttons.values():
            button.disabled = now.is_over
        grow = self.buttons["grow"]
        steps = [share for share in SHARES if share > now.share]
        grow.description = f"Grow to {100 * steps[0]:g} %" if steps and not now.is_over else "Grow"
        self.picture.value = png_tag(self.figure, self.sentence)
        self._say()


def _toggle(label: str, options: tuple[str, ...]) -> widgets.ToggleButtons:
    style = {"button_width": "6em", "description_width": "4.5em"}
    layout = widgets.Layout(width="28em")
    return widgets.ToggleButtons(options=options, description=label, style=style, layout=layout)


def captain(seed: int = 7) -> CaptainPanel:
    """Make the game of lesson 11: be the release captain.

    Parameters
    ----------
    seed : int
        Deals the releases and draws the visitors; a class with one seed plays the same game.

    Returns
    -------
    CaptainPanel
        The panel; ``.set(A=[...])`` plays without buttons.

    Examples
    --------
    >>> game = captain(seed=1).set(A=["grow", "hold 6", "roll back"])
    >>> game.captains["A"].ended
    'rolled back'
    """
    return CaptainPanel(seed)


def _per_100(hours: pd.DataFrame, which: str) -> NDArray[np.float64]:
    visits = hours[f"{which}visits"].to_numpy(float)
    clicks = hours[f"{which}clicks"].to_numpy(float)
    return np.where(visits > 0, 100 * clicks / np.maximum(visits, 1), np.nan)
