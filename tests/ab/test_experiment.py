"""An experiment: aggregated by unit, refused when it must be, and right in A/A tests."""

from __future__ import annotations

from functools import cache
from statistics import NormalDist

import numpy as np
import pandas as pd
import pytest

import mlbook as mb
from mlbook.ab import Analysis, Experiment, Mean, Moments, PairMoments, Ratio, Share
from mlbook.streams import stream
from tests.worlds import refusal, small


def log_of_users(users: int = 400, seed: int = 1, lift: float = 0.0) -> pd.DataFrame:
    """A log whose users differ: some come often and click often."""
    rng = stream(seed, "log")
    visits = 1 + rng.poisson(rng.gamma(1.0, 4.0, users))
    arm = mb.ab.assign(range(users), {"control": 0.5, "treatment": 0.5}, str(seed))
    user = np.repeat(np.arange(users), visits)
    chance = rng.beta(1, 4, users)[user] + np.where(arm[user] == "treatment", lift, 0)
    click = (rng.random(user.size) < chance).astype(int)
    revenue = click * rng.lognormal(3, 1, user.size)
    columns = {"arm": arm[user], "user": user, "click": click, "revenue": revenue}
    return pd.DataFrame(columns | {"before": rng.gamma(1.0, 1.0, users)[user]})


LOG = log_of_users()
PEOPLE = LOG.groupby("user").agg(
    arm=("arm", "first"), clicks=("click", "sum"), rows=("click", "size"),
    revenue=("revenue", "sum"), before=("before", "first"),
)  # fmt: skip


def of_arms(name: str) -> list[np.ndarray]:
    return [PEOPLE.loc[PEOPLE["arm"] == arm, name].to_numpy() for arm in ("control", "treatment")]


def pairs(y: str, x: str) -> list[PairMoments]:
    return [PairMoments.of(*both) for both in zip(of_arms(y), of_arms(x), strict=True)]


# --- what is computed -------------------------------------------------------------------------


def test_each_metric_is_its_test_on_the_sums_of_each_user():
    found = Experiment(
        {
            "clicks per visit": "click",
            "yen a click": Ratio("revenue", per="click"),
            "yen a user": Mean("revenue"),
            "yen, corrected": Mean("revenue", before="before"),
            "clickers": Share("click"),
        }
    ).analyze(LOG)
    clicked = [arm > 0 for arm in of_arms("clicks")]
    expected = {
        "clicks per visit": mb.ab.ratio(*pairs("clicks", "rows")),
        "yen a click": mb.ab.ratio(*pairs("revenue", "clicks")),
        "yen a user": mb.ab.means(*of_arms("revenue")),
        "yen, corrected": mb.ab.cuped(*pairs("revenue", "before")),
        "clickers": mb.ab.proportions([c.sum() for c in clicked], [c.size for c in clicked]),
    }
    for name, estimate in expected.items():
        assert found[name].effect == pytest.approx(estimate.effect, rel=1e-12), name
        assert found[name].p_value == pytest.approx(estimate.p_value, rel=1e-9), name
        assert found[name].test == estimate.test
    np.testing.assert_allclose(found.table["p_holm"], mb.ab.holm(found.table["p_value"]))


def test_one_metric_is_the_same_code():
    alone = mb.ab.analyze(LOG, "click")
    assert alone["click"].p_value == Experiment({"x": Ratio("click")}).analyze(LOG)["x"].p_value
    assert mb.ab.analyze(LOG, Share("click"))["click"].test == "pooled z test"


def test_the_adjusted_p_is_shown_only_where_there_are_several_metrics():
    alone = mb.ab.analyze(LOG, "click")
    several = Experiment({"clicks": "click", "yen": Mean("revenue")}).analyze(LOG)
    for shown in (repr, Analysis._repr_html_):
        assert "p_holm" not in shown(alone)
        assert "p_holm" in shown(several)


def test_the_order_of_the_rows_and_a_dict_of_columns_change_nothing():
    shuffled = LOG.sample(frac=1, random_state=1)
    expected = mb.ab.analyze(LOG, "click")["click"].p_value
    assert mb.ab.analyze(shuffled, "click")["click"].p_value == pytest.approx(expected)
    assert mb.ab.analyze(LOG.to_dict("list"), "click")["click"].p_value == expected


def test_rows_as_units_are_a_test_of_means_and_have_to_be_asked_for():
    rows = [LOG.loc[LOG["arm"] == arm, "click"] for arm in ("control", "treatment")]
    found = mb.ab.analyze(LOG.drop(columns="user"), "click", unit="row", weights=_shares(rows))
    assert found["click"].p_value == pytest.approx(mb.ab.means(*rows).p_value)
    words = refusal(ValueError, mb.ab.analyze, LOG.drop(columns="user"), "click")
    assert 'say unit="row"' in words


