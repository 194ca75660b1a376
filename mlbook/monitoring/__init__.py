"""What stands between a new model and the users: checks of its data and of its quality.

Chapter: 11
"""

from __future__ import annotations

from mlbook.monitoring.gate import Gate
from mlbook.monitoring.strictness import GateCurve, gate_curve
from mlbook.monitoring.training_table import training_rows
from mlbook.monitoring.verdicts import Check, Verdict

__all__ = ["Check", "Gate", "GateCurve", "Verdict", "gate_curve", "training_rows"]
