"""What cannot be exported is refused with the kinds that can."""

from __future__ import annotations

import pytest
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.naive_bayes import GaussianNB
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler, StandardScaler

from mlbook.export import to_device, to_pmml
from tests.worlds import refusal

X, Y = [[0.0], [1.0], [2.0], [3.0]], [0, 1, 0, 1]
DEVICE = "LogisticRegression or LinearRegression or MLPClassifier or MLPRegressor"
PMML = "LogisticRegression or LinearRegression"


@pytest.mark.parametrize(
    ("write", "estimator", "got", "can"),
    [
        (to_device, RandomForestClassifier(3), "RandomForestClassifier", DEVICE),
        (
            to_pmml,
            make_pipeline(StandardScaler(), GaussianNB()),
            "StandardScaler + GaussianNB",
            PMML,
        ),
        (
            to_pmml,
            make_pipeline(StandardScaler(), MLPClassifier((2,), solver="lbfgs")),
            "StandardScaler + MLPClassifier",
            PMML,
        ),
        (
            to_device,
            make_pipeline(MinMaxScaler(), LinearRegression()),
            "MinMaxScaler + LinearRegression",
            DEVICE,
        ),
    ],
)
def test_an_estimator_that_cannot_be_exported_is_named_with_those_that_can(
    write, estimator, got, can
):
    words = refusal(ValueError, write, estimator.fit(X, Y))
    assert words == (
        f"estimator must be of a kind that can be exported, got {got}. "
        f"Export {can}, alone or behind a StandardScaler."
    )


@pytest.mark.parametrize("write", [to_device, to_pmml])
def test_an_estimator_before_its_training_is_refused(write):
    words = "estimator must be fitted, got LogisticRegression before its training."
    assert refusal(ValueError, write, LogisticRegression()) == words


@pytest.mark.parametrize("write", [to_device, to_pmml])
def test_three_classes_are_refused(write):
    three = LogisticRegression().fit(X, [0, 1, 2, 2])
    words = refusal(ValueError, write, three)
    assert words.startswith("estimator must tell two classes apart, got 3 classes.")


@pytest.mark.parametrize("thing", [None, "model.pkl", {"weights": [1]}])
def test_what_is_no_estimator_is_named(thing):
    assert f"got {type(thing).__name__}." in refusal(ValueError, to_device, thing)
