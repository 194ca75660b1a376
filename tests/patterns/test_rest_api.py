"""Pattern 1: its waits are a queue's, its features as old as their job, its model swapped alive."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from scipy import stats

import mlbook as mb
from mlbook.queueing import Constant, Exponential, batch_age, erlang_c, fifo, mmc_wait_mean
from tests.worlds import error_of_mean, small, steady

REST = mb.RestApi()
TRAINED = 6 * mb.DAY + REST.train_takes  # a training ends here, in the middle of every burst below
AT_ONCE = {"network": Constant(0), "lookup": Constant(0)}


@cache
def busy(at, lasting, rate_per_s):
    return small().rush(at=at, lasting=lasting, rate_per_s=rate_per_s)


def draws_s(run, part):
    """What the logged requests drew for one part."""
    return run.site.parts[part].draws_s[run.log["visit"]]


def done_by_the_engine(run, service_s, before_s=0.0):
    """When the same draws leave a first-come-first-served queue behind half a network."""
    half = draws_s(run, "network") / 2
    arrive_s = run.log["requested_at_s"] + before_s + half
    order = np.argsort(arrive_s)
    done_s = np.empty(arrive_s.size)
    done_s[order] = fifo(arrive_s[order], service_s[order], run.pattern.workers)
    return done_s + half


# ---- waiting


@pytest.mark.parametrize(("workers", "rate_per_s"), [(1, 80.0), (4, 320.0)])
def test_waits_under_a_rush_are_those_of_erlang_c(workers, rate_per_s):
    # 40 batch means of 10 s, which is 40 relaxation times or more. Outside 4 standard errors by
    # chance: about 3 in 10,000 (t, 39 degrees of freedom).
    mean_s, world = 0.010, busy(5.5 * mb.DAY, 32_000 / rate_per_s, rate_per_s)
    run = mb.run(REST.but(workers=workers, service=Exponential(mean_s), **AT_ONCE), world)
    wait_s = run.log["latency_s"] - draws_s(run, "api")
    waits = wait_s > 1e-6
    assert abs(waits.mean() - erlang_c(rate_per_s, mean_s, workers)) < 4 * error_of_mean(waits)
    expected_s = mmc_wait_mean(rate_per_s, mean_s, workers)
    assert abs(wait_s.mean() - expected_s) < 4 * error_of_mean(wait_s)


@pytest.mark.parametrize("workers", [1, 4])
def test_every_request_leaves_when_the_engine_says(workers):
    run = mb.run(REST.but(workers=workers), busy(5.5 * mb.DAY, 20.0, 70.0 * workers))
    held_s = draws_s(run, "feature_db") + draws_s(run, "api")  # the worker waits for the lookup
    done_s = run.log["requested_at_s"] + run.log["latency_s"]
    np.testing.assert_allclose(done_s, done_by_the_engine(run, held_s), rtol=0, atol=1e-9)


def test_sent_features_hold_no_worker_while_they_are_looked_up():
    run = mb.run(
        REST.but(workers=1, send="features", lookup=Constant(0.5), service=Constant(0.01)),
        busy(5.5 * mb.DAY, 20.0, 50.0),
    )
    done_s = run.log["requested_at_s"] + run.log["latency_s"]
    expected_s = done_by_the_engine(run, draws_s(run, "api"), before_s=0.5)
    np.testing.assert_allclose(done_s, expected_s, rtol=0, atol=1e-9)
    assert run.log["latency_s"].max() < 1.0


def test_sent_ids_hold_the_worker_until_the_features_are_there():
    slow = REST.but(workers=1, lookup=Constant(0.5), service=Constant(0.01))
    run = mb.run(slow, busy(5.5 * mb.DAY, 20.0, 50.0))
    assert run.log["latency_s"].max() > 100.0


def test_alone_a_request_takes_network_lookup_and_service():
    run = mb.run(REST, steady())
    alone = np.diff(run.log["requested_at_s"], prepend=0.0) > 10.0
    assert alone.sum() > 5000
    parts_s = sum(draws_s(run, part) for part in ("network", "feature_db", "api"))
    np.testing.assert_allclose(
        run.log["latency_s"][alone], parts_s[alone], rtol=0, atol=1e-9, strict=True
    )


@pytest.mark.parametrize(("send", "held_s"), [("ids", 0.002 + 0.008), ("features", 0.008)])
def test_capacity_is_workers_over_the_time_that_one_is_held(send, held_s):
    pattern = REST.but(send=send, workers=3, lookup=Constant(0.002), service=Constant(0.008))
    assert pattern.capacity_per_s == pytest.approx(3 / held_s)


# ---- features


@pytest.mark.parametrize(
    ("every", "takes"),
    [(1 * mb.HOUR, 10 * mb.MINUTE), (15 * mb.MINUTE, 1 * mb.MINUTE), (10.0, 60.0)],
)
def test_the_lag_of_the_features_is_uniform_from_one_run_to_a_run_and_a_period(every, takes):
    age_s = mb.run(REST.but(features_every=every, features_takes=takes), steady()).log[
        "feature_age_s"
    ]
    youngest, oldest = batch_age(every, takes)
    # Visits come at a flat rate; a false alarm in 1 of 100,000.
    assert stats.kstest(age_s, stats.uniform(youngest, oldest - youngest).cdf).pvalue > 1e-5
    assert youngest - 1.0 < age_s.min() < age_s.max() < oldest


def test_a_feature_job_that_is_down_leaves_the_features_of_before():
    at = 9 * mb.DAY - 60.0
    fault = mb.down("feature_job", at=at, lasting=6 * mb.HOUR)
    run = mb.run(REST, steady(), faults=[fault])
    assert mb.measure.availability(run) == 1.0
    assert run.log["feature_age_s"].max() == pytest.approx(7 * mb.HOUR + 600.0, abs=1000.0)


def test_a_slow_feature_db_makes_each_answer_later_by_just_that():
    at, by = 9 * mb.DAY, 0.25
    slow = mb.slow("feature_db", at=at, lasting=1 * mb.DAY, by=by)
    log, plain = mb.run(REST, steady(), faults=[slow]).log, mb.run(REST, steady()).log
    inside = (log["requested_at_s"] >= at) & (log["requested_at_s"] < at + 1 * mb.DAY)
    np.testing.assert_allclose(log["latency_s"], plain["latency_s"] + by * inside, atol=1e-9)


def test_a_slow_network_is_slow_by_its_round_trip():
    slow = mb.slow("network", at=0, lasting=14 * mb.DAY, by=0.1)
    log, plain = mb.run(REST, steady(), faults=[slow]).log, mb.run(REST, steady()).log
    np.testing.assert_allclose(log["latency_s"], plain["latency_s"] + 0.1, atol=1e-9)


# ---- the model


@pytest.fixture(scope="module")
def around_the_swap():
    return busy(TRAINED - 10.0, 30.0, 100.0)


def reaches_the_server_s(run):
    return run.log["requested_at_s"] + draws_s(run, "network") / 2


def test_a_restart_fails_exactly_the_requests_of_the_loading_window(around_the_swap):
    run = mb.run(REST.but(swap="restart", workers=64), around_the_swap)
    reached_s = reaches_the_server_s(run)
    loading = (reached_s >= TRAINED) & (reached_s < TRAINED + REST.load_takes)
    assert 300 < loading.sum() < 700
    assert np.array_equal(run.log["status"] == "down:api", loading)
    assert set(run.log["status"][~loading]) == {"ok"}
    assert (run.log["item"][loading] == -1).all()


def test_a_hot_swap_fails_nobody(around_the_swap):
    run = mb.run(REST.but(swap="hot", workers=64), around_the_swap)
    assert set(run.log["status"]) == {"ok"}


@pytest.mark.parametrize("swap", ["hot", "restart"])
def test_the_new_model_answers_once_it_is_loaded(around_the_swap, swap):
    run = mb.run(REST.but(swap=swap, workers=64), around_the_swap)
    begun_s = reaches_the_server_s(run) + draws_s(run, "feature_db")
    ok = run.log["status"] == "ok"
    newest = run.site.versions.newest().number
    loaded = begun_s >= TRAINED + REST.load_takes
    assert np.array_equal(run.log["model_version"][ok], np.where(loaded, newest, newest - 1)[ok])


def test_a_model_is_as_old_as_the_data_it_was_trained_on():
    run = mb.run(REST, steady())
    live_from_s = REST.train_takes + REST.load_takes
    day = np.floor((run.log["requested_at_s"] - live_from_s) / mb.DAY)
    age_s = run.log["requested_at_s"] - day * mb.DAY
    np.testing.assert_allclose(run.log["model_age_s"], age_s)


def test_a_day_without_training_leaves_the_model_of_before():
    fault = mb.skip_batch("training", at=9 * mb.DAY - 60.0, lasting=120.0)
    run = mb.run(REST, steady(), faults=[fault])
    assert mb.measure.availability(run) == 1.0
    assert run.log["model_age_s"].max() > 2 * mb.DAY
    assert [(part, what) for _, part, what in run.site.incidents] == [("training", "skipped")]


@pytest.mark.parametrize("part", ["api", "feature_db", "network"])
def test_every_part_of_the_request_path_must_be_up(part):
    at, lasting = 9 * mb.DAY, 6 * mb.HOUR
    log = mb.run(REST, steady(), faults=[mb.down(part, at=at, lasting=lasting)]).log
    inside = (log["requested_at_s"] >= at) & (log["requested_at_s"] < at + lasting - 1.0)
    assert inside.sum() > 100
    assert set(log["status"][inside]) == {f"down:{part}"}
    assert set(log["status"][log["requested_at_s"] > at + lasting]) == {"ok"}
