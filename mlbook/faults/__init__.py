"""Things that go wrong, as data: which part, when, for how long.

A fault may hit any part of any pattern on which its kind makes sense: parts that answer calls,
parts that run jobs, and the ``"activity_log"``, which every pattern reads.

Chapter: 07, 13
"""

from __future__ import annotations

from mlbook.faults.changes import bad_release, schema_change
from mlbook.faults.fault import Fault
from mlbook.faults.messages import clock_skew, drop, duplicate, late, reorder
from mlbook.faults.on_the_log import ACTIVITY_LOG, written
from mlbook.faults.outages import down, offline, skip_batch, slow
from mlbook.faults.rates import failures
from mlbook.faults.sense import kinds_on

__all__ = [
    "ACTIVITY_LOG",
    "Fault",
    "bad_release",
    "clock_skew",
    "down",
    "drop",
    "duplicate",
    "failures",
    "kinds_on",
    "late",
    "offline",
    "reorder",
    "schema_change",
    "skip_batch",
    "slow",
    "written",
]
