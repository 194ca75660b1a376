"""A split: each user in one arm for good, each arm as if nobody had wrapped it."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

import mlbook as mb
from mlbook import coupling
from mlbook.cost import Load, machine_hours_a_day
from mlbook.experiment import kinds_by_part, parts_of
from mlbook.faults import Fault
from mlbook.queueing import Constant
from tests.worlds import fingerprint, refusal, rows_of, same_log, shop, small

NIGHTLY, STREAM, REST = mb.SharedDb(), mb.Streaming(), mb.RestApi()
AB = mb.Split(control=NIGHTLY, treatment=STREAM)
ALONE = {
    "federated": mb.Federated(),
    "hosted": mb.HostedModel(),
    "in process": mb.InProcess(),
    "mobile": mb.MobileApp(),
    "mobile, downloaded, int8": mb.MobileApp(delivery="download", precision="int8"),
    "REST": REST,
    "shared DB": NIGHTLY,
    "shared DB, row by row": mb.SharedDb(atomic_swap=False, write_takes=2 * mb.HOUR),
    "streaming": STREAM,
}


@cache
def usual(pattern: mb.Pattern) -> mb.Run:
    return mb.run(pattern, small())


def treated(share: float, salt: str, users: int = 400) -> np.ndarray:
    """Give the users who get the treatment, as a run assigns them."""
    split = mb.Split(control=NIGHTLY, treatment=NIGHTLY, treatment_share=share, salt=salt)
    world = mb.World(seed=1, days=2, users=users, visits_per_user_day=20.0)
    log = mb.run(split, world, warmup=1 * mb.DAY).log
    return np.unique(log["user"][log["arm"] == "treatment"])


# --- who goes where ---------------------------------------------------------------------------


def test_a_user_always_gets_the_same_arm():
    table = usual(AB).requests
    assert set(table["arm"]) == {"control", "treatment"}
    assert (table.groupby("user")["arm"].nunique() == 1).all()


@pytest.mark.parametrize("share", [0.05, 0.2, 0.5, 0.9])
def test_the_treatment_gets_its_share_of_the_users(share):
    users = 200_000
    got = (mb.ab.bucket(range(users), "") < share).mean()
    assert abs(got - share) < 4 * np.sqrt(share * (1 - share) / users)


def test_the_salt_of_a_split_moves_its_users():
    one, other = treated(0.5, "one"), treated(0.5, "other")
    both = np.intersect1d(one, other).size
    assert abs(both - 100) < 4 * np.sqrt(400 * 0.25 * 0.75)


def test_nobody_leaves_the_treatment_while_its_share_grows():
    few, more, most = (set(treated(share, "ramp").tolist()) for share in (0.1, 0.3, 0.8))
    assert few < more < most


def test_neither_world_nor_seed_moves_an_assignment():
    def arm_of(seed: int, run_seed: int) -> dict[int, str]:
        log = mb.run(AB, mb.World(seed=seed, days=7, users=60), seed=run_seed).log
        return dict(zip(log["user"].tolist(), log["arm"].tolist(), strict=True))

    one, other = arm_of(11, 0), arm_of(12, 5)
    met = one.keys() & other.keys()
    assert len(met) > 30
    assert all(one[user] == other[user] for user in met)


def test_the_arms_differ_in_nothing_that_a_world_draws():
    """Over salts, the difference in the visitors' best click probability is noise around zero."""
    world = shop()
    best = world.truth.max(axis=1)
    by_user = np.bincount(world.visits.user, best) / np.bincount(world.visits.user)
    gaps = []
    for salt in range(200):
        mine = mb.ab.bucket(range(world.users), f"{salt}") < 0.5
        gap = by_user[mine].mean() - by_user[~mine].mean()
        gaps.append(gap / (by_user.std() * np.sqrt(1 / mine.sum() + 1 / (~mine).sum())))
    assert abs(np.mean(gaps)) < 4 / np.sqrt(200)
    assert abs(np.std(gaps) - 1) < 4 / np.sqrt(2 * 200)


