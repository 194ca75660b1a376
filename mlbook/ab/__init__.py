"""A/B tests: who gets what, what the numbers say, and when they may be read.

Statistics take sufficient statistics and are vectorised: leading axes are experiments. Effects are
treatment minus control. Each docstring names its conventions, because two libraries that disagree
mostly differ in nothing else.

Talk: slides 5 and 28, online evaluation.
Chapter: 02, 11
"""

from __future__ import annotations

from mlbook.ab.always_valid import always_valid, always_valid_z
from mlbook.ab.estimates import Estimate
from mlbook.ab.mean import means
from mlbook.ab.mean_sizing import mean_detectable_effect, mean_power, mean_sample_size
from mlbook.ab.moments import Moments, PairMoments
from mlbook.ab.proportion import proportions
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
    "Estimate",
    "LookingCosts",
    "Moments",
    "PairMoments",
    "SampleRatio",
    "always_valid",
    "always_valid_z",
    "boundary",
    "crossing",
    "false_positive_rate",
    "looking_costs",
    "mean_detectable_effect",
    "mean_power",
    "mean_sample_size",
    "means",
    "minimum_detectable_effect",
    "power",
    "proportions",
    "sample_size",
    "srm",
]
