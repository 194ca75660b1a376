"""Everything on experiments.

Chapter: 02
"""

from __future__ import annotations

from mlbook.ab.effect import Effect, People
from mlbook.ab.effects import CarryOver, Constant, Drift, Novelty, Primacy, Triggered
from mlbook.ab.interplay import DelayedConversion, SharedSupply, Spillover
from mlbook.ab.log_faults import (
    BotFilter,
    Bots,
    DoubleLogging,
    LogFault,
    LostLogs,
    RedirectLoss,
)
from mlbook.ab.population import Population
from mlbook.ab.repeated import DailyCounts, UserTotals, daily_counts, user_totals

__all__ = [
    "BotFilter",
    "Bots",
    "CarryOver",
    "Constant",
    "DailyCounts",
    "DelayedConversion",
    "DoubleLogging",
    "Drift",
    "Effect",
    "LogFault",
    "LostLogs",
    "Novelty",
    "People",
    "Population",
    "Primacy",
    "RedirectLoss",
    "SharedSupply",
    "Spillover",
    "Triggered",
    "UserTotals",
    "daily_counts",
    "user_totals",
]
