"""Five proofs an exercise, for all of them."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import mlbook as mb
from mlbook.exercises import check
from mlbook.exercises.ch09 import BITS
from mlbook.exercises.desk import all_exercises
from mlbook.exercises.judge import judge
from tests.worlds import shop, small

if TYPE_CHECKING:
    from mlbook.exercises.exercise import Exercise


@cache
def rest(workers: int) -> mb.Run:
    return mb.run(mb.RestApi(workers=workers), small())


@cache
def batch(every_h: float) -> mb.Run:
    pattern = mb.SharedDb(predict_every=every_h * mb.HOUR, predict_takes=0.5 * mb.HOUR)
    return mb.run(pattern, small())


@cache
def stream(**knobs: Any) -> mb.Run:
    outage = mb.down("stream_job", at=6 * mb.DAY, lasting=2 * mb.HOUR)
    return mb.run(mb.Streaming(**knobs), small(), faults=[outage])


@cache
def halves(seed: int) -> dict[str, Any]:
    """Two runs of which each streams one half only."""
    world = mb.World(seed=seed, days=8, users=200, taste_flips_at=7 * mb.DAY)
    daily = mb.Streaming(trigger=1 * mb.DAY)
    mixed = mb.Streaming(trains_by="batch", train_every=1 * mb.DAY)
    return dict(mb.compare(world, mixed=mixed, daily=daily))


@cache
def compared() -> mb.Runs:
    hourly = mb.SharedDb(predict_every=1 * mb.HOUR, predict_takes=10 * mb.MINUTE)
    return mb.compare(small(), rest=mb.RestApi(), hourly=hourly, stream=mb.Streaming())


@cache
def chosen(worth: float) -> mb.decision.Choice:
    return mb.decision.decide(compared(), beliefs=mb.decision.Beliefs(click_worth=worth))


@cache
def phones(every_d: float, fast_share: float) -> mb.Run:
    app = mb.MobileApp(release_every=every_d * mb.DAY, fast_share=fast_share)
    return mb.run(app, small())


@cache
def rounded(download_every_h: float) -> dict[str, mb.Run]:
    """Runs whose answer lies between the finest and the coarsest precision."""
    app = mb.MobileApp(delivery="download", download_every=download_every_h * mb.HOUR)
    return {bits: mb.run(app.but(precision=bits), shop()) for bits in BITS}


def server(timeout_s: float, workers: int) -> mb.queueing.Station:
    again = mb.queueing.Retry(timeout_s=timeout_s)
    work = mb.queueing.Exponential(100 * mb.MS)
    return mb.queueing.Station("api", work, workers=workers, places=200, retry=again)


@cache
def released(rate_per_s: float) -> dict[str, Any]:
    """A cold green, and the costs of two rules that play some games."""
    rush = small().rush(at=6 * mb.DAY, lasting=5, rate_per_s=rate_per_s)
    at = 6 * mb.DAY + 1
    cold = mb.slow("green/feature_db", at=at, lasting=2, by=rate_per_s / 10 * mb.MS)
    green = mb.BlueGreen(blue=mb.RestApi(), green=mb.RestApi(), switch_at=at)
    rules = {
        "all visits": mb.releases.Rule(),
        "each slice, too": mb.releases.Rule(by_slice=True),
    }
    return {
        "run": mb.run(green, rush, faults=[cold]),
        "rush_per_s": rate_per_s,
        "costs": mb.releases.mean_costs(rules, games=20, seed=int(rate_per_s)),
    }


def contexts(name: str) -> list[dict[str, Any]]:
    """Give two contexts: the lesson's own kind, and one with another parameter."""
    if name.startswith("00."):
        both = [
            {"run": rest(n), "runs": {"rest": rest(n), "nightly": batch(h)}, "had": had}
            for n, h, had in ((4, 24.0, 10), (2, 12.0, 40))
        ]
    elif name.startswith("02."):
        log = mb.ab.real_log("men")
        both = [{"log": log}, {"log": log[log["requested_at_s"] < 5 * mb.DAY]}]
    elif name.startswith("06."):
        both = [{"run": rest(4)}, {"run": rest(2)}]
    elif name.startswith("08."):
        both = [
            {"run": stream(per_event=busy / (2529 / (7 * mb.DAY))), **halves(seed)}
            if name != "08.trigger"
            else {"run": stream(per_event=per_event)}
            for busy, seed, per_event in ((0.45, 1, 0.002), (0.3, 2, 0.001))
        ]
    elif name == "09.bits":
        both = [{"runs": rounded(24.0)}, {"runs": rounded(6.0)}]
    elif name.startswith("09."):
        both = [{"run": phones(7.0, 0.375)}, {"run": phones(5.0, 0.5)}]
    elif name.startswith("10."):
        both = [
            {"table": compared().talk_table(), "choice": chosen(worth), "taste": mb.mystery(seed)}
            for worth, seed in ((1.0, 7), (20.0, 9))
        ]
    elif name.startswith("11."):
        both = [released(200.0), released(240.0)]
    elif name.startswith("A1."):
        both = [
            {"half_width": width, "server": server(timeout_s, workers)}
            for width, timeout_s, workers in ((26.0, 0.5, 16), (12.0, 1.0, 4))
        ]
    else:
        both = [{"run": batch(24.0)}, {"run": batch(12.0)}]
    needed = all_exercises()[name].context
    return [{key: context[key] for key in needed} for context in both]


