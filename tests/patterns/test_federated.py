"""Pattern 4': rounds on the devices, models that come with a sync, and raw data at home."""

from __future__ import annotations

import math
from functools import cache

import numpy as np
import pytest
from scipy import stats
from sklearn.metrics import roc_auc_score

import mlbook as mb
from mlbook.fedavg import clients_of
from mlbook.queueing import Constant
from mlbook.world import Phones
from tests.worlds import refusal, small, steady

FEDERATED = mb.Federated()
ROUND, SYNC = FEDERATED.train_every, FEDERATED.sync_every
PUNCTUAL = {"device_takes": Constant(60.0), "drop_out": 0.0}
OUTAGE = {"at": 9 * mb.DAY, "lasting": 12 * mb.HOUR}


@cache
def served(*faults, **knobs):
    return mb.run(FEDERATED.but(**knobs), steady(), faults=faults)


def phones_of(run):
    cut_off = run.site.parts["sync"].misses
    knobs = run.pattern.sync_every, run.pattern.own_share
    return Phones(run.world, run.seed, *knobs, lambda _, at_s: cut_off(at_s))


# ---- the model


def test_a_round_is_played_every_hour_and_makes_a_version():
    versions = served(**PUNCTUAL).versions
    assert set(np.diff(versions["asof_s"])) == {ROUND}
    np.testing.assert_allclose(versions["live_at_s"] - versions["asof_s"], 60.0)


def test_a_request_is_answered_by_the_newest_version_of_the_phones_last_sync():
    run = served()
    live_s = run.versions["live_at_s"].to_numpy()
    synced_s = phones_of(run).last_sync_s(run.log["user"], run.log["requested_at_s"])
    newest = np.searchsorted(live_s, synced_s, side="right")
    assert np.array_equal(run.log["model_version"], newest)


def test_the_mean_age_of_the_model_is_the_rounds_time_and_half_of_both_periods():
    run = served(**PUNCTUAL)
    age_s = run.log["model_age_s"]
    # A phone's phase shifts the ages of all its requests, and each request has a place in its hour.
    error_s = math.sqrt(SYNC**2 / 12 / run.world.users + ROUND**2 / 12 / age_s.size)
    assert abs(age_s.mean() - (60.0 + SYNC / 2 + ROUND / 2)) < 4 * error_s  # by chance 6 in 100,000
    assert 60.0 <= age_s.min() < age_s.max() < 60.0 + SYNC + ROUND


def test_a_round_takes_as_long_as_the_report_that_completes_it():
    run = served(clients_a_round=20, drop_out=0.0)
    whole = [each for each in run.site.rounds if each.n_drawn == 26]  # at first there are fewer
    takes_s = np.array([each.takes_s for each in whole])
    sigma = math.log(10) / stats.norm.ppf(0.99)
    share = stats.norm.cdf(np.log(takes_s / 60.0) / sigma)
    assert len(whole) > 300
    assert {each.n_reported for each in whole} == {20}
    assert stats.kstest(share, stats.beta(20, 7).cdf).pvalue > 1e-5


def test_each_round_learns_from_what_its_devices_know_by_then():
    run = served(clients_a_round=60, over_sample=1.0, secure=False, **PUNCTUAL)
    version = run.site.versions.versions[100]
    assert version.n_rows == len(steady().labelled(version.asof_s))


def test_the_scale_comes_from_the_devices_own_stores():
    run = served(clients_a_round=60, over_sample=1.0, secure=False, **PUNCTUAL)
    first = run.site.versions.versions[0]
    own = clients_of(run.world, first.asof_s, phones_of(run).features()).pooled()[0]
    shops = clients_of(run.world, first.asof_s).pooled()[0]
    np.testing.assert_allclose(first.estimator[0].mean_, own.mean(axis=0), rtol=1e-9)
    assert abs(own.mean(axis=0) - shops.mean(axis=0)).max() > 1e-3


