"""What a fitted estimator is made of, for exporters that write it down in another language."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["Parts", "take_apart"]


@dataclass(frozen=True)
class Parts:
    """The scaler's numbers and the model behind it.

    Parameters
    ----------
    mean, scale : ndarray of shape (n_features,)
        A feature is shifted by the one and divided by the other.
    model : Any
        The fitted scikit-learn model that sees the scaled features.
    kind : str
        The name of its class.
    """

    mean: NDArray[np.float64]
    scale: NDArray[np.float64]
    model: Any
    kind: str


def take_apart(estimator: Any, known: Iterable[str]) -> Parts:
    """Part an estimator into its scaler and its model.

    Parameters
    ----------
    estimator : Any
        A fitted scikit-learn model, alone or behind a ``StandardScaler`` in a pipeline.
    known : iterable of str
        Names of the model classes that the exporter can write.

    Returns
    -------
    Parts
        Its scaler (0 and 1 without one) and its model.

    Raises
    ------
    ValueError
        When the estimator is not fitted or cannot be exported; the message says which can.

    Examples
    --------
    >>> from sklearn.linear_model import LinearRegression
    >>> take_apart(LinearRegression().fit([[0.0], [1.0]], [1.0, 3.0]), ["LinearRegression"]).kind
    'LinearRegression'
    """
    *before, model = [step for _, step in getattr(estimator, "steps", [("model", estimator)])]
    kinds = [type(each).__name__ for each in (*before, model)]
    can = f"Export {' or '.join(known)}, alone or behind a StandardScaler."
    if kinds[-1] not in known or kinds[:-1] not in ([], ["StandardScaler"]):
        text = f"estimator must be of a kind that can be exported, got {' + '.join(kinds)}."
        raise ValueError(f"{text} {can}")
    if not hasattr(model, "n_features_in_"):
        raise ValueError(f"estimator must be fitted, got {kinds[-1]} before its training.")
    if len(getattr(model, "classes_", (0, 1))) != 2:
        text = f"estimator must tell two classes apart, got {len(model.classes_)} classes."
        raise ValueError(f"{text} {can}")
    return Parts(*_scaling(before, model.n_features_in_), model, kinds[-1])


def _scaling(before: list[Any], size: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    mean, scale = np.zeros(size), np.ones(size)
    for scaler in before:  # one or none; it keeps its mean also when it does not subtract it
        mean = np.asarray(scaler.mean_) if scaler.with_mean else mean
        scale = np.asarray(scaler.scale_) if scaler.with_std else scale
    return mean, scale
