"""The same rows learned in three ways: all in one place, federated, and each client for itself.

Chapter: 09
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from mlbook.fedavg.averaging import Learning, Plan, federate
from mlbook.fedavg.clients import Clients, clients_of
from mlbook.units import DAY
from mlbook.validate import integer

if TYPE_CHECKING:
    from mlbook.world import World

__all__ = ["Way", "excess_loss", "three_ways"]


class Way(NamedTuple):
    """What a way of learning brings on the day after, one entry a world.

    Parameters
    ----------
    clicks_per_100 : ndarray of shape (n_worlds,)
        Clicks per 100 visits when the candidate with the best score is shown.
    auc : ndarray of shape (n_worlds,)
        Area under the ROC curve over all candidates.
    """

    clicks_per_100: NDArray[np.float64]
    auc: NDArray[np.float64]


def three_ways(
    worlds: Iterable[World], asof_s: float, plan: Plan, *, rounds: int = 20, seed: int = 0
) -> dict[str, Way]:
    """Learn from the labels known at an instant, and choose for the visits of the day after it.

    Parameters
    ----------
    worlds : iterable of World
        Whose users are the clients; each world is a comparison of its own. One says little, since a
        day's visits are few.
    asof_s : float
        When all three trainings read their data, in seconds; at least a day before the end.
    plan : Plan
        How a federated round is played.
    rounds, seed : int
        As in :func:`federate`.

    Returns
    -------
    dict of str to Way
        `central`, `federated`, and `local only`, where a client chooses by a model of its own rows.

    Notes
    -----
    The local models and the central one are scikit-learn's logistic regression as it comes; a
    client who knows clicks only, or none, gives every item the same score, and so does one without
    any row.

    Examples
    --------
    >>> from mlbook.world import World
    >>> shops = [World(seed=seed, days=5, users=50) for seed in (1, 2)]
    >>> ways = three_ways(shops, 4 * DAY, Plan(), rounds=5)
    >>> list(ways), ways["central"].auc > ways["local only"].auc
    (['central', 'federated', 'local only'], array([ True,  True]))
    """
    found = [_choices(world, asof_s, plan, rounds, seed) for world in worlds]
    integer("worlds", len(found), at_least=1, unit="worlds", hint="Write [world].")
    return {way: Way(*np.array([each[way] for each in found]).T) for way in found[0]}


def _choices(
    world: World, asof_s: float, plan: Plan, rounds: int, seed: int
) -> dict[str, tuple[float, float]]:
    """Measure clicks per 100 visits and AUC of each way in one world."""
    from sklearn.metrics import roc_auc_score

    clients = clients_of(world, asof_s)
    visits = world.visits
    day = np.flatnonzero((visits.at_s > asof_s) & (visits.at_s <= asof_s + DAY))
    slate, clicked, rows = visits.slate[day], visits.clicked[day], np.arange(day.size)
    user = np.repeat(visits.user[day], slate.shape[1])
    columns = world.features(user, slate.ravel(), np.repeat(visits.at_s[day], slate.shape[1]))
    learned = federate(clients, plan, rounds=rounds, seed=seed).models[-1].estimator()
    scores = {
        "central": _fitted(*clients.pooled()).predict_proba(columns)[:, 1],
        "federated": learned.predict_proba(columns)[:, 1],
        "local only": _each_for_itself(clients, user, columns),
    }
    best = {way: score.reshape(slate.shape).argmax(axis=1) for way, score in scores.items()}
    return {
        way: (100 * clicked[rows, best[way]].mean(), roc_auc_score(clicked.ravel(), score))
        for way, score in scores.items()
    }


def excess_loss(learning: Learning, clients: Clients) -> NDArray[np.float64]:
    """Measure how far each round's model is behind a central training, on the rows of all clients.

    Parameters
    ----------
    learning : Learning
        From :func:`federate`.
    clients : Clients
        Whose rows; nobody but the reader of a simulation can see them together.

    Returns
    -------
    ndarray of shape (n_models,)
        Mean log loss over that of the central model, minus one: 0.05 is five per cent worse.
    """
    columns, clicked = clients.pooled()

    def loss(odds: NDArray[np.float64]) -> float:
        return float((np.logaddexp(0, odds) - clicked * odds).mean())

    best = loss(_fitted(columns, clicked).decision_function(columns))
    losses = [loss(model.estimator().decision_function(columns)) for model in learning.models]
    return np.array(losses) / best - 1


def _fitted(columns: NDArray[np.float64], clicked: NDArray[np.bool_]) -> Any:
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    regression = LogisticRegression(solver="newton-cholesky")
    return make_pipeline(StandardScaler(), regression).fit(columns, clicked)


def _each_for_itself(
    clients: Clients, user: NDArray[np.int64], columns: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Score each user's candidates by a model of that user's rows alone."""
    scores: NDArray[np.float64] = np.full(user.size, clients.pooled()[1].mean())
    for place, owner in enumerate(clients.number):
        mine = user == owner
        rows, clicked = clients.only(np.array([place])).pooled()
        one_class = clicked.all() or not clicked.any()
        if mine.any():
            scores[mine] = (
                clicked.mean()
                if one_class
                else _fitted(rows, clicked).predict_proba(columns[mine])[:, 1]
            )
    return scores
