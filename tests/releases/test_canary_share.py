"""What a canary's share decides: exact identities, the law, and its errors."""

import numpy as np
import pytest

from mlbook.ab import crossing
from mlbook.releases import Watch, canary, canary_law


@pytest.mark.parametrize("share", [0.01, 0.2, 0.5])
def test_visits_hurt_are_hours_times_the_rate(share):
    """Wald: whatever the rule to stop, a visit more an hour is a visit more an hour."""
    outcome = canary(share, repetitions=2_000, seed=3)
    surplus = outcome.hurt - 8_000 * share * outcome.hours
    assert abs(surplus.mean()) < 3.5 * surplus.std() / np.sqrt(2_000)


@pytest.mark.parametrize(
    ("share", "tolerance"), [(0.01, 0.05), (0.05, 0.05), (0.2, 0.05), (0.5, 0.08)]
)
def test_the_law_gives_the_hours_but_for_the_half_hour_of_looking(share, tolerance):
    hours, hurt = canary_law(share)
    outcome = canary(share, repetitions=2_000)
    assert outcome.hours.mean() == pytest.approx(hours + 0.5, rel=tolerance)
    assert outcome.hurt.mean() == pytest.approx(hurt + 0.5 * 8_000 * share, rel=tolerance)


def test_small_canaries_hurt_as_many_and_only_take_longer():
    small, larger = canary(0.01), canary(0.05)
    assert 4 < small.hours.mean() / larger.hours.mean() < 5.5
    assert 0.8 < small.hurt.mean() / larger.hurt.mean() < 1.0


def test_beyond_half_of_the_visits_it_is_slower_and_hurts_more():
    half, most = canary(0.5), canary(0.95)
    assert most.hours.mean() > 2 * half.hours.mean()
    assert most.hurt.mean() > 4 * half.hurt.mean()


@pytest.mark.parametrize("share", [0.01, 0.2])
def test_a_release_that_is_as_good_is_seldom_taken_back(share):
    assert canary(share, new=0.05, repetitions=1_000).found.mean() < 0.025


def test_a_small_loss_is_found_by_nobody_within_the_weeks_and_counts_in_full():
    outcome = canary(0.01, new=0.0499, repetitions=50)
    lost = ~outcome.found
    assert lost.mean() > 0.9
    assert (outcome.hours[lost] == 672).all()
    assert outcome.hurt[lost] == pytest.approx(672 * 80, rel=0.05)


def test_with_all_visits_nobody_is_left_to_compare_with():
    with pytest.raises(ValueError, match=r"share must be < 1 .* nobody is left"):
        canary(1.0)
    with pytest.raises(ValueError, match=r"share must be < 1"):
        canary_law(np.array([0.5, 1.0]))
    with pytest.raises(ValueError, match=r"visits_an_hour must be > 0"):
        canary(0.1, visits_an_hour=0)


@pytest.mark.parametrize("share", [0.05, 0.2])
def test_the_hours_are_those_of_the_exact_recursion(share):
    """`mb.ab.crossing` integrates a Brownian motion from look to look and draws nothing."""
    looks = np.arange(1, 61)
    rate = share * 0.04 + (1 - share) * 0.05
    variance = rate * (1 - rate) / (looks * 8_000 * share * (1 - share))
    z = Watch().half_width(variance) / np.sqrt(variance)
    stops = crossing(z, looks / looks[-1], drift=0.01 / np.sqrt(variance[-1]))
    exact = float(stops @ looks)
    hours = canary(share, repetitions=4_000, seed=5).hours
    error = hours.std() / np.sqrt(hours.size)
    assert stops.sum() == pytest.approx(1.0, abs=1e-4)
    # Two percent for counts that are not normal and rates that are estimated.
    assert abs(hours.mean() - exact) < 3 * error + 0.02 * exact
