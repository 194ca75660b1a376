"""The gate: every rule blocks what it is there for, and lets through what it should."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import mlbook as mb
from mlbook.faults import written
from mlbook.model import train
from mlbook.monitoring import Gate, training_rows
from mlbook.streams import stream


@pytest.fixture
def last():
    rng = stream(1, "tests/gate")
    return pd.DataFrame(
        {
            "price": rng.lognormal(7.0, 0.8, 2000),
            "category": rng.choice(["books", "food", "toys"], 2000),
            "age_s": np.where(rng.random(2000) < 0.05, np.nan, rng.exponential(600.0, 2000)),
        }
    )


def blocked_by(verdict):
    return [(check.name, check.about) for check in verdict.checks if not check.passed]


def test_new_rows_from_the_same_source_pass(last):
    half = last.sample(frac=0.5, random_state=1)
    assert Gate().data(half, last).passed
    assert Gate().data(half, last).reasons == ()


def test_a_renamed_column_is_named_twice(last):
    verdict = Gate().data(last.rename(columns={"price": "price_yen"}), last)
    assert blocked_by(verdict) == [("columns", "new data")]
    assert "no 'price'" in verdict.reasons[0]
    assert "unknown 'price_yen'" in verdict.reasons[0]


def test_a_number_that_became_text_is_another_column(last):
    verdict = Gate().data(last.assign(price=last["price"].astype(str)), last)
    assert ("columns", "new data") in blocked_by(verdict)
    assert "'price' is text, was a number" in verdict.reasons[0]


@pytest.mark.parametrize(("rows", "passes"), [(1000, True), (999, False)])
def test_the_number_of_rows_may_fall_to_the_limit_and_not_below(last, rows, passes):
    new = last.sample(rows, random_state=3)
    assert (("rows", "new data") not in blocked_by(Gate().data(new, last))) is passes


def test_missing_values_count_beyond_those_of_the_last_data(last):
    rng = stream(2, "tests/gate")
    few = last.assign(age_s=last["age_s"].mask(rng.random(2000) < 0.004))
    many = last.assign(age_s=last["age_s"].mask(rng.random(2000) < 0.05))
    assert blocked_by(Gate().data(few, last)) == []
    assert blocked_by(Gate().data(many, last)) == [("missing values", "age_s")]


def test_a_column_without_any_value_is_missing_and_has_moved(last):
    verdict = Gate().data(last.assign(price=np.nan), last)
    assert {("missing values", "price"), ("distribution", "price")} <= set(blocked_by(verdict))


def test_the_distance_of_numbers_is_that_of_kolmogorov_and_smirnov(last):
    new = last.assign(price=last["price"] * 1.1)
    found = {c.about: c.value for c in Gate().data(new, last).checks if c.name == "distribution"}
    assert found["price"] == pytest.approx(stats.ks_2samp(new["price"], last["price"]).statistic)


def test_the_distance_of_words_is_the_share_that_would_have_to_change(last):
    new = last.assign(category=last["category"].replace({"toys": "garden"}))
    verdict = Gate().data(new, last)
    moved = verdict.table().set_index(["name", "about"]).loc[("distribution", "category"), "value"]
    assert moved == pytest.approx((last["category"] == "toys").mean())
    assert blocked_by(verdict) == [("distribution", "category")]


def test_another_unit_is_caught_although_code_and_columns_are_the_same(last):
    assert blocked_by(Gate().data(last.assign(price=last["price"] / 1000), last)) == [
        ("distribution", "price")
    ]


@pytest.fixture
def hold_out():
    rng = stream(3, "tests/gate")
    logit = rng.normal(-1.0, 1.0, 20_000)
    clicked = rng.random(20_000) < 1 / (1 + np.exp(-logit))
    return clicked, 1 / (1 + np.exp(-logit)), rng


def test_the_same_model_again_passes_and_a_worse_one_does_not(hold_out):
    clicked, right, rng = hold_out
    noisy = np.clip(right + rng.normal(0, 0.15, right.size), 0.01, 0.99)
    assert Gate().quality(clicked, right, right).passed
    assert Gate().quality(clicked, noisy, right).passed
    assert blocked_by(Gate().quality(clicked, right, noisy)) == [("quality", "candidate")]


def test_the_interval_is_that_of_a_paired_one_sided_t_test(hold_out):
    """With 20,000 rows Student's t and the normal quantile agree to four digits."""
    clicked, right, rng = hold_out
    noisy = np.clip(right + rng.normal(0, 0.05, right.size), 0.01, 0.99)
    loss = [-np.log(np.where(clicked, p, 1 - p)) for p in (noisy, right)]
    interval = stats.ttest_rel(*loss, alternative="less").confidence_interval(0.9)
    check = Gate(sure=0.9).quality(clicked, right, noisy).checks[0]
    assert check.value == pytest.approx(interval.high, rel=1e-4)


