"""Exercises of lesson 06: capacity, the right number of workers, the right repair."""

from __future__ import annotations

import math

from mlbook.exercises.exercise import Context, Exercise, Wrong

__all__ = ["EXERCISES"]

TARGET = 0.7  # the utilisation that exercise 06.workers asks for
EVENING_PER_S = 500.0


def _held_s(context: Context, lookups: float = 1.0) -> float:
    """Mean time a request holds a worker, when the lookup takes `lookups` times as long."""
    pattern = context["run"].pattern
    return float(pattern.service.mean + lookups * pattern.lookup.mean)


def _capacity(context: Context, held_s: float) -> float:
    return float(context["run"].pattern.workers / held_s)


def _median_s(context: Context, lookups: float = 1.0) -> float:
    pattern = context["run"].pattern
    return float(pattern.service.p50 + lookups * pattern.lookup.p50)


def _workers(context: Context, target: float = TARGET, *, by_medians: bool = False) -> int:
    held_s = _median_s(context) if by_medians else _held_s(context)
    return math.ceil(EVENING_PER_S * held_s / target)


EXERCISES = (
    Exercise(
        id="06.workers",
        asks="workers",
        unit="workers",
        context=("run",),
        whole=True,
        right=_workers,
        wrong=(
            Wrong(lambda c: _workers(c, target=1.0), "With these every worker would be busy nearly "
                  "all the time. The question leaves room."),
            Wrong(lambda c: _workers(c, by_medians=True), "That is made of medians. It is the mean "
                  "that fills a worker's day."),
        ),
        hints=(
            "Utilisation is visits per second, times the mean service time, over the workers.",
            "Solve it for the workers, with the utilisation that the question allows.",
            "500 * service time / 0.7, and a part of a worker cannot be hired: round up.",
        ),
        answer="int(500 * held_s / 0.7) + 1",
        because="Workers come whole, and rounding down would leave the evening above the limit.",
    ),
    Exercise(
        id="06.repair",
        asks="buy",
        unit="what to pay for",
        options=("more workers", "a faster model", "neither"),
        right=lambda _: "a faster model",
        wrong=(
            Wrong(lambda _: "more workers", "When the server is quiet, who waits for a worker?"),
            Wrong(lambda _: "neither", "Try both on the panel at a quiet load and watch p99."),
        ),
        hints=(
            "Set the panel to a quiet load and change one knob at a time.",
            "A wait in line can be shortened by workers. Is there a line?",
            "Without a line, the time users wait is the time of the work itself.",
        ),
        answer='"a faster model"',
        because="When nobody stands in line, only the work itself is left to shorten.",
    ),
    Exercise(
        id="06.slow_db",
        asks="capacity_per_s",
        unit="visits per second",
        context=("run",),
        right=lambda c: _capacity(c, _held_s(c, lookups=2)),
        wrong=(
            Wrong(lambda c: _capacity(c, _held_s(c)), "That is the capacity as it was. The worker "
                  "waits for the feature DB, too."),
            Wrong(lambda c: _capacity(c, 2 * _held_s(c)), "Only the lookup became slower, the "
                  "model did not."),
            Wrong(lambda c: _capacity(c, _median_s(c, lookups=2)), "That is made of medians. A few "
                  "slow requests hold a worker for long: which number counts them?"),
            Wrong(lambda c: 1 / _held_s(c, lookups=2), "That is what one worker can do."),
        ),
        hints=(
            "What does one visit do while it holds a worker?",
            "It reads the features and then predicts; the two means add up.",
            "workers / (service.mean + 2 * lookup.mean), with the knobs of `rest`.",
        ),
        answer="rest.workers / (rest.service.mean + 2 * rest.lookup.mean)",
        because="The model is as fast as ever, but each visit holds its worker for longer.",
    ),
)  # fmt: skip
