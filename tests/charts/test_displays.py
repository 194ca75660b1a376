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
from mlbook import charts, fedavg, releases
from mlbook.measure import yardsticks
from mlbook.monitoring import gate_curve
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


MISTAKE = mb.bad_release(at=9 * mb.DAY, lasting=12 * mb.HOUR)


@cache
def phones(*, wrong: bool) -> mb.Run:
    world = mb.World(seed=3, days=25, users=60)
    return mb.run(mb.MobileApp(), world, faults=[MISTAKE] if wrong else [])


@cache
def rounded(precision: str) -> mb.Run:
    return mb.run(mb.MobileApp(delivery="download", precision=precision), small())


@cache
def learnings() -> tuple[dict[str, fedavg.Learning], fedavg.Clients]:
    clients = fedavg.clients_of(small(), asof_s=6 * mb.DAY)
    plans = {"plain": fedavg.Plan(secure=False), "long": fedavg.Plan(local_epochs=20)}
    return {name: fedavg.federate(clients, plan, rounds=3) for name, plan in plans.items()}, clients


@cache
def one_worker(busy: float) -> mb.queueing.Result:
    station = mb.queueing.Station("one", mb.queueing.Exponential(0.1))
    load = mb.queueing.Workload.poisson(rate_per_s=10 * busy, n=2_000, seed=4)
    return mb.queueing.simulate(load, station)


@cache
def aa_tests() -> mb.ab.Estimate:
    return mb.ab.split_again(rest(), rest(), splits=100)


@cache
def at_mens_truth() -> mb.ab.Estimate:
    clicks = np.random.default_rng(7).binomial(10_000, [0.0051, 0.0067], (10_000, 2))
    return mb.ab.proportions(clicks, [10_000, 10_000])


@cache
def for_the_app() -> releases.Captain:
    letters = releases.releases_of(7).items()
    letter = next(each for each, truth in letters if truth.name == "bad for the app")
    return releases.Captain(letter, 7).play("grow", "grow", "hold 20")


@cache
def in_place() -> tuple[dict[str, mb.Run], dict[str, float]]:
    """Twenty seconds of a rush, the API away for the six from the fifth on."""
    rush = small().rush(at=6 * mb.DAY, lasting=20, rate_per_s=100)
    away = mb.down("api", at=6 * mb.DAY + 5, lasting=6)
    return {"in place": mb.run(mb.RestApi(), rush, faults=[away])}, {"switch": 6 * mb.DAY + 5}


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
        "WordsDisplay": charts.WordsDisplay.from_table(
            mb.Runs({"rest": rest()}).talk_table(), "latency from new data"
        ),
        "FleetDisplay": charts.FleetDisplay.from_run(phones(wrong=True)),
        "BadVersionDisplay": charts.BadVersionDisplay.from_runs(
            {"app": phones(wrong=True)}, {"app": phones(wrong=False)}
        ),
        "FlipsDisplay": charts.FlipsDisplay.from_runs(
            {"float32": rounded("float32"), "int3": rounded("int3")}
        ),
        "RoundsDisplay": charts.RoundsDisplay.from_learnings(*learnings()),
        "MaskedDisplay": charts.MaskedDisplay(
            np.array([0.1, -0.2]), np.array([2**63, 5], dtype=np.uint64)
        ),
        "PercentilesDisplay": charts.PercentilesDisplay.from_results(
            {busy: one_worker(busy) for busy in (0.5, 0.9)}
        ),
        "GoodputDisplay": charts.GoodputDisplay.from_results(100, all_is_well=one_worker(0.5)),
        "PValuesDisplay": charts.PValuesDisplay.from_estimates({"by user": aa_tests()}),
        "PowerDisplay": charts.PowerDisplay.from_estimates({60.0: aa_tests()}, [0.05]),
        "LooksDisplay": charts.LooksDisplay.from_log(
            mb.ab.real_log("men"), kinds={"Pocock": "pocock", "O'Brien-Fleming": "obrien_fleming"}
        ),
        "WinnersDisplay": charts.WinnersDisplay.from_estimate(
            at_mens_truth(), 0.67 / 0.51 - 1, seen=0.93
        ),
        "CanaryShareDisplay": charts.CanaryShareDisplay.from_outcomes(
            [releases.canary(share, repetitions=50) for share in (0.01, 0.5, 0.95)]
        ),
        "GapDisplay": charts.GapDisplay.from_captain(for_the_app(), "app"),
        "SwitchDisplay": charts.SwitchDisplay.from_runs(*in_place()),
        "GateDisplay": charts.GateDisplay({"500 rows": gate_curve(500, candidates=50)}),
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


