"""Off-policy values: worked by hand, on logs with known truth, and on the real log."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
import pytest

from mlbook import ab

WITHIN = 4  # standard errors; the seeds are fixed
LOGGED = np.array([0.6, 0.3, 0.1])  # how likely the logging policy shows each item
TARGET = np.array([0.2, 0.3, 0.5])
CLICKS = np.array([0.05, 0.10, 0.30])  # how likely each item is clicked
TRUTH = float(TARGET @ CLICKS)
ITEMS = {"all": 80, "men": 34, "women": 46}


def logs(replications: int, rows: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Give items and clicks of many logs, of shape (replications, rows)."""
    rng = np.random.default_rng(seed)
    item = rng.choice(3, p=LOGGED, size=(replications, rows))
    return item, (rng.random(item.shape) < CLICKS[item]).astype(float)


def test_small_logs_are_worked_by_hand():
    weight = ab.importance_weights([0.5, 0.1, 0.4], [0.25, 0.5, 0.8])
    assert weight.tolist() == [2.0, 0.2, 0.5]
    assert ab.ipw([1, 0, 1], weight).value == pytest.approx((2 + 0.5) / 3)
    assert ab.snipw([1, 0, 1], weight).value == pytest.approx(2.5 / 2.7)
    assert ab.effective_sample_size(weight) == pytest.approx(2.7**2 / (4 + 0.04 + 0.25))
    found = ab.doubly_robust([1, 0, 1], weight, shown=[0.5, 0.5, 0.2], target=[0.4, 0.4, 0.4])
    assert found.value == pytest.approx(0.4 + (2 * 0.5 - 0.2 * 0.5 + 0.5 * 0.8) / 3)
    terms = np.array([2, 0, 0.5])
    assert ab.ipw([1, 0, 1], weight).standard_error == pytest.approx(terms.std(ddof=1) / 3**0.5)


def test_clipping_cuts_only_what_is_above():
    assert ab.importance_weights(0.5, [0.25, 0.01], clip=10).tolist() == [2.0, 10.0]


def test_a_policy_evaluated_on_its_own_log_earns_the_mean_of_the_log():
    item, clicks = logs(1, 500)
    weight = ab.importance_weights(LOGGED[item[0]], LOGGED[item[0]])
    for found in (ab.ipw(clicks[0], weight), ab.snipw(clicks[0], weight)):
        assert found.value == pytest.approx(clicks.mean())
    assert ab.effective_sample_size(weight) == pytest.approx(500)


def test_weighting_is_unbiased_and_its_error_is_the_spread_between_logs():
    item, clicks = logs(2_000, 400)
    found = [
        ab.ipw(row, ab.importance_weights(TARGET[shown], LOGGED[shown]))
        for shown, row in zip(item, clicks, strict=True)
    ]
    values = np.array([each.value for each in found])
    assert abs(values.mean() - TRUTH) < WITHIN * values.std() / np.sqrt(values.size)
    second = (LOGGED * (TARGET / LOGGED) ** 2 * CLICKS).sum()
    exact = np.sqrt((second - TRUTH**2) / 400)  # the closed form of the error of one log
    assert values.std() == pytest.approx(exact, rel=WITHIN / np.sqrt(2 * 2_000) * 1.5)
    errors = [each.standard_error for each in found]
    assert np.mean(errors) == pytest.approx(exact, rel=0.05)


def test_self_normalised_weighting_finds_the_truth_and_tells_its_error():
    item, clicks = logs(2_000, 400, seed=1)
    found = [
        ab.snipw(row, ab.importance_weights(TARGET[shown], LOGGED[shown]))
        for shown, row in zip(item, clicks, strict=True)
    ]
    values = np.array([each.value for each in found])
    # Its bias is of the order 1/n: below the error of a log by a factor of twenty or more.
    assert abs(values.mean() - TRUTH) < WITHIN * values.std() / np.sqrt(values.size) + 0.001
    errors = [each.standard_error for each in found]
    assert np.mean(errors) == pytest.approx(values.std(), rel=0.1)


