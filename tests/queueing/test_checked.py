"""What every queue is given: the same checks, and arrays that a kernel can take."""

from __future__ import annotations

import numpy as np
import pytest

from mlbook.queueing.checked import instants, one_each
from tests.worlds import refusal


@pytest.mark.parametrize("at_s", [[], [3], [0, 0, 1], range(5), np.arange(9)[::2], [-5, -1]])
def test_sorted_instants_become_floats_in_one_row(at_s):
    at = instants("at_s", at_s)
    assert at.dtype == np.float64
    assert at.flags.c_contiguous
    np.testing.assert_array_equal(at, np.array(at_s, dtype=float))


@pytest.mark.parametrize(
    ("at_s", "words"),
    [
        ([0, 2, 1], "at_s must be sorted (seconds), got 1 after 2 at position 2. Sort everything"),
        ([np.nan], "at_s must be finite (seconds), got nan at position 0. Leave such requests out"),
        ([0, np.nan, 1], "at_s must be finite (seconds), got nan at position 1."),
        ([-np.inf, 0], "at_s must be finite (seconds), got -inf at position 0."),
        ([0, np.inf], "at_s must be finite (seconds), got inf at position 1."),
        ([1, np.inf, 0], "at_s must be finite (seconds), got inf at position 1."),
        ([[1, 2]], "at_s must be one row of instants (seconds), got shape (1, 2)."),
    ],
)
def test_instants_that_cannot_be_are_refused(at_s, words):
    assert words in refusal(ValueError, instants, "at_s", at_s)


@pytest.mark.parametrize("values", [[0, 1, 2], np.arange(6)[::2], [0.0, -0.0, 1e300]])
def test_one_number_each_becomes_floats(values):
    each = one_each("service_s", values, 3)
    assert each.dtype == np.float64
    assert each.flags.c_contiguous
    np.testing.assert_array_equal(each, np.array(values, dtype=float))


def test_only_patience_may_last_for_ever():
    assert one_each("patience_s", [np.inf], 1, forever=True).tolist() == [np.inf]
    words = "service_s must be >= 0 and finite (seconds), got inf at position 0."
    assert words in refusal(ValueError, one_each, "service_s", [np.inf], 1)


@pytest.mark.parametrize("wrong", [-1e-300, -np.inf, np.nan])
@pytest.mark.parametrize("forever", [True, False])
def test_negative_times_and_no_numbers_are_refused(wrong, forever):
    words = refusal(ValueError, one_each, "x_s", [1.0, wrong, 1.0], 3, forever=forever)
    assert words.endswith(f"(seconds), got {wrong} at position 1.")


@pytest.mark.parametrize("values", [[], [1.0], [[1.0, 1.0]], [1.0, 1.0, 1.0]])
def test_another_count_is_refused(values):
    words = f"x_s must have one number for each of 2 requests, got shape {np.shape(values)}."
    assert words in refusal(ValueError, one_each, "x_s", values, 2)
