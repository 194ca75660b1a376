"""The closed forms against independent sums, against limits, and against a simulated queue."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.special import gammaln, logsumexp

from mlbook.queueing import (
    adopted,
    batch_age,
    catch_up_time,
    erlang_c,
    fifo,
    fleet_model_age,
    mm1_quantile,
    mmc_tail,
    mmc_wait_mean,
    mmc_wait_quantile,
    utilization,
)
from mlbook.streams import stream
from tests.worlds import error_of_mean, refusal

SYSTEMS = [(1, 0.8), (2, 0.8), (4, 0.8), (8, 0.95), (50, 0.9), (300, 0.97)]  # workers, utilisation


def erlang_c_by_its_sum(load, workers):
    """The textbook sum of a^k / k!, in logarithms, where the library uses a recursion."""
    terms = np.arange(workers) * math.log(load) - gammaln(np.arange(workers) + 1)
    full = workers * math.log(load) - gammaln(workers + 1) - math.log(1 - load / workers)
    return math.exp(full - logsumexp([*terms, full]))


@pytest.mark.parametrize(("workers", "busy"), SYSTEMS)
def test_erlang_c_is_the_textbook_sum(workers, busy):
    load = busy * workers
    assert erlang_c(load, 1.0, workers) == pytest.approx(erlang_c_by_its_sum(load, workers), 1e-9)


@pytest.mark.parametrize(
    ("workers", "load", "published"),
    [(2, 1.0, 1 / 3), (3, 2.0, 4 / 9), (5, 4.0, 0.5541), (10, 8.0, 0.4092)],
)
def test_erlang_c_is_what_its_tables_print(workers, load, published):
    assert erlang_c(load, 1.0, workers) == pytest.approx(published, abs=5e-5)


def test_only_the_product_of_rate_and_service_counts_for_who_waits():
    assert erlang_c(320, 0.010, 4) == pytest.approx(erlang_c(3.2, 1.0, 4), 1e-12)


def test_mean_wait_of_one_worker_is_rho_over_mu_minus_lambda():
    assert mmc_wait_mean(80, 0.010, 1) == pytest.approx(0.8 / (100 - 80))


@pytest.mark.parametrize("workers", [1, 4])
def test_a_wait_is_longer_than_its_quantile_just_as_often_as_promised(workers):
    rate, mu = 0.8 * workers, 1.0
    wait = mmc_wait_quantile(0.99, rate, 1 / mu, workers)
    longer = erlang_c(rate, 1 / mu, workers) * math.exp(-(workers * mu - rate) * wait)
    assert longer == pytest.approx(0.01)


def test_who_hardly_ever_waits_has_a_quantile_of_zero():
    assert mmc_wait_quantile(0.99, 0.01, 1.0, 4) == 0.0
    assert mmc_wait_quantile(0.99, 0.0, 1.0, 4) == 0.0


def test_the_longest_wait_has_no_bound():
    assert mmc_wait_quantile(1.0, 0.8, 1.0, 1) == math.inf


@pytest.mark.parametrize("rate_per_s", [100.0, 130.0])
def test_from_full_utilisation_on_everybody_waits_for_ever(rate_per_s):
    assert utilization(rate_per_s, 0.010, 1) >= 1
    assert erlang_c(rate_per_s, 0.010, 1) == 1.0
    assert mmc_wait_mean(rate_per_s, 0.010, 1) == math.inf
    assert mmc_wait_quantile(0.5, rate_per_s, 0.010, 1) == math.inf


@pytest.mark.parametrize("workers", [1, 4])
def test_a_simulated_queue_waits_as_the_laws_say(workers):
    # Waits of neighbours are alike, so the standard error comes from 40 batch means, each of them
    # many relaxation times long. Outside 4 standard errors by chance: about 3 in 10,000 (t, 39).
    n, rate = 100_000, 0.7 * workers
    arrive_s = np.cumsum(stream(3, "gaps").exponential(1 / rate, n))
    service_s = stream(3, "service").exponential(1.0, n)
    wait_s = fifo(arrive_s, service_s, workers) - arrive_s - service_s
    waits = wait_s > 1e-9
    assert abs(wait_s.mean() - mmc_wait_mean(rate, 1.0, workers)) < 4 * error_of_mean(wait_s)
    assert abs(waits.mean() - erlang_c(rate, 1.0, workers)) < 4 * error_of_mean(waits)
    slowest = wait_s > mmc_wait_quantile(0.95, rate, 1.0, workers)
    assert abs(slowest.mean() - 0.05) < 4 * error_of_mean(slowest)


def test_a_batch_product_is_read_between_d_and_t_plus_d():
    assert batch_age(period_s=24.0, takes_s=2.0) == (2.0, 26.0)


def test_a_batch_longer_than_its_period_runs_back_to_back():
    assert batch_age(period_s=1.0, takes_s=3.0) == (3.0, 6.0)


STORE = [(0.375, 1.74), (0.625, 79.0)]  # shares of the devices, and days between their looks


@pytest.mark.parametrize(
    ("speeds", "published"), [([(1.0, 1.74)], 6.74), ([(1.0, 79.0)], 84.0), (STORE, 55.03)]
)
def test_the_age_of_a_fleets_model_is_what_was_computed_by_hand(speeds, published):
    assert fleet_model_age(speeds, release_every_s=7.0, lead_s=1.5) == pytest.approx(
        published, abs=0.005
    )


def test_the_two_speeds_give_back_the_stores_counts():
    # Printed at the source: 15.5 % after a day, 42 % after a week, 57 % after 30 days.
    found = [adopted(days, STORE) for days in (1.0, 7.0, 30.0)]
    assert found == pytest.approx([0.155, 0.42, 0.57], abs=0.02)


def test_nobody_has_a_release_at_once_and_everybody_in_the_end():
    assert adopted(0.0, STORE) == 0.0
    assert adopted(1e6, STORE) == pytest.approx(1.0)


@pytest.mark.parametrize("law", [lambda s: fleet_model_age(s, 7.0, 1.0), lambda s: adopted(1.0, s)])
@pytest.mark.parametrize(
    ("speeds", "words"),
    [
        ([(0.4, 1.0), (0.4, 9.0)], "speeds must add up to 1 (all devices), got 0.8. Write [(0.375"),
        ([], "speeds must add up to 1 (all devices), got 0."),
        (
            [(1.5, 1.0), (-0.5, 9.0)],
            "share must be >= 0 and <= 1 (a share of the devices), got 1.5",
        ),
        ([(1.0, 0.0)], "gap must be > 0 (seconds), got 0.0."),
    ],
)
def test_shares_that_are_no_fleet_are_refused(law, speeds, words):
    assert words in refusal(ValueError, law, speeds)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ((-1, 1.0, 1), "rate_per_s must be >= 0 (arrivals a second), got -1"),
        ((math.nan, 1.0, 1), "rate_per_s must be >= 0 (arrivals a second), got nan"),
        ((1, 0.0, 1), "service_mean_s must be > 0 (seconds), got 0.0"),
        ((1, 1.0, 0), "workers must be >= 1 (workers), got 0"),
    ],
)
@pytest.mark.parametrize("law", [utilization, erlang_c, mmc_wait_mean])
def test_a_load_that_cannot_be_is_refused(law, wrong, words):
    assert words in refusal(ValueError, law, *wrong)


def test_half_a_worker_is_refused():
    with pytest.raises(TypeError, match=r"workers must be a whole number >= 1 .* got 1\.5"):
        erlang_c(1, 0.1, 1.5)


def test_a_backlog_is_worked_off_by_what_is_left_of_the_time():
    # Half busy: as long again as it was away. Not busy at all: only the work itself.
    assert catch_up_time(3600 * 5.0, 5.0, 0.1) == pytest.approx(3600.0)
    assert catch_up_time(100, 0.0, 0.5) == pytest.approx(50.0)
    assert catch_up_time(0, 5.0, 0.1) == 0.0


@pytest.mark.parametrize("rate_per_s", [10.0, 11.0])
def test_more_than_can_be_done_is_never_worked_off(rate_per_s):
    assert catch_up_time(1, rate_per_s, 0.1) == math.inf


def test_a_backlog_against_a_queue_that_is_emptied_event_by_event():
    # Independent of the formula: 900 wait, one comes every second, each takes 0.6 s.
    now, waiting, next_s = 0.0, 900, 1.0
    while waiting:
        now, waiting = now + 0.6, waiting - 1
        while next_s <= now:
            waiting, next_s = waiting + 1, next_s + 1.0
    assert catch_up_time(900, 1.0, 0.6) == pytest.approx(now, rel=0.002)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ((-1.0, 1.0, 1.0), "backlog must be >= 0 (events that wait), got -1"),
        ((1.0, -1.0, 1.0), "rate_per_s must be >= 0 (events a second), got -1"),
        ((1.0, 1.0, 0.0), "per_event_s must be > 0 (seconds of work for each event), got 0"),
    ],
)
def test_a_backlog_that_cannot_be_is_refused(wrong, words):
    assert words in refusal(ValueError, catch_up_time, *wrong)


def test_with_one_worker_the_tail_is_exponential_and_meets_its_quantiles():
    for q in (0.5, 0.95, 0.99):
        time_s = mm1_quantile(q, rate_per_s=80, service_mean_s=0.01)
        assert mmc_tail(time_s, 80, 0.01, 1) == pytest.approx(1 - q)


@pytest.mark.parametrize(("workers", "busy"), SYSTEMS)
def test_the_tail_has_the_mean_of_wait_and_service(workers, busy):
    rate = busy * workers
    t = np.linspace(0, 60 / min(workers - rate, 1), 200_001)
    mean = np.trapezoid(mmc_tail(t, rate, 1.0, workers), t)
    assert mean == pytest.approx(mmc_wait_mean(rate, 1.0, workers) + 1.0, rel=1e-4)


def test_the_tail_is_smooth_where_the_line_shrinks_as_fast_as_work_ends():
    t = np.array([0.5, 2.0, 6.0])
    at, near = (mmc_tail(t, rate, 1.0, 3) for rate in (2.0, 2.0 + 1e-7))
    assert at == pytest.approx(near, rel=1e-5)


def test_the_simulated_tail_is_the_law():
    arrive_s = np.cumsum(stream(8, "gaps").exponential(1 / 3.2, 400_000))
    latency_s = fifo(arrive_s, stream(8, "service").exponential(1.0, 400_000), 4) - arrive_s
    for time_s in (1.0, 3.0, 6.0):
        longer = latency_s > time_s
        assert abs(longer.mean() - mmc_tail(time_s, 3.2, 1.0, 4)) < 4 * error_of_mean(longer)


def test_a_tail_without_a_steady_state_never_ends():
    assert (mmc_tail([1.0, 100.0], rate_per_s=5, service_mean_s=1.0, workers=4) == 1).all()
