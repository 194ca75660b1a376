"""Exercises of lesson 08: what to stream first, how long a backlog lasts, how short a trigger."""

from __future__ import annotations

from mlbook.exercises.exercise import Context, Exercise, Wrong
from mlbook.measure import clicks_per_100, flip_of
from mlbook.units import HOUR

__all__ = ["EXERCISES"]

SALE_PER_S = 300.0  # events a second in exercise 08.trigger
HALVES = ("features", "training")


def _usual_clicks(context: Context, name: str) -> float:
    """Clicks per 100 visits of one of the runs on the days before taste flips."""
    run = context[name]
    _, flips_s = flip_of(run)
    return clicks_per_100(run.between(0.0, flips_s))[0]


def _better_half(context: Context, *, otherwise: bool = False) -> str:
    """Which half earns more alone; with `otherwise` the other one."""
    features = _usual_clicks(context, "mixed") > _usual_clicks(context, "daily")
    return HALVES[features == otherwise]


def _down_h(context: Context) -> float:
    return float(context["run"].faults[0].lasting_s) / HOUR


def _busy(context: Context) -> float:
    """Share of its time for which the job is busy, at the mean rate of its events."""
    run = context["run"]
    return float(run.pattern.per_event * run.world.activity.at_s.size / run.world.horizon_s)


def _catch_up_h(context: Context) -> float:
    busy = _busy(context)
    return _down_h(context) * busy / (1 - busy)


def _without_newcomers_h(context: Context) -> float:
    return _down_h(context) * _busy(context)


def _until_fresh_h(context: Context) -> float:
    return _down_h(context) / (1 - _busy(context))


def _shortest_s(context: Context) -> float:
    job = context["run"].pattern
    return float(job.per_batch / (1 - job.per_event * SALE_PER_S))


def _one_second_of_events_s(context: Context) -> float:
    job = context["run"].pattern
    return float(job.per_batch + job.per_event * SALE_PER_S)


EXERCISES = (
    Exercise(
        id="08.half",
        asks="stream_first",
        unit="which half to stream",
        context=("mixed", "daily"),
        options=HALVES,
        right=_better_half,
        wrong=(
            Wrong(lambda c: _better_half(c, otherwise=True), "Look at the days before the flip "
                  "only: which of the two runs has more clicks there?"),
        ),
        hints=(
            "One run streams its features only, the other one its training only.",
            "Compare the two on the days before the flip.",
            "`clicks_by_period` has both columns; the days before the flip have negative numbers.",
        ),
        answer='"features"',
        because="In this shop the interests of single users change every day, and only fresh "
        "features see that; everybody's taste flips once.",
    ),
    Exercise(
        id="08.catch_up",
        asks="catch_up_h",
        unit="hours",
        context=("run",),
        right=_catch_up_h,
        wrong=(
            Wrong(_without_newcomers_h, "That is the work of the backlog alone. What comes in "
                  "while it is being worked off?"),
            Wrong(_until_fresh_h, "That counts from the moment at which the job went down. The "
                  "question starts at the restart."),
        ),
        hints=(
            "How many events wait at the restart, and by how many does the queue shrink a second?",
            "The backlog is lambda times the outage; it shrinks by 1/a - lambda.",
            "down_h * busy / (1 - busy), with the share of the time for which the job is busy.",
        ),
        answer="down_h * busy_percent / (100 - busy_percent)",
        because="lambda L / (1/a - lambda) is L rho / (1 - rho): the busier the job, the longer "
        "it limps after a fall.",
    ),
    Exercise(
        id="08.trigger",
        asks="shortest_s",
        unit="seconds",
        context=("run",),
        right=_shortest_s,
        wrong=(
            Wrong(lambda c: c["run"].pattern.per_batch, "That is a micro-batch without events. "
                  "They take time, too."),
            Wrong(_one_second_of_events_s, "That is how long one second of events takes. With "
                  "another trigger a micro-batch holds more or fewer of them."),
        ),
        hints=(
            "At the shortest trigger a micro-batch takes exactly as long as the trigger.",
            "Solve trigger = b + a * rate * trigger.",
            "b / (1 - a * rate), with the per_batch and the per_event of the run's pattern.",
        ),
        answer="streaming.per_batch / (1 - 300 * streaming.per_event)",
        because="Below it a micro-batch takes longer than the time to the next one.",
    ),
)  # fmt: skip
