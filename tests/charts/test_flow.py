"""The diagram that moves: its dots are the requests of the run, on time, and never hide a word."""

from __future__ import annotations

import itertools
import math
import re
from functools import cache
from xml.etree import ElementTree as ET

import numpy as np
import pytest

import mlbook as mb
from mlbook.charts import FlowDisplay
from mlbook.charts.scene import LASTS_S, OUT_OF_SIGHT
from mlbook.charts.theme import BLUE, GREEN, ORANGE
from mlbook.charts.waiting_line import turns
from tests.worlds import small

SVG = "{http://www.w3.org/2000/svg}"
SLOWER = 50  # four workers at 12 ms finish 300 a second, and 6 a second on the screen


@cache
def at_load(share: float, **knobs: object) -> mb.Run:
    """Half a minute at this share of the capacity."""
    pattern = mb.RestApi(**knobs)
    rate_per_s = round(share * pattern.capacity_per_s)
    minute = small().rush(at=6 * mb.DAY, lasting=30, rate_per_s=rate_per_s)
    return mb.run(pattern, minute)


@cache
def every_hour() -> mb.Run:
    return mb.run(mb.SharedDb(predict_every=6 * mb.HOUR, predict_takes=1 * mb.HOUR), small())


@cache
def stream(down_h: float = 0.0) -> mb.Run:
    """A stream, with or without an outage of some hours."""
    slow = mb.Streaming(per_event=30.0, at_most=2, watermark=1 * mb.DAY)
    outage = mb.down("stream_job", at=5.2 * mb.DAY, lasting=max(down_h, 1.0) * mb.HOUR)
    return mb.run(slow, small(), faults=[outage] if down_h else [])


def runs() -> dict[str, mb.Run]:
    """A quiet line, a long one, many workers, a single one, and a table."""
    return {
        "quiet": at_load(0.15),
        "busy": at_load(0.95),
        "16 workers": at_load(0.9, workers=16),
        "1 worker": at_load(0.9, workers=1),
        "features sent": at_load(0.9, send="features"),
        "table": every_hour(),
        "stream": stream(),
        "outage": stream(8.0),
    }


@cache
def drawn(name: str) -> tuple[FlowDisplay, ET.Element]:
    display = FlowDisplay.from_run(runs()[name])
    return display, ET.fromstring(
        display.svg().replace("<svg", "<svg xmlns='http://www.w3.org/2000/svg'")
    )


NAMES = list(runs())


def moves(mark: ET.Element) -> tuple[np.ndarray, np.ndarray]:
    """Give seconds and places in points of one mark."""
    motion = mark.find(f"{SVG}animateTransform")
    places = [[float(part) for part in pair.split()] for pair in motion.get("values").split(";")]
    return LASTS_S * np.array([float(t) for t in motion.get("keyTimes").split(";")]), np.array(
        places
    )


@pytest.mark.parametrize("name", NAMES)
def test_every_animation_is_one_that_a_browser_accepts(name):
    _, svg = drawn(name)
    animations = [a for kind in ("animate", "animateTransform") for a in svg.iter(SVG + kind)]
    assert animations
    for animation in animations:
        times = [float(t) for t in animation.get("keyTimes").split(";")]
        assert times == sorted(times)
        assert times[0] == 0
        assert times[-1] == 1 or animation.get("calcMode") == "discrete"
        assert len(animation.get("values").split(";")) == len(times)


@pytest.mark.parametrize("name", NAMES)
def test_no_dot_ever_runs_over_a_word(name):
    display, svg = drawn(name)
    renderer = display.figure_.canvas.get_renderer()
    height = display.figure_.bbox.height
    words = {text.get_text(): text.get_window_extent(renderer) for text in display.ax_.texts}
    for mark in svg.iter(f"{SVG}rect"):
        if mark.find(f"{SVG}animateTransform") is None:
            continue
        half = float(mark.get("width")) / 2
        seconds, places = moves(mark)
        for (s, a), (t, b) in itertools.pairwise(zip(seconds, places, strict=True)):
            if s == t:  # it appears, or it is gone
                continue
            for share in np.linspace(0, 1, max(2, int(math.dist(a, b)))):
                x, y = a + share * (b - a)
                for word, box in words.items():
                    left, right = box.x0 - half, box.x1 + half
                    below, above = height - box.y1 - half, height - box.y0 + half
                    assert not (left < x < right and below < y < above), (word, s, (x, y))


def test_a_request_gets_its_worker_when_its_lookup_and_its_work_begin():
    run = at_load(0.95)
    parts, order = (
        run.site.parts,
        np.argsort(
            run.log["requested_at_s"] + run.site.parts["network"].draws_s[run.log["visit"]] / 2
        ),
    )
    visit = run.log["visit"][order]
    whole = turns(run, run.pattern)
    held_s = parts["feature_db"].draws_s[visit] + parts["api"].draws_s[visit]
    np.testing.assert_allclose(whole.done_s - whole.began_s, held_s, atol=1e-8)


