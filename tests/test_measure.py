"""Measures against their definitions done the slow way, and against scikit-learn."""

from __future__ import annotations

import math
import re
from dataclasses import fields, replace

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

import mlbook as mb
from mlbook.components import Site
from mlbook.faults import Fault
from mlbook.measure import SERVED
from mlbook.model import Version
from mlbook.patterns import Answer
from tests.worlds import refusal, shop, small

FRESH = mb.RestApi(features_every=60.0, features_takes=1.0)


@pytest.fixture(scope="module")
def nightly():
    return mb.run(mb.SharedDb(), small())


@pytest.fixture(scope="module")
def rest():
    return mb.run(mb.RestApi(), small())


@pytest.fixture(scope="module")
def in_process():
    return mb.run(mb.InProcess(), small())


def all_candidates(run):
    """Clicked or not, and the score, of every candidate of every slate, and whose slate it is."""
    clicked = run.world.visits.clicked[run.log["visit"]]
    slate = np.repeat(np.arange(clicked.shape[0]), clicked.shape[1])
    return clicked.ravel(), run.slate_score.ravel(), slate


# ---- AUC


@pytest.mark.parametrize("pattern", [mb.RestApi(), mb.SharedDb(), FRESH])
def test_auc_is_scikit_learns(pattern):
    run = mb.run(pattern, small())
    clicked, score, _ = all_candidates(run)
    assert mb.measure.auc(run)[0] == pytest.approx(roc_auc_score(clicked, score), abs=1e-12)


def test_auc_leaves_out_what_was_not_predicted():
    faults = [mb.down("shared_db", at=6 * mb.DAY, lasting=6 * mb.HOUR)]
    run = mb.run(mb.SharedDb(), small(), faults=faults)
    clicked, score, _ = all_candidates(run)
    known = ~np.isnan(score)
    assert 0 < known.sum() < known.size
    expected = roc_auc_score(clicked[known], score[known])
    assert mb.measure.auc(run)[0] == pytest.approx(expected, abs=1e-12)


def test_the_interval_of_auc_is_that_of_a_bootstrap(nightly):
    # The spread of 400 resamples is known to one in sqrt(800), 3.5 %; four of these are 14 %
    # (a false alarm in 6 of 100,000), and one more per cent is for the bootstrap's own bias.
    clicked, score, _ = all_candidates(nightly)
    user = np.repeat(nightly.log["user"], nightly.slate_score.shape[1])
    rows_of = [np.flatnonzero(user == one) for one in np.unique(user)]
    rng = np.random.default_rng(1)
    areas = []
    for _ in range(400):  # users are drawn, each with all that they were offered
        rows = np.concatenate([rows_of[k] for k in rng.integers(0, len(rows_of), len(rows_of))])
        areas.append(roc_auc_score(clicked[rows], score[rows]))
    assert mb.measure.auc(nightly)[1] == pytest.approx(1.96 * np.std(areas, ddof=1), rel=0.15)


def test_with_one_class_only_there_is_no_auc(nightly):
    run = mb.run(mb.SharedDb(), small(), warmup=small().visits.at_s[-1])
    run.slate_score[:] = math.nan
    assert np.isnan(mb.measure.auc(run)).all()


# ---- clicks and money


def jackknife(value: np.ndarray, user: np.ndarray) -> float:
    """Give the standard error of a mean over visits by leaving out one user at a time."""
    means = np.array([value[user != one].mean() for one in np.unique(user)])
    return math.sqrt((means.size - 1) * means.var())


def test_the_interval_takes_users_as_the_units_not_visits(nightly):
    # Every visit three times tells nothing new about the users, so the interval must stay.
    def thrice(run: mb.Run) -> mb.Run:
        log = {name: np.repeat(column, 3) for name, column in run.log.items()}
        return replace(run, log=log)

    once, again = mb.measure.clicks_per_100(nightly), mb.measure.clicks_per_100(thrice(nightly))
    assert again == pytest.approx(once)


def test_clicks_per_100_are_counted_with_their_interval(nightly):
    click = nightly.log["click"]
    rate = click.sum() / click.size
    value, half = mb.measure.clicks_per_100(nightly)
    assert value == pytest.approx(100 * rate)
    assert half == pytest.approx(196 * jackknife(click, nightly.log["user"]), rel=0.03)


def test_a_difference_is_paired_by_visit(nightly, rest):
    gap = rest.log["click"] - nightly.log["click"]
    value, error = mb.measure.difference_per_100(rest, nightly)
    assert value == pytest.approx(100 * gap.mean())
    assert error == pytest.approx(100 * jackknife(gap, rest.log["user"]), rel=0.03)
    back, _ = mb.measure.difference_per_100(nightly, rest)
    assert back == pytest.approx(-value)


def test_a_difference_says_its_interval():
    words = repr(mb.measure.Difference(clicks_per_100=4.194, standard_error=0.25))
    assert words == "+4.19 clicks per 100 visits (95 % interval +3.70 to +4.68)"