@pytest.mark.parametrize(("share", "arm"), [(0, "control"), (1, "treatment")])
def test_a_share_of_nobody_or_everybody_is_the_pattern_alone(share, arm):
    one = mb.run(AB.but(treatment_share=share), small())
    assert set(one.log["arm"]) == {arm}
    assert list(one.arms) == [arm]
    assert same_log(one.arm(arm), usual(AB.arms[arm]))


def test_the_user_of_a_replayed_log_is_its_segment():
    world = mb.ReplayWorld("men")
    table = mb.run(mb.Split(control=NIGHTLY, treatment=REST), world).requests
    assert set(table["arm"]) == {"control", "treatment"}
    assert (table.groupby("user")["arm"].nunique() == 1).all()


# --- an arm is the pattern that nobody wraps ----------------------------------------------------


@pytest.mark.parametrize("name", ALONE)
def test_in_an_a_a_test_every_row_is_that_of_the_pattern_alone(name):
    pattern = ALONE[name]
    aa = mb.run(mb.Split(control=pattern, treatment=pattern), small())
    assert set(aa.log["arm"]) == {"control", "treatment"}
    nameless = aa.log | {"arm": usual(pattern).log["arm"]}
    assert fingerprint(nameless) == fingerprint(usual(pattern).log)
    assert np.array_equal(aa.slate_score, usual(pattern).slate_score, equal_nan=True)


@pytest.mark.parametrize("arm", ["control", "treatment"])
def test_the_run_of_an_arm_is_that_of_the_pattern_alone_on_its_visits(arm):
    mine, alone = usual(AB).arm(arm), usual(AB.arms[arm])
    assert 100 < mine.log["visit"].size < alone.log["visit"].size - 100
    assert fingerprint(mine.log) == fingerprint(rows_of(alone, mine.log["visit"]))
    assert mine.pattern is AB.arms[arm]
    assert mine.site.published == alone.site.published
    assert mine.versions.equals(alone.versions)
    lag_s = mb.measure.event_lag_s(mine)
    assert np.array_equal(lag_s, mb.measure.event_lag_s(alone)[-lag_s.size :])


def test_a_queue_is_shared_by_the_requests_of_one_arm_only():
    """Two visits at once wait for one another in one arm, and not in two."""
    busy = mb.World(seed=3, days=7, users=60).rush(
        at=6 * mb.DAY, lasting=20 * mb.MINUTE, rate_per_s=1.0
    )
    slow = REST.but(workers=1, service=Constant(0.9), lookup=Constant(0.0), network=Constant(0.0))
    alone = mb.run(slow, busy)
    halved = mb.run(mb.Split(control=slow, treatment=slow), busy)
    assert halved.log["latency_s"].mean() < 0.5 * alone.log["latency_s"].mean()
    for arm in halved.arms.values():
        # Lindley's recursion on the arm's own arrivals.
        at_s, wait, waits = arm.log["requested_at_s"], 0.0, []
        for gap in np.diff(at_s, prepend=at_s[0]):
            wait = max(0.0, wait + (0.9 if waits else 0.0) - gap)
            waits.append(wait)
        assert np.allclose(arm.log["latency_s"], np.array(waits) + 0.9, atol=1e-6)


def test_a_split_inside_an_arm_divides_its_users_anew_with_the_same_salt():
    nested = mb.Split(control=NIGHTLY, treatment=mb.Split(control=REST, treatment=STREAM))
    run = mb.run(nested, mb.World(seed=1, days=7, users=400))
    users = run.requests.groupby("arm")["user"].nunique()
    assert list(users.index) == ["control", "treatment/control", "treatment/treatment"]
    half = users["treatment/control"] / users[1:].sum()
    assert abs(half - 0.5) < 4 * 0.5 / np.sqrt(users[1:].sum())
    assert list(run.arms) == list(users.index)
    inner = run.arm("treatment")
    assert same_log(inner.arm("control"), run.arm("treatment/control"))
    assert list(inner.arms) == ["control", "treatment"]


