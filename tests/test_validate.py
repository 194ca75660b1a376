"""Argument checks: one grammar, so that every message names argument, rule, unit and value."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest

from mlbook.validate import did_you_mean, fraction, integer, number, one_of
from tests.worlds import refusal


@pytest.mark.parametrize("value", [1, 1.0, np.float32(1), np.int64(1), Fraction(1)])
def test_every_kind_of_real_number_becomes_a_float(value):
    result = number("x", value, above=0)
    assert result == 1.0
    assert type(result) is float


@pytest.mark.parametrize("value", ["1", None, True, [1.0], 1j])
def test_what_is_not_a_number_is_a_type_error(value):
    words = refusal(TypeError, lambda: number("x", value, above=0, unit="seconds"))
    assert words == f"x must be a number > 0 (seconds), got {value!r}."


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_what_is_not_finite_is_outside_every_rule(value):
    assert refusal(ValueError, number, "x", value) == f"x must be a finite number, got {value}."
    refusal(ValueError, lambda: number("x", value, at_least=0))


@pytest.mark.parametrize(
    ("rule", "allowed", "refused", "said"),
    [
        ({"above": 0}, 1e-9, 0, "> 0"),
        ({"at_least": 0}, 0, -1e-9, ">= 0"),
        ({"at_most": 1}, 1, 1.001, "<= 1"),
        ({"at_least": 0, "at_most": 1}, 0.5, 2, ">= 0 and <= 1"),
    ],
)
def test_a_rule_ends_where_it_says(rule, allowed, refused, said):
    assert number("x", allowed, **rule) == allowed
    assert refusal(ValueError, lambda: number("x", refused, **rule)) == (
        f"x must be {said}, got {refused}."
    )


def test_the_next_step_stands_at_the_end():
    words = refusal(ValueError, lambda: number("x", 0, above=0, unit="s", hint="Try 1."))
    assert words == "x must be > 0 (s), got 0. Try 1."


@pytest.mark.parametrize("value", [3, np.int64(3)])
def test_a_whole_number_becomes_an_int(value):
    assert type(integer("workers", value, at_least=1)) is int


@pytest.mark.parametrize("value", [1.5, 2.0, "2", True, None, math.nan])
def test_what_is_not_whole_is_a_type_error(value):
    words = refusal(TypeError, lambda: integer("workers", value, at_least=1, unit="workers"))
    assert words == f"workers must be a whole number >= 1 (workers), got {value!r}."


def test_a_whole_number_below_its_least_is_refused():
    words = refusal(ValueError, lambda: integer("workers", 0, at_least=1, unit="workers"))
    assert words == "workers must be >= 1 (workers), got 0."


@pytest.mark.parametrize("value", [0, 0.5, 1])
def test_a_share_lies_between_nothing_and_all(value):
    assert fraction("share", value) == value


@pytest.mark.parametrize("value", [-0.1, 1.1, 50])
def test_a_percentage_is_not_a_share(value):
    words = refusal(ValueError, fraction, "share", value)
    assert words == f"share must be >= 0 and <= 1 (a share), got {value}."


def test_one_of_names_the_choices_and_the_nearest():
    assert one_of("send", "ids", ["ids", "features"]) == "ids"
    words = refusal(ValueError, one_of, "send", "feature", ["ids", "features"])
    assert words == (
        "send must be one of 'ids', 'features', got 'feature'. Did you mean 'features'?"
    )


@pytest.mark.parametrize(
    ("word", "suggestion"),
    [
        ("predict_evry", " Did you mean 'predict_every'?"),
        ("wrkers", " Did you mean 'workers'?"),
        ("temperature", ""),
        (3, ""),
    ],
)
def test_only_a_near_word_is_suggested(word, suggestion):
    assert did_you_mean(word, ["predict_every", "workers"]) == suggestion
