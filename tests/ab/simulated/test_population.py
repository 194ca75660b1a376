"""The simulated users: their moments, the log's form, what is refused."""

from __future__ import annotations

import numpy as np
import pytest

from mlbook import ab
from mlbook.ab.simulated.shoppers import METRICS
from tests.ab.simulated.lifts import lift, ratio_of_means

MANY = ab.Population(seed=3, users=40_000, days=14)
WITHIN = 4  # standard errors: fails for a right program once in 16,000 seeds, and the seed is fixed


@pytest.mark.parametrize("metric", METRICS)
def test_mean_and_spread_of_a_users_total_equal_their_closed_forms(metric):
    values = MANY.by_user()[metric].to_numpy(float)
    deviations = (values - MANY.mean(metric)) ** 2
    assert abs(values.mean() - MANY.mean(metric)) < WITHIN * values.std() / np.sqrt(values.size)
    error = deviations.std() / np.sqrt(values.size)  # heavy tails make it wide for revenue
    assert abs(deviations.mean() - MANY.sd(metric) ** 2) < WITHIN * error


@pytest.mark.parametrize("spread", [0.0, 0.8])
def test_the_spread_of_an_orders_value_is_in_that_of_the_revenue(spread):
    # Equal users and light tails: only then is the variance known well enough to tell.
    world = MANY.but(
        activity_spread=0.0, click_spread=0.0, order_rate=1.0, order_value_spread=spread
    )
    values = world.by_user()["revenue"].to_numpy()
    deviations = (values - world.mean("revenue")) ** 2
    error = deviations.std() / np.sqrt(values.size)
    assert error < 0.04 * world.sd("revenue") ** 2
    assert abs(deviations.mean() - world.sd("revenue") ** 2) < WITHIN * error


@pytest.mark.parametrize("spread", [0.0, 0.5, 2.0])
def test_equal_users_and_very_unequal_ones_have_the_spread_that_was_asked_for(spread):
    world = ab.Population(seed=1, users=40_000, days=7, activity_spread=spread, click_spread=0.5)
    values = world.by_user()["clicks"].to_numpy(float)
    deviations = (values - world.mean("clicks")) ** 2
    error = deviations.std() / np.sqrt(values.size)
    assert abs(deviations.mean() - world.sd("clicks") ** 2) < WITHIN * error


@pytest.mark.parametrize("metric", ["sessions", "clicks"])
@pytest.mark.parametrize("pre_days", [7, 56])
def test_the_past_foretells_the_present_as_well_as_the_closed_form_says(metric, pre_days):
    world = MANY.but(pre_days=pre_days)
    users = world.by_user()
    now, past = users[metric].to_numpy(float), users[f"{metric}_before"].to_numpy(float)
    product = (now - now.mean()) * (past - past.mean()) / now.std() / past.std()
    error = product.std() / np.sqrt(product.size)  # an upper bound for a correlation's error
    assert abs(product.mean() - world.correlation(metric)) < WITHIN * error


def test_cuped_cuts_the_variance_by_the_square_of_the_correlation():
    # Row 12 of the plan: .5 -> 25 %, .7 -> 49 %. Regression on the past leaves 1 - rho^2.
    for pre_days in (7, 28, 200):
        users = MANY.but(pre_days=pre_days, sessions_per_day=1.0, click_rate=0.2).by_user()
        now, past = users["clicks"].to_numpy(float), users["clicks_before"].to_numpy(float)
        theta = np.cov(now, past)[0, 1] / past.var(ddof=1)
        cut = 1 - (now - theta * past).var() / now.var()
        rho = MANY.but(pre_days=pre_days, sessions_per_day=1.0, click_rate=0.2).correlation(
            "clicks"
        )
        assert cut == pytest.approx(rho**2, abs=0.03)  # its standard error is below 0.0075


def test_a_week_of_twice_the_days_has_twice_the_mean():
    assert MANY.but(days=28).mean("revenue") == pytest.approx(2 * MANY.mean("revenue"))


