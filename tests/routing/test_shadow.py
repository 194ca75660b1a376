"""A shadow: asked like the primary, and unable to slow, fail or change anything that users see."""

from __future__ import annotations

import numpy as np
import pytest

import mlbook as mb
from tests.worlds import same_log, same_rows, small

NIGHTLY, REST, STREAM = mb.SharedDb(), mb.RestApi(), mb.Streaming()
ALONE = {
    "federated": mb.Federated(),
    "hosted": mb.HostedModel(),
    "in process": mb.InProcess(),
    "mobile": mb.MobileApp(),
    "REST": REST,
    "shared DB": NIGHTLY,
    "streaming": STREAM,
}


@pytest.fixture(scope="module")
def busy():
    """A minute in which one worker is not enough."""
    world = mb.World(seed=3, days=7, users=60)
    return world.rush(at=6 * mb.DAY, lasting=1 * mb.MINUTE, rate_per_s=120.0)


@pytest.mark.parametrize("name", ALONE)
def test_what_users_see_is_the_primary_alone_to_the_last_bit(name):
    run = mb.run(mb.Shadow(primary=ALONE[name], shadow=STREAM), small())
    alone = mb.run(ALONE[name], small())
    assert same_rows(run, alone, alone.log["visit"])
    assert set(run.log["arm"]) == {"primary"}
    assert same_log(run.arm("primary"), alone)
    assert np.array_equal(run.slate_score, alone.slate_score, equal_nan=True)


@pytest.mark.parametrize("name", ALONE)
def test_the_shadow_answers_what_it_would_answer_alone_to_the_last_bit(name):
    shadow = mb.run(mb.Shadow(primary=NIGHTLY, shadow=ALONE[name]), small()).arm("shadow")
    alone = mb.run(ALONE[name], small())
    assert same_log(shadow, alone)
    assert np.array_equal(shadow.slate_score, alone.slate_score, equal_nan=True)
    assert shadow.summary().equals(alone.summary())


def test_under_load_each_of_the_two_has_the_line_that_it_has_alone(busy):
    primary, shadow = REST.but(workers=2), REST.but(workers=1)
    run = mb.run(mb.Shadow(primary=primary, shadow=shadow), busy)
    assert same_log(run.arm("primary"), mb.run(primary, busy))
    assert same_log(run.arm("shadow"), mb.run(shadow, busy))
    assert run.arm("shadow").log["latency_s"].max() > 3 * run.log["latency_s"].max()


@pytest.mark.parametrize(
    "fault",
    [
        mb.down("shadow/api", at=5.5 * mb.DAY, lasting=1 * mb.DAY),
        mb.slow("shadow/api", at=5.5 * mb.DAY, lasting=1 * mb.DAY, by=600.0),
        mb.schema_change("shadow/api", at=5.5 * mb.DAY, lasting=1 * mb.DAY),
        mb.bad_release("shadow/training", at=5.5 * mb.DAY, lasting=1 * mb.DAY),
    ],
    ids=lambda fault: fault.kind,
)
def test_no_trouble_of_the_shadow_reaches_a_user_and_all_of_it_is_written_down(fault):
    pattern = mb.Shadow(primary=NIGHTLY, shadow=REST)
    hit, usual = mb.run(pattern, small(), faults=[fault]), mb.run(pattern, small())
    assert same_log(hit, usual)
    alone = type(fault)(
        fault.kind, fault.part.partition("/")[2], fault.at_s, fault.lasting_s, fault.by_s
    )
    assert same_log(hit.arm("shadow"), mb.run(REST, small(), faults=[alone]))
    assert not same_log(hit.arm("shadow"), usual.arm("shadow"))


def test_the_difference_between_the_arms_is_that_of_a_comparison():
    run = mb.run(mb.Shadow(primary=NIGHTLY, shadow=STREAM), small())
    runs = mb.compare(small(), nightly=NIGHTLY, stream=STREAM)
    expected = mb.measure.difference_per_100(runs["stream"], runs["nightly"])
    assert mb.measure.difference_per_100(run.arm("shadow"), run) == expected
    assert list(run.arms) == ["primary", "shadow"]
    assert list(run.summary().index) == ["Shadow/primary", "Shadow/shadow"]


def test_a_part_of_the_run_has_the_same_part_of_the_shadow():
    run = mb.run(mb.Shadow(primary=NIGHTLY, shadow=REST), small())
    day = run.between(6 * mb.DAY, 6.5 * mb.DAY)
    assert same_log(day.arm("shadow"), run.arm("shadow").between(6 * mb.DAY, 6.5 * mb.DAY))


def test_a_shadow_inside_an_arm_gets_copies_of_the_arms_visits_only():
    nested = mb.Split(control=NIGHTLY, treatment=mb.Shadow(primary=REST, shadow=STREAM))
    run = mb.run(nested, small())
    assert list(run.arms) == ["control", "treatment/primary", "treatment/shadow"]
    unseen = run.arm("treatment/shadow")
    assert np.array_equal(unseen.log["visit"], run.arm("treatment").log["visit"])
    assert same_rows(unseen, mb.run(STREAM, small()), unseen.log["visit"])


def test_a_split_may_be_the_shadow():
    split = mb.Split(control=NIGHTLY, treatment=STREAM)
    run = mb.run(mb.Shadow(primary=REST, shadow=split), small())
    assert list(run.arms) == ["primary", "shadow/control", "shadow/treatment"]
    assert np.array_equal(run.arm("shadow").log["visit"], run.log["visit"])
    for name, pattern in split.arms.items():
        inside = run.arm(f"shadow/{name}")
        assert inside.log["visit"].size > 100
        assert same_rows(inside, mb.run(pattern, small()), inside.log["visit"])
