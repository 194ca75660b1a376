"""The real log, its numbers as they were found: three campaigns, peeking, and an imbalance."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
import pytest

import mlbook as mb
from mlbook.ab import Share
from mlbook.units import DAY
from tests.worlds import refusal

CAMPAIGNS = {"all": (38, 42), "men": (46, 69), "women": (46, 46)}
N = [10_000, 10_000]
# Of the full data (26.7 million rows): click rates of random and Thompson sampling.
TRUTH = {"all": (0.0035, 0.0050), "men": (0.0051, 0.0067), "women": (0.0048, 0.0064)}


@cache
def clicks_and_rows(campaign: str) -> tuple[np.ndarray, np.ndarray]:
    """By day, cumulative: clicks and impressions of control and treatment."""
    log = mb.ab.real_log(campaign)
    day = (log["requested_at_s"] // DAY).astype(int)
    table = log.groupby([day, "arm"])["click"].agg(["sum", "size"]).unstack().cumsum()
    return table["sum"].to_numpy(), table["size"].to_numpy()


@pytest.mark.parametrize(("campaign", "p_value"), [("all", 0.654), ("men", 0.031), ("women", 1.0)])
def test_each_campaign_as_a_test_of_its_own(campaign, p_value):
    found = mb.ab.analyze(mb.ab.real_log(campaign), Share("click"), unit="row")["click"]
    assert (found.control * 1e4, found.treatment * 1e4) == pytest.approx(CAMPAIGNS[campaign])
    assert found.p_value == pytest.approx(p_value, abs=5e-4)
    by_rows = mb.ab.analyze(mb.ab.real_log(campaign), "click", unit="row")["click"]
    assert by_rows.p_value == pytest.approx(p_value, abs=5e-4)


def test_three_campaigns_tried_are_not_one():
    p_values = mb.ab.proportions(list(CAMPAIGNS.values()), N).p_value
    assert mb.ab.fisher(CAMPAIGNS["men"], N) == pytest.approx(0.039, abs=5e-4)
    assert mb.ab.holm(p_values)[1] == pytest.approx(0.094, abs=5e-4)
    together = mb.ab.stratified(list(CAMPAIGNS.values()), [N] * 3)
    assert together.odds_ratio == pytest.approx(1.21, abs=5e-3)
    assert together.p_value == pytest.approx(0.110, abs=5e-4)


def test_the_truth_would_be_found_in_a_third_of_such_weeks():
    power = [mb.ab.power(*truth, n=10_000) for truth in TRUTH.values()]
    # The rates are printed with four digits only, and the power moves with them.
    assert power == pytest.approx([0.37, 0.32, 0.33], abs=0.03)


def test_peeking_at_men_day_by_day():
    clicks, rows = clicks_and_rows("men")
    looks = mb.ab.proportions(clicks, rows)
    daily = [0.429, 0.018, 0.015, 0.009, 0.004, 0.015, 0.031]
    np.testing.assert_allclose(looks.p_value, daily, atol=6e-4)
    lift = 100 * (looks.treatment / looks.control - 1)
    np.testing.assert_allclose(lift, [38, 116, 95, 93, 94, 67, 50], atol=0.6)


def test_both_boundaries_ship_it_in_the_week_and_too_large():
    clicks, rows = clicks_and_rows("men")
    z = np.abs(mb.ab.pooled_z(clicks, rows))
    pocock, obrien = (mb.ab.boundary(kind, 7) for kind in ("pocock", "obrien_fleming"))
    assert pocock[0] == pytest.approx(2.485, abs=5e-4)
    assert (1 + np.argmax(z > pocock), 1 + np.argmax(z > obrien)) == (4, 5)


def test_the_only_campaign_that_wins_is_the_only_one_out_of_balance():
    features = ["u0", "u1", "u2", "u3"]
    logs = {campaign: mb.ab.real_log(campaign) for campaign in CAMPAIGNS}
    p_value = {
        campaign: [mb.ab.balance(pd.crosstab(log["arm"], log[name])) for name in features]
        for campaign, log in logs.items()
    }
    assert p_value["men"] == pytest.approx([0.416, 0.012, 0.688, 0.002], abs=6e-4)
    adjusted = mb.ab.holm(np.ravel(list(p_value.values()))).reshape(3, 4)
    assert adjusted.min() == pytest.approx(0.025, abs=6e-4)
    assert (adjusted < 0.05).sum(axis=1).tolist() == [0, 1, 0]


def test_the_log_names_no_user_and_a_campaign_has_to_exist():
    words = refusal(ValueError, mb.ab.analyze, mb.ab.real_log("men"), "click")
    assert 'say unit="row"' in words
    assert "Did you mean 'women'?" in refusal(ValueError, mb.ab.real_log, "womn")


def test_it_is_the_log_that_the_replay_world_serves():
    log, week = mb.ab.real_log("men"), mb.ReplayWorld("men")
    np.testing.assert_array_equal(log["requested_at_s"], week.visits.at_s)
    np.testing.assert_array_equal(log["click"], week.visits.clicked[:, 0])
    assert log["arm"].value_counts().to_dict() == {"control": 10_000, "treatment": 10_000}
