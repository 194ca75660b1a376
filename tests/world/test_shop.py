"""The simulated shop: seeded, true to its own truth, with choices that have consequences."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

import mlbook as mb
from mlbook.files import data_file
from mlbook.world.shop import BUYS, CATEGORIES, HOURLY, N_CATEGORIES, N_ITEMS
from tests.worlds import fingerprint, in_another_process, refusal, shop, small


def z_score(happened, probability):
    """Standard errors between how often something happened and how often it should."""
    spread = math.sqrt((probability * (1 - probability)).sum())
    return float((happened.sum() - probability.sum()) / spread)


def test_another_process_makes_the_same_world():
    printed = in_another_process(
        "world = worlds.small()\n"
        "print(worlds.fingerprint(vars(world.visits)), worlds.fingerprint(vars(world.activity)))"
    )
    mine = small()
    assert printed == f"{fingerprint(vars(mine.visits))} {fingerprint(vars(mine.activity))}"


def test_another_seed_makes_another_world():
    other = mb.World(seed=12, days=7, users=60)
    assert fingerprint(vars(other.visits)) != fingerprint(vars(small().visits))


def test_one_dial_moves_no_draws_of_another_part():
    restless = mb.World(seed=11, days=7, users=60, events_per_user_day=3.0, taste_drift=0.0)
    for name in ("at_s", "user", "slate", "shown"):
        assert np.array_equal(getattr(restless.visits, name), getattr(small().visits, name)), name


@pytest.mark.parametrize("slate_size", [1, 6, 60])
def test_a_slate_holds_distinct_items(slate_size):
    slate = np.sort(mb.World(seed=1, days=1, users=40, slate_size=slate_size).visits.slate)
    assert slate.shape[1] == slate_size
    assert (np.diff(slate, axis=1) > 0).all()
    assert slate.min() >= 0
    assert slate.max() < N_ITEMS


def test_every_item_is_a_candidate_equally_often_wherever_it_stands():
    slate = shop().visits.slate
    # 60 items, 6 positions, 4 standard errors: a false alarm in 2 of 100 seeds; this one is fixed.
    for position in range(slate.shape[1]):
        seen = np.bincount(slate[:, position], minlength=N_ITEMS)
        expected = slate.shape[0] / N_ITEMS
        assert np.abs(seen - expected).max() < 4 * math.sqrt(expected)


def test_candidates_are_clicked_as_often_as_the_truth_says():
    # Two-sided 4 standard errors are a false alarm in 6 of 100,000; the seed is fixed.
    clicked, truth = shop().visits.clicked, shop().truth
    assert abs(z_score(clicked, truth)) < 4
    for low, high in [(0.0, 0.1), (0.1, 0.3), (0.3, 0.6), (0.6, 1.0)]:
        some = (truth >= low) & (truth < high)
        assert some.sum() > 1000
        assert abs(z_score(clicked[some], truth[some])) < 4


@pytest.mark.parametrize("position", range(6))
def test_the_truth_holds_at_every_position(position):
    clicked, truth = shop().visits.clicked, shop().truth
    assert abs(z_score(clicked[:, position], truth[:, position])) < 4


def test_candidates_of_one_slate_have_luck_of_their_own():
    surprise = shop().visits.clicked - shop().truth
    left, right = surprise[:, 0], surprise[:, 1]
    assert abs((left * right).mean()) < 4 * left.std() * right.std() / math.sqrt(left.size)


def test_a_quarter_of_the_clicks_buys_at_the_items_price():
    visits = shop().visits
    bought = visits.revenue > 0
    assert not (bought & ~visits.clicked).any()
    assert abs(z_score(bought[visits.clicked], np.full(visits.clicked.sum(), BUYS))) < 4
    assert np.array_equal(visits.revenue[bought], shop().price[visits.slate[bought]])


def test_what_was_shown_before_the_model_was_chosen_by_chance():
    shown = np.bincount(shop().visits.shown, minlength=6)
    expected = len(shop().visits) / 6
    assert np.abs(shown - expected).max() < 4 * math.sqrt(expected)


def test_a_user_clicks_more_on_what_he_is_interested_in():
    world = shop()
    category = world.catalog.category[world.visits.slate]
    wanted = world.interest(world.visits.user, world.visits.at_s)[:, None] == category
    assert world.truth[wanted].mean() > 3 * world.truth[~wanted].mean()


@pytest.mark.parametrize("hours_later", [6, 48])
def test_an_interest_lasts_as_long_as_its_dial_says(hours_later):
    users, holds = 4000, 1 * mb.DAY
    world = mb.World(seed=3, days=4, users=users, interest_holds=holds, visits_per_user_day=0.01)
    who, now = np.arange(users), np.full(users, 1 * mb.DAY)
    same = world.interest(who, now) == world.interest(who, now + hours_later * mb.HOUR)
    kept = math.exp(-hours_later * mb.HOUR / holds)
    assert abs(z_score(same, np.full(users, kept + (1 - kept) / N_CATEGORIES))) < 4


def test_three_quarters_of_the_events_follow_the_interest():
    world = shop()
    log = world.activity
    follows = world.catalog.category[log.item] == world.interest(log.user, log.at_s)
    share = 0.75 + 0.25 / N_CATEGORIES
    assert abs(z_score(follows, np.full(follows.size, share))) < 4


def test_without_drift_the_taste_of_a_category_does_not_depend_on_the_day():
    flat = mb.World(seed=2, days=9, users=100, taste_drift=0.0)
    category = flat.catalog.category[flat.visits.slate]
    wanted = flat.interest(flat.visits.user, flat.visits.at_s)[:, None] == category
    item = flat.visits.slate
    first = {}
    for key, truth in zip(zip(item.flat, wanted.flat, strict=True), flat.truth.flat, strict=True):
        assert truth == pytest.approx(first.setdefault(key, truth), abs=1e-12)


def flips_on_day_4():
    dials = {"seed": 2, "days": 8, "users": 300}
    return mb.World(**dials), mb.World(**dials, taste_flips_at=4 * mb.DAY)


def test_until_its_taste_flips_a_shop_is_the_one_whose_taste_never_does():
    usual, flips = flips_on_day_4()
    before = usual.visits.at_s < 4 * mb.DAY
    for name in vars(usual.visits):
        now, then = getattr(flips.visits, name), getattr(usual.visits, name)
        assert np.array_equal(now[before], then[before]), name
    assert not np.array_equal(flips.visits.clicked, usual.visits.clicked)


def test_a_flip_moves_no_random_draw_of_the_shop():
    usual, flips = flips_on_day_4()
    for name in ("at_s", "user", "slate", "shown"):
        assert np.array_equal(getattr(flips.visits, name), getattr(usual.visits, name)), name
    for name in ("at_s", "user", "item"):
        assert np.array_equal(getattr(flips.activity, name), getattr(usual.activity, name)), name
    who, now = np.arange(300), np.full(300, 6 * mb.DAY)
    assert np.array_equal(flips.interest(who, now), usual.interest(who, now))
    # The same luck: a candidate with a better chance than before is clicked if it was before.
    better = flips.truth >= usual.truth
    assert (flips.visits.clicked | ~usual.visits.clicked)[better].all()
    assert (usual.visits.clicked | ~flips.visits.clicked)[~better].all()


def test_a_flip_turns_what_is_liked_into_its_opposite_from_its_instant_on():
    usual, flips = flips_on_day_4()
    at_s = [4 * mb.DAY - 0.001, 4 * mb.DAY, 7 * mb.DAY]
    np.testing.assert_allclose(flips.taste(at_s), usual.taste(at_s) * [[1], [-1], [-1]])
    logit = [np.log(world.truth / (1 - world.truth)) for world in (flips, usual)]
    category = usual.catalog.category[usual.visits.slate]
    after = usual.visits.at_s >= 4 * mb.DAY
    turned = np.where(after[:, None], 2 * np.take_along_axis(
        usual.taste(usual.visits.at_s), category, axis=1), 0.0)  # fmt: skip
    np.testing.assert_allclose(logit[0] + turned, logit[1], atol=1e-9)


def test_after_a_flip_the_shop_is_as_rich_as_before_for_whoever_knows_the_truth():
    # What is lost after a flip is lost by ignorance: every phase of the taste has its opposite.
    usual, flips = flips_on_day_4()
    after = usual.visits.at_s >= 4 * mb.DAY
    best = [world.truth[after].max(axis=1) for world in (flips, usual)]
    error = np.hypot(*(each.std() / math.sqrt(after.sum()) for each in best))
    assert abs(best[0].mean() - best[1].mean()) < 4 * error


def test_a_rush_after_a_flip_meets_the_new_taste():
    usual, flips = flips_on_day_4()
    rushes = [world.rush(at=5 * mb.DAY, lasting=60, rate_per_s=2) for world in (usual, flips)]
    assert np.array_equal(rushes[0].visits.slate, rushes[1].visits.slate)
    assert not np.allclose(rushes[0].truth[-50:], rushes[1].truth[-50:])


def test_a_flip_before_the_world_began_is_refused():
    with pytest.raises(ValueError, match=r"taste_flips_at must be >= 0 .* got -1\..*mb\.DAY"):
        mb.World(taste_flips_at=-1.0)


def test_the_day_has_the_shape_of_the_real_log_in_japan():
    log = pd.read_csv(data_file("obd_clicks.csv.gz"))
    counts = np.bincount((log["requested_at_s"] // 3600 + 9) % 24, minlength=24)
    assert counts.tolist() == list(HOURLY)


def test_visits_and_events_come_at_their_rates():
    world, user_days = shop(), 400 * 14
    for count, a_day in ((len(world.visits), 3.0), (world.activity.at_s.size, 6.0)):
        assert abs(count - a_day * user_days) < 4 * math.sqrt(a_day * user_days)


def test_labels_are_the_shown_items_whose_clicks_are_known():
    world = mb.World(seed=2, days=8, users=30, label_delay=6 * mb.HOUR)
    until_s, visits = 6 * mb.DAY, world.visits
    expected = [
        (visits.at_s[i], visits.user[i], visits.slate[i, k], visits.clicked[i, k])
        for i, k in enumerate(visits.shown)
        if visits.at_s[i] + 6 * mb.HOUR <= until_s
        and visits.at_s[i] + 6 * mb.HOUR > until_s - 4 * mb.DAY
    ]
    rows = world.labelled(until_s)
    found = list(zip(rows.at_s, rows.user, rows.item, rows.clicked, strict=True))
    assert found == expected
    assert len(rows) == len(expected) > 100


def test_nothing_is_labelled_before_the_first_click_is_known():
    assert len(small().labelled(1800.0)) == 0


def test_popularity_is_the_click_rate_of_each_category_so_far():
    world = small()
    rows = world.labelled(5 * mb.DAY)
    for number in range(len(CATEGORIES)):
        mine = world.catalog.category[rows.item] == number
        assert world.popularity(5 * mb.DAY)[number] == pytest.approx(rows.clicked[mine].mean())
    assert world.popularity(0.0).tolist() == [0.0] * N_CATEGORIES


def test_the_events_as_a_table_name_the_category():
    table = small().events_frame()
    assert list(table.columns) == ["at_s", "user", "item", "category"]
    assert (table["category"] == table["item"] % N_CATEGORIES).all()


@pytest.mark.parametrize(
    ("arguments", "kind", "words"),
    [
        ({"days": 0}, ValueError, "days must be > 0 (length of the world in days), got 0. Write"),
        ({"days": "14"}, TypeError, "days must be a number > 0"),
        ({"users": 1.5}, TypeError, "users must be a whole number >= 1 (number of users), got 1.5"),
        ({"users": 0}, ValueError, "users must be >= 1 (number of users), got 0. Write"),
        ({"seed": -1}, ValueError, "seed must be >= 0"),
        ({"slate_size": 61}, ValueError, "slate_size must be <= 60 (the shop's items), got 61"),
        (
            {"visits_per_user_day": -1},
            ValueError,
            "visits_per_user_day must be > 0 (visits a day), got -1. Write 0.1",
        ),
        (
            {"events_per_user_day": math.nan},
            ValueError,
            "events_per_user_day must be > 0 (events a day), got nan. Write 0.1",
        ),
        ({"interest_holds": 0}, ValueError, "interest_holds must be > 0 (seconds), got 0"),
        ({"taste_drift": -1}, ValueError, "taste_drift must be >= 0 (log-odds), got -1"),
        ({"label_delay": -1}, ValueError, "label_delay must be >= 0 (seconds), got -1"),
    ],
)
def test_a_dial_out_of_its_range_is_refused(arguments, kind, words):
    assert words in refusal(kind, lambda: mb.World(**arguments))