# --- faults -------------------------------------------------------------------------------------


def test_the_parts_of_an_arm_are_called_by_its_path():
    nested = mb.Split(control=NIGHTLY, treatment=AB)
    assert {
        "activity_log",
        "control/batch",
        "treatment/control/batch",
        "treatment/treatment/mq",
    } <= (set(parts_of(nested, small())))
    kinds = kinds_by_part(nested, small())
    assert kinds["treatment/treatment/mq"] == kinds_by_part(STREAM, small())["mq"]


def faults_on(pattern: mb.Pattern) -> list[Fault]:
    """Make a fault of every kind on every part."""
    return [
        Fault(kind, part, 5.5 * mb.DAY, 6 * mb.HOUR, by, share=0.5)
        for part, kinds in kinds_by_part(pattern, small()).items()
        for kind in kinds
        for by in [600.0 if kind in {"slow", "late", "reorder", "clock_skew"} else 0.0]
    ]


@pytest.mark.parametrize("name", ["federated", "mobile", "REST", "shared DB", "streaming"])
def test_faults_on_an_arm_do_there_what_they_do_alone_and_nothing_in_the_other(name):
    pattern = ALONE[name]
    faults = faults_on(pattern)
    there = [
        Fault(f.kind, f"treatment/{f.part}", f.at_s, f.lasting_s, f.by_s, f.share) for f in faults
    ]
    hit = mb.run(mb.Split(control=pattern, treatment=pattern), small(), faults=there)
    mine, others = hit.arm("treatment"), hit.arm("control")
    alone = mb.run(pattern, small(), faults=faults)
    assert fingerprint(mine.log) == fingerprint(rows_of(alone, mine.log["visit"]))
    assert fingerprint(others.log) == fingerprint(rows_of(usual(pattern), others.log["visit"]))
    assert not same_log(alone, usual(pattern))
    assert mine.site.incidents == alone.site.incidents
    assert mine.faults == tuple(faults)


EVERYBODYS = {"at": 3 * mb.DAY, "lasting": 4 * mb.DAY, "share": 0.5}


@pytest.mark.parametrize(
    "fault",
    [
        mb.drop("activity_log", **EVERYBODYS),
        mb.duplicate("activity_log", **EVERYBODYS),
        mb.clock_skew("activity_log", **EVERYBODYS, by=1 * mb.HOUR),
    ],
    ids=lambda fault: fault.kind,
)
def test_a_fault_on_everybodys_log_hits_both_arms_once(fault):
    twice = AB.but(treatment=STREAM.but(idempotent=False))
    hit = mb.run(twice, small(), faults=[fault])
    for name, arm in hit.arms.items():
        alone = mb.run(twice.arms[name], small(), faults=[fault])
        assert fingerprint(arm.log) == fingerprint(rows_of(alone, arm.log["visit"]))


def test_a_refused_request_names_the_part_and_its_row_the_arm():
    down = mb.down("treatment/view", at=6 * mb.DAY, lasting=1 * mb.DAY)
    table = mb.run(AB, small(), faults=[down]).requests
    failed = table[table["status"] == "down:view"]
    assert set(failed["arm"]) == {"treatment"}
    assert (
        len(failed)
        == ((table["requested_at_s"] >= 6 * mb.DAY) & (table["arm"] == "treatment")).sum()
    )


@pytest.mark.parametrize(
    ("part", "words"),
    [
        ("treatmnt/mq", "Split has no part 'treatmnt/mq'. Did you mean 'treatment/mq'?"),
        ("treatment/mqq", "Split has no part 'treatment/mqq'. Did you mean 'treatment/mq'?"),
        ("mq", "Split has no part 'mq'. Did you mean 'treatment/mq'?"),
        ("training", "Did you mean 'control/training' or 'treatment/training'?"),
    ],
)
def test_a_path_that_leads_nowhere_is_refused_with_the_one_that_was_meant(part, words):
    down = mb.down(part, at=6 * mb.DAY, lasting=1 * mb.HOUR)
    assert words in refusal(ValueError, mb.run, AB, small(), faults=[down])