def test_the_scale_is_found_once():
    scales = {version.estimator[0].mean_.tobytes() for version in served().site.versions.versions}
    assert len(scales) == 1


def test_the_first_round_waits_for_as_many_devices_as_it_needs_reports():
    world, run = steady(), served(clients_a_round=50)
    hours = np.arange(0, 48) * mb.HOUR
    enough = [len(clients_of(world, at_s)) >= 50 for at_s in hours]
    assert run.versions["asof_s"].iloc[0] == hours[np.argmax(enough)]


def test_the_secure_sum_changes_no_answer_by_more_than_rounding():
    np.testing.assert_allclose(served().slate_score, served(secure=False).slate_score, atol=1e-6)
    assert np.array_equal(served().log["item"], served(secure=False).log["item"])


def test_with_every_device_and_much_local_work_it_ranks_as_well_as_rows_in_one_place():
    def area(run):
        clicked = steady().visits.clicked[run.log["visit"]]
        return roc_auc_score(clicked.ravel(), run.slate_score.ravel())

    central = mb.InProcess(release_every=1 * mb.HOUR, restart_takes=0.0, train_every=1 * mb.HOUR)
    plenty = served(own_share=1.0, clients_a_round=60, over_sample=1.0, local_epochs=20, **PUNCTUAL)
    hardly = served(own_share=1.0, clients_a_round=3, local_epochs=1, **PUNCTUAL)
    best = area(mb.run(central, steady()))
    assert abs(area(plenty) - best) < 0.005
    assert area(hardly) < best - 0.01


# ---- the data


def test_half_of_the_events_are_known_at_once_and_the_others_within_a_sync():
    lag_s = mb.measure.event_lag_s(served())
    late = lag_s > 0
    assert abs(late.mean() - 0.5) < 4 * math.sqrt(0.25 / late.size)  # by chance 6 in 100,000
    assert lag_s.max() < SYNC
    assert served().summary()["event_lag_p95_s"].item() == pytest.approx(0.9 * SYNC, rel=0.05)


def test_what_is_done_elsewhere_never_arrives_without_a_sync():
    # Every phone syncs once in 60 days; the few that do so in these two weeks are left out.
    run = mb.run(FEDERATED.but(sync_every=60 * mb.DAY), steady(), warmup=6 * mb.DAY)
    never = phones_of(run).phase_s[run.world.activity.user] > run.world.horizon_s
    seen_s = run.site.seen_at_s[never]
    known = seen_s <= run.world.horizon_s
    assert abs(known.mean() - 0.5) < 4 * math.sqrt(0.25 / known.size)
    assert np.array_equal(seen_s[known], run.world.activity.at_s[never][known])


def test_an_answer_is_dated_by_the_last_sync_and_computed_from_the_phones_store():
    run, world = served(sync_every=12 * mb.HOUR), steady()
    synced_s = phones_of(run).last_sync_s(run.log["user"], run.log["requested_at_s"])
    np.testing.assert_array_equal(run.log["feature_asof_s"], synced_s)
    features = phones_of(run).features()
    estimators = [version.estimator for version in run.site.versions.versions]
    for n in range(0, 3000, 100):
        slate = world.visits.slate[run.log["visit"][n]]
        who = np.full(slate.size, run.log["user"][n])
        columns = features(who, slate, np.full(slate.size, run.log["requested_at_s"][n]))
        expected = estimators[run.log["model_version"][n] - 1].predict_proba(columns)[:, 1]
        np.testing.assert_allclose(run.slate_score[n], expected, rtol=1e-9)


def test_the_user_waits_for_the_device_only():
    run = served()
    draws_s = run.site.parts["device"].draws_s[run.log["visit"]]
    np.testing.assert_allclose(run.log["latency_s"], draws_s, rtol=0, atol=1e-9)
    assert set(run.log["trigger"]) == {"request"}


