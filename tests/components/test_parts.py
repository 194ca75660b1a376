"""A part: its draws are its own, its faults hit what they should, its workers are limited."""

from __future__ import annotations

import numpy as np
import pytest

import mlbook as mb
from mlbook.components import GIVES_UP_AFTER_S, REFUSED_AFTER_S, DownError, Site
from mlbook.faults import Fault
from mlbook.queueing import Constant, Exponential
from tests.worlds import small


def site_with(*faults, seed=0):
    return Site(small(), seed, faults)


def timed(site, *jobs):
    """Run the coroutines together; give when each ended, or which part failed it."""
    ends = {}

    async def watched(number, job):
        try:
            await job
            ends[number] = site.clock.now
        except DownError as lost:
            ends[number] = (site.clock.now, lost.part)

    for number, job in enumerate(jobs):
        site.clock.start(watched(number, job))
    site.clock.run()
    return [ends[number] for number in range(len(jobs))]


async def later(site, at, call):
    await site.clock.until(at)
    await call()


def test_a_request_draws_its_own_element_of_the_parts_stream():
    site = site_with()
    part = site.part("api", Exponential(1.0))
    assert timed(site, part.call(5), part.call(2)) == [part.draws_s[5], part.draws_s[2]]


def test_draws_depend_on_seed_and_name_only():
    alone = site_with().part("api", Exponential(1.0)).draws_s
    crowd = site_with()
    crowd.part("db", Exponential(1.0))
    assert np.array_equal(alone, crowd.part("api", Exponential(1.0)).draws_s)
    assert not np.array_equal(alone, crowd.parts["db"].draws_s)
    assert not np.array_equal(alone, site_with(seed=1).part("api", Exponential(1.0)).draws_s)


def test_half_a_round_trip_takes_half_the_draw():
    site = site_with()
    assert timed(site, site.part("net", Constant(0.2)).call(0, share=0.5)) == [0.1]


def test_a_part_serves_as_many_at_once_as_it_has_workers():
    site = site_with()
    part = site.part("api", Constant(1.0), workers=2)
    assert timed(site, *(part.call(i) for i in range(5))) == [1.0, 1.0, 2.0, 2.0, 3.0]


def test_a_part_without_workers_serves_everybody_at_once():
    site = site_with()
    part = site.part("db", Constant(1.0))
    assert timed(site, *(part.call(i) for i in range(5))) == [1.0] * 5


def test_a_slow_part_adds_its_time_only_while_the_fault_is_on():
    site = site_with(mb.slow("db", at=10.0, lasting=5.0, by=0.5))
    part = site.part("db", Constant(0.1))
    calls = (later(site, at, lambda: part.call(0)) for at in (9.0, 10.0, 14.9, 15.0))
    assert timed(site, *calls) == pytest.approx([9.1, 10.6, 15.5, 15.1])


def test_two_slow_faults_add_up():
    twice = [mb.slow("db", at=0.0, lasting=5.0, by=by) for by in (0.5, 0.25)]
    site = site_with(*twice)
    assert timed(site, site.part("db", Constant(0.25)).call(0)) == [1.0]


def test_a_part_that_is_down_refuses_after_a_moment():
    site = site_with(mb.down("db", at=10.0, lasting=5.0))
    part = site.part("db", Constant(0.1))
    calls = (later(site, at, lambda: part.call(0)) for at in (9.95, 10.0, 14.9, 15.0))
    refused = [(10.0 + REFUSED_AFTER_S, "db"), (14.9 + REFUSED_AFTER_S, "db")]
    before, *inside, after = timed(site, *calls)
    assert (before, after) == pytest.approx((10.05, 15.1))  # what was begun is finished
    assert inside == refused


def test_who_stands_in_line_when_the_part_goes_down_is_refused_at_his_turn():
    site = site_with(mb.down("api", at=0.5, lasting=2.0))
    part = site.part("api", Constant(1.0), workers=1)
    assert timed(site, *(part.call(i) for i in range(3))) == [1.0, (1.0, "api"), (1.0, "api")]


def test_a_fault_on_another_part_does_nothing():
    site = site_with(mb.down("db", at=0.0, lasting=9.0))
    part = site.part("api", Constant(1.0))
    assert not part.is_down()
    assert timed(site, part.call(0)) == [1.0]


def test_a_stopped_part_is_down_until_it_is_back():
    part = site_with().part("api", Constant(1.0))
    part.stopped = True
    assert part.is_down()
    part.stopped = False
    assert not part.is_down()


