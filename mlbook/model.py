"""Versions of a model: trained on what was known at one instant, used from a later one on.

The model is a real scikit-learn pipeline and really trained. Scoring is deferred: a run only notes
which version and which features each request saw; afterwards each version scores all of its
requests in one call, which gives the same numbers a hundred times faster.

Chapter: 05
"""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from mlbook.world import Features, ReplayWorld, World

__all__ = ["LEAST_ROWS", "OnlineModel", "Registry", "Version", "score", "train"]

LEAST_ROWS = 200


@dataclass(frozen=True, eq=False)
class Version:
    """One trained model.

    Parameters
    ----------
    number : int
        1 for the first version of a run.
    asof_s : float
        When its training read the data, in seconds.
    live_at_s : float
        When it was ready to serve, in seconds.
    n_rows : int
        Labelled rows it was trained on.
    estimator : Any
        A fitted scikit-learn classifier.
    """

    number: int
    asof_s: float
    live_at_s: float
    n_rows: int
    estimator: Any


class Registry:
    """The versions of a run, oldest first.

    Examples
    --------
    >>> registry = Registry()
    >>> registry.newest() is None
    True
    >>> registry.add(asof_s=0.0, live_at_s=60.0, n_rows=500, estimator=None).number
    1
    """

    def __init__(self) -> None:
        self.versions: list[Version] = []

    def newest(self) -> Version | None:
        """Give the newest version.

        Returns
        -------
        Version or None
            None before the first training has ended.
        """
        return self.versions[-1] if self.versions else None

    def add(self, *, asof_s: float, live_at_s: float, n_rows: int, estimator: Any) -> Version:
        """Add a version under the next number.

        Parameters
        ----------
        asof_s, live_at_s : float
            When its data were read and when it is ready, in seconds.
        n_rows : int
            Labelled rows it was trained on.
        estimator : Any
            The fitted classifier.

        Returns
        -------
        Version
            The new version.
        """
        version = Version(len(self.versions) + 1, asof_s, live_at_s, n_rows, estimator)
        self.versions.append(version)
        return version


def train(
    world: World | ReplayWorld, asof_s: float, *, swapped: bool = False
) -> tuple[Any, int] | None:
    """Train on what is known at `asof_s`.

    Parameters
    ----------
    world : World or ReplayWorld
        Gives the labelled rows and computes the features, each row's as of its own time.
    asof_s : float
        When the training reads its data, in seconds.
    swapped : bool
        Whether clicks and non-clicks have changed places: what a bad release does.

    Returns
    -------
    tuple of (estimator, int), or None
        The fitted pipeline and its number of rows; None with fewer than 200 rows or only one class.

    Examples
    --------
    >>> from mlbook.world import World
    >>> world = World(seed=1, days=2)
    >>> train(world, asof_s=0.0) is None
    True
    >>> pipeline, n_rows = train(world, asof_s=86400.0)
    """
    rows = world.labelled(asof_s)
    if len(rows) < LEAST_ROWS or rows.clicked.all() or not rows.clicked.any():
        return None
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    # Many rows and few columns: Newton's method is exact in a few steps, and much quicker.
    regression = LogisticRegression(solver="newton-cholesky")
    pipeline = make_pipeline(StandardScaler(), regression)
    columns = world.features(rows.user, rows.item, rows.at_s)
    return pipeline.fit(columns, rows.clicked ^ swapped), len(rows)


