"""How many announced wins are none: Bayes' rule, and a simulated team."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import norm

from mlbook import ab


@pytest.mark.parametrize(
    ("rate", "risk"), [(1 / 3, 0.059), (0.15, 0.150), (0.10, 0.220), (0.08, 0.264)]
)
def test_the_risk_of_the_plan(rate, risk):
    # Row 20; R. Kohavi, A. Deng, L. Vermeer (KDD 2022) give the same table.
    assert ab.false_positive_risk(rate) == pytest.approx(risk, abs=0.0006)


def test_a_team_that_tests_many_ideas_meets_the_risk():
    rng, ideas = np.random.default_rng(1), 400_000
    good = rng.random(ideas) < 0.1
    effect = norm.isf(0.025) + norm.ppf(0.8)  # in standard errors: a power of 80 %
    wins = rng.normal(good * effect) > norm.isf(0.025)
    risk = ab.false_positive_risk(0.1)
    found = (wins & ~good).sum() / wins.sum()
    assert abs(found - risk) < 4 * np.sqrt(risk * (1 - risk) / wins.sum())


def test_when_every_idea_is_good_no_win_is_false():
    assert ab.false_positive_risk(1.0) == 0


@pytest.mark.parametrize(
    ("knobs", "words"),
    [
        ({"success_rate": 0}, "success_rate must be > 0 and <= 1"),
        ({"success_rate": 0.1, "alpha": 0}, "alpha must be > 0 and <= 1"),
        ({"success_rate": 0.1, "power": 1.5}, "power must be > 0 and <= 1"),
    ],
)
def test_shares_that_cannot_be_are_refused(knobs, words):
    with pytest.raises(ValueError, match="must") as caught:
        ab.false_positive_risk(**knobs)
    assert words in str(caught.value)