@pytest.mark.parametrize(
    ("fault_at", "end"),
    [(20.0, 10.0), (10.0, 10.0), (4.0, (4.0, "batch")), (0.0, (1.0, "batch"))],
)
def test_a_job_is_lost_when_its_part_goes_down_before_it_ends(fault_at, end):
    site = site_with(mb.down("batch", at=fault_at, lasting=5.0))
    part = site.part("batch")
    assert timed(site, later(site, 1.0, lambda: part.work(9.0))) == [end]


def test_an_outage_that_is_over_does_not_hurt_a_job():
    site = site_with(mb.down("batch", at=0.0, lasting=1.0))
    part = site.part("batch")
    assert timed(site, later(site, 1.0, lambda: part.work(9.0))) == [10.0]


def test_a_job_is_skipped_while_the_fault_covers_its_start():
    site = site_with(mb.skip_batch(at=0.0, lasting=1.0))
    assert site.part("batch").has("skip_batch")
    assert not site.part("training").has("skip_batch")
    assert not site.parts["batch"].is_down()


def test_what_is_published_is_dated_by_the_clock():
    site = site_with()

    async def job():
        await site.clock.sleep(7.0)
        site.publish(asof_s=2.0, n_predictions=3)

    timed(site, job())
    assert site.published == [(7.0, 2.0, 3)]


def test_a_part_misses_the_instants_of_its_outages_and_skips_but_not_those_of_its_slowness():
    part = site_with(
        mb.down("sync", at=10.0, lasting=5.0),
        mb.skip_batch("sync", at=20.0, lasting=5.0),
        mb.slow("sync", at=0.0, lasting=99.0, by=1.0),
        mb.down("other", at=0.0, lasting=99.0),
    ).part("sync")
    at_s = np.array([9.9, 10.0, 14.9, 15.0, 20.0, 24.9, 25.0])
    assert part.misses(at_s).tolist() == [False, True, True, False, True, True, False]


def test_a_part_with_another_schema_refuses_at_once_and_says_why():
    site = site_with(mb.schema_change("db", at=10.0, lasting=5.0))
    part = site.part("db", Constant(0.1))
    calls = (later(site, at, lambda: part.call(0)) for at in (9.95, 10.0, 15.0))
    before, inside, after = timed(site, *calls)
    assert (before, after) == pytest.approx((10.05, 15.1))  # what was begun is finished
    assert inside == (10.0, "db")
    with pytest.raises(DownError) as caught:
        site_with(mb.schema_change("db", at=0.0, lasting=5.0)).part("db").check()
    assert caught.value.why == "schema"


def test_who_stands_in_line_when_the_schema_changes_is_refused_at_his_turn():
    site = site_with(mb.schema_change("api", at=0.5, lasting=2.0))
    part = site.part("api", Constant(1.0), workers=1)
    assert timed(site, *(part.call(i) for i in range(3))) == [1.0, (1.0, "api"), (1.0, "api")]


@pytest.mark.parametrize(("change_at", "end"), [(4.0, 10.0), (0.0, (1.0, "batch"))])
def test_a_job_fails_when_it_starts_under_another_schema_and_not_later(change_at, end):
    site = site_with(mb.schema_change("batch", at=change_at, lasting=5.0))
    part = site.part("batch")
    assert timed(site, later(site, 1.0, lambda: part.work(9.0))) == [end]


def test_a_job_on_a_slow_part_takes_longer_once_however_many_pieces_it_has():
    site = site_with(mb.slow("batch", at=0.0, lasting=5.0, by=2.0))
    part = site.part("batch")

    async def in_two_pieces():
        await part.work(3.0)
        await part.work(1.0, goes_on=True)

    assert timed(site, in_two_pieces()) == [6.0]
    assert part.slow_at_s(np.array([4.9, 5.0])).tolist() == [2.0, 0.0]


def test_a_further_piece_of_a_job_goes_on_under_another_schema_but_not_when_the_part_is_down():
    changed = site_with(mb.schema_change("batch", at=0.0, lasting=5.0))
    assert timed(changed, changed.part("batch").work(1.0, goes_on=True)) == [1.0]
    down = site_with(mb.down("batch", at=0.0, lasting=5.0))
    assert timed(down, down.part("batch").work(1.0, goes_on=True)) == [(0.0, "batch")]


LUCKY = {"at": 0.0, "lasting": 1e6}