def _shares(rows: list[pd.Series]) -> tuple[float, float]:
    share = rows[0].size / (rows[0].size + rows[1].size)
    return share, 1 - share


def test_an_analysis_leaves_its_log_alone():
    before = LOG.copy()
    mb.ab.analyze(LOG, "click")
    pd.testing.assert_frame_equal(LOG, before)


# --- what is said -----------------------------------------------------------------------------


def test_a_wrong_sample_ratio_is_refused_and_no_number_is_shown():
    lost = LOG[(LOG["arm"] == "control") | (LOG["user"] % 2 == 0)]
    found = mb.ab.analyze(lost, "click")
    assert found.refused
    assert found.verdict.startswith("No verdict. The arms have ")
    assert repr(found) == found.verdict
    assert "<table" not in found._repr_html_()
    control, treatment = found.sample_ratio.counts
    assert f"{control:,.0f} and {treatment:,.0f} units (user)" in found.verdict


def test_the_planned_weights_decide_what_a_wrong_ratio_is():
    users = LOG[(LOG["arm"] == "control") | (LOG["user"] % 4 == 0)]
    assert mb.ab.analyze(users, "click").refused
    assert not mb.ab.analyze(users, "click", weights=(0.8, 0.2)).refused


def test_a_verdict_says_direction_size_interval_and_p():
    found = mb.ab.analyze(log_of_users(2_000, lift=0.1), "click")
    assert found["click"].significant
    assert found.verdict.startswith("click: higher in treatment by ")
    turned = mb.ab.analyze(log_of_users(2_000, lift=0.1), "click", arms=("treatment", "control"))
    assert turned.verdict.startswith("click: lower in treatment by ")
    assert turned["click"].effect == -found["click"].effect


def test_without_a_difference_the_interval_is_the_message():
    found = mb.ab.analyze(LOG, "click")
    low, high = found["click"].interval
    assert f"no difference found; the 95 % interval is {low:+.3g} to {high:+.3g}" in found.verdict


def test_twenty_metrics_are_judged_together():
    rng = stream(3, "metrics")
    noise = {f"m{k}": rng.normal(size=len(PEOPLE)) for k in range(20)}
    log = PEOPLE.reset_index().assign(**noise)
    found = Experiment({name: Mean(name) for name in noise}).analyze(log)
    assert (found.table["p_value"] < 0.05).any(), "a false alarm, by itself"
    assert "higher" not in found.verdict
    assert "lower" not in found.verdict


def test_what_does_not_vary_is_said_to_say_nothing():
    found = mb.ab.analyze(LOG.assign(click=0), "click")
    assert (
        found.verdict == "click: does not vary within the arms (0 and 0), so nothing can be said."
    )
    assert found["click"].p_value == 1.0


def test_a_table_in_a_notebook_escapes_names():
    html = Experiment({"<b>": "click"}).analyze(LOG)._repr_html_()
    assert "<b>" not in html
    assert html.count("&lt;b&gt;") == 2


# --- runs -------------------------------------------------------------------------------------

NIGHTLY = mb.SharedDb()


def test_a_run_is_read_by_its_requests_and_its_splits_share():
    split = mb.Split(control=NIGHTLY, treatment=NIGHTLY, treatment_share=0.1)
    run = mb.run(split, mb.World(seed=1, days=7, users=400))
    found = mb.ab.analyze(run, "click")
    assert not found.refused
    expected = found.sample_ratio.counts.sum() * np.array([0.9, 0.1])
    np.testing.assert_allclose(found.sample_ratio.expected, expected)
    same = mb.ab.analyze(run.requests, "click", weights=(0.9, 0.1))
    assert same["click"].p_value == found["click"].p_value


def test_failed_requests_count_as_visits_without_a_click_and_are_told():
    split = mb.Split(control=mb.RestApi(), treatment=mb.RestApi())
    down = mb.down("treatment/api", at=5.2 * mb.DAY, lasting=1 * mb.DAY)
    run = mb.run(split, small(), faults=[down])
    lost = run.requests["status"].str.startswith("down:")
    found, healthy = mb.ab.analyze(run, "click"), mb.ab.analyze(mb.run(split, small()), "click")
    assert found.failed == (0, lost.sum())
    assert lost.sum() > 10
    assert found["click"].treatment < healthy["click"].treatment
    assert f"0 requests of control and {lost.sum()} of treatment failed" in found.verdict


def test_a_run_without_two_arms_names_what_it_has():
    words = refusal(ValueError, mb.ab.analyze, mb.run(NIGHTLY, small()), "click")
    assert "data must have just the arms 'control' and 'treatment', got ''" in words


def test_a_real_week_has_no_revenue_to_analyze():
    split = mb.Split(control=NIGHTLY, treatment=NIGHTLY)
    words = refusal(ValueError, mb.ab.analyze, mb.run(split, mb.ReplayWorld("men")), "revenue")
    assert words.startswith("data['revenue'] must be finite numbers")