@pytest.mark.parametrize("at", [3.1 * mb.DAY, 3.2 * mb.DAY, 3.3 * mb.DAY])
def test_seen_from_outside_an_event_counts_when_the_phone_knows_it(at):
    world = mb.World(seed=6, days=7, users=60)
    found = mb.probe(FEDERATED, world, at=at)
    more = world.with_event(user=found.user, item=0, at=at)
    here = int(np.searchsorted(world.activity.at_s, at))
    phones = Phones(more, 0, SYNC, 0.5, lambda _, at_s: np.zeros(at_s.shape, dtype=bool))
    lag_s = phones.seen_at_s[here] - at
    assert found.lag_s - found.resolution_s <= lag_s <= found.lag_s


# ---- what it is coupled to


def test_the_app_is_released_for_every_change_but_new_weights():
    assert mb.coupling.app_release_share(FEDERATED) == pytest.approx(11.2 / 37.2)
    assert mb.coupling.app_knows_ml(FEDERATED)


def test_nobody_is_called_for_a_server_that_may_be_away_for_a_day():
    app_alone = 60.0
    assert mb.coupling.operator_minutes_a_month(FEDERATED) == pytest.approx(app_alone)


def test_only_the_device_must_be_up_for_an_answer():
    table = mb.runtime_coupling(FEDERATED, mb.World(seed=1, days=8, users=50))
    assert table["failed_frac"].to_dict() == {"device": 1.0, "sync": 0.0, "training": 0.0}


# ---- what goes wrong


def test_a_server_that_is_down_costs_freshness_of_the_model_and_no_answer():
    run = served(mb.down("training", **OUTAGE))
    assert mb.measure.availability(run) == 1.0
    assert run.log["model_age_s"].max() > 12 * mb.HOUR
    assert sum(part == "training" and what == "lost" for _, part, what in run.site.incidents) == 12


def test_a_round_that_the_server_does_not_survive_leaves_the_model_as_it_was():
    dies = mb.down("training", at=9 * mb.DAY + 30.0, lasting=10.0)
    run = served(dies, **PUNCTUAL)
    assert 9 * mb.DAY not in run.versions["asof_s"].to_numpy()
    before, after = (
        served(*faults, **PUNCTUAL).versions["n_rows"].size for faults in ((), (dies,))
    )
    assert after == before - 1


def test_devices_that_are_down_answer_nothing_and_play_no_round():
    run = served(mb.down("device", **OUTAGE))
    at_s = run.log["requested_at_s"]
    inside = (at_s >= OUTAGE["at"]) & (at_s < OUTAGE["at"] + OUTAGE["lasting"])
    assert np.array_equal(run.log["status"] == "down:device", inside)
    assert sum(part == "device" for _, part, _ in run.site.incidents) == 12


def test_without_a_sync_neither_events_nor_models_arrive():
    run = served(mb.down("sync", **OUTAGE))
    assert mb.measure.availability(run) == 1.0
    end_s = OUTAGE["at"] + OUTAGE["lasting"]
    at_s, version = run.log["requested_at_s"], run.log["model_version"]
    late = (at_s > end_s - 1 * mb.HOUR) & (at_s < end_s)
    assert (run.log["model_age_s"][late] > 10 * mb.HOUR).all()
    assert (run.log["feature_age_s"][late] > 10 * mb.HOUR).all()
    assert version[late].max() < len(run.versions[run.versions["live_at_s"] < end_s]) - 8
    assert mb.measure.event_lag_s(run).max() > 11 * mb.HOUR


def test_a_round_with_too_few_reports_is_skipped_and_said():
    run = served(clients_a_round=2, over_sample=1.0, drop_out=0.5)
    skipped = [at_s for at_s, _, what in run.site.incidents if what == "too few reports"]
    played = len(run.site.rounds)
    # Both of two devices report in a quarter of the rounds, and a secure sum needs both.
    assert abs(len(skipped) / played - 0.75) < 4 * math.sqrt(0.75 * 0.25 / played)
    assert len(run.versions) == played - len(skipped)


