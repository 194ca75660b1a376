"""Slide 23 as a measurement: eight rows, a word for each, and what the word stands on.

A word's *basis* is ``"by construction"`` (it follows from how the pattern is wired), ``"measured"``
(from the log) or ``"judged"`` (it depends on weights that somebody has to believe). The cuts
between the words are ours, and each may be moved.

Chapter: 10
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from mlbook import coupling, measure
from mlbook.experiment.trial import run as run_pattern
from mlbook.patterns.deploy import CHANGES_A_YEAR
from mlbook.units import DAY, HOUR, MINUTE, SECOND
from mlbook.validate import number

if TYPE_CHECKING:
    from mlbook.experiment.results import Run
    from mlbook.experiment.tables import TalkTable
    from mlbook.patterns.base import Pattern

__all__ = ["TALK", "Cuts", "measured", "talk_rows_of", "talk_table"]

# What the slide says, by class of the pattern; "~" stands between the ends of a range.
TALK: dict[str, dict[str, str]] = {
    "RestApi": {
        "training": "by batch", "prediction": "NRT (on the fly)", "delivery": "NRT",
        "latency from new data": "So so", "required time to predict": "Short",
        "coupling with the app": "Loose", "dependency of languages": "Independent",
        "management difficulty": "So so",
    },
    "SharedDb": {
        "training": "by batch", "prediction": "by batch", "delivery": "NRT",
        "latency from new data": "So so ~ Long", "required time to predict": "Long",
        "coupling with the app": "Loose", "dependency of languages": "Independent",
        "management difficulty": "Easy",
    },
    "Streaming": {
        "training": "NRT (by streaming)", "prediction": "NRT (by streaming)", "delivery": "NRT",
        "latency from new data": "Very low", "required time to predict": "Short",
        "coupling with the app": "Loose", "dependency of languages": "Independent",
        "management difficulty": "Very hard",
    },
    "MobileApp": {
        "training": "by batch", "prediction": "NRT (on the fly)", "delivery": "NRT",
        "latency from new data": "Low", "required time to predict": "Short",
        "coupling with the app": "Tight", "dependency of languages": "Depends on frameworks",
        "management difficulty": "So so",
    },
}  # fmt: skip
PREDICTION = {
    "request": "NRT (on the fly)",
    "schedule": "by batch",
    "event": "NRT (by streaming)",
}


@dataclass(frozen=True, kw_only=True)
class Cuts:
    """Where one word ends and the next begins.

    Parameters
    ----------
    nrt_training : float
        A stream that trains more often than this, in seconds, trains near real time.
    nrt_delivery, short : float
        Seconds up to which a delivery is near real time and a prediction takes a short time.
    very_low, low, so_so : float
        Upper ends of three words for the latency from new data, in seconds.
    tight_frac : float
        Share of changes that force an app release from which on the coupling is tight.
    easy, so_so_minutes : float
        Upper ends of two words for the operator minutes a month.
    """

    nrt_training: float = 1 * HOUR
    nrt_delivery: float = 1 * SECOND
    short: float = 1 * SECOND
    very_low: float = 10 * SECOND
    low: float = 15 * MINUTE
    so_so: float = 12 * HOUR
    tight_frac: float = 0.2
    easy: float = 30.0
    so_so_minutes: float = 300.0

    def __post_init__(self) -> None:
        for name, value in vars(self).items():
            number(name, value, above=0)

    def freshness(self, lag_s: float) -> str:
        """Say how fast new data reach an answer.

        Parameters
        ----------
        lag_s : float
            Seconds from an event to an answer.

        Returns
        -------
        str
            A word of the slide.
        """
        return _word(
            lag_s, [(self.very_low, "Very low"), (self.low, "Low"), (self.so_so, "So so")], "Long"
        )

    def difficulty(self, minutes: float) -> str:
        """Say how hard the management is.

        Parameters
        ----------
        minutes : float
            Operator minutes a month.

        Returns
        -------
        str
            A word of the slide.
        """
        return _word(minutes, [(self.easy, "Easy"), (self.so_so_minutes, "So so")], "Very hard")


def talk_table(
    runs: Mapping[str, Run],
    *,
    cuts: Cuts | None = None,
    changes_a_year: Mapping[str, float] = CHANGES_A_YEAR,
    mttr: float = coupling.MTTR_S,
) -> TalkTable:
    """Measure the rows of slide 23 for every run.

    Parameters
    ----------
    runs : mapping of str to Run
        The runs, by the name of the pattern.
    cuts : Cuts, optional
        Where one word ends and the next begins.
    changes_a_year : mapping of str to float
        How often each kind of thing changes: a weight of the coupling row.
    mttr : float
        Mean time to repair in seconds: a weight of the management row.

    Returns
    -------
    TalkTable
        A pandas DataFrame, one row a cell: `row`, `pattern`, `value`, `unit`, `word`, `talk_word`
        (empty for a pattern or a row that the slide does not have), `agrees` (None there) and
        `basis`.

    Notes
    -----
    The freshness of the shared DB is measured with a batch every six hours, too: the slide gives a
    range there, and so do we. `agrees` compares the words of both ranges.
    """
    from mlbook.experiment.tables import TalkTable

    cuts = cuts or Cuts()
    rows = []
    for name, run in runs.items():
        talk = TALK.get(type(run.pattern).__name__, {})
        for cell in talk_rows_of(run.pattern, measured(run), cuts, changes_a_year, mttr):
            talk_word = talk.get(cell["row"], "")
            agrees = _words(cell["word"]) == _words(talk_word) if talk_word else None
            rows.append(cell | {"pattern": name, "talk_word": talk_word, "agrees": agrees})
    columns = ["row", "pattern", "value", "unit", "word", "talk_word", "agrees", "basis"]
    return TalkTable(rows, columns=columns)


def measured(run: Run) -> dict[str, float | str]:
    """Measure what the words of one column follow from; no cut and no weight is in it.

    Parameters
    ----------
    run : Run
        What happened.

    Returns
    -------
    dict of str to float or str
        The measures of :func:`mlbook.measure.talk_rows`; `model_age_mean_s`; and for a batch of
        predictions `six_hourly_lag_p95_s`, its latency from new data with a batch every six hours.
    """
    seen = measure.talk_rows(run)
    seen["model_age_mean_s"] = measure.summary(run)["model_age_mean_s"]
    if hasattr(run.pattern, "predict_every"):
        often = run.pattern.but(predict_every=6 * HOUR)
        other = run_pattern(often, run.world, seed=run.seed, faults=run.faults)
        seen["six_hourly_lag_p95_s"] = measure.talk_rows(other)["event_lag_p95_s"]
    return seen


def talk_rows_of(
    pattern: Pattern,
    seen: Mapping[str, float | str],
    cuts: Cuts,
    changes_a_year: Mapping[str, float],
    mttr: float,
) -> Iterator[dict[str, Any]]:
    """Find the words of one column of the table.

    Parameters
    ----------
    pattern : Pattern
        Whose column.
    seen : mapping of str to float or str
        What :func:`measured` gave for it.
    cuts : Cuts
        Where one word ends and the next begins.
    changes_a_year : mapping of str to float
        How often each kind of thing changes.
    mttr : float
        Mean time to repair, in seconds.

    Yields
    ------
    dict
        `row`, `value`, `unit`, `word`, `basis`.
    """
    gap_s = float(seen["training_every_s"])
    streams = pattern.trains_by == "stream" and gap_s < cuts.nrt_training
    yield _cell(
        "training", gap_s, "s", "NRT (by streaming)" if streams else "by batch", "by construction"
    )
    trigger = str(seen["prediction_trigger"])
    yield _cell("prediction", np.nan, "", PREDICTION.get(trigger, trigger), "by construction")
    delivery_s = float(seen["delivery_p95_s"])
    yield _cell("delivery", delivery_s, "s", _nrt(delivery_s, cuts), "by construction")
    lag_s = float(seen["event_lag_p95_s"])
    yield _cell("latency from new data", lag_s, "s", _freshness(seen, cuts), "measured")
    age_s = float(seen["model_age_mean_s"])
    yield _cell("model freshness", age_s / DAY, "days", f"{age_s / DAY:.2g} days", "measured")
    required_s = float(seen["required_time_s"])
    short = "Short" if required_s <= cuts.short else "Long"
    yield _cell("required time to predict", required_s, "s", short, "measured")
    if not pattern.units:
        return
    share = coupling.app_release_share(pattern, changes_a_year)
    tight = "Tight" if share > cuts.tight_frac else "Loose"
    yield _cell("coupling with the app", share, "share of ML changes", tight, "judged")
    knows = "Depends on frameworks" if coupling.app_knows_ml(pattern) else "Independent"
    yield _cell("dependency of languages", np.nan, "", knows, "by construction")
    minutes = coupling.operator_minutes_a_month(pattern, mttr)
    word = cuts.difficulty(minutes)
    yield _cell("management difficulty", minutes, "operator minutes a month", word, "judged")


def _freshness(seen: Mapping[str, float | str], cuts: Cuts) -> str:
    """Say the word; for a batch of predictions the range of the words at six hours and as given."""
    lag_s = float(seen["event_lag_p95_s"])
    word = cuts.freshness(lag_s)
    quick = cuts.freshness(float(seen.get("six_hourly_lag_p95_s", lag_s)))
    return word if quick == word else f"{quick} ~ {word}"


def _nrt(delivery_s: float, cuts: Cuts) -> str:
    return "NRT" if delivery_s < cuts.nrt_delivery else "late"


def _cell(row: str, value: float, unit: str, word: str, basis: str) -> dict[str, Any]:
    return {"row": row, "value": value, "unit": unit, "word": word, "basis": basis}


def _word(value: float, cuts: list[tuple[float, str]], last: str) -> str:
    return next((word for end, word in cuts if value <= end), last)


def _words(text: str) -> set[str]:
    return set(text.split(" ~ "))
