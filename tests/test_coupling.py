"""Coupling is counted from what is built into each unit."""

from __future__ import annotations

import math

import pytest

import mlbook as mb
from mlbook.coupling import (
    app_knows_ml,
    app_release_share,
    coordinated_releases_a_year,
    knowledge_table,
    operator_minutes_a_month,
)
from mlbook.patterns.deploy import CHANGES_A_YEAR, Unit
from tests.worlds import refusal

ALL_CHANGES = 26 + 6 + 2 + 1 + 2 + 0.2


class Bare(mb.RestApi):
    """A pattern that does not tell its units."""

    units = ()


@pytest.mark.parametrize(
    ("pattern", "changes"),
    [
        (mb.InProcess(), 6 + 2 + 1 + 2 + 0.2),
        (mb.RestApi(), 2 + 1),
        (mb.SharedDb(), 1),
        (mb.Streaming(), 2 + 1),
        (mb.MobileApp(), ALL_CHANGES),
        (mb.MobileApp(delivery="download"), ALL_CHANGES - 26),
    ],
    ids=lambda value: type(value).__name__,
)
def test_only_changes_that_are_built_into_the_app_force_its_release(pattern, changes):
    assert app_release_share(pattern) == pytest.approx(changes / ALL_CHANGES)
    table = knowledge_table(pattern)
    assert table.loc[table["app"], "changes_a_year"].sum() == pytest.approx(changes)


def test_the_share_follows_the_rates():
    rates = CHANGES_A_YEAR | {"result schema": 100.0}
    assert app_release_share(mb.SharedDb(), rates) == pytest.approx(100 / (ALL_CHANGES + 99))


def test_a_change_known_to_two_units_needs_a_coordinated_release():
    # Features, runtime and language are in batch and training; the result schema in app and batch.
    assert coordinated_releases_a_year(mb.SharedDb()) == pytest.approx(6 + 2 + 0.2 + 1)


def test_only_the_app_that_holds_the_model_depends_on_its_language():
    apart = (mb.RestApi(), mb.SharedDb(), mb.Streaming())
    inside = (mb.InProcess(), mb.MobileApp(), mb.MobileApp(delivery="download"))
    assert [app_knows_ml(pattern) for pattern in (*apart, *inside)] == [False] * 3 + [True] * 3


def test_operator_minutes_are_incidents_that_cannot_wait_times_their_work():
    rest = mb.RestApi(features_every=1 * mb.HOUR, features_takes=10 * mb.MINUTE)
    server, job = 60.0, 60.0 * (10 / 60) * math.exp(-50 / 60)
    training = 60.0 * (0.5 / 24) * math.exp(-23.5)
    assert operator_minutes_a_month(rest) == pytest.approx(server + job + training)
    assert operator_minutes_a_month(mb.Streaming()) == pytest.approx(2 * 2 * 180.0)
    # Four releases a month, 15 % of them bad, four hours each.
    assert operator_minutes_a_month(mb.MobileApp()) == pytest.approx(4 * 0.15 * 240 + training)


def test_more_slack_or_a_quicker_repair_lets_more_incidents_wait():
    night = mb.SharedDb(predict_takes=23 * mb.HOUR)
    assert operator_minutes_a_month(night) > 20 > operator_minutes_a_month(mb.SharedDb())
    assert operator_minutes_a_month(night, mttr=60.0) < 0.001


def test_a_rate_that_cannot_be_is_refused():
    words = refusal(ValueError, app_release_share, mb.RestApi(), {"weight": 1.0})
    assert words.startswith("changes_a_year must be one of 'weights', ")
    assert "Did you mean 'weights'?" in words
    words = refusal(ValueError, app_release_share, mb.RestApi(), {"weights": -1.0})
    assert words.startswith("changes_a_year['weights'] must be >= 0 (changes a year), got -1")
    words = refusal(ValueError, app_release_share, mb.RestApi(), {"weights": 0.0})
    assert "must be > 0 (changes a year in all)" in words


def test_a_pattern_that_does_not_tell_its_units_is_refused_with_the_next_step():
    words = refusal(ValueError, app_release_share, Bare())
    assert words.startswith("pattern must tell its units, got a Bare without any.")


def test_a_unit_that_cannot_be_is_refused():
    with pytest.raises(ValueError, match="built_in must be one of"):
        Unit(name="app", built_in=("model",))
    with pytest.raises(ValueError, match="runs_frac"):
        Unit(name="app", runs_frac=1.5)
