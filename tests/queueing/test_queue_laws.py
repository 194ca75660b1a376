"""Closed forms against a chain of states that is solved, against scipy, and against queues."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import integrate, stats

from mlbook.queueing import (
    LogNormal,
    blocking,
    cobham_waits,
    erlang_c,
    fifo,
    greedy_batch_size,
    mg1_wait_mean,
    mm1_quantile,
    mmc_wait_mean,
    reneging_share,
)
from mlbook.streams import stream
from tests.worlds import error_of_mean, refusal


def chances(rate_per_s, leave_per_s):
    """Solve the balance equations of a chain that leaves state k > 0 at rate `leave_per_s[k-1]`."""
    n = len(leave_per_s) + 1
    flow = np.diag(np.full(n - 1, rate_per_s), 1) + np.diag(leave_per_s, -1)
    flow -= np.diag(flow.sum(axis=1))
    equations = np.vstack([flow.T, np.ones(n)])
    return np.linalg.lstsq(equations, np.r_[np.zeros(n), 1.0], rcond=None)[0]


# ---- few places


@pytest.mark.parametrize(("workers", "places"), [(1, 0), (1, 1), (4, 6), (10, 0), (3, 25)])
@pytest.mark.parametrize("load", [0.3, 1.0, 2.5])
def test_blocking_is_the_chance_of_the_last_state(workers, places, load):
    states = np.arange(1, workers + places + 1)
    full = chances(load * workers, np.minimum(states, workers))[-1]
    assert blocking(load * workers, 1.0, workers, places) == pytest.approx(full, rel=1e-8)


def test_blocking_without_places_is_erlang_b_as_its_tables_print_it():
    # 1 % at an offered load of 4.46 erlang on ten lines, and of 0.01 on one.
    assert blocking(4.46, 1.0, 10, 0) == pytest.approx(0.01, abs=5e-5)
    assert blocking(0.0101, 1.0, 1, 0) == pytest.approx(0.01, abs=5e-5)


def test_nobody_is_turned_away_who_does_not_come():
    assert blocking(0.0, 1.0, 2, 3) == 0.0


def test_an_overload_turns_away_what_is_too_much():
    assert blocking(5.0, 1.0, 2, 400) == pytest.approx(1 - 2 / 5)


# ---- little patience


@pytest.mark.parametrize(("workers", "load"), [(1, 0.5), (4, 1.0), (10, 1.6)])
@pytest.mark.parametrize("patience_s", [0.2, 1.0, 5.0])
def test_erlang_a_is_the_flow_out_of_the_line(workers, load, patience_s):
    states = np.arange(1, 400)
    leave = np.minimum(states, workers) + np.maximum(states - workers, 0) / patience_s
    rate = load * workers
    in_line = (chances(rate, leave)[1:] * np.maximum(states - workers, 0)).sum()
    law = reneging_share(rate, 1.0, patience_s, workers)
    assert law == pytest.approx(in_line / patience_s / rate, rel=1e-6)


def test_patience_as_long_as_the_work_is_a_system_with_endless_workers():
    # Then k requests leave at rate k: a Poisson number, and who finds a line is what it is above c.
    load, workers = 3.0, 2
    above = stats.poisson.expect(lambda k: np.maximum(k - workers, 0), args=(load,))
    assert reneging_share(load, 1.0, 1.0, workers) == pytest.approx(above / load)


@pytest.mark.parametrize(("rate", "workers"), [(3_000.0, 1), (900.0, 800), (5_000.0, 4_000)])
def test_a_large_system_does_not_overflow(rate, workers):
    # Much too much: the workers are always busy, and the rest gives up.
    law = reneging_share(rate, 1.0, 1.0, workers)
    assert law == pytest.approx(1 - workers / rate, abs=0.005)


def test_hardly_any_patience_is_a_system_without_places():
    assert reneging_share(3.0, 1.0, 1e-7, 4) == pytest.approx(blocking(3.0, 1.0, 4, 0), rel=1e-5)


# ---- one worker


@pytest.mark.parametrize("q", [0.0, 0.5, 0.99, 0.999])
def test_times_in_an_mm1_queue_are_exponential(q):
    law = mm1_quantile(q, rate_per_s=80, service_mean_s=0.010)
    assert law == pytest.approx(stats.expon(scale=1 / (100 - 80)).ppf(q))


def test_the_quantiles_of_an_mm1_queue_have_a_mean_that_is_wait_and_service():
    mean_s = integrate.quad(lambda q: mm1_quantile(q, 0.6, 1.0), 0, 1)[0]
    assert mean_s == pytest.approx(mmc_wait_mean(0.6, 1.0, 1) + 1.0, rel=1e-6)


def test_the_longest_time_and_a_line_that_grows_have_no_bound():
    assert mm1_quantile(1.0, 0.5, 1.0) == mm1_quantile(0.5, 1.0, 1.0) == math.inf
    assert mg1_wait_mean(1.0, 1.0, 0.5) == math.inf


def test_pollaczek_and_khinchine_know_erlang_and_half_of_it():
    assert mg1_wait_mean(0.7, 1.0, 1.0) == pytest.approx(mmc_wait_mean(0.7, 1.0, 1))
    assert mg1_wait_mean(0.7, 1.0, 0.0) == pytest.approx(mmc_wait_mean(0.7, 1.0, 1) / 2)


def of_cv(cv, n):
    """Times of service with a mean of one second: constant, exponential or log-normal."""
    rng = stream(1, "service")
    if cv == 0:
        return np.ones(n)
    if cv == 1:
        return rng.exponential(1.0, n)
    return stats.lognorm(np.sqrt(np.log1p(cv**2)), scale=(1 + cv**2) ** -0.5).ppf(rng.random(n))


@pytest.mark.parametrize("cv", [0.0, 1.0, 2.0])
def test_one_worker_waits_as_pollaczek_and_khinchine_say(cv):
    n, rate = 400_000, 0.6
    arrive_s, service_s = np.cumsum(stream(1, "gaps").exponential(1 / rate, n)), of_cv(cv, n)
    wait_s = fifo(arrive_s, service_s) - arrive_s - service_s
    assert abs(wait_s.mean() - mg1_wait_mean(rate, 1.0, cv)) < 4 * error_of_mean(wait_s)


def test_our_log_normal_has_the_mean_that_the_law_is_given():
    work = LogNormal(p50=0.008, p99=0.040)
    assert work.mean == pytest.approx(stats.lognorm(work._sigma, scale=0.008).mean())


@pytest.mark.parametrize("q", [0.5, 0.95, 0.99])
def test_percentiles_of_one_worker_are_those_of_the_law(q):
    n, rate = 400_000, 0.7
    arrive_s = np.cumsum(stream(2, "gaps").exponential(1 / rate, n))
    took_s = fifo(arrive_s, stream(2, "service").exponential(1.0, n)) - arrive_s
    longer = took_s > mm1_quantile(q, rate, 1.0)
    assert abs(longer.mean() - (1 - q)) < 4 * error_of_mean(longer)


@pytest.mark.parametrize("workers", [2, 16])
def test_several_workers_wait_as_erlang_says(workers):
    n, rate = 400_000, 0.8 * workers
    arrive_s = np.cumsum(stream(4, "gaps").exponential(1 / rate, n))
    service_s = stream(4, "service").exponential(1.0, n)
    wait_s = fifo(arrive_s, service_s, workers) - arrive_s - service_s
    waits = wait_s > 1e-9
    assert abs(wait_s.mean() - mmc_wait_mean(rate, 1.0, workers)) < 4 * error_of_mean(wait_s)
    assert abs(waits.mean() - erlang_c(rate, 1.0, workers)) < 4 * error_of_mean(waits)


# ---- urgency and batches


def test_urgency_only_shifts_the_wait_from_one_class_to_the_other():
    # Kleinrock's conservation law: rho-weighted waits add up to those of a plain queue.
    urgent_s, other_s = cobham_waits(0.3, 0.5, 1.0, service_cv=2.0)
    plain_s = mg1_wait_mean(0.8, 1.0, 2.0)
    assert 0.3 * urgent_s + 0.5 * other_s == pytest.approx(0.8 * plain_s)
    assert cobham_waits(0.0, 0.8, 1.0)[1] == pytest.approx(mmc_wait_mean(0.8, 1.0, 1))


def test_urgent_requests_wait_for_ever_only_when_they_alone_are_too_many():
    urgent_s, other_s = cobham_waits(0.5, 0.6, 1.0)
    assert urgent_s < math.inf == other_s
    assert cobham_waits(1.0, 0.1, 1.0) == (math.inf, math.inf)


def test_a_greedy_batch_is_as_large_as_what_comes_while_it_is_worked_on():
    size = greedy_batch_size(2_000, per_batch_s=0.02, per_request_s=1e-4)
    assert size == pytest.approx(2_000 * (0.02 + 1e-4 * size))
    assert greedy_batch_size(2_000, 0.02, 5e-4) == math.inf


@pytest.mark.parametrize(
    ("law", "args", "words"),
    [
        (
            mg1_wait_mean,
            (1, 1.0, -1),
            "service_cv must be >= 0 (standard deviation over mean), got",
        ),
        (mg1_wait_mean, (-1, 1.0, 1), "rate_per_s must be >= 0 (arrivals a second), got -1"),
        (mm1_quantile, (1.2, 0.1, 1.0), "q must be >= 0 and <= 1 (a share), got 1.2"),
        (blocking, (1, 1.0, 1, -1), "places must be >= 0 (places in the line), got -1"),
        (blocking, (1, 0.0, 1, 0), "service_mean_s must be > 0 (seconds), got 0.0"),
        (cobham_waits, (1, 1, math.nan), "service_mean_s must be > 0 (seconds), got nan"),
        (greedy_batch_size, (1, -1, 0), "per_batch_s must be >= 0 (seconds), got -1"),
        (reneging_share, (1, 1.0, 0, 1), "patience_mean_s must be > 0 (seconds), got 0"),
        (reneging_share, (0, 1.0, 1, 1), "rate_per_s must be > 0 (arrivals a second), got 0"),
    ],
)
def test_a_system_that_cannot_be_is_refused(law, args, words):
    assert words in refusal(ValueError, law, *args)
