"""Which estimators survive a trip through a language-neutral format: measured, not promised.

Talk: slide 23, row "dependency of languages".
Chapter: 10
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mlbook.export.device import OnDevice, to_device
from mlbook.export.pmml import read_pmml, to_pmml
from mlbook.units import DAY
from mlbook.validate import number
from mlbook.world import World

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["EXPORTERS", "Exporter", "candidates", "matrix"]

COLUMNS = ["estimator", "exporter", "survives", "largest_difference", "bytes", "reason"]


@dataclass(frozen=True)
class Exporter:
    """A way out of scikit-learn and back into numbers.

    Parameters
    ----------
    name : str
        How it is named in the matrix.
    write : callable
        ``write(estimator)`` gives the file's bytes, or raises when it cannot.
    read : callable
        ``read(data)`` gives something with a ``predict(columns)`` that returns one score a row.
    """

    name: str
    write: Callable[[Any], bytes]
    read: Callable[[bytes], Any]


EXPORTERS = [Exporter("device format", to_device, OnDevice), Exporter("PMML", to_pmml, read_pmml)]


def candidates() -> dict[str, Any]:
    """Give one estimator of every usual kind, not fitted yet, each behind a ``StandardScaler``.

    Returns
    -------
    dict of str to estimator
        Pipelines by the name of their last step's class.
    """
    from sklearn import ensemble, linear_model, naive_bayes, neighbors, neural_network, svm, tree
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    seeded = {"random_state": 0}
    models = [
        linear_model.LogisticRegression(),
        linear_model.LinearRegression(),
        neural_network.MLPClassifier((16,), early_stopping=True, **seeded),
        tree.DecisionTreeClassifier(max_depth=6, **seeded),
        ensemble.RandomForestClassifier(30, **seeded),
        ensemble.GradientBoostingClassifier(n_estimators=30, **seeded),
        ensemble.HistGradientBoostingClassifier(max_iter=30, **seeded),
        svm.SVC(**seeded),
        neighbors.KNeighborsClassifier(),
        naive_bayes.GaussianNB(),
    ]
    return {type(each).__name__: make_pipeline(StandardScaler(), each) for each in models}


def matrix(
    estimators: Mapping[str, Any] | None = None,
    exporters: Sequence[Exporter] | None = None,
    *,
    tolerance: float = 1e-4,
    seed: int = 0,
) -> pd.DataFrame:
    """Train every estimator on a small shop, send it through every exporter, compare the scores.

    Parameters
    ----------
    estimators : mapping of str to estimator, optional
        Classifiers or regressors, not fitted; :func:`candidates` when left out.
    exporters : sequence of Exporter, optional
        The ways out; :data:`EXPORTERS` when left out.
    tolerance : float
        The largest difference of a score with which an estimator counts as survived, > 0.
    seed : int
        Seed of the shop, >= 0.

    Returns
    -------
    pandas.DataFrame
        One row a pair: `estimator`, `exporter`, `survives`, `largest_difference` and `bytes` (NaN
        when nothing came out), `reason` (why it does not survive).

    Notes
    -----
    A score is the probability of a click, or the decision function of an estimator that gives no
    probabilities, or the value of a regression.
    """
    import pandas as pd

    number("tolerance", tolerance, above=0, unit="largest difference of a score")
    world = World(seed, days=3, users=100)
    rows = world.labelled(3 * DAY)
    columns = world.features(rows.user, rows.item, rows.at_s)
    found = []
    for kind, estimator in (candidates() if estimators is None else estimators).items():
        fitted = estimator.fit(columns, rows.clicked)
        for each in EXPORTERS if exporters is None else exporters:
            trip = _trip(fitted, each, columns, tolerance)
            found.append({"estimator": kind, "exporter": each.name, **trip})
    return pd.DataFrame(found, columns=COLUMNS)


def _trip(
    fitted: Any, exporter: Exporter, columns: NDArray[np.float64], tolerance: float
) -> dict[str, Any]:
    try:
        data = exporter.write(fitted)
        scores = exporter.read(data).predict(columns)
    except Exception as error:  # noqa: BLE001  # what an exporter raises is its own business
        lost = {"survives": False, "largest_difference": np.nan, "bytes": np.nan}
        return {**lost, "reason": str(error) or type(error).__name__}
    largest = float(np.abs(scores - _scores(fitted, columns)).max())
    survives = largest <= tolerance  # not so with NaN either
    reason = "" if survives else f"another score: differs by up to {largest:.2g}"
    return {
        "survives": survives,
        "largest_difference": largest,
        "bytes": float(len(data)),
        "reason": reason,
    }


def _scores(fitted: Any, columns: NDArray[np.float64]) -> NDArray[np.float64]:
    if hasattr(fitted, "predict_proba"):
        return np.asarray(fitted.predict_proba(columns)[:, 1])
    way = fitted.decision_function if hasattr(fitted, "decision_function") else fitted.predict
    return np.asarray(way(columns))
