"""A hosted model: a quota, a price a call, and versions that nobody announces."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

import mlbook as mb
from tests.worlds import refusal, small, steady

DAYS, MEAN_NIGHTS = 120, 5.0


def test_a_rush_gets_what_the_bucket_holds_and_what_flows_in():
    busy = small().rush(at=6 * mb.DAY, lasting=60.0, rate_per_s=30.0)
    hosted = mb.HostedModel(calls_per_s=10.0, burst=50.0)
    log = mb.run(hosted, busy).log
    refused = log["status"] == "down:quota"
    arrived = log["requested_at_s"][~refused]
    # Full at first, empty ever after: 50 + 10 a second, to the call on the way at either end.
    seconds = np.ptp(log["requested_at_s"])
    assert arrived.size == pytest.approx(50 + 10 * seconds, abs=2)
    assert refused.mean() > 0.6


def test_within_the_quota_nobody_is_refused():
    log = mb.run(mb.HostedModel(calls_per_s=1.0, burst=5.0), steady()).log
    assert set(log["status"]) == {"ok"}


def test_an_answer_takes_the_internet_the_provider_and_one_lookup():
    fixed = {name: mb.queueing.Constant(s) for name, s in
             (("network", 0.1), ("lookup", 0.01), ("service", 0.5))}  # fmt: skip
    log = mb.run(mb.HostedModel(**fixed), small()).log
    np.testing.assert_allclose(log["latency_s"], 0.61)


def test_versions_come_in_nights_that_follow_the_geometric_law():
    world = mb.World(seed=3, days=DAYS, users=20)
    hosted = mb.HostedModel(train_every=MEAN_NIGHTS * mb.DAY)
    runs = [mb.run(hosted, world, seed=seed) for seed in range(6)]
    gaps = [
        (after - before) / mb.DAY
        for run in runs
        for before, after in pairwise(run.versions["asof_s"])
    ]
    p = 1 / MEAN_NIGHTS
    spread = np.sqrt(1 - p) / p / np.sqrt(len(gaps))
    assert np.mean(gaps) == pytest.approx(MEAN_NIGHTS, abs=4 * spread)
    assert np.mean(np.array(gaps) == 1) == pytest.approx(p, abs=4 * np.sqrt(p / len(gaps)))


def test_the_fee_is_paid_for_every_call_and_grows_with_the_calls():
    run = mb.run(mb.HostedModel(price_per_1000=70.0), small())
    free = mb.run(mb.HostedModel(price_per_1000=0.0), small())
    extra = mb.cost.price_per_1000(run) - mb.cost.price_per_1000(free)
    assert extra == pytest.approx(70.0 / mb.measure.availability(run))
    assert mb.cost.fees_per_1000(run) == 70.0


def test_nothing_of_ours_forces_a_release_when_their_model_changes():
    table = mb.coupling.knowledge_table(mb.HostedModel())
    assert not table.loc["weights"].drop("changes_a_year").any()
    assert not mb.coupling.app_knows_ml(mb.HostedModel())


def test_knobs_that_cannot_be_are_refused():
    assert "calls_per_s must be > 0" in refusal(ValueError, mb.HostedModel, calls_per_s=0.0)
    assert "burst must be >= 1" in refusal(ValueError, mb.HostedModel, burst=0.5)
    assert "train_every must be >= 86400" in refusal(ValueError, mb.HostedModel, train_every=60.0)
