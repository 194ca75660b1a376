"""Everything on experiments.

Chapter: 02
"""

from __future__ import annotations

from mlbook.ab.bandit import UCB1, BanditPolicy, EpsilonGreedy, ExploreThenCommit, Thompson
from mlbook.ab.effect import Effect, People
from mlbook.ab.effects import CarryOver, Constant, Drift, Novelty, Primacy, Triggered
from mlbook.ab.false_wins import false_positive_risk
from mlbook.ab.interleaving import interleaved_impressions
from mlbook.ab.interplay import DelayedConversion, SharedSupply, Spillover
from mlbook.ab.log_faults import (
    BotFilter,
    Bots,
    DoubleLogging,
    LogFault,
    LostLogs,
    RedirectLoss,
)
from mlbook.ab.off_policy import (
    PolicyValue,
    cross_fitted_means,
    doubly_robust,
    effective_sample_size,
    ipw,
    snipw,
    weights,
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
    "PolicyValue",
    "Population",
    "Primacy",
    "RedirectLoss",
    "SharedSupply",
    "Spillover",
    "Thompson",
    "Triggered",
    "UserTotals",
    "cross_fitted_means",
    "daily_counts",
    "doubly_robust",
    "effective_sample_size",
    "false_positive_risk",
    "interleaved_impressions",
    "ipw",
    "lai_robbins",
    "play",
    "snipw",
    "user_totals",
    "weights",
]
