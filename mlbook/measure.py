"""Measures: pure functions of a run's log. Each is short enough to read and to redo.

Definitions, cuts and laws stand in the docstrings. Effects are told in clicks per 100 visits and
money per day first, then in AUC.

Chapter: 00, 10
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from mlbook.units import DAY, duration, percent

if TYPE_CHECKING:
    import pandas as pd

    from mlbook.experiment import Run
    from mlbook.world import World

__all__ = [
    "Difference",
    "auc",
    "availability",
    "clicks_by_name",
    "clicks_per_100",
    "difference_per_100",
    "event_lag_s",
    "predictions_read",
    "readable",
    "request_bytes",
    "summary",
    "talk_rows",
    "yardsticks",
]

Z95 = 1.959963984540054
SERVED = ("ok", "mixed")


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


def availability(run: Run) -> float:
    """Share of the requests that were answered with a prediction.

    Parameters
    ----------
    run : Run
        What happened.

    Returns
    -------
    float
        0 to 1. A failed request does not count, nor one shown without a model or without a row.
    """
    return float(np.isin(run.log["status"], SERVED).mean())


def clicks_per_100(run: Run) -> tuple[float, float]:
    """Clicks per 100 visits, with the half width of the 95 % interval.

    Parameters
    ----------
    run : Run
        What happened.

    Returns
    -------
    tuple of float
        The rate and the half width. Users are the independent units, not visits: somebody who
        clicks today is likely to click tomorrow.
    """
    rate, error = _mean_by_user(run.log["click"], run.log["user"])
    return 100 * rate, 100 * Z95 * error


def clicks_by_name(many: Iterable[Mapping[str, Run]]) -> dict[str, NDArray[np.float64]]:
    """Collect the clicks per 100 visits of the same patterns in several worlds.

    Parameters
    ----------
    many : iterable of Runs
        One comparison a world, all with the same names.

    Returns
    -------
    dict of str to ndarray of shape (n_worlds,)
        By name of the pattern.
    """
    tables = [{name: clicks_per_100(run)[0] for name, run in runs.items()} for runs in many]
    return {name: np.array([table[name] for table in tables]) for name in tables[0]}


class Difference(NamedTuple):
    """A difference in clicks per 100 visits and how well it is known.

    Parameters
    ----------
    clicks_per_100 : float
        The difference.
    standard_error : float
        Its standard error.
    """

    clicks_per_100: float
    standard_error: float

    def __repr__(self) -> str:
        half = Z95 * self.standard_error
        low, high = self.clicks_per_100 - half, self.clicks_per_100 + half
        interval = f"(95 % interval {low:+.2f} to {high:+.2f})"
        return f"{self.clicks_per_100:+.2f} clicks per 100 visits {interval}"


def difference_per_100(run: Run, other: Run) -> Difference:
    """Difference in clicks per 100 visits between two runs on the same visitors.

    Parameters
    ----------
    run, other : Run
        Two runs in one world with the same warm-up.

    Returns
    -------
    Difference
        ``run - other``, paired by visit, and its standard error with users as the units.

    Raises
    ------
    ValueError
        When the two did not serve the same visits.

    Notes
    -----
    Where both show the same item the difference is exactly zero: common random numbers.
    """
    if not np.array_equal(run.log["requested_at_s"], other.log["requested_at_s"]):
        text = "other must have served the same visits: use mb.compare(world, ...) for both runs."
        raise ValueError(text)
    gap = run.log["click"] - other.log["click"]
    mean, error = _mean_by_user(gap, run.log["user"])
    return Difference(100 * mean, 100 * error)


def auc(run: Run) -> tuple[float, float]:
    """Of a clicked and an unclicked candidate, how often the clicked one is ranked higher.

    Parameters
    ----------
    run : Run
        What happened.

    Returns
    -------
    tuple of float
        The area under the ROC curve over all candidates of all slates, so that what was shown
        selects nothing, and the half width of its 95 % interval; NaN with one class only.

    References
    ----------
    E. DeLong, D. DeLong, D. Clarke-Pearson, Biometrics 44, 1988: the variance from the placement of
    every clicked candidate among the unclicked and the other way round.
    """
    clicked = run.world.visits.clicked[run.log["visit"]].ravel()
    scores = run.slate_score.ravel()
    known = ~np.isnan(scores)
    good, bad = scores[known & clicked], scores[known & ~clicked]
    if good.size < 2 or bad.size < 2:
        return np.nan, np.nan
    wins = _share_below(good, bad)  # each clicked one: share of the unclicked ranked lower
    losses = 1 - _share_below(bad, good)
    variance = wins.var(ddof=1) / good.size + losses.var(ddof=1) / bad.size
    return float(wins.mean()), float(Z95 * np.sqrt(variance))


def event_lag_s(run: Run) -> NDArray[np.float64]:
    """Time from an event until the first answer that could know it: "latency from new data".

    Parameters
    ----------
    run : Run
        What happened.

    Returns
    -------
    ndarray of shape (n_events,)
        Seconds, for the events of the served period that were published before its end; empty when
        the pattern reads its events directly and never publishes.
    """
    published = run.site.published
    if not published:
        return np.empty(0)
    published_at_s, asof_s = np.array([row[:2] for row in published]).T
    event_s = run.world.activity.at_s
    event_s = event_s[event_s >= run.log["requested_at_s"].min()]
    first = np.searchsorted(asof_s, event_s, side="right")
    known = first < asof_s.size
    lag: NDArray[np.float64] = published_at_s[first[known]] - event_s[known]
    return lag


def predictions_read(run: Run) -> tuple[int, int]:
    """How many predictions were computed in advance, and how many of them anybody read.

    Parameters
    ----------
    run : Run
        What happened.

    Returns
    -------
    tuple of int
        Computed for the tables that the logged requests read, and distinct rows read from them.
    """
    log = run.log
    served = np.isin(log["status"], SERVED)
    table_s = log["feature_asof_s"][served]
    slate = run.world.visits.slate[log["visit"][served]]
    row = log["user"][served][:, None] * run.world.catalog.n_items + slate
    tables, index = np.unique(table_s, return_inverse=True)
    read = np.unique(index[:, None] * (row.max(initial=0) + 1) + row).size
    computed = {asof_s: n for _, asof_s, n in run.site.published}
    return sum(computed.get(asof_s, 0) for asof_s in tables.tolist()), read


def request_bytes(run: Run, send: str) -> float:
    """Mean size of a request's JSON body when it carries IDs or features.

    Parameters
    ----------
    run : Run
        Gives the slates and the features.
    send : str
        ``"ids"`` or ``"features"``.

    Returns
    -------
    float
        Bytes, over the first 100 requests.
    """
    import json

    rows = run.log["visit"][:100]
    world = run.world
    sizes = []
    for i in rows.tolist():
        items = world.visits.slate[i]
        body: dict[str, Any] = {"user": int(world.visits.user[i]), "items": items.tolist()}
        if send == "features":
            who = np.full(items.size, world.visits.user[i])
            when = np.full(items.size, world.visits.at_s[i])
            columns = world.features(who, items, when)
            body["features"] = [dict(zip(world.features.names, row, strict=True))
                                for row in columns.tolist()]  # fmt: skip
        sizes.append(len(json.dumps(body)))
    return float(np.mean(sizes))


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
        take: the whole request where a user waits for it, the batch where nobody does).
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
        "required_time_s": float(np.median(gaps)) if trigger == "schedule" else request_p95,
    }


def yardsticks(world: World) -> pd.DataFrame:
    """Measure three ways to choose without a model: by chance, by popularity, by knowing the truth.

    Parameters
    ----------
    world : World
        The simulated shop; a real log knows neither the truth nor what was not shown.

    Returns
    -------
    pandas.DataFrame
        Rows `random`, `most popular` and `perfect`; columns `clicks_per_100` and `revenue_per_day`,
        over the visits after the world's default warm-up.

    Notes
    -----
    *Most popular* shows the candidate of the category with the best click rate in the four days
    before the first visit. *Perfect* knows every click probability; luck remains.
    """
    import pandas as pd

    visits = world.visits
    rows = np.flatnonzero(visits.at_s >= world.default_warmup_s)
    popular = world.popularity(world.default_warmup_s)[world.catalog.category[visits.slate[rows]]]
    chosen = {
        "random": visits.shown[rows],
        "most popular": popular.argmax(axis=1),
        "perfect": world.truth[rows].argmax(axis=1),
    }
    days = (world.horizon_s - world.default_warmup_s) / DAY
    table = {
        name: {
            "clicks_per_100": 100 * visits.clicked[rows, pick].mean(),
            "revenue_per_day": visits.revenue[rows, pick].sum() / days,
        }
        for name, pick in chosen.items()
    }
    return pd.DataFrame.from_dict(table, orient="index").rename_axis("chooser")


def _mean_by_user(
    value: NDArray[np.float64], user: NDArray[np.int64]
) -> tuple[float, float]:
    """Mean over visits and its standard error, users being independent (delta method)."""
    _, index = np.unique(user, return_inverse=True)
    visits, total = np.bincount(index), np.bincount(index, weights=value)
    mean = total.sum() / visits.sum()
    surplus = total - mean * visits
    scale = visits.size / max(visits.size - 1, 1)
    return float(mean), float(np.sqrt(scale * (surplus**2).sum()) / visits.sum())


def _event_lag_p95(run: Run) -> float:
    lag = event_lag_s(run)
    return float(np.quantile(lag, 0.95)) if lag.size else np.nan


def _mean(values: NDArray[np.float64]) -> float:
    return float(np.nanmean(values)) if np.isfinite(values).any() else np.nan


def _share_below(values: NDArray[np.float64], others: NDArray[np.float64]) -> NDArray[np.float64]:
    """Share of `others` below each value, ties counted half."""
    ordered = np.sort(others)
    below = np.searchsorted(ordered, values, side="left")
    upto = np.searchsorted(ordered, values, side="right")
    share: NDArray[np.float64] = (below + upto) / (2 * others.size)
    return share


def _with_interval(table: pd.DataFrame, value: str, half: str, digits: int) -> pd.Series[str]:
    return table.apply(
        lambda row: (
            "-" if np.isnan(row[value]) else f"{row[value]:.{digits}f} ± {row[half]:.{digits}f}"
        ),
        axis=1,
    )
