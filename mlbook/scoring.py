"""Score the slates, show the best candidate, and write down what happened: the request log.

Chapter: 05
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mlbook import measure
from mlbook.model import score

if TYPE_CHECKING:
    from mlbook.components import Site
    from mlbook.patterns.answer import Answer
    from mlbook.world import ReplayWorld, World

__all__ = ["request_log"]


def request_log(
    world: World | ReplayWorld,
    site: Site,
    served: NDArray[np.int64],
    answers: list[Answer],
    done_s: NDArray[np.float64],
) -> tuple[dict[str, NDArray[Any]], NDArray[np.float64]]:
    """Score the slates, show the best candidate, write the columns.

    Parameters
    ----------
    world : World or ReplayWorld
        Knows what each candidate would bring.
    site : Site
        Knows the model versions, and the features as the pattern could know them; and, of a pattern
        that wraps others, which arm each visit went to.
    served : ndarray of shape (n,)
        The rows of ``world.visits`` that were served.
    answers : list of Answer
        What each got.
    done_s : ndarray of shape (n,)
        When it got it, in seconds.

    Returns
    -------
    tuple of (dict of str to ndarray, ndarray of shape (n, k))
        The columns of the request log, and the score of every candidate.
    """
    if site.arms:
        return _logs_of_arms(world, site, served, answers, done_s)
    visits = world.visits
    at_s, user, slate = visits.at_s[served], visits.user[served], visits.slate[served]
    number, asof_s = _rows_seen(answers, slate)
    read_s = np.array([np.nan if a.read_at_s is None else a.read_at_s for a in answers])[:, None]
    scores = score(
        site.own_features() if site.own_features else site.world.features,
        site.versions.versions,
        user=np.repeat(user, slate.shape[1]),
        item=slate.ravel(),
        number=number.ravel(),
        asof_s=np.where(np.isnan(read_s), asof_s, read_s).ravel(),
    ).reshape(slate.shape)
    status = np.array([answer.status for answer in answers], dtype=object)
    status[(status == "ok") & (number.max(axis=1) == 0)] = "no_model"
    status[(status == "ok") & (np.ptp(asof_s, axis=1) > 0)] = "mixed"
    failed = measure.failed(status)
    best = np.where(np.isnan(scores), -np.inf, scores).argmax(axis=1)
    rows = np.arange(served.size)
    oldest_s = asof_s.min(axis=1)
    version_s = np.array([np.nan, *(v.asof_s for v in site.versions.versions)])
    oldest_version = number.min(axis=1)
    log = {
        "visit": served,
        "requested_at_s": at_s,
        "user": user,
        "item": np.where(failed, -1, slate[rows, best]),
        "latency_s": done_s - at_s,
        "status": status,
        "trigger": np.array([answer.trigger for answer in answers], dtype=object),
        "computed_at_s": np.array([answer.computed_at_s for answer in answers]),
        "feature_asof_s": np.where(oldest_version > 0, oldest_s, np.nan),
        # Features read after some time in line are younger than the request: age 0, not less.
        "feature_age_s": np.where(oldest_version > 0, np.maximum(at_s - oldest_s, 0), np.nan),
        "model_version": oldest_version,
        "model_age_s": at_s - version_s[oldest_version],
        "score": scores[rows, best],
        "click": np.where(failed, 0, visits.clicked[served[rows], best]).astype(np.int64),
        "revenue": np.where(failed, 0.0, visits.revenue[served[rows], best]),
        "arm": np.full(served.size, "", dtype=object),
    }
    return log, scores


def _logs_of_arms(
    world: World | ReplayWorld,
    site: Site,
    served: NDArray[np.int64],
    answers: list[Answer],
    done_s: NDArray[np.float64],
) -> tuple[dict[str, NDArray[Any]], NDArray[np.float64]]:
    """Write each arm's log with its own versions and features, and put the rows in order again."""
    went_to = np.array([_arm_of(site, i) for i in served.tolist()], dtype=object)
    order, logs, scores = [], [], []
    for name, place in site.arms.items():
        rows = np.flatnonzero(went_to == name)
        if not rows.size:
            continue
        mine = [answers[n] for n in rows]
        log, slate_score = request_log(world, place, served[rows], mine, done_s[rows])
        log["arm"] = np.array([f"{name}/{arm}".rstrip("/") for arm in log["arm"]], dtype=object)
        order.append(rows)
        logs.append(log)
        scores.append(slate_score)
    back = np.argsort(np.concatenate(order))
    columns = {each: np.concatenate([log[each] for log in logs])[back] for each in logs[0]}
    return columns, np.concatenate(scores)[back]


def _arm_of(site: Site, i: int) -> str:
    arm = site.went_to.get(i)
    if arm not in site.arms:
        text = f"predict must say which arm each visit goes to, got {arm!r} for visit {i}."
        first = next(iter(site.arms))
        raise RuntimeError(
            f'{text} Write self.site.went_to[i] = "{first}" before it is sent there.'
        )
    return arm


def _rows_seen(
    answers: list[Answer], slate: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Tell for every candidate which version and which features-as-of its score comes from."""
    number = np.zeros(slate.shape, dtype=np.int64)
    asof_s = np.empty(slate.shape)
    for n, answer in enumerate(answers):
        if answer.older is None:
            number[n] = answer.version.number if answer.version else 0
            asof_s[n] = answer.feature_asof_s
        else:
            rows = [answer.row_of(int(item)) for item in slate[n]]
            number[n] = [row.version.number if row.version else 0 for row in rows]
            asof_s[n] = [row.feature_asof_s for row in rows]
    return number, asof_s
