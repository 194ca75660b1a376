"""The blind tasting can be won: five probes tell every hidden pattern from every other."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

import mlbook as mb
from mlbook.tasting import CELLAR, PROBES, Mystery
from tests.worlds import refusal

BOTTLES = [bottle for kind in CELLAR for bottle in kind]


class Tasted(Mystery):
    """A tasting of a chosen bottle."""

    def __init__(self, bottle: mb.Pattern) -> None:
        super().__init__(5)
        self._hidden = bottle


@cache
def tasted(number: int) -> Tasted:
    mystery = Tasted(BOTTLES[number])
    for probe in PROBES:
        probe(mystery)
    return mystery


def named(mystery: Mystery) -> str:
    """Reason from the clues alone, as the instructor's notes do."""
    clues = {name: clue.values for name, clue in mystery.clues.items()}
    fatal = sum(share == 1 for share in clues["an outage"].values())
    if clues["a renamed column"]["app"]:
        if fatal == 2:
            return "InProcess"
        return "Federated" if clues["a new model"]["last_s"] < mb.HOUR else "MobileApp"
    if fatal == 3:
        return "RestApi"
    return "Streaming" if clues["an event"]["lag_s"] < 2 * mb.MINUTE else "SharedDb"


@pytest.mark.slow
@pytest.mark.parametrize("number", range(len(BOTTLES)))
def test_the_clues_name_the_hidden_pattern(number):
    assert named(tasted(number)) == type(BOTTLES[number]).__name__


@pytest.mark.slow
@pytest.mark.parametrize("number", [2, 4, 6])
def test_a_day_shows_how_often_the_answers_are_made_anew(number):
    bottle = BOTTLES[number]
    changes = tasted(number).clues["a day"].values["changes"]
    period = getattr(bottle, "features_every", None) or bottle.predict_every
    assert changes == pytest.approx(mb.DAY / period, abs=1)  # and once for the day's new model


def test_the_same_seed_hides_the_same_and_seeds_differ():
    hidden = [mb.mystery(seed).reveal() for seed in range(40)]
    assert hidden == [mb.mystery(seed).reveal() for seed in range(40)]
    assert {type(each) for each in hidden} == {type(kind[0]) for kind in CELLAR}


def test_no_picture_of_the_mystery_shows_what_is_hidden():
    mystery = mb.mystery(7)
    mystery.rename_a_column()
    mystery.send_an_event()
    mystery.kill_a_part()
    said = repr(mystery)
    assert said.startswith("Mystery 7: 3 of 5 probes used\n  a renamed column: to be built anew")
    parts = mb.experiment.parts_of(mystery.reveal(), mb.World(days=1, users=5))
    assert not any(word in said for word in (type(mystery.reveal()).__name__, *parts))


def test_an_event_is_timed_by_the_probe_of_the_book():
    mystery = Tasted(mb.RestApi())
    lag_s = mystery.send_an_event().values["lag_s"]
    assert lag_s == mb.probe(mb.RestApi(), mb.World(seed=5, days=14, users=150)).lag_s
    assert np.isfinite(lag_s)


def test_a_seed_that_cannot_be_is_refused():
    assert refusal(ValueError, mb.mystery, -1).startswith("seed must be >= 0 (seed of the tasting)")
