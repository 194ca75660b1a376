"""Stations and chains: what cannot be built is refused, with the next step."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from mlbook.queueing import Cache, Chain, Constant, Distribution, Exponential, Retry, Station, Zipf
from mlbook.streams import stream
from tests.worlds import refusal

WORK = Exponential(0.01)
API = Station("api", WORK)
KEYS = Zipf(1.0, kinds=100)


class Wrong(Distribution):
    """Gives back what it was made of."""

    def __init__(self, values):
        self.values, self.mean = np.array(values), 1.0

    def sample(self, rng, n):
        return self.values


def test_a_chain_of_one_station_can_be_asked_for_its_stations():
    assert Chain(API).stations == (API,)
    assert API.is_plain


@pytest.mark.parametrize(
    "extra",
    [{"places": 0}, {"places": 9}, {"cache": Cache(keys=KEYS)}, {"retry": Retry(timeout_s=1.0)}],
)
def test_a_station_with_anything_more_is_not_plain(extra):
    assert not replace(API, **extra).is_plain


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Station("api", WORK, workers=0), "workers must be >= 1 (workers), got 0. Write 1"),
        (
            lambda: Station("api", WORK, places=-1),
            "places must be >= 0 (places in the line), got -1. Leave places out for a line without",
        ),
        (Chain, "stations must be >= 1 (stations), got 0."),
        (
            lambda: Chain(API, Station("db", WORK), Station("api", WORK)),
            "stations must have names of their own, got api, db, api. Their random numbers are",
        ),
        (lambda: Retry(timeout_s=0), "timeout_s must be > 0 (seconds), got 0. Leave retry out."),
        (lambda: Retry(timeout_s=-1), "timeout_s must be > 0 (seconds), got -1. Leave retry out."),
        (lambda: Retry(timeout_s=1, tries=0), "tries must be >= 1 (tries), got 0."),
        (lambda: Retry(timeout_s=1, backoff_s=-1), "backoff_s must be >= 0 (seconds), got -1."),
        (lambda: Cache(keys=KEYS, capacity=0), "capacity must be >= 1 (keys), got 0."),
        (lambda: Cache(keys=KEYS, ttl_s=0), "ttl_s must be > 0 (seconds), got 0."),
        (lambda: Cache(keys=KEYS, ttl_s=np.nan), "ttl_s must be > 0 (seconds), got nan."),
        (lambda: Cache(keys=KEYS, hit_s=-1), "hit_s must be >= 0 (seconds that a hit takes), got"),
        (lambda: Zipf(0, kinds=5), "exponent must be > 0 (exponent of the popularity), got 0."),
        (lambda: Zipf(1.0, kinds=0), "kinds must be >= 1 (keys), got 0."),
    ],
)
def test_what_cannot_be_is_refused(make, words):
    assert words in refusal(ValueError, make)


@pytest.mark.parametrize("service", [0.01, None, KEYS, np.ones(3)])
def test_a_station_whose_service_is_no_distribution_is_refused(service):
    words = "service must be a distribution such as mb.queueing.Exponential(0.01) (seconds), got "
    assert words in refusal(TypeError, Station, "api", service)


def test_a_chain_of_anything_else_is_refused():
    words = "stations must be mb.queueing.Station objects, got [Station("
    assert words in refusal(TypeError, Chain, [API])


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ([1.0, -1.0], "the service of 'api' must be >= 0 and finite (seconds), got -1.0 at posit"),
        ([1.0, np.nan], "the service of 'api' must be >= 0 and finite (seconds), got nan at"),
        ([1.0], "the service of 'api' must have one number for each of 2 requests, got shape (1,)"),
    ],
)
def test_a_distribution_of_ones_own_that_draws_nonsense_is_refused(values, words):
    station = Station("api", Wrong(values))
    assert words in refusal(ValueError, station.draw, stream(1, "x"), 2)


def test_work_without_length_is_allowed():
    assert Station("api", Constant(0)).draw(stream(1, "x"), 2).tolist() == [0.0, 0.0]


@pytest.mark.parametrize("exponent", [0.5, 1.0, 2.0])
def test_keys_are_drawn_as_often_as_their_shares_say(exponent):
    zipf, n = Zipf(exponent, kinds=5), 50_000
    counts = np.bincount(zipf.sample(stream(1, "x"), n), minlength=5)
    assert zipf.shares == pytest.approx(
        1 / np.arange(1, 6) ** exponent / sum(1 / k**exponent for k in range(1, 6))
    )
    off = (counts - n * zipf.shares) / np.sqrt(n * zipf.shares * (1 - zipf.shares))
    assert (abs(off) < 4).all()  # five chances of 6 in 100,000
