"""The panel of lesson 10 shows the choice that its sliders ask for."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

import mlbook as mb
from mlbook.decision import Beliefs, Needs, decide
from tests.worlds import refusal, shop


@cache
def runs():
    return mb.compare(shop(), nightly=mb.SharedDb(), stream=mb.Streaming(), rest=mb.RestApi())


def panel(**needs):
    return mb.explore.needs(decide(runs(), Needs(**needs)))


def test_the_sliders_start_where_the_choice_stands_and_no_need_is_their_end():
    shown = panel(daily_requests=5e4, answer_s=0.25)
    assert shown.params["daily_requests"] == pytest.approx(5e4)
    assert shown.params["answer_s"] == pytest.approx(250.0)  # milliseconds
    assert shown.params["freshness_s"] == pytest.approx(1e6)
    assert shown.params["click_worth"] == pytest.approx(Beliefs().click_worth)


def test_a_front_end_that_moves_a_slider_to_its_nearest_step_changes_nothing():
    shown = panel(daily_requests=5e4, freshness_s=7200.0)
    before = shown.sentence, shown.picture.value
    shown.controls["freshness_s"].value = 10**3.86  # as JupyterLab does when it shows it
    assert shown.params["freshness_s"] == 7200.0
    assert (shown.sentence, shown.picture.value) == before
    shown.controls["freshness_s"].value = 10**3.88
    assert shown.params["freshness_s"] == 10**3.88


def test_a_slider_asks_the_runs_anew():
    shown = panel(daily_requests=2e6)
    before = shown.picture.value, shown.sentence
    shown.controls["freshness_s"].value = 5.0
    asked = decide(runs(), Needs(daily_requests=2e6, freshness_s=5.0, answer_s=100.0))
    assert shown.result.choice.recommended == asked.recommended == "stream"
    assert shown.picture.value != before[0]
    assert shown.sentence == shown.sentence.replace(before[1], "")
    assert "Out: nightly, rest." in shown.sentence


def test_bars_and_diamonds_are_yen_for_1000_requests():
    choice = decide(runs(), Needs(daily_requests=40_000))
    result = mb.explore.needs(choice).result
    for n, column in enumerate(choice.columns):
        parts = column.yen_a_month(choice.needs, choice.beliefs)
        assert result.gains[n] == pytest.approx(parts["clicks"] / (28 * 40))
        assert result.nets[n] == pytest.approx(parts["net"] / (28 * 40))
    assert np.all(result.nets < result.gains)


def test_a_need_beyond_its_slider_is_refused_instead_of_shown_wrong():
    choice = decide(runs(), Needs(daily_requests=5.0))
    assert "daily_requests must be >= 100" in refusal(ValueError, mb.explore.needs, choice)


def test_nothing_fits_is_said():
    assert panel(freshness_s=0.2).sentence.startswith("No pattern meets these needs: no model.")


def test_no_label_leaves_the_picture_or_touches_another():
    for needs in ({}, {"daily_requests": 2e6, "freshness_s": 5.0}, {"daily_requests": 200}):
        figure = panel(**needs).figure
        renderer = figure.canvas.get_renderer()
        frame = figure.bbox
        for ax in figure.axes:
            texts = [each for each in ax.texts if each.get_text().strip()]
            boxes = [each.get_window_extent(renderer) for each in texts]
            assert all(frame.x0 <= box.x0 and box.x1 <= frame.x1 for box in boxes)
            pairs = [(a, b) for n, a in enumerate(boxes) for b in boxes[:n]]
            assert not any(a.overlaps(b) for a, b in pairs)
