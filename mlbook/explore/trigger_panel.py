"""Lesson 08: the trigger of a stream and the rate of its events, against the lag of an event."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib import rc_context
from numpy.typing import NDArray

from mlbook.charts.latency import in_words
from mlbook.charts.theme import BLUE, GREY, STYLE, VERMILION, new_figure, set_title
from mlbook.explore.explorable import Explorable, Knob, View
from mlbook.queueing import least_stable_trigger, micro_batch_lag
from mlbook.streams import stream
from mlbook.units import MS, duration

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["MicroBatches", "micro_batches", "trigger"]

SHOWN_S = 60.0
PER_BATCH_S, PER_EVENT_S = 0.2, 2 * MS  # as in mlbook.Streaming
FASTEST_PER_S = 600.0
TRIGGERS_S = np.geomspace(0.05, 10.0, 200)


@dataclass(frozen=True)
class MicroBatches:
    """How long events waited for their answer in a minute, under two ways to be late.

    Parameters
    ----------
    at_s : ndarray of shape (n,)
        When each event arrived, in seconds.
    lag_s : ndarray of shape (n,)
        Until its micro-batch ended, when a late micro-batch takes all that waits.
    queued_lag_s : ndarray of shape (n,)
        The same, when every trigger has a micro-batch of its own and a late one stands in line.
    trigger_s, rate_per_s : float
        tau and lambda.
    least_s : float
        The shortest trigger that the micro-batches can keep up with.
    """

    at_s: NDArray[np.float64]
    lag_s: NDArray[np.float64]
    queued_lag_s: NDArray[np.float64]
    trigger_s: float
    rate_per_s: float
    least_s: float


def micro_batches(trigger_s: float, rate_per_s: float) -> MicroBatches:
    """Let a minute of events arrive at random, always with the same luck, and work on them.

    Parameters
    ----------
    trigger_s : float
        Seconds between two micro-batches, > 0.
    rate_per_s : float
        Events a second, > 0.

    Returns
    -------
    MicroBatches
        The lags.

    Examples
    --------
    >>> calm = micro_batches(trigger_s=1.0, rate_per_s=50)
    >>> bool((calm.lag_s == calm.queued_lag_s).all())   # nobody is late
    True
    """
    rng = stream(8, "explore/trigger")
    # Unit draws, rescaled: common random numbers make the picture move smoothly.
    at_s = np.cumsum(rng.exponential(1.0, int(SHOWN_S * FASTEST_PER_S))) / rate_per_s
    at_s = at_s[at_s < SHOWN_S]
    lag_s, queued_lag_s = (_worked_off_s(at_s, trigger_s, own=own) - at_s for own in (False, True))
    least_s = least_stable_trigger(rate_per_s, PER_BATCH_S, PER_EVENT_S)
    return MicroBatches(at_s, lag_s, queued_lag_s, trigger_s, rate_per_s, least_s)


def _worked_off_s(at_s: NDArray[np.float64], trigger_s: float, *, own: bool) -> NDArray[np.float64]:
    """Tell when the micro-batch of each event ends; with `own` one for every single trigger."""
    done_s, first, free_s, turn = np.empty(at_s.size), 0, 0.0, 0
    while first < at_s.size:
        # The next trigger at which something waits.
        turn = max(turn + 1, int(np.ceil(at_s[first] / trigger_s)))
        due_s = turn * trigger_s
        begins_s = max(due_s, free_s)
        if not own and free_s > due_s:
            turn = int(free_s / trigger_s)
        last = int(np.searchsorted(at_s, due_s if own else begins_s, side="right"))
        free_s = begins_s + PER_BATCH_S + PER_EVENT_S * (last - first)
        done_s[first:last], first = free_s, last
    return done_s


class _TriggerView(View):
    """Left the minute, right the law with the place where we are."""

    def __init__(self) -> None:
        self.figure: Figure = new_figure(8.8, 3.5, panels=2)
        self.left, self.right = self.figure.axes
        self.left.set_position((0.105, 0.17, 0.48, 0.68))
        self.right.set_position((0.69, 0.17, 0.29, 0.68))
        with rc_context(STYLE):
            self._build()

    def _build(self) -> None:
        look: dict[str, Any] = {"lw": 1.6}
        (queued,) = self.left.plot([], [], "--", color=VERMILION, label="one each trigger", **look)
        (taken,) = self.left.plot([], [], color=BLUE, label="takes all that waits", **look)
        self.left.set(xlim=(0, SHOWN_S), xlabel="second of arrival", ylabel="lag of the event")
        self.left.set(yscale="log", ylim=(0.1, 120.0))
        self.left.set_yticks([0.1, 1.0, 10.0, 60.0])
        self.left.yaxis.set_major_formatter(in_words())
        self.left.legend(loc="upper left", ncols=2)
        (law,) = self.right.plot([], [], color=GREY, label="law")
        least = self.right.axvline(1, ymax=0.74, color=VERMILION, ls=":")  # below the legend
        label = self.right.text(1, 0.2, "", ha="left", va="center", color=VERMILION)
        (here,) = self.right.plot([], [], "o", color=BLUE, ms=8, label="measured")
        self.right.set(xscale="log", yscale="log", xlim=(0.05, 10), ylim=(0.1, 30))
        self.right.set(xlabel="trigger", title="mean lag")
        self.right.set_xticks([0.1, 1.0, 10.0])
        self.right.set_yticks([0.1, 0.3, 1.0, 3.0, 10.0])
        for axis in (self.right.xaxis, self.right.yaxis):
            axis.set_major_formatter(in_words())
        self.right.minorticks_off()
        self.right.legend(loc="upper left")
        title = set_title(self.left, "")
        self.queued, self.taken, self.law, self.least = queued, taken, law, least
        self.label, self.here = label, here
        self.moving = [queued, taken, law, least, label, here, title]

    def update(self, result: MicroBatches) -> None:
        """Move the lines.

        Parameters
        ----------
        result : MicroBatches
            What to show.
        """
        step = max(result.at_s.size // 1500, 1)
        self.queued.set_data(result.at_s[::step], result.queued_lag_s[::step])
        self.taken.set_data(result.at_s[::step], result.lag_s[::step])
        work = {"per_batch_s": PER_BATCH_S, "per_event_s": PER_EVENT_S}
        law_s = [micro_batch_lag(tau, result.rate_per_s, **work) for tau in TRIGGERS_S]
        self.law.set_data(TRIGGERS_S, law_s)
        least_s = min(result.least_s, 99.0)  # out of sight when no trigger is long enough
        self.least.set_xdata([least_s, least_s])
        self.label.set(visible=least_s < 4, x=least_s * 1.08)
        self.label.set_text(f"at least\n{duration(least_s)}")
        self.here.set_data([result.trigger_s], [result.lag_s.mean()])
        set_title(self.left, f"{result.rate_per_s:g} events a second, a trigger every "
                             f"{duration(result.trigger_s)}")  # fmt: skip

    def sentence(self, result: MicroBatches) -> str:
        """Say the result in one sentence.

        Parameters
        ----------
        result : MicroBatches
            What is shown.

        Returns
        -------
        str
            The mean lag, the law, and whether the trigger is too short.
        """
        load = f"{result.rate_per_s:g} events a second and a trigger every "
        load += f"{duration(result.trigger_s)}: mean lag {duration(float(result.lag_s.mean()))}"
        law_s = micro_batch_lag(result.trigger_s, result.rate_per_s, PER_BATCH_S, PER_EVENT_S)
        if np.isfinite(law_s):
            return f"{load}, {duration(law_s)} by the law."
        if np.isinf(result.least_s):
            return f"{load}, and it grows as long as more comes than can be done."
        last = duration(float(result.queued_lag_s[-1]))
        return (
            f"{load}. The shortest trigger that can be kept is {duration(result.least_s)}: with "
            f"one micro-batch a trigger the lag has grown to {last}, with micro-batches that take "
            "all that waits it stays."
        )


def trigger(trigger_s: float = 1.0, rate_per_s: float = 250.0) -> Explorable:
    """Make the panel of lesson 08: trigger and rate of events against the lag of an event.

    Parameters
    ----------
    trigger_s : float
        Seconds between two micro-batches, 0.1 to 5.
    rate_per_s : float
        Events a second, 10 to 600.

    Returns
    -------
    Explorable
        The panel.

    Examples
    --------
    >>> round(trigger(trigger_s=1.0, rate_per_s=250).set(rate_per_s=300).least_s, 2)
    0.5
    """
    knobs = {
        "trigger_s": Knob("trigger, seconds", 0.1, 5, 0.1),
        "rate_per_s": Knob("events per second", 10, 600, 10),
    }
    return Explorable(
        micro_batches, _TriggerView(), knobs, trigger_s=trigger_s, rate_per_s=rate_per_s
    )
