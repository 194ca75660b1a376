"""Many tests at once: a published example, and what is controlled."""

from __future__ import annotations

import numpy as np
import pytest

import mlbook as mb
from mlbook.streams import stream
from tests.worlds import refusal

# Y. Benjamini, Y. Hochberg, "Controlling the false discovery rate: a practical and powerful
# approach to multiple testing", JRSS B 57 (1995), section 3.1: 15 p-values of a trial.
TRIAL = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262,
         0.5719, 0.6528, 0.7590, 1.0]  # fmt: skip


def test_the_trial_of_benjamini_and_hochberg():
    assert (np.array(TRIAL) < 0.05).sum() == 9
    assert (mb.ab.holm(TRIAL) < 0.05).sum() == 3
    assert (mb.ab.benjamini_hochberg(TRIAL) < 0.05).sum() == 4


def test_twenty_nulls_alarm_two_times_in_three_and_adjusted_once_in_twenty():
    runs = 20_000
    p_values = stream(1, "nulls").random((runs, 20))
    any_alarm = [
        (each < 0.05).any(axis=1).mean()
        for each in (p_values, mb.ab.holm(p_values), mb.ab.benjamini_hochberg(p_values))
    ]
    expected = np.array([1 - 0.95**20, 1 - (1 - 0.05 / 20) ** 20, 0.05])
    error = np.sqrt(expected * (1 - expected) / runs)
    assert (np.abs(any_alarm - expected) < 4 * error).all()


def test_each_row_is_adjusted_by_itself_and_in_its_own_order():
    p_values = stream(2, "rows").random((3, 4, 7))
    for adjust in (mb.ab.holm, mb.ab.benjamini_hochberg):
        together = adjust(p_values)
        np.testing.assert_array_equal(together[2, 1], adjust(p_values[2, 1]))
        turned = adjust(p_values[..., ::-1])[..., ::-1]
        np.testing.assert_allclose(together, turned)
        assert (together >= p_values - 1e-15).all()
        assert (together <= 1).all()


def test_one_test_is_left_as_it_is():
    assert mb.ab.holm([0.03]) == mb.ab.benjamini_hochberg([0.03]) == [0.03]


@pytest.mark.parametrize("p_values", [[0.1, 1.2], [-0.1], [0.1, np.nan], []])
def test_what_is_no_p_value_is_refused(p_values):
    assert refusal(ValueError, mb.ab.holm, p_values).startswith("p_values must ")


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: mb.ab.stratified([[0, 0], [0, 0]], [[9, 9]] * 2), "clicks must leave odds"),
        (lambda: mb.ab.stratified([[1, 12]], [[9, 9]]), "got 12 of 9"),
        (lambda: mb.ab.fisher([[1, 2], [1, 2]], [9, 9]), "clicks must be of one experiment"),
        (lambda: mb.ab.balance([[1, 2]]), "counts must have a row for each of two arms"),
        (lambda: mb.ab.balance([[0, 0], [1, 2]]), "and units in each"),
    ],
)
def test_tables_without_an_answer_are_refused(call, words):
    assert words in refusal(ValueError, call)
