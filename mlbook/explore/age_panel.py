"""Lesson 07: how often a batch runs and how long it takes, against the age of what is read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib import rc_context
from numpy.typing import NDArray

from mlbook.charts.theme import BLUE, ORANGE, STYLE, VERMILION, new_figure, set_title
from mlbook.explore.explorable import Explorable, Knob, View
from mlbook.queueing import batch_age
from mlbook.units import HOUR, duration

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["BatchAges", "batch_ages", "prediction_age"]

DAYS_SHOWN = 5
TOPS_H = (1, 2, 3, 5, 8, 12, 18, 24, 36, 48, 72, 120)


@dataclass(frozen=True)
class BatchAges:
    """How old the features behind a batch prediction are, over five days.

    Parameters
    ----------
    at_h, age_h : ndarray of shape (n,)
        Instants and the age a reader meets then, in hours.
    youngest_h, oldest_h : float
        The law's limits, in hours.
    fits : bool
        Whether the batch ends before the next is due.
    """

    at_h: NDArray[np.float64]
    age_h: NDArray[np.float64]
    youngest_h: float
    oldest_h: float
    fits: bool


def batch_ages(predict_every_h: float, predict_takes_h: float) -> BatchAges:
    """Follow the age of the newest published batch through five days.

    Parameters
    ----------
    predict_every_h : float
        Hours between two batches.
    predict_takes_h : float
        Hours a batch takes; when it takes longer than that, the next one starts late.

    Returns
    -------
    BatchAges
        The saw and its law.

    Examples
    --------
    >>> ages = batch_ages(predict_every_h=24.0, predict_takes_h=2.0)
    >>> ages.youngest_h, ages.oldest_h, ages.fits
    (2.0, 26.0, True)
    """
    period_h = max(predict_every_h, predict_takes_h)
    # Whole periods only, so that the right-hand picture counts every age equally often.
    shown_h = max(24 * DAYS_SHOWN // period_h, 1) * period_h
    at_h = np.linspace(0, shown_h, 10_000, endpoint=False)
    # The newest batch that is finished started this many periods ago.
    started_h = np.floor((at_h - predict_takes_h) / period_h) * period_h
    youngest, oldest = batch_age(predict_every_h, predict_takes_h)
    fits = predict_takes_h < predict_every_h
    return BatchAges(at_h, at_h - started_h, youngest, oldest, fits)


class _AgesView(View):
    """The saw on the left, how often each age is met on the right, the law over both."""

    def __init__(self) -> None:
        self.figure: Figure = new_figure(8.8, 3.3, panels=2)
        self.left, self.right = self.figure.axes
        self.left.set_position((0.075, 0.18, 0.60, 0.68))
        self.right.set_position((0.72, 0.18, 0.26, 0.68))
        with rc_context(STYLE):
            self._build()

    def _build(self) -> None:
        (saw,) = self.left.plot([], [], color=BLUE, lw=1.6)
        mean = self.left.axhline(0, color=VERMILION, ls="--")
        label = self.left.text(24 * DAYS_SHOWN, 0, "", ha="right", va="center")
        label.set_bbox({"fc": "white", "ec": "none", "pad": 2})
        self.left.set(xlim=(0, 24 * DAYS_SHOWN), xticks=range(0, 24 * DAYS_SHOWN + 1, 24))
        self.left.set(xlabel="hour", ylabel="age when read, hours")
        look: dict[str, Any] = {"fill": True, "color": ORANGE, "alpha": 0.5}
        shares = self.right.stairs(np.zeros(40), np.arange(41), orientation="horizontal", **look)
        (law,) = self.right.plot([], [], color=VERMILION, ls="--", label="law: even")
        self.right.set(xlim=(0, 1.25), xticks=[], xlabel="how often", title="age met by readers")
        self.right.tick_params(labelleft=False)
        self.right.legend(loc="upper right")
        title = set_title(self.left, "")
        self.saw, self.mean, self.label, self.shares, self.law = saw, mean, label, shares, law
        self.moving = [saw, mean, label, shares, law, title]

    def update(self, result: BatchAges) -> None:
        """Move the saw, the bars and the law.

        Parameters
        ----------
        result : BatchAges
            What to show.
        """
        # The axes grow in steps, because drawing them is what takes time.
        top = next(hours for hours in TOPS_H if hours >= 1.25 * result.oldest_h)
        for ax in (self.left, self.right):
            ax.set_ylim(0, top)
        self.saw.set_data(result.at_h, result.age_h)
        mean = float(result.age_h.mean())
        self.mean.set_ydata([mean, mean])
        self.label.set(y=mean, text=f"mean {duration(mean * HOUR)}")
        edges = np.linspace(0, top, 41)
        share, _ = np.histogram(result.age_h, edges, density=True)
        even = 1 / (result.oldest_h - result.youngest_h)
        most = max(float(share.max()), even)
        self.shares.set_data(share / most, edges)
        corners = [result.youngest_h, result.youngest_h, result.oldest_h, result.oldest_h]
        self.law.set_data([0, even / most, even / most, 0], corners)
        late = "Age of a prediction: the batch does not fit"
        set_title(self.left, "Age of a batch prediction" if result.fits else late)

    def sentence(self, result: BatchAges) -> str:
        """Say the result in one sentence.

        Parameters
        ----------
        result : BatchAges
            What is shown.

        Returns
        -------
        str
            Mean and limits of the age.
        """
        low, high = duration(result.youngest_h * HOUR), duration(result.oldest_h * HOUR)
        mean = duration(float(result.age_h.mean()) * HOUR)
        late = (
            "" if result.fits else " The batch takes longer than its period, so each starts late."
        )
        return f"Readers meet an age between {low} and {high}, {mean} on average.{late}"


def prediction_age(predict_every_h: float = 24.0, predict_takes_h: float = 2.0) -> Explorable:
    """Make the panel of lesson 07: the batch's period and duration against the age of its answers.

    Parameters
    ----------
    predict_every_h : float
        Hours between two batches, 0.5 to 48.
    predict_takes_h : float
        Hours a batch takes, 0.1 to 40.

    Returns
    -------
    Explorable
        The panel.

    Examples
    --------
    >>> prediction_age(24, 2).set(predict_every_h=6).oldest_h
    8.0
    """
    knobs = {
        "predict_every_h": Knob("a batch every … hours", 0.5, 48, 0.5),
        "predict_takes_h": Knob("it takes … hours", 0.1, 40, 0.1),
    }
    start = {"predict_every_h": predict_every_h, "predict_takes_h": predict_takes_h}
    return Explorable(batch_ages, _AgesView(), knobs, **start)
