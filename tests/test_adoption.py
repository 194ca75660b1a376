"""Which version answers, since when, and what a bad one costs."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

import mlbook as mb
from tests.worlds import shop, small

MISTAKE = mb.bad_release(at=6 * mb.DAY, lasting=12 * mb.HOUR)
APP = mb.MobileApp(release_every=5 * mb.DAY)


@cache
def served(pattern: mb.Pattern, *, wrong: bool) -> mb.Run:
    return mb.run(pattern, shop(), faults=[MISTAKE] if wrong else [])


def test_bad_are_the_versions_whose_training_read_its_data_while_the_fault_was_on():
    run = served(mb.RestApi(), wrong=True)
    asof_s = run.versions.set_index("number")["asof_s"]
    assert [asof_s[number] for number in mb.measure.bad_versions(run)] == [6 * mb.DAY]
    assert mb.measure.bad_versions(served(mb.RestApi(), wrong=False)) == []


def test_a_release_is_there_after_the_review_and_a_model_at_the_end_of_its_training():
    live_s = mb.measure.offered_s(served(APP, wrong=False))
    first_s = mb.DAY + APP.train_takes + 1 * mb.HOUR + APP.review_takes
    trains_s = [first_s, first_s + 5 * mb.DAY, first_s + 10 * mb.DAY]
    assert list(live_s.values()) == pytest.approx(trains_s)
    assert list(live_s) == [1, 6, 11]  # the newest model when each release leaves
    of_an_api = mb.measure.offered_s(served(mb.RestApi(), wrong=False))
    assert of_an_api[3] == 3 * mb.DAY + mb.RestApi().train_takes


def test_no_phone_runs_a_release_before_it_is_live():
    run = served(APP, wrong=False)
    since_s = run.requests["model_version"].map(mb.measure.offered_s(run))
    assert (run.requests["requested_at_s"] >= since_s).all()


def test_the_shares_of_the_versions_add_up_and_are_those_of_the_log():
    run = served(APP, wrong=False)
    at_s, shares = mb.measure.version_shares(run, every=mb.DAY)
    assert np.allclose(sum(shares.values()), 1.0)
    assert at_s[0] == 5.5 * mb.DAY
    day = run.requests["requested_at_s"] // mb.DAY == 8
    expected = (run.requests["model_version"][day] == 6).mean()
    assert shares[6][at_s == 8.5 * mb.DAY] == pytest.approx(expected)


def test_the_clicks_lost_are_those_of_the_visits_that_the_bad_version_answered():
    run, usual = (served(mb.RestApi(), wrong=wrong) for wrong in (True, False))
    hit = np.isin(run.log["model_version"], mb.measure.bad_versions(run))
    lost = mb.measure.clicks_lost(run, usual)
    assert lost == usual.log["click"][hit].sum() - run.log["click"][hit].sum() > 0
    with pytest.raises(ValueError, match="usual must have served the same visits"):
        mb.measure.clicks_lost(run, mb.run(mb.RestApi(), small()))
