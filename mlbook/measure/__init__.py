"""Measures: pure functions of a run's log. Each is short enough to read and to redo.

Definitions, cuts and laws stand in the docstrings. Effects are told in clicks per 100 visits and
money per day first, then in AUC.

Chapter: 00, 10
"""

from __future__ import annotations

from mlbook.measure.adoption import bad_versions, clicks_lost, offered_s, version_shares
from mlbook.measure.alerting import alerts
from mlbook.measure.clicks import (
    Difference,
    clicks_by_name,
    clicks_per_100,
    difference_per_100,
    yardsticks,
)
from mlbook.measure.data_path import (
    availability,
    event_lag_s,
    predictions_read,
    request_bytes,
)
from mlbook.measure.noticing import clicks_by_period, flip_of, model_taste, turned_after_s
from mlbook.measure.ranking import auc
from mlbook.measure.report import readable, summary, talk_rows
from mlbook.measure.rounds import federation
from mlbook.measure.waiting_events import backlog, caught_up_s, counted_twice, dropped_frac
from mlbook.status import SERVED, failed

__all__ = [
    "SERVED",
    "Difference",
    "alerts",
    "auc",
    "availability",
    "backlog",
    "bad_versions",
    "caught_up_s",
    "clicks_by_name",
    "clicks_by_period",
    "clicks_lost",
    "clicks_per_100",
    "counted_twice",
    "difference_per_100",
    "dropped_frac",
    "event_lag_s",
    "failed",
    "federation",
    "flip_of",
    "model_taste",
    "offered_s",
    "predictions_read",
    "readable",
    "request_bytes",
    "summary",
    "talk_rows",
    "turned_after_s",
    "version_shares",
    "yardsticks",
]