def robust(shown: np.ndarray, row: np.ndarray, q: np.ndarray, logged: np.ndarray) -> float:
    weight = ab.importance_weights(TARGET[shown], logged[shown])
    return ab.doubly_robust(
        row, weight, shown=q[np.arange(len(row)), shown], target=q @ TARGET
    ).value


def test_doubly_robust_is_right_when_only_the_propensities_are():
    item, clicks = logs(2_000, 400, seed=2)
    wrong = np.tile([0.5, 0.2, 0.05], (400, 1))
    values = np.array([robust(*each, wrong, LOGGED) for each in zip(item, clicks, strict=True)])
    assert abs(values.mean() - TRUTH) < WITHIN * values.std() / np.sqrt(values.size)


def test_doubly_robust_is_right_when_only_the_model_is():
    item, clicks = logs(2_000, 400, seed=3)
    right, wrong = np.tile(CLICKS, (400, 1)), np.array([0.2, 0.5, 0.3])
    values = np.array([robust(*each, right, wrong) for each in zip(item, clicks, strict=True)])
    assert abs(values.mean() - TRUTH) < WITHIN * values.std() / np.sqrt(values.size)
    naive = [
        ab.ipw(row, ab.importance_weights(TARGET[shown], wrong[shown])).value
        for shown, row in zip(item, clicks, strict=True)
    ]
    assert abs(np.mean(naive) - TRUTH) > 10 * np.std(naive) / np.sqrt(2_000)


def test_a_good_model_makes_doubly_robust_less_noisy_than_weighting():
    item, clicks = logs(500, 400, seed=4)
    fitted, plain = [], []
    for shown, row in zip(item, clicks, strict=True):
        q = ab.cross_fitted_means(shown, row, items=3, strength=5)
        fitted.append(robust(shown, row, q, LOGGED))
        plain.append(ab.ipw(row, ab.importance_weights(TARGET[shown], LOGGED[shown])).value)
    assert abs(np.mean(fitted) - TRUTH) < WITHIN * np.std(fitted) / np.sqrt(500)
    assert np.std(fitted) < 0.95 * np.std(plain)


def test_a_row_never_teaches_the_model_that_judges_it():
    item, reward = np.zeros(10, int), np.zeros(10)
    for row in range(10):
        reward[row] = 1000.0
        q = ab.cross_fitted_means(item, reward, items=1, strength=1e-9, folds=10)
        assert q[row, 0] == pytest.approx(0)
        assert (np.delete(q[:, 0], row) > 100).all()
        reward[row] = 0.0


def test_an_item_with_few_rows_is_believed_little():
    item, reward = [0] * 98 + [1] * 2, [0.0] * 98 + [1.0] * 2
    q = ab.cross_fitted_means(item, reward, items=3, strength=50)
    assert q[0, 1] < 0.1
    assert q[0, 2] == pytest.approx(np.mean(q[:, 2]), abs=0.01)  # never seen: the common mean


# The real log: row 22 of the plan -----------------------------------------------------------------


def of_policy(campaign: str, policy: str) -> pd.DataFrame:
    log = ab.real_log(campaign)
    return log[log["policy"] == policy]


@cache
def bts(campaign: str) -> tuple[pd.DataFrame, np.ndarray]:
    log = of_policy(campaign, "bts")
    return log, ab.importance_weights(1 / ITEMS[campaign], log["propensity"])


@pytest.mark.parametrize(
    ("campaign", "value", "truth"),
    [("all", 0.00236, 0.0038), ("men", 0.00301, 0.0046), ("women", 0.00744, 0.0046)],
)
def test_the_value_of_random_from_the_bandits_log(campaign, value, truth):
    log, weight = bts(campaign)
    assert ab.ipw(log["click"], weight).value == pytest.approx(value, abs=5e-6)
    assert of_policy(campaign, "random")["click"].mean() == pytest.approx(truth)


