"""A decision on one page: a team's needs, the measured patterns, and what would flip the choice.

The talk's table compares; it does not choose. What is here is ours: a need is met or it is not, and
among those that meet all needs the one that brings most money a month is recommended, which takes
beliefs about prices that somebody has to hold.

Chapter: 10
"""

from __future__ import annotations

from mlbook.decision.choosing import NO_MODEL, Choice, decide
from mlbook.decision.columns import Column
from mlbook.decision.needs import Beliefs, Needs

__all__ = ["NO_MODEL", "Beliefs", "Choice", "Column", "Needs", "decide"]
