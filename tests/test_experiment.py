"""Runs are repeatable and private, causes come before effects, and choices have consequences."""

from __future__ import annotations

import math

import numpy as np
import pytest

import mlbook as mb
from mlbook.experiment import parts_of
from tests.worlds import fingerprint, in_another_process, refusal, same_log, shop, small, steady

FRESH = mb.RestApi(features_every=60.0, features_takes=1.0)
PATTERNS = [mb.InProcess(), mb.RestApi(), mb.SharedDb()]


# ---- consequences


def test_fresh_features_earn_more_clicks_than_day_old_ones():
    runs = mb.compare(shop(), fresh=FRESH, nightly=mb.SharedDb())
    gain, error = mb.measure.difference_per_100(runs["fresh"], runs["nightly"])
    assert gain > 4 * error  # by chance in 3 of 100,000
    assert gain > 1.0  # click per 100 visits: worth a learner's while


def test_where_interests_hold_for_months_freshness_is_worth_less():
    faithful = mb.World(seed=1, interest_holds=90 * mb.DAY)
    gains = []
    for world in (shop(), faithful):
        runs = mb.compare(world, fresh=FRESH, nightly=mb.SharedDb())
        gains.append(mb.measure.difference_per_100(runs["fresh"], runs["nightly"]))
    (passing, error), (lasting, other_error) = gains
    assert passing - lasting > 4 * math.hypot(error, other_error)


def test_a_pattern_against_itself_shows_no_difference_at_all():
    runs = mb.compare(small(), one=FRESH, two=FRESH)
    assert same_log(runs["one"], runs["two"])
    assert mb.measure.difference_per_100(runs["one"], runs["two"]) == (0.0, 0.0)


def test_the_shown_item_is_the_best_scored_and_its_outcome_is_logged():
    run, visits = mb.run(FRESH, small()), small().visits
    i, rows = run.log["visit"], np.arange(run.log["visit"].size)
    ok = run.log["status"] == "ok"
    best = run.slate_score.argmax(axis=1)
    assert np.array_equal(run.log["item"][ok], visits.slate[i, best][ok])
    assert np.array_equal(run.log["click"][ok], visits.clicked[i, best][ok])
    assert np.array_equal(run.log["revenue"][ok], visits.revenue[i, best][ok])
    assert np.array_equal(run.log["score"][ok], run.slate_score[rows, best][ok])


# ---- repeatable


@pytest.mark.parametrize("pattern", PATTERNS, ids=lambda p: type(p).__name__)
def test_a_second_run_of_one_object_gives_the_identical_log(pattern):
    assert same_log(mb.run(pattern, small(), seed=3), mb.run(pattern, small(), seed=3))


def test_another_seed_draws_other_latencies_for_the_same_visitors():
    one, two = (mb.run(mb.RestApi(), small(), seed=seed).log for seed in (0, 1))
    assert np.array_equal(one["requested_at_s"], two["requested_at_s"])
    assert not np.array_equal(one["latency_s"], two["latency_s"])


@pytest.mark.parametrize("pattern", PATTERNS, ids=lambda p: type(p).__name__)
def test_another_process_writes_the_identical_log(pattern):
    printed = in_another_process(
        "import mlbook as mb\n"
        f"run = mb.run(mb.{type(pattern).__name__}(), worlds.small(), seed=3)\n"
        "print(worlds.fingerprint(run.log))"
    )
    assert printed == fingerprint(mb.run(pattern, small(), seed=3).log)


def test_the_order_of_a_comparison_changes_nobody():
    one = mb.compare(small(), rest=mb.RestApi(), nightly=mb.SharedDb())
    two = mb.compare(small(), nightly=mb.SharedDb(), rest=mb.RestApi())
    assert list(two) == ["nightly", "rest"]
    assert all(same_log(one[name], two[name]) for name in one)
    assert same_log(one["rest"], mb.run(mb.RestApi(), small()))


def test_a_fault_on_one_part_moves_no_draws_of_the_others():
    pattern, faults = mb.RestApi(), [mb.down("api", at=5 * mb.DAY, lasting=1 * mb.DAY)]
    hit, plain = mb.run(pattern, small(), faults=faults), mb.run(pattern, small())
    for name, part in plain.site.parts.items():
        assert np.array_equal(part.draws_s, hit.site.parts[name].draws_s), name
    after = plain.log["requested_at_s"] > 6 * mb.DAY
    assert np.array_equal(hit.log["latency_s"][after], plain.log["latency_s"][after])


def test_an_added_part_moves_no_draws_of_the_others():
    class Crowded(mb.SharedDb):
        def build(self):
            self.site.part("cache", self.lookup)
            super().build()

    crowded, plain = mb.run(Crowded(), small()), mb.run(mb.SharedDb(), small())
    assert "cache" in crowded.site.parts
    assert same_log(crowded, plain)


