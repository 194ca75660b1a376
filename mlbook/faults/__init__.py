"""Things that go wrong, as data: which part, when, for how long.

Chapter: 07, 13
"""

from __future__ import annotations

from mlbook.faults.changes import bad_release, schema_change
from mlbook.faults.fault import Fault
from mlbook.faults.outages import down, skip_batch, slow

__all__ = ["Fault", "bad_release", "down", "schema_change", "skip_batch", "slow"]
