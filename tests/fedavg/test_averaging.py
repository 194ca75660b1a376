"""Federated averaging against central gradient descent, scikit-learn and counting by hand."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss, roc_auc_score
from sklearn.preprocessing import StandardScaler

from mlbook.fedavg import (
    Clients,
    GlobalModel,
    Plan,
    deal,
    excess_loss,
    federate,
    local_updates,
    play_round,
)
from mlbook.queueing import Constant
from tests.fedavg.worlds import EVERYBODY, hundred, shop
from tests.worlds import refusal

OPEN = replace(EVERYBODY, secure=False)
N_COLUMNS = len(shop().features.names)
NUMBERS = N_COLUMNS + 1


def rng(seed=0):
    return np.random.default_rng(seed)


def one_round(clients, plan, model=None, seed=0):
    return play_round(model, clients, plan, rng(seed))


def gradient(weights, columns, clicked, penalty):
    """Mean log loss plus the penalty, written out for a matrix with a column of ones."""
    rows = np.column_stack([columns, np.ones(len(columns))])
    probability = 1 / (1 + np.exp(-rows @ weights))
    free = np.r_[np.full(weights.size - 1, penalty), 0.0]
    return rows.T @ (probability - clicked) / len(rows) + free * weights


# ---- what is computed


def test_one_step_of_everybody_is_one_step_of_central_gradient_descent():
    columns, clicked = hundred().pooled()
    scaled, weights = StandardScaler().fit_transform(columns), np.zeros(NUMBERS)
    learning = federate(hundred(), replace(OPEN, local_epochs=1), rounds=5)
    for model in learning.models:
        weights = weights - OPEN.step * gradient(weights, scaled, clicked, OPEN.penalty)
        np.testing.assert_allclose(model.weights, weights, rtol=0, atol=1e-12)


def test_single_steps_arrive_where_scikit_learn_does():
    columns, clicked = hundred().pooled()
    plan = replace(OPEN, local_epochs=1, step=1.0)
    model = federate(hundred(), plan, rounds=1500).models[-1]
    central = LogisticRegression(C=1 / (plan.penalty * clicked.size), tol=1e-10, max_iter=1000)
    central.fit(StandardScaler().fit_transform(columns), clicked)
    # The categories and the intercept say the same thing twice: what is fitted is the odds.
    odds = model.estimator().decision_function(columns)
    expected = central.decision_function(StandardScaler().fit_transform(columns))
    np.testing.assert_allclose(odds, expected, atol=1e-4)


def test_each_client_trains_on_its_own_rows_only():
    model, plan = one_round(hundred(), OPEN)[0], replace(OPEN, local_epochs=7)
    updates = local_updates(model, hundred(), plan)
    for place in (0, 41, 99):
        columns, clicked = hundred().only(np.array([place])).pooled()
        weights = model.weights
        for _ in range(7):
            scaled = (columns - model.mean) / model.scale
            weights = weights - plan.step * gradient(weights, scaled, clicked, plan.penalty)
        np.testing.assert_allclose(updates[place], weights - model.weights, atol=1e-12)


def test_an_update_weighs_as_much_as_its_client_has_rows():
    model = one_round(hundred(), OPEN)[0]
    after, _ = one_round(hundred(), OPEN, model)
    updates = local_updates(model, hundred(), OPEN)
    mean = np.average(updates, axis=0, weights=hundred().n_rows)
    np.testing.assert_allclose(after.weights - model.weights, mean, atol=1e-12)
    assert np.abs(mean - updates.mean(axis=0)).max() > 1e-4


@pytest.mark.parametrize(("plan", "error"), [(OPEN, 1e-12), (EVERYBODY, 1e-7)])
def test_the_scale_from_sums_is_that_of_all_rows_in_one_place(plan, error):
    scaler = StandardScaler().fit(hundred().pooled()[0])
    model, _ = one_round(hundred(), plan)
    np.testing.assert_allclose(model.mean, scaler.mean_, rtol=0, atol=error)
    np.testing.assert_allclose(model.scale, scaler.scale_, rtol=0, atol=error)


def test_a_column_that_never_changes_keeps_its_unit():
    clients = Clients.of([0, 0, 1, 1], [[7.0, 1], [7, 2], [7, 3], [7, 4]], [1, 0, 0, 1])
    model, _ = one_round(clients, EVERYBODY)
    assert model.scale[0] == 1.0
    assert np.isfinite(model.weights).all()


@pytest.mark.parametrize("drop_out", [0.0, 0.3])
def test_the_secure_sum_changes_the_model_by_rounding_only(drop_out):
    plan = Plan(clients_a_round=100, drop_out=drop_out)
    secure = federate(hundred(), plan, rounds=10)
    plain = federate(hundred(), replace(plan, secure=False), rounds=10)
    for one, other in zip(secure.models, plain.models, strict=True):
        np.testing.assert_allclose(one.weights, other.weights, rtol=0, atol=1e-7)
    assert [each.n_reported for each in secure.rounds] == [each.n_reported for each in plain.rounds]


def test_the_estimator_is_scikit_learns_with_the_models_numbers():
    weights, mean, scale = np.array([2.0, -1.0, 0.5]), np.array([1.0, 3.0]), np.array([2.0, 4.0])
    estimator = GlobalModel(weights, mean, scale).estimator()
    columns = rng().standard_normal((20, 2))
    odds = (columns - mean) / scale @ weights[:2] + 0.5
    np.testing.assert_allclose(estimator.predict_proba(columns)[:, 1], 1 / (1 + np.exp(-odds)))
    assert isinstance(estimator[-1], LogisticRegression)
    assert estimator.predict(columns).tolist() == (odds > 0).tolist()


# ---- who takes part


def test_a_round_draws_three_in_ten_more_than_it_waits_for():
    _, record = one_round(hundred(), Plan(clients_a_round=30, drop_out=0.0))
    assert (record.n_drawn, record.n_reported, record.n_late) == (39, 30, 9)


def test_with_fewer_clients_than_wanted_it_waits_for_all():
    few = hundred().only(np.arange(12))
    _, record = one_round(few, replace(EVERYBODY, clients_a_round=30))
    assert (record.n_drawn, record.n_reported) == (12, 12)


def test_drop_outs_are_as_many_as_the_share_says():
    plan = Plan(clients_a_round=70, drop_out=0.3, local_epochs=1)
    rounds = federate(hundred(), plan, rounds=100).rounds
    drawn, dropped = sum(r.n_drawn for r in rounds), sum(r.n_dropped for r in rounds)
    assert abs(dropped / drawn - 0.3) < 4 * math.sqrt(0.3 * 0.7 / drawn)  # by chance 6 in 100,000
    assert all(r.n_drawn == r.n_dropped + r.n_late + r.n_reported for r in rounds)


def test_every_client_is_drawn_as_often_as_any_other():
    seen = np.zeros(100)
    for seed in range(300):
        model = GlobalModel(np.zeros(2), np.zeros(1), np.ones(1))
        probes = Clients.of(np.arange(100), np.arange(100.0)[:, None], np.ones(100))
        plan = replace(OPEN, clients_a_round=1, over_sample=1.0, local_epochs=1, penalty=0.0)
        after, _ = play_round(model, probes, plan, rng(seed))
        seen[round(after.weights[0] / after.weights[1])] += 1
    # 300 draws of 100, three each: chi-square with 99 degrees of freedom, below 1 in 100,000.
    assert ((seen - 3) ** 2 / 3).sum() < 170


def test_a_round_takes_until_the_last_report_that_counts():
    plan = replace(EVERYBODY, device_takes=Constant(42.0))
    assert one_round(hundred(), plan)[1].takes_s == 42.0


def test_a_client_with_fewer_rows_than_columns_takes_part_with_little_weight():
    columns, clicked = hundred().pooled()
    owner = np.r_[np.zeros(len(columns) - 1), 1.0]  # the second client has one row, of 9 columns
    model = federate(Clients.of(owner, columns, clicked), OPEN, rounds=30).models[-1]
    alone = federate(Clients.of(owner * 0, columns, clicked), OPEN, rounds=30).models[-1]
    assert 0 < np.abs(model.weights - alone.weights).max() < 0.01


# ---- bytes


def test_bytes_of_a_plain_round_are_numbers_times_eight_times_devices():
    model = one_round(hundred(), OPEN)[0]
    _, record = one_round(hundred(), Plan(secure=False, drop_out=0.0), model)
    assert record.bytes_down == 39 * NUMBERS * 8
    assert record.bytes_up == 30 * (NUMBERS + 1) * 8  # an update and its number of rows


def test_bytes_of_a_secure_round_are_keys_and_revealed_seeds_too():
    model = one_round(hundred(), OPEN)[0]
    _, record = one_round(hundred(), Plan(drop_out=0.0), model)
    assert record.bytes_down == 39 * NUMBERS * 8 + 39 * 38 * 32
    assert record.bytes_up == 30 * (NUMBERS + 1) * 8 + 39 * 32 + 30 * 9 * 32


def test_the_first_round_also_sends_the_sums_for_the_scale():
    plan = Plan(secure=False, drop_out=0.0)
    first, second = federate(hundred(), plan, rounds=2).rounds
    assert first.bytes_up - second.bytes_up == 30 * (2 * N_COLUMNS + 1) * 8


# ---- what goes wrong


def test_a_round_in_which_nobody_reports_is_skipped_and_said():
    model, _ = one_round(hundred(), OPEN)
    after, record = one_round(hundred(), replace(OPEN, drop_out=1.0, at_most=600.0), model)
    assert after is model
    assert (record.n_reported, record.n_dropped, record.n_rows) == (0, 100, 0)
    assert (record.takes_s, record.bytes_up) == (600.0, 0)


def test_a_single_report_makes_a_plain_round_and_no_secure_one():
    two = hundred().only(np.arange(2))
    model, _ = one_round(two, OPEN)
    for plan, moved in ((OPEN, True), (EVERYBODY, False)):
        after, record = one_round(two, replace(plan, clients_a_round=1, over_sample=1.0), model)
        assert record.n_reported == 1
        assert (after is not model) == moved


def test_when_nobody_ever_reports_the_next_step_is_said():
    words = refusal(ValueError, lambda: federate(hundred(), Plan(drop_out=1.0), rounds=4))
    assert words == (
        "drop_out must leave enough devices that report, got 1: in none of 4 rounds did 2 of 39 "
        "devices report. Use a smaller drop_out, a larger at_most or more clients."
    )


def test_without_clients_the_next_step_is_said():
    nobody = hundred().only(np.arange(0))
    words = refusal(ValueError, lambda: federate(nobody, Plan()))
    assert words == "clients must be >= 1 (clients), got 0. Use a later asof_s."


@pytest.mark.parametrize("secure", [True, False])
@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_a_client_whose_numbers_are_none_is_named(secure, value):
    broken = replace(hundred(), columns=hundred().columns.copy())
    broken.columns[17, 0, 2] = value
    plan = replace(EVERYBODY, secure=secure)
    model, _ = one_round(hundred(), plan)
    for begun, what in ((None, "columns"), (model, "update")):
        words = refusal(ValueError, one_round, broken, plan, begun)
        assert f"{what} of client {hundred().number[17]} must be a finite number, got" in words
        assert words.endswith("repair its rows, leave it out, or use a smaller step.")


def test_a_step_that_diverges_is_refused_by_the_name_of_a_client():
    words = refusal(ValueError, one_round, hundred(), replace(OPEN, step=1e300))
    assert "update of client" in words


SHOUT = replace(OPEN, local_epochs=20, malicious=(3,), boost=-100.0)


def moved(plan):
    model, _ = one_round(hundred(), OPEN)
    return np.linalg.norm(one_round(hundred(), plan, model)[0].weights - model.weights)


def test_the_malicious_client_alone_sends_something_else():
    model, _ = one_round(hundred(), OPEN)
    honest, _ = one_round(hundred(), replace(SHOUT, malicious=()), model)
    attacked, _ = one_round(hundred(), SHOUT, model)
    update = local_updates(model, hundred(), SHOUT)[3]
    share = hundred().n_rows[3] / hundred().n_rows.sum()
    np.testing.assert_allclose(
        attacked.weights - honest.weights, (SHOUT.boost - 1) * share * update, atol=1e-12
    )


def test_clipped_by_the_server_no_round_moves_further_than_the_norm():
    assert moved(replace(SHOUT, clip=0.05)) < 0.05
    assert moved(SHOUT) > 0.2


def test_clipping_leaves_short_updates_alone():
    calm = replace(SHOUT, malicious=())
    assert moved(replace(calm, clip=100.0)) == moved(calm)


def test_behind_a_secure_sum_a_malicious_client_does_not_clip_itself():
    assert moved(replace(SHOUT, clip=0.05, secure=True)) > 0.2
    assert moved(replace(SHOUT, clip=0.05, secure=True, malicious=())) < 0.05


def test_one_shouting_client_in_a_hundred_ruins_the_ranking_unless_it_is_clipped():
    columns, clicked = hundred().pooled()

    def area(plan):
        model = federate(hundred(), plan, rounds=20).models[-1]
        return roc_auc_score(clicked, model.estimator().decision_function(columns))

    calm = area(replace(SHOUT, malicious=()))
    assert area(SHOUT) < calm - 0.1
    assert abs(area(replace(SHOUT, clip=0.5)) - calm) < 0.01


# ---- how fast it learns


def rounds_needed(epochs, seed, within=0.05):
    plan = Plan(local_epochs=epochs)
    behind = excess_loss(federate(hundred(seed), plan, rounds=100, seed=seed), hundred(seed))
    return int(np.argmax(behind < within)) + 1 if (behind < within).any() else math.inf


@pytest.mark.parametrize("seed", range(5))
def test_more_local_work_needs_fewer_rounds(seed):
    one, five, twenty = (rounds_needed(epochs, seed) for epochs in (1, 5, 20))
    assert one > 3 * five > 6 * twenty


def test_long_local_work_on_unlike_clients_drifts_and_on_like_ones_hardly():
    plan = Plan(local_epochs=20, step=0.5)

    def behind(how):
        clients = deal(hundred(), how)
        return excess_loss(federate(clients, plan, rounds=60), clients)[-20:].mean()

    assert behind("by label") > 2 * behind("alike") > 0


def test_excess_loss_is_counted_against_the_central_model():
    learning = federate(hundred(), Plan(), rounds=3)
    columns, clicked = hundred().pooled()
    scaled = StandardScaler().fit_transform(columns)
    best = log_loss(clicked, LogisticRegression().fit(scaled, clicked).predict_proba(scaled))
    mine = log_loss(clicked, learning.models[1].estimator().predict_proba(columns))
    assert excess_loss(learning, hundred())[1] == pytest.approx(mine / best - 1, abs=1e-6)


# ---- the same again


def test_the_same_seed_learns_the_same_model_and_another_one_does_not():
    one, again, other = (
        federate(hundred(), Plan(), rounds=3, seed=seed).models[-1].weights for seed in (1, 1, 2)
    )
    assert np.array_equal(one, again)
    assert not np.array_equal(one, other)


def test_more_rounds_begin_with_the_same_ones():
    short, long = (federate(hundred(), Plan(), rounds=n) for n in (3, 6))
    assert long.rounds[:3] == short.rounds
    assert np.array_equal(long.models[2].weights, short.models[2].weights)


BAD_PLANS = [
    ({"clients_a_round": 0}, "clients_a_round must be >= 1 (reports a round), got 0."),
    ({"over_sample": 0.9}, "over_sample must be >= 1 (devices drawn for a report), got 0.9."),
    ({"local_epochs": -1}, "local_epochs must be >= 1 (passes over a client's rows), got -1."),
    ({"step": 0.0}, "step must be > 0 (size of a gradient step), got 0.0."),
    ({"penalty": -1.0}, "penalty must be >= 0 (weight of the squared weights), got -1.0."),
    (
        {"drop_out": 1.5},
        "drop_out must be >= 0 and <= 1 (share of the devices that never report), got 1.5.",
    ),
    ({"at_most": 0.0}, "at_most must be > 0 (seconds that the server waits), got 0.0."),
    ({"clip": 0.0}, "clip must be > 0 (largest norm), got 0.0. Leave it out for none."),
    (
        {"boost": math.nan},
        "boost must be a finite number (what a malicious update is multiplied by), got nan.",
    ),
]


@pytest.mark.parametrize(("knobs", "words"), BAD_PLANS)
def test_a_plan_out_of_its_range_is_refused(knobs, words):
    assert refusal(ValueError, lambda: Plan(**knobs)) == words


@pytest.mark.parametrize("rounds", [0, -3])
def test_rounds_below_one_are_refused(rounds):
    words = refusal(ValueError, lambda: federate(hundred(), Plan(), rounds=rounds))
    assert words == f"rounds must be >= 1 (rounds of averaging), got {rounds}."
