"""The scene of pattern 2: a table grows old in the database until a batch replaces it, fast motion.

A batch and the ages are to scale; the way of an answer is not.
"""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING

import numpy as np

from mlbook.charts.drawn import Table
from mlbook.charts.scene import LASTS_S, OUT_OF_SIGHT, WAY_S, Mark, Scene, Step
from mlbook.charts.theme import GREEN
from mlbook.charts.wiring import wiring
from mlbook.units import duration

if TYPE_CHECKING:
    from mlbook.experiment import Run
    from mlbook.patterns import SharedDb

__all__ = ["replaced_table"]

DOTS = 100  # at most
BATCH, TABLE = 12.0, 26.0  # points across


def replaced_table(run: Run, pattern: SharedDb) -> Scene:
    """Show two periods of the batch around the oldest answer of a run.

    Parameters
    ----------
    run : Run
        A run in which some answer had a prediction.
    pattern : SharedDb
        Its pattern.

    Returns
    -------
    Scene
        One dot for one answer, or for some.
    """
    route = wiring("shared_db").route
    assert isinstance(route, Table)
    age_s, asked_s = run.log["feature_age_s"], run.log["requested_at_s"]
    shown_s, oldest_s = 2 * pattern.predict_every, float(np.nanmax(age_s))
    low_s, faster = asked_s[np.nanargmax(age_s)] - shown_s / 2, shown_s / LASTS_S
    shown = np.flatnonzero((asked_s >= low_s) & (asked_s < low_s + shown_s))
    every = math.ceil(shown.size / DOTS)
    fades = 0.9 / (oldest_s / faster)  # opacity lost in a second of the screen
    tables = [
        ((at - low_s) / faster, (asof - low_s) / faster) for at, asof, _ in run.site.published
    ]
    marks = [_lying(tables, route, fades)]
    marks += [_batch(asof, at, route) for at, asof in tables if at > 0 and asof < LASTS_S]
    for i in shown[::every]:
        shade = 0.0 if np.isnan(age_s[i]) else 1 - fades * age_s[i] / faster
        marks.append(_answer((asked_s[i] - low_s) / faster, shade, route))
    sentence = (
        f"{duration(shown_s)} of the run, {faster:,.0f} times faster: every "
        f"{duration(pattern.predict_every)} a batch (square) is due to replace the table in the "
        f"DB. A dot stands for {f'{every} answers' if every > 1 else 'one answer'}; the older, the "
        f"paler, and the oldest is {duration(oldest_s)} old."
    )
    return Scene("shared_db", tuple(marks), sentence)


def _lying(tables: list[tuple[float, float]], route: Table, fades: float) -> Mark:
    """Let the table in the database grow pale until the next one replaces it."""
    ends = [at for at, _ in tables[1:]] + [math.inf]
    shades = [
        (now, 1 - fades * (now - asof))
        for (at, asof), end in zip(tables, ends, strict=True)
        if end > 0 and at < LASTS_S
        for now in (max(at, 0.0), min(end, LASTS_S))
    ]
    steps = ((shades[0][0], *route.at), (LASTS_S, *route.at))
    return Mark(steps, ((-math.inf, GREEN),), tuple(shades), "s", TABLE)


def _batch(begins: float, ends: float, route: Table) -> Mark:
    """Send a batch along its arrows; inside of a part it is out of sight."""
    ways = [list(itertools.pairwise((a.start, *a.via, a.end))) for a in route.batch]
    pace = (ends - begins) / sum(math.dist(*leg) for way in ways for leg in way)
    now, steps = begins, list[Step]()
    for way in ways:
        steps += [(now, *OUT_OF_SIGHT), (now, *way[0][0])]
        for leg in way:
            now += pace * math.dist(*leg)
            steps.append((now, *leg[1]))
        steps.append((now, *OUT_OF_SIGHT))
    return Mark(tuple(steps), ((-math.inf, GREEN),), shape="s", size=BATCH)


def _answer(leaves: float, shade: float, route: Table) -> Mark:
    steps = ((leaves, *route.back.start), (leaves + WAY_S, *route.back.end))
    return Mark(steps, ((-math.inf, GREEN),), ((0.0, shade),))
