"""Releases that can be taken back: canaries, the captain's game, switches and their cost.

Chapter: 11
"""

from __future__ import annotations

from mlbook.releases.canary import CanaryOutcome, canary, canary_law
from mlbook.releases.captain import Captain, Cost, Truth, releases_of
from mlbook.releases.rules import Rule, mean_costs, score
from mlbook.releases.watching import Gap, Watch

__all__ = [
    "CanaryOutcome",
    "Captain",
    "Cost",
    "Gap",
    "Rule",
    "Truth",
    "Watch",
    "canary",
    "canary_law",
    "mean_costs",
    "releases_of",
    "score",
]
