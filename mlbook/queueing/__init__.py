"""Queueing theory in small: arrivals, service times, one readable kernel, the closed forms."""

from __future__ import annotations

from mlbook.queueing.arrivals import diurnal, poisson
from mlbook.queueing.distributions import Constant, Distribution, Exponential, LogNormal
from mlbook.queueing.first_come import fifo
from mlbook.queueing.laws import (
    adopted,
    batch_age,
    erlang_c,
    fleet_model_age,
    least_stable_trigger,
    micro_batch_lag,
    mmc_wait_mean,
    mmc_wait_quantile,
    utilization,
)
from mlbook.queueing.on_off import OnOff
from mlbook.queueing.release_train import Fleet, poisson_looks

__all__ = [
    "Constant",
    "Distribution",
    "Exponential",
    "Fleet",
    "LogNormal",
    "OnOff",
    "adopted",
    "batch_age",
    "diurnal",
    "erlang_c",
    "fifo",
    "fleet_model_age",
    "least_stable_trigger",
    "micro_batch_lag",
    "mmc_wait_mean",
    "mmc_wait_quantile",
    "poisson",
    "poisson_looks",
    "utilization",
]
