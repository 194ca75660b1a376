"""The shop whose users the patterns serve: a simulated one with known truth, and a real log."""

from __future__ import annotations

from mlbook.world.event_log import EventLog
from mlbook.world.features import Activity, Catalog, Features
from mlbook.world.phones import Phones
from mlbook.world.replay import ReplayWorld
from mlbook.world.shop import World
from mlbook.world.visits import Labels, Visits

__all__ = [
    "Activity",
    "Catalog",
    "EventLog",
    "Features",
    "Labels",
    "Phones",
    "ReplayWorld",
    "Visits",
    "World",
]
