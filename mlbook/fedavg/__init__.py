"""Federated averaging: many clients learn one model, and their rows stay where they are.

Chapter: 09
"""

from __future__ import annotations

from mlbook.fedavg.averaging import (
    GlobalModel,
    Learning,
    Plan,
    Round,
    federate,
    local_updates,
    play_round,
)
from mlbook.fedavg.clients import Clients, clients_of, deal
from mlbook.fedavg.comparison import Way, excess_loss, three_ways
from mlbook.fedavg.masks import SecureSum, plain_sum, secure_sum
from mlbook.fedavg.waiting import kth_of_mean_s, reports

__all__ = [
    "Clients",
    "GlobalModel",
    "Learning",
    "Plan",
    "Round",
    "SecureSum",
    "Way",
    "clients_of",
    "deal",
    "excess_loss",
    "federate",
    "kth_of_mean_s",
    "local_updates",
    "plain_sum",
    "play_round",
    "reports",
    "secure_sum",
    "three_ways",
]
