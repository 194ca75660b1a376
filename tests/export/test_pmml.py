"""PMML: a round trip loses nothing, the document says what it should, and tricks are refused."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import numpy as np
import pytest
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import mlbook as mb
from mlbook.export import read_pmml, to_pmml
from mlbook.export.pmml import SPACE
from mlbook.model import train
from tests.export.test_device import rows
from tests.worlds import refusal, small

PMML = {"p": SPACE}


def line():
    return LinearRegression().fit([[0.0, 1.0], [1.0, 0.0], [2.0, 5.0]], [1.0, 3.0, 4.0])


def test_the_shops_own_model_comes_back_within_a_billionth():
    pipeline, _ = train(small(), 5 * mb.DAY)
    visits, features = small().visits, small().features
    columns = features(visits.user, visits.slate[:, 0], visits.at_s)
    found = read_pmml(to_pmml(pipeline, features.names)).predict(columns)
    assert np.abs(found - pipeline.predict_proba(columns)[:, 1]).max() < 1e-9


@pytest.mark.parametrize("model", [LogisticRegression(C=100), LinearRegression()])
@pytest.mark.parametrize("scaled", [True, False])
def test_a_linear_model_comes_back_within_a_billionth(model, scaled):
    columns, labels = rows()
    columns = columns if scaled else columns[:, 1:] / 40
    estimator = make_pipeline(StandardScaler(), model) if scaled else model
    estimator.fit(columns, labels)
    found = read_pmml(to_pmml(estimator)).predict(columns)
    logistic = isinstance(model, LogisticRegression)
    expected = estimator.predict_proba(columns)[:, 1] if logistic else estimator.predict(columns)
    assert np.abs(found - expected).max() < 1e-9


def test_the_document_names_fields_classes_and_the_link():
    model = LogisticRegression().fit([[0.0, 1.0], [1.0, 0.0], [2.0, 5.0]], ["no", "yes", "yes"])
    root = ET.fromstring(to_pmml(model, ["age", "price"]))
    fields = [each.get("name") for each in root.iterfind("p:DataDictionary/p:DataField", PMML)]
    classes = [each.get("value") for each in root.iterfind(".//p:Value", PMML)]
    regression = root.find("p:RegressionModel", PMML)
    tables = [each.attrib for each in regression.iterfind("p:RegressionTable", PMML)]
    assert fields == ["age", "price", "target"]
    assert classes == ["no", "yes"]
    assert regression.get("normalizationMethod") == "logit"
    assert [each["targetCategory"] for each in tables] == ["yes", "no"]
    assert float(tables[0]["intercept"]) == model.intercept_[0]


def test_a_name_with_marks_of_xml_in_it_comes_back():
    assert read_pmml(to_pmml(line(), ["a<b", 'say "&"'])).names == ["a<b", 'say "&"']


@pytest.mark.parametrize("names", [["one"], ["same", "same"], ["target", "other"]])
def test_names_that_do_not_fit_are_refused(names):
    words = refusal(ValueError, to_pmml, line(), names)
    assert words.startswith("names must be 2 different ones (one a feature, none of them 'target')")


LAUGHS = b"""<?xml version="1.0"?><!DOCTYPE lol [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;">]><PMML xmlns="http://www.dmg.org/PMML-4_4">&c;</PMML>"""
FILE = b"""<!DOCTYPE pmml [<!ENTITY x SYSTEM "file:///etc/hostname">]><PMML>&x;</PMML>"""
REMOTE = b"""<!DOCTYPE PMML SYSTEM "http://127.0.0.1:9/x.dtd"><PMML/>"""


@pytest.mark.parametrize("document", [LAUGHS, FILE, REMOTE, LAUGHS.decode().encode("utf-16")])
def test_a_document_type_is_refused_before_its_entities_are_read(document):
    words = refusal(ValueError, read_pmml, document.replace(b'encoding="utf-8"', b""))
    assert words.startswith("document must have no document type, got <!DOCTYPE ")


def test_what_is_no_xml_is_refused():
    assert "document must be XML" in refusal(ValueError, read_pmml, b"{}")


def edited(old, new):
    document = to_pmml(line()).decode()
    assert old in document
    return document.replace(old, new).encode()


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("RegressionModel", "TreeModel", "got Header, DataDictionary, TreeModel"),
        ('Method="none"', 'Method="softmax"', "linear, or logistic with two classes"),
        ("</RegressionModel>", '<RegressionTable intercept="0" /></RegressionModel>', "2 tables"),
        ("<NumericPredictor name", '<NumericPredictor exponent="2" name', "linear, or logistic"),
        ("<NumericPredictor ", "<CategoricalPredictor ", "linear, or logistic"),
        ('function="/"', 'function="exp"', "got Apply exp"),
        ('<FieldRef field="x1" />', '<MapValues field="x1" />', "got MapValues"),
        ('<FieldRef field="x1" />', '<FieldRef field="x7" />', "a reference to 'x7'"),
        ('name="scaled(x1)" coef', 'name="gone" coef', "a reference to 'gone'"),
    ],
)
def test_what_the_subset_cannot_read_is_refused_when_it_is_read(old, new, words):
    assert words in refusal(ValueError, read_pmml, edited(old, new))


@pytest.mark.parametrize("other", ["http://www.dmg.org/PMML-4_2", ""])
def test_a_document_of_another_version_is_read_all_the_same(other):
    document = to_pmml(line()).decode().replace(SPACE, other).encode()
    assert read_pmml(document).predict([[2.0, 5.0]]) == pytest.approx(line().predict([[2.0, 5.0]]))


def test_columns_that_do_not_fit_are_refused_with_the_names():
    words = refusal(ValueError, read_pmml(to_pmml(line(), ["age", "price"])).predict, [[1.0]])
    assert words.startswith("columns must be age, price in this order, got 1.")