def test_the_status_display_draws_each_slice_where_it_happened():
    at_s = np.arange(60) + 0.5
    trouble = np.where((at_s > 15) & (at_s < 35), 1.0, 0.0)
    display = charts.StatusDisplay(at_s, {"restart": trouble}, {"restart": 1 / 3}, "down").plot()
    (line,) = display.ax_.lines
    assert line.get_drawstyle() == "steps-mid"
    assert line.get_xdata()[trouble > 0].min() - 0.5 == 15


def test_the_status_display_counts_each_request_once():
    run = rest()
    display = charts.StatusDisplay.from_runs({"rest": run}, "ok", bins=7)
    assert display.total == {"rest": np.mean(run.log["status"] == "ok")}
    assert len(display.at_s) == 7
    assert np.all(display.trouble["rest"] <= 1)


def test_the_knee_refuses_runs_of_another_pattern():
    with pytest.raises(TypeError, match=r"runs must be of mb\.RestApi, got SharedDb"):
        charts.KneeDisplay.from_runs({50.0: nightly()})


def test_the_areas_of_a_fleet_fill_the_picture_and_the_bad_release_stands_on_the_floor():
    display = charts.FleetDisplay.from_run(phones(wrong=True)).plot()
    heights = [area.get_paths()[0].vertices[:, 1] for area in display.ax_.collections]
    assert display.order[0] == display.bad == 8
    assert min(heights[0]) == 0
    assert max(heights[-1]) == pytest.approx(100)
    share = 100 * display.shares[8]
    assert max(heights[0]) == pytest.approx(share.max())


def test_the_fleets_dashed_law_is_near_the_share_of_its_phones():
    display = charts.FleetDisplay.from_run(phones(wrong=True))
    # Sixty phones: an error of six percent where half of them have it.
    assert np.abs(display.shares[8] - display.law).max() < 4 * 0.065


def test_the_fleet_refuses_a_run_without_a_bad_release_that_went_live():
    for run in (phones(wrong=False), rest(), rounded("int3")):
        with pytest.raises(ValueError, match=r"run must be of mb\.MobileApp\(\) with one bad"):
            charts.FleetDisplay.from_run(run)


def test_flips_are_the_visits_with_another_item():
    display = charts.FlipsDisplay.from_runs(
        {"float32": rounded("float32"), "int3": rounded("int3")}
    )
    other = rounded("int3").requests["item"] != rounded("float32").requests["item"]
    assert display.flips.tolist() == [0.0, 100 * other.mean()]
    sizes = [len(each.estimator.data) for each in rounded("int3").site.versions.versions]
    assert display.table()["bytes"]["int3"] == sizes[-1]
    with pytest.raises(TypeError, match=r"runs must be of mb\.MobileApp, got RestApi"):
        charts.FlipsDisplay.from_runs({"float32": rest()})


def test_the_bad_versions_display_counts_the_visits_and_the_clicks():
    bad, usual = phones(wrong=True), phones(wrong=False)
    display = charts.BadVersionDisplay.from_runs({"app": bad}, {"app": usual})
    assert display.lost == {"app": mb.measure.clicks_lost(bad, usual)}
    assert 0 < display.shares["app"].max() < 1


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


def test_percentiles_of_several_workers_have_no_law_of_one_and_are_refused():
    two = mb.queueing.Station("two", mb.queueing.Exponential(0.1), workers=2)
    load = mb.queueing.Workload.poisson(rate_per_s=5, n=100, seed=4)
    with pytest.raises(ValueError, match="one and the same station with one worker"):
        charts.PercentilesDisplay.from_results({0.25: mb.queueing.simulate(load, two)})


def lost_between(begin_s, end_s):
    """Make requests, ten a second for 100 s, of which those in between get no answer."""
    at_s = np.arange(1_000) / 10 + 0.05  # on no edge
    latency_s = np.where((at_s >= begin_s) & (at_s < end_s), np.nan, 0.1)
    load = mb.queueing.Workload.replay(at_s)
    station = mb.queueing.Station("one", mb.queueing.Exponential(0.1))
    counts = mb.queueing.LatencyHistogram.of(latency_s)
    columns = {"arrive_s": at_s, "latency_s": latency_s}
    return mb.queueing.Result(load, mb.queueing.Chain(station), counts, columns)


