"""A pattern's requests take as long as the queueing engine says, on what the run itself drew.

Each path is written down once more as sums and queues. A pattern that keeps a worker too long, in
another order, or draws a time twice, is off by milliseconds; the bound is a nanosecond, which is
what seconds in the sixth day can be told apart by.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

import mlbook as mb
from mlbook.queueing import LogNormal, fifo
from tests.worlds import small

SLOW_NETWORK = {"network": LogNormal(0.010, 0.200)}  # requests overtake one another on their way


@cache
def rushed(rate_per_s):
    return small().rush(at=5.5 * mb.DAY, lasting=20.0, rate_per_s=rate_per_s)


class Path:
    """A run, and where its requests are by what they drew for each part."""

    def __init__(self, pattern, rate_per_s):
        self.run = mb.run(pattern, rushed(rate_per_s))
        assert set(self.run.log["status"]) <= {"ok", "no_row"}, "nobody was refused"
        self.start_s = self.run.log["requested_at_s"]
        self.at_s = self.start_s.copy()

    def draws_s(self, *parts):
        rows = self.run.log["visit"]
        return sum(self.run.site.parts[part].draws_s[rows] for part in parts)

    def takes(self, part, share=1.0):
        self.at_s = self.at_s + share * self.draws_s(part)
        return self

    def waits_for_one_of(self, workers, *parts):
        order = np.argsort(self.at_s, kind="stable")
        done_s = fifo(self.at_s[order], self.draws_s(*parts)[order], workers)
        self.waited = (done_s - self.at_s[order] > self.draws_s(*parts)[order] + 1e-6).mean()
        self.at_s = np.empty(order.size)
        self.at_s[order] = done_s
        return self

    def ends_as_the_log_says(self):
        latency_s = self.run.log["latency_s"]
        np.testing.assert_allclose(latency_s, self.at_s - self.start_s, rtol=0, atol=1e-9)


@pytest.mark.parametrize("workers", [1, 4])
@pytest.mark.parametrize("net", [{}, SLOW_NETWORK], ids=["quick", "slow"])
def test_an_api_server_that_is_sent_ids_keeps_its_worker_for_the_lookup_too(workers, net):
    path = Path(mb.RestApi(workers=workers, send="ids", **net), 70.0 * workers)
    path.takes("network", 0.5).waits_for_one_of(workers, "feature_db", "api")
    path.takes("network", 0.5).ends_as_the_log_says()
    assert path.waited > 0.2, "a rush in which nobody waits would prove nothing"


@pytest.mark.parametrize("workers", [1, 4])
@pytest.mark.parametrize("net", [{}, SLOW_NETWORK], ids=["quick", "slow"])
def test_an_api_server_that_is_sent_features_is_asked_after_the_lookup(workers, net):
    path = Path(mb.RestApi(workers=workers, send="features", **net), 75.0 * workers)
    path.takes("feature_db").takes("network", 0.5).waits_for_one_of(workers, "api")
    path.takes("network", 0.5).ends_as_the_log_says()
    assert path.waited > 0.2


@pytest.mark.parametrize("workers", [1, 3])
def test_a_web_app_with_the_model_inside_keeps_its_worker_for_everything(workers):
    path = Path(mb.InProcess(workers=workers), 70.0 * workers)
    path.waits_for_one_of(workers, "db", "web_app").ends_as_the_log_says()
    assert path.waited > 0.2


@pytest.mark.parametrize(
    ("pattern", "part"),
    [(mb.SharedDb(), "shared_db"), (mb.Streaming(), "view"), (mb.MobileApp(), "device")],
    ids=["shared DB", "streaming", "mobile app"],
)
def test_where_nobody_waits_for_a_model_a_request_takes_one_lookup(pattern, part):
    Path(pattern, 200.0).takes(part).ends_as_the_log_says()
