"""A/B tests: who gets what, what the numbers say, and when they may be read.

Statistics take sufficient statistics and are vectorised: leading axes are experiments. Effects are
treatment minus control. Each docstring names its conventions, because two libraries that disagree
mostly differ in nothing else.

Talk: slides 5 and 28, online evaluation.
Chapter: 02, 11
"""

from __future__ import annotations

from mlbook.ab.any_time import always_valid, always_valid_z
from mlbook.ab.assignment import Layer, assign, bucket
from mlbook.ab.bandit import UCB1, BanditPolicy, EpsilonGreedy, ExploreThenCommit, Thompson
from mlbook.ab.contingency import OddsRatio, balance, fisher, stratified
from mlbook.ab.covariate import adjusted, cuped
from mlbook.ab.effect import Effect, People
from mlbook.ab.effects import CarryOver, Constant, Drift, Novelty, Primacy, Triggered
from mlbook.ab.estimates import Estimate
from mlbook.ab.experiment import Analysis, Experiment, analyze
from mlbook.ab.false_wins import false_positive_risk
from mlbook.ab.interleaving import interleaved_impressions
from mlbook.ab.interplay import DelayedConversion, SharedSupply, Spillover
from mlbook.ab.log_fault import LogFault
from mlbook.ab.log_faults import BotFilter, Bots, DoubleLogging, LostLogs, RedirectLoss
from mlbook.ab.looking import running_counts
from mlbook.ab.many_tests import benjamini_hochberg, holm
from mlbook.ab.mean import means
from mlbook.ab.mean_sizing import mean_detectable_effect, mean_power, mean_sample_size
from mlbook.ab.metrics import Mean, Metric, Ratio, Share
from mlbook.ab.moments import Moments, PairMoments
from mlbook.ab.off_policy import (
    PolicyValue,
    doubly_robust,
    effective_sample_size,
    importance_weights,
    ipw,
    snipw,
)
from mlbook.ab.open_bandit import real_log
from mlbook.ab.population import Population
from mlbook.ab.proportion import pooled_z, proportions
from mlbook.ab.quantiles import quantile
from mlbook.ab.ratio_metric import ratio
from mlbook.ab.regret import Play, lai_robbins, play
from mlbook.ab.relative_lift import relative
from mlbook.ab.repeated import DailyCounts, UserTotals, daily_counts, user_totals
from mlbook.ab.resplitting import split_again
from mlbook.ab.reward_model import cross_fitted_means
from mlbook.ab.sample_ratio import SampleRatio, srm
from mlbook.ab.sequential import (
    LookingCosts,
    boundary,
    crossing,
    false_positive_rate,
    looking_costs,
)
from mlbook.ab.sizing import minimum_detectable_effect, power, sample_size

__all__ = [
    "UCB1",
    "Analysis",
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
    "Estimate",
    "Experiment",
    "ExploreThenCommit",
    "Layer",
    "LogFault",
    "LookingCosts",
    "LostLogs",
    "Mean",
    "Metric",
    "Moments",
    "Novelty",
    "OddsRatio",
    "PairMoments",
    "People",
    "Play",
    "PolicyValue",
    "Population",
    "Primacy",
    "Ratio",
    "RedirectLoss",
    "SampleRatio",
    "Share",
    "SharedSupply",
    "Spillover",
    "Thompson",
    "Triggered",
    "UserTotals",
    "adjusted",
    "always_valid",
    "always_valid_z",
    "analyze",
    "assign",
    "balance",
    "benjamini_hochberg",
    "boundary",
    "bucket",
    "cross_fitted_means",
    "crossing",
    "cuped",
    "daily_counts",
    "doubly_robust",
    "effective_sample_size",
    "false_positive_rate",
    "false_positive_risk",
    "fisher",
    "holm",
    "importance_weights",
    "interleaved_impressions",
    "ipw",
    "lai_robbins",
    "looking_costs",
    "mean_detectable_effect",
    "mean_power",
    "mean_sample_size",
    "means",
    "minimum_detectable_effect",
    "play",
    "pooled_z",
    "power",
    "proportions",
    "quantile",
    "ratio",
    "real_log",
    "relative",
    "running_counts",
    "sample_size",
    "snipw",
    "split_again",
    "srm",
    "stratified",
    "user_totals",
]