def test_goodput_counts_who_was_answered_in_each_slot_and_how_long_it_was_down():
    lost = {"gap": lost_between(20, 40), "end": lost_between(70, 100), "never": lost_between(0, 0)}
    display = charts.GoodputDisplay.from_results(60, **lost)
    assert display.total["gap"] == pytest.approx(40 / 60)
    assert display.total["end"] == 1  # what comes after 60 s is not looked at
    assert display.down_for_s("gap", after_s=20) == pytest.approx(20)
    assert display.down_for_s("gap", after_s=40) == 0
    whole = charts.GoodputDisplay.from_results(100, **lost)
    assert whole.down_for_s("end", after_s=60) == pytest.approx(40)
    assert whole.down_for_s("never", after_s=0) == 0


def test_the_p_values_display_counts_alarms_and_fills_its_bins():
    display = charts.PValuesDisplay({"a": np.array([0.01, 0.04, 0.06, 0.5])}).plot()
    assert display.alarms_percent == {"a": 50.0}
    (stairs,) = display.ax_.patches[:1]
    assert stairs.get_data().values.sum() == pytest.approx(100)
    assert stairs.get_data().values[0] == pytest.approx(50)


def test_the_power_display_counts_what_was_found():
    display = charts.PowerDisplay.from_estimates({10.0: at_mens_truth()}, [0.31])
    assert display.found == [at_mens_truth().significant.mean()]
    assert display.half_width[0] == pytest.approx(1.96 * np.sqrt(0.32 * 0.68 / 10_000), rel=0.01)


def test_the_looks_display_reads_the_real_log_day_by_day():
    kinds = {"Pocock": "pocock", "O'Brien-Fleming": "obrien_fleming"}
    display = charts.LooksDisplay.from_log(mb.ab.real_log("men"), kinds=kinds)
    stops = [display.stops(name) for name in ("one look", "Pocock", "O'Brien-Fleming")]
    assert stops == [2, 4, 5]
    assert np.round(100 * display.lift).tolist() == [38, 116, 95, 93, 94, 67, 50]
    assert charts.LooksDisplay.from_log(mb.ab.real_log("women")).stops("one look") is None


def test_the_winners_display_exaggerates_as_the_law_of_type_m_says():
    # The mean of a normal effect beyond the edge, over the effect; only the upper edge counts.
    from scipy.stats import norm, truncnorm

    p1, p2, n = 0.0051, 0.0067, 10_000
    error = np.sqrt((p1 * (1 - p1) + p2 * (1 - p2)) / n)
    pooled = (p1 + p2) / 2
    edge = norm.isf(0.025) * np.sqrt(2 * pooled * (1 - pooled) / n)
    law = truncnorm.mean((edge - (p2 - p1)) / error, np.inf, loc=p2 - p1, scale=error) / (p2 - p1)
    display = charts.WinnersDisplay.from_estimate(at_mens_truth(), p2 / p1 - 1)
    assert display.exaggeration == pytest.approx(law, rel=0.03)


def test_the_strip_of_a_switch_is_full_in_the_seconds_in_which_nobody_is_answered():
    strip = charts.SwitchDisplay.from_runs(*in_place())
    (lost,) = strip.no_answer.values()
    assert lost[:5].max() == 0
    assert lost[6:10].min() == 1
    assert lost[11:].max() == 0
    assert strip.moments == {"switch": 5.0}


def test_the_gap_of_the_app_leaves_zero_and_that_of_all_visits_does_not():
    gap = charts.GapDisplay.from_captain(for_the_app(), "app")
    assert "the app: " in gap.alt_text()
    assert (gap.gaps["the app"].high < 0).any()
    assert not (gap.gaps["all visits"].high < 0).any()
    assert gap.gaps["the app"].mean[-1] == pytest.approx(-0.025, abs=0.01)


def test_the_marks_of_a_gate_stand_on_its_curve():
    display = charts.GateDisplay({"500 rows": gate_curve(500, candidates=50)}).plot()
    mark = next(line for line in display.ax_.lines if line.get_label() == "500 rows")
    shipped, blocked = display.curves["500 rows"].at(0.95)
    assert mark.get_xydata().tolist() == [[100 * blocked, 100 * shipped]]


def test_the_strip_of_a_switch_shows_the_seconds_in_which_somebody_waits():
    rush = small().rush(at=6 * mb.DAY, lasting=20, rate_per_s=100)
    slow = mb.slow("network", at=6 * mb.DAY + 5, lasting=6, by=1.0)
    run = mb.run(mb.RestApi(), rush, faults=[slow])
    strip = charts.SwitchDisplay.from_runs({"slow": run}, {})
    assert strip.waited["slow"][6:10].min() == 1
    assert strip.waited["slow"][:4].max() == strip.waited["slow"][12:].max() == 0
    assert strip.no_answer["slow"].max() == 0
