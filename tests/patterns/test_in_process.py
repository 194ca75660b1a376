"""The baseline: no network, the freshest features, and a model that waits for the next release."""

from __future__ import annotations

import numpy as np

import mlbook as mb
from tests.worlds import small, steady

DAILY = mb.InProcess(release_every=1 * mb.DAY)
RELEASE = 6 * mb.DAY + 1 * mb.HOUR  # releases begin one hour after midnight


def test_the_model_changes_only_with_a_release():
    run = mb.run(DAILY, steady())
    log, released_s = run.log, 1 * mb.HOUR + DAILY.restart_takes
    day = np.floor((log["requested_at_s"] - released_s) / mb.DAY)
    live_s = np.array([version.live_at_s for version in run.site.versions.versions])
    newest = np.searchsorted(live_s, day * mb.DAY + released_s, side="right")
    ok = log["status"] == "ok"
    assert ok.mean() > 0.99
    assert np.array_equal(log["model_version"][ok], newest[ok])


def test_a_rare_release_keeps_an_old_model_though_training_goes_on():
    run = mb.run(mb.InProcess(release_every=7 * mb.DAY), steady())
    assert len(run.site.versions.versions) > 10
    assert np.unique(run.log["model_version"]).size == 2
    assert run.log["model_age_s"].max() > 5.9 * mb.DAY


def test_the_app_is_first_released_with_the_first_model():
    run = mb.run(mb.InProcess(release_every=7 * mb.DAY), small())
    assert run.site.versions.versions[0].live_at_s > 26 * mb.HOUR  # after the train's first turn
    assert set(run.log["model_version"]) == {1}


def test_the_app_is_away_exactly_while_it_is_released():
    run = mb.run(DAILY.but(workers=64), small().rush(at=RELEASE - 10, lasting=40, rate_per_s=100))
    at_s = run.log["requested_at_s"]
    away = (at_s >= RELEASE) & (at_s < RELEASE + DAILY.restart_takes)
    assert 1500 < away.sum() < 2500
    assert np.array_equal(run.log["status"] == "down:web_app", away)


def test_a_release_that_is_down_interrupts_nobody_and_brings_no_model():
    fault = mb.down("release", at=RELEASE - 60.0, lasting=120.0)
    run = mb.run(DAILY, steady(), faults=[fault])
    assert (RELEASE, "release", "lost") in run.site.incidents
    second_day = (run.log["requested_at_s"] > RELEASE) & (run.log["requested_at_s"] < 7 * mb.DAY)
    assert (run.log["model_age_s"][second_day] > 1 * mb.DAY).all()


def test_features_are_read_at_the_request():
    log = mb.run(DAILY, steady()).log
    assert np.nanmax(np.abs(log["feature_age_s"])) < 1.0


def test_a_request_takes_lookup_and_service_and_no_network():
    run = mb.run(DAILY.but(workers=64), steady())
    ok = run.log["status"] == "ok"
    draws_s = [run.site.parts[part].draws_s[run.log["visit"]] for part in ("db", "web_app")]
    np.testing.assert_allclose(run.log["latency_s"][ok], sum(draws_s)[ok], rtol=0, atol=1e-9)
