"""Buckets, weights, layers, ramp-up; and what is wrong with each of the bad splitters."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

import mlbook as mb
from mlbook.ab import bad_splitters as bad
from mlbook.streams import stream
from tests.worlds import refusal

HALVES = {"control": 0.5, "treatment": 0.5}
USERS = 100_000


def shares(arms: np.ndarray) -> dict[str, float]:
    names, counts = np.unique(arms.astype(str), return_counts=True)
    return dict(zip(names.tolist(), (counts / arms.size).tolist(), strict=True))


def agree(arms: np.ndarray, others: np.ndarray) -> float:
    return float((arms == others).mean())


def test_a_user_stays_where_an_older_release_has_put_it():
    # SHA-256 of "spring|0", "spring|1", ... by coreutils: printf 'spring|0' | sha256sum | cut -c1-8
    begins = ["fa6d543a", "601def8b", "f5fe3ec8", "cac4e58a"]
    place = mb.ab.bucket(range(4), "spring")
    assert np.allclose(place, [int(begin, 16) / 16**8 for begin in begins], atol=1e-8)


def test_places_are_spread_evenly_and_neighbours_are_independent():
    users = 200_000
    place = mb.ab.bucket(range(users), "spring")
    assert place.min() >= 0
    assert place.max() < 1
    counts = np.bincount((place * 100).astype(int), minlength=100)
    chi2 = ((counts - users / 100) ** 2 / (users / 100)).sum()
    assert abs(chi2 - 99) < 4 * np.sqrt(2 * 99)
    assert abs(np.corrcoef(place[1:], place[:-1])[0, 1]) < 4 / np.sqrt(users)


def test_another_salt_gives_places_that_know_nothing_of_the_first():
    users = 200_000
    places = [mb.ab.bucket(range(users), salt) for salt in ("", "spring", "spring2")]
    for one, other in pairwise(places):
        assert abs(np.corrcoef(one, other)[0, 1]) < 4 / np.sqrt(users)


def test_a_user_has_the_same_bucket_as_in_a_split():
    split = mb.Split(control=mb.SharedDb(), treatment=mb.SharedDb(), treatment_share=0.3, salt="x")
    log = mb.run(split, mb.World(seed=1, days=6, users=60)).log
    expected = mb.ab.assign(range(60), {"control": 0.7, "treatment": 0.3}, "x")
    assert (log["arm"] == expected[log["user"]]).all()


def test_numbers_names_and_numpys_numbers_have_one_bucket():
    one = mb.ab.bucket([7], "s")
    assert one == mb.ab.bucket(["7"], "s") == mb.ab.bucket(np.array([7]), "s")


def test_each_arm_gets_its_weight():
    weights = {"control": 0.6, "small": 0.1, "treatment": 0.3}
    found = shares(mb.ab.assign(range(USERS), weights, "weights"))
    for name, weight in weights.items():
        assert abs(found[name] - weight) < 4 * np.sqrt(weight * (1 - weight) / USERS)


def test_nobody_leaves_the_treatment_while_its_weight_grows():
    steps = [mb.ab.assign(range(5_000), {"control": 1 - w, "treatment": w}, "ramp") == "treatment"
             for w in (0.01, 0.1, 0.5, 0.99)]  # fmt: skip
    for before, after in pairwise(steps):
        assert (after >= before).all()
        assert after.sum() > before.sum()


def test_another_salt_is_another_experiment():
    first, second = (mb.ab.assign(range(USERS), HALVES, salt) for salt in ("one", "two"))
    assert abs(agree(first, second) - 0.5) < 4 * 0.5 / np.sqrt(USERS)


def test_a_layers_experiments_exclude_one_another_and_have_their_shares():
    layer = mb.ab.Layer(salt="search", experiments={"a": 0.2, "b": 0.5})
    a, b = (layer.assign(range(USERS), name, HALVES) for name in "ab")
    assert not ((a != "") & (b != "")).any()
    assert abs((a != "").mean() - 0.2) < 4 * np.sqrt(0.16 / USERS)
    assert abs((b != "").mean() - 0.5) < 4 * np.sqrt(0.25 / USERS)
    assert abs((b[b != ""] == "treatment").mean() - 0.5) < 4 * 0.5 / np.sqrt(USERS / 2)


def test_experiments_of_two_layers_are_independent():
    one = mb.ab.Layer(salt="search", experiments={"a": 1.0}).assign(range(USERS), "a", HALVES)
    two = mb.ab.Layer(salt="prices", experiments={"a": 1.0}).assign(range(USERS), "a", HALVES)
    table = [[((one == x) & (two == y)).sum() for x in HALVES] for y in HALVES]
    assert mb.ab.balance(table) > 1e-4


def test_a_ramp_up_in_a_layer_moves_nobody_who_is_in():
    small, large = (
        mb.ab.Layer(salt="s", experiments={"old": 0.3, "new": share}).assign(
            range(5_000), "new", HALVES
        )
        for share in (0.05, 0.6)
    )
    inside = small != ""
    assert (small[inside] == large[inside]).all()
    assert (large != "").sum() > inside.sum()


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: mb.ab.assign([1], {"a": 0.5, "b": 0.4}, "s"), "sum to 1 (shares of the users)"),
        (lambda: mb.ab.assign([1], {"a": 1.0}, "s"), "weights must be of two arms or more"),
        (lambda: mb.ab.assign([1], {"a": 1.5, "b": -0.5}, "s"), "weights['b'] must be > 0"),
        (lambda: mb.ab.Layer(salt="s", experiments={"a": 0.7, "b": 0.6}), "into another layer"),
        (lambda: mb.ab.Layer(salt="s", experiments={}), "experiments must be one or more"),
        (
            lambda: mb.ab.Layer(salt="s", experiments={"ranker": 1}).assign([1], "rankr", HALVES),
            "Did you mean 'ranker'?",
        ),
    ],
)
def test_shares_that_make_no_split_are_refused(call, words):
    assert words in refusal(ValueError, call)


# --- the exhibits -----------------------------------------------------------------------------


def rejects(arms: np.ndarray, chance: np.ndarray, name: str, runs: int = 400) -> float:
    """Run A/A tests on one split of users, each of whom clicks with his own chance."""
    clicked = stream(1, name).random((runs, arms.size)) < chance
    counts = [[clicked[:, arms == arm].sum(axis=1) for arm in HALVES]]
    n = [(arms == arm).sum() for arm in HALVES]
    return float((mb.ab.proportions(np.stack(counts[0], axis=-1), n).p_value < 0.05).mean())


def nominal(rate: float, runs: int = 400) -> bool:
    return abs(rate - 0.05) < 4 * np.sqrt(0.05 * 0.95 / runs)


@pytest.mark.parametrize("splitter", [bad.by_crc32, bad.by_parity, bad.by_used_salt])
def test_without_a_new_salt_the_next_experiment_has_the_same_treatment_group(splitter):
    last, following = splitter(range(20_000)), splitter(range(20_000))
    assert abs(shares(last)["treatment"] - 0.5) < 0.02, "it looks like a fair split"
    assert agree(last, following) == 1.0


def test_old_buckets_find_the_damage_of_the_last_experiment():
    users = range(20_000)
    last = bad.by_used_salt(users)
    # The last experiment cost its treatment group 7.5 % of its clicks, for good.
    chance = np.where(last == "treatment", 0.0925, 0.1)
    assert rejects(bad.by_used_salt(users), chance, "old buckets") > 0.3
    assert nominal(rejects(mb.ab.assign(users, HALVES, "new"), chance, "new salt"))


def test_parity_finds_the_app_users_and_the_sample_ratio_does_not_see_it():
    users = np.arange(20_000)
    chance = np.where(users % 2 == 1, 0.11, 0.1)  # odd numbers come from the app's sign-up
    arms = bad.by_parity(users)
    assert mb.ab.srm([(arms == arm).sum() for arm in HALVES]).ok
    assert rejects(arms, chance, "parity") > 0.3
    assert nominal(rejects(mb.ab.assign(users, HALVES, "s"), chance, "hashed"))


def learned_lift(arms: np.ndarray, users: int, visits: int) -> float:
    """A treatment that teaches: from his first treated visit on, a user clicks twice as often."""
    treated = arms.reshape(users, visits) == "treatment"
    taught = np.maximum.accumulate(treated, axis=1)
    clicks = stream(2, "learned").random((users, visits)) < np.where(taught, 0.2, 0.1)
    return float(clicks[treated].mean() - clicks[~treated].mean())


def test_an_effect_that_lives_in_the_user_is_lost_when_requests_or_sessions_are_split():
    users, visits = 5_000, 20
    user, visit = (grid.ravel() for grid in np.divmod(np.arange(users * visits), visits))
    by_user = mb.ab.assign(range(users), HALVES, "users")[user]
    assert learned_lift(by_user, users, visits) == pytest.approx(0.1, abs=0.006)
    by_request = bad.by_request(users * visits, seed=1)
    by_session = bad.by_session(user, visit // 2, "sessions")
    assert learned_lift(by_request, users, visits) < 0.02
    assert learned_lift(by_session, users, visits) < 0.03


def test_most_users_meet_both_arms_when_requests_or_sessions_are_split():
    user, visit = np.divmod(np.arange(10_000), 10)
    splits = bad.by_request(10_000, seed=1), bad.by_session(user, visit // 2, "s")
    both = [((a := (arms == "treatment").reshape(1000, 10)).any(1) & ~a.all(1)).mean()
            for arms in splits]  # fmt: skip
    # 1 - 2 / 2^10 of ten requests, 1 - 2 / 2^5 of five sessions
    assert both == pytest.approx([0.998, 0.9375], abs=0.03)
    one_session = bad.by_session(user, visit // 2, "s").reshape(1000, 5, 2)
    assert (one_session[..., 0] == one_session[..., 1]).all()
