"""The gate's own errors against the normal law, and what hold-out and strictness do to them."""

import numpy as np
import pytest

from mlbook.monitoring import gate_curve
from mlbook.monitoring.strictness import CURRENT_ERROR, _judged, error_of, quality_of
from mlbook.streams import stream


def test_the_quality_by_quadrature_is_that_of_many_rows():
    error = error_of(0.01)
    mean, its_error = _judged(400_000, error, 1, stream(5, "tests/quality"))
    known, spread = quality_of(error)
    assert abs(mean[0] - known) < 3 * its_error[0]
    assert its_error[0] * np.sqrt(400_000) == pytest.approx(spread, rel=0.01)


def test_a_candidate_like_the_model_in_use_is_no_worse():
    assert quality_of(CURRENT_ERROR)[0] == pytest.approx(0.0, abs=1e-12)


@pytest.mark.parametrize("worse_by", [0.002, 0.01, 0.05])
def test_a_bad_candidate_is_worse_by_what_was_asked(worse_by):
    assert quality_of(error_of(worse_by))[0] == pytest.approx(worse_by, rel=0.01)


def test_the_errors_follow_the_normal_law():
    curve = gate_curve(5_000, candidates=1_000)
    for measured, law in (
        (curve.shipped, curve.law_shipped),
        (curve.blocked, curve.law_blocked),
    ):
        # The largest gap of an empirical distribution: above 1.95 / sqrt(n) once in a thousand.
        assert np.abs(measured - law).max() < 1.95 / np.sqrt(1_000)


def test_a_stricter_gate_ships_fewer_and_blocks_more():
    curve = gate_curve(1_000, candidates=300)
    assert (np.diff(curve.shipped) <= 0).all()
    assert (np.diff(curve.blocked) >= 0).all()
    assert curve.at(0.99)[0] < curve.at(0.5)[0]
    assert curve.at(0.99)[1] > curve.at(0.5)[1]


def test_at_is_the_rule_of_the_gate():
    """`sure` of the gate and the strictness of the curve are one thing: z = 1.645 for 95 %."""
    curve = gate_curve(1_000, candidates=200)
    near = np.abs(curve.z - 1.645).argmin()
    assert curve.at(0.95) == pytest.approx((curve.shipped[near], curve.blocked[near]), abs=0.01)


def test_more_rows_make_both_errors_smaller():
    small, large = (gate_curve(rows, candidates=300).at(0.5) for rows in (1_000, 16_000))
    assert large[0] < small[0]
    assert large[1] < small[1]


def test_another_seed_brings_other_candidates_and_the_same_seed_the_same():
    first, again, other = (gate_curve(500, candidates=50, seed=n) for n in (1, 1, 2))
    assert np.array_equal(first.shipped, again.shipped)
    assert not np.array_equal(first.shipped, other.shipped)


@pytest.mark.parametrize(
    ("knobs", "name"),
    [({"hold_out": 1}, "hold_out"), ({"hold_out": 100, "worse_by": 0.0}, "worse_by")],
)
def test_what_makes_no_sense_is_refused(knobs, name):
    with pytest.raises(ValueError, match=f"{name} must be"):
        gate_curve(**knobs)
