"""Clients that several tests share."""

from __future__ import annotations

from functools import cache

import mlbook as mb
from mlbook.fedavg import Clients, Plan, clients_of

ASOF = 6 * mb.DAY
EVERYBODY = Plan(clients_a_round=100, drop_out=0.0, at_most=30 * mb.DAY)


@cache
def shop(seed: int = 0) -> mb.World:
    """A hundred users with ten visits a day, so that a client holds about forty rows."""
    return mb.World(seed=seed, days=8, users=100, visits_per_user_day=10)


@cache
def hundred(seed: int = 0) -> Clients:
    return clients_of(shop(seed), ASOF)