def test_as_many_as_came_and_have_no_worker_yet_are_ahead():
    whole = turns(at_load(0.95), at_load(0.95).pattern)
    for k in range(0, whole.came_s.size, 97):
        assert whole.ahead[k] == np.sum(whole.began_s[:k] > whole.came_s[k])


def test_no_worker_has_two_requests_at_once():
    whole = turns(at_load(0.95), at_load(0.95).pattern)
    for desk in range(4):
        mine = whole.desk == desk
        assert (whole.began_s[mine][1:] >= whole.done_s[mine][:-1]).all()


@pytest.mark.parametrize("name", ["quiet", "busy"])
def test_at_each_instant_the_orange_dots_are_those_who_wait(name):
    run, (display, _) = runs()[name], drawn(name)
    whole = turns(run, run.pattern)
    middle_s = whole.came_s[whole.ahead.argmax()]
    for second in np.linspace(0.5, LASTS_S - 0.5, 20):
        now_s = middle_s + (second - LASTS_S / 2) / SLOWER
        waiting = np.sum((whole.came_s <= now_s) & (whole.began_s > now_s))
        orange = [mark for mark in display.scene.marks if mark.look(second)[0] == ORANGE]
        assert len(orange) == waiting
        assert all(mark.place(second) != OUT_OF_SIGHT for mark in orange)


def test_the_line_stands_behind_its_head_and_never_overtakes():
    display, _ = drawn("busy")
    (x, y), xs = display.scene.wiring.route.head, []
    for second in np.linspace(0.5, LASTS_S - 0.5, 20):
        orange = [m.place(second) for m in display.scene.marks if m.look(second)[0] == ORANGE]
        assert {height for _, height in orange} <= {y}
        xs = [place for place, _ in orange]  # the marks stand in the order of coming
        assert all(place <= x + 1e-9 for place in xs)
        assert xs == sorted(xs, reverse=True)
    assert len(xs) > 10


def test_a_busy_and_a_quiet_run_of_one_pattern_are_slowed_down_equally():
    for name in ("quiet", "busy"):
        assert f" {SLOWER} times slower" in drawn(name)[0].alt_text()
    lines = [
        re.search(r"At most (\d+) stand", drawn(name)[0].alt_text()) for name in ("quiet", "busy")
    ]
    assert int(lines[0][1]) < 4 < 10 < int(lines[1][1])


def test_a_batch_takes_as_long_as_in_the_run_and_its_table_replaces_the_old_one():
    run, (display, _) = every_hour(), drawn("table")
    faster = 12 * mb.HOUR / LASTS_S
    worst_s = run.log["requested_at_s"][np.nanargmax(run.log["feature_age_s"])]
    batches = [m for m in display.scene.marks if m.shape == "s" and len(m.steps) > 2]
    took = [(m.steps[-1][0] - m.steps[0][0]) * faster for m in batches]
    assert took == pytest.approx([1 * mb.HOUR] * len(batches))
    (lying,) = [m for m in display.scene.marks if m.shape == "s" and len(m.steps) == 2]
    for at_s, asof_s, _ in run.site.published:
        second = (at_s - worst_s) / faster + LASTS_S / 2
        if 0 < second < LASTS_S:
            assert any(m.steps[-1][0] == pytest.approx(second) for m in batches)
            age = (at_s - asof_s) / run.log["feature_age_s"].max()
            assert lying.look(second + 1e-6)[1] == pytest.approx(1 - 0.9 * age, abs=1e-3)
            assert lying.look(second - 1e-6)[1] < lying.look(second + 1e-6)[1]


def test_an_answer_is_as_pale_as_its_table_was_when_it_was_read():
    display, _ = drawn("table")
    (lying,) = [m for m in display.scene.marks if m.shape == "s" and len(m.steps) == 2]
    answers = [m for m in display.scene.marks if m.shape == "o"]
    assert len(answers) > 20
    for answer in answers:
        read_at = answer.steps[0][0]
        assert answer.look(read_at) == (GREEN, pytest.approx(lying.look(read_at)[1], abs=0.02))


def test_a_missed_batch_shows_the_table_that_was_not_replaced():
    period = 6 * mb.HOUR
    batch = mb.SharedDb(predict_every=period, predict_takes=1 * mb.HOUR)
    missed = mb.run(batch, small(), faults=[mb.skip_batch("batch", at=5 * mb.DAY, lasting=period)])
    display = FlowDisplay.from_run(missed)
    assert "the oldest is 13 h old" in display.alt_text()
    batches = [m for m in display.scene.marks if m.shape == "s" and len(m.steps) > 2]
    assert len(batches) < len([m for m in drawn("table")[0].scene.marks if m.shape == "s"]) - 1


