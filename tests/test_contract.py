"""Each law catches the pattern that breaks it, and says what it saw."""

from __future__ import annotations

from dataclasses import replace
from itertools import count
from typing import ClassVar

import pytest

import mlbook as mb
from mlbook.clock import Servers
from mlbook.contract import LAWS
from mlbook.model import train
from mlbook.streams import stream
from tests.worlds import refusal


class LosesRequests(mb.RestApi):
    async def predict(self, i):
        if i % 50 == 0:
            await Servers(self.clock, workers=0).__aenter__()
        return await super().predict(i)


class KnowsTheFuture(mb.SharedDb):
    async def predict(self, i):
        return replace(await super().predict(i), feature_asof_s=self.clock.now + mb.HOUR)


class IsComputedTomorrow(mb.SharedDb):
    async def predict(self, i):
        return replace(await super().predict(i), computed_at_s=self.clock.now + mb.HOUR)


class ServesBeforeItIsTrained(mb.RestApi):
    async def train(self):
        now = self.clock.now
        if trained := train(self.site.world, now):
            model, n = trained
            ready_s = now + self.train_takes
            version = self.site.versions.add(
                asof_s=now, live_at_s=ready_s, n_rows=n, estimator=model
            )
            await self.deploy(version)


class InventsAStatus(mb.SharedDb):
    async def predict(self, i):
        return replace(await super().predict(i), status="fine")


class CountsItsCalls(mb.SharedDb):
    calls = count()

    async def predict(self, i):
        await self.clock.sleep(next(self.calls) * mb.MS)
        return await super().predict(i)


class RemembersItsRuns(mb.SharedDb):
    seen: ClassVar[list[int]] = []

    def __repr__(self):
        return f"after {len(self.seen)} runs"

    def build(self):
        super().build()
        self.seen.append(1)


class CanBeChanged(mb.SharedDb):
    __setattr__ = object.__setattr__


class SwallowsMisspelling(mb.SharedDb):
    def but(self, **knobs):
        return self


class ReadsTheWholeLog(mb.SharedDb):
    async def predict(self, i):
        await self.clock.sleep(self.site.world.activity.at_s.size * mb.MS)
        return await super().predict(i)


class LeaksTheNextSecond(mb.SharedDb):
    async def predict(self, i):
        return replace(await super().predict(i), read_at_s=self.clock.now + 1)


class FearsFaults(mb.SharedDb):
    async def predict(self, i):
        await self.clock.sleep(len(self.site.faults))
        return await super().predict(i)


class DrawsByOrder(mb.SharedDb):
    async def predict(self, i):
        rng = stream(self.site.seed, f"part number {len(self.site.parts)}")
        await self.clock.sleep(rng.random())
        return await super().predict(i)


class WaitsForAFaultThenForgetsItsStatus(mb.SharedDb):
    async def predict(self, i):
        if self.db.is_down():
            return replace(self.table, status="no_row")
        return await super().predict(i)


class ShrugsAtAnotherSchema(mb.SharedDb):
    async def predict(self, i):
        if self.db.has("schema_change"):
            return replace(self.table, status="no_row")
        return await super().predict(i)


class TakesTurns(mb.Split):
    calls = count()

    async def predict(self, i):
        arm = self.site.went_to[i] = ["control", "treatment"][next(self.calls) // 100 % 2]
        return await self.running[arm].predict(i)


class ForgetsWhereItWent(mb.Split):
    async def predict(self, i):
        return await self.running["control"].predict(i)


BREAKERS = {
    LosesRequests: "every visit gets one answer",
    KnowsTheFuture: "no answer before its request",
    IsComputedTomorrow: "no answer before its request",
    ServesBeforeItIsTrained: "no model before it is trained",
    InventsAStatus: "the status tells the truth",
    WaitsForAFaultThenForgetsItsStatus: "the status tells the truth",
    ShrugsAtAnotherSchema: "the status tells the truth",
    CountsItsCalls: "the same seed gives the same log",
    RemembersItsRuns: "knobs are frozen",
    CanBeChanged: "knobs are frozen",
    SwallowsMisspelling: "unknown knobs are refused",
    ReadsTheWholeLog: "nothing changes before its cause",
    LeaksTheNextSecond: "nothing changes before its cause",
    FearsFaults: "a fault changes nothing before it begins",
    DrawsByOrder: "an added part moves no draws",
}
# A lost request leaves nothing to compare; a counter of calls is moved by everything else as well;
# who reads ahead in the log reads what a fault will make of it, too.
SPOILS_MANY = {
    LosesRequests,
    CountsItsCalls,
    KnowsTheFuture,
    ReadsTheWholeLog,
    LeaksTheNextSecond,
}


@pytest.mark.parametrize("kind", BREAKERS, ids=lambda kind: kind.__name__)
def test_a_pattern_that_breaks_one_law_is_caught_by_that_law(kind):
    verdict = mb.check_pattern(kind)
    assert not verdict.holds
    assert verdict.broken[BREAKERS[kind]]
    assert set(verdict.broken) == {BREAKERS[kind]} or kind in SPOILS_MANY


@pytest.mark.parametrize("kind", BREAKERS, ids=lambda kind: kind.__name__)
def test_a_law_sees_into_the_arms_of_a_split(kind):
    good = mb.SharedDb()
    inner = mb.Split(control=good, treatment=kind())
    verdict = mb.check_pattern(mb.Split(control=good, treatment=inner))
    assert verdict.broken[BREAKERS[kind]]
    assert set(verdict.broken) == {BREAKERS[kind]} or kind in SPOILS_MANY


def test_a_router_that_takes_turns_gives_another_log_each_time():
    verdict = mb.check_pattern(TakesTurns(control=mb.SharedDb(), treatment=mb.RestApi()))
    assert "the same seed gives the same log" in verdict.broken


def test_a_router_that_does_not_say_where_it_sent_a_visit_is_told_so():
    forgetful = ForgetsWhereItWent(control=mb.SharedDb(), treatment=mb.SharedDb())
    words = refusal(RuntimeError, mb.run, forgetful, mb.World(seed=11, days=7, users=60))
    assert "predict must say which arm each visit goes to, got None for visit" in words
    assert words.endswith('Write self.site.went_to[i] = "control" before it is sent there.')


def test_every_law_has_a_pattern_that_breaks_it():
    assert set(BREAKERS.values()) == set(LAWS)


def test_the_verdict_lists_all_laws_with_what_was_seen():
    lines = repr(mb.check_pattern(SwallowsMisspelling)).splitlines()
    assert lines[0] == f"SwallowsMisspelling: {len(LAWS) - 1} of {len(LAWS)}"
    wrong = "✘ unknown knobs are refused: AssertionError: but(no_such_knob=1) was accepted"
    assert [line for line in lines[1:] if not line.startswith("✔ ")] == [wrong]


def test_a_request_without_an_answer_is_named():
    words = refusal(RuntimeError, mb.run, LosesRequests(), mb.World(seed=11, days=7, users=60))
    assert "predict must answer every request, got none for visit" in words


def test_an_object_is_checked_with_its_own_knobs():
    assert mb.check_pattern(mb.SharedDb(predict_every=6 * mb.HOUR)).pattern == "SharedDb"


def test_a_world_too_short_for_the_laws_is_refused():
    words = refusal(ValueError, mb.check_pattern, mb.SharedDb, mb.World(days=2, users=5))
    assert "days must be >= 7 (length of the world in days), got 2.0. Leave the world out" in words
