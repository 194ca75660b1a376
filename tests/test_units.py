"""Seconds in words: the unit a person would choose, and never a loss rounded away."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlbook.units import DAY, HOUR, MINUTE, MS, SECOND, duration, percent

fixed = settings(derandomize=True, deadline=None)  # the same examples in every run
LENGTH = {"d": DAY, "h": HOUR, "min": MINUTE, "s": SECOND, "ms": MS, "µs": 1e-6}


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.0005, "500 µs"),
        (0.001, "1.0 ms"),
        (0.0234, "23 ms"),
        (0.9996, "1.0 s"),
        (1.5, "1.5 s"),
        (90.0, "1.5 min"),
        (600.0, "10 min"),
        (3600.0, "1.0 h"),
        (26 * HOUR, "26 h"),
        (14 * DAY, "14 d"),
        (0, "0 s"),
        (-5.0, "-5.0 s"),
        (math.inf, "forever"),
        (-math.inf, "-forever"),
        (math.nan, "-"),
    ],
)
def test_a_duration_is_said_as_a_person_would(seconds, words):
    assert duration(seconds) == words


@fixed
@given(st.floats(min_value=1e-6, max_value=1e9))
def test_a_duration_reads_back_to_what_it_was(seconds):
    value, unit = duration(seconds).split()
    assert float(value) * LENGTH[unit] == pytest.approx(seconds, rel=0.051)  # two digits


@fixed
@given(st.floats(min_value=1e-6, max_value=48 * HOUR))
def test_a_duration_needs_four_characters_at_most_before_its_unit(seconds):
    assert len(duration(seconds).split()[0]) <= 4


@pytest.mark.parametrize(
    ("share", "words"),
    [
        (0.0, "0 %"),
        (1.0, "100 %"),
        (0.5, "50.0 %"),
        (0.123, "12.3 %"),
        (0.9996, "99.96 %"),
        (0.0004, "0.04 %"),
        (0.000001, "0.0001 %"),
        (math.nan, "-"),
        (math.inf, "∞ %"),
    ],
)
def test_a_share_is_said_as_a_percentage(share, words):
    assert percent(share) == words


@fixed
@given(st.floats(min_value=1e-9, max_value=1 - 1e-9))
def test_neither_a_loss_nor_a_gain_is_rounded_away(share):
    assert percent(share) not in {"0 %", "100 %"}
    value = float(percent(share).removesuffix(" %"))
    assert 0 < value < 100
    assert value == pytest.approx(100 * share, abs=0.051)