def test_a_comparison_says_which_pattern_has_no_such_path():
    down = mb.down("treatment/mq", at=6 * mb.DAY, lasting=1 * mb.HOUR)
    runs = mb.compare(small(), split=AB, nightly=NIGHTLY, faults=[down])
    assert runs.notes == ("nightly: no such part as 'treatment/mq'",)
    assert same_log(runs["nightly"], usual(NIGHTLY))


# --- measures -----------------------------------------------------------------------------------


def test_a_summary_has_a_row_an_arm():
    table = usual(AB).summary()
    assert list(table.index) == ["Split/control", "Split/treatment"]
    alone = usual(AB).arm("treatment").summary().loc["Streaming"]
    assert table.loc["Split/treatment"].equals(alone.rename("Split/treatment"))
    both = mb.compare(small(), ab=AB, nightly=NIGHTLY).summary()
    assert list(both.index) == ["ab/control", "ab/treatment", "nightly"]


NEEDS_A_SITE = {
    "event_lag_s": mb.measure.event_lag_s,
    "predictions_read": mb.measure.predictions_read,
    "talk_rows": mb.measure.talk_rows,
    "summary": mb.measure.summary,
    "version_shares": mb.measure.version_shares,
    "dropped_frac": mb.measure.dropped_frac,
    "federation": mb.measure.federation,
    "model_taste": mb.measure.model_taste,
    "offered_s": mb.measure.offered_s,
    "versions": lambda run: run.versions,
    "published": lambda run: run.published,
    "talk_table": lambda run: mb.Runs({"ab": run}).talk_table(),
}


@pytest.mark.parametrize("measure", NEEDS_A_SITE.values(), ids=NEEDS_A_SITE)
def test_what_is_measured_on_one_pattern_asks_for_one_arm(measure):
    assert refusal(ValueError, measure, usual(AB)) == (
        "run must be of one pattern, got a Split with the arms control, treatment. "
        'Use run.arm("treatment").'
    )


def test_the_arms_fill_the_talks_table():
    table = usual(AB).arms.talk_table()
    assert set(table["pattern"]) == {"control", "treatment"}


def test_an_arm_that_does_not_exist_or_that_nobody_met_is_refused():
    words = refusal(ValueError, usual(AB).arm, "treatmnt")
    assert words.endswith("got 'treatmnt'. Did you mean 'treatment'?")
    nobody = mb.run(AB.but(treatment_share=0.0), small())
    words = refusal(ValueError, nobody.arm, "treatment")
    assert words.endswith("answered none. Give it a larger share of the users.")
    assert "got one of SharedDb" in refusal(ValueError, usual(NIGHTLY).arm, "treatment")


def test_an_outage_of_a_part_of_an_arm_fails_the_share_of_this_arm():
    world = mb.World(seed=1, days=8, users=100)
    table = mb.runtime_coupling(mb.Split(control=NIGHTLY, treatment=REST), world)
    at = 6 * mb.DAY + 12 * mb.HOUR
    log = mb.run(mb.Split(control=NIGHTLY, treatment=REST), world).log
    inside = (log["requested_at_s"] >= at) & (log["requested_at_s"] < at + mb.HOUR)
    share = (log["arm"][inside] == "treatment").mean()
    assert table.loc["treatment/api", "failed_frac"] == pytest.approx(share)
    assert table.loc["control/shared_db", "failed_frac"] == pytest.approx(1 - share)
    assert table.loc["treatment/training", "failed_frac"] == 0
    assert not any("activity_log" in part for part in table.index)


# --- what is deployed ---------------------------------------------------------------------------


def test_a_split_deploys_one_app_a_router_and_both_arms():
    split = mb.Split(control=REST, treatment=mb.MobileApp())
    names = [unit.name for unit in split.units]
    behind = [f"control/{u.name}" for u in REST.units if u.name != "app"]
    assert names == ["app", "router", *behind, "treatment/training"]
    table = coupling.knowledge_table(split)
    assert table["app"].tolist() == coupling.knowledge_table(mb.MobileApp())["app"].tolist()
    assert not table["router"].any()


