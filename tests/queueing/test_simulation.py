"""A workload through a chain of stations: the kernels in a row, on the draws of each station."""

from __future__ import annotations

import tracemalloc
from collections import namedtuple
from dataclasses import replace

import numpy as np
import psutil
import pytest

from mlbook.queueing import (
    Cache,
    Chain,
    Constant,
    Exponential,
    LogNormal,
    Retry,
    Station,
    Workload,
    Zipf,
    cache,
    fifo,
    finite_queue,
    retry,
    simulate,
    tandem,
)
from mlbook.queueing.result import GAVE_UP, OK, TURNED_AWAY
from mlbook.streams import stream
from tests.worlds import refusal

LOAD = Workload.poisson(rate_per_s=300.0, n=5_000, seed=3)
API = Station("api", LogNormal(0.008, 0.040), workers=4)
DB = Station("db", Exponential(0.004), workers=2)
KEYS = Zipf(1.0, kinds=200)


def drawn(station, load=LOAD):
    return station.service.sample(stream(load.seed, f"station/{station.name}"), load.n)


def test_one_station_is_its_queue():
    result = simulate(LOAD, API)
    done_s = fifo(LOAD.arrivals(), drawn(API), workers=4)
    np.testing.assert_array_equal(result.columns["api_done_s"], done_s)
    np.testing.assert_array_equal(result.latency_s, done_s - LOAD.arrivals())
    assert (result.columns["status"] == OK).all()


def test_a_chain_of_plain_stations_is_a_tandem():
    last = Station("last", Exponential(0.002))
    result = simulate(LOAD, Chain(API, DB, last))
    service_s = [drawn(each) for each in (API, DB, last)]
    done_s = tandem(LOAD.arrivals(), service_s, [4, 2, 1])
    for name, left_s in zip(("api", "db", "last"), done_s, strict=True):
        np.testing.assert_array_equal(result.columns[f"{name}_done_s"], left_s)


def test_few_places_turn_away_and_who_was_turned_away_goes_no_further():
    short = Station("short", Exponential(0.004), workers=1, places=3)
    result = simulate(LOAD, Chain(short, DB))
    done_s = finite_queue(LOAD.arrivals(), drawn(short), workers=1, places=3)
    np.testing.assert_array_equal(result.columns["short_done_s"], done_s)
    lost = np.isnan(done_s)
    assert 0.1 < lost.mean() < 0.9
    np.testing.assert_array_equal(np.isnan(result.columns["db_done_s"]), lost)
    np.testing.assert_array_equal(result.columns["status"] == TURNED_AWAY, lost)
    went_on = np.flatnonzero(~lost)
    left_s = fifo(done_s[went_on], drawn(DB)[went_on], workers=2)
    np.testing.assert_array_equal(result.columns["db_done_s"][went_on], left_s)
    assert result.answered_frac == (~lost).mean()


@pytest.mark.parametrize("places", [None, 20])
def test_retries_give_up_and_are_counted(places):
    clients = {"timeout_s": 0.03, "tries": 3, "backoff_s": 0.02}
    hasty = Station("hasty", Exponential(0.012), workers=4, retry=Retry(**clients), places=places)
    result = simulate(LOAD, hasty)
    done_s, tries = retry(LOAD.arrivals(), drawn(hasty), workers=4, places=places, **clients)
    np.testing.assert_array_equal(result.columns["hasty_done_s"], done_s)
    np.testing.assert_array_equal(result.columns["tries"], tries)
    np.testing.assert_array_equal(result.columns["status"] == GAVE_UP, np.isnan(done_s))
    assert 1 < tries.mean() < 3


@pytest.mark.parametrize("clients", [{"places": 0}, {"retry": Retry(timeout_s=0.012, tries=2)}])
def test_after_a_station_that_loses_some_the_next_takes_them_in_the_order_in_which_they_come(
    clients,
):
    first = Station("first", Exponential(0.012), workers=4, **clients)
    result = simulate(LOAD, Chain(first, DB))
    done_s = result.columns["first_done_s"]
    order = np.argsort(done_s, kind="stable")[: np.isfinite(done_s).sum()]
    assert (np.diff(order) < 0).any(), "some overtake"
    left_s = fifo(done_s[order], drawn(DB)[order], workers=2)
    np.testing.assert_array_equal(result.columns["db_done_s"][order], left_s)


