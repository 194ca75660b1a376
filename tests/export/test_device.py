"""The device format: exact at float32, half a step off below, refused when not whole."""

from __future__ import annotations

import json
import warnings
from functools import cache

import numpy as np
import pytest
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from mlbook.export import PRECISIONS, DeviceModel, OnDevice, to_device
from mlbook.export.device import pack
from mlbook.export.interpreter import unpack
from mlbook.streams import stream
from tests.worlds import refusal

BITS = {precision: int(precision.removeprefix("int")) for precision in PRECISIONS[1:]}


@cache
def rows():
    """400 rows of four features on very different scales, with a yes or no."""
    rng = stream(3, "rows")
    columns = rng.normal([1e6, 40.0, -3.0, 0.0], [1e4, 12.0, 0.01, 1.0], (400, 4))
    log_odds = (columns[:, 0] - 1e6) / 1e4 - (columns[:, 1] - 40) / 12
    return columns, rng.random(400) < 1 / (1 + np.exp(-log_odds))


def trained(model, *, scaled=True):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # a short training is good enough here
        return (make_pipeline(StandardScaler(), model) if scaled else model).fit(*rows())


ACTIVATIONS = ("relu", "tanh", "logistic", "identity")
CLASSIFIERS = {
    "logistic regression": LogisticRegression(),
    **{
        f"perceptron, {way}": MLPClassifier((5, 3), activation=way, max_iter=20, random_state=0)
        for way in ACTIVATIONS
    },
}
REGRESSIONS = {
    "linear regression": LinearRegression(),
    "perceptron": MLPRegressor(hidden_layer_sizes=(5,), max_iter=20, random_state=0),
}


@pytest.mark.parametrize("model", CLASSIFIERS.values(), ids=CLASSIFIERS)
def test_a_classifier_gives_the_probabilities_of_scikit_learn(model):
    pipeline, (columns, _) = trained(model), rows()
    found = OnDevice(to_device(pipeline)).predict_proba(columns)
    np.testing.assert_allclose(found, pipeline.predict_proba(columns), rtol=0, atol=1e-6)


@pytest.mark.parametrize("model", REGRESSIONS.values(), ids=REGRESSIONS)
def test_a_regression_gives_the_values_of_scikit_learn(model):
    pipeline, (columns, _) = trained(model), rows()
    found = OnDevice(to_device(pipeline)).predict(columns)
    np.testing.assert_allclose(found, pipeline.predict(columns), rtol=0, atol=1e-6)


def log_odds(probability):
    return np.log(probability / (1 - probability))


def test_at_float32_the_log_odds_are_wrong_by_no_more_than_is_stated():
    pipeline, (columns, _) = trained(LogisticRegression(C=100)), rows()
    scaler, model = pipeline
    size = np.abs(scaler.transform(columns)) @ np.abs(model.coef_[0]) + abs(model.intercept_[0])
    device = log_odds(OnDevice(to_device(pipeline)).predict(columns))
    off = np.abs(device - pipeline.decision_function(columns))
    assert (off <= 2**-24 * size + 1e-12).all()
    assert off.max() > 1e-12  # the weights really have 32 bits only


@pytest.mark.parametrize("precision", BITS)
def test_a_rounded_weight_is_wrong_by_half_a_step_at_most(precision):
    model = trained(LogisticRegression())[-1]
    device = DeviceModel(to_device(model, precision))
    at_zero = log_odds(device.predict([0.0] * 4))
    weights = np.array([log_odds(device.predict(row)) - at_zero for row in np.eye(4)])
    step = np.abs(model.coef_).max() / (2 ** (BITS[precision] - 1) - 1)
    off = np.abs(weights - model.coef_[0])
    assert off.max() <= step / 2 + 1e-9
    np.testing.assert_allclose(weights / step, np.rint(weights / step), atol=1e-6)


