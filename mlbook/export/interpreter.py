"""What runs on the phone: this one file, Python's own library, and the bytes of a model.

It needs neither scikit-learn nor pandas nor numpy, nor anything else of this book. A model's bytes
are data: reading them runs no code of theirs.

The format: ``MLDM``, the length of the header (4 bytes), a JSON header, then the numbers. First
the scaler's means and scales (8 bytes each), then a layer's weights in the model's precision and
its offsets (4 bytes each), layer by layer. All numbers are little-endian.

Chapter: 09
"""

from __future__ import annotations

import json
import math
import struct
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from operator import mul
from typing import Any

__all__ = ["FORMAT", "MAGIC", "DeviceModel", "unpack"]

MAGIC, FORMAT = b"MLDM", 1
_CUT_OFF = "data must be a whole model, but end too early. Download them again."


def _logistic(value: float) -> float:
    if value >= 0:
        return 1 / (1 + math.exp(-value))
    return (power := math.exp(value)) / (1 + power)  # a large exponent would overflow


_THEN: dict[str, Callable[[float], float]] = {
    "identity": float,
    "logistic": _logistic,
    "relu": lambda value: max(value, 0.0),
    "tanh": math.tanh,
}


class DeviceModel:
    """A model that was exported to a device.

    Parameters
    ----------
    data : bytes
        What :func:`mlbook.export.to_device` wrote.

    Raises
    ------
    ValueError
        When `data` are not a whole model, or of a format that this interpreter does not know.
    """

    def __init__(self, data: bytes) -> None:
        header, numbers = _split(data)
        self.precision = str(header["precision"])
        size = int(header["layers"][0]["inputs"])
        self._mean, self._scale = _floats("d", numbers, size), _floats("d", numbers, size)
        self._layers = [_layer(each, self.precision, numbers) for each in header["layers"]]
        if next(numbers, None) is not None:
            raise ValueError("data must end with the last layer, got more. Export the model again.")

    def predict(self, row: Sequence[float]) -> float:
        """Predict for one row of features.

        Parameters
        ----------
        row : sequence of float
            The features, in the order of the training.

        Returns
        -------
        float
            The probability of the second class, or the value of a regression.
        """
        if len(row) != len(self._mean):
            text = f"row must hold {len(self._mean)} features, as the model does, got {len(row)}."
            raise ValueError(f"{text} Extract them as the training did.")
        values = [(x - m) / s for x, m, s in zip(row, self._mean, self._scale, strict=True)]
        for weights, offsets, then in self._layers:
            values = [
                then(sum(map(mul, mine, values)) + offset)
                for mine, offset in zip(weights, offsets, strict=True)
            ]
        return values[0]


def unpack(packed: bytes, bits: int, count: int) -> list[int]:
    """Read whole numbers that were stored in a few bits each.

    Parameters
    ----------
    packed : bytes
        The bytes, lowest bits first.
    bits : int
        Bits a number, its sign among them.
    count : int
        How many numbers.

    Returns
    -------
    list of int
        The numbers.

    Examples
    --------
    >>> unpack(bytes([0b1111_0001, 0b0000_0111]), bits=4, count=3)
    [1, -1, 7]
    """
    everything, half, full = int.from_bytes(packed, "little"), 1 << bits - 1, 1 << bits
    found = ((everything >> bits * k) & full - 1 for k in range(count))
    return [number - full if number >= half else number for number in found]


def _split(data: bytes) -> tuple[dict[str, Any], Iterator[int]]:
    """Part a model into its header and its numbers, byte by byte."""
    if data[:4] != MAGIC:
        text = f"data must begin with {MAGIC!r}, got {data[:4]!r}."
        raise ValueError(f"{text} Write them with mb.export.to_device(estimator).")
    end = 8 + int.from_bytes(data[4:8], "little")
    if len(data) < end:
        raise ValueError(_CUT_OFF)
    header = json.loads(data[8:end])
    if header["format"] != FORMAT:
        text = f"format must be {FORMAT}, the one this app reads, got {header['format']}."
        raise ValueError(f"{text} Update the app, or export for the one it has.")
    return header, iter(data[end:])


def _take(numbers: Iterator[int], count: int) -> bytes:
    """Take some bytes; a model that was cut off has none left."""
    taken = bytes(islice(numbers, count))
    if len(taken) < count:
        raise ValueError(_CUT_OFF)
    return taken


def _floats(kind: str, numbers: Iterator[int], count: int) -> tuple[float, ...]:
    return struct.unpack(f"<{count}{kind}", _take(numbers, count * struct.calcsize(f"<{kind}")))


def _layer(
    header: dict[str, Any], precision: str, numbers: Iterator[int]
) -> tuple[list[tuple[float, ...]], tuple[float, ...], Callable[[float], float]]:
    """Read a layer: one tuple of weights an output, the offsets, and what is done with the sum."""
    inputs, outputs = int(header["inputs"]), int(header["outputs"])
    count = inputs * outputs
    if precision == "float32":
        flat = _floats("f", numbers, count)
    else:
        bits = int(precision.removeprefix("int"))
        whole = unpack(_take(numbers, (count * bits + 7) // 8), bits, count)
        flat = tuple(header["step"] * number for number in whole)
    rows = [flat[k * inputs : (k + 1) * inputs] for k in range(outputs)]
    return rows, _floats("f", numbers, outputs), _THEN[header["then"]]
