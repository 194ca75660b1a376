"""Deciding while one learns: bandits, their regret, and what an old log says of another policy.

Chapter: 02
"""

from __future__ import annotations

from mlbook.ab.learning.bandit import (
    UCB1,
    BanditPolicy,
    EpsilonGreedy,
    ExploreThenCommit,
    Thompson,
)
from mlbook.ab.learning.interleaving import (
    interleaved_impressions,
)
from mlbook.ab.learning.off_policy import (
    PolicyValue,
    doubly_robust,
    effective_sample_size,
    importance_weights,
    ipw,
    snipw,
)
from mlbook.ab.learning.regret import (
    Play,
    lai_robbins,
    play,
)
from mlbook.ab.learning.reward_model import (
    cross_fitted_means,
)

__all__ = [
    "UCB1",
    "BanditPolicy",
    "EpsilonGreedy",
    "ExploreThenCommit",
    "Play",
    "PolicyValue",
    "Thompson",
    "cross_fitted_means",
    "doubly_robust",
    "effective_sample_size",
    "importance_weights",
    "interleaved_impressions",
    "ipw",
    "lai_robbins",
    "play",
    "snipw",
]
