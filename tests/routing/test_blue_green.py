"""Blue-green: everybody in one colour, a switch at an instant, and what it does to who waits."""

from __future__ import annotations

import numpy as np
import pytest

import mlbook as mb
from mlbook.components import REFUSED_AFTER_S
from mlbook.cost import Load
from mlbook.queueing import Constant
from tests.worlds import refusal, rows_of, same_rows, small

NIGHTLY, REST, STREAM = mb.SharedDb(), mb.RestApi(), mb.Streaming()
SWITCH, BACK = 5.8 * mb.DAY, 6.4 * mb.DAY
RELEASE = mb.BlueGreen(blue=NIGHTLY, green=STREAM, switch_at=SWITCH)
TAKES = 0.1  # seconds a request keeps the one worker of the pattern below
DESK = REST.but(workers=1, service=Constant(TAKES), lookup=Constant(0.0), network=Constant(0.0))
RUSH_AT = 6 * mb.DAY


@pytest.fixture(scope="module")
def busy():
    """Two minutes in which requests come a little faster than one worker serves them."""
    world = mb.World(seed=3, days=7, users=60)
    return world.rush(at=RUSH_AT, lasting=2 * mb.MINUTE, rate_per_s=1.1 / TAKES)


def in_the_rush(**knobs):
    """Switch in the middle of the rush."""
    return mb.BlueGreen(blue=DESK, green=DESK, switch_at=RUSH_AT + 60.0, **knobs)


def came(run, since, until=np.inf):
    """Give the visits of a run that came in some seconds."""
    at_s = run.log["requested_at_s"]
    return run.log["visit"][(at_s >= since) & (at_s < until)]


def lindley(at_s):
    """Give the waits in front of one worker who is free at first."""
    wait, waits = -TAKES, []
    for gap in np.diff(at_s, prepend=at_s[0]):
        wait = max(0.0, wait + TAKES - gap)
        waits.append(wait)
    return np.array(waits)


# --- who answers --------------------------------------------------------------------------------


def test_before_the_switch_every_row_is_that_of_blue_alone_and_after_it_that_of_green_alone():
    run = mb.run(RELEASE, small())
    before, after = came(run, 0, SWITCH), came(run, SWITCH)
    assert min(before.size, after.size) > 100
    assert same_rows(run, mb.run(NIGHTLY, small()), before)
    assert same_rows(run, mb.run(STREAM, small()), after)
    assert set(rows_of(run, before)["arm"]) == {"blue"}
    assert set(rows_of(run, after)["arm"]) == {"green"}


def test_after_a_rollback_every_row_is_that_of_blue_alone_again():
    run = mb.run(RELEASE.but(roll_back_at=BACK), small())
    blue, green = mb.run(NIGHTLY, small()), mb.run(STREAM, small())
    assert same_rows(run, blue, np.r_[came(run, 0, SWITCH), came(run, BACK)])
    assert same_rows(run, green, came(run, SWITCH, BACK))


def test_a_request_goes_to_the_colour_of_the_very_instant():
    at_s = float(mb.run(NIGHTLY, small()).log["requested_at_s"][100])
    on_time = mb.run(RELEASE.but(switch_at=at_s), small()).log["arm"]
    too_late = mb.run(RELEASE.but(switch_at=np.nextafter(at_s, np.inf)), small()).log["arm"]
    assert [*on_time[99:101], *too_late[100:102]] == ["blue", "green", "blue", "green"]


# --- the switch under load ----------------------------------------------------------------------


def test_requests_on_their_way_at_the_switch_end_in_blue_as_if_there_were_none(busy):
    run, alone = mb.run(in_the_rush(), busy), mb.run(DESK, busy)
    before = came(run, 0, RUSH_AT + 60.0)
    ends_s = rows_of(run, before)["requested_at_s"] + rows_of(run, before)["latency_s"]
    assert (ends_s > RUSH_AT + 60.0).sum() > 5
    assert same_rows(run, alone, before)
    assert set(run.log["status"]) == {"ok"}


def test_green_begins_with_an_empty_line(busy):
    log = mb.run(in_the_rush(), busy).arm("green").log
    waits = lindley(log["requested_at_s"])
    assert waits.max() > 1.0
    assert np.allclose(log["latency_s"], waits + TAKES, atol=1e-6)


def test_a_rollback_comes_back_to_a_blue_that_has_worked_off_its_line(busy):
    log = mb.run(in_the_rush(roll_back_at=RUSH_AT + 90.0), busy).arm("blue").log
    waits = lindley(log["requested_at_s"])
    assert np.allclose(log["latency_s"], waits + TAKES, atol=1e-6)


def test_who_still_waits_when_the_old_colour_is_shut_down_fails_then(busy):
    run, alone = mb.run(in_the_rush(keeps_for=0.25), busy), mb.run(DESK, busy)
    shut_s = RUSH_AT + 60.25
    log, at_s = run.log, run.log["requested_at_s"]
    ends_s = at_s + alone.log["latency_s"]
    too_slow = (at_s < RUSH_AT + 60.0) & (ends_s > shut_s)
    assert 3 < too_slow.sum() < 100
    assert np.array_equal(log["status"] == "down:blue", too_slow)
    assert np.allclose(log["latency_s"][too_slow], shut_s - at_s[too_slow], atol=1e-6)
    assert set(log["arm"][too_slow]) == {"blue"}
    assert same_rows(run, alone, log["visit"][(at_s < RUSH_AT + 60.0) & ~too_slow])


