"""A bandit: it learns the clicks of the log, when they are known, and sends visits by them."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pytest

import mlbook as mb
from mlbook.ab import Thompson
from tests.worlds import refusal, same_rows, shop, small

NIGHTLY, REST, STREAM = mb.SharedDb(), mb.RestApi(), mb.Streaming()
BANDIT = mb.Bandit(control=NIGHTLY, treatment=STREAM)


@dataclass(frozen=True)
class Scripted:
    """Sends a visit by a rule of its own, and notes the counts that it was shown."""

    treated: float = 0.5
    seen: list[tuple[int, ...]] = field(default_factory=list, compare=False, repr=False)

    def choose(self, clicks, trials, rng):
        self.seen.append((*clicks.tolist(), *trials.tolist()))
        return int(rng.random() < self.treated)


def shares(run, days):
    """Give the share of the treatment on each of some days."""
    day = run.log["requested_at_s"] // mb.DAY
    return [(run.log["arm"][day == d] == "treatment").mean() for d in days]


# --- what it knows ------------------------------------------------------------------------------


@pytest.mark.parametrize("delay", [0.0, 1 * mb.HOUR, 7 * mb.HOUR])
@pytest.mark.parametrize("treatment", [REST, STREAM, mb.MobileApp(), BANDIT], ids=repr)
def test_at_each_visit_it_knows_the_clicks_of_the_log_that_were_known_at_the_last_update(
    treatment, delay
):
    world, policy = mb.World(seed=11, days=7, users=60, label_delay=delay), Scripted()
    bandit = BANDIT.but(treatment=treatment, policy=policy, learns_every=2 * mb.HOUR)
    log = mb.run(bandit, world).log
    known_s = log["requested_at_s"] + log["latency_s"] + delay
    treated = np.char.startswith(log["arm"].astype(str), "treatment")
    expected = []
    for at_s in log["requested_at_s"]:
        by_now = known_s <= at_s // (2 * mb.HOUR) * (2 * mb.HOUR)
        arms = [by_now & ~treated, by_now & treated]
        clicks = [int(log["click"][arm].sum()) for arm in arms]
        expected.append((*clicks, *(int(arm.sum()) for arm in arms)))
    assert policy.seen == expected
    assert policy.seen[-1][2] > 100


def test_a_failed_request_is_a_trial_without_a_click():
    policy = Scripted(treated=1.0)
    down = mb.down("treatment/view", at=5 * mb.DAY, lasting=2 * mb.DAY)
    mb.run(BANDIT.but(policy=policy), small(), faults=[down])
    assert policy.seen[-1][:3] == (0, 0, 0)
    assert policy.seen[-1][3] > 300


def test_while_the_learner_sleeps_nothing_is_learned_and_afterwards_all_of_it():
    policy, usual = Scripted(), Scripted()
    asleep = mb.skip_batch("learner", at=5 * mb.DAY, lasting=1 * mb.DAY)
    run = mb.run(BANDIT.but(policy=policy), small(), faults=[asleep])
    mb.run(BANDIT.but(policy=usual), small())
    first_day = run.log["requested_at_s"] < 6 * mb.DAY
    assert {policy.seen[n] for n in np.flatnonzero(first_day)} == {(0, 0, 0, 0)}
    assert policy.seen[-1] == usual.seen[-1]


# --- whom it sends where ------------------------------------------------------------------------


@pytest.mark.parametrize(("treated", "arm"), [(0.0, "control"), (1.0, "treatment")])
def test_a_policy_of_one_arm_is_this_pattern_alone(treated, arm):
    run = mb.run(BANDIT.but(policy=Scripted(treated)), small())
    assert set(run.log["arm"]) == {arm}
    assert same_rows(run, mb.run(BANDIT.arms[arm], small()), run.log["visit"])


def test_the_rows_of_each_arm_are_those_of_the_pattern_alone():
    run = mb.run(BANDIT, small())
    for name, arm in run.arms.items():
        assert arm.log["visit"].size > 50
        assert same_rows(arm, mb.run(BANDIT.arms[name], small()), arm.log["visit"])


def test_before_anything_is_known_both_arms_get_half():
    never = BANDIT.but(treatment=REST, learns_every=30 * mb.DAY)
    log = mb.run(never, shop()).log
    assert abs((log["arm"] == "treatment").mean() - 0.5) < 4 * 0.5 / np.sqrt(log["visit"].size)


def test_a_bad_arm_is_left_within_days_and_the_clicks_of_the_good_one_are_earned():
    bad = mb.bad_release("treatment/training", at=0, lasting=14 * mb.DAY)
    twins = BANDIT.but(treatment=NIGHTLY)
    run = mb.run(twins, shop(), faults=[bad])
    assert max(shares(run, range(8, 14))) < 0.1
    ab = mb.run(mb.Split(control=NIGHTLY, treatment=NIGHTLY), shop(), faults=[bad])
    best = mb.run(NIGHTLY, shop())
    earned = [mb.measure.clicks_per_100(each)[0] for each in (ab, run, best)]
    assert earned[2] - earned[1] < 0.2 * (earned[2] - earned[0])


def test_between_two_equal_arms_it_prefers_neither_over_many_seeds():
    world = mb.World(seed=2, days=6, users=40)
    twins = BANDIT.but(treatment=NIGHTLY)
    got = [(mb.run(twins, world, seed=seed).log["arm"] == "treatment").mean() for seed in range(60)]
    assert np.std(got) > 0.03  # each of them does
    assert abs(np.mean(got) - 0.5) < 4 * np.std(got) / np.sqrt(len(got))


def test_a_visit_has_its_own_luck_whatever_happens_to_others():
    policy = Scripted()
    usual = mb.run(BANDIT.but(policy=policy), small())
    slow = mb.slow("control/shared_db", at=5 * mb.DAY, lasting=1 * mb.DAY, by=60.0)
    hit = mb.run(BANDIT.but(policy=policy), small(), faults=[slow])
    assert np.array_equal(usual.log["arm"], hit.log["arm"])
    other = mb.run(BANDIT.but(policy=policy), small(), seed=1)
    assert abs((usual.log["arm"] == other.log["arm"]).mean() - 0.5) < 4 * 0.5 / np.sqrt(364)


def test_it_learns_from_the_real_week():
    policy = Scripted()
    log = mb.run(BANDIT.but(treatment=REST, policy=policy), mb.ReplayWorld("men")).log
    last_s = log["requested_at_s"][-1] // mb.HOUR * mb.HOUR
    known = log["requested_at_s"] + log["latency_s"] <= last_s
    assert sum(policy.seen[-1][:2]) == log["click"][known].sum() > 50


# --- bad input ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "knobs", "words"),
    [
        (
            TypeError,
            {"policy": "thompson"},
            "policy must be an object with choose(clicks, trials, rng), which picks an arm, got "
            "'thompson'. Leave it out for Thompson sampling.",
        ),
        (TypeError, {"policy": Thompson}, "policy must be an object with choose"),
        (
            ValueError,
            {"learns_every": 0},
            "learns_every must be > 0 (seconds between two updates of the counts), got 0. Duration",
        ),
    ],
)
def test_a_bandit_that_makes_no_sense_is_refused_at_birth(kind, knobs, words):
    assert words in refusal(kind, BANDIT.but, **knobs)
