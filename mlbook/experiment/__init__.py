"""Run a pattern in a world, compare several on the same visitors.

Chapter: 00
"""

from __future__ import annotations

from mlbook.experiment.results import Run, Runs
from mlbook.experiment.trial import compare, parts_of, run

__all__ = ["Run", "Runs", "compare", "parts_of", "run"]