def test_the_log_has_one_row_a_user_and_day_and_never_more_clicks_than_sessions():
    log = ab.Population(seed=2, users=300, days=5).log()
    assert len(log) == 300 * 5
    assert not log.duplicated(["user", "day"]).any()
    assert (log.groupby("user")["arm"].nunique() == 1).all()
    assert set(log["arm"]) == {"control", "treatment"}
    assert (log["clicks"] <= log["sessions"]).all()
    assert (log["orders"] <= log["clicks"]).all()
    assert ((log["revenue"] > 0) == (log["orders"] > 0)).all()
    assert (log.groupby("user")["clicks_before"].nunique() == 1).all()


def test_one_row_a_user_adds_up_the_days_and_leaves_the_past_as_it_is():
    world = ab.Population(seed=2, users=300, days=5, effects=(ab.Triggered(),))
    log, users = world.log(), world.by_user()
    assert users["clicks"].to_numpy().tolist() == log.groupby("user")["clicks"].sum().tolist()
    first = log[log["day"] == 0]
    for name in ("clicks_before", "revenue_before", "triggered", "arm"):
        assert users[name].tolist() == first[name].tolist()


def test_the_same_seed_gives_the_same_log_and_another_seed_another():
    one, two = (ab.Population(seed=5, users=200, days=3).log() for _ in range(2))
    assert one.equals(two)
    assert not one.equals(ab.Population(seed=6, users=200, days=3).log())


def test_an_effect_changes_neither_who_is_where_nor_the_past_nor_the_sessions():
    plain = ab.Population(seed=5, users=500, days=3)
    other = plain.but(effects=(ab.Constant(lift=0.5), ab.Triggered(lift=0.2)))
    for name in ("user", "arm", "sessions", "sessions_before", "revenue_before"):
        assert plain.log()[name].equals(other.log()[name])


def test_the_share_of_the_treated_is_what_was_asked_for():
    log = ab.Population(seed=1, users=40_000, days=1, treatment_share=0.1).log()
    share = (log["arm"] == "treatment").mean()
    assert abs(share - 0.1) < WITHIN * np.sqrt(0.1 * 0.9 / 40_000)


def test_clusters_are_split_whole_and_days_alternate_for_everybody():
    log = ab.Population(seed=1, users=400, days=6, cluster_size=4, split_by="cluster").log()
    assert (log.groupby("cluster")["arm"].nunique() == 1).all()
    assert log.groupby("cluster")["user"].nunique().eq(4).all()
    log = ab.Population(seed=1, users=400, days=6, split_by="day").log()
    assert (log.groupby("day")["arm"].nunique() == 1).all()
    assert log.drop_duplicates("day")["arm"].value_counts().tolist() == [3, 3]


@pytest.mark.parametrize(
    "world",
    [
        ab.Population(seed=8, users=20_000, days=10, treatment_share=0.3),
        ab.Population(seed=8, users=20_000, days=10, effects=(ab.Constant(lift=0.2),)),
        ab.Population(seed=8, users=20_000, days=10, split_by="day", effects=(ab.Constant(),)),
    ],
    ids=["unequal arms", "a lift", "days"],
)
def test_the_totals_of_both_arms_equal_their_expectation(world):
    log, expected = world.log(), world.expected()
    for metric in METRICS:
        by_user = log.pivot_table(index="user", columns="arm", values=metric, aggfunc="sum")
        values = by_user.reindex(range(world.users)).fillna(0)
        for arm in values:
            error = values[arm].std() * np.sqrt(world.users)
            assert abs(values[arm].sum() - expected.loc[arm, metric]) < WITHIN * error
    assert expected["users"].sum() == world.users * (2 if world.split_by == "day" else 1)


def test_an_a_a_test_shows_nothing():
    measured, error = lift(MANY.log(), "clicks")
    assert MANY.true_lift("clicks") == MANY.naive_lift("clicks") == 0
    assert abs(measured) < WITHIN * error


