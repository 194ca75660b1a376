"""The scene of pattern 3: events stand in the message queue until the stream job takes them.

When an event comes and when it is taken are to scale; its way along an arrow is not.
"""

from __future__ import annotations

import heapq
import itertools
import math
from typing import TYPE_CHECKING

import numpy as np

from mlbook.charts.drawn import Pile
from mlbook.charts.scene import LASTS_S, OUT_OF_SIGHT, WAY_S, Mark, Point, Scene, Step
from mlbook.charts.theme import BLUE, ORANGE
from mlbook.charts.wiring import wiring
from mlbook.units import duration

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mlbook.charts.drawn import Arrow
    from mlbook.experiment import Run

__all__ = ["standing_queue"]

EVENT = 7.0  # points across
SHOWN = 2.3  # times the longest wait


def standing_queue(run: Run) -> Scene:
    """Show the events around the one that waited longest.

    Parameters
    ----------
    run : Run
        A run of a stream; with an outage the middle of the scene is its end.

    Returns
    -------
    Scene
        One dot for one event, or for some.
    """
    route = wiring("streaming").route
    assert isinstance(route, Pile)
    assert run.site.seen_at_s is not None
    counted = np.isfinite(run.site.seen_at_s)
    event_s, seen_s = run.world.activity.at_s[counted], run.site.seen_at_s[counted]
    lag_s = np.where(event_s >= run.log["requested_at_s"][0], seen_s - event_s, 0.0)
    longest_s = float(lag_s.max())
    shown_s = SHOWN * longest_s
    low_s, pace = seen_s[lag_s.argmax()] - shown_s / 2, shown_s / LASTS_S
    shown = (seen_s > low_s) & (event_s < low_s + shown_s)
    came, taken = (event_s[shown] - low_s) / pace, (seen_s[shown] - low_s) / pace
    most = _most_waiting(came, taken)
    every = math.ceil(most / route.places)
    came, taken = came[::every], taken[::every]
    marks = [
        _event(*times, route)
        for times in zip(came.tolist(), taken.tolist(), _places(came, taken, route), strict=True)
    ]
    speed = f"{pace:,.0f} times faster" if pace >= 1 else f"{1 / pace:,.0f} times slower"
    dots = f"{every} events" if every > 1 else "one event"
    sentence = (
        f"{duration(shown_s)} of the run, {speed}: events travel into the message queue, wait "
        f"there (orange), and are taken by the stream job. A dot stands for {dots}. At most {most} "
        f"wait, and the longest wait is {duration(longest_s)}."
    )
    return Scene("streaming", tuple(marks), sentence)


def _most_waiting(came: NDArray[np.float64], taken: NDArray[np.float64]) -> int:
    waiting = np.arange(1, came.size + 1) - np.searchsorted(np.sort(taken), came, side="right")
    return int(waiting.max())


def _places(came: NDArray[np.float64], taken: NDArray[np.float64], route: Pile) -> list[Point]:
    """Give each event the lowest place that is free when it comes."""
    free, leaving = list(range(came.size)), list[tuple[float, int]]()
    places = []
    for begins, ends in zip(came.tolist(), taken.tolist(), strict=True):
        while leaving and leaving[0][0] <= begins:
            heapq.heappush(free, heapq.heappop(leaving)[1])
        place = heapq.heappop(free)
        heapq.heappush(leaving, (ends, place))
        places.append(route.place(place))
    return places


def _event(came: float, taken: float, place: Point, route: Pile) -> Mark:
    """Let an event travel into the queue before it came, and out of it after it was taken."""
    steps: list[Step] = _along(route.there, came - WAY_S)
    steps += [(came, *OUT_OF_SIGHT), (came, *place), (taken, *place), (taken, *OUT_OF_SIGHT)]
    steps += _along(route.away, taken)
    fills = ((-math.inf, BLUE), (came, ORANGE), (taken, BLUE))
    return Mark(tuple(steps), fills, size=EVENT)


def _along(arrow: Arrow, begins: float) -> list[Step]:
    points = (arrow.start, *arrow.via, arrow.end)
    legs = [math.dist(*leg) for leg in itertools.pairwise(points)]
    share = np.r_[0.0, np.cumsum(legs)] / sum(legs)
    return [(begins + WAY_S * s, *point) for s, point in zip(share.tolist(), points, strict=True)]
