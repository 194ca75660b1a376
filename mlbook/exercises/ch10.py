"""Exercises of lesson 10: what a word stands on, what flips a choice, a pattern of one's own."""

from __future__ import annotations

from typing import Any

from mlbook.exercises.exercise import Context, Exercise, Wrong
from mlbook.exercises.own_pattern import WithTable, grade
from mlbook.experiment.talk_table import Cuts
from mlbook.patterns import RestApi
from mlbook.units import MINUTE

__all__ = ["EXERCISES"]

TAKES_S = 2 * MINUTE  # the feature job, as the exercise says
# What the outside of one pattern is most easily taken for: the same units have to be built anew.
TWINS = {
    "RestApi": "SharedDb",
    "SharedDb": "RestApi",
    "Streaming": "SharedDb",
    "MobileApp": "Federated",
    "Federated": "MobileApp",
    "InProcess": "MobileApp",
}


def _on(context: Context, *bases: str) -> int:
    """Count the talk's cells that stand on one of these bases."""
    table = context["table"]
    return int((table["basis"].isin(bases) & (table["talk_word"] != "")).sum())


def _every_min(share: float) -> float:
    """Longest period with which this share of the events is known in time, in minutes."""
    return (Cuts().low - TAKES_S) / share / MINUTE


def _worth(context: Context, *parts: str) -> float:
    """Worth of a click at which the stream leaves as much as the hourly batch, in yen."""
    choice = context["choice"]
    money = {
        each.name: each.yen_a_month(choice.needs, choice.beliefs)
        for each in choice.columns
        if each.name in {"hourly", "stream"}
    }
    stream, hourly = money["stream"], money["hourly"]
    dearer = sum(hourly[part] - stream[part] for part in parts)
    better = (stream["clicks"] - hourly["clicks"]) / choice.beliefs.click_worth
    return float(dearer / better)


def _against_nothing(context: Context) -> float:
    """Worth of a click at which the stream leaves as much as no model at all, in yen."""
    choice = context["choice"]
    stream = next(each for each in choice.columns if each.name == "stream")
    yen = stream.yen_a_month(choice.needs, choice.beliefs)
    return float((yen["clicks"] - yen["net"]) / (yen["clicks"] / choice.beliefs.click_worth))


def _hidden(context: Context) -> Any:
    return type(context["taste"].reveal()).__name__


COSTS = ("machines", "fees", "repairs", "releases")

EXERCISES = (
    Exercise(
        id="10.judged",
        asks="cells",
        unit="cells",
        context=("table",),
        whole=True,
        right=lambda c: _on(c, "judged"),
        wrong=(
            Wrong(lambda c: _on(c, "judged") // 2, "That is one of the rows that need a belief. "
                  "There is another."),
            Wrong(lambda c: _on(c, "judged", "measured"), "That counts words that no belief moves, "
                  "too: what is measured, or follows from the wiring, stays what it is."),
        ),
        hints=(
            "The column `basis` says what a word stands on.",
            "A belief enters where the basis is *judged*.",
            "Count the cells of the judged rows, over all patterns of the slide.",
        ),
        answer='int((said["basis"] == "judged").sum())',
        because="Coupling weighs changes by how often they happen, and management weighs incidents "
        "by what they cost: both weights are believed.",
    ),
    Exercise(
        id="10.low",
        asks="every_min",
        unit="minutes between two starts",
        right=lambda _: _every_min(0.95),
        wrong=(
            Wrong(lambda _: Cuts().low / MINUTE, "That is the whole quarter of an hour. The job "
                  "needs some of it, and not every event has to be known in time."),
            Wrong(lambda _: _every_min(1.0), "With that even the unluckiest event is known in "
                  "time. The row asks for 95 of 100."),
            Wrong(lambda _: _every_min(0.5), "With that half of the events are known in time. The "
                  "row asks for 95 of 100."),
            Wrong(lambda _: Cuts().low / MINUTE / 0.95, "The wait for the next start fits, but "
                  "then the job itself still has to run."),
        ),
        hints=(
            "An event waits for the next start of the job, and then for the job.",
            "The first wait is anything up to the period; 95 of 100 events wait less than 0.95 "
            "of it.",
            "Solve D + 0.95 T = 15 minutes for T, with D two minutes.",
        ),
        answer="(15 - 2) / 0.95",
        because="Known within D + 0.95 T are 95 of 100 events, so what is left of the quarter of "
        "an hour after the job is shared out over the period.",
    ),
    Exercise(
        id="10.worth",
        asks="worth_yen",
        unit="yen a click",
        context=("choice",),
        right=lambda c: _worth(c, *COSTS),
        wrong=(
            Wrong(lambda c: _worth(c, "machines"), "That counts the machines only. Somebody also "
                  "has to repair the stream."),
            Wrong(lambda c: _worth(c, "repairs"), "That counts the repairs only. The stream also "
                  "runs day and night."),
            Wrong(_against_nothing, "That is where the stream pays for itself. The hourly batch "
                  "would earn most of these clicks, too."),
        ),
        hints=(
            "Two lines: what each pattern leaves, against the worth of a click.",
            "They cross where the better clicks pay for the higher costs.",
            "Difference of the costs divided by the difference of the clicks.",
        ),
        answer='(costs["stream"] - costs["hourly"]) / (clicks["stream"] - clicks["hourly"])',
        because="Only differences count between two candidates: the higher costs, divided by the "
        "clicks that they buy.",
    ),
    Exercise(
        id="10.mystery",
        asks="pattern",
        unit="the name of a pattern",
        context=("taste",),
        options=tuple(TWINS),
        right=_hidden,
        wrong=(
            Wrong(lambda c: TWINS[_hidden(c)], "Right about the app: the same has to be built "
                  "anew. Which other probe tells these two apart?"),
        ),
        hints=(
            "Begin with the renamed column: is the model built into the app?",
            "Then count the parts whose outage nobody survives, and look how soon an event counts.",
            "Three such parts: a REST API. One: a table, a stream (an event counts within a minute "
            "or so) or a phone (federated: all have the new model within the hour). Two: a model "
            "inside the web application.",
        ),
        answer="type(taste.reveal()).__name__",
        because="Each of the six answers the five probes in another way.",
    ),
    Exercise(
        id="10.own",
        asks="mine",
        unit="a class that inherits from mb.RestApi",
        right=lambda _: WithTable,
        graded=grade,
        wrong=(
            Wrong(lambda _: RestApi, "While the API is down, 0 % of the visits get a prediction."),
        ),
        hints=(
            "Override `predict`: try `await super().predict(i)`, and catch `DownError`.",
            "What do you answer with? Override `build`, call `super().build()`, and schedule a "
            "job with `self.every(mb.DAY, self.predict_all, part=\"batch\")`.",
            "The job waits for the part's work, `await self.site.parts[\"batch\"].work(seconds)`, "
            "and keeps Answer(version, asof_s, self.clock.now, \"schedule\"), with the instant at "
            "which it began as asof_s and self.site.versions.newest() as version.",
        ),
        answer="mb.exercises.WithTable  # read it with mb.source",
        because="The request path has somebody to fall back on, and everything in the answer is "
        "dated by when it was made.",
    ),
)  # fmt: skip
