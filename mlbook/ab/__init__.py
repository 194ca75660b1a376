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
from mlbook.ab.contingency import OddsRatio, balance, fisher, stratified
from mlbook.ab.covariate import adjusted, cuped
from mlbook.ab.estimates import Estimate
from mlbook.ab.experiment import Analysis, Experiment, analyze
from mlbook.ab.many_tests import benjamini_hochberg, holm
from mlbook.ab.mean import means
from mlbook.ab.mean_sizing import mean_detectable_effect, mean_power, mean_sample_size
from mlbook.ab.metrics import Mean, Metric, Ratio, Share
from mlbook.ab.moments import Moments, PairMoments
from mlbook.ab.open_bandit import real_log
from mlbook.ab.proportion import pooled_z, proportions
from mlbook.ab.quantiles import quantile
from mlbook.ab.ratio_metric import ratio
from mlbook.ab.relative_lift import relative
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
    "Analysis",
    "Estimate",
    "Experiment",
    "Layer",
    "LookingCosts",
    "Mean",
    "Metric",
    "Moments",
    "OddsRatio",
    "PairMoments",
    "Ratio",
    "SampleRatio",
    "Share",
    "adjusted",
    "always_valid",
    "always_valid_z",
    "analyze",
    "assign",
    "balance",
    "benjamini_hochberg",
    "boundary",
    "bucket",
    "crossing",
    "cuped",
    "false_positive_rate",
    "fisher",
    "holm",
    "looking_costs",
    "mean_detectable_effect",
    "mean_power",
    "mean_sample_size",
    "means",
    "minimum_detectable_effect",
    "pooled_z",
    "power",
    "proportions",
    "quantile",
    "ratio",
    "real_log",
    "relative",
    "sample_size",
    "srm",
    "stratified",
]