def test_a_machine_of_an_arm_is_sized_for_the_share_of_the_requests():
    load = Load(requests_a_day=1e8, requests_per_s=30_000.0, events_per_s=0.0, rows=0)
    server = Load.machine_hours(load, [u for u in REST.units if u.name == "API server"])
    split = mb.Split(control=REST, treatment=REST, treatment_share=0.25)
    arm = Load.machine_hours(load, [u for u in split.units if u.name == "treatment/API server"])
    assert server > 24 * 20
    assert abs(arm - server / 4) <= 24  # whole machines


def test_an_arm_costs_the_machines_for_its_own_requests():
    slow = REST.but(service=Constant(300.0), lookup=Constant(0.0), workers=1)
    world = mb.World(seed=1, days=7, users=200)
    run = mb.run(AB.but(treatment=slow, treatment_share=0.2), world)
    arm, whole = run.arm("treatment"), Load.of(world)
    server = slow.units[1]
    seldom = machine_hours_a_day(arm, daily_requests=0.0)  # whole machines, whoever asks
    wanted = whole.requests_per_s * arm.log["visit"].size / run.log["visit"].size * 300.0 / 0.6
    assert machine_hours_a_day(arm) - seldom == 24 * (np.ceil(wanted) - server.machines)
    assert machine_hours_a_day(arm) < machine_hours_a_day(arm, whole.requests_a_day) - 24


def test_a_pattern_alone_costs_the_machines_for_all_requests_of_its_world():
    many = Load.of(small()).requests_a_day
    assert machine_hours_a_day(usual(REST)) == machine_hours_a_day(usual(REST), many)


def test_a_split_of_patterns_without_units_has_none():
    class Untold(mb.SharedDb):
        units = ()

    assert mb.Split(control=NIGHTLY, treatment=Untold()).units == ()


# --- bad input ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "knobs", "words"),
    [
        (
            ValueError,
            {"treatment_share": 1.5},
            "treatment_share must be >= 0 and <= 1 (share of the users who get the treatment), got "
            "1.5. Write 0.5 for half.",
        ),
        (ValueError, {"treatment_share": -0.1}, "treatment_share must be >= 0 and <= 1"),
        (TypeError, {"treatment_share": "half"}, "treatment_share must be a number >= 0"),
        (
            TypeError,
            {"treatment": mb.RestApi},
            "treatment must be a pattern such as mb.RestApi(), got <class "
            "'mlbook.patterns.rest_api.RestApi'>. Add the parentheses.",
        ),
        (
            TypeError,
            {"control": "nightly"},
            "control must be a pattern such as mb.RestApi(), got 'n",
        ),
        (
            TypeError,
            {"salt": 7},
            "salt must be a text (text that is hashed with the user's number)",
        ),
        (TypeError, {"share": 0.5}, "Split has no knob 'share'."),
    ],
)
def test_a_knob_that_makes_no_sense_is_refused_at_birth(kind, knobs, words):
    assert words in refusal(kind, AB.but, **knobs)
    arms = {"control": NIGHTLY, "treatment": STREAM}
    assert words in refusal(kind, mb.Split, **arms | knobs)


def test_both_arms_must_be_given():
    assert "'treatment'" in refusal(TypeError, mb.Split, control=NIGHTLY)


def test_a_world_too_short_for_the_training_of_one_arm_is_refused():
    lazy = mb.Split(control=NIGHTLY, treatment=NIGHTLY.but(train_every=30 * mb.DAY))
    words = refusal(ValueError, mb.run, lazy, small())
    assert "days must be long enough for one training" in words


def test_a_split_does_not_change_and_answers_twice_alike():
    assert same_log(usual(AB), mb.run(AB, small()))
    assert mb.Split(control=NIGHTLY, treatment=STREAM) == AB
