"""Releases that can be taken back: canaries, the captain's game, switches and their cost.

Chapter: 11
"""

from __future__ import annotations

from mlbook.releases.canary_share import CanaryOutcome, canary, canary_law
from mlbook.releases.captain import SHARES, SLICES, Captain, Cost, Truth, releases_of
from mlbook.releases.migration import Migration
from mlbook.releases.rules import Rule, mean_costs, score
from mlbook.releases.switching import (
    SLOW_S,
    seconds_back,
    seconds_on_phones,
    seconds_slow,
    switch_costs,
)
from mlbook.releases.watching import Gap, Watch

__all__ = [
    "SHARES",
    "SLICES",
    "SLOW_S",
    "CanaryOutcome",
    "Captain",
    "Cost",
    "Gap",
    "Migration",
    "Rule",
    "Truth",
    "Watch",
    "canary",
    "canary_law",
    "mean_costs",
    "releases_of",
    "score",
    "seconds_back",
    "seconds_on_phones",
    "seconds_slow",
    "switch_costs",
]