def test_when_no_round_has_enough_reports_the_next_step_is_said():
    words = refusal(ValueError, lambda: mb.run(FEDERATED.but(drop_out=1.0), small()))
    assert words == (
        "drop_out must leave enough devices that report: in no round did enough of them. Use a "
        "smaller drop_out, more clients_a_round or a larger train_takes."
    )


def test_a_world_too_short_for_a_round_is_refused_with_what_a_round_needs():
    pattern = FEDERATED.but(train_every=6 * mb.DAY)
    short = mb.World(seed=1, days=6, users=60)
    words = refusal(ValueError, lambda: mb.run(pattern, short, warmup=0))
    assert words == (
        "days must be long enough for one training, got 6: no training found as many devices with "
        "a labelled visit as clients_a_round. Use more days, more users or a smaller train_every."
    )


@pytest.mark.parametrize("part", ["training", "device"])
def test_an_outage_of_the_whole_time_is_no_error(part):
    run = mb.run(FEDERATED, small(), faults=[mb.down(part, at=0, lasting=7 * mb.DAY)])
    assert mb.measure.availability(run) == 0.0


def test_the_real_log_is_served_too():
    run = mb.run(FEDERATED, mb.ReplayWorld())
    assert mb.measure.availability(run) == 1.0


# ---- what is counted


def test_bytes_and_devices_are_the_sums_over_the_rounds():
    run = served()
    counted = mb.measure.federation(run)
    for name in ("n_drawn", "n_dropped", "n_late", "n_reported", "bytes_up", "bytes_down"):
        assert counted[name] == sum(getattr(each, name) for each in run.site.rounds)
    assert counted["n_rounds"] == len(run.site.rounds) == len(run.versions)
    assert counted["n_skipped"] == counted["n_lost"] == 0


def test_every_phone_fetches_every_version_once_when_it_syncs_more_often_than_it_learns():
    run = served(**PUNCTUAL)
    fetches = mb.measure.federation(run)["bytes_fetched"] / (10 * 8)  # nine columns, an intercept
    live_s = run.versions["live_at_s"].to_numpy()
    surely = (live_s < run.world.horizon_s - SYNC).sum() * run.world.users
    assert surely <= fetches <= live_s.size * run.world.users


def test_a_phone_that_syncs_seldom_skips_versions():
    run = served(sync_every=4 * mb.HOUR, **PUNCTUAL)
    fetches = mb.measure.federation(run)["bytes_fetched"] / (10 * 8)
    days = (run.world.horizon_s - run.versions["live_at_s"].iloc[0]) / mb.DAY
    assert fetches == pytest.approx(6 * days * run.world.users, rel=0.02)


def test_raw_data_at_home_are_own_events_and_labels():
    counted = mb.measure.federation(served(own_share=1.0))["raw_bytes_home"]
    assert counted == 24 * steady().activity.at_s.size + 25 * len(steady().visits)
    half = mb.measure.federation(served())["raw_bytes_home"] - 25 * len(steady().visits)
    assert half == pytest.approx(12 * steady().activity.at_s.size, rel=0.05)


def test_lost_and_skipped_rounds_are_counted_apart():
    faults = mb.down("training", **OUTAGE), mb.down("device", at=11 * mb.DAY, lasting=mb.HOUR)
    counted = mb.measure.federation(served(*faults, clients_a_round=2, drop_out=0.5))
    assert counted["n_lost"] == 13
    assert counted["n_skipped"] > 10


def test_a_pattern_without_rounds_has_nothing_to_count():
    run = mb.run(mb.SharedDb(), small())
    words = refusal(ValueError, mb.measure.federation, run)
    assert "got SharedDb without a round. Use mb.run(mb.Federated(), world)." in words
