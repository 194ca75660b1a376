"""The three panels of lesson A1: what they compute, against laws and against their conditions."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from mlbook.explore.batching_panel import PER_BATCH_S, PER_REQUEST_S, batching_of
from mlbook.explore.storm_panel import storm_of
from mlbook.explore.tail_panel import LONGER, REQUESTS, tail_of
from mlbook.queueing import mg1_wait_mean, mm1_quantile, mmc_tail

SHOWN_BY_CURVE = slice(0, 60)  # where enough requests wait longer to say it within some percent


@pytest.mark.parametrize(("rate", "workers"), [(30, 1), (60, 1), (120, 2), (500, 8)])
def test_the_curve_without_memory_is_the_law_of_mmc(rate, workers):
    result = tail_of(rate, workers, 10, cv=1.0)
    law = mmc_tail(result.time_s, rate, 0.01, workers)
    # Neighbours in a line wait alike, so a share scatters more than that of independent requests.
    allowed = 4 * np.sqrt(4 * LONGER * (1 - LONGER) / REQUESTS) / LONGER + 0.01
    assert (np.abs(law / LONGER - 1)[SHOWN_BY_CURVE] < allowed[SHOWN_BY_CURVE]).all()


def test_the_percentiles_of_one_worker_are_near_the_law_that_the_lesson_gives():
    result = tail_of(50, 1, 10, cv=1.0)
    for name, q in (("p50", 0.5), ("p95", 0.95), ("p99", 0.99)):
        assert result.quantiles_s[name] == pytest.approx(mm1_quantile(q, 50, 0.01), rel=0.05)


@pytest.mark.parametrize("cv", [0.0, 0.5, 2.0])
def test_the_mean_is_that_of_pollaczek_and_khinchine(cv):
    result = tail_of(50, 1, 10, cv)
    assert result.mean_s == pytest.approx(0.01 + mg1_wait_mean(50, 0.01, cv), rel=0.06)


def test_the_same_luck_is_rescaled_so_that_a_step_of_a_slider_moves_everybody_the_same_way():
    curves = [tail_of(rate, 2, 10, 1.5).time_s for rate in (100, 110, 120, 130)]
    for slower, faster in itertools.pairwise(curves):
        assert (faster >= slower).all()


def test_more_work_than_workers_has_no_law_and_says_so():
    assert (tail_of(150, 1, 10, 1.0).law == 1).all()


def test_with_wild_work_two_workers_beat_one_that_is_twice_as_fast_and_without_memory_not():
    for cv, better in ((1.0, "fast"), (3.0, "two")):
        two, fast = tail_of(140, 2, 10, cv), tail_of(140, 1, 5, cv)
        assert two.utilization == pytest.approx(fast.utilization)
        order = fast.quantiles_s["p99"] < two.quantiles_s["p99"]
        assert order == (better == "fast")


BURST = {"load_percent": 60, "tries": 3, "timeout_ms": 500, "places": 200, "burst_s": 5}


def test_the_burst_leaves_and_the_storm_stays():
    storm = storm_of(**BURST)
    assert (storm.answered[:12] > 0.97).all()
    assert (storm.answered[14:] < 0.05).all()
    assert storm.tries > 2.9


def test_the_end_of_the_simulation_helps_nobody_who_is_shown():
    # Patient clients try again when nobody comes any more, and then they are answered.
    patient = storm_of(60, tries=3, timeout_ms=2000, places=400, burst_s=10)
    assert patient.answered[-3:].max() < 0.2


def test_without_the_burst_the_same_load_is_served():
    calm = storm_of(**BURST | {"burst_s": 0})
    assert (calm.answered > 0.97).all()


@pytest.mark.parametrize(
    "way_out", [{"tries": 1}, {"places": 30}, {"timeout_ms": 2000}, {"load_percent": 25}]
)
def test_a_knob_that_puts_one_of_the_conditions_out_ends_the_storm(way_out):
    result = storm_of(**BURST | way_out)
    assert min(result.patience, result.work) <= 1
    assert result.last_minute > 0.95


def test_far_inside_both_conditions_a_storm_lasts_wherever_it_is_started():
    grid = itertools.product((60, 80), (2, 3, 5), (300, 600), (150, 300))
    for load, tries, timeout, places in grid:
        result = storm_of(load, tries, timeout, places, burst_s=10)
        inside = result.patience > 1.5 and result.work > 1.15
        assert inside, (load, tries, timeout, places)
        assert result.last_minute < 0.2, (load, tries, timeout, places)


def test_the_two_conditions_are_those_of_the_lesson():
    result = storm_of(**BURST)
    assert result.patience == pytest.approx((200 / 16 + 1) * 100 / 500)
    assert result.work == pytest.approx(3 * 0.6)


def test_a_slot_in_which_nobody_is_answered_is_empty_and_not_left_out():
    assert storm_of(**BURST).answered.shape == (60,)
    assert (storm_of(**BURST | {"timeout_ms": 100, "places": 0}).answered < 1).all()


@pytest.mark.parametrize("rate", [100, 300, 600])
def test_batches_of_who_is_there_have_the_size_of_their_law(rate):
    result = batching_of(rate, size=128, window_ms=0)
    # The law is for the requests of a steady stream; a batch of the mean size is a little smaller.
    assert result.mean_size == pytest.approx(result.law_size, rel=0.12)
    assert result.sizes.sum() == pytest.approx(1)
    assert (result.sizes * np.arange(1, 129)).sum() == pytest.approx(result.mean_size)


def test_in_a_quiet_hour_the_window_is_all_that_is_added():
    for window in (0, 40, 120):
        result = batching_of(2, size=32, window_ms=window)
        alone = PER_BATCH_S + PER_REQUEST_S
        assert result.here_s == pytest.approx(alone + window / 1000, abs=0.025)


def test_a_window_never_makes_p99_shorter_than_taking_who_is_there():
    for size, window in itertools.product((4, 32, 128), (10, 50, 200)):
        p99_s = batching_of(20, size, window).p99_s
        assert (p99_s["window"] > 0.98 * p99_s["who is there"]).all()


def test_batches_move_the_wall_far_beyond_that_of_serving_one_by_one():
    p99_s = batching_of(20, size=64, window_ms=0).p99_s
    assert (p99_s["one by one"] > 1.0).sum() > (p99_s["who is there"] > 1.0).sum() + 5
