"""A canary: a share that grows by steps, nobody who leaves while it grows, and a way back."""

from __future__ import annotations

import numpy as np
import pytest

import mlbook as mb
from mlbook.cost import Load
from mlbook.queueing import Constant
from tests.worlds import refusal, same_log, same_rows, small

NIGHTLY, REST = mb.SharedDb(), mb.RestApi()
PLAN = ((5.4 * mb.DAY, 0.1), (5.9 * mb.DAY, 0.4), (6.4 * mb.DAY, 0.8))
CANARY = mb.Canary(current=NIGHTLY, candidate=REST, steps=PLAN)


@pytest.fixture(scope="module")
def crowd():
    """A world in which most users come several times a day."""
    return mb.World(seed=3, days=7, users=400, visits_per_user_day=8.0)


@pytest.fixture(scope="module")
def grown(crowd):
    return mb.run(CANARY, crowd)


def met(run, since, until=7.0):
    """Give the users who came in some days, and those of them whom the candidate answered."""
    log = run.between(since * mb.DAY, until * mb.DAY).log
    candidate = log["user"][log["arm"] == "candidate"]
    return set(log["user"].tolist()), set(candidate.tolist())


def test_before_the_first_step_nobody_meets_the_candidate(grown):
    assert met(grown, 5.0, 5.4)[1] == set()


@pytest.mark.parametrize(
    ("since", "until", "share"), [(5.4, 5.9, 0.1), (5.9, 6.4, 0.4), (6.4, 7, 0.8)]
)
def test_between_two_steps_the_candidate_gets_its_share_of_the_users(grown, since, until, share):
    everybody, chosen = met(grown, since, until)
    error = np.sqrt(share * (1 - share) / len(everybody))
    assert abs(len(chosen) / len(everybody) - share) < 4 * error


def test_nobody_leaves_the_candidate_while_its_share_grows(grown):
    table = grown.requests.sort_values("requested_at_s")
    on_candidate = table["arm"].eq("candidate").astype(int)
    assert on_candidate.groupby(table["user"]).diff().min() == 0
    assert on_candidate.groupby(table["user"]).diff().max() == 1


def test_a_canary_of_one_step_before_all_visits_is_a_split(crowd):
    one = mb.run(CANARY.but(steps=((0, 0.3),), salt="spring"), crowd)
    ab = mb.Split(control=NIGHTLY, treatment=REST, treatment_share=0.3, salt="spring")
    other = mb.run(ab, crowd)
    assert same_log(one.arm("candidate"), other.arm("treatment"))
    assert same_log(one.arm("current"), other.arm("control"))


def test_after_a_rollback_everybody_is_back_and_nothing_before_it_has_changed(grown, crowd):
    back = mb.run(CANARY.but(steps=(*PLAN, (6.6 * mb.DAY, 0))), crowd)
    assert met(back, 6.6)[1] == set()
    assert met(grown, 6.6)[1] != set()
    early = grown.log["visit"][grown.log["requested_at_s"] < 6.6 * mb.DAY]
    assert same_rows(back, grown, early)
    alone = mb.run(NIGHTLY, crowd)
    assert same_rows(back, alone, grown.log["visit"][grown.log["requested_at_s"] >= 6.6 * mb.DAY])


@pytest.mark.parametrize("pattern", [NIGHTLY, REST, mb.Streaming(), mb.MobileApp()], ids=repr)
def test_a_canary_of_a_pattern_with_itself_is_the_pattern_alone(pattern):
    aa = mb.run(CANARY.but(current=pattern, candidate=pattern), small())
    assert set(aa.log["arm"]) == {"current", "candidate"}
    assert same_rows(aa, mb.run(pattern, small()), aa.log["visit"])


def test_a_request_that_a_step_finds_on_its_way_ends_where_it_began(crowd):
    slow = REST.but(service=Constant(1800.0), workers=1000)
    log = mb.run(CANARY.but(current=slow, steps=((6 * mb.DAY, 1),)), crowd).log
    came, left = log["requested_at_s"], log["requested_at_s"] + log["latency_s"]
    on_the_way = (came < 6 * mb.DAY) & (left > 6 * mb.DAY)
    assert on_the_way.sum() > 10
    assert set(log["arm"][on_the_way]) == {"current"}
    assert set(log["status"][on_the_way]) == {"ok"}
    assert set(log["arm"][came >= 6 * mb.DAY]) == {"candidate"}


