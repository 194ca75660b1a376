"""Exercises of lesson 02: how many users, on which evening, at which level, how many false wins."""

from __future__ import annotations

import numpy as np

from mlbook.ab import boundary, false_positive_risk, power, proportions, running_counts
from mlbook.exercises.exercise import Context, Exercise, Wrong

__all__ = ["EXERCISES"]

METRICS = 20
MEN = (0.0051, 0.0067)  # the true rates of both policies; Saito and others 2021, table 1


def _first_evening(context: Context, kind: str | None) -> int:
    """Give the first evening beyond a boundary, or beyond that of one look; 0 when there is none.

    Parameters
    ----------
    context : mapping
        The learner's log.
    kind : str or None
        As for :func:`mlbook.ab.boundary`; None: p is below .05.
    """
    clicks, n = running_counts(context["log"])
    looks = proportions(clicks, n)
    z = np.abs(looks.statistic)
    beyond = looks.significant if kind is None else z > boundary(kind, len(n))
    return int(np.argmax(beyond)) + 1 if beyond.any() else 0


def _last_evening(context: Context) -> int:
    return len(running_counts(context["log"])[0])


def _false_percent(context: Context, at_power: float | None = None) -> float:
    """Give the share of false wins where one idea in ten helps, with arms as large as the log's."""
    n = context["log"].groupby("arm").size().min()
    found = power(*MEN, n) if at_power is None else at_power
    return 100 * false_positive_risk(0.1, power=found)


EXERCISES = (
    Exercise(
        id="02.times",
        asks="times",
        unit="times as many users",
        right=lambda _: 4.0,
        wrong=(
            Wrong(lambda _: 2.0, "With twice as many users the noise shrinks by a factor of 1.4. "
                  "By which factor must it shrink?"),
            Wrong(lambda _: 2.0**0.5, "That is by how much the noise shrinks when the users "
                  "double."),
            Wrong(lambda _: 0.5, "Fewer users make more noise, and there is less to find."),
        ),
        hints=(
            "Half of the difference must stand as many standard errors away from zero.",
            "So the standard error must be half as large.",
            "It falls with the root of the number of users: 2 squared.",
        ),
        answer="2**2",
        because="The standard error shrinks with the root of the number of users.",
    ),
    Exercise(
        id="02.evening",
        asks="evening",
        unit="evening, from 1; 0 for none",
        context=("log",),
        whole=True,
        right=lambda c: _first_evening(c, "pocock"),
        wrong=(
            Wrong(lambda c: _first_evening(c, None), "There p is below .05, which is the bar for "
                  "a single look, and that would not have been the only one."),
            Wrong(lambda c: _first_evening(c, "obrien_fleming"), "That is where the falling line "
                  "is crossed. Pocock's is level."),
            Wrong(_last_evening, "That is the end of the test. A "
                  "boundary allows to stop before."),
        ),
        hints=(
            "Look at the level line in the plot of the evenings.",
            "Which is the first point above it? The second and third are just below.",
            "evenings.stops('Pocock')",
        ),
        answer='evenings.stops("Pocock")',
        because="The first point above the level line; all seven looks together err in 5 % of the "
        "tests of nothing.",
    ),
    Exercise(
        id="02.level",
        asks="level",
        unit="p",
        right=lambda _: 0.05 / METRICS,
        tolerance=0.03,  # Sidak's level, for independent metrics, is right as well
        wrong=(
            Wrong(lambda _: 0.05, "Then two of three tests of nothing show something."),
            Wrong(lambda _: 1 - 0.95**METRICS, "That is how often one of the twenty is below .05 "
                  "by chance."),
            Wrong(lambda _: 0.05 * METRICS, "More metrics must make each bar harder to pass."),
        ),
        hints=(
            "What may each metric add to the errors of all?",
            "Twenty equal parts of five percent.",
            "Divide the five percent: 0.05 / 20.",
        ),
        answer="0.05 / 20",
        because="Bonferroni: the chances of all metrics together are at most their sum. Holm does "
        "a little better.",
    ),
    Exercise(
        id="02.false",
        asks="false_percent",
        unit="% of the wins",
        context=("log",),
        right=_false_percent,
        wrong=(
            Wrong(lambda c: _false_percent(c, at_power=0.8), "That is with a power of .8. What was "
                  "the power of the men's test?"),
            Wrong(lambda _: 5.0, "That is how often nothing wins or loses. Of the wins, how many "
                  "are nothing?"),
            Wrong(lambda _: 90.0, "That is how many ideas do not help. Most of those do not win."),
        ),
        hints=(
            "The table of the truth has the power of the men's test.",
            "false_positive_risk takes it as power=.",
            "100 * mb.ab.false_positive_risk(0.1, power=...)",
        ),
        answer='100 * mb.ab.false_positive_risk(0.1, power=mb.ab.power(*truth.loc["men"], 10_000))',
        because="A weak test has fewer true wins, and as many false ones.",
    ),
)  # fmt: skip
