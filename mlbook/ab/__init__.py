"""Everything on experiments.

Chapter: 02
"""

from __future__ import annotations

from mlbook.ab.bandit import UCB1, BanditPolicy, EpsilonGreedy, ExploreThenCommit, Thompson
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
from mlbook.ab.regret import Play, lai_robbins, play
from mlbook.ab.repeated import DailyCounts, UserTotals, daily_counts, user_totals

__all__ = [
    "UCB1",
    "BanditPolicy",
    "BotFilter",
    "Bots",
    "CarryOver",
    "Constant",
    "DailyCounts",
    "DelayedConversion",
    "DoubleLogging",
    "Drift",
    "Effect",
    "EpsilonGreedy",
    "ExploreThenCommit",
    "LogFault",
    "LostLogs",
    "Novelty",
    "People",
    "Play",
    "Population",
    "Primacy",
    "RedirectLoss",
    "SharedSupply",
    "Spillover",
    "Thompson",
    "Triggered",
    "UserTotals",
    "daily_counts",
    "lai_robbins",
    "play",
    "user_totals",
]