@pytest.mark.slow
def test_a_split_of_one_pattern_with_itself_finds_nothing_but_chance():
    runs, split = 300, mb.Split(control=NIGHTLY, treatment=NIGHTLY)
    worlds = (mb.World(seed=seed, days=6, users=60) for seed in range(runs))
    found = [mb.ab.analyze(mb.run(split, world), "click") for world in worlds]
    p_value = np.array([each["click"].p_value for each in found])
    for alpha in (0.05, 0.2):
        rate = (p_value < alpha).mean()
        assert abs(rate - alpha) < 4 * np.sqrt(alpha * (1 - alpha) / runs)
    assert not any(each.refused for each in found)


@pytest.mark.slow
def test_a_split_finds_its_difference_with_the_power_that_its_users_allow():
    runs, users = 80, 80
    split = mb.Split(control=NIGHTLY, treatment=mb.Streaming())
    worlds = (
        mb.World(seed=seed, days=6, users=users, visits_per_user_day=6.0) for seed in range(runs)
    )
    found = [mb.ab.analyze(mb.run(split, world), "click")["click"] for world in worlds]
    effect = np.mean([each.effect for each in found])
    error = np.sqrt(np.mean([each.standard_error**2 for each in found]))
    expected = mb.ab.mean_power(effect, error * np.sqrt(users / 4), n=users / 2)
    power = np.mean([each.significant for each in found])
    assert abs(power - expected) < 4 * np.sqrt(expected * (1 - expected) / runs)
    assert 0.1 < expected < 0.5


# --- users that differ ------------------------------------------------------------------------


@cache
def aa_of_heterogeneous_users(runs: int = 2_000, users: int = 500):
    """A/A tests whose users click with chances of their own: p by visits, and p by users."""
    rng = stream(5, "heterogeneous")
    shape = (2, runs, users)
    visits = 1 + rng.poisson(4.0, shape)
    clicks = rng.binomial(visits, rng.beta(1, 4, shape))
    totals = [np.stack(each.sum(axis=-1), axis=-1) for each in (clicks, visits)]
    by_user = [PairMoments.of(*arm) for arm in zip(clicks, visits, strict=True)]
    return mb.ab.proportions(*totals).p_value, mb.ab.ratio(*by_user).p_value


def test_counting_visits_finds_differences_that_are_none_and_the_delta_method_does_not():
    naive, delta = ((p < 0.05).mean() for p in aa_of_heterogeneous_users())
    error = np.sqrt(0.05 * 0.95 / 2_000)
    assert abs(delta - 0.05) < 4 * error
    # A visit's variance is m (1 - m) = .16; a user of v visits adds v (v - 1) times .0267.
    inflation = 1 + 0.16 / 6 / 0.16 * (5 + 4 / 5 - 1)
    expected = 2 * NormalDist().cdf(-1.96 / np.sqrt(inflation))
    assert naive == pytest.approx(expected, abs=4 * np.sqrt(expected / 2_000))
    assert naive > 0.05 + 10 * error


@pytest.mark.parametrize("rho", [0.3, 0.5, 0.7, 0.9])
def test_cuped_cuts_the_variance_by_the_square_of_the_correlation(rho):
    n = 20_000
    x, noise = stream(6, "cuped").normal(size=(2, 2, n))
    y = rho * x + np.sqrt(1 - rho**2) * noise
    arms = [PairMoments.of(*arm) for arm in zip(y, x, strict=True)]
    plain, better = mb.ab.means(*y), mb.ab.cuped(*arms)
    cut = 1 - better.standard_error**2 / plain.standard_error**2
    assert cut == pytest.approx(rho**2, abs=4 * 2 * rho * (1 - rho**2) / np.sqrt(2 * n) + 1e-3)


def test_a_covariate_that_does_not_vary_changes_nothing():
    y = stream(7, "y").normal(size=(2, 50))
    arms = [PairMoments.of(arm, np.ones(50)) for arm in y]
    assert mb.ab.cuped(*arms).p_value == mb.ab.means(*y).p_value


def test_cuped_and_lifts_of_many_experiments_are_those_of_each():
    y, x = stream(8, "many").gamma(2.0, 1.0, (2, 2, 7, 40))
    many = [PairMoments.of(*arm) for arm in zip(y, x, strict=True)]
    one = [PairMoments.of(*arm) for arm in zip(y[:, 3], x[:, 3], strict=True)]
    for test in (mb.ab.cuped, mb.ab.ratio):
        assert test(*many).p_value[3] == pytest.approx(test(*one).p_value, rel=1e-12)
    lifts = mb.ab.relative(y[0], y[1])
    assert lifts.p_value[3] == mb.ab.relative(y[0, 3], y[1, 3]).p_value
    quantiles = mb.ab.quantile(y[0], y[1], 0.5, seed=1)
    assert quantiles.effect[3] == mb.ab.quantile(y[0, 3], y[1, 3], 0.5, seed=1).effect


