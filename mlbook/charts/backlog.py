"""What waits in the queue while nobody reads it, and how long it takes to get rid of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np

from mlbook.charts.display import Display
from mlbook.charts.theme import BLUE, GREY, VERMILION
from mlbook.measure import backlog, caught_up_s
from mlbook.queueing import catch_up_time
from mlbook.units import HOUR, duration

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from mlbook.experiment import Run

__all__ = ["BacklogDisplay"]


@dataclass
class BacklogDisplay(Display):
    """Events that wait, before, during and after an outage, and the law.

    Parameters
    ----------
    at_s : ndarray of shape (n,)
        Instants in seconds since the outage began.
    waiting : ndarray of shape (n,)
        Events that wait then.
    down_s : float
        How long the outage lasted, in seconds.
    law : tuple of float
        The backlog at its end, and the seconds that it takes to work it off.
    """

    at_s: NDArray[np.float64]
    waiting: NDArray[np.int64]
    down_s: float
    law: tuple[float, float]

    @classmethod
    def from_run(cls, run: Run, per_event: float) -> Self:
        """Count what waits around the first outage of a run, every two minutes.

        Parameters
        ----------
        run : Run
            A run of a stream with an outage that ends within it.
        per_event : float
            a, seconds of work for each event, for the law.

        Returns
        -------
        BacklogDisplay
            Not drawn yet.
        """
        down = next((fault for fault in run.faults if fault.kind == "down"), None)
        if down is None:
            text = "run must have an outage, got one without. Run it with"
            raise ValueError(f"{text} faults=[mb.down('stream_job', at=..., lasting=...)].")
        ends_s = down.at_s + down.lasting_s
        done_s = min(caught_up_s(run, ends_s), run.world.horizon_s)
        event_s = run.world.activity.at_s
        came = np.searchsorted(event_s, [down.at_s, ends_s, done_s])
        rate_per_s = (came[2] - came[1]) / (done_s - ends_s)
        law_s = catch_up_time(float(came[1] - came[0]), rate_per_s, per_event)
        margin_s = 0.2 * (done_s - down.at_s)
        at_s = np.arange(down.at_s - margin_s, min(done_s + margin_s, run.world.horizon_s), 120.0)
        law = (float(came[1] - came[0]), law_s)
        return cls(at_s - down.at_s, backlog(run, at_s), down.lasting_s, law)

    def draw(self, ax: Axes) -> None:
        hours, down_h = self.at_s / HOUR, self.down_s / HOUR
        most, catches_up_s = self.law
        ax.axvspan(0, down_h, color=GREY, alpha=0.15, lw=0)
        ax.fill_between(hours, self.waiting, color=BLUE, alpha=0.3, lw=0, step="post")
        ax.step(hours, self.waiting, where="post", color=BLUE, label="events that wait")
        corners = [0, down_h, down_h + catches_up_s / HOUR]
        ax.plot(corners, [0, most, 0], color=VERMILION, linestyle="--", label="law, at even rates")
        ax.set_ylim(0, 1.35 * max(most, float(self.waiting.max())))
        ax.text(down_h / 2, ax.get_ylim()[1] * 0.03, "the job is down", ha="center", color=GREY)
        ax.set(xlabel="hours since the outage began", ylabel="events in the queue")
        ax.legend(loc="upper right", ncols=2)
        ax.set_title("A queue that nobody reads")

    def alt_text(self) -> str:
        most, catches_up_s = self.law
        return (
            f"Area plot of the events that wait. In an outage of {duration(self.down_s)} they grow "
            f"to {int(self.waiting.max()):,}; by the law to {most:,.0f}, and then they are worked "
            f"off in {duration(catches_up_s)}."
        )
