"""Exercises that check themselves in the kernel: what differs, not what is expected."""

from __future__ import annotations

from mlbook.exercises.desk import check, guess, hint, report_card, solution
from mlbook.exercises.hands import poll
from mlbook.exercises.own_pattern import WithTable

__all__ = ["WithTable", "check", "guess", "hint", "poll", "report_card", "solution"]