def test_without_a_scaler_the_features_go_in_as_they_are():
    model = LogisticRegression().fit(rows()[0][:, 3:], rows()[1])
    found = OnDevice(to_device(model)).predict([[0.5], [-2.0]])
    np.testing.assert_allclose(found, model.predict_proba([[0.5], [-2.0]])[:, 1], atol=1e-6)


@pytest.mark.parametrize("wanted", [{"with_mean": False}, {"with_std": False}])
def test_a_scaler_that_does_only_half_of_its_work_is_exported_so(wanted):
    columns = rows()[0][:, 1:]
    pipeline = make_pipeline(StandardScaler(**wanted), LinearRegression()).fit(columns, rows()[1])
    found = OnDevice(to_device(pipeline)).predict(columns)
    np.testing.assert_allclose(found, pipeline.predict(columns), atol=1e-5)


def test_fewer_bits_make_a_smaller_file_by_just_the_weights():
    pipeline = trained(MLPClassifier((30, 20), max_iter=5, random_state=0))
    weights = [each.size for each in pipeline[-1].coefs_]
    saved = len(to_device(pipeline)) - len(to_device(pipeline, "int4"))
    # The header's steps and the precision's name are a few digits more or less.
    expected = sum(4 * size - (size + 1) // 2 for size in weights)
    assert abs(saved - expected) < 100
    assert expected > 2000


@pytest.mark.parametrize("bits", BITS.values())
def test_what_was_packed_is_unpacked(bits):
    most = 2 ** (bits - 1) - 1
    numbers = stream(bits, "numbers").integers(-most, most + 1, 101).tolist()
    assert unpack(pack(numbers, bits), bits, 101) == numbers
    assert len(pack(numbers, bits)) == -(-101 * bits // 8)


def test_weights_of_zero_stay_zero():
    flat = LinearRegression().fit([[0.0], [1.0]], [5.0, 5.0])
    assert DeviceModel(to_device(flat, "int4")).predict([100.0]) == 5.0


@pytest.mark.parametrize(("value", "limit"), [(-1e4, 0.0), (1e4, 1.0)])
def test_very_large_log_odds_do_not_overflow(value, limit):
    assert DeviceModel(to_device(trained(LogisticRegression())[-1])).predict([value] * 4) in {
        limit, 1 - limit,
    }  # fmt: skip


def test_a_row_with_another_number_of_features_is_refused():
    model = DeviceModel(to_device(trained(LogisticRegression())))
    words = "row must hold 4 features, as the model does, got 3. Extract them as the training did."
    assert refusal(ValueError, model.predict, [1.0, 2.0, 3.0]) == words


def test_an_unknown_precision_is_refused_with_the_known_ones():
    words = refusal(ValueError, to_device, trained(LogisticRegression()), "int7")
    assert words.startswith("precision must be one of 'float32', 'int16', 'int8', 'int6'")
    assert "got 'int7'. Did you mean 'int" in words


@pytest.mark.parametrize("end", [0, 3, 6, 20, 100, -1])
def test_bytes_that_were_cut_off_are_refused(end):
    data = to_device(trained(LogisticRegression()), "int8")
    assert "data must be" in refusal(ValueError, DeviceModel, data[:end])


def test_bytes_after_the_end_are_refused():
    data = to_device(trained(LogisticRegression()))
    assert "data must end with the last layer" in refusal(ValueError, DeviceModel, data + b"\0")


def test_a_format_of_the_future_asks_for_a_newer_app():
    data = to_device(trained(LogisticRegression()))
    size = int.from_bytes(data[4:8], "little")
    header = json.loads(data[8 : 8 + size]) | {"format": 2}
    text = json.dumps(header, separators=(",", ":")).encode()
    newer = data[:4] + len(text).to_bytes(4, "little") + text + data[8 + size :]
    words = "format must be 1, the one this app reads, got 2. Update the app"
    assert words in refusal(ValueError, DeviceModel, newer)
