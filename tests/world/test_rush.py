"""A burst at its true rate after the same history, and a world with one more event."""

from __future__ import annotations

import math

import numpy as np
import pytest

import mlbook as mb
from tests.worlds import refusal, small

AT, LASTING = 6 * mb.DAY, 60 * mb.SECOND


@pytest.fixture(scope="module")
def busy():
    return small().rush(at=AT, lasting=LASTING, rate_per_s=200)


def test_history_before_the_burst_is_the_same(busy):
    before = small().visits.at_s < AT
    for name, old in vars(small().visits).items():
        assert np.array_equal(getattr(busy.visits, name)[: before.sum()], old[before]), name
    assert busy.activity is small().activity
    assert busy.features is small().features


def test_visitors_come_at_the_rate_that_was_asked_for(busy):
    burst_s = busy.visits.at_s[busy.visits.at_s >= AT]
    assert abs(burst_s.size - 12_000) < 4 * math.sqrt(12_000)  # outside by chance: 6 in 100,000
    assert burst_s[-1] < AT + LASTING
    assert (np.diff(busy.visits.at_s) >= 0).all()


def test_the_world_ends_with_the_burst_and_only_the_burst_is_logged(busy):
    assert busy.horizon_s == AT + LASTING
    log = mb.run(mb.SharedDb(), busy).log
    assert np.array_equal(log["requested_at_s"], busy.visits.at_s[busy.visits.at_s >= AT])


def test_clicks_in_the_burst_follow_the_truth(busy):
    burst = busy.visits.at_s >= AT
    clicked, truth = busy.visits.clicked[burst], busy.truth[burst]
    spread = math.sqrt((truth * (1 - truth)).sum())
    assert abs(clicked.sum() - truth.sum()) < 4 * spread  # outside by chance: 6 in 100,000


def test_users_have_the_interests_that_they_had_before(busy):
    world, who, when = small(), np.arange(60), np.full(60, 5 * mb.DAY)
    assert np.array_equal(busy.interest(who, when), world.interest(who, when))


def test_the_same_burst_comes_twice(busy):
    again = small().rush(at=AT, lasting=LASTING, rate_per_s=200)
    assert np.array_equal(again.visits.at_s, busy.visits.at_s)


def test_the_world_itself_stays_as_it_was():
    horizon_s, n = small().horizon_s, len(small().visits)
    small().rush(at=AT, lasting=LASTING, rate_per_s=200)
    assert (small().horizon_s, len(small().visits)) == (horizon_s, n)


@pytest.mark.parametrize(
    ("burst", "words"),
    [
        ({"at": 7 * mb.DAY}, "at + lasting must be <= 604800 (seconds; the burst must end within"),
        ({"at": 7 * mb.DAY}, "got 604860.0. Make the burst earlier or the world longer (days=...)"),
        ({"at": 0}, "at must be > 0 (seconds since the start of the world), got 0. Durations are"),
        ({"lasting": 0}, "lasting must be > 0 (seconds), got 0. Durations are seconds"),
        ({"rate_per_s": -5}, "rate_per_s must be > 0 (visits a second), got -5. Write 0.1"),
        ({"rate_per_s": math.nan}, "rate_per_s must be > 0 (visits a second), got nan"),
    ],
)
def test_a_burst_that_does_not_fit_is_refused(burst, words):
    arguments = {"at": AT, "lasting": LASTING, "rate_per_s": 5.0} | burst
    assert words in refusal(ValueError, lambda: small().rush(**arguments))


@pytest.fixture(scope="module")
def with_one_more():
    return small().with_event(user=7, item=3, at=AT)


def test_one_more_event_changes_only_that_user_and_only_later(with_one_more):
    users = np.repeat(np.arange(60), 3)
    asof_s = np.tile([AT - 1.0, AT, AT + 1.0], 60)
    items = np.full(users.size, 3)
    before = small().features(users, items, asof_s)
    after = with_one_more.features(users, items, asof_s)
    changed = (before != after).any(axis=1)
    assert changed.tolist() == ((users == 7) & (asof_s > AT)).tolist()


def test_one_more_event_leaves_visits_and_luck_alone(with_one_more):
    assert with_one_more.visits is small().visits
    assert with_one_more.activity.at_s.size == small().activity.at_s.size + 1
    assert (np.diff(with_one_more.activity.at_s) >= 0).all()
