"""A panel: sliders around a pure function, with a picture and a sentence for every reader."""

from __future__ import annotations

import base64
import itertools
from html import escape
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from matplotlib.text import Text

from mlbook import explore
from mlbook.explore.age_panel import batch_ages
from mlbook.explore.fleet_panel import bad_release_stays
from mlbook.explore.knee_panel import waits
from mlbook.explore.sure_panel import two_shops
from mlbook.explore.trigger_panel import PER_BATCH_S, PER_EVENT_S, micro_batches
from mlbook.queueing import batch_age, micro_batch_lag

PANELS = {
    "knee": explore.knee,
    "prediction_age": explore.prediction_age,
    "how_sure": explore.how_sure,
    "trigger": explore.trigger,
    "fleet": explore.fleet,
    "tail": explore.tail,
    "storm": explore.storm,
    "batching": explore.batching,
    "power": explore.power,
    "peeking": explore.peeking,
    "boundaries": explore.boundaries,
    "novelty": explore.novelty,
    "bandit": explore.bandit,
}


@pytest.mark.parametrize("name", PANELS)
def test_one_bundle_holds_widget_picture_and_sentence_and_no_html(name):
    data, metadata = PANELS[name]()._repr_mimebundle_()
    assert {"application/vnd.jupyter.widget-view+json", "image/png", "text/plain"} == set(data)
    assert metadata["image/png"]["alt"] == data["text/plain"]
    assert base64.b64decode(data["image/png"]).startswith(b"\x89PNG")


@pytest.mark.parametrize("name", PANELS)
def test_moving_a_slider_changes_the_picture_and_the_sentence(name):
    panel = PANELS[name]()
    before = panel.picture.value, panel.text.value
    control = next(iter(panel.controls.values()))
    control.value = control.value + 4 * control.step
    assert panel.picture.value != before[0]
    assert panel.text.value != before[1]
    assert escape(panel.sentence) in panel.text.value


@pytest.mark.parametrize("name", PANELS)
@pytest.mark.parametrize(
    "ends", [("low", "low"), ("low", "high"), ("high", "low"), ("high", "high")]
)
def test_the_title_of_a_panel_keeps_off_its_neighbour_wherever_the_sliders_stand(name, ends):
    panel = PANELS[name]()
    first, *others = panel.knobs
    values = {knob: getattr(panel.knobs[knob], ends[1]) for knob in others}
    panel.set(**{first: getattr(panel.knobs[first], ends[0])}, **values)
    panel.figure.canvas.draw()
    boxes = [text.get_window_extent() for ax in panel.figure.axes for text in titles(ax)]
    assert boxes
    assert boxes[-1].x1 <= panel.figure.bbox.x1
    for left, right in itertools.pairwise(boxes):
        assert left.x1 < right.x0


def titles(ax):
    said = {ax.get_title(loc=loc) for loc in ("left", "center")} - {""}
    return [text for text in ax.findobj(Text) if text.get_text() in said]


@pytest.mark.parametrize("name", PANELS)
def test_set_does_all_that_the_sliders_do(name):
    dragged, told = PANELS[name](), PANELS[name]()
    first = next(iter(dragged.controls))
    value = dragged.params[first] + 4 * dragged.controls[first].step
    dragged.controls[first].value = value
    told.set(**{first: value})
    assert told.params == dragged.params
    assert told.picture.value == dragged.picture.value
    assert told.text.value == dragged.text.value


@pytest.mark.parametrize("name", PANELS)
def test_a_panel_that_was_moved_looks_like_one_that_started_there(name):
    # Red when `update` changes an artist that `moving` does not name.
    panel = PANELS[name]()
    for end in ("low", "high"):
        values = {name: getattr(knob, end) for name, knob in panel.knobs.items()}
        panel.set(**values)
        assert panel.picture.value == PANELS[name](**values).picture.value, end


@pytest.mark.parametrize("name", PANELS)
def test_the_live_picture_has_the_sentence_as_its_alternative_text(name):
    panel = PANELS[name]()
    live = panel.picture.value
    # HTML leaves an <img> open, XML does not.
    element = ET.fromstring(live if live.startswith("<svg") else live.replace(">", "/>"))
    said = element.get("alt") or element.get("aria-label")
    assert said == panel.sentence


def test_the_panels_that_are_dragged_a_lot_are_svg_live_and_png_elsewhere():
    for name in PANELS.keys() - {"how_sure"}:
        assert PANELS[name]().picture.value.startswith("<svg")
    assert PANELS["how_sure"]().picture.value.startswith("<img")


def test_a_start_value_out_of_range_is_refused_and_not_clamped():
    with pytest.raises(ValueError, match=r"rate_per_s must be >= 10 and <= 600 .* got 5000"):
        explore.knee(rate_per_s=5000)
    with pytest.raises(TypeError, match=r"workers must be a whole number .* got 1\.5"):
        explore.knee(workers=1.5)


def test_set_refuses_an_unknown_slider_and_leaves_the_panel_as_it_was():
    panel = explore.knee()
    before = panel.params
    with pytest.raises(TypeError, match=r"no slider 'worker'\. Did you mean 'workers'\?"):
        panel.set(worker=2)
    with pytest.raises(ValueError, match="visits per second"):
        panel.set(workers=2, rate_per_s=np.nan)
    assert panel.params == before


def test_figures_are_opaque_white_so_that_a_dark_theme_cannot_hide_the_text():
    for make in PANELS.values():
        assert make().view.figure.get_facecolor() == (1.0, 1.0, 1.0, 1.0)


