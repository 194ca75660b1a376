"""The real week: its counts, times and clicks are the file's, and nothing is made up."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
import pytest

import mlbook as mb
from mlbook.files import data_file
from tests.worlds import refusal

CLICKS = {"all": 80, "men": 115, "women": 92}  # data/README.md
SEGMENTS = {"all": 280, "men": 265, "women": 245}
ITEMS = {"all": 80, "men": 34, "women": 46}
CAMPAIGNS = list(CLICKS)


@cache
def week(campaign):
    return mb.ReplayWorld(campaign)


@pytest.mark.parametrize("campaign", CAMPAIGNS)
def test_counts_are_those_of_the_dictionary(campaign):
    world = week(campaign)
    assert len(world.visits) == world.activity.at_s.size == 20_000
    assert world.visits.clicked.sum() == CLICKS[campaign]
    assert world.users == SEGMENTS[campaign]
    assert world.catalog.n_items == ITEMS[campaign]


@pytest.mark.parametrize(("policy", "clicks"), [("bts", 69), ("random", 46)])
def test_one_policy_is_half_of_the_visits(policy, clicks):
    world = mb.ReplayWorld("men", policy=policy)
    assert (len(world.visits), world.visits.clicked.sum()) == (10_000, clicks)


def test_times_items_and_clicks_are_those_of_the_file():
    log = pd.read_csv(data_file("obd_clicks.csv.gz")).query("campaign == 'men'")
    visits = week("men").visits
    mine = pd.DataFrame(
        {
            "requested_at_s": visits.at_s.astype(int),
            "item": visits.slate[:, 0],
            "click": visits.clicked[:, 0].astype(int),
        }
    )
    columns = list(mine.columns)
    theirs = log[columns].sort_values(columns, ignore_index=True)
    pd.testing.assert_frame_equal(mine.sort_values(columns, ignore_index=True), theirs)


def test_a_segment_is_one_tuple_of_user_features():
    world = week("men")
    log = pd.read_csv(data_file("obd_clicks.csv.gz")).query("campaign == 'men'")
    sizes = log.groupby(["u0", "u1", "u2", "u3"]).size()
    assert np.array_equal(np.bincount(world.visits.user), sizes.to_numpy())
    assert np.array_equal(world.segments["impressions"], sizes.to_numpy())


def test_time_runs_forward_within_the_week():
    at_s = week("men").visits.at_s
    assert (np.diff(at_s) >= 0).all()
    assert 0 <= at_s[0] < at_s[-1] < 7 * mb.DAY == week("men").horizon_s


def test_an_impression_is_known_to_features_one_second_later():
    world = week("men")
    assert np.array_equal(world.activity.at_s, world.visits.at_s + 1)
    assert np.array_equal(world.activity.user, world.visits.user)
    assert np.array_equal(world.activity.item, world.visits.slate[:, 0])
    first = [np.flatnonzero(world.visits.user == user)[0] for user in range(20)]
    user, item = world.visits.user[first], world.visits.slate[first, 0]
    assert not world.features(user, item, world.visits.at_s[first])[:, 1].any()


def test_labels_are_the_impressions_of_the_last_four_days():
    world, until_s = week("men"), 5 * mb.DAY
    rows = world.labelled(until_s)
    at_s = world.visits.at_s
    expected = (at_s <= until_s) & (at_s > until_s - 4 * mb.DAY)
    assert len(rows) == expected.sum()
    assert rows.clicked.sum() == world.visits.clicked[expected].sum()


def test_a_real_log_has_no_truth_and_says_why():
    words = refusal(AttributeError, lambda: week("men").truth)
    assert "only the click of the item that was shown is known" in words
    assert "Use mb.World" in words


def test_a_real_log_earns_nothing_that_was_not_recorded():
    run = mb.run(mb.SharedDb(), week("men"))
    table = mb.measure.readable(run.summary())
    assert np.isnan(run.summary()["revenue_per_day"].item())
    assert table.loc["revenue per day"].item() == "-"


def test_both_patterns_show_what_the_shop_showed():
    for run in mb.compare(week("men"), rest=mb.RestApi(), nightly=mb.SharedDb()).values():
        visits = week("men").visits
        assert np.array_equal(run.log["item"], visits.slate[run.log["visit"], 0])
        assert run.log["click"].sum() == visits.clicked[visits.at_s >= 1 * mb.DAY].sum()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (
            ("mens",),
            "campaign must be one of 'all', 'men', 'women', got 'mens'. Did you mean 'men'",
        ),
        (
            ("men", "rand"),
            "policy must be one of 'random', 'bts', 'both', got 'rand'. Did you mean",
        ),
    ],
)
def test_a_misspelt_campaign_is_refused_with_a_suggestion(arguments, words):
    assert words in refusal(ValueError, mb.ReplayWorld, *arguments)
