"""A fallback: the primary as long as it answers in time, else the backup, and the wait for both."""

from __future__ import annotations

from math import erf, log, sqrt

import numpy as np
import pytest

import mlbook as mb
from mlbook.components import REFUSED_AFTER_S
from mlbook.queueing import Constant, LogNormal
from tests.worlds import refusal, same_log, same_rows, small, steady

NIGHTLY, REST, STREAM = mb.SharedDb(), mb.RestApi(), mb.Streaming()
PLAIN = REST.but(lookup=Constant(0.0), network=Constant(0.0), workers=100)
SAFE = mb.Fallback(primary=PLAIN, backup=NIGHTLY, timeout=10.0)
DAY_6 = {"at": 6 * mb.DAY, "lasting": 1 * mb.DAY}


def busy(rate_per_s):
    """A minute at some rate."""
    world = mb.World(seed=3, days=7, users=60)
    return world.rush(at=6 * mb.DAY, lasting=1 * mb.MINUTE, rate_per_s=rate_per_s)


def close_to(share, expected, n):
    return abs(share - expected) < 4 * np.sqrt(expected * (1 - expected) / n)


# --- nothing fails ------------------------------------------------------------------------------


@pytest.mark.parametrize("pattern", [REST, STREAM, mb.MobileApp(), mb.InProcess()], ids=repr)
def test_a_fallback_that_is_never_needed_is_the_primary_to_the_last_bit(pattern):
    run = mb.run(mb.Fallback(primary=pattern, backup=NIGHTLY, timeout=60.0), small())
    alone = mb.run(pattern, small())
    assert same_rows(run, alone, alone.log["visit"])
    assert set(run.log["arm"]) == {"primary"}
    assert list(run.arms) == ["primary"]


def test_the_line_in_front_of_the_primary_is_that_of_the_primary_alone_even_for_who_gave_up():
    world, primary = busy(120.0), REST.but(workers=1)
    run = mb.run(mb.Fallback(primary=primary, backup=NIGHTLY, timeout=0.05), world)
    alone = mb.run(primary, world)
    assert same_log(run.arm("primary"), alone)
    late = alone.log["latency_s"] > 0.05
    assert 0.1 < late.mean() < 1
    assert np.array_equal(run.log["arm"] == "backup", late)


# --- how often ----------------------------------------------------------------------------------


def test_the_backup_answers_the_share_in_which_the_primary_fails():
    lost = mb.drop("primary/api", at=6 * mb.DAY, lasting=8 * mb.DAY, share=0.3)
    run = mb.run(SAFE, steady(), faults=[lost])
    assert close_to((run.log["arm"] == "backup").mean(), 0.3, run.log["visit"].size)
    assert mb.measure.availability(run) == 1


def test_both_fail_together_as_often_as_the_product_says():
    lost = [
        mb.drop(part, at=6 * mb.DAY, lasting=8 * mb.DAY, share=0.3)
        for part in ("primary/api", "backup/shared_db")
    ]
    run = mb.run(SAFE, steady(), faults=lost)
    failed = mb.measure.failed(run.log["status"])
    assert close_to(failed.mean(), 0.3 * 0.3, run.log["visit"].size)
    assert set(run.log["status"][failed]) == {"down:shared_db"}
    assert set(run.log["arm"][failed]) == {"backup"}


@pytest.mark.parametrize("timeout", [0.010, 0.030])
def test_the_backup_answers_the_share_in_which_the_primary_is_late(timeout):
    # A logarithmic normal with the given median and 99th percentile.
    sigma = log(0.040 / 0.008) / 2.3263478740408408
    late = 0.5 * (1 - erf(log(timeout / 0.008) / sigma / sqrt(2)))
    slow = PLAIN.but(service=LogNormal(0.008, 0.040))
    run = mb.run(SAFE.but(primary=slow, timeout=timeout), steady())
    assert close_to((run.log["arm"] == "backup").mean(), late, run.log["visit"].size)


