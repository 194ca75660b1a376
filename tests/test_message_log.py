"""A log in partitions: order within a key, offsets by group, nothing lost, nothing read early."""

from __future__ import annotations

from itertools import chain

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlbook.message_log import PartitionedLog

ARRIVALS = st.lists(
    st.tuples(st.integers(0, 20), st.floats(0, 100, allow_nan=False)), min_size=1, max_size=60
)


def filled(arrivals, partitions=3):
    log = PartitionedLog(partitions)
    log.extend(*zip(*arrivals, strict=True))
    return log


@given(ARRIVALS, st.floats(0, 100))
def test_a_group_reads_what_has_arrived_in_the_order_of_arrival_and_nothing_else(arrivals, now):
    taken = filled(arrivals).read("a", now)
    assert sorted(chain(*taken)) == [n for n, (_, at) in enumerate(arrivals) if at <= now]
    for records in taken:
        at_s = [arrivals[record][1] for record in records]
        assert at_s == sorted(at_s)


@given(ARRIVALS)
def test_equal_keys_share_a_partition(arrivals):
    for key in {key for key, _ in arrivals}:
        mine = {n for n, (other, _) in enumerate(arrivals) if other == key}
        assert sum(bool(mine & set(records)) for records in filled(arrivals).read("a", 100)) == 1


@given(ARRIVALS, st.lists(st.floats(0, 100), min_size=1, max_size=8), st.integers(1, 5))
def test_reading_and_committing_step_by_step_takes_every_record_once(arrivals, instants, at_most):
    log, seen = filled(arrivals), []
    for now in [*sorted(instants), *[100.0] * len(arrivals)]:
        taken = log.read("a", now, at_most)
        assert all(len(records) <= at_most for records in taken)
        log.commit("a", taken)
        seen += chain(*taken)
    assert sorted(seen) == list(range(len(arrivals)))
    assert log.backlog("a", 100.0) == 0
    assert log.next_arrival_s("a") == np.inf


def test_what_is_not_committed_is_read_again_and_each_group_has_its_own_offsets():
    log = filled([(0, 1.0), (3, 2.0), (1, 3.0)])
    first = log.read("a", 2.5)
    assert log.read("a", 2.5) == first == [[0, 1], [], []]
    log.commit("a", first)
    assert log.read("a", 9.0) == [[], [2], []]
    assert log.read("b", 9.0) == [[0, 1], [2], []]
    assert (log.backlog("a", 9.0), log.backlog("b", 9.0), log.backlog("b", 1.5)) == (1, 3, 1)
    assert (log.next_arrival_s("a"), log.next_arrival_s("b")) == (3.0, 1.0)


def test_a_log_without_partitions_is_refused():
    with pytest.raises(ValueError, match=r"partitions must be >= 1 \(partitions of the log\), got"):
        PartitionedLog(0)
