"""The release train alone, without a world: the age of what a fleet runs is tau + R/2 + L."""

from __future__ import annotations

import numpy as np
import pytest

from mlbook.queueing import Fleet, adopted, fleet_model_age, poisson_looks, still_running
from mlbook.streams import stream

DEVICES, R, L = 8000, 7.0, 1.5  # days
FAST, SLOW = 1.74, 79.0


def fleet_after(gap, days):
    """Let the train run; each release goes live L days after its data, from day L on."""
    fleet = Fleet(gap.size, *poisson_looks(stream(4, "looks"), gap, days))
    for data_at in np.arange(0.0, days - L, R):
        fleet.offer(data_at, at_s=data_at + L)
    fleet.install(np.full(gap.size, L))
    return fleet


def ages(gap, read):
    fleet = fleet_after(gap, read.max())
    return read - np.array([fleet.installed(k, at) for k, at in enumerate(read.tolist())])


@pytest.mark.parametrize("speeds", [[(1.0, FAST)], [(1.0, SLOW)], [(0.375, FAST), (0.625, SLOW)]])
def test_the_model_of_a_fleet_is_tau_and_half_a_train_and_the_lead_old(speeds):
    shares, gaps = zip(*speeds, strict=True)
    gap = np.repeat(gaps, np.rint(np.array(shares) * DEVICES).astype(int))
    # Each device is read once, over ten whole trains and after 20 of its longest gaps: what it
    # began with is forgotten, and the devices are independent of each other.
    read = 20 * max(gaps) + 10 * R * stream(5, "read").random(gap.size)
    age = ages(gap, read)
    expected = fleet_model_age(speeds, R, L)
    assert abs(age.mean() - expected) < 4 * age.std(ddof=1) / np.sqrt(gap.size)
    assert age.mean() == pytest.approx(expected, rel=0.03)
    assert age.min() >= L


def test_of_a_mixed_fleet_the_median_is_far_below_the_mean():
    gap = np.repeat([FAST, SLOW], [3 * DEVICES // 8, 5 * DEVICES // 8])
    age = ages(gap, 20 * SLOW + 10 * R * stream(5, "read").random(DEVICES))
    assert np.median(age) < 0.6 * age.mean()


def test_a_release_spreads_as_the_curve_of_two_speeds_says():
    gap = np.repeat([FAST, SLOW], [3 * DEVICES // 8, 5 * DEVICES // 8])
    fleet = fleet_after(gap, 60.0)
    # The release whose data are of day 0 is everywhere; the next one goes live on day R + L.
    for after in (1.0, 3.0, 6.9):
        share = np.mean([fleet.installed(k, R + L + after) == R for k in range(DEVICES)])
        expected = adopted(after, [(0.375, FAST), (0.625, SLOW)])
        # Fast and slow are fixed numbers of devices, so this error is a little too large.
        assert abs(share - expected) < 4 * np.sqrt(expected * (1 - expected) / DEVICES)


@pytest.mark.parametrize("after", [3.0, R + 1.0, 2 * R, 3 * R + 2.0])
def test_a_release_is_on_those_that_took_it_and_not_yet_the_next(after):
    gap = np.repeat([FAST, SLOW], [3 * DEVICES // 8, 5 * DEVICES // 8])
    fleet = fleet_after(gap, 60.0)
    share = np.mean([fleet.installed(k, R + L + after) == R for k in range(DEVICES)])
    expected = float(still_running(after, R, [(0.375, FAST), (0.625, SLOW)]))
    assert abs(share - expected) < 4 * np.sqrt(expected * (1 - expected) / DEVICES)


def test_before_a_release_is_live_nobody_runs_it_and_without_a_next_one_all_keep_it():
    speeds = [(0.375, FAST), (0.625, SLOW)]
    assert still_running([-1.0, 0.0], R, speeds).tolist() == [0.0, 0.0]
    assert float(still_running(20.0, np.inf, speeds)) == adopted(20.0, speeds)
    with pytest.raises(ValueError, match="replaced_after_s must be > 0"):
        still_running(1.0, 0.0, speeds)


def test_looks_come_at_random_instants_with_the_gap_of_each_device():
    who, look = poisson_looks(stream(1, "looks"), np.array([2.0, 50.0]), 20_000.0)
    for device, gap in enumerate((2.0, 50.0)):
        count = (who == device).sum()
        assert abs(count - 20_000 / gap) < 4 * np.sqrt(20_000 / gap)
        between = np.diff(np.sort(look[who == device]))
        assert between.std() == pytest.approx(between.mean(), rel=0.15)  # as exponential gaps have


def test_a_device_runs_the_newest_release_that_was_live_at_its_last_look():
    fleet = Fleet(1, np.zeros(3, int), np.array([8.0, 3.0, 20.0]))
    fleet.offer("one", at_s=1.0)
    fleet.install(np.array([1.0]))
    fleet.offer("two", at_s=5.0)
    fleet.offer("three", at_s=8.0)
    fleet.offer("four", at_s=9.0)
    found = [fleet.installed(0, at) for at in (0.5, 1.0, 3.0, 7.9, 8.0, 19.0, 20.0)]
    assert found == [None, "one", "one", "one", "three", "three", "four"]


def test_who_comes_later_begins_with_the_newest_release():
    fleet = Fleet(2, np.array([0]), np.array([3.0]))  # a look before it has the app finds nothing
    fleet.offer("one", at_s=1.0)
    fleet.install(np.array([6.0, np.inf]))
    fleet.offer("two", at_s=5.0)
    assert [fleet.installed(0, at) for at in (5.9, 6.0, 99.0)] == [None, "two", "two"]
    assert fleet.installed(1, 1e9) is None


def test_a_device_has_what_it_found_only_when_the_slow_store_has_sent_it():
    looks_s, takes_s = np.array([20.0, 40.0]), np.array([15.0, 1.0])
    fleet = Fleet(1, np.array([0, 0]), looks_s, takes_s)
    fleet.offer("one", at_s=0.0)
    fleet.install(np.array([0.0]))
    fleet.offer("two", at_s=10.0)
    fleet.offer("three", at_s=30.0)
    found = {now: fleet.installed(0, now) for now in (20.0, 34.9, 35.0, 40.9, 41.0)}
    assert found == {20.0: "one", 34.9: "one", 35.0: "two", 40.9: "two", 41.0: "three"}


def test_a_quick_look_that_overtakes_a_slow_one_brings_no_older_release_back():
    fleet = Fleet(1, np.array([0, 0]), np.array([20.0, 40.0]), np.array([50.0, 1.0]))
    fleet.offer("one", at_s=0.0)
    fleet.install(np.array([0.0]))
    fleet.offer("two", at_s=30.0)
    assert [fleet.installed(0, now) for now in (40.0, 41.0, 70.0)] == ["one", "two", "two"]
