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
    SERVED,
    availability,
    event_lag_s,
    failed,
    predictions_read,
    request_bytes,
)
from mlbook.measure.ranking import auc
from mlbook.measure.report import readable, summary, talk_rows
from mlbook.measure.rounds import federation

__all__ = [
    "SERVED",
    "Difference",
    "alerts",
    "auc",
    "availability",
    "bad_versions",
    "clicks_by_name",
    "clicks_lost",
    "clicks_per_100",
    "difference_per_100",
    "event_lag_s",
    "failed",
    "federation",
    "offered_s",
    "predictions_read",
    "readable",
    "request_bytes",
    "summary",
    "talk_rows",
    "version_shares",
    "yardsticks",
]
