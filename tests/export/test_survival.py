"""The matrix is measured: what comes out is compared, and a wrong score does not survive."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.tree import DecisionTreeClassifier

from mlbook.export import EXPORTERS, Exporter, candidates, matrix, read_pmml, to_pmml


@cache
def whole():
    return matrix().set_index(["estimator", "exporter"])


def test_every_estimator_meets_every_exporter():
    expected = {(kind, each.name) for kind in candidates() for each in EXPORTERS}
    assert set(whole().index) == expected


def test_the_columns_are_the_same_when_nobody_travels():
    columns = ["estimator", "exporter", "survives", "largest_difference", "bytes", "reason"]
    assert list(matrix({}).columns) == list(matrix(exporters=[]).columns) == columns


def test_who_survives_is_what_the_formats_can_write():
    survived = set(whole().index[whole()["survives"]])
    assert survived == {
        ("LogisticRegression", "device format"),
        ("LogisticRegression", "PMML"),
        ("LinearRegression", "device format"),
        ("LinearRegression", "PMML"),
        ("MLPClassifier", "device format"),
    }


def test_a_survivor_has_a_size_and_a_difference_and_the_others_a_reason():
    alive = whole()["survives"]
    assert (whole()["largest_difference"][alive] < 1e-6).all()
    assert (whole()["bytes"][alive] > 100).all()
    assert (whole()["reason"][alive] == "").all()
    assert whole()[["largest_difference", "bytes"]][~alive].isna().all(axis=None)
    assert whole()["reason"][~alive].str.contains("kind that can be exported").all()


class OffByOne:
    def __init__(self, data):
        self.inner = read_pmml(data)

    def predict(self, columns):
        return self.inner.predict(columns) + 0.01


def one(exporter, estimator=None, **options):
    table = matrix({"it": estimator or LogisticRegression()}, [exporter], **options)
    return table.iloc[0]


def test_an_exporter_that_gives_another_score_does_not_survive():
    row = one(Exporter("silently wrong", to_pmml, OffByOne))
    assert not row["survives"]
    assert row["largest_difference"] == pytest.approx(0.01)
    assert row["reason"] == "another score: differs by up to 0.01"
    assert one(Exporter("wrong", to_pmml, OffByOne), tolerance=0.02)["survives"]


class NotANumber:
    def predict(self, columns):
        return np.full(len(columns), np.nan)


def test_scores_that_are_no_numbers_do_not_survive():
    assert not one(Exporter("NaN", to_pmml, lambda _: NotANumber()))["survives"]


def test_whatever_an_exporter_raises_becomes_the_reason():
    def crash(_):
        raise NotImplementedError

    row = one(Exporter("crashes", crash, read_pmml), DecisionTreeClassifier())
    assert (row["survives"], row["reason"]) == (False, "NotImplementedError")
