"""The simulated experiments, read by the library's own statistics."""

from __future__ import annotations

import numpy as np
import pytest

from mlbook import ab

WITHIN = 4  # standard errors; the seeds are fixed
SHOP = ab.Population(seed=12, users=20_000, effects=(ab.Constant(lift=0.1),))


def test_the_log_and_its_users_give_the_same_analysis():
    clicks = ab.Mean("clicks", before="clicks_before")
    by_day, by_user = (ab.analyze(table, clicks) for table in (SHOP.log(), SHOP.by_user()))
    assert by_day["clicks"].effect == pytest.approx(by_user["clicks"].effect)
    assert by_day["clicks"].p_value == pytest.approx(by_user["clicks"].p_value)


def test_the_interval_of_a_lift_holds_the_true_difference_as_often_as_it_says():
    world = SHOP.but(users=2_000)
    many = ab.user_totals(world, 1_000)
    found = ab.means(ab.Moments.of(many.clicks[:, 0]), ab.Moments.of(many.clicks[:, 1]))
    truth = world.true_lift("clicks") * world.mean("clicks")
    low, high = found.interval
    held = ((low < truth) & (truth < high)).mean()
    assert abs(held - 0.95) < WITHIN * np.sqrt(0.05 * 0.95 / 1_000)


def test_power_is_what_the_moments_of_the_population_foretell():
    world = SHOP.but(users=4_000)
    many = ab.user_totals(world, 1_000)
    found = ab.means(ab.Moments.of(many.clicks[:, 0]), ab.Moments.of(many.clicks[:, 1]))
    effect = world.true_lift("clicks") * world.mean("clicks")
    power = ab.mean_power(effect, world.sd("clicks"), 2_000)
    rejected = (found.p_value < 0.05).mean()
    # The treated spread a little more than the others: 0.02 for that.
    assert abs(rejected - power) < WITHIN * np.sqrt(power * (1 - power) / 1_000) + 0.02


def test_cuped_narrows_the_error_by_the_correlation_of_the_closed_form():
    world = SHOP.but(effects=(), users=2_000, pre_days=28)
    many = ab.user_totals(world, 500)
    plain = ab.means(ab.Moments.of(many.clicks[:, 0]), ab.Moments.of(many.clicks[:, 1]))
    arms = many.pairs("clicks", "clicks_before")
    adjusted = ab.cuped(*arms)
    cut = 1 - (adjusted.effect.std() / plain.effect.std()) ** 2
    # A ratio of two variances from 500 experiments each, which are correlated.
    assert cut == pytest.approx(world.correlation("clicks") ** 2, abs=WITHIN * 0.04)


@pytest.mark.parametrize(
    "fault",
    [ab.BotFilter(more_than=15), ab.RedirectLoss(share=0.2)],
    ids=["bot filter", "redirect"],
)
def test_a_fault_that_loses_users_gets_no_verdict(fault):
    assert "No verdict" in repr(ab.analyze(SHOP.but(fault=fault).log(), ab.Mean("clicks")))


def test_lost_rows_pass_the_ratio_of_the_users_and_fail_that_of_the_rows():
    log = SHOP.but(fault=ab.LostLogs(share=0.03)).log()
    users = log.groupby("arm")["user"].nunique()
    assert ab.srm(users.to_numpy()).p_value > 0.001
    # Whole users are assigned: so the rows of a day are compared, where each user has one.
    rows = log[log["day"] == 0]["arm"].value_counts()
    assert rows["treatment"] / users["treatment"] == pytest.approx(0.97, abs=0.01)


def test_two_clicking_bots_in_a_hundred_users_double_the_error():
    spoilt = SHOP.but(fault=ab.Bots(share=0.02, click_rate=0.1))
    plain, bots = (ab.analyze(each.log(), ab.Mean("clicks"))["clicks"] for each in (SHOP, spoilt))
    assert bots.standard_error > 2 * plain.standard_error


def test_a_switchback_is_analysed_by_days_and_clusters_by_clusters():
    days = SHOP.but(days=28, split_by="day")
    clusters = SHOP.but(cluster_size=4, split_by="cluster", effects=(ab.Spillover(lift=0.2),))
    of_days = 0.1 * days.users * days.mean("clicks") / 28
    of_clusters = 0.2 * 4 * clusters.mean("clicks")
    for world, unit, truth in ((days, "day", of_days), (clusters, "cluster", of_clusters)):
        found = ab.analyze(world.log(), ab.Mean("clicks"), unit=unit)["clicks"]
        assert abs(found.effect - truth) < WITHIN * found.standard_error


def test_a_switchback_analysed_by_users_is_refused():
    with pytest.raises(ValueError, match="must have each user in one arm"):
        ab.analyze(SHOP.but(split_by="day").log(), ab.Mean("clicks"))
