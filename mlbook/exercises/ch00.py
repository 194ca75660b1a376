"""Exercises of lesson 00: what a recommendation earns, and how sure one can be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import numpy as np

from mlbook.exercises.exercise import Context, Exercise, Wrong
from mlbook.measure import clicks_per_100, yardsticks

if TYPE_CHECKING:
    from mlbook.experiment import Run
    from mlbook.world import World

__all__ = ["EXERCISES"]


def _rungs(run: Run) -> dict[str, float]:
    table = yardsticks(cast("World", run.world))["clicks_per_100"]
    clicks = {str(name): float(value) for name, value in table.items()}
    return clicks | {"model": clicks_per_100(run)[0]}


def _share(context: Context, floor: str = "most popular") -> float:
    clicks = _rungs(context["run"])
    return (clicks["model"] - clicks[floor]) / (clicks["perfect"] - clicks[floor])


def _of_perfect(context: Context) -> float:
    clicks = _rungs(context["run"])
    return clicks["model"] / clicks["perfect"]


def _gain_over(context: Context, name: str) -> float:
    """What the model earns above popularity, as a share of one of the bars."""
    clicks = _rungs(context["run"])
    return (clicks["model"] - clicks["most popular"]) / clicks[name]


def _fresher(context: Context, *, reverse: bool = False) -> Any:
    ages = {name: np.nanmean(run.log["feature_age_s"]) for name, run in context["runs"].items()}
    return (max if reverse else min)(ages, key=lambda name: ages[name])


EXERCISES = (
    Exercise(
        id="00.fresh",
        asks="name",
        unit="the name of a run",
        context=("runs",),
        options=("rest", "nightly"),
        right=_fresher,
        wrong=(
            Wrong(lambda c: _fresher(c, reverse=True), "It answers sooner, perhaps. But which "
                  "answer knows what the user looked at an hour ago?"),
        ),
        hints=(
            "Two rows of the report sound like speed. Only one of them is about knowledge.",
            "Compare the age of the features.",
            "The run whose features are younger on average knows the new interest first.",
        ),
        answer='"rest"',
        because="The row about the age of the features says it: minutes here, hours in the "
        "nightly table.",
    ),
    Exercise(
        id="00.share",
        asks="share",
        unit="a share, 0 to 1",
        context=("run",),
        right=_share,
        wrong=(
            Wrong(_of_perfect, "That is the model against the perfect shop. What would popularity "
                  "alone have earned? Take it off both."),
            Wrong(lambda c: _share(c, "random"), "That is the way from the random shop. The "
                  "question begins at the most popular one."),
            Wrong(lambda c: 1 - _share(c), "That is what is still left to win."),
            Wrong(lambda c: _gain_over(c, "most popular"), "That is the gain against popularity. "
                  "Compare it with what a perfect choice would gain."),
            Wrong(lambda c: _gain_over(c, "perfect"), "That is the gain against the whole perfect "
                  "bar. The way begins at the most popular one."),
        ),
        hints=(
            "Three bars matter: the most popular, the model, the perfect.",
            "How far is the most popular bar from the perfect one? How far has the model got?",
            "(model - most popular) / (perfect - most popular), all in clicks per 100 visits.",
        ),
        answer='(clicks - yardsticks["most popular"]) '
        '/ (yardsticks["perfect"] - yardsticks["most popular"])',
        because="Popularity needs no model, so what it earns comes off both.",
    ),
    Exercise(
        id="00.visitors",
        asks="visitors",
        unit="visitors of each shop",
        context=("had",),
        right=lambda c: 9 * c["had"],
        whole=True,
        wrong=(
            Wrong(lambda c: 3 * c["had"], "Three times the visitors make the interval narrower, "
                  "but not by a factor of three."),
            Wrong(lambda c: 6 * c["had"], "More than three times is right. Which law says how "
                  "much more?"),
        ),
        hints=(
            "Try it on the panel: does twice the visitors halve the interval?",
            "The interval shrinks with the square root of the number of visitors.",
            "A third of the width needs three times three as many.",
        ),
        answer="9 * 100",
        because="The width goes with one over the square root of the visitors, so a third of it "
        "needs three times three as many.",
    ),
)  # fmt: skip
