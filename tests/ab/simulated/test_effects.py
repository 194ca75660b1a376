"""Each effect: what the arms show equals its closed form, and so does what a launch would do."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import norm

from mlbook import ab
from mlbook.ab.simulated.effect import people_by_day
from tests.ab.simulated.lifts import lift, ratio_of_means

WITHIN = 4  # standard errors; the seeds are fixed
WORLD = ab.Population(seed=7, users=24_000, days=14)
SPLITS = {
    "constant": WORLD.but(effects=(ab.Constant(lift=0.1),)),
    "novelty": WORLD.but(effects=(ab.Novelty(stays=0.02, at_first=0.3, fades_days=5),)),
    "primacy": WORLD.but(effects=(ab.Primacy(stays=0.05, at_first=0.4, fades_days=5),)),
    "drift": WORLD.but(effects=(ab.Drift(by_day=-0.03),)),
    "drift and a lift": WORLD.but(effects=(ab.Drift(by_day=-0.05), ab.Novelty(at_first=0.5))),
    "old buckets": WORLD.but(effects=(ab.CarryOver(damage=0.1),)),
    "new salt": WORLD.but(effects=(ab.CarryOver(damage=0.1, same_buckets=False),)),
    "triggered": WORLD.but(effects=(ab.Triggered(share=0.3, lift=0.5),)),
    "triggered after carry-over": WORLD.but(effects=(ab.Triggered(share=0.4), ab.CarryOver())),
    "late orders": WORLD.but(effects=(ab.DelayedConversion(read_on_day=14),), order_rate=1.0),
    "scarce": WORLD.but(effects=(ab.SharedSupply(lift=0.2, stock=0.8),), order_rate=1.0),
    "ample": WORLD.but(effects=(ab.SharedSupply(lift=0.2, stock=3.0),), order_rate=1.0),
    "short of a launch": WORLD.but(
        effects=(ab.SharedSupply(lift=0.3, stock=1.12),), order_rate=1.0
    ),
    "friends": WORLD.but(effects=(ab.Spillover(lift=0.3, leak=0.5),), cluster_size=4),
    "few treated friends": WORLD.but(
        effects=(ab.Spillover(lift=0.3, leak=1.0),), cluster_size=4, treatment_share=0.2
    ),
}


@pytest.mark.parametrize("name", SPLITS)
def test_what_the_arms_show_equals_the_closed_form(name):
    users = SPLITS[name].by_user()
    for metric in ("clicks", "orders"):
        measured, error = lift(users, metric)
        assert error < 0.06  # tight enough to tell the effects apart
        assert abs(measured - SPLITS[name].naive_lift(metric)) < WITHIN * error


@pytest.mark.parametrize("name", SPLITS)
def test_users_factors_average_to_the_closed_form_of_their_arm(name):
    # Without the noise of clicks: tight enough for a wrong share of a cluster.
    world = SPLITS[name].but(users=400_000, days=10)
    people = people_by_day(world)
    for effect in world.effects:
        for day in (0, 6):
            factors = np.broadcast_to(effect.of(people[day], day), world.users)
            for arm in (False, True):
                found = factors[people[day].treated == arm]
                wanted = effect.mean(day, treated=arm, share=world.treatment_share)
                # Users of one cluster share their luck: at most 4 of them count as one.
                error = 2 * found.std() / np.sqrt(found.size)
                assert abs(found.mean() - wanted) <= WITHIN * error + 1e-12


@pytest.mark.parametrize("name", ["constant", "novelty", "primacy", "drift and a lift"])
def test_each_days_lift_equals_the_truth_of_that_day(name):
    world = SPLITS[name]
    change = next(each for each in world.effects if not isinstance(each, ab.Drift))
    log = world.log()
    for day in (0, 4, 13):
        measured, error = lift(log[log["day"] == day], "clicks")
        assert abs(measured - change.truth(day)) < WITHIN * error


@pytest.mark.parametrize(
    "name",
    # In the two worlds below, old buckets would be new ones, and late orders are read too early.
    sorted(set(SPLITS) - {"old buckets", "triggered after carry-over", "late orders"}),
)
def test_a_launch_changes_what_the_closed_form_says(name):
    # Two worlds with the same sessions: nobody is treated in one, everybody in the other.
    shares = (1 - 1e-9, 1e-9)
    everybody, nobody = (SPLITS[name].but(treatment_share=each).by_user() for each in shares)
    for metric in ("clicks", "orders"):
        measured, error = ratio_of_means(everybody[metric].to_numpy(), nobody[metric].to_numpy())
        assert abs(measured - SPLITS[name].true_lift(metric)) < WITHIN * error


@pytest.mark.parametrize(
    ("name", "metric", "truth", "shown"),
    [
        ("constant", "clicks", 0.1, 0.1),
        ("drift", "clicks", 0.0, 0.0),
        ("old buckets", "clicks", 0.0, -0.1),
        ("new salt", "clicks", 0.0, 0.0),
        ("triggered", "clicks", 0.15, 0.15),
        ("late orders", "clicks", 0.0, 0.0),
        ("scarce", "orders", 0.0, 0.2),
        ("scarce", "clicks", 0.2, 0.2),
        ("ample", "orders", 0.2, 0.2),
        ("short of a launch", "orders", 0.12, 0.3),
        ("friends", "clicks", 0.3, 1.3 / 1.075 - 1),
        ("few treated friends", "clicks", 0.3, 1.3 / 1.06 - 1),
    ],
)
def test_truth_and_appearance_are_what_can_be_worked_out_by_hand(name, metric, truth, shown):
    assert SPLITS[name].true_lift(metric) == pytest.approx(truth)
    assert SPLITS[name].naive_lift(metric) == pytest.approx(shown)
    assert SPLITS[name].true_lift("sessions") == SPLITS[name].naive_lift("sessions") == 0


def test_novelty_reads_four_times_too_high_in_its_first_week():
    # Row 14 of the plan: week 1 +7.9 %, 28 days +4.0 %, week 4 +2.1 %, long run +2 %.
    lifts = ab.Novelty(stays=0.02, at_first=0.10, fades_days=5).truth(np.arange(28))
    assert lifts[:7].mean() == pytest.approx(0.0794, abs=5e-5)
    assert lifts.mean() == pytest.approx(0.0396, abs=5e-5)
    assert lifts[21:].mean() == pytest.approx(0.0209, abs=5e-5)


@pytest.mark.parametrize(("day", "fake"), [(7, 0.37), (10, 0.21), (14, 0.08), (28, 0.002)])
def test_orders_that_come_sooner_look_like_more_orders_until_all_have_come(day, fake):
    # Row 15 of the plan.
    late = ab.DelayedConversion(control_days=4, treatment_days=2, read_on_day=day)
    world = ab.Population(days=7, effects=(late,))
    assert world.naive_lift("orders") == pytest.approx(fake, abs=0.005)
    assert world.true_lift("orders") == 0


def test_known_orders_equal_the_average_of_the_exponential_over_the_day():
    late = ab.DelayedConversion(control_days=3, treatment_days=1.5, read_on_day=9)
    clicked = 4 + (np.arange(100_000) + 0.5) / 100_000  # instants of day 4
    for treated, mean in ((False, 3.0), (True, 1.5)):
        known = 1 - np.exp(-(9 - clicked) / mean)
        assert late.sold(4, treated=treated, share=0.5) == pytest.approx(known.mean(), abs=1e-9)


def test_whose_order_is_sent_away_is_drawn_by_lot():
    users = SPLITS["scarce"].by_user()
    kept = users.groupby(users["user"] < WORLD.users // 2)[["orders", "clicks"]].sum()
    shares = (kept["orders"] / kept["clicks"]).to_numpy()  # every click is an order here
    errors = np.sqrt(shares * (1 - shares) / kept["clicks"])
    assert abs(shares[0] - shares[1]) < WITHIN * np.hypot(*errors)


def test_splitting_days_shows_the_truth_where_users_share_a_supply():
    # Row 16: naive +20 %, true 0; by days the orders do not differ at all.
    scarce = SPLITS["scarce"].but(days=28)
    switchback = scarce.but(split_by="day")
    assert switchback.naive_lift("orders") == pytest.approx(0, abs=1e-12)
    by_day = switchback.log().groupby(["arm", "day"])["orders"].sum()
    assert by_day.nunique() == 1  # the whole stock, every day
    measured, error = lift(switchback.log(), "clicks", unit="day")
    assert abs(measured - 0.2) < WITHIN * error


def test_splitting_days_shows_a_lift_where_the_supply_is_ample():
    switchback = SPLITS["ample"].but(days=28, split_by="day")
    measured, error = lift(switchback.log(), "orders", unit="day")
    assert switchback.naive_lift("orders") == pytest.approx(0.2)
    assert abs(measured - 0.2) < WITHIN * error


def test_splitting_clusters_shows_the_truth_where_users_tell_one_another():
    world = SPLITS["friends"].but(split_by="cluster")
    measured, error = lift(world.log(), "clicks", unit="cluster")
    assert world.naive_lift("clicks") == pytest.approx(0.3)
    assert abs(measured - 0.3) < WITHIN * error


def rejections(clicks: np.ndarray, users: np.ndarray) -> float:
    """Share of two-sided tests of two proportions below 0.05, with the pooled variance."""
    rates, pooled = clicks / users, clicks.sum(axis=1) / users.sum(axis=1)
    error = np.sqrt(pooled * (1 - pooled) * (1 / users).sum(axis=1))
    return float((np.abs(rates[:, 1] - rates[:, 0]) > 1.959964 * error).mean())


def whole(world: ab.Population, experiments: int) -> tuple[np.ndarray, np.ndarray]:
    many = ab.daily_counts(world, experiments)
    return many.clicks.sum(axis=2), many.users.sum(axis=2)


def test_twenty_thousand_a_a_tests_reject_at_their_nominal_rate():
    # Row 1: 5.1 %; the exact rate of a discrete test is not 5 % to the last digit.
    rate = rejections(*whole(ab.Population(seed=1, users=20_000, days=1), 20_000))
    assert abs(rate - 0.05) < WITHIN * np.sqrt(0.05 * 0.95 / 20_000)


def test_clicks_of_one_user_are_alike_so_counting_them_as_independent_rejects_too_often():
    # Row 2: 12.3 % where 5 % were promised; the delta method keeps its promise (3.9 to 5 %).
    many = ab.user_totals(ab.Population(seed=2, users=2_000, days=14), 2_000)
    clicks, sessions = many.clicks.sum(axis=2), many.sessions.sum(axis=2)
    # A session counts as much as (1 + its companions) * the variance between users says.
    beside = 0.6 * 14 * (1 + 1.0**2)  # other sessions of a session's user
    too_wide = 1 + beside * (0.1**2 / 3) / (0.1 * 0.9)
    wrong = 2 * norm.sf(1.959964 / np.sqrt(too_wide))
    assert wrong == pytest.approx(0.123, abs=0.001)
    naive = rejections(clicks, sessions)
    assert abs(naive - wrong) < WITHIN * np.sqrt(wrong * (1 - wrong) / 2_000)
    rates = (clicks / sessions)[..., None]
    residual = (many.clicks - rates * many.sessions).var(axis=2, ddof=1)
    error = np.sqrt((residual / many.sessions.mean(axis=2) ** 2 / 1_000).sum(axis=1))
    delta = (np.abs(rates[:, 1, 0] - rates[:, 0, 0]) > 1.959964 * error).mean()
    assert abs(delta - 0.05) < WITHIN * np.sqrt(0.05 * 0.95 / 2_000)


def test_daily_looks_reject_four_times_as_often_as_one():
    # Row 3: 14 equal looks: 22.0 % (exact); one look at the end 5 %.
    many = ab.daily_counts(ab.Population(seed=3, users=56_000, days=14), 10_000)
    clicks, users = many.looks()
    rates, pooled = clicks / users, clicks.sum(axis=2) / users.sum(axis=2)
    error = np.sqrt(pooled * (1 - pooled) * (1 / users).sum(axis=2))
    ever = (np.abs(rates[..., 1] - rates[..., 0]) > 1.959964 * error).any(axis=1).mean()
    assert abs(ever - 0.220) < WITHIN * np.sqrt(0.22 * 0.78 / 10_000)


def test_an_a_a_test_on_old_buckets_rejects_and_on_new_ones_does_not():
    # Row 17: 36 % and 5.4 % at 50,000 an arm with 3 % damage.
    old = ab.Population(seed=4, users=100_000, days=1, effects=(ab.CarryOver(damage=0.03),))
    new = old.but(effects=(ab.CarryOver(damage=0.03, same_buckets=False),))
    z = 0.003 / np.sqrt((0.1 * 0.9 + 0.097 * 0.903) / 50_000)
    power = norm.sf(1.959964 - z) + norm.cdf(-1.959964 - z)
    assert power == pytest.approx(0.36, abs=0.01)
    found = rejections(*whole(old, 5_000)), rejections(*whole(new, 5_000))
    assert abs(found[0] - power) < WITHIN * np.sqrt(power * (1 - power) / 5_000)
    assert abs(found[1] - 0.05) < WITHIN * np.sqrt(0.05 * 0.95 / 5_000)


def test_looking_at_the_triggered_users_finds_what_all_users_hide():
    # Row 18: a tenth of the users see the change, +3 points. (The plan's 24 and 65 % had triggered
    # users with a higher rate than the others; with equal rates the gap is wider.)
    everybody = ab.Population(seed=5, users=22_000, days=1, effects=(ab.Triggered(lift=0.3),))
    triggered = everybody.but(users=2_200, effects=(ab.Constant(lift=0.3),))
    powers = []
    for world, rate in ((everybody, 0.103), (triggered, 0.13)):
        error = np.sqrt((0.09 + rate * (1 - rate)) / (world.users / 2))
        power = norm.sf(1.959964 - (rate - 0.1) / error)
        found = rejections(*whole(world, 4_000))
        # 0.01: the normal approximation of the power, and the rejections on the wrong side
        assert abs(found - power) < WITHIN * np.sqrt(power * (1 - power) / 4_000) + 0.01
        powers.append(found)
    assert powers[1] > 4 * powers[0]


def test_the_log_tells_in_both_arms_who_meets_the_change():
    world = SPLITS["triggered"]
    log = world.log()
    assert abs(log["triggered"].mean() - 0.3) < WITHIN * np.sqrt(0.3 * 0.7 / world.users)
    measured, error = lift(log[log["triggered"]], "clicks")
    assert abs(measured - 0.5) < WITHIN * error
    measured, error = lift(log[~log["triggered"]], "clicks")
    assert abs(measured) < WITHIN * error
