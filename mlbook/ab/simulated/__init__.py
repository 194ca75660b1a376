"""Experiments whose truth is known: people, what a change does to them, what spoils the log.

Chapter: 02
"""

from __future__ import annotations

from mlbook.ab.simulated.effect import (
    Effect,
    People,
)
from mlbook.ab.simulated.effects import (
    CarryOver,
    Constant,
    Drift,
    Novelty,
    Primacy,
    Triggered,
)
from mlbook.ab.simulated.interplay import (
    DelayedConversion,
    SharedSupply,
    Spillover,
)
from mlbook.ab.simulated.log_fault import (
    LogFault,
)
from mlbook.ab.simulated.log_faults import (
    BotFilter,
    Bots,
    DoubleLogging,
    LostLogs,
    RedirectLoss,
)
from mlbook.ab.simulated.population import (
    Population,
)
from mlbook.ab.simulated.repeated import (
    DailyCounts,
    UserTotals,
    daily_counts,
    user_totals,
)

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