def test_one_row_of_a_millionth_takes_the_womens_log_away():
    log, weight = bts("women")
    assert weight.max() == pytest.approx(21_739, abs=1)
    assert (log["propensity"] == log["propensity"].min()).sum() == 1
    assert ab.effective_sample_size(weight) == pytest.approx(2.1, abs=0.05)
    assert ab.snipw(log["click"], weight).value == pytest.approx(0.00237, abs=5e-6)
    clipped = ab.importance_weights(1 / ITEMS["women"], log["propensity"], clip=100)
    assert ab.effective_sample_size(clipped) > 500


@pytest.mark.parametrize("campaign", ITEMS)
def test_every_estimate_of_the_real_log_is_within_its_error_of_the_random_log(campaign):
    log, weight = bts(campaign)
    random = of_policy(campaign, "random")["click"]
    q = ab.cross_fitted_means(log["item"], log["click"], items=ITEMS[campaign])
    shown = q[np.arange(len(log)), log["item"]]
    for found in (
        ab.ipw(log["click"], weight),
        ab.snipw(log["click"], weight),
        ab.doubly_robust(log["click"], weight, shown=shown, target=q.mean(axis=1)),
    ):
        error = np.hypot(found.standard_error, random.std() / np.sqrt(len(random)))
        assert abs(found.value - random.mean()) < WITHIN * error


def test_the_affinity_rows_are_a_real_signal_without_volume():
    # Row 23: Twyman's law on the real log, 79 impressions.
    log = pd.concat([ab.real_log(campaign) for campaign in ITEMS])
    some = log[log["affinity"] > 0]["click"]
    assert (len(some), some.sum()) == (79, 9)
    assert some.mean() / log[log["affinity"] == 0]["click"].mean() == pytest.approx(25, abs=1)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: ab.importance_weights(0.5, [0.5, 0.0]), "propensity must be > 0 and <= 1"),
        (lambda: ab.importance_weights(0.5, [0.5, 0.0]), "got 0 in row 1 (1 such)"),
        (lambda: ab.importance_weights(0.5, [0.5, 1.5]), "got 1.5 in row 1"),
        (lambda: ab.importance_weights(0.5, [0.5, np.nan]), "got nan in row 1"),
        (lambda: ab.importance_weights(50, [0.5, 0.5]), "Write probabilities, not percentages."),
        (lambda: ab.importance_weights([0.5, 0.5, 0.5], [0.5, 0.5]), "got shapes (3,) and (2,)"),
        (lambda: ab.importance_weights(0.5, [0.5, 0.5], clip=0), "clip must be > 0"),
        (lambda: ab.ipw([1], [1]), "weight must be a column of at least two rows"),
        (lambda: ab.ipw([1, 0, 1], [1, 1]), "reward must have one value a row, got 3 for 2"),
        (lambda: ab.ipw([1, np.nan], [1, 1]), "reward must be a finite number"),
        (lambda: ab.snipw([1, 0], [0, 0]), "weight must be above 0 in some row"),
        (lambda: ab.snipw([1, 0], [-1, 2]), "got -1 in row 0"),
        (lambda: ab.effective_sample_size([np.inf, 1]), "got inf in row 0"),
        (
            lambda: ab.doubly_robust([1, 0], [1, 1], shown=[1, 1, 1], target=[1, 1]),
            "shown must have one value a row",
        ),
        (lambda: ab.cross_fitted_means([0, 5], [0, 1], items=2, folds=2), "from 0 to 1"),
        (lambda: ab.cross_fitted_means([0, 1], [0, 1], items=2), "folds must be at most"),
        (lambda: ab.cross_fitted_means([0, 1], [0, 1], items=2, folds=1), "folds must be >= 2"),
    ],
)
def test_what_cannot_be_is_refused_with_the_next_step(make, words):
    with pytest.raises(ValueError, match="must") as caught:
        make()
    assert words in str(caught.value)