def test_the_answer_of_a_dropped_call_is_given_up_one_second_after_the_work_is_done():
    site = site_with(mb.drop("db", **LUCKY, share=1.0))
    assert timed(site, site.part("db", Constant(0.1)).call(0)) == [(0.1 + GIVES_UP_AFTER_S, "db")]


def test_whoever_waits_for_a_dropped_answer_holds_no_worker_of_that_part():
    site = site_with(mb.drop("api", **LUCKY, share=1.0))
    part = site.part("api", Constant(0.25), workers=1)
    ends = timed(site, *(part.call(i) for i in range(3)))
    assert ends == [(at + GIVES_UP_AFTER_S, "api") for at in (0.25, 0.5, 0.75)]


def test_whoever_holds_a_worker_of_another_part_keeps_it_while_he_waits_for_a_dropped_answer():
    site = site_with(mb.drop("db", **LUCKY, share=1.0))
    api, db = site.part("api", Constant(0.25), workers=1), site.part("db", Constant(0.25))

    async def request(i):
        async with api:
            await db.call(i)

    first, second = timed(site, request(0), request(1))
    assert (first, second) == ((1.25, "db"), (2.5, "db"))


def test_a_dropped_call_that_is_repeated_has_another_luck():
    site = site_with(mb.drop("db", **LUCKY, share=0.5))
    part, tries = site.part("db", Constant(0.0)), []

    async def until_it_gets_through(i):
        for n in range(1, 100):
            try:
                await part.call(i)
            except DownError:
                continue
            tries.append(n)
            return

    timed(site, *(until_it_gets_through(i) for i in range(400)))
    # Geometric with mean 2 and variance 2: four standard errors of the mean of 400.
    assert abs(np.mean(tries) - 2) < 4 * np.sqrt(2 / 400)


@pytest.mark.parametrize(
    ("fault", "takes_s"),
    [
        (mb.duplicate("api", **LUCKY, share=1.0), 0.5),
        (mb.late("api", **LUCKY, by=3.0), 3.25),
        (mb.slow("api", **LUCKY, by=3.0), 3.25),
    ],
    ids=lambda value: getattr(value, "kind", ""),
)
def test_a_call_that_is_hit_takes_longer_and_holds_its_worker_so_long(fault, takes_s):
    site = site_with(fault)
    part = site.part("api", Constant(0.25), workers=1)
    assert timed(site, part.call(0), part.call(1)) == [takes_s, 2 * takes_s]


def test_a_doubled_call_of_a_slow_part_is_slow_twice():
    site = site_with(mb.slow("api", **LUCKY, by=1.0), mb.duplicate("api", **LUCKY, share=1.0))
    assert timed(site, site.part("api", Constant(0.25)).call(0)) == [2.5]


def test_two_halves_of_a_round_trip_are_late_by_the_whole_together():
    site = site_with(mb.late("net", **LUCKY, by=3.0))
    part = site.part("net", Constant(0.5))

    async def there_and_back():
        await part.call(0, share=0.5)
        await part.call(0, share=0.5)

    assert timed(site, there_and_back()) == [3.5]


@pytest.mark.parametrize("kind", ["drop", "duplicate", "late", "reorder"])
def test_the_share_of_the_calls_that_is_hit_is_as_large_as_it_says(kind):
    fault = Fault(kind, "db", **{f"{name}_s": value for name, value in LUCKY.items()},
                  by_s=7.0 if kind in {"late", "reorder"} else 0.0, share=0.2)  # fmt: skip
    site = site_with(fault)
    part = site.part("db", Constant(1.0))
    n = part.draws_s.size
    ends = timed(site, *(part.call(i) for i in range(n)))
    hit = np.array([end != 1.0 for end in ends])
    assert abs(hit.mean() - 0.2) < 4 * np.sqrt(0.2 * 0.8 / n)
    if kind == "reorder":  # exponential with mean 7: its standard error is 7 / sqrt(n)
        waits_s = np.array(ends)[hit] - 1.0
        assert abs(waits_s.mean() - 7.0) < 4 * 7.0 / np.sqrt(hit.sum())


def test_the_luck_of_one_fault_is_not_that_of_another():
    hits = [Fault(kind, part, 0.0, 1.0, share=0.5).hits(seed, 1000)
            for kind, part, seed in [("drop", "db", 0), ("late", "db", 0), ("drop", "api", 0),
                                     ("drop", "db", 1)]]  # fmt: skip
    for n, mine in enumerate(hits):
        for other in hits[n + 1 :]:
            assert 0.4 < (mine == other).mean() < 0.6  # independent halves agree half of the time
