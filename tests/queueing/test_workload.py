"""What comes: the same instants in pieces of every size, at the rate that was asked for."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from mlbook.queueing import Workload
from tests.worlds import error_of_mean, refusal

FLAT = Workload.poisson(rate_per_s=20.0, n=5_000, seed=1)
BURSTY = Workload.bursty(rates_per_s=(5.0, 80.0), stays_s=(9.0, 1.0), n=5_000, seed=1)
LOG = Workload.replay(np.sort(FLAT.arrivals()[:997] ** 1.1))
LOADS = {"flat": FLAT, "bursty": BURSTY, "log": LOG}


@pytest.mark.parametrize("load", LOADS.values(), ids=LOADS)
@pytest.mark.parametrize("size", [1, 7, 1_000, 10_000])
def test_the_instants_are_the_same_in_pieces_of_every_size(load, size):
    pieces = list(load.pieces(size))
    assert {piece.size for piece in pieces[:-1]} <= {size}
    np.testing.assert_array_equal(np.concatenate(pieces), load.arrivals())
    assert (np.diff(load.arrivals()) >= 0).all()


@pytest.mark.parametrize("load", [FLAT, BURSTY], ids=["flat", "bursty"])
def test_a_longer_stream_begins_with_the_same_instants(load):
    np.testing.assert_array_equal(load.big(9_000).arrivals()[:5_000], load.arrivals())


def test_the_gaps_of_a_flat_stream_are_exponential():
    gaps_s = np.diff(FLAT.arrivals(), prepend=0.0)
    assert stats.kstest(gaps_s, stats.expon(scale=1 / 20).cdf).pvalue > 1e-5


def test_another_seed_is_another_stream():
    other = Workload.poisson(rate_per_s=20.0, n=5_000, seed=2).arrivals()
    assert (other != FLAT.arrivals()).all()


def test_a_bursty_stream_has_the_mean_rate_of_its_stays():
    # One period is 10 s on average, so that batches of 1,000 requests hold eight of them.
    load = Workload.bursty(rates_per_s=(5.0, 80.0), stays_s=(9.0, 1.0), n=400_000, seed=3)
    assert load.rate_per_s == pytest.approx(12.5)
    gaps_s = np.diff(load.arrivals(), prepend=0.0)
    assert abs(gaps_s.mean() - 1 / 12.5) < 4 * error_of_mean(gaps_s)


def test_a_bursty_stream_is_burstier_than_a_flat_one():
    # Counts in windows of 5 s: a Poisson stream has a variance equal to its mean.
    def dispersion(load):
        counts = np.bincount((load.arrivals() / 5).astype(int))[:-1]
        return counts.var() / counts.mean()

    assert 0.7 < dispersion(FLAT) < 1.4
    assert dispersion(BURSTY) > 8


def test_in_a_bursty_stream_each_rate_lasts_its_share_of_the_time():
    # At 10,000 and 1,000,000 a second no gap is long: the instants show when the rate jumps.
    load = Workload.bursty(rates_per_s=(1e3, 1e5), stays_s=(3.0, 1.0), n=2_000_000, seed=5)
    at_s = load.arrivals()
    dense = np.bincount((at_s / 0.01).astype(int))[:-1] > 100  # requests in 10 ms: 10, or 1,000
    turns = np.flatnonzero(np.diff(dense.astype(int)) == 1)
    cycles_s = np.diff(turns) * 0.01
    assert cycles_s.size > 10
    assert abs(cycles_s.mean() - 4.0) < 4 * cycles_s.std(ddof=1) / cycles_s.size**0.5


def test_a_log_is_replayed_as_it_was():
    np.testing.assert_array_equal(Workload.replay([1, 1, 4]).arrivals(), [1, 1, 4])
    assert Workload.replay([1, 1, 4]).rate_per_s == pytest.approx(2 / 3)


def test_one_instant_has_no_rate_and_many_at_once_have_no_bound():
    assert Workload.replay([3.0]).rate_per_s == 0.0
    assert Workload.replay([3.0, 3.0]).rate_per_s == np.inf


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Workload.poisson(rate_per_s=0, n=5), "rate_per_s must be > 0 (arrivals a second)"),
        (lambda: Workload.poisson(rate_per_s=np.nan, n=5), "rate_per_s must be > 0 (arrivals a s"),
        (lambda: Workload.poisson(rate_per_s=1, n=0), "n must be >= 1 (requests), got 0."),
        (lambda: Workload.poisson(rate_per_s=1, n=5, seed=-1), "seed must be >= 0 (seed of the"),
        (
            lambda: Workload.bursty(rates_per_s=(1, 2), stays_s=(1,), n=5),
            "stays_s must have one mean (seconds) for each rate, got 1 for 2 rates.",
        ),
        (
            lambda: Workload.bursty(rates_per_s=(1, 2), stays_s=(1, 0), n=5),
            "stays_s must be > 0 (mean seconds that a rate lasts), got 0.",
        ),
        (
            lambda: Workload.bursty(rates_per_s=(), stays_s=(), n=5),
            "rates_per_s must have one rate at least (arrivals a second), got none.",
        ),
        (lambda: Workload.replay([]), "n must be >= 1 (requests), got 0."),
        (lambda: Workload.replay([2, 1]), "at_s must be sorted (seconds), got 1 after 2"),
        (lambda: Workload.replay([0, np.inf]), "at_s must be finite (seconds), got inf at"),
        (
            lambda: Workload.replay([1, 2, 3]).big(2),
            "n must be 3 (requests in the log that is replayed), got 2. A log cannot be made",
        ),
    ],
)
def test_a_stream_that_cannot_be_is_refused(make, words):
    assert words in refusal(ValueError, make)


def test_half_a_request_is_refused():
    words = "n must be a whole number >= 1 (requests), got 1.5."
    assert words in refusal(TypeError, Workload.poisson, rate_per_s=1.0, n=1.5)
