"""All measures of a run in one row, in words, and as rows of the talk's table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from mlbook.measure.clicks import clicks_per_100
from mlbook.measure.data_path import availability, event_lag_s
from mlbook.measure.ranking import auc
from mlbook.units import DAY, duration, percent

if TYPE_CHECKING:
    import pandas as pd

    from mlbook.experiment import Run

__all__ = ["readable", "summary", "talk_rows"]


def summary(run: Run) -> dict[str, float]:
    """Measure a run in one row.

    Parameters
    ----------
    run : Run
        What happened.

    Returns
    -------
    dict of str to float
        `latency_p50_s`, `latency_p95_s`, `latency_p99_s`; `feature_age_mean_s`,
        `event_lag_p95_s` (from an event to the first answer that can know it); `model_age_mean_s`;
        `availability_frac`; `clicks_per_100` with the half width `clicks_ci95` of its 95 %
        interval; `revenue_per_day`; `auc` with `auc_ci95`.

    Notes
    -----
    The intervals count the luck of these users in this shop, not that another shop differs. Two
    patterns on the same visitors are compared by :func:`difference_per_100`, which is sharper.
    """
    log = run.log
    p50, p95, p99 = np.quantile(log["latency_s"], [0.5, 0.95, 0.99])
    clicks, clicks_ci95 = clicks_per_100(run)
    area, area_ci95 = auc(run)
    days = max(np.ptp(log["requested_at_s"]), 1.0) / DAY
    return {
        "latency_p50_s": p50,
        "latency_p95_s": p95,
        "latency_p99_s": p99,
        "feature_age_mean_s": _mean(log["feature_age_s"]),
        "event_lag_p95_s": _event_lag_p95(run),
        "model_age_mean_s": _mean(log["model_age_s"]),
        "availability_frac": availability(run),
        "clicks_per_100": clicks,
        "clicks_ci95": clicks_ci95,
        "revenue_per_day": float(log["revenue"].sum() / days),
        "auc": area,
        "auc_ci95": area_ci95,
    }


def readable(table: pd.DataFrame) -> pd.DataFrame:
    """Turn a summary into words with units, a measure a row.

    Parameters
    ----------
    table : pandas.DataFrame
        From ``run.summary()`` or ``runs.summary()``.

    Returns
    -------
    pandas.DataFrame
        One column a pattern.
    """
    words = {
        "latency p50": table["latency_p50_s"].map(duration),
        "latency p95": table["latency_p95_s"].map(duration),
        "latency p99": table["latency_p99_s"].map(duration),
        "age of the features, mean": table["feature_age_mean_s"].map(duration),
        "event to answer, p95": table["event_lag_p95_s"].map(duration),
        "age of the model, mean": table["model_age_mean_s"].map(duration),
        "answered with a prediction": table["availability_frac"].map(percent),
        "clicks per 100 visits": _with_interval(table, "clicks_per_100", "clicks_ci95", 1),
        "revenue per day": table["revenue_per_day"].map(
            lambda yen: "-" if np.isnan(yen) else f"¥{yen:,.0f}"
        ),
        "AUC": _with_interval(table, "auc", "auc_ci95", 3),
    }
    import pandas as pd

    return pd.DataFrame(words).T.rename_axis(None, axis=1)


def talk_rows(run: Run) -> dict[str, float | str]:
    """Measure the rows of slide 23 that can be read off one request log.

    Parameters
    ----------
    run : Run
        What happened.

    Returns
    -------
    dict of str to float or str
        `training_every_s` (median gap between versions), `prediction_trigger` (what most answers
        were computed for), `delivery_p95_s` (from request or computation, whichever is later, to
        the answer), `event_lag_p95_s` ("latency for prediction from getting new data") and
        `required_time_s` ("required time to predict": how long the computation of a prediction may
        take: the whole request where a user waits for it, the batch or micro-batch where nobody
        does).
    """
    log = run.log
    live_s = [version.live_at_s for version in run.site.versions.versions]
    triggers, counts = np.unique(log["trigger"].astype(str), return_counts=True)
    trigger = str(triggers[counts.argmax()])
    answered = log["requested_at_s"] + log["latency_s"]
    waited = answered - np.fmax(log["requested_at_s"], log["computed_at_s"])
    gaps = [at - asof for at, asof, _ in run.site.published]
    request_p95 = float(np.quantile(log["latency_s"], 0.95))
    return {
        "training_every_s": float(np.median(np.diff(live_s))) if len(live_s) > 1 else np.nan,
        "prediction_trigger": trigger,
        "delivery_p95_s": float(np.nanquantile(waited, 0.95)),
        "event_lag_p95_s": _event_lag_p95(run),
        "required_time_s": request_p95 if trigger == "request" else float(np.median(gaps)),
    }


def _event_lag_p95(run: Run) -> float:
    lag = event_lag_s(run)
    return float(np.quantile(lag, 0.95)) if lag.size else np.nan


def _mean(values: NDArray[np.float64]) -> float:
    return float(np.nanmean(values)) if np.isfinite(values).any() else np.nan


def _with_interval(table: pd.DataFrame, value: str, half: str, digits: int) -> pd.Series[str]:
    return table.apply(
        lambda row: (
            "-" if np.isnan(row[value]) else f"{row[value]:.{digits}f} ± {row[half]:.{digits}f}"
        ),
        axis=1,
    )
