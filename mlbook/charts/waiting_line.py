"""The scene of pattern 1: requests stand in line for a worker, in slow motion.

Waiting and working are to scale. The way to the server and back is not: half a millisecond could
not be seen.
"""

from __future__ import annotations

import heapq
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from mlbook import measure
from mlbook.charts.drawn import Line
from mlbook.charts.scene import LASTS_S, WAY_S, Mark, Point, Scene, Step
from mlbook.charts.theme import BLUE, ORANGE
from mlbook.charts.wiring import wiring
from mlbook.units import duration

if TYPE_CHECKING:
    from mlbook.experiment import Run
    from mlbook.patterns import RestApi

__all__ = ["Turns", "turns", "waiting_line"]

DONE_PER_S = 6  # requests that the workers finish in a second of the screen, when all are busy
PLACES = 25  # who stands further back stands on the last of them
FORWARD_S = 0.15  # to the next place


@dataclass(frozen=True)
class Turns:
    """When each request came to the server, got a worker and was done, in the order of coming.

    Parameters
    ----------
    came_s, began_s, done_s : ndarray of shape (n,)
        Seconds.
    desk : ndarray of shape (n,)
        Which worker, from 0.
    """

    came_s: NDArray[np.float64]
    began_s: NDArray[np.float64]
    done_s: NDArray[np.float64]
    desk: NDArray[np.int64]

    @property
    def ahead(self) -> NDArray[np.int64]:
        """How many stood in line when each one came."""
        return np.arange(self.came_s.size) - np.searchsorted(self.began_s, self.came_s)

    def on_screen(self, low_s: float, slower: float) -> Turns:
        """Tell the same in seconds of the screen.

        Parameters
        ----------
        low_s : float
            Second of the run with which the screen begins.
        slower : float
            How many times slower it goes there.

        Returns
        -------
        Turns
            The turns.
        """
        came_s, began_s, done_s = (
            (at_s - low_s) * slower for at_s in (self.came_s, self.began_s, self.done_s)
        )
        return Turns(came_s, began_s, done_s, self.desk)


def turns(run: Run, pattern: RestApi) -> Turns:
    """Recover from a log who waited for a worker until when: first come, first served.

    Parameters
    ----------
    run : Run
        A run without faults; requests that were refused stood in no line.
    pattern : RestApi
        Its pattern.

    Returns
    -------
    Turns
        One of each answered request.
    """
    if run.faults:
        names = ", ".join(f"{fault.kind} {fault.part!r}" for fault in run.faults)
        raise ValueError(f"run must be one without faults, got {names}. Leave faults=... out.")
    answered = ~measure.failed(run.log["status"])
    visit, asked_s = run.log["visit"][answered], run.log["requested_at_s"][answered]
    parts = run.site.parts
    half_s = parts["network"].draws_s[visit] / 2
    read_s = parts["feature_db"].draws_s[visit] if pattern.send == "features" else 0.0
    came_s, done_s = asked_s + half_s + read_s, asked_s + run.log["latency_s"][answered] - half_s
    order = np.argsort(came_s)
    free = [(0.0, desk) for desk in range(pattern.workers)]  # since when each worker is free
    began_s, desks = np.empty(order.size), np.empty(order.size, dtype=np.int64)
    for k, i in enumerate(order):
        since_s, desk = free[0]
        began_s[k], desks[k] = max(came_s[i], since_s), desk
        heapq.heapreplace(free, (done_s[i], desk))
    return Turns(came_s[order], began_s, done_s[order], desks)


def waiting_line(run: Run, pattern: RestApi) -> Scene:
    """Show the longest line of a run, how it came about, and how it was worked off.

    Parameters
    ----------
    run : Run
        A run without faults.
    pattern : RestApi
        Its pattern.

    Returns
    -------
    Scene
        One dot a request.
    """
    whole = turns(run, pattern)
    wait_s, ahead = whole.began_s - whole.came_s, whole.ahead
    worst = int(ahead.argmax())
    peak = int(ahead[worst] + (wait_s[worst] > 0))
    # The same pattern is always slowed down equally, so that a quiet and a busy run compare.
    slower = _round(pattern.capacity_per_s / DONE_PER_S)
    shown_s = LASTS_S / slower
    low_s = whole.came_s[worst] - shown_s / 2
    shown = np.flatnonzero((whole.done_s > low_s) & (whole.came_s < low_s + shown_s)).tolist()
    route = wiring("rest_api").route
    assert isinstance(route, Line)
    rings = _rings(route, pattern.workers)
    on_screen, places = whole.on_screen(low_s, slower), _places(route, peak)
    marks = [_request(k, on_screen, int(ahead[k]), route, places, rings) for k in shown]
    sentence = (
        f"The busiest {duration(shown_s)} of the run, {slower:g} times slower: {len(shown)} "
        f"requests (dots) meet {pattern.workers} workers (rings). At most {peak} stand in line "
        f"(orange), and the longest wait for a worker is {duration(float(wait_s[shown].max()))}."
    )
    return Scene("rest_api", tuple(marks), sentence, rings)


def _request(
    k: int,
    turns: Turns,
    ahead: int,
    route: Line,
    places: tuple[Point, ...],
    rings: tuple[Point, ...],
) -> Mark:
    """Send one request to its place in line, forward in it, to a worker and home."""
    came, began, done = turns.came_s[k], turns.began_s[k], turns.done_s[k]
    steps: list[Step] = [(came - WAY_S, *route.there.start)]
    place = min(ahead, PLACES - 1)
    if began > came:
        steps.append((came, *places[place]))
    for next_place in reversed(range(place)):
        goes = max(turns.began_s[k - next_place - 1], came)
        arrives = max(min(goes + FORWARD_S, turns.began_s[k - next_place]), goes)
        steps += [(goes, *places[next_place + 1]), (arrives, *places[next_place])]
    in_s = min(0.15, 0.3 * (done - began))  # from the head to the door, and on to the worker
    ring, (x, y) = rings[turns.desk[k]], route.door
    steps += [(began, *route.head), (began + in_s, x, y), (began + 2 * in_s, *ring)]
    steps += [(done, *ring), (done + 0.2, x, y), (done + 0.3, x, route.back.end[1])]
    steps.append((done + 0.3 + WAY_S, *route.back.end))
    waits = ((came, ORANGE), (began, BLUE)) if began > came else ()
    return Mark(tuple(steps), ((-math.inf, BLUE), *waits))


def _places(route: Line, peak: int) -> tuple[Point, ...]:
    """Give the places in line, from the head backwards; in a long line they are closer."""
    (x, y), (start, _) = route.head, route.there.start
    gap = min(0.19, (x - start - 0.2) / min(max(peak, 1), PLACES))
    return tuple((x - gap * place, y) for place in range(PLACES))


def _rings(route: Line, workers: int) -> tuple[Point, ...]:
    (first, y), (last, _) = route.desks
    if workers == 1:
        return (((first + last) / 2, y),)
    return tuple((x, y) for x in np.linspace(first, last, workers).tolist())


def _round(value: float) -> float:
    """Round to 1, 2 or 5 times a power of ten."""
    power = 10.0 ** math.floor(math.log10(value))
    return min((power * n for n in (1, 2, 5, 10)), key=lambda near: abs(math.log(near / value)))