NAMES = sorted(all_exercises())


def exercise(name: str) -> Exercise:
    return all_exercises()[name]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("placeholder", [None, ...])
def test_a_starter_is_still_to_do(name, placeholder):
    assert check(name, **{exercise(name).asks: placeholder}, **contexts(name)[0]).state == "todo"


@pytest.mark.parametrize("name", NAMES)
def test_a_keyword_that_is_left_out_is_still_to_do(name):
    assert check(name).state == "todo"
    for left_out in exercise(name).context:
        given = {key: value for key, value in contexts(name)[0].items() if key != left_out}
        answer = {exercise(name).asks: exercise(name).right(contexts(name)[0])}
        assert check(name, **given, **answer).state == "todo"


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("which", [0, 1])
def test_the_right_answer_passes_with_every_parameter(name, which):
    context = contexts(name)[which]
    answer = exercise(name).right(context)
    assert check(name, **{exercise(name).asks: answer}, **context).state == "pass"


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("which", [0, 1])
def test_each_known_wrong_answer_gets_its_own_message(name, which):
    context = contexts(name)[which]
    messages = [wrong.message for wrong in exercise(name).wrong]
    assert messages
    assert len(set(messages)) == len(messages)
    for wrong in exercise(name).wrong:
        answer = {exercise(name).asks: wrong.answer(context)}
        state, message = judge(exercise(name), context | answer)
        assert (state, message) == ("fail", wrong.message)


@pytest.mark.parametrize("name", NAMES)
def test_no_verdict_shows_the_right_number(name):
    context = contexts(name)[0]
    right = exercise(name).right(context)
    for answer in (0.123, -5.0, 1e9, "x", float("nan")):
        said = check(name, **{exercise(name).asks: answer}, **context).message
        built = exercise(name).options or exercise(name).graded
        assert built or f"{right:.3g}" not in said


@pytest.mark.parametrize("name", NAMES)
def test_an_exercise_has_three_hints_and_a_reason_that_differ(name):
    texts = [*exercise(name).hints, exercise(name).because]
    assert len({text for text in texts if len(text) > 15}) == 4


class Nasty:
    """An object that refuses everything."""

    def __repr__(self):
        raise RuntimeError("no")

    def __eq__(self, other):
        raise RuntimeError("no")

    __hash__ = None


SCRIPT = "<script>alert(1)</script>"
BAD = [Nasty(), np.nan, np.inf, 10**400, np.ones((2, 3)), SCRIPT, True, {}, [1.0], 1j, b"x"]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("which", range(len(BAD)))
def test_a_value_of_any_kind_gives_a_verdict_and_escapes_it(name, which):
    verdict = check(name, **{exercise(name).asks: BAD[which]}, **contexts(name)[0])
    assert verdict.state == "error"
    assert verdict.message.startswith(f"{exercise(name).asks} must be ")
    assert "<script" not in verdict._repr_mimebundle_()["text/html"]


@pytest.mark.parametrize("name", [n for n in NAMES if all_exercises()[n].context])
def test_a_context_that_is_no_run_is_an_error_that_names_it(name):
    wrong = dict.fromkeys(exercise(name).context, Nasty())
    answer = next(iter(exercise(name).options), 1.0)
    verdict = check(name, **{exercise(name).asks: answer}, **wrong)
    assert verdict.state == "error"
    assert exercise(name).context[0] in verdict.message
