"""A part that is away, slow, or whose scheduler sleeps; phones without a network."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

import mlbook as mb
from mlbook.faults import Fault
from tests.worlds import error_of_mean, same_log, small, steady

AT_S, LASTING_S = 5 * mb.DAY, 12 * mb.HOUR
THEN = {"at": AT_S, "lasting": LASTING_S}
PHONES = {
    "embedded": mb.MobileApp(release_every=1 * mb.DAY, fast_share=1.0, fast_gap=2 * mb.HOUR),
    "downloaded": mb.MobileApp(delivery="download", download_every=3 * mb.HOUR),
    "federated": mb.Federated(),
}


def test_a_skipped_batch_is_the_batch_parts_and_lasts_a_day_unless_told_otherwise():
    assert mb.skip_batch(at=5.0) == mb.skip_batch("batch", at=5.0, lasting=1 * mb.DAY)


@cache
def served(name, *faults):
    return mb.run(PHONES[name], small(), faults=faults)


# ---- offline


def away(share):
    return mb.offline(**THEN, share=share).hits(0, small().users)


@pytest.mark.parametrize("name", PHONES)
def test_a_phone_without_network_goes_on_predicting_from_what_it_has(name):
    run, usual = served(name, mb.offline(**THEN)), served(name)
    log = run.log
    assert (log["status"] == "ok").mean() >= (usual.log["status"] == "ok").mean() - 1e-9
    assert np.array_equal(log["latency_s"], usual.log["latency_s"])
    inside = (log["requested_at_s"] >= AT_S) & (log["requested_at_s"] < AT_S + LASTING_S)
    assert (log["feature_asof_s"][inside] < AT_S).all()
    versions_s = np.array([0.0, *(v.live_at_s for v in run.site.versions.versions)])
    assert (versions_s[log["model_version"][inside]] < AT_S).all()


@pytest.mark.parametrize("name", PHONES)
def test_only_the_share_of_the_phones_that_is_offline_waits_for_events_until_it_is_over(name):
    run, usual = served(name, mb.offline(**THEN, share=0.3)), served(name)
    is_away = away(0.3)
    assert 0 < is_away.sum() < small().users / 2
    log = small().activity
    inside = (usual.site.seen_at_s >= AT_S) & (usual.site.seen_at_s < AT_S + LASTING_S)
    own = usual.site.seen_at_s == log.at_s
    waits = inside & is_away[log.user] & ~own
    assert waits.any()
    assert (run.site.seen_at_s[waits] >= AT_S + LASTING_S).all()
    assert np.array_equal(run.site.seen_at_s[~waits], usual.site.seen_at_s[~waits])


def test_the_devices_that_are_offline_are_in_no_round_and_the_others_learn_on():
    run, usual = served("federated", mb.offline(**THEN, share=0.5)), served("federated")
    began_s = [version.asof_s for version in run.site.versions.versions]
    inside = np.array([AT_S <= at_s < AT_S + LASTING_S for at_s in began_s])
    drawn, as_usual = (np.array([each.n_drawn for each in r.site.rounds]) for r in (run, usual))
    # 60 devices: those that are left are fewer than the 39 that a round draws for 30 reports.
    online = int((~away(0.5)).sum())
    assert online < 39
    assert set(drawn[inside]) == {online}
    assert np.array_equal(drawn[~inside], as_usual[~inside])
    assert began_s == [version.asof_s for version in usual.site.versions.versions]


def test_with_every_device_offline_no_round_is_played_and_that_is_an_incident():
    run = served("federated", mb.offline(**THEN))
    lost_s = [at_s for at_s, part, what in run.site.incidents if (part, what) == ("device", "lost")]
    assert lost_s == [AT_S + n * mb.HOUR for n in range(12)]
    assert mb.measure.federation(run)["n_lost"] == 12
    assert not [v for v in run.site.versions.versions if AT_S <= v.asof_s < AT_S + LASTING_S]


def test_a_fleet_that_is_offline_until_after_the_end_does_not_hang():
    run = mb.run(PHONES["federated"], small(), faults=[mb.offline(at=AT_S, lasting=1e9)])
    assert (run.log["feature_asof_s"] < AT_S).all()


# ---- slow


@pytest.mark.parametrize("name", PHONES)
def test_what_a_slow_sync_brings_comes_later_by_just_that(name):
    run, usual = served(name, mb.slow("sync", **THEN, by=300.0)), served(name)
    log = small().activity
    own = usual.site.seen_at_s == log.at_s
    begins_s = usual.site.seen_at_s
    hit = ~own & (begins_s >= AT_S) & (begins_s < AT_S + LASTING_S)
    assert run.site.seen_at_s == pytest.approx(begins_s + 300.0 * hit, abs=1e-6)
    # Who asks while his sync still runs is answered from the one before.
    behind = run.log["feature_asof_s"] < usual.log["feature_asof_s"]
    every = PHONES[name].sync_every
    gap_s = (usual.log["feature_asof_s"] - run.log["feature_asof_s"])[behind]
    assert gap_s == pytest.approx(every)
    waited_s = (run.log["requested_at_s"] - usual.log["feature_asof_s"])[behind]
    assert waited_s.max() < 300.0


def test_a_release_is_later_by_what_the_store_is_slow():
    app = mb.MobileApp(release_every=2 * mb.DAY, fast_share=1.0, fast_gap=5 * mb.MINUTE)
    by = 6 * mb.HOUR
    calm, slow = (
        mb.run(app, small(), faults=faults)
        for faults in ([], [mb.slow("store", at=4 * mb.DAY, lasting=1 * mb.DAY, by=by)])
    )

    def arrives_s(run):
        newest = run.log["model_version"] == run.log["model_version"].max()
        return run.log["requested_at_s"][newest].min()

    assert arrives_s(slow) - arrives_s(calm) == pytest.approx(by, abs=30 * mb.MINUTE)


def test_a_slow_batch_takes_longer_by_just_that_and_only_once():
    fault = mb.slow("batch", **THEN, by=1 * mb.HOUR)
    for atomic in (True, False):
        nightly = mb.SharedDb(atomic_swap=atomic)
        slow, usual = mb.run(nightly, small(), faults=[fault]), mb.run(nightly, small())
        later_s = slow.published["published_at_s"] - usual.published["published_at_s"]
        hit = (usual.published["asof_s"] >= AT_S) & (usual.published["asof_s"] < AT_S + LASTING_S)
        assert hit.sum() == 1
        assert later_s.to_numpy() == pytest.approx(mb.HOUR * hit.to_numpy(), abs=1e-6)


def test_a_slow_release_keeps_the_app_away_for_longer():
    app = mb.InProcess(release_every=1 * mb.DAY, restart_takes=0.0)
    run = mb.run(app, small(), faults=[mb.slow("release", **THEN, by=2 * mb.HOUR)])
    at_s = run.log["requested_at_s"]
    inside = (at_s > AT_S + mb.HOUR) & (at_s < AT_S + 3 * mb.HOUR)
    assert inside.any()
    assert np.array_equal(run.log["status"] == "down:web_app", inside)


def test_a_stream_job_that_is_not_started_catches_up_afterwards():
    skipped, down = (
        mb.run(mb.Streaming(), small(), faults=[fault("stream_job", **THEN)])
        for fault in (mb.skip_batch, mb.down)
    )
    assert {what for _, _, what in skipped.site.incidents} == {"skipped"}
    assert skipped.site.seen_at_s == pytest.approx(down.site.seen_at_s, abs=2.0)


# ---- calls


@pytest.mark.parametrize(
    ("fault", "status"),
    [(Fault("drop", "api", AT_S, LASTING_S, share=0.3), "down:api"),
     (Fault("drop", "feature_db", AT_S, LASTING_S, share=0.3), "down:feature_db"),
     (Fault("drop", "network", AT_S, LASTING_S, share=0.3), "down:network")],
    ids=["api", "feature_db", "network"],
)  # fmt: skip
def test_a_dropped_call_fails_its_request_one_second_late_and_no_other(fault, status):
    idle = mb.RestApi(workers=1000)  # nobody waits in line
    run, usual = mb.run(idle, small(), faults=[fault]), mb.run(idle, small())
    at_s, visit = run.log["requested_at_s"], run.log["visit"]
    inside = (at_s >= AT_S) & (at_s < AT_S + LASTING_S - 1)
    hit = inside & fault.hits(0, len(small().visits))[visit]
    assert 0.1 < hit.sum() / inside.sum() < 0.5
    assert np.array_equal(run.log["status"] == status, hit)
    assert ((run.log["latency_s"] > 1.0) == hit).all()
    for name in ("latency_s", "score", "click"):
        assert np.array_equal(run.log[name][~hit], usual.log[name][~hit], equal_nan=True)


def test_doubled_calls_fill_the_workers_as_twice_the_load_does():
    # M/M/1 at 40 % of its capacity; with every call doubled a visit holds the worker for the sum of
    # two equal times: twice the mean, the same spread. Pollaczek and Khinchine give the mean wait.
    service = mb.queueing.Exponential(0.4)
    none = mb.queueing.Constant(0.0)
    rest = mb.RestApi(workers=1, service=service, lookup=none, network=none)
    busy = mb.World(seed=3, days=6, users=20).rush(at=5.5 * mb.DAY, lasting=8000.0, rate_per_s=1.0)
    fault = mb.duplicate("api", at=5.5 * mb.DAY, lasting=1 * mb.DAY, share=1.0)
    run = mb.run(rest, busy, faults=[fault])
    rho, mean = 0.8, 0.8
    law = mean + rho * mean * 2 / (2 * (1 - rho))
    assert abs(run.log["latency_s"].mean() - law) < 4 * error_of_mean(run.log["latency_s"])


def test_a_fault_after_the_last_visit_changes_nothing():
    last_s = small().visits.at_s[-1]
    late = [Fault(kind, "api", last_s + 60, 60.0, by_s=1.0 if kind in {"late", "slow"} else 0.0)
            for kind in ("down", "drop", "duplicate", "late", "slow", "schema_change")]  # fmt: skip
    assert same_log(mb.run(mb.RestApi(), small(), faults=late), mb.run(mb.RestApi(), small()))


def test_a_model_that_is_fetched_from_a_slow_store_is_older_by_just_that():
    # Many syncs a day and one model a day: on average the age grows by what a fetch takes.
    by = 6 * mb.HOUR
    app = mb.MobileApp(delivery="download", download_every=10 * mb.MINUTE)
    calm, slow = (
        mb.run(app, steady(), faults=faults)
        for faults in ([], [mb.slow("store", at=0.0, lasting=30 * mb.DAY, by=by)])
    )
    later_s = slow.log["model_age_s"] - calm.log["model_age_s"]
    assert set(np.unique(later_s.round())) == {0.0, mb.DAY}
    # A quarter of the instants see a model that is a day older; 10 min of looking blur the edge.
    error = np.sqrt(0.25 * 0.75 / later_s.size)
    assert abs((later_s > 0).mean() - by / mb.DAY) < 4 * error + 10 / (24 * 60)


def test_an_outage_that_outlasts_the_world_does_not_hang():
    for name in PHONES:
        run = mb.run(PHONES[name], small(), faults=[mb.down("sync", at=AT_S, lasting=1e9)])
        assert (run.log["feature_asof_s"] < AT_S).all()
