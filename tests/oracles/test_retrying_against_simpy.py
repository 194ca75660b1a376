"""Clients that give up and come again, against SimPy: every try and every answer the same."""

from __future__ import annotations

import numpy as np
import pytest
import simpy

from mlbook.queueing import retry
from tests.oracles.queues_in_simpy import arrays, departures

REQUESTS = 3_000


def in_simpy(arrive_s, service_s, *, workers, timeout_s, tries, backoff_s, places=np.inf):
    env = simpy.Environment()
    desk, takes = simpy.Resource(env, workers), service_s.tolist()
    tried = np.zeros(len(takes), dtype=int)

    def work(i, answer):  # the server does not know whether anybody still waits
        with desk.request() as turn:
            yield turn
            yield env.timeout(takes[i])
        answer.succeed()

    def client(env, i):
        while tried[i] < tries:
            tried[i] += 1
            if desk.count < workers or len(desk.queue) < places:
                answer = env.event()
                env.process(work(i, answer))
                yield answer | env.timeout(timeout_s)
                if answer.triggered:
                    return True
            if tried[i] < tries:
                yield env.timeout(backoff_s * 2 ** (tried[i] - 1))
        return False

    return departures(arrive_s, client, env), tried


SETTINGS = {  # the load, what the clients do, and between which bounds the mean tries lie
    "calm": (0.5, {"workers": 4, "timeout_s": 8.0, "tries": 3, "backoff_s": 1.0}, (1.0, 1.2)),
    "a storm that a few slow requests began": (
        0.5,
        {"workers": 4, "timeout_s": 5.0, "tries": 3, "backoff_s": 1.0},
        (2.5, 3.0),
    ),
    "busy": (0.9, {"workers": 4, "timeout_s": 3.0, "tries": 3, "backoff_s": 2.0}, (1.2, 3.0)),
    "one worker": (0.6, {"workers": 1, "timeout_s": 4.0, "tries": 4, "backoff_s": 8.0}, (1.0, 4.0)),
    "without a pause": (
        0.8,
        {"workers": 3, "timeout_s": 2.0, "tries": 2, "backoff_s": 0.0},
        (1.1, 2.0),
    ),
    "few places": (
        0.9,
        {"workers": 4, "timeout_s": 5.0, "tries": 3, "backoff_s": 1.0, "places": 10},
        (1.1, 2.5),
    ),
    "nobody may wait": (
        0.8,
        {"workers": 4, "timeout_s": 3.0, "tries": 5, "backoff_s": 0.5, "places": 0},
        (1.2, 5.0),
    ),
    "one try": (0.9, {"workers": 2, "timeout_s": 2.0, "tries": 1, "backoff_s": 1.0}, (1.0, 1.0)),
    "storm": (
        1.1,
        {"workers": 4, "timeout_s": 5.0, "tries": 3, "backoff_s": 1.0, "places": 50},
        (2.5, 3.0),
    ),
    "storm without limit": (
        1.1,
        {"workers": 4, "timeout_s": 5.0, "tries": 3, "backoff_s": 1.0},
        (2.5, 3.0),
    ),
}


@pytest.mark.parametrize("name", SETTINGS)
def test_every_try_and_every_answer_is_as_in_simpy(name):
    busy, clients, (least, most) = SETTINGS[name]
    arrive_s, service_s = arrays(REQUESTS, busy * clients["workers"])
    answered_s, tried = in_simpy(arrive_s, service_s, **clients)
    assert least <= tried.mean() <= most, "the setting is not what its name says"
    ours_s, tries = retry(arrive_s, service_s, **clients)
    np.testing.assert_array_equal(tries, tried)
    np.testing.assert_array_equal(ours_s, answered_s)  # NaN for the same requests, equal bits
