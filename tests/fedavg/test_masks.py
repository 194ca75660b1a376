"""The sum is exact whoever drops out, and a message by itself is noise."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from mlbook.fedavg import plain_sum, secure_sum
from mlbook.fedavg.masks import decode, encode, mask, shared_seeds, unmask
from tests.worlds import refusal

WORD = 2.0**64


def clients(n, p=11, seed=1):
    rng = np.random.default_rng([seed, n])
    return 100 * rng.standard_normal((n, p)), rng


def with_drop_outs(n, share, rng):
    reported = np.ones(n, dtype=bool)
    reported[rng.choice(n, round(share * n), replace=False)] = False
    return reported


@pytest.mark.parametrize("share", [0.0, 0.1, 0.3, 0.8])
@pytest.mark.parametrize("n", [10, 39, 130])
def test_the_sum_is_exact_at_any_share_of_drop_outs(n, share):
    values, rng = clients(n)
    reported = with_drop_outs(n, share, rng)
    words, seeds = encode(values), shared_seeds(rng, n)
    revealed = seeds[np.ix_(reported, ~reported)]
    total = unmask(mask(words, seeds)[reported], revealed, reported)
    exact = [sum(int(word) for word in column) % 2**64 for column in words[reported].T]
    assert total.tolist() == exact


def test_the_sum_is_the_plain_one_up_to_the_rounding_of_each_value():
    values, rng = clients(39)
    reported = with_drop_outs(39, 0.3, rng)
    secure, plain = secure_sum(values, reported, rng), plain_sum(values, reported)
    most = reported.sum() * 2.0**-33  # half a unit each; the sum adds nothing
    assert np.abs(secure.total - plain.total).max() <= most + 1e-12
    np.testing.assert_allclose(plain.total, values[reported].sum(axis=0), rtol=1e-14)


def test_without_the_revealed_seeds_the_sum_stays_noise():
    values, rng = clients(39)
    reported = with_drop_outs(39, 0.3, rng)
    messages = mask(encode(values), shared_seeds(rng, 39))[reported]
    guessed = decode(messages.sum(axis=0, dtype=np.uint64))
    assert np.abs(guessed - values[reported].sum(axis=0)).min() > 1e5


def first_messages(value, n, times=4000):
    """What the server sees of the first client, in as many sums with new seeds."""
    rng, words = np.random.default_rng(3), encode(np.full((n, 1), value))
    return np.array([mask(words, shared_seeds(rng, n))[0, 0] for _ in range(times)])


@pytest.mark.parametrize("value", [0.0, -1000.0])
@pytest.mark.parametrize("n", [2, 10])
def test_a_single_message_is_uniform_whatever_it_hides(value, n):
    words = first_messages(value, n)
    # False alarms: 1 of 100,000 each.
    assert stats.kstest(words / WORD, "uniform").pvalue > 1e-5
    low_byte = np.bincount(words.astype(np.uint64) & np.uint64(255), minlength=256)
    assert stats.chisquare(low_byte).pvalue > 1e-5


def test_the_sum_over_all_but_one_is_uniform_too():
    rng, words = np.random.default_rng(4), encode(np.ones((5, 1)))
    sums = [mask(words, shared_seeds(rng, 5))[1:].sum(dtype=np.uint64) for _ in range(4000)]
    assert stats.kstest(np.array(sums) / WORD, "uniform").pvalue > 1e-5


def test_the_same_values_send_other_messages_the_next_time():
    values, rng = clients(5)
    everybody = np.ones(5, dtype=bool)
    one, two = (secure_sum(values, everybody, rng) for _ in range(2))
    assert np.array_equal(one.total, two.total)
    assert not (one.messages == two.messages).any()


def test_the_numbers_of_one_message_are_masked_independently():
    rng, words = np.random.default_rng(5), encode(np.zeros((3, 2)))
    both = np.array([mask(words, shared_seeds(rng, 3))[0] for _ in range(4000)]) / WORD
    # The correlation of independent draws has a standard error of 1 / sqrt(4000).
    assert abs(np.corrcoef(both.T)[0, 1]) < 4 / np.sqrt(4000)


def test_masks_are_made_by_splitmix64():
    # The first three words from seed 0, as the reference implementation gives them.
    one_sided = mask(np.zeros((2, 3), dtype=np.uint64), np.zeros((2, 2), dtype=np.uint64))[0]
    assert [hex(word) for word in one_sided] == [
        "0xe220a8397b1dcdaf",
        "0x6e789e6aa1b965f4",
        "0x6c45d188009454f",
    ]


def test_fixed_point_keeps_a_value_to_half_a_unit_and_its_sign():
    values, _ = clients(7)
    assert np.abs(decode(encode(values)) - values).max() <= 2.0**-33


def test_bytes_are_numbers_keys_and_revealed_seeds():
    values, rng = clients(10, p=11)
    reported = np.arange(10) < 7
    secure, plain = secure_sum(values, reported, rng), plain_sum(values, reported)
    assert (plain.bytes_up, plain.bytes_down) == (7 * 11 * 8, 0)
    assert secure.bytes_up == 7 * 11 * 8 + 10 * 32 + 7 * 3 * 32
    assert secure.bytes_down == 10 * 9 * 32


def test_a_plain_sum_hides_nothing_and_leaves_no_messages():
    values, _ = clients(4)
    assert plain_sum(values, np.ones(4, dtype=bool)).messages is None


def test_the_sum_over_one_client_is_refused():
    values, rng = clients(4)
    words = refusal(ValueError, secure_sum, values, np.arange(4) < 1, rng)
    assert words == (
        "reported must be >= 2 (clients that report), got 1. The sum over one client is that "
        "client's value: wait for more, or add up plainly."
    )


@pytest.mark.parametrize("value", [3e8, -3e8, np.nan, np.inf])
def test_what_could_leave_the_range_is_refused(value):
    values = np.zeros((10, 2))
    values[3, 1] = value
    words = refusal(ValueError, encode, values)
    assert words.startswith("values must be <= 2.14748e+08 (size of a number), got ")
    assert words.endswith("make the updates smaller, or clip them.")
