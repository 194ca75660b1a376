"""The one feature function, against a loop over events that anybody can check."""

from __future__ import annotations

import math

import numpy as np
import pytest

import mlbook as mb
from mlbook.world import Activity, Catalog, Features
from tests.worlds import small

CATALOG = Catalog(np.array([0, 1, 0]), np.array([5.0, 6.0, 7.0]))


def features_of(events, half_life=1 * mb.DAY):
    """Features of the events (at, user, item)."""
    at_s, user, item = (np.array(column) for column in zip(*events, strict=True))
    return Features(Activity(at_s.astype(float), user, item), CATALOG, half_life)


def by_hand(world, user, item, asof_s, half_life=1 * mb.DAY):
    """Count each event before `asof_s`, an older one less, as the docstring says."""
    recent, category = [0.0] * world.catalog.n_categories, world.catalog.category
    log = world.activity
    for at_s, who, what in zip(log.at_s, log.user, log.item, strict=True):
        if who == user and at_s < asof_s:
            recent[category[what]] += 0.5 ** ((asof_s - at_s) / half_life)
    total = sum(recent)
    mine = category[item]
    columns = [0.0] * len(recent)
    columns[mine] = 1.0
    share = recent[mine] / total if total > 1e-9 else 0.0
    return [share, math.log(1 + total), world.catalog.value[item], *columns]


def test_features_are_what_a_loop_over_the_events_counts():
    world, rng = small(), np.random.default_rng(1)
    user, item = rng.integers(0, 60, 40), rng.integers(0, 60, 40)
    asof_s = rng.uniform(0, 7 * mb.DAY, 40)
    expected = [by_hand(world, *pair) for pair in zip(user, item, asof_s, strict=True)]
    np.testing.assert_allclose(world.features(user, item, asof_s), expected, rtol=1e-9)


def test_an_event_is_seen_only_after_its_instant():
    features = features_of([(10, 0, 1)])
    total = features([0, 0, 0], [1, 1, 1], [9.0, 10.0, 10.001])[:, 1]
    np.testing.assert_allclose(total, [0, 0, math.log(2)], atol=1e-6)


def test_an_event_counts_half_after_one_half_life():
    features = features_of([(0, 0, 1)], half_life=3600.0)
    total = features([0, 0], [1, 1], [3600.0, 7200.0])[:, 1]
    np.testing.assert_allclose(total, [math.log(1.5), math.log(1.25)])


def test_what_other_users_did_is_not_seen():
    features = features_of([(0, 0, 1), (1, 2, 0)])
    assert features([1], [1], [100.0])[0, 1] == 0.0


def test_the_share_is_of_the_items_own_category():
    features = features_of([(0, 0, 0), (0, 0, 2), (0, 0, 1)])
    share = features([0, 0, 0], [0, 1, 2], [1.0, 1.0, 1.0])[:, 0]
    np.testing.assert_allclose(share, [2 / 3, 1 / 3, 2 / 3])


def test_two_events_at_the_same_instant_both_count():
    assert features_of([(0, 0, 1), (0, 0, 1)])([0], [1], [1e-6])[0, 1] == pytest.approx(math.log(3))


def test_a_year_of_events_keeps_its_digits():
    # A cumulated sum of powers of two would have overflowed after about 1,000 half-lives.
    features = features_of([(hour * 3600, 0, 1) for hour in range(24 * 365)], half_life=1800.0)
    last = features([0], [1], [365 * mb.DAY])[0, 1]
    assert last == pytest.approx(math.log(1 + 1 / 3))  # 1/4 + 1/16 + ...


def test_a_user_without_events_and_a_log_without_events_have_no_activity():
    empty = Features(Activity(*(np.empty(0, dtype=kind) for kind in (float, int, int))), CATALOG)
    for features in (empty, features_of([(0, 0, 1)])):
        row = features([3], [1], [50.0])[0]
        assert row.tolist() == [0.0, 0.0, 6.0, 0.0, 1.0]
        assert row.size == len(features.names)


def test_a_user_is_first_seen_at_his_first_event():
    log = Activity(np.array([1.0, 2.0, 3.0]), np.array([2, 0, 2]), np.array([0, 0, 0]))
    assert log.first_seen_s(4).tolist() == [2.0, math.inf, 1.0, math.inf]


def test_a_late_event_counts_from_when_it_was_seen_and_by_its_own_age():
    log = Activity(np.array([0.0, 100.0, 200.0]), np.zeros(3, int), np.array([1, 0, 1]))
    seen_at_s = np.array([900.0, 100.0, np.inf])  # the first comes late, the last never
    features = Features(log, CATALOG, half_life=1000.0, seen_at_s=seen_at_s)
    mass = np.expm1(features([0, 0], [1, 1], [900.0, 901.0])[:, 1])
    np.testing.assert_allclose(mass, [2**-0.8, 2**-0.801 + 2**-0.901])


def test_events_seen_at_once_give_the_features_of_the_log():
    world, rng = small(), np.random.default_rng(2)
    user, item = rng.integers(0, 60, 40), rng.integers(0, 60, 40)
    asof_s = rng.uniform(0, 7 * mb.DAY, 40)
    at_once = Features(world.activity, world.catalog, seen_at_s=world.activity.at_s)
    assert np.array_equal(at_once(user, item, asof_s), world.features(user, item, asof_s))


def test_the_last_bit_of_an_instant_counts_for_every_user():
    # Red when users are kept apart by adding a large number to the instant: it would be rounded.
    seen_s, users = 9 * mb.DAY + 0.1, 5_000
    log = Activity(np.array([seen_s]), np.array([users - 1]), np.array([1]))
    at = [np.nextafter(seen_s, 0), seen_s, np.nextafter(seen_s, np.inf)]
    total = Features(log, CATALOG)([users - 1] * 3, [1] * 3, at)[:, 1]
    np.testing.assert_allclose(total, [0, 0, math.log(2)], atol=1e-6)
