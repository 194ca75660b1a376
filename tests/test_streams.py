"""Named streams: the same name, the same numbers; another name, independent ones."""

from __future__ import annotations

import math

import numpy as np
import pytest

from mlbook.streams import stream
from tests.worlds import in_another_process

N = 100_000


def test_another_process_draws_the_same_numbers():
    printed = in_another_process(
        "from mlbook.streams import stream\nprint(stream(7, 'part/api').random(3).tolist())"
    )
    assert printed == str(stream(7, "part/api").random(3).tolist())


@pytest.mark.parametrize(
    ("one", "two"), [((7, "api"), (7, "db")), ((7, "api"), (8, "api")), ((0, ""), (1, ""))]
)
def test_streams_of_another_name_or_seed_are_not_correlated(one, two):
    left, right = (stream(*each).standard_normal(N) for each in (one, two))
    assert abs(np.mean(left * right)) < 4 / math.sqrt(N)  # outside by chance: 6 in 100,000


def test_how_much_one_stream_draws_does_not_move_another():
    before = stream(7, "db").random(3).tolist()
    stream(7, "api").random(1000)
    assert stream(7, "db").random(3).tolist() == before


def test_a_longer_draw_begins_with_the_shorter_one():
    assert np.array_equal(stream(7, "x").random(10)[:4], stream(7, "x").random(4))