def test_clicks_of_several_worlds_are_collected_by_name(nightly, rest):
    found = mb.measure.clicks_by_name([{"a": nightly, "b": rest}, {"a": rest, "b": nightly}])
    mine, theirs = (mb.measure.clicks_per_100(run)[0] for run in (nightly, rest))
    assert {name: values.tolist() for name, values in found.items()} == {
        "a": [mine, theirs],
        "b": [theirs, mine],
    }


@pytest.mark.parametrize("other", [{"warmup": 6 * mb.DAY}, {"world": mb.World(4, 7, 60)}])
def test_a_difference_between_different_visits_is_refused(nightly, other):
    arguments = {"world": small()} | other
    stranger = mb.run(mb.SharedDb(), **arguments)
    words = refusal(ValueError, mb.measure.difference_per_100, nightly, stranger)
    assert "other must have served the same visits: use mb.compare(world, ...)" in words


def test_revenue_per_day_is_what_was_earned_over_the_days_that_were_served(nightly):
    log = nightly.log
    days = np.ptp(log["requested_at_s"]) / mb.DAY
    row = nightly.summary().iloc[0]
    assert row["revenue_per_day"] == pytest.approx(log["revenue"].sum() / days)


def test_a_pattern_earns_more_than_chance_and_less_than_knowing_the_truth():
    clicks = mb.measure.yardsticks(shop())["clicks_per_100"]
    pattern, _ = mb.measure.clicks_per_100(mb.run(FRESH, shop()))
    assert clicks["random"] < pattern < clicks["perfect"]


def test_knowing_the_truth_earns_what_the_best_candidates_are_clicked():
    best = shop().truth[shop().visits.at_s >= shop().default_warmup_s].max(axis=1)
    spread = 100 * math.sqrt((best * (1 - best)).sum()) / best.size
    found = mb.measure.yardsticks(shop()).loc["perfect", "clicks_per_100"]
    assert abs(found - 100 * best.mean()) < 4 * spread  # by chance: 6 in 100,000


