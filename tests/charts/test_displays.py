"""Every Display: computed numbers in, a picture and a sentence with the same numbers out."""

from __future__ import annotations

import base64
import re
import struct
from functools import cache

import matplotlib as mpl
import numpy as np
import pytest

import mlbook as mb
from mlbook import charts
from mlbook.measure import yardsticks
from tests.worlds import small


@cache
def rest() -> mb.Run:
    return mb.run(mb.RestApi(), small())


@cache
def nightly() -> mb.Run:
    return mb.run(mb.SharedDb(), small())


@cache
def flipped() -> mb.Runs:
    world = mb.World(seed=11, days=7, users=60, taste_flips_at=6 * mb.DAY)
    return mb.compare(world, rest=mb.RestApi(), nightly=mb.SharedDb())


@cache
def stopped() -> mb.Run:
    outage = mb.down("stream_job", at=6 * mb.DAY, lasting=2 * mb.HOUR)
    slow = mb.Streaming(per_event=60.0, at_most=2, watermark=1 * mb.DAY)
    return mb.run(slow, small(), faults=[outage])


def displays() -> dict[str, charts.Display]:
    """One of each, from the smallest run that fills it."""
    runs = {"rest": rest(), "nightly": nightly()}
    return {
        "LatencyDisplay": charts.LatencyDisplay.from_run(rest()),
        "GuessesDisplay": charts.GuessesDisplay("06.twice", np.array([50.0, 75, 75]), 94.0),
        "KneeDisplay": charts.KneeDisplay.from_runs({50.0: rest(), 100.0: rest()}),
        "AgeDisplay": charts.AgeDisplay.from_runs(**runs),
        "AgeClicksDisplay": charts.AgeClicksDisplay.from_runs(runs),
        "TwoRowsDisplay": charts.TwoRowsDisplay.from_runs(runs),
        "RankingDisplay": charts.RankingDisplay.from_run(rest()),
        "RhythmDisplay": charts.RhythmDisplay.from_run(rest()),
        "SpreadDisplay": charts.SpreadDisplay({"a": np.arange(3.0), "b": np.arange(3.0) + 1}),
        "BacklogDisplay": charts.BacklogDisplay.from_run(stopped(), per_event=60.0),
        "ClicksOverTimeDisplay": charts.ClicksOverTimeDisplay.from_runs(flipped()),
        "TasteDisplay": charts.TasteDisplay.from_runs(flipped()),
        "StatusDisplay": charts.StatusDisplay.from_runs(runs, "down"),
        "YardstickDisplay": charts.YardstickDisplay(
            yardsticks(rest().world)["clicks_per_100"].to_dict()
        ),
        "Diagram": charts.Diagram("rest_api"),
        "FlowDisplay": charts.FlowDisplay.from_run(rest()),
    }


NAMES = sorted(displays())


def test_every_display_is_tested_here():
    assert {*NAMES, "Display"} == set(charts.__all__)


@pytest.mark.parametrize("name", NAMES)
def test_a_display_shows_itself_as_a_png_with_alt_text_and_no_html(name):
    data, metadata = displays()[name]._repr_mimebundle_()
    picture = base64.b64decode(data["image/png"])
    width, height = struct.unpack(">II", picture[16:24])
    assert picture.startswith(b"\x89PNG")
    assert width > 1.3 * metadata["image/png"]["width"]  # more pixels than shown: sharp
    assert height > 300
    assert metadata["image/png"]["alt"] == data["text/plain"]
    assert "text/html" not in data  # an untrusted notebook would prefer it and lose the picture


@pytest.mark.parametrize("name", [n for n in NAMES if n not in {"Diagram", "FlowDisplay"}])
def test_a_display_names_its_axis_and_says_numbers(name):
    display = displays()[name].plot()
    assert display.ax_.get_xlabel()
    assert display.ax_.get_title(loc="left")
    assert re.search(r"\d", display.alt_text())


@pytest.mark.parametrize("name", NAMES)
def test_every_word_of_a_picture_lies_inside_it(name):
    display = displays()[name].plot()
    figure = display.figure_
    figure.draw_without_rendering()
    box = display.ax_.get_tightbbox()
    assert box.x0 >= -1, "left"
    assert box.y0 >= -1, "below"
    assert box.x1 <= figure.bbox.x1 + 1, "right"
    assert box.y1 <= figure.bbox.y1 + 1, "above"


