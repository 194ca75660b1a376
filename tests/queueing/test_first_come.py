"""First come, first served: who waits for whom, seen on numbers that fit on one hand."""

from __future__ import annotations

import numpy as np
import pytest

from mlbook.queueing import fifo
from mlbook.streams import stream


def test_one_worker_serves_one_after_the_other():
    np.testing.assert_array_equal(fifo([0, 1, 20], [5, 5, 5]), [5, 10, 25])


def test_who_arrives_at_a_free_worker_does_not_wait():
    np.testing.assert_array_equal(fifo([0, 1, 2], [5, 5, 5], workers=3), [5, 6, 7])


def test_the_next_in_line_takes_the_worker_that_is_free_first():
    np.testing.assert_array_equal(fifo([0, 0, 1], [10, 3, 1], workers=2), [10, 3, 4])


def test_short_work_may_leave_before_long_work_that_came_earlier():
    np.testing.assert_array_equal(fifo([0, 1], [9, 1], workers=2), [9, 2])


def test_the_start_of_the_clock_does_not_matter():
    arrive_s, service_s = np.cumsum(np.ones(50)), stream(1, "x").exponential(3.0, 50)
    later = fifo(arrive_s + 1024.0, service_s, workers=2) - 1024.0
    np.testing.assert_allclose(later, fifo(arrive_s, service_s, workers=2), atol=1e-9)


def test_one_worker_is_lindleys_closed_form():
    arrive_s = np.cumsum(stream(1, "gaps").exponential(1.2, 5000))
    service_s = stream(1, "service").exponential(1.0, 5000)
    work = np.cumsum(service_s)
    done_s = work + np.maximum.accumulate(arrive_s - np.r_[0.0, work[:-1]])
    np.testing.assert_allclose(fifo(arrive_s, service_s), done_s, rtol=0, atol=1e-8)


def test_nobody_came():
    assert fifo([], []).size == 0


def test_a_queue_without_workers_is_refused():
    with pytest.raises(ValueError, match=r"workers must be >= 1 \(workers\), got 0\. Write 1"):
        fifo([0], [1], workers=0)


def test_half_a_worker_is_refused():
    with pytest.raises(TypeError, match=r"workers must be a whole number >= 1 .* got 1\.5"):
        fifo([0], [1], workers=1.5)


@pytest.mark.parametrize(("arrive_s", "service_s"), [([1, 0], [1, 1]), ([0, 1], [1])])
def test_arrivals_out_of_order_or_without_a_service_time_are_refused(arrive_s, service_s):
    with pytest.raises(ValueError, match="arrive_s must be sorted, with one service time each"):
        fifo(arrive_s, service_s)
