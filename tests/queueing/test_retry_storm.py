"""A retry storm followed try by try: what the workers are busy with while nobody gets an answer."""

from __future__ import annotations

import heapq
from collections import deque

import numpy as np
import pytest

from mlbook.queueing import Exponential, Retry, Station, Workload, simulate
from mlbook.streams import stream

TIMEOUT_S, TRIES, BACKOFF_S, WORKERS, PLACES = 0.5, 3, 0.1, 16, 200
FROM_S, UNTIL_S = 240.0, 300.0  # long after the burst


def followed(arrive_s, service_s):
    """Follow each try; give when requests were answered, and the work that began in the minute."""
    calendar = [(at, i, 1) for i, at in enumerate(arrive_s)]
    free, line = [-np.inf] * WORKERS, deque()
    done_s, worked_s, in_vain_s, refused = np.full(len(arrive_s), np.nan), 0.0, 0.0, 0
    while calendar:
        now, i, nth = heapq.heappop(calendar)
        while line and line[0] <= now:
            line.popleft()
        if free[0] > now and len(line) == PLACES:
            refused += FROM_S <= now < UNTIL_S
            hangs_up = now
        else:
            start, hangs_up = max(now, free[0]), now + TIMEOUT_S
            if start > now:
                line.append(start)
            end = start + service_s[i]
            heapq.heapreplace(free, end)
            if FROM_S <= start < UNTIL_S:
                worked_s += service_s[i]
                in_vain_s += service_s[i] * (end > hangs_up)
            if end <= hangs_up:
                done_s[i] = end
                continue
        if nth < TRIES:
            again = hangs_up + BACKOFF_S * 2 ** (nth - 1)
            heapq.heappush(calendar, (again, i, nth + 1))
    return done_s, worked_s, in_vain_s, refused


@pytest.fixture(scope="module")
def storm():
    load = Workload.stepped(rates_per_s=[96, 240, 96], lasting_s=[60, 5, 265], seed=7)
    clients = Retry(timeout_s=TIMEOUT_S, tries=TRIES, backoff_s=BACKOFF_S)
    station = Station("api", Exponential(0.1), workers=WORKERS, places=PLACES, retry=clients)
    service_s = station.service.sample(stream(7, "station/api"), load.n)
    return simulate(load, station), followed(load.arrivals().tolist(), service_s.tolist())


def test_the_engine_answers_the_same_requests_at_the_same_instants(storm):
    result, (done_s, *_) = storm
    np.testing.assert_array_equal(result.columns["api_done_s"], done_s)


def test_minutes_after_the_burst_all_workers_work_all_the_time_and_for_nobody(storm):
    _, (_, worked_s, in_vain_s, refused) = storm
    assert worked_s == pytest.approx(WORKERS * (UNTIL_S - FROM_S), rel=0.02)
    assert in_vain_s == worked_s
    # Of 96 requests a second, tried three times, the workers can take 160.
    assert refused / (UNTIL_S - FROM_S) == pytest.approx(3 * 96 - 160, rel=0.05)
