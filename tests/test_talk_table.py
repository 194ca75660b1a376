"""Slide 23 as a result: the words agree, and each can be made to flip."""

from __future__ import annotations

from functools import cache

import pytest

import mlbook as mb
from mlbook.experiment.talk_table import TALK, Cuts, talk_table
from mlbook.patterns.deploy import CHANGES_A_YEAR
from tests.worlds import shop, small

TALKED = {
    "rest": mb.RestApi(),
    "nightly": mb.SharedDb(),
    "stream": mb.Streaming(),
    "mobile": mb.MobileApp(),
}


@cache
def table():
    return mb.compare(shop(), **TALKED).talk_table()


def word(row, pattern, world=None, **options):
    runs = mb.compare(world or small(), it=pattern)
    found = runs.talk_table(**options)
    return found.set_index("row").loc[row, "word"]


def test_every_cell_of_the_slide_is_there_and_agrees():
    cells = table()[table()["talk_word"] != ""]
    assert len(cells) == 8 * len(TALKED)
    assert cells["agrees"].all(), cells[~cells["agrees"].astype(bool)]


def test_the_talks_words_are_those_of_the_slide():
    assert all(len(column) == 8 for column in TALK.values())
    assert [TALK[name]["management difficulty"] for name in TALK] == [
        "So so", "Easy", "Very hard", "So so",
    ]  # fmt: skip
    assert TALK["SharedDb"]["latency from new data"] == "So so ~ Long"


def test_a_pattern_that_the_slide_does_not_have_is_measured_without_a_verdict():
    found = talk_table(mb.compare(small(), book=mb.InProcess()))
    assert (found["talk_word"] == "").all()
    assert found["agrees"].isna().all()
    assert len(found) == 9


LATENCY, REQUIRED = "latency from new data", "required time to predict"
QUICK = {"predict_every": mb.HOUR, "predict_takes": 60.0}
FLIPS = {
    "features every day": (LATENCY, mb.RestApi(features_every=mb.DAY), "Long"),
    "features every 5 min": (
        LATENCY, mb.RestApi(features_every=5 * mb.MINUTE, features_takes=60.0), "Low",
    ),
    "an hourly batch": (LATENCY, mb.SharedDb(**QUICK), "So so"),
    "a slow trigger": (LATENCY, mb.Streaming(trigger=60.0), "Low"),
    "a slow model": (
        REQUIRED, mb.RestApi(service=mb.queueing.Constant(2.0), workers=16), "Long",
    ),
    "an instant batch": (REQUIRED, mb.SharedDb(predict_takes=0.5, write_takes=0.0), "Short"),
    "a big micro-batch": (REQUIRED, mb.Streaming(trigger=60.0, per_batch=30.0), "Long"),
    "a stream that learns once a day": ("training", mb.Streaming(train_every=mb.DAY), "by batch"),
    "own events only": (LATENCY, mb.MobileApp(own_share=1.0), "Very low"),
    "a daily sync": (LATENCY, mb.MobileApp(sync_every=mb.DAY, own_share=0.0), "Long"),
    "a large model on an old phone": (
        REQUIRED, mb.MobileApp(device=mb.queueing.Constant(3.0)), "Long",
    ),
    "a release every day": (
        "management difficulty", mb.MobileApp(release_every=mb.DAY), "Very hard",
    ),
    "a batch without slack": (
        "management difficulty", mb.SharedDb(predict_takes=23.5 * mb.HOUR), "So so",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("row", "pattern", "expected"), FLIPS.values(), ids=FLIPS)
def test_a_knob_of_the_pattern_flips_the_word(row, pattern, expected):
    found = word(row, pattern).split(" ~ ")[-1]
    assert found == expected
    plain = word(row, type(pattern)()).split(" ~ ")[-1]
    assert plain != expected


def test_the_judged_rows_flip_with_what_one_believes():
    often = CHANGES_A_YEAR | {"request schema": 20.0}
    assert word("coupling with the app", mb.RestApi(), changes_a_year=often) == "Tight"
    retrained = CHANGES_A_YEAR | {"weights": 500.0}
    assert word("coupling with the app", mb.MobileApp()) == "Tight"
    downloaded = mb.MobileApp(delivery="download")
    assert word("coupling with the app", downloaded, changes_a_year=retrained) == "Loose"
    assert word("management difficulty", mb.RestApi(), cuts=Cuts(easy=100.0)) == "Easy"
    assert word("management difficulty", mb.Streaming(), cuts=Cuts(so_so_minutes=1000.0)) == "So so"


def test_the_slide_view_marks_agreement_and_names_the_talks_word_where_it_differs():
    slow = mb.compare(small(), rest=mb.RestApi(features_every=mb.DAY))
    slide = slow.talk_table().as_slide()
    assert slide.loc["latency from new data", "rest"] == "✗ Long (the talk: So so)"
    assert slide.loc["prediction", "rest"] == "✓ NRT (on the fly)"
    assert "7 of 8 cells say what slide 23 says." in slow.talk_table()._repr_html_()


def test_a_part_of_the_table_still_prints():
    assert "word" in table()[["word"]]._repr_html_()


def test_a_cut_that_cannot_be_is_refused():
    with pytest.raises(ValueError, match="low must be > 0"):
        Cuts(low=0.0)
