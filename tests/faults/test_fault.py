"""Faults are data: what, where, from when, for how long."""

from __future__ import annotations

import math

import numpy as np
import pytest

import mlbook as mb
from tests.worlds import refusal


def test_a_fault_is_on_from_its_beginning_until_just_before_its_end():
    fault = mb.down("api", at=10.0, lasting=5.0)
    assert [fault.covers(now) for now in (9.99, 10.0, 14.99, 15.0)] == [False, True, True, False]


def test_each_kind_says_what_it_does():
    assert mb.down("api", at=0, lasting=1).kind == "down"
    assert mb.slow("api", at=0, lasting=1, by=0.5).kind == "slow"
    assert mb.skip_batch(at=0).kind == "skip_batch"
    for make in (mb.drop, mb.duplicate):
        assert make("api", at=0, lasting=1, share=0.5).kind == make.__name__
    for make in (mb.late, mb.reorder):
        assert make("api", at=0, lasting=1, by=2.0).kind == make.__name__
    assert mb.clock_skew(at=0, lasting=1, by=-2.0).by_s == -2.0


def test_instants_are_covered_as_one_by_one():
    fault, at_s = mb.down("api", at=10.0, lasting=5.0), np.linspace(9.0, 16.0, 29)
    assert fault.covered(at_s).tolist() == [fault.covers(now) for now in at_s]


HINT = "Durations are seconds: write 8 * mb.DAY."


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (
            lambda: mb.down("api", at=-1, lasting=1),
            f"at must be >= 0 (seconds since the start of the world), got -1. {HINT}",
        ),
        (
            lambda: mb.down("api", at=math.nan, lasting=1),
            f"at must be >= 0 (seconds since the start of the world), got nan. {HINT}",
        ),
        (
            lambda: mb.down("api", at=1, lasting=0),
            f"lasting must be > 0 (seconds), got 0. {HINT}",
        ),
        (
            lambda: mb.slow("api", at=1, lasting=1, by=-0.1),
            f"by must be >= 0 (seconds added to each call), got -0.1. {HINT}",
        ),
        (
            lambda: mb.late("activity_log", at=1, lasting=1, by=-60),
            f"by must be >= 0 (seconds that a message is late), got -60. {HINT}",
        ),
        (
            lambda: mb.clock_skew(at=1, lasting=1, by=math.inf),
            f"by must be a finite number (seconds that the clock is ahead), got inf. {HINT}",
        ),
        (
            lambda: mb.drop("api", at=1, lasting=1, share=0),
            "share must be > 0 and <= 1 (a share of the calls, events or phones), got 0. "
            "Write 0.5 for half.",
        ),
        (
            lambda: mb.offline(at=1, lasting=1, share=30),
            "share must be > 0 and <= 1 (a share of the calls, events or phones), got 30. "
            "Write 0.5 for half.",
        ),
    ],
)
def test_a_fault_that_cannot_be_is_refused_with_the_next_step(make, words):
    assert refusal(ValueError, make) == words


def test_a_time_in_words_is_refused():
    words = refusal(TypeError, lambda: mb.down("api", at="8 days", lasting=1))
    assert "at must be a number >= 0" in words