def test_many_experiments_at_once_follow_the_law_of_one_log():
    world = ab.Population(seed=4, users=400, days=10, effects=(ab.Constant(lift=0.5),))
    many = ab.user_totals(world, 200)
    for metric in METRICS:
        arms = getattr(many, metric)
        control = arms[:, 0].ravel().astype(float)
        error = control.std() / np.sqrt(control.size)
        assert abs(control.mean() - world.mean(metric)) < WITHIN * error
        measured, error = ratio_of_means(arms[:, 1].ravel().astype(float), control)
        assert abs(measured - world.naive_lift(metric)) < WITHIN * error
    past, now = many.clicks_before[:, 0].ravel(), many.clicks[:, 0].ravel()
    rho = np.corrcoef(past, now)[0, 1]
    error = 3 / np.sqrt(past.size)  # 1 for normal totals; these have heavier tails
    assert abs(rho - world.correlation("clicks")) < WITHIN * error


def test_daily_counts_add_up_to_all_users_and_click_at_the_rate_of_their_arm():
    world = ab.Population(seed=4, users=7_000, days=7, effects=(ab.Novelty(at_first=1.0),))
    many = ab.daily_counts(world, 2_000)
    assert many.clicks.shape == (2_000, 2, 7)
    assert (many.users.sum(axis=(1, 2)) == 7_000).all()
    rates = many.clicks.sum(axis=0) / many.users.sum(axis=0)
    wanted = 0.1 * np.stack([np.ones(7), 1 + world.effects[0].truth(np.arange(7))])
    errors = np.sqrt(wanted * (1 - wanted) / many.users.sum(axis=0))
    assert (np.abs(rates - wanted) < WITHIN * errors).all()
    bought, clicked = many.orders.sum(), many.clicks.sum()
    assert abs(bought / clicked - 0.2) < WITHIN * np.sqrt(0.2 * 0.8 / clicked)


def test_a_ramp_under_a_drift_turns_the_sign_as_simpson_says():
    # Row 13: better on both days, worse in total. Treated share 1 % on day 0, 50 % on day 1.
    better = (ab.Constant(lift=0.15), ab.Drift(by_day=-0.5))
    world = ab.Population(seed=1, users=2_000_000, days=2, click_rate=0.02, effects=better)
    many = ab.daily_counts(world, 20, ramp=(0.01, 0.5))
    clicks, users = many.clicks.sum(axis=0), many.users.sum(axis=0)
    by_day = clicks / users
    assert (by_day[1] > by_day[0]).all()
    pooled = clicks.sum(axis=1) / users.sum(axis=1)
    control = (0.99 * 0.02 + 0.5 * 0.01) / 1.49
    treatment = 1.15 * (0.01 * 0.02 + 0.5 * 0.01) / 0.51
    errors = np.sqrt(pooled / users.sum(axis=1))
    assert abs(pooled[0] - control) < WITHIN * errors[0]
    assert abs(pooled[1] - treatment) < WITHIN * errors[1]
    assert pooled[1] < pooled[0]