def test_after_a_rollback_green_is_shut_down_and_blue_never(busy):
    run = mb.run(in_the_rush(roll_back_at=RUSH_AT + 90.0, keeps_for=30.0), busy)
    assert set(run.log["status"]) == {"ok"}
    steep = DESK.but(service=Constant(3 * TAKES))
    release = mb.BlueGreen(
        blue=DESK,
        green=steep,
        switch_at=RUSH_AT + 60.0,
        roll_back_at=RUSH_AT + 90.0,
        keeps_for=30.0,
    )
    log = mb.run(release, busy).log
    failed = log["status"] == "down:green"
    assert failed.sum() > 50
    assert set(log["status"]) == {"ok", "down:green"}
    assert (log["requested_at_s"] < RUSH_AT + 90.0)[failed].all()


def test_who_switches_before_green_has_started_refuses_everybody_until_then(busy):
    run = mb.run(in_the_rush(starts_before=10.0, start_takes=25.0), busy)
    log, at_s = run.log, run.log["requested_at_s"] - RUSH_AT
    early = (at_s >= 60.0) & (at_s < 75.0)
    assert early.sum() > 100
    assert np.array_equal(log["status"] == "down:green", early)
    assert np.allclose(log["latency_s"][early], REFUSED_AFTER_S)


def test_a_cold_cache_of_green_makes_slow_requests_after_the_switch_and_none_after_a_rollback(busy):
    release = in_the_rush(roll_back_at=RUSH_AT + 90.0)
    cold = mb.slow("green/feature_db", at=RUSH_AT + 60.0, lasting=20.0, by=TAKES)
    hit, usual = mb.run(release, busy, faults=[cold]), mb.run(release, busy)
    slower = hit.log["latency_s"] > usual.log["latency_s"] + 1e-9
    assert set(hit.log["arm"][slower]) == {"green"}
    mine = hit.log["arm"] == "green"
    assert np.quantile(hit.log["latency_s"][mine], 0.99) > 5.0
    assert same_rows(hit, usual, hit.log["visit"][~mine])


# --- what is deployed ---------------------------------------------------------------------------


def test_both_colours_are_paid_for_all_requests():
    load = Load(requests_a_day=1e8, requests_per_s=30_000.0, events_per_s=0.0, rows=0)
    server = load.machine_hours([unit for unit in REST.units if unit.name == "API server"])
    both = [u for u in RELEASE.but(blue=REST, green=REST).units if "API server" in u.name]
    assert load.machine_hours(both) == 2 * server


# --- bad input ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "knobs", "words"),
    [
        (
            ValueError,
            {"switch_at": -1},
            "switch_at must be >= 0 (second of the switch, in seconds)",
        ),
        (TypeError, {"switch_at": None}, "switch_at must be a number >= 0"),
        (TypeError, {"roll_back_at": "noon"}, "roll_back_at must be a number >= 0 (second of the"),
        (ValueError, {"roll_back_at": float("inf")}, "roll_back_at must be >= 0"),
        (ValueError, {"keeps_for": -1}, "keeps_for must be >= 0 (seconds for which the old colour"),
        (ValueError, {"start_takes": -1}, "start_takes must be >= 0"),
        (
            ValueError,
            {"roll_back_at": SWITCH},
            f"roll_back_at must be > {SWITCH:g} (seconds; the switch is at {SWITCH:g}), got "
            f"{SWITCH}. Roll back later.",
        ),
        (
            ValueError,
            {"roll_back_at": SWITCH + 61, "keeps_for": 60.0},
            f"roll_back_at must be <= {SWITCH + 60:g} (seconds; then blue has been shut down), got",
        ),
        (TypeError, {"blue": mb.RestApi}, "blue must be a pattern such as mb.RestApi()"),
        (TypeError, {"rollback_at": 7.0}, "Did you mean 'roll_back_at'?"),
    ],
)
def test_a_release_that_makes_no_sense_is_refused_at_birth(kind, knobs, words):
    assert words in refusal(kind, RELEASE.but, **knobs)


@pytest.mark.parametrize(
    ("knobs", "words"),
    [
        ({"switch_at": 8 * mb.DAY}, "switch_at must be <= 604800 (seconds; the world ends at"),
        ({"roll_back_at": 7.1 * mb.DAY, "keeps_for": 7 * mb.DAY}, "roll_back_at must be <= 604800"),
    ],
)
def test_a_switch_after_the_end_of_the_world_is_refused_before_anything_runs(knobs, words):
    text = refusal(ValueError, mb.run, RELEASE.but(**knobs), small())
    assert words in text
    assert text.endswith("Make it earlier or the world longer.")
    refusal(
        ValueError, mb.compare, small(), ab=mb.Split(control=REST, treatment=RELEASE.but(**knobs))
    )
