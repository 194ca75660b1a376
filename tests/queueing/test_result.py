"""What a simulation says of itself: its numbers, its table, and whether they mean anything."""

from __future__ import annotations

import math

import numpy as np
import pytest

from mlbook.queueing import Cache, Chain, Exponential, Retry, Station, Workload, Zipf, simulate
from tests.worlds import refusal

LOAD = Workload.poisson(rate_per_s=100.0, n=3_000, seed=3)
API = Station("api", Exponential(0.032), workers=4)
TOO_SLOW = Station("api", Exponential(0.048), workers=4)
LOST = Station("api", Exponential(10.0), retry=Retry(timeout_s=1e-9, tries=2))


def test_quantiles_and_mean_are_those_of_the_latencies():
    result = simulate(LOAD, API)
    assert result.quantile(0.95) == np.quantile(result.latency_s, 0.95)
    assert result.mean_s == result.latency_s.mean()


def test_utilisation_is_told_by_station():
    busy = simulate(LOAD, Chain(API, Station("db", Exponential(0.002)))).utilization
    assert busy == pytest.approx({"api": 0.8, "db": 0.2})


@pytest.mark.parametrize("keep", ["all", "histogram"])
def test_a_line_that_grows_without_end_runs_and_is_said_not_to_be_stationary(keep):
    result = simulate(LOAD, TOO_SLOW, keep=keep)
    assert not result.stationary
    assert result.utilization["api"] == pytest.approx(1.2)
    assert "busy: api 120.0 %; not stationary: the line grows without end" in repr(result)
    assert result.answered_frac == 1.0


def test_a_line_that_copes_is_stationary():
    result = simulate(LOAD, API)
    assert result.stationary
    assert "not stationary" not in repr(result)


def test_at_full_utilisation_a_line_is_not_stationary():
    exactly = Station("api", Exponential(0.01))
    assert not simulate(LOAD, exactly).stationary


def test_a_slow_station_behind_a_quick_one_is_seen():
    assert not simulate(LOAD, Chain(API, Station("db", Exponential(0.02)))).stationary


@pytest.mark.parametrize("places", [0, 10])
def test_few_places_keep_any_load_stationary(places):
    result = simulate(LOAD, Station("api", Exponential(0.3), workers=4, places=places))
    assert result.stationary
    assert result.utilization["api"] == pytest.approx(7.5)
    assert "answered" in repr(result)
    assert "not stationary" not in repr(result)


def test_the_table_has_a_row_a_request_and_says_how_each_ended():
    short = Station("api", Exponential(0.06), workers=4, places=2)
    result = simulate(LOAD, Chain(short, Station("db", Exponential(0.001))))
    table = result.frame()
    assert list(table) == [
        "arrive_s", "api_done_s", "db_done_s", "latency_s", "status", "tries", "age_s",
    ]  # fmt: skip
    assert len(table) == LOAD.n
    lost = table[table.status == "turned away"]
    assert len(lost) == round((1 - result.answered_frac) * LOAD.n)
    assert lost.latency_s.isna().all()
    fine = table[table.status == "ok"]
    np.testing.assert_allclose(fine.db_done_s - fine.arrive_s, fine.latency_s)
    assert set(table.status) == {"ok", "turned away"}


def test_the_table_names_who_gave_up():
    table = simulate(LOAD, LOST).frame()
    assert set(table.status) == {"gave up"}
    assert set(table.tries) == {2}


def test_the_table_tells_how_old_a_value_was():
    cached = Station("db", Exponential(0.001), cache=Cache(keys=Zipf(1.0, 20), ttl_s=1.0))
    age_s = simulate(LOAD, cached).frame().age_s
    assert 0 < age_s.max() <= 1.0


def test_where_nobody_got_an_answer_there_is_no_quantile():
    result = simulate(LOAD, LOST)
    assert math.isnan(result.quantile(0.5))
    assert math.isnan(result.mean_s)
    assert result.answered_frac == 0.0
    assert "0 % answered; p50 -, p99 -" in repr(result)


@pytest.mark.parametrize("at_s", [[3.0], [3.0, 3.0]])
def test_a_log_without_length_can_be_shown(at_s):
    assert f"{len(at_s)} requests, 100 % answered" in repr(simulate(Workload.replay(at_s), API))


@pytest.mark.parametrize("ask", [lambda r: r.latency_s, lambda r: r.frame()])
def test_requests_that_were_not_kept_cannot_be_asked_for(ask):
    counted = simulate(LOAD, API, keep="histogram")
    words = "the requests were not kept. Use simulate(..., keep='all')."
    assert words in refusal(ValueError, ask, counted)


@pytest.mark.parametrize("keep", ["all", "histogram"])
def test_a_share_that_is_none_is_refused(keep):
    result = simulate(LOAD, API, keep=keep)
    assert "q must be >= 0 and <= 1 (a share), got 99" in refusal(ValueError, result.quantile, 99)
