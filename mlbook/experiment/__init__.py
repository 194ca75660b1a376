"""Run a pattern in a world, compare several on the same visitors.

Chapter: 00
"""

from __future__ import annotations

from mlbook.experiment.outages import runtime_coupling
from mlbook.experiment.probing import Probe, probe
from mlbook.experiment.results import Run, Runs
from mlbook.experiment.trial import compare, kinds_by_part, parts_of, run

__all__ = [
    "Probe",
    "Run",
    "Runs",
    "compare",
    "kinds_by_part",
    "parts_of",
    "probe",
    "run",
    "runtime_coupling",
]
