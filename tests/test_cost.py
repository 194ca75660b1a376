"""What is read carries the cost of what was computed."""

from __future__ import annotations

import numpy as np
import pytest

import mlbook as mb
from mlbook.cost import machine_hours_a_day, price_per_1000
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
