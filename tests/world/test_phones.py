"""Phones: own events at once, others at the next sync that gets through."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

import mlbook as mb
from mlbook.world import Phones
from tests.worlds import shop, small

EVERY = 15 * mb.MINUTE


def always(who, at_s):
    return np.zeros(at_s.shape, dtype=bool)


def phones(world=None, every=EVERY, own_share=0.5, cut_off=always, seed=0):
    return Phones(world or small(), seed, every, own_share, cut_off)


def lag_s(store):
    return store.seen_at_s - store.world.activity.at_s


def test_own_events_are_there_at_once_and_as_many_as_the_share_says():
    at_once = lag_s(phones(shop(), own_share=0.3)) == 0
    error = math.sqrt(0.3 * 0.7 / at_once.size)
    assert abs(at_once.mean() - 0.3) < 4 * error  # by chance 6 in 100,000


@pytest.mark.parametrize("every", [EVERY, 6 * mb.HOUR])
def test_the_others_wait_a_uniform_time_for_the_next_sync(every):
    waited_s = lag_s(phones(shop(), every, own_share=0.0))
    assert 0 <= waited_s.min() < waited_s.max() < every
    # One event a user: events of one user share a phase. A false alarm in 1 of 100,000.
    _, first = np.unique(shop().activity.user, return_index=True)
    assert stats.kstest(waited_s[first] / every, "uniform").pvalue > 1e-5


def test_a_phone_syncs_at_a_fixed_period():
    store, log = phones(own_share=0.0), small().activity
    phase_s = store.seen_at_s % EVERY
    for user in range(5):
        np.testing.assert_allclose(phase_s[log.user == user], store.phase_s[user], atol=1e-6)


def test_between_the_last_sync_and_the_next_lies_one_period():
    who, at_s = np.arange(60), np.linspace(1 * mb.DAY, 2 * mb.DAY, 60)
    last_s, next_s = phones().last_sync_s(who, at_s), phones().next_sync_s(who, at_s)
    assert (last_s <= at_s).all()
    assert (at_s <= next_s).all()
    np.testing.assert_allclose(next_s - last_s, EVERY)


def test_before_the_first_sync_nothing_is_known():
    assert not phones().last_sync_s(np.arange(60), np.zeros(60)).any()


def test_a_phone_that_does_not_get_through_tries_at_every_sync_until_it_does():
    begins, ends = 2 * mb.DAY, 2 * mb.DAY + 3 * mb.HOUR
    store = phones(cut_off=lambda who, at_s: (who < 30) & (at_s >= begins) & (at_s < ends))
    who, at_s = np.arange(60), np.full(60, begins + 1 * mb.HOUR)
    next_s, last_s = store.next_sync_s(who, at_s), store.last_sync_s(who, at_s)
    assert (next_s[:30] >= ends).all()
    assert (next_s[:30] < ends + EVERY).all()
    assert (last_s[:30] < begins).all()
    assert (last_s[:30] >= begins - EVERY).all()
    np.testing.assert_allclose((next_s - last_s)[30:], EVERY)


def test_features_know_own_events_and_those_that_were_synced():
    world, store = small(), phones()
    asof_s, items = 3 * mb.DAY, np.arange(6)
    seen = (store.seen_at_s < asof_s) & (world.activity.user == 7)
    weight = 2.0 ** (-(asof_s - world.activity.at_s[seen]) / world.features.half_life)
    category = world.catalog.category[world.activity.item[seen]]
    mass = np.bincount(category, weights=weight, minlength=6)
    columns = store.features()(np.full(6, 7), items, np.full(6, asof_s))
    np.testing.assert_allclose(columns[:, 0], mass[world.catalog.category[items]] / mass.sum())
    np.testing.assert_allclose(columns[:, 1], np.log1p(mass.sum()))


def test_when_all_is_done_on_the_phone_its_features_are_the_shops():
    visits, world = small().visits, small()
    mine = phones(own_share=1.0).features()(visits.user, visits.slate[:, 0], visits.at_s)
    assert np.array_equal(mine, world.features(visits.user, visits.slate[:, 0], visits.at_s))


def test_an_event_more_moves_nothing_that_was_seen_before_it():
    at_s = 4 * mb.DAY
    more = small().with_event(user=3, item=0, at=at_s)
    before = small().activity.at_s < at_s
    one, other = phones().seen_at_s[before], phones(more).seen_at_s
    assert np.array_equal(one, other[more.activity.at_s < at_s])


def test_phones_are_seeded():
    assert np.array_equal(phones(seed=1).seen_at_s, phones(seed=1).seen_at_s)
    assert not np.array_equal(phones(seed=1).seen_at_s, phones(seed=2).seen_at_s)
