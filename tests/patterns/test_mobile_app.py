"""Pattern 4: which model a phone runs, what it knows, and what breaks when a part is away."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from scipy import stats

import mlbook as mb
from mlbook.model import train
from mlbook.queueing import fleet_model_age
from mlbook.world import Features
from tests.worlds import shop, small, steady

APP = mb.MobileApp()
NEVER, SOON = 1e12, 300.0  # gaps between two looks for an update
DAILY = {"release_every": mb.DAY, "review_takes": 6 * mb.HOUR}
EVERYBODY_SOON = DAILY | {"fast_share": 1.0, "fast_gap": SOON}
LEAD = (0.5 + 1 + 6) * mb.HOUR  # training, build, review
ALARM = 1e-5  # a false alarm in 1 of 100,000; the seeds are fixed


@cache
def served(*faults, **knobs):
    return mb.run(APP.but(**knobs), steady(), faults=faults)


def error_by_user(user, values):
    """Give the mean over users and its standard error: visits of one phone are alike."""
    means = np.array([values[user == each].mean() for each in np.unique(user)])
    return means.mean(), means.std(ddof=1) / np.sqrt(means.size)


# ---------------------------------------------------------------------------------------------
# Which model
# ---------------------------------------------------------------------------------------------


def test_phones_that_always_look_run_a_model_between_the_lead_and_a_train_later_old():
    age_s = served(**EVERYBODY_SOON).log["model_age_s"]
    assert stats.kstest(age_s, stats.uniform(LEAD, mb.DAY).cdf).pvalue > ALARM
    assert age_s.min() > LEAD
    assert age_s.max() < LEAD + mb.DAY + 20 * SOON


def test_phones_that_never_look_stay_with_the_first_release():
    log = served(**DAILY, fast_share=0.0, slow_gap=NEVER).log
    assert set(log["model_version"]) == {1}
    assert set(log["status"]) == {"ok"}


def test_the_first_release_waits_for_the_first_model_and_then_everybody_installs_it():
    run = mb.run(APP, small(), warmup=0)
    live_s = run.site.versions.versions[0].live_at_s + 1 * mb.HOUR + APP.review_takes
    assert mb.DAY < live_s < 5 * mb.DAY
    assert np.array_equal(run.log["status"] == "no_model", run.log["requested_at_s"] < live_s)


def test_the_slow_and_the_fast_phones_are_as_many_as_the_knob_says():
    # The fast ones have the day's release, the slow ones the first one: two groups, by user.
    users = 400
    world = mb.World(seed=2, days=10, users=users)
    log = mb.run(APP.but(**DAILY, fast_gap=SOON, slow_gap=NEVER), world).log
    fast = log["model_version"] > 1
    by_user = [fast[log["user"] == each].mean() for each in np.unique(log["user"])]
    share = np.mean(np.array(by_user) > 0.5)
    assert set(by_user) <= {0.0, 1.0}
    assert abs(share - 0.375) < 4 * np.sqrt(0.375 * 0.625 / users)


def test_who_appears_late_begins_with_the_newest_release():
    world = mb.World(seed=3, days=10, users=400, visits_per_user_day=0.5, events_per_user_day=0.1)
    pattern = APP.but(**DAILY, fast_share=0.0, slow_gap=NEVER)
    run = mb.run(pattern, world)
    first_s = world.activity.first_seen_s(world.users)
    np.minimum.at(first_s, world.visits.user, world.visits.at_s)
    versions = run.site.versions.versions
    live_s = np.array([each.live_at_s for each in versions]) + 7 * mb.HOUR
    began = np.searchsorted(live_s, np.maximum(first_s, live_s[0]), side="right")
    assert np.array_equal(run.log["model_version"], began[run.log["user"]])
    assert len(set(run.log["model_version"])) > 3


def test_the_lead_is_the_age_of_the_youngest_model_on_a_phone():
    assert APP.but(**DAILY).lead_s == LEAD


def test_a_release_in_review_holds_back_the_next_one():
    # Reviews of two days make a daily train a train of two days.
    slow = served(**EVERYBODY_SOON | {"review_takes": 2 * mb.DAY}).log["model_age_s"]
    lead = 1.5 * mb.HOUR + 2 * mb.DAY
    assert lead < slow.min() < lead + mb.HOUR
    assert lead + 2 * mb.DAY - mb.HOUR < slow.max() < lead + 2 * mb.DAY + 20 * SOON


@pytest.mark.parametrize("every", [2 * mb.HOUR, 6 * mb.HOUR])
def test_a_downloaded_model_is_half_a_look_and_half_a_training_period_older_than_its_training(
    every,
):
    log = served(delivery="download", download_every=every).log
    takes = 30 * mb.MINUTE
    mean, error = error_by_user(log["user"], log["model_age_s"])
    expected = fleet_model_age([(1.0, every / 2)], APP.train_every, takes)
    assert abs(mean - expected) < 4 * error
    assert takes < log["model_age_s"].min()
    assert log["model_age_s"].max() < takes + mb.DAY + every


def test_a_download_asks_neither_release_nor_review():
    one = served(delivery="download")
    other = served(delivery="download", release_every=99 * mb.DAY, review_takes=99 * mb.DAY)
    assert np.array_equal(one.log["model_version"], other.log["model_version"])
    assert one.log["model_age_s"].mean() < served().log["model_age_s"].mean() / 3


# ---------------------------------------------------------------------------------------------
# What the phone knows
# ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("own", [0.0, 0.5, 1.0])
def test_own_events_count_at_once_and_the_others_within_one_sync(own):
    lag_s, every = mb.measure.event_lag_s(served(own_share=own)), APP.sync_every
    at_once = lag_s == 0
    assert abs(at_once.mean() - own) <= 4 * np.sqrt(own * (1 - own) / lag_s.size)
    if own < 1:
        assert stats.kstest(lag_s[~at_once], stats.uniform(0, every).cdf).pvalue > ALARM
        expected = (1 - own) * every / 2
        assert abs(lag_s.mean() - expected) < 4 * lag_s.std() / np.sqrt(lag_s.size)


def test_the_age_of_the_features_is_the_time_since_the_phones_last_sync():
    age_s = served().log["feature_age_s"]
    assert stats.kstest(age_s, stats.uniform(0, APP.sync_every).cdf).pvalue > ALARM
    hourly = served(sync_every=mb.HOUR).log
    phase = (hourly["feature_asof_s"] % mb.HOUR).round(3)
    for user in (0, 1, 2):  # a phone syncs at its own minute of each hour
        assert len(set(phase[hourly["user"] == user])) == 1


def phones_features(run, visit):
    """Count again, event by event, what the phone knows: share of the category and its mass."""
    world, log = run.world, run.world.activity
    read_s, user = world.visits.at_s[visit], world.visits.user[visit]
    known = (log.user == user) & (run.site.seen_at_s < read_s)
    weight = 0.5 ** ((read_s - log.at_s[known]) / mb.DAY)
    mass = np.bincount(world.catalog.category[log.item[known]], weight, minlength=6)
    category = world.catalog.category[world.visits.slate[visit]]
    share = mass[category] / mass.sum()
    items = world.catalog.value[world.visits.slate[visit]]
    total = np.full(category.size, np.log1p(mass.sum()))
    return np.column_stack([share, total, items, np.eye(6)[category]])


@pytest.mark.parametrize("precision", ["float32", "int8"])
def test_a_phone_scores_what_it_knows_with_the_exported_model(precision):
    run = served(sync_every=6 * mb.HOUR, precision=precision)
    for n in range(0, len(run.log["visit"]), 400):
        version = run.site.versions.versions[run.log["model_version"][n] - 1]
        pipeline, _ = train(run.world, version.asof_s)
        assert version.estimator.data == mb.export.to_device(pipeline, precision)
        columns = phones_features(run, run.log["visit"][n])
        expected = mb.export.OnDevice(version.estimator.data).predict(columns)
        np.testing.assert_allclose(run.slate_score[n], expected, rtol=1e-9)
        if precision == "float32":
            exact = pipeline.predict_proba(columns)[:, 1]
            np.testing.assert_allclose(run.slate_score[n], exact, rtol=0, atol=1e-6)


def test_fewer_bits_show_other_items_to_some_visitors():
    shown = {bits: served(precision=bits).log["item"] for bits in ("float32", "int16", "int3")}
    assert (shown["float32"] != shown["int16"]).mean() < 0.001
    assert (shown["float32"] != shown["int3"]).mean() > 0.01


class SlipOfThePen(mb.MobileApp):
    """The second feature code forgets more slowly than the first: nobody shared the constant."""

    def extract_feature(self):
        world = self.site.world
        return Features(world.activity, world.catalog, 3 * mb.DAY, seen_at_s=self.site.seen_at_s)


def test_a_slip_in_the_phones_feature_code_changes_answers_and_not_the_training():
    slipped, right = mb.run(SlipOfThePen(), steady()), served()
    models = [[v.estimator.data for v in run.site.versions.versions] for run in (slipped, right)]
    assert models[0] == models[1]
    assert (slipped.log["item"] != right.log["item"]).mean() > 0.05


def test_the_user_waits_for_his_own_phone_only():
    run = served()
    drawn_s = run.site.parts["device"].draws_s[run.log["visit"]]
    np.testing.assert_allclose(run.log["latency_s"], drawn_s, rtol=0, atol=1e-9)
    assert set(run.log["trigger"]) == {"request"}


# ---------------------------------------------------------------------------------------------
# Without a network
# ---------------------------------------------------------------------------------------------


def test_a_phone_without_a_network_answers_all_the_same():
    assert mb.measure.availability(served(offline_share=0.9)) == 1.0


def test_events_reach_an_offline_phone_at_the_first_sync_with_a_network():
    share, lasts, every = 0.3, 1 * mb.HOUR, APP.sync_every
    run = mb.run(APP.but(offline_share=share, offline_lasts=lasts, own_share=0.0), shop())
    late = run.world.activity.at_s >= run.log["requested_at_s"].min()
    lag_s, user = mb.measure.event_lag_s(run), run.world.activity.user[late]
    # Two states without memory: who is offline at one sync is so at the next with this chance.
    again = share + (1 - share) * np.exp(-every * (1 / lasts + share / (1 - share) / lasts))
    expected = every / 2 + every * share / (1 - again)
    mean, error = error_by_user(user, lag_s)
    assert abs(mean - expected) < 4 * error
    assert np.mean(lag_s > every) == pytest.approx(share, abs=0.02)


def test_an_offline_phone_gets_its_updates_later():
    there, away = served(), served(offline_share=0.9, offline_lasts=1 * mb.DAY)
    older_s = np.nanmean(away.log["model_age_s"]) - there.log["model_age_s"].mean()
    assert older_s > 0.25 * mb.DAY


def test_a_phone_that_is_offline_at_the_first_release_gets_it_when_it_is_back():
    knobs = DAILY | {"fast_share": 0.0, "slow_gap": NEVER}
    log = mb.run(
        APP.but(**knobs, offline_share=0.5, offline_lasts=4 * mb.HOUR), small(), warmup=0
    ).log
    first_s = log["requested_at_s"][log["status"] == "ok"].min()
    soon = (log["requested_at_s"] > first_s) & (log["requested_at_s"] < first_s + 4 * mb.HOUR)
    assert 0.1 < np.mean(log["status"][soon] == "no_model") < 0.6
    assert set(log["status"][log["requested_at_s"] > first_s + 2 * mb.DAY]) == {"ok"}


# ---------------------------------------------------------------------------------------------
# When a part is away
# ---------------------------------------------------------------------------------------------

AT, HOUR = 9 * mb.DAY, 1 * mb.HOUR


def test_an_hour_without_the_phones_own_process_fails_just_that_hour():
    log = served(mb.down("device", at=AT, lasting=HOUR)).log
    inside = (log["requested_at_s"] >= AT) & (log["requested_at_s"] < AT + HOUR)
    assert inside.sum() > 10
    assert np.array_equal(log["status"] == "down:device", inside)


@pytest.mark.parametrize("kind", [mb.down, mb.skip_batch])
def test_an_hour_without_sync_fails_nobody_and_delays_what_others_did(kind):
    run = served(kind("sync", at=AT, lasting=HOUR))
    event_s, seen_s = run.world.activity.at_s, run.site.seen_at_s
    assert mb.measure.availability(run) == 1.0
    inside = (event_s > AT) & (event_s < AT + HOUR)
    others = inside & (seen_s > event_s)
    assert others.sum() > 5
    assert (seen_s[others] >= AT + HOUR).all()
    assert (seen_s[others] < AT + HOUR + APP.sync_every).all()
    assert np.array_equal(seen_s == event_s, served().site.seen_at_s == event_s)
    assert APP.sync_every < run.log["feature_age_s"].max() < HOUR + APP.sync_every


def test_while_the_store_is_away_nobody_updates_and_nobody_fails():
    live_s = AT + LEAD  # a release goes live in the first hour of this outage
    fault = mb.down("store", at=live_s - HOUR / 2, lasting=12 * HOUR)
    without, whole = served(fault, **EVERYBODY_SOON), served(**EVERYBODY_SOON)
    at_s, end_s = without.log["requested_at_s"], fault.at_s + fault.lasting_s
    inside, later = (at_s >= fault.at_s) & (at_s < end_s), at_s > end_s + 20 * SOON
    assert mb.measure.availability(without) == 1.0
    assert len(set(without.log["model_version"][inside])) == 1
    assert len(set(whole.log["model_version"][inside])) == 2
    assert np.array_equal(without.log["model_version"][later], whole.log["model_version"][later])


def test_a_release_that_misses_its_train_waits_for_the_next_one():
    leaves_s = AT + 1.5 * HOUR
    run = served(mb.skip_batch("store", at=leaves_s - 60.0, lasting=120.0), **EVERYBODY_SOON)
    assert LEAD + 2 * mb.DAY - HOUR < run.log["model_age_s"].max() < LEAD + 2 * mb.DAY + 20 * SOON
    assert mb.measure.availability(run) == 1.0
    assert [(part, what) for _, part, what in run.site.incidents] == [("store", "skipped")]


def test_without_a_training_the_phones_go_on_with_the_model_before():
    run = served(mb.down("training", at=AT - 60.0, lasting=120.0), **EVERYBODY_SOON)
    assert LEAD + 2 * mb.DAY - HOUR < run.log["model_age_s"].max() < LEAD + 2 * mb.DAY + 20 * SOON
    assert mb.measure.availability(run) == 1.0


def test_while_the_store_is_away_nobody_downloads():
    fault = mb.down("store", at=AT, lasting=mb.DAY)
    log = served(fault, delivery="download", download_every=HOUR).log
    inside = (log["requested_at_s"] >= AT) & (log["requested_at_s"] < AT + mb.DAY)
    assert set(log["model_version"][inside]) == {log["model_version"][inside].min()}
    assert log["model_version"].max() > log["model_version"][inside].max()


# ---------------------------------------------------------------------------------------------
# Knobs
# ---------------------------------------------------------------------------------------------


def test_the_speeds_leave_out_a_kind_that_nobody_is_of():
    assert APP.speeds == [(0.375, 1.74 * mb.DAY), (0.625, 79 * mb.DAY)]
    assert APP.but(fast_share=1.0).speeds == [(1.0, 1.74 * mb.DAY)]
    assert APP.but(fast_share=0.0).speeds == [(1.0, 79 * mb.DAY)]


def test_the_real_week_can_be_served_from_the_segments_phones():
    run = mb.run(APP.but(**DAILY), mb.ReplayWorld("men"), warmup=2 * mb.DAY)
    assert mb.measure.availability(run) == 1.0
