"""There and away by turns: the share, the length of an absence, how fast the past is forgotten."""

from __future__ import annotations

import math

import numpy as np
import pytest

from mlbook.queueing import OnOff
from mlbook.streams import stream
from tests.worlds import refusal

THINGS, END_S = 20_000, 1000.0
EACH = np.arange(THINGS)


def things(share=0.3, lasts=10.0, seed=1):
    return OnOff(stream(seed, "on_off"), THINGS, share, lasts, END_S)


def away(what, at_s):
    return what.away(EACH, np.full(THINGS, at_s))


@pytest.mark.parametrize("at_s", [300.0, 999.0])
@pytest.mark.parametrize("share", [0.05, 0.3, 0.9])
def test_the_share_that_is_away_is_the_one_asked_for(share, at_s):
    error = math.sqrt(share * (1 - share) / THINGS)
    assert abs(away(things(share), at_s).mean() - share) < 4 * error


@pytest.mark.parametrize("later_s", [1.0, 5.0, 20.0])
def test_who_is_away_is_still_so_later_as_two_states_without_memory_say(later_s):
    share, lasts = 0.3, 10.0
    what = things(share, lasts)
    now, then = away(what, 500.0), away(what, 500.0 + later_s)
    forgets_per_s = 1 / lasts + share / (1 - share) / lasts  # the two rates together
    expected = share + (1 - share) * math.exp(-forgets_per_s * later_s)
    error = math.sqrt(expected * (1 - expected) / now.sum())
    assert abs(then[now].mean() - expected) < 4 * error


def test_all_are_there_at_first_and_the_answer_does_not_depend_on_the_company():
    what = things()
    assert not away(what, 0.0).any()
    some = np.array([5, 3, 3, 19_999])
    assert np.array_equal(what.away(some, np.full(4, 700.0)), away(what, 700.0)[some])


def test_with_a_share_of_zero_nobody_is_ever_away():
    assert not away(things(0.0), 500.0).any()


@pytest.mark.parametrize("share", [-0.1, 1.0])
def test_a_share_that_cannot_be_is_refused(share):
    words = refusal(ValueError, lambda: things(share))
    assert words.startswith("away_share must be >= 0 and <= 0.99 (share of the time away), got ")
