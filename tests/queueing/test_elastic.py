"""Workers that come and go: what the scaler sees, what it orders, and how late that is."""

from __future__ import annotations

import math

import numpy as np
import pytest

from mlbook.queueing import autoscale, cold_start, fifo, poisson
from mlbook.streams import stream
from tests.worlds import error_of_mean, refusal

SCALER = {"least": 1, "most": 4, "every_s": 10.0, "lag_s": 5.0, "target": 1.0}


# ---- the autoscaler


def test_the_line_finds_the_new_workers_when_they_are_ready():
    # 40 s of work come at second 0. At 10 four workers are ordered; three are ready at 15, and take
    # the third, fourth and fifth of those who wait.
    done_s, ordered = autoscale([0] * 5, [8] * 5, **SCALER)
    np.testing.assert_array_equal(done_s, [8, 16, 23, 23, 23])
    assert ordered.tolist() == [1] * 5


def test_the_order_follows_the_work_of_the_period_before():
    at_s = [0, 1, 9.9, 10, 25, 31]
    _, ordered = autoscale(at_s, [9, 9, 9, 12, 1, 1], **SCALER)
    assert ordered.tolist() == [1, 1, 1, 3, 2, 1]


@pytest.mark.parametrize(("target", "workers"), [(1.0, 2), (0.5, 4), (0.51, 4), (0.7, 3)])
def test_workers_are_ordered_for_their_share_of_busy_time_rounded_up(target, workers):
    _, ordered = autoscale([0, 10], [20, 1], **SCALER | {"target": target})
    assert ordered[1] == workers


PAIR = {"least": 1, "most": 2, "every_s": 10.0, "lag_s": 0.0, "target": 1.0}


def test_a_surplus_worker_takes_no_new_request_at_the_instant_of_the_look():
    # The second worker is there from 10 to 20. Who comes at 20 and 21 finds the first one only.
    done_s, ordered = autoscale([0, 12, 20, 21], [20, 0.5, 5, 1], **PAIR)
    assert ordered.tolist() == [1, 2, 1, 1]
    np.testing.assert_array_equal(done_s, [20, 12.5, 25, 26])


def test_a_surplus_worker_ends_its_request_and_is_busy_when_it_is_ordered_again():
    # The second worker is busy from 11 to 111; it is let go at 30 and ordered again at 40.
    done_s, ordered = autoscale([0, 11, 31, 41], [20, 100, 20, 1], **PAIR)
    assert ordered.tolist() == [1, 2, 1, 2]
    np.testing.assert_array_equal(done_s, [20, 111, 51, 52])


def test_after_the_last_arrival_the_scaler_sees_no_work_though_some_still_wait():
    # The second worker is there from 10 to 20, and ends at 22 what it began at 18.
    done_s, _ = autoscale([0] * 6, [8, 8, 8, 20, 4, 1], **PAIR)
    np.testing.assert_array_equal(done_s, [8, 16, 18, 36, 22, 37])


def test_as_many_workers_at_least_as_at_most_are_a_queue():
    arrive_s = np.cumsum(stream(1, "gaps").exponential(0.3, 3_000))
    service_s = stream(1, "service").exponential(1.0, 3_000)
    settings = SCALER | {"least": 4, "most": 4}
    done_s, ordered = autoscale(arrive_s, service_s, **settings)
    np.testing.assert_array_equal(done_s, fifo(arrive_s, service_s, workers=4))
    assert (ordered == 4).all()


def test_the_later_the_workers_the_longer_the_line():
    rate = np.where(np.arange(4_000) // 1_000 == 1, 20.0, 2.0)
    arrive_s = np.cumsum(stream(1, "gaps").exponential(1.0, 4_000) / rate)
    service_s = stream(1, "service").exponential(1.0, 4_000)
    settings = {"least": 4, "most": 40, "every_s": 5.0}
    p99_s = [
        np.quantile(autoscale(arrive_s, service_s, lag_s=lag_s, **settings)[0] - arrive_s, 0.99)
        for lag_s in (0.0, 10.0, 40.0)
    ]
    assert p99_s == sorted(p99_s)
    assert p99_s[2] > 2 * p99_s[0]


def test_after_a_long_pause_the_least_is_there():
    _, ordered = autoscale([0, 1e6], [90, 1], **SCALER)
    assert ordered.tolist() == [1, 1]


def test_few_requests_are_served():
    done_s, ordered = autoscale([], [], **SCALER)
    assert done_s.shape == ordered.shape == (0,)
    np.testing.assert_array_equal(autoscale([3], [2], **SCALER), [[5], [1]])


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"least": 0}, "least must be >= 1 (workers), got 0."),
        ({"least": 5}, "most must be >= 5 (workers), got 4. At least as many as least."),
        ({"every_s": 0}, "every_s must be > 0 (seconds between two looks at the load), got 0."),
        ({"lag_s": -1}, "lag_s must be >= 0 (seconds until a new worker is ready), got -1."),
        ({"target": 0}, "target must be > 0 (a share), got 0."),
        ({"target": 1.1}, "target must be >= 0 and <= 1 (a share), got 1.1."),
        ({"every_s": 1e-9}, "every_s must leave at most 100,000,000 looks at the load (seconds)"),
    ],
)
def test_a_scaler_that_cannot_be_is_refused(wrong, words):
    assert words in refusal(ValueError, autoscale, [0, 1], [1, 1], **(SCALER | wrong))


# ---- the instance that fell asleep


def test_who_comes_too_long_after_the_last_one_left_wakes_it():
    done_s, cold = cold_start([0, 20, 31, 41.5], [10, 1, 0.5, 1], idle_s=10.0, cold_s=4.0)
    assert cold.tolist() == [True, False, False, False]
    np.testing.assert_array_equal(done_s, [14, 21, 31.5, 42.5])
    _, cold = cold_start([0, 24.1], [10, 1], idle_s=10.0, cold_s=4.0)
    assert cold.tolist() == [True, True]


def test_who_comes_while_it_wakes_waits_behind():
    done_s, cold = cold_start([0, 1], [1, 1], idle_s=0.0, cold_s=9.0)
    np.testing.assert_array_equal(done_s, [10, 11])
    assert cold.tolist() == [True, False]


@pytest.mark.parametrize(("rate_per_s", "idle_s"), [(1.0, 1.0), (0.1, 25.0)])
def test_work_without_length_meets_a_cold_instance_as_often_as_a_gap_is_long(rate_per_s, idle_s):
    at_s = poisson(stream(1, "gaps"), rate_per_s, 40_000 / rate_per_s)
    _, cold = cold_start(at_s, np.zeros(at_s.size), idle_s=idle_s, cold_s=0.0)
    assert abs(cold.mean() - math.exp(-rate_per_s * idle_s)) < 4 * error_of_mean(cold)


def test_nobody_woke_it():
    done_s, cold = cold_start([], [], idle_s=1.0, cold_s=1.0)
    assert done_s.shape == cold.shape == (0,)


@pytest.mark.parametrize(
    ("named", "words"),
    [
        ({"idle_s": -1, "cold_s": 1}, "idle_s must be >= 0 (seconds until it is taken away), got"),
        ({"idle_s": 1, "cold_s": np.inf}, "cold_s must be >= 0 (seconds to start), got inf."),
    ],
)
def test_an_instance_that_cannot_be_is_refused(named, words):
    assert words in refusal(ValueError, cold_start, [0], [1], **named)
