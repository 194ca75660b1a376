"""Every pattern of the library obeys every law, with the knobs that change its ways, too."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

import mlbook as mb
from mlbook.experiment import kinds_by_part
from mlbook.faults import Fault
from tests.worlds import fingerprint, small

PATTERNS = {
    "federated": mb.Federated(),
    "federated, half drop out": mb.Federated(drop_out=0.5, train_every=2 * mb.HOUR),
    "federated, in the open": mb.Federated(secure=False, clients_a_round=5, own_share=1.0),
    "federated, seldom synced": mb.Federated(sync_every=6 * mb.HOUR, own_share=0.0),
    "hosted": mb.HostedModel(),
    "hosted, a tight quota": mb.HostedModel(calls_per_s=0.01, burst=3.0),
    "in process": mb.InProcess(),
    "in process, released daily": mb.InProcess(release_every=1 * mb.DAY),
    "mobile": mb.MobileApp(),
    "mobile, downloaded": mb.MobileApp(delivery="download", download_every=3 * mb.HOUR),
    "mobile, often offline": mb.MobileApp(offline_share=0.4, sync_every=1 * mb.HOUR),
    "mobile, int8": mb.MobileApp(precision="int8", release_every=1 * mb.DAY),
    "REST": mb.RestApi(),
    "REST, one worker": mb.RestApi(workers=1),
    "REST, features sent": mb.RestApi(send="features", swap="restart"),
    "REST, fresh features": mb.RestApi(features_every=10 * mb.MINUTE, features_takes=0.0),
    "shared DB": mb.SharedDb(),
    "shared DB, row by row": mb.SharedDb(atomic_swap=False, write_takes=2 * mb.HOUR),
    "streaming": mb.Streaming(),
    "streaming, slow and twice": mb.Streaming(trigger=600.0, idempotent=False, watermark=0.0),
    "shared DB, always late": mb.SharedDb(predict_every=1 * mb.HOUR),
}
AB = mb.Split(control=mb.SharedDb(), treatment=mb.Streaming())
PATTERNS |= {
    "split": AB,
    "split, A/A": mb.Split(control=mb.RestApi(), treatment=mb.RestApi(), salt="again"),
    "split, in an arm": mb.Split(control=AB, treatment=mb.InProcess(), treatment_share=0.2),
    "split, of devices": mb.Split(control=mb.Federated(), treatment=mb.MobileApp()),
    "split, nobody in the treatment": AB.but(treatment_share=0.0),
}
STEPS = ((5.2 * mb.DAY, 0.2), (5.7 * mb.DAY, 0.6), (6.5 * mb.DAY, 0.0))
RELEASE = mb.BlueGreen(blue=mb.SharedDb(), green=mb.RestApi(), switch_at=5.6 * mb.DAY)
PATTERNS |= {
    "canary": mb.Canary(current=mb.SharedDb(), candidate=mb.RestApi(), steps=STEPS),
    "canary, a split as candidate": mb.Canary(
        current=mb.RestApi(), candidate=AB, steps=((5.5 * mb.DAY, 0.5),)
    ),
    "blue-green": RELEASE,
    "blue-green, rolled back": RELEASE.but(roll_back_at=6.4 * mb.DAY),
    "blue-green, shut down at once": RELEASE.but(keeps_for=0.0, green=mb.Streaming()),
    "blue-green, too early": RELEASE.but(start_takes=1 * mb.HOUR),
    "shadow": mb.Shadow(primary=mb.SharedDb(), shadow=mb.Streaming()),
    "shadow, of a split": mb.Shadow(primary=mb.RestApi(), shadow=AB),
    "fallback": mb.Fallback(primary=mb.RestApi(), backup=mb.SharedDb()),
    "fallback, often used": mb.Fallback(
        primary=mb.RestApi(), backup=mb.InProcess(), timeout=10 * mb.MS
    ),
    "fallback, all inside": mb.Fallback(
        primary=RELEASE, backup=mb.Shadow(primary=mb.SharedDb(), shadow=AB), timeout=5 * mb.MS
    ),
    "bandit": mb.Bandit(control=mb.SharedDb(), treatment=mb.Streaming(), learns_every=6 * mb.HOUR),
    "bandit, of routers": mb.Bandit(
        control=mb.Fallback(primary=mb.RestApi(), backup=mb.SharedDb(), timeout=10 * mb.MS),
        treatment=mb.Split(control=mb.SharedDb(), treatment=mb.InProcess()),
        learns_every=10 * mb.MINUTE,
    ),
}


@pytest.mark.parametrize("pattern", PATTERNS.values(), ids=PATTERNS)
def test_it_obeys_every_law(pattern):
    verdict = mb.check_pattern(pattern)
    assert verdict.holds, verdict


@pytest.mark.parametrize("pattern", PATTERNS.values(), ids=PATTERNS)
def test_the_laws_are_checked_on_answers_of_a_model(pattern):
    assert mb.measure.availability(mb.run(pattern, small())) > 0.9


def test_rows_of_users_who_came_late_obey_the_laws_too():
    newcomers = mb.World(seed=1, days=7, users=200, events_per_user_day=0.1)
    verdict = mb.check_pattern(mb.SharedDb(atomic_swap=False, write_takes=2 * mb.HOUR), newcomers)
    assert verdict.holds, verdict


OUTAGE = {"at": 6 * mb.DAY, "lasting": 1 * mb.HOUR}
EVERY_KIND = {
    "bad_release": lambda part: mb.bad_release(part, **OUTAGE),
    "clock_skew": lambda part: mb.clock_skew(part, **OUTAGE, by=600.0),
    "down": lambda part: mb.down(part, **OUTAGE),
    "drop": lambda part: mb.drop(part, **OUTAGE, share=0.5),
    "duplicate": lambda part: mb.duplicate(part, **OUTAGE, share=0.5),
    "late": lambda part: mb.late(part, **OUTAGE, by=600.0),
    "offline": lambda part: mb.offline(part, **OUTAGE, share=0.5),
    "reorder": lambda part: mb.reorder(part, **OUTAGE, by=600.0),
    "schema_change": lambda part: mb.schema_change(part, **OUTAGE),
    "skip_batch": lambda part: mb.skip_batch(part, **OUTAGE),
    "slow": lambda part: mb.slow(part, **OUTAGE, by=600.0),
}
PLAIN = ["federated", "in process", "mobile", "REST", "shared DB", "streaming"]


@cache
def usual(name):
    return mb.run(PATTERNS[name], small())


@pytest.mark.parametrize("name", PLAIN)
def test_every_kind_of_fault_is_known_on_every_part_on_which_it_makes_sense(name):
    kinds = kinds_by_part(PATTERNS[name], small())
    assert {kind for on_part in kinds.values() for kind in on_part} <= set(EVERY_KIND)
    assert all({"down", "schema_change"} < set(on_part) for on_part in kinds.values())


@pytest.mark.parametrize("kind", EVERY_KIND)
@pytest.mark.parametrize("name", PLAIN)
def test_each_fault_alone_changes_nothing_before_it_and_no_draw_of_any_part(name, kind):
    for part, kinds in kinds_by_part(PATTERNS[name], small()).items():
        if kind not in kinds:
            continue
        hit, plain = mb.run(PATTERNS[name], small(), faults=[EVERY_KIND[kind](part)]), usual(name)
        early = plain.log["requested_at_s"] + plain.log["latency_s"] < OUTAGE["at"]
        assert early.any()
        for column, values in plain.log.items():
            same = np.array_equal(
                values[early], hit.log[column][early], equal_nan=values.dtype.kind == "f"
            )
            assert same, (part, column)
        for other, built_in in plain.site.parts.items():
            assert np.array_equal(built_in.draws_s, hit.site.parts[other].draws_s), (part, other)


# What runs once a day or once a week would be missed by a fault of some hours.
OFTEN = {
    "federated": mb.Federated(),
    "in process": mb.InProcess(release_every=1 * mb.DAY),
    "mobile": mb.MobileApp(release_every=1 * mb.DAY, fast_share=1.0, fast_gap=1 * mb.HOUR),
    "REST": mb.RestApi(),
    "shared DB": mb.SharedDb(),
    "streaming": mb.Streaming(trigger=60.0),
}


def traces(run):
    site = run.site
    trained = [(version.asof_s, version.live_at_s) for version in site.versions.versions]
    seen = None if site.seen_at_s is None else site.seen_at_s.tobytes()
    return fingerprint(run.log), site.published, trained, seen


@pytest.mark.parametrize("name", OFTEN)
def test_no_fault_that_is_accepted_does_nothing(name):
    usual = traces(mb.run(OFTEN[name], small()))
    in_vain = []
    for part, kinds in kinds_by_part(OFTEN[name], small()).items():
        for kind in kinds:
            by_s = 3 * mb.HOUR if kind in {"slow", "late", "reorder", "clock_skew"} else 0.0
            fault = Fault(kind, part, 4.2 * mb.DAY, 2.5 * mb.DAY, by_s)
            if traces(mb.run(OFTEN[name], small(), faults=[fault])) == usual:
                in_vain.append((kind, part))
    assert not in_vain