def test_load_moves_no_draws():
    calm, busy = (mb.run(mb.RestApi(workers=workers), small()) for workers in (64, 1))
    for name, part in calm.site.parts.items():
        assert np.array_equal(part.draws_s, busy.site.parts[name].draws_s), name


# ---- causes and effects


@pytest.mark.parametrize("pattern", [FRESH, mb.RestApi(), mb.SharedDb(predict_every=mb.HOUR)])
def test_no_answer_changes_before_the_event_that_causes_it(pattern):
    world, at = steady(), 9 * mb.DAY
    later = world.visits.user[world.visits.at_s > at + 1 * mb.DAY]
    user = int(later[0])
    plain, caused = (
        mb.run(pattern, each) for each in (world, world.with_event(user=user, item=0, at=at))
    )
    # Training may learn from the event the next midnight: until then only that user's answers move.
    changed = (plain.slate_score != caused.slate_score).any(axis=1)
    answered_s = plain.log["requested_at_s"] + plain.log["latency_s"]
    assert changed.any()
    assert not changed[answered_s <= at].any()
    before_training = answered_s < 10 * mb.DAY
    assert set(plain.log["user"][changed & before_training]) <= {user}


def test_deferred_scoring_equals_scoring_each_request_alone():
    world = small()
    run = mb.run(mb.RestApi(), world)
    model = {version.number: version.estimator for version in run.site.versions.versions}
    for n, i in enumerate(run.log["visit"][:200]):
        slate = world.visits.slate[i]
        who, asof_s = world.visits.user[i], run.log["feature_asof_s"][n]
        columns = world.features(np.full(slate.size, who), slate, np.full(slate.size, asof_s))
        alone = model[run.log["model_version"][n]].predict_proba(columns)[:, 1]
        np.testing.assert_allclose(run.slate_score[n], alone, rtol=1e-12)


# ---- the log


def test_visits_of_the_warm_up_are_left_out():
    log = mb.run(mb.SharedDb(), small(), warmup=6 * mb.DAY).log
    assert np.array_equal(log["visit"], np.flatnonzero(small().visits.at_s >= 6 * mb.DAY))


def test_the_warm_up_changes_nothing_afterwards():
    whole = mb.run(mb.SharedDb(), small(), warmup=0)
    later = whole.log["requested_at_s"] >= 6 * mb.DAY
    log = mb.run(mb.SharedDb(), small(), warmup=6 * mb.DAY).log
    assert fingerprint({name: values[later] for name, values in whole.log.items()}) == fingerprint(
        log
    )


def test_every_table_of_a_run_has_its_documented_columns():
    run = mb.run(mb.SharedDb(), small())
    for column in run.requests.columns:
        assert f"`{column}`" in mb.run.__doc__, column
    assert list(run.versions.columns) == ["number", "asof_s", "live_at_s", "n_rows"]
    assert list(run.published.columns) == ["published_at_s", "asof_s", "n_predictions"]
    assert len(run.versions) == len(run.site.versions.versions) > 3


def test_a_failed_request_shows_nothing_and_earns_nothing():
    faults = [mb.down("shared_db", at=6 * mb.DAY, lasting=6 * mb.HOUR)]
    log = mb.run(mb.SharedDb(), small(), faults=faults).log
    failed = log["status"] == "down:shared_db"
    assert failed.any()
    assert set(log["item"][failed]) == {-1}
    assert log["revenue"][failed].sum() == log["click"][failed].sum() == 0
    assert np.isnan(log["feature_age_s"][failed]).all()


def test_without_any_training_the_run_says_no_model():
    faults = [mb.down("training", at=0, lasting=7 * mb.DAY)]
    run = mb.run(mb.RestApi(), small(), faults=faults)
    assert set(run.log["status"]) == {"no_model"}
    assert mb.measure.availability(run) == 0.0
    assert math.isnan(run.summary()["auc"].item())


# ---- comparing


def test_a_comparison_has_a_row_a_pattern_and_reads_as_html():
    runs = mb.compare(small(), rest=mb.RestApi(), nightly=mb.SharedDb())
    assert list(runs.summary().index) == ["rest", "nightly"]
    assert len(runs) == 2
    assert "clicks per 100 visits" in runs._repr_html_()


def test_a_printed_summary_hides_no_column():
    summary = mb.compare(small(), nightly=mb.SharedDb()).summary()
    assert all(name in repr(summary) for name in summary)
    assert "..." not in repr(summary)


def test_a_printed_comparison_reads_in_words_and_says_what_did_not_apply():
    faults = [mb.down("shared_db", at=6 * mb.DAY, lasting=60.0)]
    runs = mb.compare(small(), rest=mb.RestApi(), nightly=mb.SharedDb(), faults=faults)
    assert "clicks per 100 visits" in repr(runs)
    assert repr(runs).endswith("rest: no such part as 'shared_db'")


