"""Queueing theory and an engine: arrivals, service times, kernels, closed forms, simulations.

Kernels are recurrences on arrays; `simulate` sends a workload through a chain of stations. All
randomness comes in through arguments: the same numbers give the same departures everywhere.
"""

from __future__ import annotations

from mlbook.queueing.answering import long_answers
from mlbook.queueing.arrivals import diurnal, in_steps, poisson
from mlbook.queueing.balancing import balance
from mlbook.queueing.batching import batch
from mlbook.queueing.cache_laws import lru_hit_share, ttl_hit_share
from mlbook.queueing.caching import cache
from mlbook.queueing.distributions import (
    Constant,
    Distribution,
    Exponential,
    LogNormal,
    Weibull,
)
from mlbook.queueing.elastic import autoscale, cold_start
from mlbook.queueing.first_come import fifo, tandem
from mlbook.queueing.freshness_laws import (
    adopted,
    batch_age,
    catch_up_time,
    fleet_model_age,
    least_stable_trigger,
    micro_batch_lag,
)
from mlbook.queueing.histogram import LatencyHistogram
from mlbook.queueing.impatience import finite_queue, priority, reneging
from mlbook.queueing.laws import erlang_c, mmc_wait_mean, mmc_wait_quantile, utilization
from mlbook.queueing.network import Cache, Chain, Retry, Station, Zipf
from mlbook.queueing.on_off import OnOff
from mlbook.queueing.queue_laws import (
    blocking,
    cobham_waits,
    greedy_batch_size,
    mg1_wait_mean,
    mm1_quantile,
    reneging_share,
)
from mlbook.queueing.release_train import Fleet, poisson_looks, still_running
from mlbook.queueing.replicating import Replications, replicate
from mlbook.queueing.result import Result
from mlbook.queueing.retrying import retry
from mlbook.queueing.simulation import simulate
from mlbook.queueing.tail_law import mmc_tail
from mlbook.queueing.workload import Workload

__all__ = [
    "Cache",
    "Chain",
    "Constant",
    "Distribution",
    "Exponential",
    "Fleet",
    "LatencyHistogram",
    "LogNormal",
    "OnOff",
    "Replications",
    "Result",
    "Retry",
    "Station",
    "Weibull",
    "Workload",
    "Zipf",
    "adopted",
    "autoscale",
    "balance",
    "batch",
    "batch_age",
    "blocking",
    "cache",
    "catch_up_time",
    "cobham_waits",
    "cold_start",
    "diurnal",
    "erlang_c",
    "fifo",
    "finite_queue",
    "fleet_model_age",
    "greedy_batch_size",
    "in_steps",
    "least_stable_trigger",
    "long_answers",
    "lru_hit_share",
    "mg1_wait_mean",
    "micro_batch_lag",
    "mm1_quantile",
    "mmc_tail",
    "mmc_wait_mean",
    "mmc_wait_quantile",
    "poisson",
    "poisson_looks",
    "priority",
    "reneging",
    "reneging_share",
    "replicate",
    "retry",
    "simulate",
    "still_running",
    "tandem",
    "ttl_hit_share",
    "utilization",
]
