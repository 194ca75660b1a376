"""What holds for every router, whatever it decides."""

from __future__ import annotations

import pytest

import mlbook as mb
from mlbook import coupling
from mlbook.cost import machine_hours_a_day
from mlbook.experiment import parts_of
from tests.worlds import refusal, same_log, small

NIGHTLY, REST = mb.SharedDb(), mb.RestApi()
ROUTERS = {
    "split": mb.Split(control=NIGHTLY, treatment=REST),
    "canary": mb.Canary(current=NIGHTLY, candidate=REST, steps=((5.5 * mb.DAY, 0.5),)),
    "blue-green": mb.BlueGreen(blue=NIGHTLY, green=REST),
    "shadow": mb.Shadow(primary=NIGHTLY, shadow=REST),
    "fallback": mb.Fallback(primary=REST, backup=NIGHTLY, timeout=0.01),
    "bandit": mb.Bandit(control=NIGHTLY, treatment=REST),
}


@pytest.mark.parametrize("router", ROUTERS.values(), ids=ROUTERS)
def test_a_router_has_the_parts_of_its_arms_by_their_paths(router):
    inside = {
        f"{name}/{part}" for name, arm in router.arms.items() for part in parts_of(arm, small())
    }
    assert inside <= set(parts_of(router, small()))
    assert len(router.arms) == 2


@pytest.mark.parametrize("router", ROUTERS.values(), ids=ROUTERS)
def test_a_router_deploys_one_app_itself_and_what_is_behind_its_arms(router):
    names = [unit.name for unit in router.units]
    behind = [
        f"{name}/{unit.name}"
        for name, arm in router.arms.items()
        for unit in arm.units
        if unit.name != "app"
    ]
    assert names == ["app", "router", *behind]
    app = coupling.knowledge_table(router)["app"]
    for arm in router.arms.values():
        assert (app >= coupling.knowledge_table(arm)["app"]).all()
    assert coupling.operator_minutes_a_month(router) > max(
        map(coupling.operator_minutes_a_month, router.arms.values())
    )


@pytest.mark.parametrize("router", ROUTERS.values(), ids=ROUTERS)
def test_the_runs_of_the_arms_can_be_measured(router):
    run = mb.run(router, mb.World(seed=1, days=8, users=100))
    assert list(run.arms) == list(router.arms)
    assert not run.summary().isna().to_numpy().any()
    assert all(machine_hours_a_day(arm) > 0 for arm in run.arms.values())
    assert set(run.arms.talk_table()["pattern"]) == set(router.arms)


@pytest.mark.parametrize("router", ROUTERS.values(), ids=ROUTERS)
def test_a_router_serves_the_real_week(router):
    world = mb.ReplayWorld("men")
    run = mb.run(router, world)
    assert run.log["visit"].size == (world.visits.at_s >= mb.DAY).sum()
    assert set(run.arms) == set(router.arms)


@pytest.mark.parametrize("outer", ROUTERS.values(), ids=ROUTERS)
@pytest.mark.parametrize("inner", ROUTERS.values(), ids=ROUTERS)
def test_a_router_may_be_an_arm_of_any_other(inner, outer):
    name = next(iter(outer.arms))
    run = mb.run(outer.but(**{name: inner}), small())
    paths = {arm.partition("/")[0]: arm for arm in run.arms}
    assert paths[name].startswith(f"{name}/")
    assert mb.measure.availability(run) == 1


# The luck of the others depends on their path, so that they divide the users of an arm anew.
@pytest.mark.parametrize("name", ["blue-green", "shadow", "fallback"])
def test_a_router_that_gets_all_users_of_a_split_does_what_it_does_alone(name):
    router = ROUTERS[name]
    everybody = mb.Split(control=NIGHTLY, treatment=router, treatment_share=1.0)
    inside = mb.run(everybody, small()).arm("treatment")
    assert same_log(inside, mb.run(router, small()))


@pytest.mark.parametrize("router", ROUTERS.values(), ids=ROUTERS)
def test_both_arms_must_be_given_and_be_patterns(router):
    first, last = router.arms
    assert f"'{last}'" in refusal(TypeError, type(router), **{first: REST})
    words = refusal(TypeError, router.but, **{first: mb.RestApi})
    assert f"{first} must be a pattern such as mb.RestApi(), got <class" in words
    assert "Add the parentheses." in words
