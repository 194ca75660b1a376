"""Exercises of lesson 07: the age of a prediction, the alarm on it, the window."""

from __future__ import annotations

from mlbook.exercises.exercise import Context, Exercise, Wrong
from mlbook.patterns.deploy import PREDICTED_IN_S
from mlbook.units import HOUR, MINUTE

__all__ = ["EXERCISES"]


def _hours(context: Context, periods: float, runs: float) -> float:
    """So many periods T plus so many durations D of the learner's own batch, in hours."""
    pattern = context["run"].pattern
    return float(periods * pattern.predict_every + runs * pattern.predict_takes) / HOUR


def _mean_age_h(context: Context, *, takes: float) -> float:
    """Mean age by the clock when the same batch starts every two hours and takes `takes` hours."""
    del context
    return 1.0 + takes


def _million_users(context: Context, items: int | None = None) -> float:
    run = context["run"]
    each_user_s = (items or run.world.catalog.n_items) * PREDICTED_IN_S
    return float(run.pattern.predict_every / each_user_s / 1e6)


EXERCISES = (
    Exercise(
        id="07.mean",
        asks="mean_age_h",
        unit="hours",
        right=lambda c: _mean_age_h(c, takes=10 * MINUTE / HOUR),
        wrong=(
            Wrong(lambda _: 1.0, "That is half the period. How old is a table when it appears?"),
            Wrong(lambda _: 2 + 10 / 60, "That is the oldest age, just before the next table."),
            Wrong(lambda _: 10 / 60, "That is the youngest age, just after a new table."),
            Wrong(lambda _: 2.0, "That is the period. Between which two ages does a reader come?"),
        ),
        hints=(
            "What is the youngest age, what is the oldest?",
            "By the clock every age between D and T + D is equally common.",
            "D + T/2, with T two hours and D ten minutes, both in hours.",
        ),
        answer="10 / 60 + 2 / 2",
        because="D + T/2: every age between the youngest and the oldest is equally common.",
    ),
    Exercise(
        id="07.alarm",
        asks="threshold_h",
        unit="hours",
        context=("run",),
        right=lambda c: _hours(c, periods=1, runs=1),
        wrong=(
            Wrong(lambda c: _hours(c, 1, 0), "With this the alarm rings in every period, while a "
                  "good batch is still running."),
            Wrong(lambda c: _hours(c, 2, 1), "With this it rings when the missing table would have "
                  "been replaced anyway: one period too late."),
            Wrong(lambda c: _hours(c, 0.5, 1), "That is the mean age. Half of all good hours are "
                  "older."),
        ),
        hints=(
            "How old does the table become when everything is well?",
            "An alarm must stay silent at that age, and ring as soon as it is passed.",
            "The oldest usual age is T + D.",
        ),
        answer="(batch.predict_every + batch.predict_takes) / mb.HOUR",
        because="Below T + D the alarm rings for nothing, above it somebody learns of the missing "
        "batch too late.",
    ),
    Exercise(
        id="07.window",
        asks="million_users",
        unit="million users",
        context=("run",),
        right=_million_users,
        wrong=(
            Wrong(lambda c: _million_users(c, items=1), "Every user has a row for every item."),
            Wrong(lambda c: _million_users(c) / 2, "That leaves half of the window empty."),
        ),
        hints=(
            "How long does the batch take for one user?",
            "Items times 0.05 milliseconds. How often does that fit into one period?",
            "predict_every / (n_items * 0.05 * mb.MS), in millions.",
        ),
        answer="batch.predict_every / (world.catalog.n_items * 0.05 * mb.MS) / 1e6",
        because="Beyond it one core cannot finish before the next batch is due.",
    ),
)  # fmt: skip
