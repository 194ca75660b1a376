"""Micro-batches: who travels together, when a batch leaves, and how large greedy ones become."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from mlbook.queueing import batch, fifo, greedy_batch_size
from mlbook.streams import stream
from tests.worlds import error_of_mean, refusal

COST = {"per_batch_s": 0.5, "per_request_s": 0.1}


def random_arrivals(n, rate_per_s, seed=1):
    return np.cumsum(stream(seed, "gaps").exponential(1 / rate_per_s, n))


def test_a_full_batch_leaves_at_once_and_the_rest_when_its_first_has_waited():
    done_s, together = batch([0.0, 0.1, 0.2], size=2, wait_s=5.0, **COST)
    np.testing.assert_array_equal(together, [2, 2, 1])
    np.testing.assert_allclose(done_s, [0.8, 0.8, 5.8])


def test_while_the_worker_is_busy_the_next_batch_grows():
    done_s, together = batch([0.0, 0.1, 0.2, 0.3], size=9, wait_s=0.0, **COST)
    np.testing.assert_array_equal(together, [1, 3, 3, 3])
    np.testing.assert_allclose(done_s, [0.6, 1.4, 1.4, 1.4])


def test_who_comes_at_the_instant_at_which_a_batch_leaves_goes_with_it():
    assert batch([0.0, 1.0], size=9, wait_s=1.0, **COST)[1].tolist() == [2, 2]


def test_batches_of_one_are_a_queue():
    arrive_s = random_arrivals(2_000, 1.2)
    done_s, together = batch(
        arrive_s, size=1, wait_s=9.0, per_batch_s=0.5, per_request_s=0.25, workers=2
    )
    np.testing.assert_array_equal(done_s, fifo(arrive_s, np.full(2_000, 0.75), workers=2))
    assert (together == 1).all()


def test_several_workers_work_on_several_batches():
    done_s, _ = batch([0.0, 0.0, 0.0, 0.0], size=2, wait_s=0.0, workers=2, **COST)
    np.testing.assert_allclose(done_s, [0.7] * 4)


def test_nobody_waits_in_vain_for_company_without_end():
    done_s, together = batch([0.0, 1.0, 9.0], size=sys.maxsize, wait_s=3.0, **COST)
    np.testing.assert_allclose(done_s, [3.7, 3.7, 12.6])
    assert together.tolist() == [2, 2, 1]
    np.testing.assert_allclose(batch([0.0, 1.0], size=3, wait_s=3.0, **COST)[0], [3.7, 3.7])


def test_nobody_came():
    done_s, together = batch([], size=4, wait_s=1.0, **COST)
    assert done_s.shape == together.shape == (0,)


@pytest.mark.parametrize("rate_per_s", [500.0, 2000.0])
def test_greedy_batches_are_as_large_as_their_law_says(rate_per_s):
    # The mean over the batches, from batch means over the requests: each batch counts once.
    cost = {"per_batch_s": 0.0248, "per_request_s": 25e-6}
    n = 100_000
    _, together = batch(random_arrivals(n, rate_per_s), size=n, wait_s=0.0, **cost)
    once = 1 / together  # of each request: their sum is the number of batches
    law = greedy_batch_size(rate_per_s, **cost)
    assert abs(once.mean() - 1 / law) < 4 * error_of_mean(once)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"size": 0}, "size must be >= 1 (requests in a batch), got 0."),
        ({"wait_s": -1}, "wait_s must be >= 0 (seconds), got -1."),
        ({"wait_s": np.inf}, "wait_s must be >= 0 (seconds), got inf."),
        ({"per_batch_s": np.nan}, "per_batch_s must be >= 0 (seconds), got nan."),
        ({"per_request_s": -0.1}, "per_request_s must be >= 0 (seconds), got -0.1."),
        ({"workers": 0}, "workers must be >= 1 (workers), got 0. Write 1"),
    ],
)
def test_a_batcher_that_cannot_be_is_refused(wrong, words):
    settings = {"size": 2, "wait_s": 1.0, **COST} | wrong
    assert words in refusal(ValueError, batch, [0.0], **settings)


@pytest.mark.parametrize(
    ("arrive_s", "words"),
    [
        ([1, 0], "arrive_s must be sorted (seconds), got 0 after 1 at position 1."),
        ([0, 0.1, 5, 4, 9], "arrive_s must be sorted (seconds), got 4 after 5 at position 3."),
        ([0, 5, 0.1, 9], "arrive_s must be sorted (seconds), got 0.1 after 5 at position 2."),
        ([0, np.nan, 9], "arrive_s must be finite (seconds), got nan at position 1."),
        ([-np.inf, 9], "arrive_s must be finite (seconds), got -inf at position 0."),
        ([0, np.inf], "arrive_s must be finite (seconds), got inf at position 1."),
        ([[0, 1]], "arrive_s must be one row of instants (seconds), got shape (1, 2)."),
    ],
)
@pytest.mark.parametrize("wait_s", [0.0, 1.0])
def test_arrivals_that_cannot_be_are_refused(arrive_s, words, wait_s):
    assert words in refusal(ValueError, batch, arrive_s, size=2, wait_s=wait_s, **COST)