def test_at_each_instant_the_events_of_the_queue_are_those_that_wait():
    run, (display, _) = stream(8.0), drawn("outage")
    event_s, seen_s = run.world.activity.at_s, run.site.seen_at_s
    served = event_s >= run.log["requested_at_s"][0]
    worst = np.flatnonzero(served)[(seen_s - event_s)[served].argmax()]
    longest_s = seen_s[worst] - event_s[worst]
    assert 7.8 * mb.HOUR < longest_s < 8.1 * mb.HOUR
    every = int(re.search(r"stands for (\d+) events", display.alt_text())[1])
    for second in np.linspace(0.5, LASTS_S - 0.5, 24):
        now_s = seen_s[worst] + (second / LASTS_S - 0.5) * 2.3 * longest_s
        waiting = np.sum((event_s <= now_s) & (seen_s > now_s))
        places = [m.place(second) for m in display.scene.marks if m.look(second)[0] == ORANGE]
        assert abs(len(places) - waiting / every) < 1 + 1e-9
        assert OUT_OF_SIGHT not in places
        assert len(set(places)) == len(places)  # no two on one place


def test_the_pile_of_events_stays_on_its_places():
    display, _ = drawn("outage")
    route = display.scene.wiring.route
    allowed = {route.place(n) for n in range(route.places)}
    for second in np.linspace(0, LASTS_S, 200):
        for mark in display.scene.marks:
            if mark.look(second)[0] == ORANGE and mark.place(second) != OUT_OF_SIGHT:
                assert mark.place(second) in allowed
    assert "longest wait is 7.9 h" in display.alt_text()


def test_a_stream_that_keeps_up_is_shown_slower_or_faster_by_the_same_rule():
    waited = re.search(r"At most (\d+) wait", drawn("stream")[0].alt_text())
    assert int(waited[1]) < 15


@pytest.mark.parametrize("name", NAMES)
def test_it_needs_no_script_and_says_what_it_shows(name):
    display, page = drawn(name)
    html = display.svg()
    assert "<script" not in html
    assert "prefers-reduced-motion" in html
    assert page.find(f"{SVG}svg").get("aria-label") == display.alt_text()
    assert display.scene.sentence in display.alt_text()


def test_the_still_picture_has_the_dots_of_the_worst_moment():
    display, page = drawn("busy")
    in_sight = [m for m in display.scene.marks if m.place(LASTS_S / 2) != OUT_OF_SIGHT]
    still = [g for g in page.iter(f"{SVG}g") if g.get("class") == "mlbook-still"]
    assert len(still) == len(in_sight)
    assert {m.look(LASTS_S / 2)[0] for m in in_sight} == {BLUE, ORANGE}


def test_a_run_whose_line_cannot_be_drawn_is_refused():
    minute = small().rush(at=6 * mb.DAY, lasting=5, rate_per_s=20)
    with pytest.raises(
        TypeError, match=r"run must be of mb\.RestApi, mb\.SharedDb or mb\.Streaming, got InProcess"
    ):
        FlowDisplay.from_run(mb.run(mb.InProcess(), minute))
    slow = mb.slow("network", at=6 * mb.DAY, lasting=5, by=0.1)
    with pytest.raises(ValueError, match=r"run must be one without faults, got slow 'network'"):
        FlowDisplay.from_run(mb.run(mb.RestApi(), minute, faults=[slow]))


# Gives the words that a mark touches at these seconds, as the browser has laid them out.
TOUCHED = """seconds => {
  const svg = document.querySelector("svg"), touched = [];
  const words = [...svg.querySelectorAll("text")].map(text => [text, text.getBoundingClientRect()]);
  svg.pauseAnimations();
  for (const second of seconds) {
    svg.setCurrentTime(second);
    for (const mark of svg.querySelectorAll(".mlbook-moves rect")) {
      const a = mark.getBoundingClientRect();
      for (const [text, b] of words)
        if (a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom)
          touched.push([second, text.textContent]);
    }
  }
  return touched;
}"""
PLACES = """() => [...document.querySelectorAll(".mlbook-moves rect")]
  .map(mark => mark.getBoundingClientRect().x)"""


@pytest.mark.browser
def test_in_a_browser_the_dots_move_over_no_word_and_stand_still_for_who_wants_it(
    chromium, require
):
    require("playwright")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1000, "height": 600})
        for name in ("busy", "table", "outage"):
            page.set_content(drawn(name)[0].svg())
            before = page.evaluate(PLACES)
            page.wait_for_function(
                f"before => ({PLACES})().some((x, k) => x !== before[k])", arg=before
            )
            assert page.evaluate(TOUCHED, list(np.linspace(0, LASTS_S, 60))) == []
        assert page.locator(".mlbook-moves").is_visible()
        page.emulate_media(reduced_motion="reduce")
        assert not page.locator(".mlbook-moves").is_visible()
        assert page.locator(".mlbook-still").first.is_visible()
        browser.close()
