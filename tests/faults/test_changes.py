"""A bad release turns what the models learn round; a changed schema refuses calls and jobs."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

import mlbook as mb
from tests.worlds import small

AT_S, ENDS_S = 5 * mb.DAY, 6 * mb.DAY
BATCH = {
    "REST": mb.RestApi(),
    "shared DB": mb.SharedDb(),
    "in process": mb.InProcess(release_every=1 * mb.DAY),
    "mobile": mb.MobileApp(delivery="download"),
}
ONGOING = {"streaming": mb.Streaming(), "federated": mb.Federated()}


@cache
def world():
    return mb.World(seed=1, days=9, users=120)


@cache
def served(name, bad):
    faults = [mb.bad_release(at=AT_S, lasting=ENDS_S - AT_S)] if bad else []
    return mb.run((BATCH | ONGOING)[name], world(), faults=faults)


def versions(name, bad):
    return served(name, bad).site.versions.versions


@cache
def columns():
    visits, rows = world().visits, np.arange(len(world().visits))
    item = visits.slate[rows, visits.shown]
    return world().features(visits.user, item, visits.at_s), visits.clicked[rows, visits.shown]


def probability(version):
    return version.estimator.predict_proba(columns()[0])[:, 1]


def ranks(version):
    return roc_auc_score(columns()[1], probability(version))


@pytest.mark.parametrize("name", BATCH)
def test_swapped_labels_turn_a_model_trained_meanwhile_round_and_no_other(name):
    pairs = list(zip(versions(name, bad=True), versions(name, bad=False), strict=True))
    turned = [AT_S <= version.asof_s < ENDS_S for version, _ in pairs]
    assert sum(turned) == 1
    for is_turned, (version, good) in zip(turned, pairs, strict=True):
        # Logistic regression is symmetric: without clicks for non-clicks it gives 1 - p.
        expected = 1 - probability(good) if is_turned else probability(good)
        assert probability(version) == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("name", ONGOING)
def test_a_model_that_goes_on_learning_turns_by_and_by_and_comes_back(name):
    bad, good = versions(name, bad=True), versions(name, bad=False)
    before = [n for n, version in enumerate(bad) if version.asof_s < AT_S]
    meanwhile = [n for n, version in enumerate(bad) if AT_S <= version.asof_s < ENDS_S]
    assert all(np.array_equal(probability(bad[n]), probability(good[n])) for n in before)
    assert ranks(bad[meanwhile[0]]) > 0.5 > ranks(bad[meanwhile[-1]])
    assert ranks(bad[meanwhile[-1] + 1]) < ranks(good[meanwhile[-1] + 1]) - 0.1  # not yet
    assert ranks(bad[-1]) == pytest.approx(ranks(good[-1]), abs=0.05)


@pytest.mark.parametrize("name", BATCH | ONGOING)
def test_a_bad_release_fails_no_request_and_costs_clicks(name):
    bad, good = served(name, bad=True), served(name, bad=False)
    assert (bad.log["status"] == good.log["status"]).all()
    assert np.array_equal(bad.log["latency_s"], good.log["latency_s"])
    versions_s = np.array([np.inf, *(version.asof_s for version in versions(name, bad=True))])
    before = versions_s[bad.log["model_version"]] < AT_S
    meanwhile = (versions_s[bad.log["model_version"]] >= AT_S) & (
        versions_s[bad.log["model_version"]] < ENDS_S
    )
    earns = bad.log["click"] - good.log["click"]
    assert not earns[before].any()
    assert earns[meanwhile].mean() < -0.1  # ten clicks per 100 visits


def test_calls_of_a_part_with_another_schema_are_refused_at_once_and_no_others():
    at, lasting = 5.5 * mb.DAY, 3 * mb.HOUR
    run = mb.run(
        mb.SharedDb(), small(), faults=[mb.schema_change("shared_db", at=at, lasting=lasting)]
    )
    plain, log = mb.run(mb.SharedDb(), small()).log, run.log
    inside = (log["requested_at_s"] >= at) & (log["requested_at_s"] < at + lasting)
    assert inside.any()
    assert np.array_equal(log["status"] == "schema:shared_db", inside)
    assert (log["latency_s"][inside] == 0).all()
    assert (log["item"][inside] == -1).all()
    assert not log["click"][inside].any()
    assert all(
        np.array_equal(log[name][~inside], plain[name][~inside]) for name in ("item", "latency_s")
    )
    assert mb.measure.availability(run) == pytest.approx(1 - inside.mean())


def test_a_training_whose_data_have_other_columns_is_refused_and_noted():
    fault = mb.schema_change("training", at=AT_S - 1, lasting=1 * mb.HOUR)
    run = mb.run(mb.RestApi(), small(), faults=[fault])
    assert run.site.incidents == [(AT_S, "training", "refused")]
    assert AT_S not in [version.asof_s for version in run.site.versions.versions]


def test_a_stream_whose_queue_has_another_schema_catches_up_afterwards():
    at, lasting = 5.5 * mb.DAY, 3 * mb.HOUR
    refused, down = (
        mb.run(mb.Streaming(), small(), faults=[fault("mq", at=at, lasting=lasting)])
        for fault in (mb.schema_change, mb.down)
    )
    assert {what for _, _, what in refused.site.incidents} == {"refused"}
    # It is refused at once, where an outage is noticed after a moment; else the two are the same.
    assert refused.site.seen_at_s == pytest.approx(down.site.seen_at_s, abs=2.0)
    assert (refused.log["status"] == "ok").all()


def test_a_phone_that_cannot_sync_because_of_the_schema_gets_its_events_afterwards():
    at, lasting = 5.5 * mb.DAY, 3 * mb.HOUR
    refused, down = (
        mb.run(mb.MobileApp(), small(), faults=[fault("sync", at=at, lasting=lasting)]).site
        for fault in (mb.schema_change, mb.down)
    )
    assert np.array_equal(refused.seen_at_s, down.seen_at_s)


def test_refused_visits_can_be_drawn():
    fault = mb.schema_change("api", at=5.5 * mb.DAY, lasting=3 * mb.HOUR)
    runs = mb.compare(small(), rest=mb.RestApi(), faults=[fault])
    display = mb.charts.StatusDisplay.from_runs(runs, "schema")
    assert display.total["rest"] == pytest.approx(1 - mb.measure.availability(runs["rest"]))
    assert "Visits refused" in display.plot().figure_.axes[0].get_title("left")