def test_a_run_alone_reads_as_html_too():
    assert "RestApi" in mb.run(mb.RestApi(), small())._repr_html_()


def test_a_fault_hits_the_patterns_that_have_the_part_and_the_others_say_so():
    faults = [mb.down("shared_db", at=6 * mb.DAY, lasting=6 * mb.HOUR)]
    runs = mb.compare(small(), rest=mb.RestApi(), nightly=mb.SharedDb(), faults=faults)
    assert mb.measure.availability(runs["nightly"]) < 1
    assert same_log(runs["rest"], mb.run(mb.RestApi(), small()))
    assert runs.notes == ("rest: no such part as 'shared_db'",)
    assert "no such part as" in runs._repr_html_()


def test_a_part_that_fails_often_is_noted_once():
    often = [mb.down("batch", at=n * mb.DAY, lasting=60.0) for n in range(5)]
    runs = mb.compare(small(), rest=mb.RestApi(), nightly=mb.SharedDb(), faults=often)
    assert runs.notes == ("rest: no such part as 'batch'",)


def test_a_note_is_escaped_in_the_page():
    runs = mb.compare(small(), **{"<b>": mb.RestApi(), "n": mb.SharedDb()},
                      faults=[mb.down("batch", at=0, lasting=1.0)])  # fmt: skip
    assert "<b>" not in runs._repr_html_()


def test_parts_are_named_as_faults_address_them():
    assert parts_of(mb.SharedDb(), small()) == [
        "activity_log",
        "shared_db",
        "training",
        "batch",
    ]
    rest = {"activity_log", "network", "feature_db", "api", "training", "feature_job"}
    assert set(parts_of(mb.RestApi(), small())) == rest


# ---- bad input


NO_PART = [mb.down("apy", at=0, lasting=1.0)]


def test_a_fault_on_a_part_that_does_not_exist_is_refused_with_a_suggestion():
    words = refusal(ValueError, lambda: mb.run(mb.RestApi(), small(), faults=NO_PART))
    assert "faults: RestApi has no part 'apy'. Did you mean 'api'?" in words
    assert "Parts are: activity_log, api, feature_db, feature_job, network, training." in words


def test_in_a_comparison_a_fault_must_hit_at_least_one_pattern():
    two = {"rest": mb.RestApi(), "nightly": mb.SharedDb()}
    words = refusal(ValueError, lambda: mb.compare(small(), **two, faults=NO_PART))
    assert "faults: rest and nightly has no part 'apy'. Did you mean 'api'?" in words
    assert "batch" in words
    assert "feature_db" in words


@pytest.mark.parametrize(
    ("call", "kind", "words"),
    [
        (
            lambda: mb.run(mb.RestApi(), mb.World(days=1, users=50), warmup=0),
            ValueError,
            "days must be long enough for one training, got 1: no training found 200 labelled "
            "visits. Use more days, more users or a smaller train_every.",
        ),
        (
            lambda: mb.run(mb.RestApi(), small(), warmup=8 * mb.DAY),
            ValueError,
            "warmup must be shorter than the world (days=7), got 691200 seconds = 8 days. "
            "Use more days or a shorter warmup.",
        ),
        (
            lambda: mb.run(mb.RestApi(), small(), warmup=math.nan),
            ValueError,
            "warmup must be >= 0 (seconds), got nan. Durations are seconds: write 5 * mb.DAY.",
        ),
        (
            lambda: mb.run(mb.RestApi(), small().rush(at=6e5, lasting=1e-6, rate_per_s=1.0)),
            ValueError,
            "warmup must leave at least one visit, got 432000 seconds and no visit after them. Use",
        ),
        (
            lambda: mb.run(mb.RestApi(), small(), seed=-1),
            ValueError,
            "seed must be >= 0 (seed of the latencies), got -1. Write 0.",
        ),
        (
            lambda: mb.run(mb.RestApi, small()),
            TypeError,
            "pattern must be a pattern such as mb.RestApi(), got <class",
        ),
        (lambda: mb.compare(small(), rest=mb.RestApi), TypeError, "Add the parentheses."),
        (lambda: mb.compare(small()), TypeError, "patterns must be given by name, got none. Write"),
        (
            lambda: mb.run(small(), mb.RestApi()),
            TypeError,
            "The order is mb.run(pattern, world).",
        ),
        (
            lambda: mb.run(mb.RestApi(), small(), faults=NO_PART[0]),
            TypeError,
            "faults must be a list of faults, got Fault(",
        ),
    ],
)  # fmt: skip
def test_a_run_that_cannot_be_is_refused_with_the_next_step(call, kind, words):
    assert words in refusal(kind, call)


def test_a_pattern_that_raises_is_shown_as_it_is():
    class Broken(mb.SharedDb):
        async def predict(self, i):
            raise ZeroDivisionError("in the learner's own code")

    assert refusal(ZeroDivisionError, mb.run, Broken(), small()) == "in the learner's own code"