def test_a_model_that_knows_less_than_the_mean_is_blocked_although_nobody_is_better(hold_out):
    clicked, right, _ = hold_out
    upside_down = 1 - right
    verdict = Gate().quality(clicked, upside_down, upside_down)
    assert blocked_by(verdict) == [("sense", "candidate")]


def test_a_candidate_without_scores_is_blocked_and_not_an_error(hold_out):
    clicked, right, _ = hold_out
    verdict = Gate().quality(clicked, right, np.where(right > 0.9, np.nan, right))
    assert blocked_by(verdict) == [("scores", "candidate")]


def test_a_score_of_zero_that_is_wrong_is_blocked_without_a_warning(hold_out):
    clicked, right, _ = hold_out
    assert not Gate().quality(clicked, right, np.where(right < 0.5, 0.0, right)).passed


def test_what_makes_no_sense_is_refused_with_the_name():
    with pytest.raises(ValueError, match=r"current must be a row of at least two values, as many"):
        Gate().quality([0, 1, 1], [0.2, 0.3], [0.1, 0.2, 0.3])
    with pytest.raises(ValueError, match=r"candidate must be probabilities, 0 to 1"):
        Gate().quality([0, 1], [0.2, 0.3], [0.1, 7.0])
    with pytest.raises(ValueError, match=r"last must have rows"):
        Gate().data(pd.DataFrame({"a": [1.0]}), pd.DataFrame({"a": []}))
    with pytest.raises(ValueError, match=r"sure must be between 0 and 1"):
        Gate(sure=1.0)


def test_words_of_learners_are_escaped_in_the_page(last):
    verdict = Gate().data(last.rename(columns={"price": "<script>"}), last)
    assert "<script>" not in verdict._repr_html_()


def test_the_rows_of_a_training_are_those_that_the_training_fits():
    world = mb.World(seed=2, days=6, users=60)
    rows = training_rows(world, 5 * mb.DAY)
    pipeline, n_rows = train(world, 5 * mb.DAY)
    assert len(rows) == n_rows
    assert pipeline.steps[0][1].mean_ == pytest.approx(rows.drop(columns="clicked").mean())


def test_the_shops_own_new_days_pass_and_a_log_that_lost_half_of_its_events_does_not():
    world = mb.World(seed=2, days=12, users=300)
    last = training_rows(world, 8 * mb.DAY)
    assert Gate().data(training_rows(world, 12 * mb.DAY), last).passed
    lost = mb.drop("activity_log", at=7 * mb.DAY, lasting=5 * mb.DAY, share=0.5)
    halved = written(world, [lost], seed=0).seen_through(world)
    verdict = Gate().data(training_rows(halved, 12 * mb.DAY), last)
    assert blocked_by(verdict) == [("distribution", "log_recent_activity")]


@pytest.mark.parametrize("seed", range(6))
def test_the_limit_of_lesson_11_lets_ordinary_days_pass_in_any_shop(seed):
    """With 0.10 about one shop in three is blocked, seed 2 among them."""
    world = mb.World(seed=seed, users=400)
    last, today = (training_rows(world, day * mb.DAY) for day in (8, 12))
    assert Gate(moved_at_most=0.15).data(today, last).passed
