"""Several servers with a line each: who is sent where, and what it costs not to look."""

from __future__ import annotations

import numpy as np
import pytest

from mlbook.queueing import balance, fifo
from mlbook.queueing.balancing import POLICIES
from mlbook.streams import stream
from tests.worlds import refusal


def busy(n=20_000, servers=8, seed=1):
    arrive_s = np.cumsum(stream(seed, "gaps").exponential(1 / (0.9 * servers), n))
    return arrive_s, stream(seed, "service").exponential(1.0, n)


def test_round_robin_gives_every_server_its_turn():
    np.testing.assert_array_equal(
        balance([0, 0, 0, 0], [4, 1, 1, 1], servers=2, policy="round_robin"), [4, 1, 5, 2]
    )


def test_the_shortest_line_counts_who_is_served_and_not_how_long_it_will_take():
    # The first two keep both servers; the third goes to the first server, though it is slow.
    done_s = balance([0, 1, 2], [50, 9, 1], servers=2, policy="shortest_queue")
    np.testing.assert_array_equal(done_s, [50, 10, 51])


def test_who_leaves_at_the_instant_of_an_arrival_has_left():
    done_s = balance([0, 0, 2], [9, 2, 1], servers=2, policy="shortest_queue")
    np.testing.assert_array_equal(done_s, [9, 2, 3])


@pytest.mark.parametrize("policy", POLICIES)
def test_one_server_is_one_queue_whatever_the_policy(policy):
    arrive_s, service_s = busy(2_000, servers=1)
    done_s = balance(arrive_s, service_s, 1, policy, stream(1, "x"))
    np.testing.assert_array_equal(done_s, fifo(arrive_s, service_s))


@pytest.mark.parametrize("policy", POLICIES)
def test_few_requests_and_more_servers_than_requests_are_served(policy):
    assert balance([], [], 4, policy, stream(1, "x")).shape == (0,)
    np.testing.assert_array_equal(balance([1.0], [2.0], 4, policy, stream(1, "x")), [3.0])


def test_the_more_a_balancer_looks_the_shorter_the_slow_waits():
    arrive_s, service_s = busy()
    p99_s = [
        np.quantile(balance(arrive_s, service_s, 8, policy, stream(2, "x")) - arrive_s, 0.99)
        for policy in ("random", "power_of_two", "shortest_queue")
    ]
    p99_s.append(np.quantile(fifo(arrive_s, service_s, 8) - arrive_s, 0.99))
    assert p99_s == sorted(p99_s, reverse=True)
    assert p99_s[0] > 2 * p99_s[1], "two choices are the step that counts"


def test_the_generator_decides_who_goes_where():
    arrive_s, service_s = busy(500)
    same, again, other = (
        balance(arrive_s, service_s, 8, "random", stream(seed, "x")) for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(same, again)
    assert (same != other).any()


@pytest.mark.parametrize(
    ("servers", "policy", "words"),
    [
        (0, "random", "servers must be >= 1 (servers), got 0."),
        (2, "shortest", "policy must be one of 'random', 'round_robin', "),
    ],
)
def test_a_balancer_that_cannot_be_is_refused(servers, policy, words):
    assert words in refusal(ValueError, balance, [0], [1], servers, policy)


def test_a_request_without_a_time_of_service_is_refused():
    words = "service_s must have one number for each of 2 requests, got shape (1,)."
    assert words in refusal(ValueError, balance, [0, 1], [1], 2, "round_robin")