# --- how long -----------------------------------------------------------------------------------


def test_who_waited_in_vain_waits_for_the_backup_too():
    slow = SAFE.but(primary=PLAIN.but(service=Constant(2.0)), timeout=0.5)
    run, backup = mb.run(slow, small()), mb.run(NIGHTLY, small())
    assert set(run.log["arm"]) == {"backup"}
    assert np.allclose(run.log["latency_s"], 0.5 + backup.log["latency_s"], rtol=0, atol=1e-6)
    assert np.allclose(run.arm("primary").log["latency_s"], 2.0)


def test_a_refusal_is_noticed_before_the_time_is_up():
    run = mb.run(SAFE, small(), faults=[mb.down("primary/api", **DAY_6)])
    late = run.log["requested_at_s"] >= 6 * mb.DAY
    backup = mb.run(NIGHTLY, small()).log["latency_s"][late]
    waited = run.log["latency_s"][late]
    assert np.allclose(waited, REFUSED_AFTER_S + backup, rtol=0, atol=1e-6)
    assert set(run.log["arm"][late]) == {"backup"}
    assert set(run.arm("primary").between(6 * mb.DAY, 7 * mb.DAY).log["status"]) == {"down:api"}


def test_no_request_waits_longer_than_the_time_limit_and_the_backup_together():
    world = busy(120.0)
    run = mb.run(mb.Fallback(primary=REST.but(workers=1), backup=NIGHTLY, timeout=0.05), world)
    backup = mb.run(NIGHTLY, world).log["latency_s"]
    assert (run.log["latency_s"] <= 0.05 + backup + 1e-6).all()


# --- what counts as an answer -------------------------------------------------------------------


def test_who_has_no_row_in_the_table_gets_the_answer_of_the_backup():
    newcomers = mb.World(seed=1, days=7, users=200, events_per_user_day=0.1)
    alone = mb.run(NIGHTLY, newcomers)
    without = alone.log["status"] == "no_row"
    assert without.sum() > 20
    run = mb.run(mb.Fallback(primary=NIGHTLY, backup=STREAM), newcomers)
    assert np.array_equal(run.log["arm"] == "backup", without)
    assert mb.measure.availability(run) == 1


def test_an_outage_of_the_backup_alone_is_met_by_nobody():
    run = mb.run(SAFE, small(), faults=[mb.down("backup/shared_db", **DAY_6)])
    assert same_log(run, mb.run(SAFE, small()))


def test_where_both_are_down_the_request_fails_at_the_backup():
    faults = [mb.down("primary/api", **DAY_6), mb.down("backup/shared_db", **DAY_6)]
    log = mb.run(SAFE, small(), faults=faults).log
    late = log["requested_at_s"] >= 6 * mb.DAY
    assert set(log["status"][late]) == {"down:shared_db"}


def test_a_fallback_may_be_the_backup_of_another_one():
    last = mb.Fallback(primary=STREAM, backup=NIGHTLY)
    run = mb.run(
        SAFE.but(backup=last),
        small(),
        faults=[mb.down("primary/api", **DAY_6), mb.down("backup/primary/view", **DAY_6)],
    )
    late = run.log["requested_at_s"] >= 6 * mb.DAY
    assert set(run.log["arm"][late]) == {"backup/backup"}
    assert mb.measure.availability(run) == 1
    assert list(run.arms) == ["primary", "backup/primary", "backup/backup"]


@pytest.mark.parametrize(
    ("kind", "timeout", "words"),
    [
        (
            ValueError,
            0,
            "timeout must be > 0 (seconds that the user waits for the primary), got 0. Durations",
        ),
        (ValueError, float("inf"), "timeout must be > 0"),
        (TypeError, None, "timeout must be a number > 0"),
    ],
)
def test_a_time_limit_that_makes_no_sense_is_refused_at_birth(kind, timeout, words):
    assert words in refusal(kind, SAFE.but, timeout=timeout)
