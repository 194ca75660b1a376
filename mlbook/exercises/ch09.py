"""Exercises of lesson 09: an express review, bits against flips, a release every day."""

from __future__ import annotations

from typing import Any

import numpy as np

from mlbook.exercises.exercise import Context, Exercise, Wrong
from mlbook.queueing import adopted
from mlbook.units import DAY

__all__ = ["EXERCISES"]

BITS = ("float32", "int8", "int6", "int4", "int3")
MOST_FLIPS = 2.0  # in 100 visits, as the lesson asks


def _adopted_percent(context: Context, days: float, *, fast_only: bool = False) -> float:
    """Phones in 100 that have a release so many days after it went live."""
    speeds = context["run"].pattern.speeds
    share, gap_s = speeds[0]
    part = share * adopted(days * DAY, [(1.0, gap_s)])
    return 100 * float(part if fast_only else adopted(days * DAY, speeds))


def _straight_line(context: Context) -> float:
    """Two days of the period, as if phones came evenly until the next release."""
    period_days = float(context["run"].pattern.release_every) / DAY
    return _adopted_percent(context, period_days) * 2 / period_days


def _mean_gap(context: Context) -> float:
    """All phones as if they were of one kind with the mean gap."""
    mean_s = sum(share * gap_s for share, gap_s in context["run"].pattern.speeds)
    return 100 * adopted(2 * DAY, [(1.0, mean_s)])


def _smallest(context: Context, coarser: int = 0) -> str:
    """The coarsest precision with few enough flips, or one that is coarser or finer by a step."""
    runs: Any = context["runs"]
    exact = runs["float32"].log["item"]
    flips = [100 * np.mean(runs[each].log["item"] != exact) for each in BITS]
    last = max(place for place, each in enumerate(flips) if each <= MOST_FLIPS)
    return BITS[min(max(last + coarser, 0), len(BITS) - 1)]


def _younger_days(context: Context, share: float = 0.5) -> float:
    """Part of the days by which the period becomes shorter when releases leave daily."""
    return share * float(context["run"].pattern.release_every - DAY) / DAY


def _half_a_period_days(context: Context) -> float:
    return float(context["run"].pattern.release_every) / 2 / DAY


EXERCISES = (
    Exercise(
        id="09.express",
        asks="percent",
        unit="phones in 100",
        context=("run",),
        right=lambda c: _adopted_percent(c, days=2),
        wrong=(
            Wrong(lambda c: _adopted_percent(c, 2, fast_only=True), "The fast phones are not the "
                  "only ones that look: the slow ones are many."),
            Wrong(_straight_line, "Phones do not come evenly: the first days bring most."),
            Wrong(_mean_gap, "Two kinds of phones are not one kind with the mean gap between "
                  "looks."),
        ),
        hints=(
            "Until the good release is live, who leaves the bad one?",
            "Nobody. So the worst moment is when the good one goes live, and F says how many have "
            "taken the bad one by then.",
            "100 * mb.queueing.adopted(two days in seconds, the speeds of the app)",
        ),
        answer="100 * mb.queueing.adopted(2 * mb.DAY, app.speeds)",
        because="Nobody leaves the bad release before the good one is live; until then its share "
        "is F.",
    ),
    Exercise(
        id="09.bits",
        asks="precision",
        unit="a precision",
        context=("runs",),
        options=BITS,
        right=_smallest,
        wrong=(
            Wrong(lambda c: _smallest(c, coarser=1), "With this one more than two visits in a "
                  "hundred show another item."),
            Wrong(lambda c: _smallest(c, coarser=-1), "That one keeps the rule, and so does a "
                  "smaller one."),
        ),
        hints=(
            "The rule is about what is shown, not about clicks.",
            "Read the bars from below: which is the first that keeps the rule?",
            "The last row of `flips.table()` with at most two flips in a hundred visits.",
        ),
        answer="(flips.table()['flips in 100 visits'] <= 2)[::-1].idxmax()",
        because="It is the fewest bits with which the rule still holds.",
    ),
    Exercise(
        id="09.daily",
        asks="younger_days",
        unit="days",
        context=("run",),
        right=_younger_days,
        wrong=(
            Wrong(lambda c: _younger_days(c, share=1.0), "The period shrinks by so much. How much "
                  "of a period does the law have in it?"),
            Wrong(_half_a_period_days, "Also a daily train has a period, and half of it remains."),
        ),
        hints=(
            "Which of the three terms of the law has the period in it?",
            "Half a period before, half a period after: what is the difference?",
            "(R - 1 day) / 2, in days.",
        ),
        answer="(app.release_every - 1 * mb.DAY) / 2 / mb.DAY",
        because="Only R/2 changes; the phones' own looks, the largest term, stay as they are.",
    ),
)  # fmt: skip
