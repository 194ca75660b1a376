"""Fewer bits: the decisions that flip are counted, not guessed."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

import mlbook as mb
from mlbook.export import PRECISIONS, OnDevice, flips, rounding_table, to_device
from mlbook.model import train
from tests.worlds import refusal, shop


def candidates(n=600):
    visits = shop().visits
    user, at_s = visits.user[-n:].repeat(6), visits.at_s[-n:].repeat(6)
    columns = shop().features(user, visits.slate[-n:].ravel(), at_s)
    return train(shop(), 9 * mb.DAY)[0], columns, visits.clicked[-n:].ravel()


def test_a_yes_or_no_flips_where_the_threshold_lies_between():
    exact, rounded = [0.1, 0.29, 0.3, 0.31, 0.9], [0.2, 0.31, 0.29, 0.3, 0.1]
    assert flips(exact, rounded, threshold=0.3) == pytest.approx(3 / 5)
    assert flips(exact, rounded, threshold=0.95) == 0.0


def test_a_slate_flips_when_another_item_is_shown():
    exact = [[0.1, 0.2, 0.3], [0.9, 0.5, 0.1], [0.4, 0.4, 0.1]]
    rounded = [[0.2, 0.3, 0.6], [0.5, 0.9, 0.1], [0.3, 0.4, 0.1]]
    assert flips(exact, rounded) == pytest.approx(2 / 3)


@pytest.mark.parametrize(("exact", "rounded"), [([0.1], [0.1, 0.2]), ([], [])])
def test_scores_of_other_cases_cannot_be_compared(exact, rounded):
    assert "must be scores of the same cases" in refusal(ValueError, flips, exact, rounded)


def test_the_table_has_a_row_a_precision_counted_from_the_exported_model():
    pipeline, columns, clicked = candidates()
    table = rounding_table(pipeline, columns, clicked, slate_size=6).set_index("precision")
    assert tuple(table.index) == PRECISIONS
    exact = pipeline.predict_proba(columns)[:, 1]
    for precision, row in table.iterrows():
        data = to_device(pipeline, precision)
        rounded = OnDevice(data).predict(columns)
        shown = [each.reshape(-1, 6).argmax(axis=1) for each in (exact, rounded)]
        assert row["bytes"] == len(data)
        assert row["flipped_frac"] == (shown[0] != shown[1]).mean()
        assert row["largest_difference"] == np.abs(rounded - exact).max()
        change = roc_auc_score(clicked, rounded) - roc_auc_score(clicked, exact)
        assert row["auc_change"] == pytest.approx(change, abs=1e-12)


def test_fewer_bits_change_more_and_32_change_nothing():
    pipeline, columns, clicked = candidates()
    table = rounding_table(pipeline, columns, clicked, slate_size=6).set_index("precision")
    # From 4 bits down a lucky step may happen to be the better one.
    assert table["largest_difference"][["float32", "int16", "int8", "int4"]].is_monotonic_increasing
    assert table.loc["float32", "largest_difference"] < 1e-6
    assert table.loc["float32", "flipped_frac"] == 0.0
    assert table.loc["int3", "flipped_frac"] > 0.02


def test_without_slates_each_row_is_a_yes_or_no():
    pipeline, columns, clicked = candidates(100)
    table = rounding_table(pipeline, columns, clicked, threshold=0.2).set_index("precision")
    exact = pipeline.predict_proba(columns)[:, 1] >= 0.2
    rounded = OnDevice(to_device(pipeline, "int3")).predict(columns) >= 0.2
    assert table.loc["int3", "flipped_frac"] == (exact != rounded).mean() > 0
