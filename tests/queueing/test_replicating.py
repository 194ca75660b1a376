"""Several seeds: the same numbers however the work is shared, and an interval that means it."""

from __future__ import annotations

import joblib
import numpy as np
import pytest
from scipy import stats

from mlbook.queueing import Chain, Exponential, Station, Workload, replicate, simulate
from mlbook.queueing.replicating import Replications, _student

LOAD = Workload.poisson(rate_per_s=80, n=5_000, seed=3)
CHAIN = Chain(Station("api", Exponential(0.02), workers=2), Station("db", Exponential(0.005)))
SEEDS = (5, 2, 9, 0)


@pytest.fixture(scope="module")
def alone():
    return replicate(LOAD, CHAIN, seeds=SEEDS)


def assert_same(found, expected):
    assert found.seeds == expected.seeds
    assert found.columns.keys() == expected.columns.keys()
    for name, values in expected.columns.items():
        np.testing.assert_array_equal(found.columns[name], values)


def test_each_number_is_that_of_the_simulation_with_this_seed(alone):
    for i, seed in enumerate(SEEDS):
        load = Workload.poisson(rate_per_s=80, n=5_000, seed=seed)
        result = simulate(load, CHAIN)
        assert alone.columns["mean_s"][i] == result.mean_s
        assert alone.columns["p50_s"][i] == result.quantile(0.5)
        assert alone.columns["p99_s"][i] == result.quantile(0.99)


def test_the_share_of_the_answered_is_that_of_the_simulation_and_quantiles_are_named():
    station = Station("api", Exponential(0.01), places=2)
    found = replicate(LOAD, station, seeds=[1, 2], q=[0.999])
    assert list(found.columns) == ["mean_s", "p99.9_s", "answered_frac"]
    one = simulate(Workload.poisson(rate_per_s=80, n=5_000, seed=2), station)
    assert found.columns["answered_frac"][1] == one.answered_frac < 0.95


@pytest.mark.parametrize("backend", ["loky", "threading"])
def test_two_processes_or_threads_find_the_same_in_the_same_order(alone, backend):
    with joblib.parallel_config(backend=backend):
        assert_same(replicate(LOAD, CHAIN, seeds=SEEDS, jobs=2), alone)


def test_a_cluster_over_tcp_finds_the_same_in_the_same_order(alone, require):
    require("distributed")
    from distributed import Client, LocalCluster

    def steps(dask_scheduler):
        return dask_scheduler.transition_counter

    with (
        LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster,
        Client(cluster) as client,
        joblib.parallel_config(backend="dask"),
    ):
        assert cluster.scheduler_address.startswith("tcp://")
        before = client.run_on_scheduler(steps)
        assert_same(replicate(LOAD, CHAIN, seeds=SEEDS, jobs=2), alone)
        assert client.run_on_scheduler(steps) > before  # the cluster has done it, not this process


@pytest.mark.parametrize("freedom", [1, 2, 3, 7, 29, 400])
def test_students_t_is_that_of_scipy(freedom):
    assert _student(freedom) == pytest.approx(stats.t.ppf(0.975, freedom), rel=1e-7)


def test_the_interval_is_that_of_scipy(alone):
    values = alone.columns["p99_s"]
    mean, low, high = alone.interval("p99_s")
    expected = stats.t.interval(0.95, len(SEEDS) - 1, values.mean(), stats.sem(values))
    assert mean == values.mean()
    assert (low, high) == pytest.approx(expected, rel=1e-7)


def test_the_interval_holds_the_truth_about_nineteen_times_out_of_twenty():
    draws = np.random.default_rng(4).normal(7.0, 2.0, (2_000, 5))
    held = 0
    for row in draws:
        _, low, high = Replications(tuple(range(5)), {"mean_s": row}).interval()
        held += low < 7.0 < high
    assert abs(held / 2_000 - 0.95) < 4 * np.sqrt(0.95 * 0.05 / 2_000)


def test_it_says_what_it_found_with_the_interval(alone):
    words = repr(alone)
    assert words.startswith("4 seeds, mean and 95 % interval: mean ")
    assert "p99 " in words
    assert words.endswith("answered 100 % (100 % to 100 %)")


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"seeds": [1]}, r"seeds must be two or more .*, got 1\. For a single one"),
        ({"seeds": [1, 2, 1]}, r"seeds must be different from one another, got 1 more than once"),
        ({"seeds": [1, -2]}, r"seeds must be >= 0"),
        ({"seeds": [1, 2], "jobs": 0}, r"jobs must be >= 1 \(processes\), got 0\. Write -1"),
        ({"seeds": [1, 2], "q": [99]}, r"q must be"),
    ],
)
def test_what_cannot_be_repeated_is_refused(wrong, message):
    with pytest.raises(ValueError, match=message):
        replicate(LOAD, CHAIN, **wrong)


def test_a_number_that_was_not_measured_is_refused(alone):
    with pytest.raises(ValueError, match="column must be one of"):
        alone.interval("p42_s")
