"""Versions: trained on what was known, numbered in order, scored with what each request saw."""

from __future__ import annotations

import numpy as np
import pytest

import mlbook as mb
from mlbook.model import LEAST_ROWS, Registry, score, train
from tests.worlds import shop, small


def test_training_learns_only_from_what_is_known_by_then():
    world, asof_s = small(), 5 * mb.DAY
    _, n_rows = train(world, asof_s)
    visits = world.visits
    known = (visits.at_s <= asof_s - world.label_delay) & (
        visits.at_s > asof_s - world.label_delay - 4 * mb.DAY
    )
    assert n_rows == known.sum()


def test_each_row_is_trained_on_the_features_of_its_own_time():
    world, asof_s = small(), 5 * mb.DAY
    pipeline, _ = train(world, asof_s)
    rows = world.labelled(asof_s)
    columns = world.features(rows.user, rows.item, rows.at_s)
    np.testing.assert_allclose(pipeline[0].mean_, columns.mean(axis=0), atol=1e-12)


def test_an_event_after_the_training_does_not_change_the_model():
    world, asof_s = small(), 5 * mb.DAY
    caused = world.with_event(user=int(world.visits.user[0]), item=0, at=asof_s + 1.0)
    one, two = (train(each, asof_s)[0][-1].coef_ for each in (world, caused))
    assert np.array_equal(one, two)


def test_an_event_before_the_training_does():
    world, asof_s = small(), 5 * mb.DAY
    user = int(world.labelled(asof_s).user[-1])
    caused = world.with_event(user=user, item=0, at=2 * mb.DAY)
    one, two = (train(each, asof_s)[0][-1].coef_ for each in (world, caused))
    assert not np.array_equal(one, two)


def test_too_few_rows_train_nothing():
    world = small()
    rows = np.array([len(world.labelled(hour * mb.HOUR)) for hour in range(72)])
    enough = int(np.argmax(rows >= LEAST_ROWS))
    assert train(world, (enough - 1) * mb.HOUR) is None
    assert train(world, enough * mb.HOUR) is not None


def test_rows_without_a_click_train_nothing():
    class NobodyClicks:
        features = small().features

        def labelled(self, until_s):
            rows = small().labelled(until_s)
            return type(rows)(rows.at_s, rows.user, rows.item, np.zeros(len(rows), dtype=bool))

    assert train(NobodyClicks(), 5 * mb.DAY) is None


def test_a_trained_model_ranks_better_than_chance_and_below_the_truth():
    world, asof_s = shop(), 5 * mb.DAY
    pipeline, _ = train(world, asof_s)
    rows = np.flatnonzero((world.visits.at_s > asof_s) & (world.visits.at_s < asof_s + mb.DAY))
    user, slate = world.visits.user[rows], world.visits.slate[rows]
    asof = np.repeat(world.visits.at_s[rows], slate.shape[1])
    columns = world.features(np.repeat(user, slate.shape[1]), slate.ravel(), asof)
    best = pipeline.predict_proba(columns)[:, 1].reshape(slate.shape).argmax(axis=1)
    earned = world.truth[rows, best].mean()
    assert world.truth[rows].mean() * 1.2 < earned < world.truth[rows].max(axis=1).mean()


def test_versions_are_numbered_in_the_order_of_coming():
    registry = Registry()
    assert registry.newest() is None
    made = [
        registry.add(asof_s=float(n), live_at_s=n + 1.0, n_rows=300, estimator=None)
        for n in range(3)
    ]
    assert [version.number for version in registry.versions] == [1, 2, 3]
    assert registry.newest() is made[-1]


class Echo:
    """A model that predicts its own constant plus the second feature, the recent activity."""

    def __init__(self, constant):
        self.constant = constant

    def predict_proba(self, columns):
        share = self.constant + columns[:, 1]
        return np.stack([1 - share, share], axis=1)


def test_each_pair_is_scored_by_its_own_version_and_its_own_features():
    registry = Registry()
    for constant in (10.0, 20.0):
        registry.add(asof_s=0.0, live_at_s=0.0, n_rows=300, estimator=Echo(constant))
    user, item = np.array([3, 3, 4, 4, 5]), np.array([0, 1, 2, 3, 4])
    asof_s = np.array([1.0, 2.0, 3.0, 4.0, 5.0]) * mb.DAY
    number = np.array([1, 2, 2, 1, 0])
    found = score(
        small().features, registry.versions, user=user, item=item, number=number, asof_s=asof_s
    )
    seen = small().features(user, item, asof_s)[:, 1]
    np.testing.assert_allclose(found[:4], np.array([10, 20, 20, 10]) + seen[:4])
    assert np.isnan(found[4])


def test_without_any_version_there_is_no_score():
    nobody = np.zeros(3, dtype=np.int64)
    found = score(small().features, [], user=nobody, item=nobody, number=nobody, asof_s=np.zeros(3))
    assert np.isnan(found).all()


@pytest.mark.parametrize("campaign", ["all", "men", "women"])
def test_the_real_log_trains_without_a_warning(campaign):
    assert train(mb.ReplayWorld(campaign), 5 * mb.DAY)[1] > 1000
