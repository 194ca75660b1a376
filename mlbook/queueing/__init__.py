"""Queueing theory in small: arrivals, service times, one readable kernel, the closed forms."""

from __future__ import annotations

from mlbook.queueing.arrivals import diurnal, poisson
from mlbook.queueing.distributions import Constant, Distribution, Exponential, LogNormal
from mlbook.queueing.kernels import fifo
from mlbook.queueing.laws import (
    batch_age,
    erlang_c,
    least_stable_trigger,
    micro_batch_lag,
    mmc_wait_mean,
    mmc_wait_quantile,
    utilization,
)

__all__ = [
    "Constant",
    "Distribution",
    "Exponential",
    "LogNormal",
    "batch_age",
    "diurnal",
    "erlang_c",
    "fifo",
    "least_stable_trigger",
    "micro_batch_lag",
    "mmc_wait_mean",
    "mmc_wait_quantile",
    "poisson",
    "utilization",
]
