"""Load balancing against SimPy: a queue for each server, chosen by the same rule and luck."""

from __future__ import annotations

import numpy as np
import pytest
import simpy

from mlbook.queueing import balance, balancing
from mlbook.streams import stream
from tests.oracles.queues_in_simpy import arrays, departures

REQUESTS = 4_000


def in_simpy(arrive_s, service_s, servers, choose):
    env = simpy.Environment()
    desks, takes = [simpy.Resource(env, 1) for _ in range(servers)], service_s.tolist()

    def request(env, i):
        lengths = [desk.count + len(desk.queue) for desk in desks]
        with desks[choose(i, lengths)].request() as turn:
            yield turn
            yield env.timeout(takes[i])

    return departures(arrive_s, request, env)


def shorter_of(one, other):
    def choose(i, lengths):
        return other[i] if lengths[other[i]] < lengths[one[i]] else one[i]

    return choose


@pytest.mark.parametrize("servers", [1, 4, 16])
def test_one_after_the_other_is_as_in_simpy(servers):
    arrive_s, service_s = arrays(REQUESTS, 0.9 * servers)
    theirs = in_simpy(arrive_s, service_s, servers, lambda i, _: i % servers)
    assert np.abs(balance(arrive_s, service_s, servers, "round_robin") - theirs).max() == 0.0


@pytest.mark.parametrize("servers", [1, 4, 16])
def test_servers_chosen_at_random_are_as_in_simpy(servers):
    arrive_s, service_s = arrays(REQUESTS, 0.8 * servers)
    chosen = stream(5, "choice").integers(servers, size=REQUESTS)
    theirs = in_simpy(arrive_s, service_s, servers, lambda i, _: chosen[i])
    ours = balance(arrive_s, service_s, servers, "random", stream(5, "choice"))
    assert np.abs(ours - theirs).max() == 0.0
    np.testing.assert_array_equal(ours, balancing.assigned(arrive_s, service_s, chosen, servers))


@pytest.mark.parametrize("servers", [2, 4, 16])
def test_the_shorter_of_two_lines_is_as_in_simpy(servers):
    arrive_s, service_s = arrays(REQUESTS, 0.9 * servers)
    one, other = stream(6, "choice").integers(servers, size=(2, REQUESTS))
    theirs = in_simpy(arrive_s, service_s, servers, shorter_of(one, other))
    ours = balance(arrive_s, service_s, servers, "power_of_two", stream(6, "choice"))
    assert np.abs(ours - theirs).max() == 0.0


@pytest.mark.parametrize("servers", [1, 4, 16])
def test_the_shortest_line_is_as_in_simpy(servers):
    arrive_s, service_s = arrays(REQUESTS, 0.95 * servers)
    theirs = in_simpy(arrive_s, service_s, servers, lambda _, lengths: int(np.argmin(lengths)))
    assert np.abs(balance(arrive_s, service_s, servers, "shortest_queue") - theirs).max() == 0.0
