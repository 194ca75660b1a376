"""A part that is away, slow, or whose scheduler sleeps."""

from __future__ import annotations

import mlbook as mb


def test_a_skipped_batch_is_the_batch_parts_and_lasts_a_day_unless_told_otherwise():
    assert mb.skip_batch(at=5.0) == mb.skip_batch("batch", at=5.0, lasting=1 * mb.DAY)
