"""What is read carries the cost of what was computed."""

from __future__ import annotations

import numpy as np
import pytest

import mlbook as mb
from mlbook.cost import Load, machine_hours_a_day, price_per_1000
from tests.worlds import small


def test_a_server_runs_all_day_and_a_batch_for_its_hours():
    rest, nightly = mb.run(mb.RestApi(), small()), mb.run(mb.SharedDb(), small())
    assert machine_hours_a_day(rest) == pytest.approx(24 * (1 + 10 / 60 + 0.5 / 24))
    assert machine_hours_a_day(nightly) == pytest.approx(2 + 0.5)


def test_the_price_is_hours_by_rate_over_what_was_read():
    run = mb.run(mb.SharedDb(), small())
    at_s = run.log["requested_at_s"]
    read_a_day = (run.log["status"] == "ok").sum() / (np.ptp(at_s) / mb.DAY)
    assert price_per_1000(run, machine_hour=7.0) == pytest.approx(2.5 * 7 / read_a_day * 1000)


def test_what_nobody_reads_has_no_price():
    outage = mb.down("shared_db", at=0.0, lasting=7 * mb.DAY)
    run = mb.run(mb.SharedDb(), small(), faults=[outage])
    assert price_per_1000(run) == np.inf


def test_a_negative_price_is_refused():
    with pytest.raises(ValueError, match=r"machine_hour must be >= 0 .* got -1"):
        price_per_1000(mb.run(mb.SharedDb(), small()), machine_hour=-1)


def test_the_load_is_that_of_the_busiest_hour():
    world = small()
    load = Load.of(world)
    hour = (world.visits.at_s // mb.HOUR).astype(int) % 24
    most = max(int((hour == h).sum()) for h in range(24))
    assert load.requests_per_s == pytest.approx(most / (7 * 3600))
    assert load.requests_a_day == pytest.approx(len(world.visits) / 7)
    assert load.rows == 60 * world.catalog.n_items


def test_a_grown_shop_needs_the_machines_that_its_busiest_hour_fills_to_six_tenths():
    rest = mb.run(mb.RestApi(), small())
    load = Load.of(small())
    wanted = 10.5 * 0.6 * rest.pattern.capacity_per_s  # ten and a half servers: eleven
    daily = wanted / load.requests_per_s * load.requests_a_day
    jobs = 24 * (10 / 60 + 0.5 / 24)
    assert machine_hours_a_day(rest, daily) == pytest.approx(24 * 11 + jobs)


def test_a_batch_grows_with_its_rows_and_a_stream_with_its_events():
    nightly, load = mb.run(mb.SharedDb(), small()), Load.of(small())
    rows_in_two_hours = 2 * 3600 / 0.05e-3
    daily = 2.5 * rows_in_two_hours / load.rows * load.requests_a_day
    assert machine_hours_a_day(nightly, daily) == pytest.approx(3 * 2 + 0.5)
    stream = mb.run(mb.Streaming(), small())
    # One micro-batch a second of 0.2 s + 2 ms an event: 400 events a second fill it.
    daily = 3.5 * 0.6 * 400 / load.events_per_s * load.requests_a_day
    assert machine_hours_a_day(stream, daily) == pytest.approx(24 * (1 + 4))
    assert machine_hours_a_day(stream, 0.0) == pytest.approx(24 * 2)
