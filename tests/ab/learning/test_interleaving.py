"""How many impressions an interleaved list needs."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import norm

from mlbook import ab


def test_the_preference_of_the_plan_needs_fourteen_times_fewer_impressions():
    # Row 24: 53 of 100 clicks, ten clicks in 100 impressions.
    z = norm.isf(0.025) + norm.ppf(0.8)
    one_arm = z**2 * 2 * 0.1 * 0.9 / 0.003**2  # A/B at 10.0 against 10.3 clicks in 100
    assert one_arm == pytest.approx(156_980, abs=3)  # the plan: a t test
    assert ab.interleaved_impressions(0.53, 0.10) == 21_803
    assert 2 * one_arm / ab.interleaved_impressions(0.53, 0.10) == pytest.approx(14.4, abs=0.05)


def test_with_so_many_impressions_the_preference_is_found_as_often_as_promised():
    rng, size = np.random.default_rng(2), ab.interleaved_impressions(0.55, 0.2, power=0.9)
    clicks = rng.binomial(size, 0.2, 20_000)
    better = rng.binomial(clicks, 0.55)
    z = (better - clicks / 2) / np.sqrt(clicks / 4)
    found = (np.abs(z) > norm.isf(0.025)).mean()
    assert found == pytest.approx(0.9, abs=0.01)  # 4 SE are 0.0085; the rest is the coin's variance


def test_either_side_of_one_half_is_the_same_and_certainty_is_quick():
    assert ab.interleaved_impressions(0.47, 0.1) == ab.interleaved_impressions(0.53, 0.1)
    assert ab.interleaved_impressions(1.0, 1.0) == 8


@pytest.mark.parametrize(
    ("arguments", "knobs", "words"),
    [
        ((0.5, 0.1), {}, "preference must differ from 0.5"),
        ((1.2, 0.1), {}, "preference must be >= 0 and <= 1"),
        ((0.6, 0), {}, "click_rate must be > 0 and <= 1"),
        ((0.6, 0.1), {"power": 1}, "1 - power must be > 0"),
        ((0.6, 0.1), {"alpha": 0}, "alpha must be > 0"),
    ],
)
def test_what_cannot_be_is_refused(arguments, knobs, words):
    with pytest.raises(ValueError, match="must") as caught:
        ab.interleaved_impressions(*arguments, **knobs)
    assert words in str(caught.value)
