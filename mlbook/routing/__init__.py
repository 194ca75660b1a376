"""Patterns that wrap patterns: a router sends each request to one of its arms, or to several.

One file a router, each readable alone.

Chapter: 02, 11
"""

from __future__ import annotations

from mlbook.routing.bandit import Bandit
from mlbook.routing.blue_green import BlueGreen
from mlbook.routing.canary import Canary
from mlbook.routing.fallback import Fallback
from mlbook.routing.router import Router
from mlbook.routing.shadow import Shadow
from mlbook.routing.split import Split

__all__ = ["Bandit", "BlueGreen", "Canary", "Fallback", "Router", "Shadow", "Split"]
