"""Counts that add up, and quantiles that are never off by more than they say."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlbook.queueing import LatencyHistogram
from mlbook.queueing.histogram import EACH, OCTAVES
from mlbook.streams import stream
from tests.worlds import refusal

fixed = settings(derandomize=True, deadline=None, max_examples=60)  # the same in every run
seconds = st.floats(2.0**-39, 2.0**39, allow_nan=False)
samples = st.lists(seconds, min_size=1, max_size=50)


def exact(values, q):
    """The smallest value that a share q of all does not exceed: of rank ceil(q n)."""
    return sorted(values)[max(math.ceil(q * len(values)), 1) - 1]


@fixed
@given(samples, st.floats(0, 1))
def test_a_quantile_is_off_by_one_part_in_128_at_most(values, q):
    found, value = LatencyHistogram.of(values).quantile(q), exact(values, q)
    assert abs(found - value) <= value / 128


@pytest.mark.parametrize("q", [0.0, 0.001, 0.5, 0.95, 0.999, 1.0])
def test_quantiles_of_many_are_those_of_numpy(q):
    values = stream(1, "x").lognormal(-4, 1.5, 20_000)
    found, value = (
        LatencyHistogram.of(values).quantile(q),
        np.quantile(values, q, method="inverted_cdf"),
    )
    assert abs(found - value) <= value / 128


@fixed
@given(samples)
def test_the_mean_is_off_by_one_part_in_128_at_most(values):
    assert LatencyHistogram.of(values).mean == pytest.approx(np.mean(values), rel=1 / 128)


@fixed
@given(samples, st.randoms(use_true_random=False))
def test_the_order_does_not_count(values, luck):
    other = luck.sample(values, len(values))
    np.testing.assert_array_equal(
        LatencyHistogram.of(values).counts, LatencyHistogram.of(other).counts
    )


@fixed
@given(samples, samples, samples)
def test_histograms_add_up_in_any_order_to_that_of_all(a, b, c):
    one, two, three = (LatencyHistogram.of(each) for each in (a, b, c))
    together = LatencyHistogram.of([*a, *b, *c]).counts
    np.testing.assert_array_equal(((one + two) + three).counts, together)
    np.testing.assert_array_equal((one + (two + three)).counts, together)
    np.testing.assert_array_equal((three + (two + one)).counts, together)
    assert one.n == len(a), "what is added is left as it was"


@fixed
@given(st.floats(0, 2.0**39), st.floats(0, 2.0**39))
def test_a_longer_latency_is_never_in_an_earlier_bucket(one, other):
    low, high = (LatencyHistogram.of([each]).quantile(1.0) for each in sorted((one, other)))
    assert low <= high


@pytest.mark.parametrize("power", [-40, -10, 0, 1, 39])
def test_a_power_of_two_begins_its_bucket(power):
    value = 2.0**power
    before, at = (
        int(LatencyHistogram.of([each]).counts.argmax()) for each in (np.nextafter(value, 0), value)
    )
    assert at == (power + 40) * EACH
    assert before == max(at - 1, 0)


def test_what_is_too_short_or_too_long_for_a_bucket_of_its_own_is_counted_in_the_outer_ones():
    counts = LatencyHistogram.of([0.0, -0.0, 1e-300, 2.0**40, 1e300, np.inf]).counts
    assert counts[0] == counts[OCTAVES * EACH - 1] == 3
    for tiny in (0.0, 1e-300, 2.0**-40, np.nextafter(2.0**-39, 0)):
        assert abs(LatencyHistogram.of([tiny]).quantile(0.5) - tiny) < 1e-12


def test_who_got_no_answer_is_left_out():
    assert LatencyHistogram.of([np.nan, 1.0, np.nan]).n == 1


def test_nothing_counted_has_no_quantile_and_no_mean():
    empty = LatencyHistogram()
    assert empty.n == LatencyHistogram.of([]).n == LatencyHistogram.of([np.nan]).n == 0
    assert math.isnan(empty.quantile(0.5))
    assert math.isnan(empty.mean)
    assert (empty + LatencyHistogram.of([1.0])).n == 1


def test_two_empty_ones_do_not_share_their_counts():
    one, other = LatencyHistogram(), LatencyHistogram()
    one.counts[7] = 1
    assert other.n == 0


def test_a_histogram_is_small_whatever_it_counts():
    assert LatencyHistogram.of(np.full(100_000, 0.3)).counts.nbytes == 40_960


def test_negative_latencies_are_refused():
    words = "latency_s must be >= 0 (seconds), got -0.5."
    assert words in refusal(ValueError, LatencyHistogram.of, [1.0, -0.5, np.nan])


@pytest.mark.parametrize("q", [-0.1, 1.1, np.nan])
def test_a_share_that_is_none_is_refused(q):
    words = f"q must be >= 0 and <= 1 (a share), got {q}"
    assert words in refusal(ValueError, LatencyHistogram().quantile, q)
