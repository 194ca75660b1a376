"""Central, federated, and each for itself: on the same rows and the same day."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import mlbook as mb
from mlbook.fedavg import Plan, federate, three_ways
from mlbook.model import train
from tests.fedavg.worlds import ASOF, hundred, shop

PLAN, WORLDS = Plan(local_epochs=20), range(5)


@pytest.fixture(scope="module")
def found():
    return three_ways([shop(seed) for seed in WORLDS], ASOF, PLAN)


@pytest.fixture(scope="module")
def areas(found):
    return {way: each.auc for way, each in found.items()}


def next_day():
    visits = shop().visits
    rows = np.flatnonzero((visits.at_s > ASOF) & (visits.at_s <= ASOF + mb.DAY))
    user, at_s = np.repeat(visits.user[rows], 6), np.repeat(visits.at_s[rows], 6)
    columns = shop().features(user, visits.slate[rows].ravel(), at_s)
    return user, columns, visits.clicked[rows].ravel()


def test_the_central_model_is_the_one_that_trains_by_batch(areas):
    _, columns, clicked = next_day()
    score = train(shop(), ASOF)[0].predict_proba(columns)[:, 1]
    assert areas["central"][0] == pytest.approx(roc_auc_score(clicked, score), abs=1e-9)


def test_the_federated_model_is_the_last_one_learned(areas):
    _, columns, clicked = next_day()
    model = federate(hundred(), PLAN, rounds=20, seed=0).models[-1]
    score = model.estimator().predict_proba(columns)[:, 1]
    assert areas["federated"][0] == roc_auc_score(clicked, score)


def test_each_for_itself_ranks_by_a_model_of_its_own_rows(areas):
    user, columns, clicked = next_day()
    rows = shop().labelled(ASOF)
    own_columns = shop().features(rows.user, rows.item, rows.at_s)
    score = np.empty(user.size)
    for one in np.unique(user):
        mine = rows.user == one
        model = make_pipeline(StandardScaler(), LogisticRegression(solver="newton-cg", tol=1e-8))
        model.fit(own_columns[mine], rows.clicked[mine])
        score[user == one] = model.predict_proba(columns[user == one])[:, 1]
    assert areas["local only"][0] == pytest.approx(roc_auc_score(clicked, score), abs=1e-3)


def test_federated_is_as_good_as_central_and_both_beat_each_for_itself(areas):
    def error(gap):
        return gap.std(ddof=1) / np.sqrt(gap.size)

    # Five worlds: t with 4 degrees of freedom leaves 8.6 standard errors in 1 of 1,000.
    lost = areas["central"] - areas["federated"]
    assert abs(lost.mean()) < max(8.6 * error(lost), 0.005)
    assert abs(lost.mean()) < 0.01
    gained = areas["federated"] - areas["local only"]
    assert gained.mean() > 8.6 * error(gained) > 0


def test_a_client_without_a_row_or_with_one_label_gets_one_score_for_all():
    sparse = mb.World(seed=2, days=8, users=60, visits_per_user_day=0.5)
    ways = three_ways([sparse], ASOF, Plan(), rounds=2)
    assert 0.3 < ways["local only"].auc[0] < 0.7


def test_the_clicks_are_those_of_the_candidate_with_the_best_score(found):
    _, columns, clicked = next_day()
    score = train(shop(), ASOF)[0].predict_proba(columns)[:, 1]
    rows = zip(score.reshape(-1, 6).tolist(), clicked.reshape(-1, 6).tolist(), strict=True)
    clicks = [labels[row.index(max(row))] for row, labels in rows]
    assert found["central"].clicks_per_100[0] == pytest.approx(100 * np.mean(clicks))


def test_a_comparison_needs_a_world():
    with pytest.raises(ValueError, match=r"worlds must be >= 1 \(worlds\), got 0"):
        three_ways([], ASOF, PLAN)
