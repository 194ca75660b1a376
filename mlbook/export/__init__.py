"""A trained model on its way out: to a device, to another language, to fewer bits a weight.

Used as ``mb.export.to_device(pipeline, "int8")``. The interpreter that reads a device's model
(:mod:`mlbook.export.interpreter`) is a file of its own and needs Python alone.

Chapter: 09
"""

from __future__ import annotations

from mlbook.export.device import PRECISIONS, OnDevice, to_device
from mlbook.export.interpreter import DeviceModel
from mlbook.export.pmml import PmmlModel, read_pmml, to_pmml
from mlbook.export.rounding import flips, rounding_table
from mlbook.export.survival import EXPORTERS, Exporter, candidates, matrix

__all__ = [
    "EXPORTERS",
    "PRECISIONS",
    "DeviceModel",
    "Exporter",
    "OnDevice",
    "PmmlModel",
    "candidates",
    "flips",
    "matrix",
    "read_pmml",
    "rounding_table",
    "to_device",
    "to_pmml",
]