def test_the_knee_panels_mean_wait_is_close_to_the_law_of_pollaczek_and_khinchine():
    # One worker, so the law of M/G/1 applies: E[wait] = rate E[S^2] / (2 (1 - utilisation)).
    result = waits(rate_per_s=50, workers=1, service_ms=8)
    sigma = np.log(5) / 2.3263478740408408
    second_moment = 0.008**2 * np.exp(2 * sigma**2)
    mean = 0.008 * np.exp(sigma**2 / 2)
    law = 50 * second_moment / (2 * (1 - 50 * mean)) + mean
    batches = result.latency_s[: 20_000 // 40 * 40].reshape(40, -1).mean(axis=1)
    error = batches.std(ddof=1) / np.sqrt(40)
    # Four standard errors by batch means: a false alarm in fewer than 1 of 1,000 seeds.
    assert abs(result.latency_s.mean() - law) < 4 * error


@pytest.mark.parametrize(("every", "takes"), [(24.0, 2.0), (6.0, 0.5), (6.0, 9.0)])
def test_the_age_panels_saw_stays_within_its_law_and_fills_it(every, takes):
    ages = batch_ages(every, takes)
    low, high = batch_age(every, takes)
    assert ages.age_h.min() == pytest.approx(low, abs=0.02)
    assert ages.age_h.max() == pytest.approx(high, abs=0.02)
    assert ages.fits == (takes < every)


@pytest.mark.parametrize(("trigger_s", "rate_per_s"), [(1.0, 250), (0.5, 50), (3.0, 450)])
def test_the_trigger_panels_lag_is_the_law_where_there_is_one(trigger_s, rate_per_s):
    result = micro_batches(trigger_s, rate_per_s)
    law = micro_batch_lag(trigger_s, rate_per_s, PER_BATCH_S, PER_EVENT_S)
    # A minute has few micro-batches, and events of one share its luck: means of single triggers.
    turn = np.ceil(result.at_s / trigger_s).astype(int)
    own = np.array([result.lag_s[turn == k].mean() for k in np.unique(turn)[:-1]])
    assert abs(own.mean() - law) < 4 * own.std() / np.sqrt(own.size) + 0.01 * law


def test_the_two_ways_to_be_late_are_one_while_nobody_is_late():
    result = micro_batches(1.0, 250)
    np.testing.assert_array_equal(result.lag_s, result.queued_lag_s)


@pytest.mark.parametrize("own", [False, True])
def test_micro_batches_of_the_panel_are_those_of_a_loop_over_the_triggers(own):
    result = micro_batches(0.3, 250)
    free, done, at_s = 0.0, np.full(result.at_s.size, np.inf), result.at_s
    for due in 0.3 * np.arange(1, 400):
        begins = max(due, free)
        ready = np.isinf(done) & (at_s <= (due if own else begins))
        if ready.any():
            free = begins + PER_BATCH_S + PER_EVENT_S * ready.sum()
            done[ready] = free
    lag_s = result.queued_lag_s if own else result.lag_s
    assert np.abs(done - at_s - lag_s).max() < 1e-6


def test_too_short_a_trigger_explodes_only_when_every_trigger_has_its_own_micro_batch():
    result = micro_batches(0.3, 250)  # the law asks for 0.4 s
    first, last = result.at_s < 20, result.at_s > 40
    assert result.queued_lag_s[last].mean() > 2 * result.queued_lag_s[first].mean()
    assert result.lag_s[last].mean() == pytest.approx(result.lag_s[first].mean(), rel=0.05)
    # One and a half of the shortest trigger, and the event itself: what the law says at 0.4 s.
    law = micro_batch_lag(0.4, 250, PER_BATCH_S, PER_EVENT_S)
    assert result.lag_s.mean() == pytest.approx(law, rel=0.02)
    assert "lag has grown to" in explore.trigger(0.3, 250).sentence


def test_more_events_than_can_be_done_pile_up_in_either_way():
    result = micro_batches(1.0, 600)
    for lag_s in (result.lag_s, result.queued_lag_s):
        assert lag_s[result.at_s > 50].mean() > 3 * lag_s[result.at_s < 10].mean()
    assert "grows as long as" in explore.trigger(1.0, 600).sentence


@pytest.mark.parametrize("percent", [0.0, 37.5, 100.0])
@pytest.mark.parametrize("replaced", [2.0, 7.0])
def test_in_the_end_a_phone_has_the_bad_release_as_long_as_it_was_the_newest(replaced, percent):
    # The slow phones look every five days, so that the end comes within the sixty.
    stays = bad_release_stays(replaced, fast_percent=percent, slow_gap_days=5.0)
    assert stays.days_a_phone == pytest.approx(replaced, rel=0.01)


def test_fast_phones_make_a_bad_release_high_and_short():
    mixed, fast = (bad_release_stays(7.0, percent, 79.0) for percent in (37.5, 100.0))
    assert fast.share.max() > 2 * mixed.share.max()
    assert fast.in_two_weeks < mixed.in_two_weeks
    assert mixed.days_a_phone < 0.8 * fast.days_a_phone  # the rest of it is still to come


def test_four_times_the_visitors_halve_the_interval():
    few, many = two_shops(100, 20, 30), two_shops(400, 20, 30)
    assert few.half_width == pytest.approx(2 * many.half_width)


def test_two_shops_that_are_equal_make_neither_look_better():
    panel = explore.how_sure(visitors=50, true_a=30, true_b=30)
    assert "equal" in panel.sentence
