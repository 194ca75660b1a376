"""Each fault: what it makes of the log equals its closed form, and who notices it."""

from __future__ import annotations

import numpy as np
import pytest

from mlbook import ab
from tests.ab.simulated.lifts import lift

WITHIN = 4  # standard errors; the seeds are fixed
WORLD = ab.Population(seed=9, users=40_000, days=10, effects=(ab.Constant(lift=0.05),))
SPOILT = {
    "crawlers": ab.Bots(share=0.05, sessions_per_day=3),
    "clicking bots": ab.Bots(share=0.05, sessions_per_day=3, click_rate=0.5),
    "bot filter": ab.BotFilter(more_than=15),
    "bot filter on the control": ab.BotFilter(more_than=5, arm="control"),
    "lost rows": ab.LostLogs(share=0.1),
    "most rows lost": ab.LostLogs(share=0.9, arm="control"),
    "redirect": ab.RedirectLoss(share=0.3),
    "doubled rows": ab.DoubleLogging(share=0.2),
}


def test_the_list_holds_every_fault():
    assert {type(fault) for fault in SPOILT.values()} == set(ab.LogFault.__subclasses__())


@pytest.mark.parametrize("name", SPOILT)
def test_what_a_user_of_the_spoilt_log_shows_equals_the_closed_form(name):
    world = WORLD.but(fault=SPOILT[name])
    users = world.by_user()
    for metric in ("sessions", "clicks"):
        measured, error = lift(users, metric)
        assert error < 0.06 * (1 + measured)
        assert abs(measured - world.naive_lift(metric)) < WITHIN * error


@pytest.mark.parametrize("name", SPOILT)
def test_clicks_a_session_of_the_spoilt_log_equal_the_closed_form(name):
    world = WORLD.but(fault=SPOILT[name])
    measured, error = lift(world.by_user(), "clicks", per="sessions")
    assert abs(measured - world.naive_lift("clicks", per="sessions")) < WITHIN * error


@pytest.mark.parametrize("name", SPOILT)
def test_the_users_and_totals_of_each_arm_equal_their_expectation(name):
    world = WORLD.but(fault=SPOILT[name])
    by_user, expected = world.by_user(), world.expected()
    totals = by_user.set_index("arm")["sessions"]
    users = by_user["arm"].value_counts()
    for arm in ("control", "treatment"):
        wanted = expected.loc[arm, "users"]
        assert abs(users[arm] - wanted) < WITHIN * np.sqrt(world.users / 4)  # 0.25: a fair coin
        error = totals[arm].std() * np.sqrt(users[arm]) + totals[arm].mean() * np.sqrt(
            world.users / 4
        )
        assert abs(totals[arm].sum() - expected.loc[arm, "sessions"]) < WITHIN * error


def test_without_spread_the_filter_follows_the_poisson_law():
    world = WORLD.but(activity_spread=0, fault=ab.BotFilter(more_than=6))
    measured, error = lift(world.log(), "clicks")
    assert abs(measured - world.naive_lift("clicks")) < WITHIN * error


def test_a_bot_filter_that_takes_the_keenest_users_turns_the_sign():
    # Row 10: the launch brings five per cent, the log shows a loss, the sample ratio tells.
    world = WORLD.but(fault=ab.BotFilter(more_than=15))
    measured, error = lift(world.log(), "clicks")
    assert world.true_lift("clicks") == pytest.approx(0.05)
    assert measured < -3 * error
    users = world.log().groupby("arm")["user"].nunique()
    z = (users["treatment"] - users["control"]) / np.sqrt(users.sum())
    assert z < -4


def test_lost_rows_leave_the_users_ratio_and_clicks_a_session_alone():
    world = WORLD.but(fault=ab.LostLogs(share=0.1))
    assert world.expected()["users"].tolist() == pytest.approx([20_000, 20_000])
    assert world.naive_lift("clicks") == pytest.approx(1.05 * 0.9 - 1)
    assert world.naive_lift("clicks", per="sessions") == pytest.approx(0.05)


def test_doubled_rows_stand_twice_in_the_log_and_only_in_their_arm():
    log = WORLD.but(fault=ab.DoubleLogging(share=0.2)).log()
    twice = log[log.duplicated(["user", "day"])]
    assert set(twice["arm"]) == {"treatment"}
    treated = (log["arm"] == "treatment").sum() - len(twice)
    assert abs(len(twice) / treated - 0.2) < WITHIN * np.sqrt(0.2 * 0.8 / treated)


def test_a_redirect_loses_users_and_so_flatters_the_rest():
    world = WORLD.but(effects=(), fault=ab.RedirectLoss(share=0.3))
    expected = world.expected()["users"]
    assert expected["treatment"] < 0.85 * expected["control"]
    assert world.true_lift("clicks") == 0 < 0.05 < world.naive_lift("clicks")


def test_bots_have_numbers_of_their_own_no_past_and_no_orders():
    log = WORLD.but(users=1_000, fault=ab.Bots(share=0.05)).log()
    bots = log[log["user"] >= 1_000]
    assert bots["user"].nunique() == 50
    assert (bots[["orders", "revenue", "clicks_before", "sessions_before"]] == 0).all(axis=None)
    assert set(bots["arm"]) == {"control", "treatment"}
    assert not log.duplicated(["user", "day"]).any()
