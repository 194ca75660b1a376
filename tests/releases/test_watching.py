"""The interval that may be looked at every hour: never wrong too often, and what it needs."""

import numpy as np
import pytest

from mlbook.releases import Watch
from mlbook.streams import stream


def test_a_good_release_is_hardly_ever_taken_for_worse_however_often_one_looks():
    """A plain 95 % interval, looked at as often, is wrong several times as often."""
    rng, watch = stream(1, "tests/watch"), Watch(alpha=0.05)
    visits = rng.poisson(1_000, (2, 1_000, 200)).cumsum(axis=2)
    clicks = rng.binomial(np.diff(visits, prepend=0), 0.05).cumsum(axis=2)
    gap = watch.gap(clicks[0], visits[0], clicks[1], visits[1])
    wrong = ((gap.high < 0) | (gap.low > 0)).any(axis=1).mean()
    v = 0.05 * 0.95 * (1 / visits[0] + 1 / visits[1])
    plain = (np.abs(gap.mean) > 1.96 * np.sqrt(v)).any(axis=1).mean()
    assert wrong <= 0.05
    assert plain > 0.3


def test_the_bound_is_where_the_mixture_of_likelihoods_reaches_one_by_alpha():
    """Independent of the formula: integrate the likelihood ratio over normal effects."""
    watch, variance = Watch(alpha=0.05, tuned_to=0.01), 0.003**2
    edge = float(watch.half_width(variance))
    effect = np.linspace(-0.08, 0.08, 40_001)
    # The spread of the effects that makes 0.01 the one found quickest, see Waudby-Smith and others.
    constant = -2 * np.log(0.05) + np.log1p(-2 * np.log(0.05))
    spread = np.sqrt(constant * watch.variance_needed(0.01))
    prior = np.exp(-(effect**2) / 2 / spread**2) / (spread * np.sqrt(2 * np.pi))
    ratio = np.exp((effect * edge - effect**2 / 2) / variance)
    assert np.trapezoid(prior * ratio, effect) == pytest.approx(1 / 0.05, rel=1e-6)


def test_the_variance_needed_gives_back_the_difference():
    watch = Watch()
    for difference in (0.002, -0.01, 0.3):
        needed = watch.variance_needed(difference)
        assert watch.half_width(needed) == pytest.approx(abs(difference), rel=1e-9)


def test_without_visits_on_one_side_everything_is_possible():
    gap = Watch().gap([0, 5], [0, 100], [5, 0], [100, 0])
    assert np.isneginf(gap.low).all()
    assert np.isposinf(gap.high).all()


def test_no_click_at_all_does_not_make_anybody_certain():
    gap = Watch().gap(0, 10, 0, 10)
    assert gap.high > 0.1


@pytest.mark.parametrize(
    ("knobs", "name"), [({"alpha": 0}, "alpha"), ({"tuned_to": -0.1}, "tuned_to")]
)
def test_what_makes_no_sense_is_refused(knobs, name):
    with pytest.raises(ValueError, match=f"{name} must be"):
        Watch(**knobs)


def test_a_difference_of_zero_is_never_found():
    with pytest.raises(ValueError, match="difference must be > 0"):
        Watch().variance_needed(0.0)
