"""Knobs: checked at birth, frozen for life, copied with changes."""

from __future__ import annotations

import math
from dataclasses import FrozenInstanceError, fields

import pytest

import mlbook as mb
from mlbook.components import Site
from mlbook.patterns import Answer
from mlbook.queueing import Constant
from tests.worlds import refusal, small

PATTERNS = [mb.Federated, mb.InProcess, mb.MobileApp, mb.RestApi, mb.SharedDb]


@pytest.mark.parametrize("kind", PATTERNS)
def test_a_copy_differs_in_the_named_knob_only(kind):
    pattern = kind()
    other = pattern.but(train_every=3600.0)
    assert other.train_every == 3600.0
    assert other.but(train_every=pattern.train_every) == pattern
    assert pattern == kind()


@pytest.mark.parametrize("kind", PATTERNS)
def test_knobs_are_frozen_also_while_a_run_goes_on(kind):
    for pattern in (kind(), kind().install(Site(small(), seed=0))):
        with pytest.raises(FrozenInstanceError):
            pattern.train_every = 1.0
    pattern.clock.close()


@pytest.mark.parametrize("kind", PATTERNS)
def test_every_knob_says_what_it_means(kind):
    for each in fields(kind):
        rule = each.metadata["rule"]
        assert rule["unit"] or rule["choices"], each.name


@pytest.mark.parametrize("kind", PATTERNS)
def test_an_installed_copy_knows_its_pattern_by_name(kind):
    running = kind().install(Site(small(), seed=0))
    running.clock.close()
    assert isinstance(running, kind)
    assert type(running).__name__ == kind.__name__


def test_a_table_that_is_whole_has_one_answer_for_every_item():
    whole = Answer(None, 1.0, 2.0, "schedule")
    assert whole.row_of(0) is whole.row_of(59) is whole


def test_items_that_the_writer_has_not_reached_are_answered_by_the_older_table():
    oldest = Answer(None, 1.0, 1.0, "schedule")
    died = Answer(None, 2.0, 2.0, "schedule", older=oldest, first_older_item=40)
    half = Answer(None, 3.0, 3.0, "schedule", older=died, first_older_item=20)
    assert [half.row_of(item) for item in (19, 20, 39, 40)] == [half, died, died, oldest]


SECONDS = "Durations are seconds: write 15 * mb.MINUTE."
BAD_KNOBS = [
    (
        mb.SharedDb,
        {"predict_every": 0},
        f"predict_every must be > 0 (seconds between two batches), got 0. {SECONDS}",
    ),
    (
        mb.SharedDb,
        {"predict_every": math.nan},
        f"predict_every must be > 0 (seconds between two batches), got nan. {SECONDS}",
    ),
    (
        mb.SharedDb,
        {"predict_takes": -1.0},
        f"predict_takes must be >= 0 (seconds a batch takes), got -1.0. {SECONDS}",
    ),
    (
        mb.SharedDb,
        {"predict_every": math.inf},
        f"predict_every must be > 0 (seconds between two batches), got inf. {SECONDS}",
    ),
    (
        mb.RestApi,
        {"workers": 0},
        "workers must be >= 1 (workers of the API server), got 0. "
        "Leave it out for the default of 4.",
    ),
    (
        mb.Federated,
        {"own_share": 1.5},
        "own_share must be >= 0 and <= 1 (share of events on the device itself), got 1.5. "
        "Write 0.5 for half.",
    ),
    (
        mb.Federated,
        {"drop_out": -0.1},
        "drop_out must be >= 0 and <= 1 (share of devices that never report), got -0.1. "
        "Write 0.5 for half.",
    ),
    (
        mb.Federated,
        {"step": 0.0},
        "step must be > 0 (size of a gradient step), got 0.0. Leave it out for the default of 0.1.",
    ),
    (
        mb.Federated,
        {"local_epochs": -1},
        "local_epochs must be >= 1 (gradient steps of a device in a round), got -1. "
        "Leave it out for the default of 5.",
    ),
    (
        mb.MobileApp,
        {"fast_share": 1.1},
        "fast_share must be >= 0 and <= 1 (share of phones that update fast), got 1.1. "
        "Write 0.5 for half.",
    ),
    (
        mb.MobileApp,
        {"precision": "int9"},
        "precision must be one of 'float32', 'int16', 'int8', 'int6', 'int5', 'int4', 'int3', "
        "got 'int9'. Did you mean 'int8'?",
    ),
    (
        mb.RestApi,
        {"send": "id"},
        "send must be one of 'ids', 'features', got 'id'. Did you mean 'ids'?",
    ),
]


@pytest.mark.parametrize(("kind", "knobs", "words"), BAD_KNOBS)
def test_a_knob_out_of_its_range_is_refused_with_the_next_step(kind, knobs, words):
    assert refusal(ValueError, lambda: kind(**knobs)) == words
    assert refusal(ValueError, lambda: kind().but(**knobs)) == words


WRONG_TYPES = [
    (
        mb.RestApi,
        {"workers": 1.5},
        "workers must be a whole number >= 1 (workers of the API server), got 1.5. "
        "Leave it out for the default of 4.",
    ),
    (
        mb.SharedDb,
        {"predict_every": "1h"},
        f"predict_every must be a number > 0 (seconds between two batches), got '1h'. {SECONDS}",
    ),
    (
        mb.SharedDb,
        {"atomic_swap": 1},
        "atomic_swap must be True or False (swap whole tables), got 1.",
    ),
    (
        mb.SharedDb,
        {"lookup": 0.001},
        "lookup must be a distribution such as mb.queueing.LogNormal(p50=0.008, p99=0.040) "
        "(time to read one user's rows), got 0.001.",
    ),
]


@pytest.mark.parametrize(("kind", "knobs", "words"), WRONG_TYPES)
def test_a_knob_of_the_wrong_type_is_refused(kind, knobs, words):
    assert refusal(TypeError, lambda: kind(**knobs)) == words


@pytest.mark.parametrize("make", [mb.SharedDb, mb.SharedDb().but])
def test_a_misspelt_knob_is_refused_with_a_suggestion_and_the_list(make):
    words = refusal(TypeError, lambda: make(predict_evry=3600.0))
    assert "SharedDb has no knob 'predict_evry'. Did you mean 'predict_every'?" in words
    assert words.endswith("write_takes, atomic_swap, lookup.")


class Bestsellers(mb.Pattern):
    def build(self):
        self.page = self.site.part("page", Constant(0.01))

    async def predict(self, i):
        await self.page.call(i)
        return Answer(None, math.nan, math.nan, "request")


def test_a_pattern_may_have_neither_knobs_nor_a_model():
    run = mb.run(Bestsellers(), small())
    assert set(run.log["status"]) == {"no_model"}
    assert mb.check_pattern(Bestsellers).holds


def test_any_thing_that_can_be_sampled_may_be_a_latency():
    assert mb.SharedDb(lookup=Constant(0.5)).lookup.mean == 0.5