def test_a_cache_saves_the_service_and_tells_how_old_its_answers_are():
    memory = Cache(keys=KEYS, capacity=50, ttl_s=2.0, hit_s=0.001)
    cached = Station("cached", Exponential(0.004), workers=2, cache=memory)
    result = simulate(LOAD, cached)
    keys = KEYS.sample(stream(LOAD.seed, "station/cached/keys"), LOAD.n)
    hit, age_s = cache(LOAD.arrivals(), keys, capacity=50, ttl_s=2.0)
    done_s = fifo(LOAD.arrivals(), np.where(hit, 0.001, drawn(cached)), workers=2)
    assert 0.2 < hit.mean() < 0.9
    np.testing.assert_array_equal(result.columns["cached_done_s"], done_s)
    np.testing.assert_array_equal(result.columns["age_s"], age_s)


def test_behind_two_caches_an_answer_is_as_old_as_the_older_part():
    caches = [
        Station(name, Constant(0.0), cache=Cache(keys=KEYS, ttl_s=ttl_s))
        for name, ttl_s in (("one", 1.0), ("other", 3.0))
    ]
    alone = [simulate(LOAD, each).columns["age_s"] for each in caches]
    both = simulate(LOAD, Chain(*caches)).columns["age_s"]
    np.testing.assert_array_equal(both, np.maximum(*alone))


def test_neither_a_neighbour_nor_its_settings_move_the_draws_of_a_station():
    # On the same luck more workers can only help: for every request, not only on average.
    few, many = (
        simulate(LOAD, Chain(API, Station("db", Exponential(0.004), workers=count)))
        for count in (2, 3)
    )
    np.testing.assert_array_equal(few.columns["api_done_s"], many.columns["api_done_s"])
    assert (many.latency_s <= few.latency_s).all()


def test_one_request_is_simulated():
    result = simulate(Workload.replay([5.0]), Station("api", Constant(2.0), workers=3))
    assert result.latency_s.tolist() == [2.0]
    assert result.quantile(0.99) == result.mean_s == 2.0


def test_a_log_in_which_all_come_at_once_is_simulated():
    result = simulate(Workload.replay([0.0] * 4), Station("api", Constant(1.0), workers=2))
    assert result.latency_s.tolist() == [1, 1, 2, 2]


# ---- memory, and bad input


def test_requests_that_would_not_fit_are_refused_before_anything_is_allocated(monkeypatch):
    def too_early(*_):
        raise AssertionError("drawn before the memory was looked at")

    free = namedtuple("Memory", "available")(2_000_000_000)
    monkeypatch.setattr(psutil, "virtual_memory", lambda: free)
    monkeypatch.setattr(Workload, "pieces", too_early)
    words = refusal(MemoryError, simulate, LOAD.big(10**9), Chain(API, DB))
    assert words == (
        "n must fit into memory: 1,000,000,000 requests need about 128.0 GB, and 2.0 GB are free. "
        "Use keep='histogram'."
    )
    with pytest.raises(AssertionError, match="drawn before"):
        simulate(LOAD.big(10**7), Chain(API, DB))  # 1.3 GB


@pytest.mark.parametrize("stations", [1, 3])
@pytest.mark.parametrize("tries", [0, 10])
def test_requests_need_no_more_memory_than_the_check_says(stations, tries):
    clients = Retry(timeout_s=1.0, tries=tries) if tries else None
    station = Station("", Exponential(0.002), workers=2, retry=clients)
    chain = Chain(*(replace(station, name=str(k)) for k in range(stations)))
    simulate(LOAD, chain)  # compiled
    load = LOAD.big(100_000)
    tracemalloc.start()
    simulate(load, chain)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 8 * load.n * (8 + 4 * stations + tries)


@pytest.mark.parametrize(
    "extra",
    [{"places": 3}, {"places": 0}, {"cache": Cache(keys=KEYS)}, {"retry": Retry(timeout_s=1.0)}],
)
def test_counts_alone_are_for_plain_stations(extra):
    odd = Station("odd", Exponential(0.01), **extra)
    words = refusal(ValueError, simulate, LOAD, Chain(API, odd), keep="histogram")
    assert "keep='histogram' is for stations without places, cache and retry, got " in words
    assert "'odd'" in words
    assert words.endswith("Keep all of fewer requests: keep='all'.")


def test_there_is_no_third_thing_to_keep():
    words = "keep must be one of 'all', 'histogram', got 'histgram'. Did you mean 'histogram'?"
    assert words in refusal(ValueError, simulate, LOAD, API, keep="histgram")


def test_what_is_no_chain_is_refused():
    words = "stations must be mb.queueing.Station objects, got 'api'."
    assert words in refusal(TypeError, simulate, LOAD, "api")
