"""A trained model in the format of a device, with fewer bits a weight if wanted.

Rounding is uniform and symmetric, one step a layer: with *b* bits a weight is a whole number of
steps between ``-(2**(b-1) - 1)`` and ``2**(b-1) - 1``, and the largest weight of the layer sets the
step. A weight is wrong by half a step at most. Scaler and offsets are not rounded to so few bits.

Talk: slides 20-21 (convert model).
Chapter: 09
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mlbook.export.anatomy import Parts, take_apart
from mlbook.export.interpreter import FORMAT, MAGIC, DeviceModel
from mlbook.validate import one_of

__all__ = ["DEVICE_KINDS", "PRECISIONS", "OnDevice", "pack", "to_device"]

PRECISIONS = ("float32", "int16", "int8", "int6", "int5", "int4", "int3")
DEVICE_KINDS = ("LogisticRegression", "LinearRegression", "MLPClassifier", "MLPRegressor")

Layer = tuple[NDArray[np.float64], NDArray[np.float64], str]


def to_device(estimator: Any, precision: str = "float32") -> bytes:
    """Write a trained model in the format of a device.

    Parameters
    ----------
    estimator : Any
        A fitted linear or logistic regression or a multi-layer perceptron with two classes or one
        output, alone or behind a ``StandardScaler``.
    precision : str
        What a weight is stored in: one of :data:`PRECISIONS`.

    Returns
    -------
    bytes
        What :class:`DeviceModel` reads.

    Raises
    ------
    ValueError
        When the estimator cannot be exported; the message says which can.

    Notes
    -----
    With ``"float32"`` each weight is wrong by less than ``2**-24`` of itself, so the log-odds are
    wrong by less than that share of ``sum(|weight * scaled feature|) + |offset|``.

    Examples
    --------
    >>> from sklearn.linear_model import LinearRegression
    >>> line = LinearRegression().fit([[0.0], [1.0]], [1.0, 3.0])
    >>> DeviceModel(to_device(line)).predict([2.0])
    5.0
    """
    one_of("precision", precision, PRECISIONS)
    parts = take_apart(estimator, DEVICE_KINDS)
    headers, numbers = [], [parts.mean.astype("<f8").tobytes(), parts.scale.astype("<f8").tobytes()]
    for weights, offsets, then in _layers(parts):
        step, stored = _rounded(weights, precision)
        outputs, inputs = weights.shape
        headers.append({"inputs": inputs, "outputs": outputs, "step": step, "then": then})
        numbers += [stored, offsets.astype("<f4").tobytes()]
    header = {"format": FORMAT, "precision": precision, "layers": headers}
    text = json.dumps(header, separators=(",", ":")).encode()
    return b"".join([MAGIC, len(text).to_bytes(4, "little"), text, *numbers])


class OnDevice:
    """A device's model as the estimator of a version: scored by the interpreter of the phone.

    Parameters
    ----------
    data : bytes
        What :func:`to_device` wrote.
    """

    def __init__(self, data: bytes) -> None:
        self.data, self.model = data, DeviceModel(data)

    def predict(self, columns: ArrayLike) -> NDArray[np.float64]:
        """Predict row by row, as the phone does.

        Parameters
        ----------
        columns : array_like of shape (n, n_features)
            The features.

        Returns
        -------
        ndarray of shape (n,)
            The probability of the second class, or the value of a regression.
        """
        rows: list[Sequence[float]] = np.asarray(columns, dtype=float).tolist()
        return np.array([self.model.predict(row) for row in rows])

    def predict_proba(self, columns: ArrayLike) -> NDArray[np.float64]:
        """Predict the probabilities of both classes, in the shape that scikit-learn gives.

        Parameters
        ----------
        columns : array_like of shape (n, n_features)
            The features.

        Returns
        -------
        ndarray of shape (n, 2)
            One row a pair.
        """
        second = self.predict(columns)
        return np.column_stack([1 - second, second])


def pack(numbers: Sequence[int], bits: int) -> bytes:
    """Store whole numbers in a few bits each, one after another.

    Parameters
    ----------
    numbers : sequence of int
        Each of them fits into `bits` bits with its sign.
    bits : int
        Bits a number.

    Returns
    -------
    bytes
        Lowest bits first; the last byte is filled up with zeros.

    Examples
    --------
    >>> pack([1, -1, 7], bits=4).hex()
    'f107'
    """
    full = (1 << bits) - 1
    everything = sum((number & full) << bits * k for k, number in enumerate(numbers))
    return everything.to_bytes((len(numbers) * bits + 7) // 8, "little")


def _layers(parts: Parts) -> list[Layer]:
    """Write every kind of model as layers: weights an output, offsets, what follows the sum."""
    model = parts.model
    if parts.kind.startswith("MLP"):
        between = [model.activation] * (len(model.coefs_) - 1)
        weights = [each.T for each in model.coefs_]
        return list(zip(weights, model.intercepts_, [*between, model.out_activation_], strict=True))
    then = "logistic" if parts.kind == "LogisticRegression" else "identity"
    return [(np.atleast_2d(model.coef_), np.atleast_1d(model.intercept_), then)]


def _rounded(weights: NDArray[np.float64], precision: str) -> tuple[float, bytes]:
    """Give the step and the stored weights of a layer, output by output."""
    if precision == "float32":
        return 1.0, weights.astype("<f4").tobytes()
    bits = int(precision.removeprefix("int"))
    step = float(np.abs(weights).max()) / (2 ** (bits - 1) - 1) or 1.0
    return step, pack(np.rint(weights / step).astype(int).ravel().tolist(), bits)
