"""The parts that a pattern is made of: each with a latency, maybe workers, maybe faults.

Chapter: 06
"""

from __future__ import annotations

from mlbook.components.parts import Component
from mlbook.components.refusals import GIVES_UP_AFTER_S, REFUSED_AFTER_S, DownError
from mlbook.components.sites import Site

__all__ = ["GIVES_UP_AFTER_S", "REFUSED_AFTER_S", "Component", "DownError", "Site"]