def test_the_most_popular_is_the_category_that_was_clicked_most_often_before():
    world, visits = small(), small().visits
    clicks = []
    for i in np.flatnonzero(visits.at_s >= world.default_warmup_s):
        popular = world.popularity(visits.at_s[i] // mb.DAY * mb.DAY)  # as of the last midnight
        liked = [popular[world.catalog.category[item]] for item in visits.slate[i]]
        clicks.append(visits.clicked[i, np.argmax(liked)])
    found = mb.measure.yardsticks(world).loc["most popular", "clicks_per_100"]
    assert found == pytest.approx(100 * np.mean(clicks))


def test_chance_earns_what_an_average_candidate_is_clicked():
    served = shop().visits.at_s >= shop().default_warmup_s
    mean = shop().truth[served].mean()
    spread = 100 * math.sqrt(mean * (1 - mean) / served.sum())
    found = mb.measure.yardsticks(shop()).loc["random", "clicks_per_100"]
    assert abs(found - 100 * mean) < 4 * spread  # by chance: 6 in 100,000


# ---- availability, latency


def test_availability_counts_answers_with_a_prediction():
    faults = [mb.down("shared_db", at=6 * mb.DAY, lasting=6 * mb.HOUR)]
    run = mb.run(mb.SharedDb(), small(), faults=faults)
    good = sum(status in SERVED for status in run.log["status"])
    assert mb.measure.availability(run) == good / run.log["status"].size < 1


def test_latency_quantiles_are_those_of_the_log(rest):
    row = rest.summary().iloc[0]
    for name, q in (("p50", 0.5), ("p95", 0.95), ("p99", 0.99)):
        assert row[f"latency_{name}_s"] == np.quantile(rest.log["latency_s"], q)


# ---- freshness


def lag_by_hand(run):
    """For each event of the served period: when was it first part of what can be read?"""
    since_s, lags = run.log["requested_at_s"].min(), []
    for event_s in run.world.activity.at_s:
        knows_it = [at for at, asof, _ in run.site.published if asof > event_s]
        if event_s >= since_s and knows_it:
            lags.append(min(knows_it) - event_s)
    return lags


@pytest.mark.parametrize(
    "pattern",
    [mb.SharedDb(), mb.SharedDb(predict_every=mb.HOUR, predict_takes=600.0), mb.RestApi()],
)
def test_the_lag_of_an_event_is_counted_to_the_first_table_that_knows_it(pattern):
    run = mb.run(pattern, small())
    np.testing.assert_allclose(mb.measure.event_lag_s(run), lag_by_hand(run))
    assert run.summary()["event_lag_p95_s"].item() == np.quantile(lag_by_hand(run), 0.95)


def test_the_lag_of_an_event_lies_between_one_run_and_a_run_and_a_period(rest):
    lag_s = mb.measure.event_lag_s(rest)
    takes, every = rest.pattern.features_takes, rest.pattern.features_every
    assert takes < lag_s.min() < lag_s.max() < takes + every


def test_a_pattern_that_reads_the_activity_log_itself_has_no_lag(in_process):
    assert not mb.measure.event_lag_s(in_process).any()
    assert in_process.summary()["event_lag_p95_s"].item() == 0


def test_features_read_after_time_in_line_have_age_zero_and_not_less(in_process):
    assert not in_process.log["feature_age_s"].any()


def test_predictions_read_are_the_distinct_rows_that_somebody_was_shown():
    run = mb.run(mb.SharedDb(predict_every=6 * mb.HOUR, predict_takes=600.0), small())
    log, slates = run.log, small().visits.slate
    rows, tables = set(), set()
    for visit, user, asof_s, status in zip(
        log["visit"], log["user"], log["feature_asof_s"], log["status"], strict=True
    ):
        if status in SERVED:
            tables.add(asof_s)
            rows |= {(asof_s, user, item) for item in slates[visit].tolist()}
    computed = sum(n for _, asof_s, n in run.site.published if asof_s in tables)
    assert mb.measure.predictions_read(run) == (computed, len(rows))
    assert len(rows) < computed


def test_features_in_the_request_make_it_larger(rest):
    ids, features = (mb.measure.request_bytes(rest, send) for send in ("ids", "features"))
    assert features > 10 * ids > 0


# ---- slide 23


def test_the_rows_of_the_talk_say_by_batch_and_on_the_fly(nightly, rest):
    by_batch, on_the_fly = mb.measure.talk_rows(nightly), mb.measure.talk_rows(rest)
    assert by_batch["prediction_trigger"] == "schedule"
    assert on_the_fly["prediction_trigger"] == "request"
    assert by_batch["training_every_s"] == on_the_fly["training_every_s"] == 1 * mb.DAY
    assert by_batch["required_time_s"] == nightly.pattern.predict_takes
    assert on_the_fly["required_time_s"] == np.quantile(rest.log["latency_s"], 0.95)


def test_the_two_rows_that_people_confuse_differ_by_pattern(nightly, rest):
    by_batch, on_the_fly = mb.measure.talk_rows(nightly), mb.measure.talk_rows(rest)
    assert by_batch["delivery_p95_s"] < 0.1 < by_batch["event_lag_p95_s"]
    assert on_the_fly["delivery_p95_s"] < 0.1 < on_the_fly["event_lag_p95_s"]
    assert by_batch["event_lag_p95_s"] > 10 * on_the_fly["event_lag_p95_s"]


def test_a_day_of_failures_still_has_all_rows():
    run = mb.run(mb.RestApi(), small(), faults=[mb.down("api", at=0, lasting=7 * mb.DAY)])
    rows = mb.measure.talk_rows(run)
    assert rows["prediction_trigger"] == "none"
    assert math.isfinite(rows["delivery_p95_s"])


# ---- names and words

A_TIME = re.compile(r"latency|wait|delay|interval|timeout|age|lag|_at\b|asof|live")
NOT_TIMES = {"label_delay", "restart_takes"}  # arguments: durations go in without a unit
IN_WORDS = {"clicks_per_100", "clicks_ci95", "revenue_per_day", "auc", "auc_ci95"}


def test_every_time_that_comes_out_ends_in_its_unit(nightly):
    names = [*nightly.summary(), *nightly.requests, *nightly.versions, *nightly.published]
    names += [*mb.measure.talk_rows(nightly), *small().events_frame()]
    names += [each.name for kind in (Answer, Version, Fault, Site) for each in fields(kind)]
    names = [name for name in names if A_TIME.search(name)]
    assert len(names) > 15
    assert [name for name in names if not name.endswith("_s")] == []


def test_every_other_measure_is_documented(nightly):
    for name in nightly.summary():
        assert name.endswith(("_s", "_frac")) or name in IN_WORDS, name
        assert f"`{name}`" in mb.measure.summary.__doc__, name


def test_a_summary_reads_in_words_with_units():
    row = {
        "latency_p50_s": 0.0123, "latency_p95_s": 0.0279, "latency_p99_s": 1.5,
        "feature_age_mean_s": 7200.0, "event_lag_p95_s": math.nan, "model_age_mean_s": 2 * mb.DAY,
        "availability_frac": 0.9996, "clicks_per_100": 37.86, "clicks_ci95": 0.92,
        "revenue_per_day": 275_076.7, "auc": 0.6378, "auc_ci95": 0.0056,
    }  # fmt: skip
    words = mb.measure.readable(pd.DataFrame([row], index=["rest"]))["rest"]
    assert words.to_dict() == {
        "latency p50": "12 ms",
        "latency p95": "28 ms",
        "latency p99": "1.5 s",
        "age of the features, mean": "2.0 h",
        "event to answer, p95": "-",
        "age of the model, mean": "2.0 d",
        "answered with a prediction": "99.96 %",
        "clicks per 100 visits": "37.9 ± 0.9",
        "revenue per day": "¥275,077",
        "AUC": "0.638 ± 0.006",
    }


def test_an_unknown_measure_reads_as_a_dash():
    run = mb.run(mb.RestApi(), small(), faults=[mb.down("api", at=0, lasting=7 * mb.DAY)])
    words = mb.measure.readable(run.summary())["RestApi"]
    assert words["AUC"] == words["age of the model, mean"] == "-"
    assert words["answered with a prediction"] == "0 %"
