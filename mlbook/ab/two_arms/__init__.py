"""Two arms compared: sufficient statistics in, an estimate out; and how many units it takes.

Chapter: 02
"""

from __future__ import annotations

from mlbook.ab.two_arms.contingency import (
    OddsRatio,
    balance,
    fisher,
    stratified,
)
from mlbook.ab.two_arms.covariate import (
    adjusted,
    cuped,
)
from mlbook.ab.two_arms.estimates import (
    Estimate,
)
from mlbook.ab.two_arms.many_tests import (
    benjamini_hochberg,
    holm,
)
from mlbook.ab.two_arms.mean import (
    means,
)
from mlbook.ab.two_arms.mean_sizing import (
    mean_detectable_effect,
    mean_power,
    mean_sample_size,
)
from mlbook.ab.two_arms.moments import (
    Moments,
    PairMoments,
)
from mlbook.ab.two_arms.proportion import (
    pooled_z,
    proportions,
)
from mlbook.ab.two_arms.quantiles import (
    quantile,
)
from mlbook.ab.two_arms.ratio_metric import (
    ratio,
)
from mlbook.ab.two_arms.relative_lift import (
    relative,
)
from mlbook.ab.two_arms.sample_ratio import (
    SampleRatio,
    srm,
)
from mlbook.ab.two_arms.sizing import (
    minimum_detectable_effect,
    power,
    sample_size,
)

__all__ = [
    "Estimate",
    "Moments",
    "OddsRatio",
    "PairMoments",
    "SampleRatio",
    "adjusted",
    "balance",
    "benjamini_hochberg",
    "cuped",
    "fisher",
    "holm",
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
    "relative",
    "sample_size",
    "srm",
    "stratified",
]
