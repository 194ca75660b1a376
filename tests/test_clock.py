"""Coroutines on simulated time: who wakes up when, who is served first, what a late job does."""

from __future__ import annotations

import pytest

from mlbook.clock import Servers, VirtualClock
from tests.worlds import refusal


@pytest.fixture
def clock():
    return VirtualClock()


def sleeper(clock, seconds, seen, name):
    async def job():
        await clock.sleep(seconds)
        seen.append((clock.now, name))

    return job()


def test_jobs_wake_up_in_the_order_of_time_whatever_the_order_of_starting(clock):
    seen = []
    for seconds in (3.0, 1.0, 2.0):
        clock.start(sleeper(clock, seconds, seen, f"{seconds:g}"))
    clock.run()
    assert seen == [(1.0, "1"), (2.0, "2"), (3.0, "3")]


def test_of_two_at_the_same_instant_the_first_to_ask_goes_first(clock):
    seen = []
    for name in "abc":
        clock.start(sleeper(clock, 1.0, seen, name))
    clock.run()
    assert [name for _, name in seen] == ["a", "b", "c"]


def test_a_job_may_start_later(clock):
    seen = []
    clock.start(sleeper(clock, 1.0, seen, "late"), at=10.0)
    clock.run()
    assert seen == [(11.0, "late")]


@pytest.mark.parametrize(("wait", "woke"), [("sleep", 5.0), ("until", 5.0)])
def test_the_past_waits_for_nothing(clock, wait, woke):
    seen = []

    async def job():
        await clock.sleep(5)
        await getattr(clock, wait)(-3)
        seen.append(clock.now)

    clock.start(job())
    clock.run()
    assert seen == [woke]


def test_an_instant_is_met_to_the_last_bit(clock):
    wakes_s = [0.1, 0.3, 1 / 3, 7.7, 86_400.1, 1_209_599.999_999]
    seen = []

    async def job():
        for wake_s in wakes_s:
            await clock.until(wake_s)
            seen.append(clock.now)

    clock.start(job())
    clock.run()
    assert seen == wakes_s


def starts_of(clock, takes, *, period=10.0, first=5.0, last=36.0):
    starts = []

    async def job():
        starts.append(clock.now)
        await clock.sleep(takes)

    clock.start(clock.every(period, job, first=first, last=last))
    clock.run()
    return starts


def test_a_schedule_starts_on_time_and_ends_before_its_last_instant(clock):
    assert starts_of(clock, takes=2.0) == [5.0, 15.0, 25.0, 35.0]


def test_at_the_last_instant_no_job_starts(clock):
    assert starts_of(clock, takes=0.0, last=25.0) == [5.0, 15.0]


def test_a_job_longer_than_its_period_delays_the_next(clock):
    assert starts_of(clock, takes=12.0) == [5.0, 17.0, 29.0]


def test_a_schedule_comes_back_to_its_hours_after_one_late_job(clock):
    starts, takes = [], iter([25.0, 1.0, 1.0, 1.0, 1.0])

    async def job():
        starts.append(clock.now)
        await clock.sleep(next(takes))

    clock.start(clock.every(10.0, job, first=0.0, last=50.0))
    clock.run()
    assert starts == [0.0, 25.0, 26.0, 30.0, 40.0]


def leaves(clock, workers, service_s):
    desk, left = Servers(clock, workers), []

    async def customer(name, seconds):
        async with desk:
            await clock.sleep(seconds)
        left.append((clock.now, name))

    for name, seconds in enumerate(service_s):
        clock.start(customer(name, seconds))
    clock.run()
    return left


def test_one_worker_serves_in_the_order_of_arrival(clock):
    assert leaves(clock, 1, [3, 1, 2]) == [(3.0, 0), (4.0, 1), (6.0, 2)]


def test_two_workers_serve_two_at_once(clock):
    assert leaves(clock, 2, [3, 1, 1]) == [(1.0, 1), (2.0, 2), (3.0, 0)]


def test_nobody_slips_in_while_a_worker_goes_to_the_next_in_line(clock):
    desk, order = Servers(clock, 1), []

    async def customer(name, arrives):
        await clock.until(arrives)
        async with desk:
            order.append(name)
            await clock.sleep(1.0)

    # "last" arrives at the very instant at which the worker is given back.
    for name, arrives in (("first", 0.0), ("next", 0.5), ("last", 1.0)):
        clock.start(customer(name, arrives))
    clock.run()
    assert order == ["first", "next", "last"]


def test_a_worker_is_given_back_when_its_customer_fails(clock):
    desk, served = Servers(clock, 1), []

    async def customer(fails):
        try:
            async with desk:
                await clock.sleep(1.0)
                if fails:
                    raise KeyError
        except KeyError:
            return
        served.append(clock.now)

    for fails in (True, False):
        clock.start(customer(fails))
    clock.run()
    assert served == [2.0]


def test_an_error_in_a_job_comes_out_of_the_run(clock):
    async def job():
        await clock.sleep(1)
        raise ZeroDivisionError

    clock.start(job())
    refusal(ZeroDivisionError, clock.run)
    assert clock.now == 1.0


def test_a_closed_clock_runs_nothing_and_leaves_no_warning(clock):
    seen, desk = [], Servers(clock, 1)

    async def waits_in_line():
        async with desk:
            await clock.sleep(5)
        seen.append("served")

    for _ in range(3):
        clock.start(waits_in_line())
    clock.start(sleeper(clock, 1.0, seen, "never started"), at=9.0)

    async def stops_everything():
        await clock.sleep(2)
        clock.close()

    clock.start(stops_everything())
    clock.run()
    clock.run()
    assert seen == []


# --- waiting, but not for ever ------------------------------------------------------------------


def asks(clock, seconds, takes, seen):
    async def answer():
        await clock.sleep(takes)
        seen.append(("answered", clock.now))
        return "here"

    async def caller():
        seen.append((await clock.within(seconds, answer), clock.now))

    return caller()


@pytest.mark.parametrize(
    ("takes", "happened"),
    [
        (2.0, [("answered", 2.0), ("here", 2.0)]),
        (3.0, [("answered", 3.0), ("here", 3.0)]),
        (5.0, [(None, 3.0), ("answered", 5.0)]),
    ],
    ids=["in time", "just in time", "too late"],
)
def test_a_caller_waits_for_an_answer_or_until_the_time_is_up_and_the_answer_comes_anyway(
    clock, takes, happened
):
    seen = []
    clock.start(asks(clock, 3.0, takes, seen))
    clock.run()
    assert seen == happened


def test_an_error_of_who_was_asked_comes_out_of_the_run(clock):
    async def fails():
        raise ValueError("broken")

    async def caller():
        await clock.within(3.0, fails)

    clock.start(caller())
    assert refusal(ValueError, clock.run) == "broken"
    clock.close()


def test_a_clock_that_is_closed_while_somebody_waits_leaves_no_warning(clock):
    seen = []
    clock.start(asks(clock, 3.0, 5.0, seen))

    async def stops():
        raise RuntimeError("enough")

    clock.start(stops(), at=1.0)
    assert refusal(RuntimeError, clock.run) == "enough"
    clock.close()
    assert seen == []
