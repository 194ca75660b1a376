"""A simulation in pieces counts what one in a single piece counts."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest

from mlbook.queueing import (
    Chain,
    Constant,
    Exponential,
    LatencyHistogram,
    LogNormal,
    Station,
    Workload,
    simulate,
)
from mlbook.queueing.pieces import count_in_pieces
from tests.worlds import error_of_mean

FLAT = Workload.poisson(rate_per_s=300.0, n=2_500, seed=3)
LOADS = {
    "flat": FLAT,
    "bursty": Workload.bursty(rates_per_s=(100.0, 900.0), stays_s=(3.0, 1.0), n=2_500, seed=3),
    "log": Workload.replay(np.floor(FLAT.arrivals() * 50) / 50),  # many come at one instant
}
CHAINS = {
    "one worker": Chain(Station("api", Exponential(0.003))),
    "several workers": Chain(Station("api", LogNormal(0.008, 0.040), workers=4)),
    "many workers": Chain(Station("api", Exponential(0.3), workers=100)),
    "three stations": Chain(
        Station("api", LogNormal(0.008, 0.040), workers=4),
        Station("db", Exponential(0.004), workers=2),
        Station("last", Exponential(0.009), workers=3),
    ),
    "one behind several": Chain(
        Station("api", Exponential(0.012), workers=4), Station("db", Exponential(0.003))
    ),
    "several behind one": Chain(
        Station("db", Exponential(0.003)), Station("api", Exponential(0.012), workers=4)
    ),
    "equal times": Chain(
        Station("api", Constant(0.01), workers=4), Station("db", Constant(0.01), workers=4)
    ),
    "too slow": Chain(Station("api", Exponential(0.02), workers=4), Station("db", Constant(0.0))),
}


@pytest.mark.parametrize("load", LOADS.values(), ids=LOADS)
@pytest.mark.parametrize("chain", CHAINS.values(), ids=CHAINS)
def test_the_counts_are_those_of_the_whole_in_pieces_of_every_size(chain, load):
    whole = simulate(load, chain)
    expected = LatencyHistogram.of(whole.latency_s).counts
    sizes = (1, 7, 1_000, 2_500, 10_000) if load is FLAT else (7, 1_000)
    for size in sizes:
        np.testing.assert_array_equal(count_in_pieces(load, chain, size).counts, expected)


def test_keeping_counts_gives_the_quantiles_of_the_whole():
    whole, counted = (
        simulate(FLAT, CHAINS["three stations"], keep=k) for k in ("all", "histogram")
    )
    assert counted.quantile(0.99) == whole.latency.quantile(0.99)
    assert counted.quantile(0.99) == pytest.approx(whole.quantile(0.99), rel=0.02)
    assert counted.mean_s == pytest.approx(whole.mean_s, rel=1 / 128)
    assert counted.answered_frac == 1.0


def test_memory_does_not_grow_with_the_requests():
    chain, peaks = CHAINS["three stations"], []
    count_in_pieces(FLAT, chain)  # compiled
    for n in (30_000, 240_000):
        tracemalloc.start()
        count_in_pieces(FLAT.big(n), chain, piece=10_000)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.5 * peaks[0]


def test_a_million_requests_in_pieces_take_as_long_as_the_law_says():
    load = Workload.poisson(rate_per_s=0.7, n=1_000_000, seed=1)
    counted = simulate(load, Station("api", Exponential(1.0)), keep="histogram")
    # The error from batch means of a smaller run of the same queue; it falls with the root of n.
    smaller = simulate(load.big(100_000), Station("api", Exponential(1.0))).latency_s
    error_s = error_of_mean(smaller) / 10**0.5
    law_s = 1 / (1 - 0.7)
    assert abs(counted.mean_s - law_s) < 4 * error_s + law_s / 128
