"""What holds for every stream of requests: nobody is lost, nobody starts before he comes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlbook.queueing import (
    autoscale,
    balance,
    batch,
    cold_start,
    fifo,
    finite_queue,
    priority,
    reneging,
    retry,
    tandem,
)
from mlbook.queueing.balancing import POLICIES
from mlbook.streams import stream

fixed = settings(derandomize=True, deadline=None, max_examples=60)  # the same in every run
# Quarters of a second add up without rounding, and make many things happen at one instant.
quarters = st.integers(0, 40).map(lambda k: k / 4)
workers = st.integers(1, 5)


@st.composite
def requests(draw):
    """Sorted arrivals and a time of service each; none, one, or up to thirty of them."""
    pairs = draw(st.lists(st.tuples(quarters, quarters), max_size=30))
    arrive_s, service_s = np.array(pairs, dtype=float).reshape(-1, 2).T
    return np.sort(arrive_s), service_s


def alternating(n):
    return np.arange(n) % 3 == 1


EVERYBODY_SERVED = {
    "fifo": fifo,
    "tandem": lambda a, s, c: tandem(a, [s], [c])[0],
    "priority": lambda a, s, c: priority(a, s, alternating(a.size), c),
    "cold_start": lambda a, s, _: cold_start(a, s, idle_s=2.0, cold_s=1.0)[0],
    "autoscale": lambda a, s, c: autoscale(a, s, least=c, most=c + 3, every_s=2.0, lag_s=1.0)[0],
    "patient": lambda a, s, c: retry(a, s, workers=c, timeout_s=1e6)[0],
} | {
    policy: lambda a, s, c, policy=policy: balance(a, s, c, policy, stream(1, "x"))
    for policy in POLICIES
}
SOME_SERVED = {
    "finite_queue": lambda a, s, c: finite_queue(a, s, c, places=2),
    "reneging": lambda a, s, c: reneging(a, s, np.full(a.size, 3.0), c),
    "retry": lambda a, s, c: retry(a, s, workers=c, timeout_s=4.0, tries=2, backoff_s=1.0)[0],
}


@pytest.mark.parametrize("name", EVERYBODY_SERVED)
@fixed
@given(requests(), workers)
def test_everybody_leaves_and_nobody_waits_less_than_nothing(name, some, count):
    arrive_s, service_s = some
    done_s = EVERYBODY_SERVED[name](arrive_s, service_s, count)
    assert done_s.shape == arrive_s.shape
    assert (done_s - service_s >= arrive_s).all()
    assert np.isfinite(done_s).all()


@pytest.mark.parametrize("name", SOME_SERVED)
@fixed
@given(requests(), workers)
def test_who_leaves_has_come_and_the_others_have_no_departure(name, some, count):
    arrive_s, service_s = some
    done_s = SOME_SERVED[name](arrive_s, service_s, count)
    served = ~np.isnan(done_s)
    assert (done_s[served] - service_s[served] >= arrive_s[served]).all()
    assert served[: count if name == "finite_queue" else 0].all(), "the first find idle workers"


@pytest.mark.parametrize("name", ["fifo", "tandem", "priority", "autoscale", "finite_queue"])
@fixed
@given(requests(), workers)
def test_never_are_more_served_at_once_than_there_are_workers(name, some, count):
    arrive_s, service_s = some
    done_s = (EVERYBODY_SERVED | SOME_SERVED)[name](arrive_s, service_s, count)
    served = ~np.isnan(done_s) & (service_s > 0)
    ends_s, starts_s = done_s[served], (done_s - service_s)[served]
    most = count + 3 if name == "autoscale" else count
    assert all((starts_s <= at).sum() - (ends_s <= at).sum() <= most for at in starts_s)


@pytest.mark.parametrize("name", ["fifo", "autoscale", "finite_queue", "reneging"])
@fixed
@given(requests(), workers)
def test_first_come_is_first_served(name, some, count):
    arrive_s, service_s = some
    starts_s = (EVERYBODY_SERVED | SOME_SERVED)[name](arrive_s, service_s, count) - service_s
    starts_s = starts_s[~np.isnan(starts_s)]
    assert (np.diff(starts_s) >= 0).all()


@fixed
@given(requests(), workers)
def test_no_worker_is_idle_while_somebody_waits(some, count):
    arrive_s, service_s = some
    done_s = fifo(arrive_s, service_s, count)
    starts_s = done_s - service_s
    for i in np.flatnonzero(starts_s > arrive_s):  # just before its start all were busy
        others = np.arange(i)
        before = starts_s[i] - 1e-6
        assert ((starts_s[others] <= before) & (done_s[others] > before)).sum() == count


@pytest.mark.parametrize("name", ["fifo", "tandem", "round_robin", "random"])
@fixed
@given(requests(), workers, st.data())
def test_more_work_lets_nobody_leave_earlier(name, some, count, data):
    arrive_s, service_s = some
    more = np.array(
        data.draw(st.lists(quarters, min_size=arrive_s.size, max_size=arrive_s.size)), dtype=float
    )
    serve = EVERYBODY_SERVED[name]
    assert (serve(arrive_s, service_s + more, count) >= serve(arrive_s, service_s, count)).all()


@fixed
@given(requests(), workers)
def test_one_worker_more_lets_nobody_leave_later(some, count):
    assert (fifo(*some, count + 1) <= fifo(*some, count)).all()


@fixed
@given(requests(), st.lists(workers, min_size=2, max_size=3))
def test_those_who_leave_together_go_on_in_the_order_in_which_they_came(some, counts):
    # Equal times at every queue: all leave in their order, so that the last queue keeps it.
    arrive_s, _ = some
    done_s = tandem(arrive_s, np.ones((len(counts), arrive_s.size)), counts)
    assert (np.diff(done_s, axis=1) >= 0).all()


@fixed
@given(requests(), st.integers(1, 6), quarters, workers)
def test_a_batch_takes_neighbours_and_is_never_too_large(some, size, wait_s, count):
    arrive_s, _ = some
    done_s, together = batch(
        arrive_s, size=size, wait_s=wait_s, per_batch_s=0.5, per_request_s=0.25, workers=count
    )
    assert (together <= size).all()
    assert (done_s - (0.5 + 0.25 * together) >= arrive_s).all()
    first = 0
    while first < arrive_s.size:
        members = slice(first, first + together[first])
        assert len(set(done_s[members])) == len(set(together[members])) == 1
        first += together[first]
    assert first == arrive_s.size


@fixed
@given(requests(), workers, st.integers(1, 4), st.none() | st.integers(0, 3))
def test_every_client_tries_until_he_is_answered_or_has_no_try_left(some, count, tries, places):
    arrive_s, service_s = some
    done_s, tried = retry(
        arrive_s, service_s, workers=count, timeout_s=3.0, tries=tries, backoff_s=0.5, places=places
    )
    assert ((tried >= 1) & (tried <= tries)).all()
    assert (tried[np.isnan(done_s)] == tries).all()
    latest_s = arrive_s + tries * 3.0 + 0.5 * (2.0 ** (tries - 1) - 1)
    assert (done_s[~np.isnan(done_s)] <= latest_s[~np.isnan(done_s)]).all()