def test_inside_an_arm_the_share_is_of_the_arms_users_and_of_others_than_its_router_took(crowd):
    run = mb.run(mb.Split(control=NIGHTLY, treatment=CANARY.but(steps=((0, 0.5),))), crowd)
    inside = run.requests.groupby("arm")["user"].nunique()
    share = inside["treatment/candidate"] / inside[1:].sum()
    assert abs(share - 0.5) < 4 * 0.5 / np.sqrt(inside[1:].sum())


def test_a_bad_release_of_the_candidate_is_met_by_its_users_only(crowd):
    bad = mb.bad_release("candidate/training", at=5.5 * mb.DAY, lasting=1.5 * mb.DAY)
    hit, usual = mb.run(CANARY, crowd, faults=[bad]), mb.run(CANARY, crowd)
    changed = hit.log["item"] != usual.log["item"]
    assert set(hit.log["arm"][changed]) == {"candidate"}
    late = usual.log["requested_at_s"] > 6.1 * mb.DAY
    assert changed[late & (usual.log["arm"] == "candidate")].mean() > 0.5


def test_the_current_system_stays_large_enough_for_all_and_the_candidate_for_its_last_share():
    load = Load(requests_a_day=1e8, requests_per_s=30_000.0, events_per_s=0.0, rows=0)
    twice = CANARY.but(current=REST)
    alone = load.machine_hours([unit for unit in REST.units if unit.name == "API server"])
    hours = {
        name: load.machine_hours([u for u in twice.units if u.name == f"{name}/API server"])
        for name in twice.arms
    }
    assert hours["current"] == alone
    assert abs(hours["candidate"] - 0.8 * alone) <= 24  # whole machines


# --- bad input ----------------------------------------------------------------------------------

D = mb.DAY


@pytest.mark.parametrize(
    ("kind", "steps", "words"),
    [
        (ValueError, (), "steps must hold at least one step, got none. Write (("),
        (TypeError, 0.05, "steps must be pairs (seconds since the start of the world, share of"),
        (TypeError, (6 * D, 0.05), "got (518400.0, 0.05). Write ((6 * mb.DAY, 0.05), ("),
        (TypeError, None, "steps must be pairs"),
        (TypeError, "6d", "steps must be pairs"),
        (ValueError, ((-1, 0.1),), "steps[0][0] must be >= 0 (seconds since the start"),
        (TypeError, (("noon", 0.1),), "steps[0][0] must be a number >= 0"),
        (
            ValueError,
            ((6 * D, 5),),
            "steps[0][1] must be >= 0 and <= 1 (share of the users), got 5. Write ((",
        ),
        (ValueError, ((6 * D, float("nan")),), "steps[0][1] must be >= 0 and <= 1"),
        (
            ValueError,
            ((6 * D, 0.1), (6 * D, 0.2)),
            "steps[1][0] must be > 518400 (seconds since the start of the world, as the step before"
            "), got 518400.0. The steps follow one another in time.",
        ),
        (
            ValueError,
            ((6 * D, 0.2), (7 * D, 0.2)),
            "steps[1][1] must be > 0.2, or 0 (share of the users), got 0.2. To hold, leave the step"
            " out; 0 rolls back.",
        ),
        (ValueError, ((6 * D, 0.2), (7 * D, 0.1)), "steps[1][1] must be > 0.2, or 0"),
        (
            ValueError,
            ((6 * D, 0.2), (7 * D, 0), (8 * D, 0.2)),
            "steps must end with the step to 0 (a rollback), got (691200.0, 0.2) after it. Release",
        ),
    ],
)
def test_a_plan_that_makes_no_sense_is_refused_at_birth(kind, steps, words):
    assert words in refusal(kind, CANARY.but, steps=steps)


def test_a_step_after_the_end_of_the_world_is_refused_before_anything_runs():
    late = CANARY.but(steps=((6 * D, 0.1), (8 * D, 0.5)))
    assert refusal(ValueError, mb.run, late, small()) == (
        "steps[1] must be <= 604800 (seconds; the world ends at 604800), got 691200.0. Make it "
        "earlier or the world longer (days=...)."
    )


def test_a_plan_may_be_written_with_lists_and_whole_numbers():
    same = CANARY.but(steps=[[6 * D, 0.1], [7 * D, 1]])
    assert same.steps == ((6 * D, 0.1), (7 * D, 1.0))
    assert same == CANARY.but(steps=same.steps)
    assert hash(same) == hash(CANARY.but(steps=same.steps))