@pytest.mark.parametrize("name", NAMES)
def test_drawing_leaves_the_global_settings_of_matplotlib_alone(name):
    mpl.get_backend()  # reading it settles it
    before = mpl.rcParams.copy()
    displays()[name].plot()
    assert mpl.rcParams == before


@pytest.mark.parametrize("name", NAMES)
def test_a_display_draws_into_axes_that_are_given(name):
    ax = charts.Diagram("rest_api").plot().figure_.add_axes((0, 0, 1, 1))
    display = displays()[name].plot(ax)
    assert display.ax_ is ax
    assert display.figure_ is ax.figure


def test_the_latency_lines_stand_at_numpys_quantiles():
    run = rest()
    display = charts.LatencyDisplay.from_run(run).plot()
    lines = [line.get_xdata()[0] for line in display.ax_.lines]
    assert lines == np.quantile(run.log["latency_s"], [0.5, 0.95, 0.99]).tolist()


def test_the_status_display_counts_each_request_once():
    run = rest()
    display = charts.StatusDisplay.from_runs({"rest": run}, "ok", bins=7)
    assert display.total == {"rest": np.mean(run.log["status"] == "ok")}
    assert len(display.at_s) == 7
    assert np.all(display.trouble["rest"] <= 1)


def test_the_knee_refuses_runs_of_another_pattern():
    with pytest.raises(TypeError, match=r"runs must be of mb\.RestApi, got SharedDb"):
        charts.KneeDisplay.from_runs({50.0: nightly()})


def test_equal_guesses_are_stacked_and_the_measured_value_is_a_line():
    display = charts.GuessesDisplay("06.twice", np.array([50.0, 75, 75, 90, 75]), 94.0).plot()
    dots, line = display.ax_.lines
    assert sorted(map(tuple, dots.get_xydata())) == [(50, 1), (75, 1), (75, 2), (75, 3), (90, 1)]
    assert list(line.get_xdata()) == [94, 94]
    assert display.ax_.get_xscale() == "linear"


def test_guesses_over_orders_of_magnitude_get_a_logarithmic_axis():
    assert charts.GuessesDisplay("x", np.array([1.0, 100.0])).plot().ax_.get_xscale() == "log"
    assert charts.GuessesDisplay("x", np.array([0.0, 100.0])).plot().ax_.get_xscale() == "linear"


def test_no_line_crosses_the_flip_and_every_period_is_drawn_once():
    display = charts.ClicksOverTimeDisplay.from_runs(flipped(), every=6 * mb.HOUR).plot()
    line = display.ax_.lines[0]
    x, y = np.array(line.get_xdata()), np.array(line.get_ydata())
    assert np.isnan(y[x == 0]).all()
    np.testing.assert_allclose(y[x != 0], display.table["rest"])
    assert (x[x != 0] == (display.table.index.to_numpy() + 0.5) / 4).all()


def test_the_taste_of_a_model_is_drawn_from_when_it_goes_live():
    display = charts.TasteDisplay.from_runs(flipped()).plot()
    truth, rest_line = display.ax_.lines[:2]
    at_day, liked = np.array(truth.get_xdata()), np.array(truth.get_ydata())
    assert liked[at_day < 0][-1] == pytest.approx(-liked[at_day >= 0][0])
    versions = flipped()["rest"].versions
    np.testing.assert_allclose(rest_line.get_xdata()[:-1], versions["live_at_s"] / mb.DAY - 6)
    assert "the truth jumps" in display.alt_text().lower()


def test_the_backlog_picture_wants_an_outage():
    with pytest.raises(ValueError, match=r"run must have an outage, got one without.*mb\.down"):
        charts.BacklogDisplay.from_run(rest(), per_event=1.0)


def test_the_law_of_the_backlog_ends_where_it_was_caught_up():
    display = charts.BacklogDisplay.from_run(stopped(), per_event=60.0).plot()
    law = next(line for line in display.ax_.lines if line.get_linestyle() == "--")
    begins_h, ends_h, done_h = law.get_xdata()
    assert (begins_h, ends_h) == (0, 2)
    log = small().activity.at_s
    came = ((log >= 6 * mb.DAY) & (log < 6 * mb.DAY + 2 * mb.HOUR)).sum()
    assert law.get_ydata()[1] == came
    caught_s = mb.measure.caught_up_s(stopped(), 6 * mb.DAY + 2 * mb.HOUR) - 6 * mb.DAY
    assert done_h == pytest.approx(caught_s / mb.HOUR, abs=0.2)
