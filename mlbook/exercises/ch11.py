"""Exercises of lesson 11: when a look at slices pays, a share, a cold green, when to contract."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from mlbook.exercises.exercise import Context, Exercise, Wrong

if TYPE_CHECKING:
    from mlbook.queueing import Distribution

__all__ = ["EXERCISES"]

LONGER = 4.0  # times the hours of half and half, as the lesson asks
WHEN = ("before the switch", "at the switch", "when blue is shut down")


def _clicks(context: Context) -> tuple[float, float]:
    """What looking at slices adds to a good release, and saves of one bad for a slice."""
    lost: Any = context["costs"]["clicks_lost"]
    whole, slices = lost["all visits"], lost["each slice, too"]
    return slices["good"] - whole["good"], whole["bad for the app"] - slices["bad for the app"]


def _bad_of_100(context: Context) -> int:
    extra, saved = _clicks(context)
    return math.floor(100 * extra / (extra + saved)) + 1  # at exactly as many it is all the same


def _left_percent(context: Context) -> int:
    """How much of the loss the look at the slices leaves."""
    lost: Any = context["costs"]["clicks_lost"]
    whole, slices = lost["all visits"], lost["each slice, too"]
    return round(100 * float(slices["bad for the app"] / whole["bad for the app"]))


def _share_percent(_: Context) -> float:
    """The smaller root of c (1 - c) = 1/4 / LONGER."""
    return 50 * (1 - math.sqrt(1 - 1 / LONGER))


def _held_s(context: Context) -> tuple[float, float]:
    """Seconds that a request holds a worker of green, usually and on top while it is cold."""
    run: Any = context["run"]
    parts: tuple[Distribution, ...] = (run.pattern.green.service, run.pattern.green.lookup)
    return sum(float(part.mean) for part in parts), float(run.faults[0].by_s)


def _workers(context: Context, *, usual: bool = True, cold: bool = True) -> int:
    held_s, more_s = _held_s(context)
    busy = float(context["rush_per_s"]) * (usual * held_s + cold * more_s)
    return math.floor(busy) + 1  # at exactly as many as the load, the line never ends


EXERCISES = (
    Exercise(
        id="11.pays",
        asks="bad_of_100",
        unit="releases of a hundred",
        context=("costs",),
        right=_bad_of_100,
        whole=True,
        wrong=(
            Wrong(lambda c: 100 - _bad_of_100(c), "That many may be good, at the most. How many "
                  "must be bad for the app?"),
            Wrong(_left_percent, "That is how much of the loss is left. What does looking cost "
                  "when there is nothing to find?"),
        ),
        hints=(
            "Two numbers: what looking costs at a good release, and what it saves at a bad one.",
            "With a share p of bad ones it pays when p times the saving is more than (1 - p) times "
            "the cost.",
            "100 * cost / (cost + saving), both from the column of the clicks; then the next whole "
            "number.",
        ),
        answer="int(100 / (1 + (costs['clicks_lost']['all visits', 'bad for the app'] - "
        "costs['clicks_lost']['each slice, too', 'bad for the app']) / "
        "(costs['clicks_lost']['each slice, too', 'good'] - "
        "costs['clicks_lost']['all visits', 'good']))) + 1",
        because="Looking costs a good release a few clicks and saves very many at a bad one.",
    ),
    Exercise(
        id="11.share",
        asks="share_percent",
        unit="visits in 100",
        right=_share_percent,
        wrong=(
            Wrong(lambda _: 50 / LONGER, "The hours do not simply go with one over the share: look "
                  "at the second factor of the law."),
            Wrong(lambda c: 100 - _share_percent(c), "That takes as long, and hurts many more."),
        ),
        hints=(
            "In the law of the hours, what is c (1 - c) for half of the visits?",
            "A quarter. It must be a quarter of that. Which c is it?",
            "The smaller root of c (1 - c) = 1/16, in percent; or read it off the panel.",
        ),
        answer="50 * (1 - (1 - 1 / 4) ** 0.5)",
        because="Four times the hours are a quarter of c (1 - c); the smaller root hurts fewer.",
        tolerance=0.05,
    ),
    Exercise(
        id="11.workers",
        asks="workers",
        unit="workers of green",
        context=("run", "rush_per_s"),
        right=_workers,
        whole=True,
        wrong=(
            Wrong(lambda c: _workers(c, cold=False), "That many are enough as soon as the cache "
                  "is warm."),
            Wrong(lambda c: _workers(c, usual=False), "What the cache adds comes on top of the "
                  "usual time."),
            Wrong(lambda c: _workers(c) - 1, "Nearly. Take the means, not the medians (p50), and "
                  "round up."),
        ),
        hints=(
            "How long does one request hold a worker while the cache is cold?",
            "Service and lookup as usual, and the additional milliseconds. Times the rate?",
            "The next whole number above the rate times the seconds held.",
        ),
        answer="int(rush_per_s * (api.service.mean + api.lookup.mean + cold.by_s)) + 1",
        because="Busy workers are rate times the time that each request holds one; green needs "
        "more than that.",
    ),
    Exercise(
        id="11.contract",
        asks="when",
        unit="a moment",
        options=WHEN,
        right=lambda _: WHEN[2],
        wrong=(
            Wrong(lambda _: WHEN[0], "Then blue still serves, and it knows the old name only."),
            Wrong(lambda _: WHEN[1], "Who would answer after a rollback?"),
        ),
        hints=(
            "Who still reads the old column?",
            "Blue, and it may have to come back.",
            "Not as long as there is a way back.",
        ),
        answer="'when blue is shut down'",
        because="As long as there is a way back, somebody may need the old name.",
    ),
)  # fmt: skip