@pytest.mark.parametrize(
    ("knobs", "error", "words"),
    [
        ({"users": 1}, ValueError, "users must be >= 2 (users in both arms together), got 1."),
        ({"days": 0}, ValueError, "days must be >= 1 (days of the experiment), got 0."),
        ({"days": 1.5}, TypeError, "days must be a whole number"),
        ({"click_rate": -0.1}, ValueError, "click_rate must be > 0 and <= 1 (clicks a session)"),
        ({"sessions_per_day": 0}, ValueError, "sessions_per_day must be > 0"),
        ({"treatment_share": 1.0}, ValueError, "1 - treatment_share must be > 0"),
        ({"split_by": "users"}, ValueError, "Did you mean 'user'?"),
        ({"cluster_size": 3}, ValueError, "cluster_size must divide users (whole clusters), got 3"),
        ({"days": 1, "split_by": "day"}, ValueError, "days must leave days in both arms"),
        ({"effects": ab.Constant()}, TypeError, "with the comma."),
        ({"effects": (ab.LostLogs(),)}, TypeError, "effects must be a tuple of effects"),
        ({"fault": ab.Constant()}, TypeError, "fault must be one fault of a log"),
        ({"effects": (ab.Constant(), ab.Constant())}, ValueError, "got 2 times Constant."),
        ({"effects": (ab.SharedSupply(), ab.Drift())}, ValueError, "SharedSupply alone"),
        ({"effects": (ab.Spillover(),)}, ValueError, "Write Population(cluster_size=4, ...)."),
        ({"effects": (ab.Constant(lift=5),)}, ValueError, "the keenest user's chance of a click"),
        (
            {"effects": (ab.Drift(by_day=-0.5),)},
            ValueError,
            "the rate on the last day must be >= 0",
        ),
        ({"effects": (ab.DelayedConversion(),)}, ValueError, "read_on_day must be >= 14"),
        (
            {"effects": (ab.CarryOver(),), "split_by": "day"},
            ValueError,
            "split_by must be 'user' (CarryOver hurts users, not days), got 'day'.",
        ),
        (
            {"effects": (ab.SharedSupply(),), "split_by": "cluster"},
            ValueError,
            "split_by must be 'user' or 'day' (all clusters buy from one stock), got 'cluster'.",
        ),
        ({"fault": ab.Bots(), "split_by": "day"}, ValueError, "fault must be left out"),
        ({"fault": ab.Bots(share=1e-9)}, ValueError, "share * users must be >= 1 (bots in all)"),
        ({"fault": ab.RedirectLoss(), "activity_spread": 0}, ValueError, "activity_spread=1.0."),
    ],
)
def test_what_cannot_be_is_refused_with_the_next_step(knobs, error, words):
    with pytest.raises(error) as caught:
        ab.Population(**knobs)
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: ab.Constant(lift=-1), "lift must be > -1"),
        (lambda: ab.Novelty(at_first=-0.1), "use Primacy"),
        (lambda: ab.Novelty(fades_days=0), "fades_days must be > 0 (days), got 0."),
        (lambda: ab.Primacy(stays=0, at_first=1), "stays - at_first must be > -1"),
        (lambda: ab.CarryOver(damage=3), "damage must be >= 0 and <= 1"),
        (
            lambda: ab.Triggered(share=0),
            "share must be > 0 and <= 1 (a share of the users), got 0.",
        ),
        (lambda: ab.DelayedConversion(control_days=0), "control_days must be > 0"),
        (lambda: ab.SharedSupply(stock=0), "stock must be > 0"),
        (lambda: ab.Spillover(leak=2), "leak must be >= 0 and <= 1"),
        (lambda: ab.LostLogs(share=1), "1 - share must be > 0"),
        (lambda: ab.LostLogs(arm="B"), "arm must be one of 'control', 'treatment'"),
        (lambda: ab.BotFilter(more_than=0), "more_than must be >= 1"),
        (lambda: ab.DoubleLogging(share=2), "share must be > 0 and <= 1"),
        (lambda: MANY.mean("click"), "Did you mean 'clicks'?"),
        (lambda: MANY.naive_lift(per="user"), "Did you mean 'users'?"),
        (lambda: MANY.but(split_by="day").by_user(), "split_by must be 'user' or 'cluster'"),
        (lambda: ab.daily_counts(MANY, 0), "experiments must be >= 1"),
        (lambda: ab.daily_counts(MANY.but(users=10), 5), "Take more users or fewer days."),
        (lambda: ab.daily_counts(MANY, 5, ramp=(0.5,)), "ramp must have one share a day (days=14)"),
        (lambda: ab.daily_counts(MANY.but(fault=ab.Bots()), 5), "got Bots."),
        (lambda: ab.user_totals(MANY.but(effects=(ab.SharedSupply(),)), 5), "got SharedSupply."),
        (lambda: ab.user_totals(MANY, 10_000), "Take fewer experiments or users."),
    ],
)
def test_a_wrong_plug_in_or_question_is_refused(make, words):
    with pytest.raises(ValueError, match="must") as caught:
        make()
    assert words in str(caught.value)