def test_a_bootstrap_of_a_median_rejects_an_aa_test_about_as_often_as_it_should():
    arms = stream(9, "median").exponential(1.0, (2, 1_500, 200))
    rate = (mb.ab.quantile(*arms, 0.5, seed=1, draws=400).p_value < 0.05).mean()
    # The percentile bootstrap of a median is cautious: it may reject less, but hardly more.
    assert 0.02 < rate < 0.05 + 4 * np.sqrt(0.05 * 0.95 / 1_500)


# --- what is refused --------------------------------------------------------------------------

BOTH = LOG.assign(arm=np.where(LOG.index % 2, "control", "treatment"))


@pytest.mark.parametrize(
    ("log", "named", "words"),
    [
        (BOTH, {}, "data must have each user in one arm, got "),
        (BOTH, {}, "They were not split by that unit"),
        (LOG, {"metric": "clik"}, "Did you mean 'click'?"),
        (LOG, {"metric": Mean("revenue", before="befor")}, "Did you mean 'before'?"),
        (LOG, {"unit": "usr"}, "Did you mean 'user'?"),
        (LOG.drop(columns="arm"), {}, "data must have a column 'arm'"),
        (LOG.assign(arm="control"), {}, "and 'treatment', got 'control'. Name yours"),
        (LOG.assign(arm=LOG["arm"].replace("treatment", "B")), {}, "got 'B', 'control'"),
        (LOG.assign(click=np.nan), {}, "data['click'] must be finite numbers (numbers), got nan"),
        (LOG.assign(user=np.nan), {}, "data['user'] must name a unit in every row"),
        (LOG.iloc[:0], {}, "data must have rows"),
        (LOG, {"weights": (0.5, 0.6)}, "weights must be > 0 and sum to 1"),
        (LOG, {"arms": ("a", "a")}, "arms must be two different names"),
        (LOG, {"alpha": 5}, "alpha must be > 0 and < 1"),
        (LOG.assign(n=0), {"metric": Ratio("click", per="n")}, "something to divide by"),
    ],
)
def test_logs_that_allow_no_answer_are_refused(log, named, words):
    assert words in refusal(ValueError, mb.ab.analyze, log, **({"metric": "click"} | named))


@pytest.mark.parametrize(("arm", "other"), [("control", "treatment"), ("treatment", "control")])
def test_a_single_request_in_the_other_arm_is_enough_to_refuse(arm, other):
    user = PEOPLE.index[(PEOPLE["rows"] > 2) & (PEOPLE["arm"] == arm)][0]
    first = LOG.index[LOG["user"] == user][0]
    log = LOG.assign(arm=LOG["arm"].where(LOG.index != first, other))
    words = refusal(ValueError, mb.ab.analyze, log, "click")
    assert f"got 1 of 400 in both, the first is {user}." in words


def test_one_user_in_an_arm_is_too_few():
    one = PEOPLE.index[PEOPLE["arm"] == "treatment"][0]
    log = LOG[(LOG["arm"] == "control") | (LOG["user"] == one)]
    words = refusal(ValueError, mb.ab.analyze, log, "click")
    assert "two units or more in each arm, got 1 in 'treatment'" in words


def test_words_and_things_that_are_no_log_are_refused():
    words = refusal(TypeError, mb.ab.analyze, LOG.assign(click="yes"), "click")
    assert words.startswith("data['click'] must be numbers")
    assert "data must be a run, a DataFrame" in refusal(TypeError, mb.ab.analyze, 5, "click")


def test_an_experiment_without_metrics_is_refused():
    assert "one metric or more" in refusal(ValueError, Experiment, {})


def test_a_ratio_without_a_lift_is_refused():
    nothing = Moments.from_counts(0, 10)
    words = refusal(ValueError, mb.ab.relative, nothing, Moments.from_counts(3, 10))
    assert "control must have a mean > 0" in words


def test_variances_below_zero_and_units_that_do_not_match_are_refused():
    assert "variance must be >= 0" in refusal(ValueError, Moments, 5, 1.0, -1.0)
    words = refusal(ValueError, PairMoments.of, [1, 2, 3], [1, 2])
    assert "y and x must have a number for the same units, got 3 and 2" in words


def test_a_quantile_asks_for_a_share_and_for_draws():
    arms = [1.0, 2.0, 3.0], [1.0, 2.0, 4.0]
    assert "q must be > 0 and < 1" in refusal(ValueError, mb.ab.quantile, *arms, 99, seed=1)
    words = refusal(ValueError, mb.ab.quantile, *arms, 0.5, seed=1, draws=5)
    assert "draws must be >= 100" in words