class OnlineModel:
    """A model that goes on learning: stochastic gradient steps on each click as it becomes known.

    Parameters
    ----------
    world : World or ReplayWorld
        Gives the visits, their labels and their features, each row's as of its own time.

    Notes
    -----
    The scale of the columns is fixed by the first rows, because a stream cannot go back and change
    it. The steps have a constant size, so that old clicks are forgotten.

    Examples
    --------
    >>> from mlbook.world import World
    >>> online = OnlineModel(World(seed=1, days=2))
    >>> online.learn(0.0) is None
    True
    >>> _, n_rows = online.learn(86400.0)
    >>> online.learn(86400.0) is None   # nothing new since then
    True
    """

    def __init__(self, world: World | ReplayWorld) -> None:
        self.world = world
        self.learned = 0

    def learn(self, asof_s: float, *, swapped: bool = False) -> tuple[Any, int] | None:
        """Learn from the rows that have become known since the last time.

        Parameters
        ----------
        asof_s : float
            The instant in seconds; clicks are known after the world's label delay.
        swapped : bool
            Whether clicks and non-clicks have changed places in these rows.

        Returns
        -------
        tuple of (estimator, int), or None
            A fitted pipeline and the number of rows seen in all; None with fewer than 200 rows, or
            no new one.
        """
        newest_s = asof_s - self.world.label_delay
        known = int(np.searchsorted(self.world.visits.at_s, newest_s, side="right"))
        if known < LEAST_ROWS or known == self.learned:
            return None
        if self.learned == 0:
            self._begin(known)
        rows, self.learned = slice(self.learned, known), known
        clicked = self.clicked[rows] ^ swapped
        self.sgd.partial_fit(self.columns[rows], clicked, classes=[False, True])
        frozen = copy.copy(self.sgd)  # the next step changes these two in place
        frozen.coef_, frozen.intercept_ = self.sgd.coef_.copy(), self.sgd.intercept_.copy()
        return self._pipeline(self.scaler, frozen), known

    def _begin(self, known: int) -> None:
        from sklearn.linear_model import SGDClassifier
        from sklearn.pipeline import make_pipeline
        from sklearn.preprocessing import StandardScaler

        visits, rows = self.world.visits, np.arange(len(self.world.visits))
        item, self.clicked = visits.slate[rows, visits.shown], visits.clicked[rows, visits.shown]
        # Computed for all rows at once; each is used when its label comes in.
        raw = self.world.features(visits.user, item, visits.at_s)
        self.scaler = StandardScaler().fit(raw[:known])
        self.columns = self.scaler.transform(raw)
        self.sgd = SGDClassifier(
            loss="log_loss", alpha=1e-3, learning_rate="constant", eta0=0.02, random_state=0
        )
        self._pipeline = make_pipeline


def score(
    features: Features,
    versions: list[Version],
    *,
    user: NDArray[np.int64],
    item: NDArray[np.int64],
    number: NDArray[np.int64],
    asof_s: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Score many pairs at once, each by the version and the features that it saw.

    Parameters
    ----------
    features : Features
        Computes the features.
    versions : list of Version
        The versions of the run.
    user, item : ndarray of shape (n,)
        The pairs.
    number : ndarray of shape (n,)
        The number of the version each pair saw; 0 for none.
    asof_s : ndarray of shape (n,)
        The instant its features were read, in seconds.

    Returns
    -------
    ndarray of shape (n,)
        Predicted click probabilities; NaN where there was no version.
    """
    scores = np.full(user.size, np.nan)
    known = np.flatnonzero(number > 0)
    columns = features(user[known], item[known], asof_s[known])
    if not known.size:
        return scores
    linear = [_as_weights(version.estimator) for version in versions]
    if all(weights is not None for weights in linear):
        # A stream has hundreds of versions: one gather and one product instead of as many calls.
        weights = np.array(linear)[number[known] - 1]
        scores[known] = 1 / (1 + np.exp(-(columns * weights[:, 1:]).sum(axis=1) - weights[:, 0]))
        return scores
    for version in versions:
        mine = number[known] == version.number
        if mine.any():
            scores[known[mine]] = version.estimator.predict_proba(columns[mine])[:, 1]
    return scores


def _as_weights(estimator: Any) -> NDArray[np.float64] | None:
    """Write a scaled logistic model as one bias and a weight for each raw column, or give None."""
    steps = [step for _, step in getattr(estimator, "steps", [])]
    kinds = [type(step).__name__ for step in steps]
    if kinds[:1] != ["StandardScaler"] or kinds[1:] not in (
        ["LogisticRegression"],
        ["SGDClassifier"],
    ):
        return None
    scaler, linear = steps
    weight: NDArray[np.float64] = linear.coef_[0] / scaler.scale_
    return np.concatenate([linear.intercept_ - scaler.mean_ @ weight, weight])
