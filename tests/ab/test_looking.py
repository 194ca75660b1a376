"""Counts as somebody saw them who looked every day."""

from __future__ import annotations

import pandas as pd
import pytest

from mlbook import ab
from mlbook.units import DAY, HOUR


def test_the_real_log_by_day_is_what_pandas_counts():
    log = ab.real_log("men")
    clicks, n = ab.running_counts(log)
    day = (log["requested_at_s"] // DAY).astype(int)
    for look in range(7):
        seen = log[day <= look].groupby("arm")["click"].agg(["sum", "size"])
        assert seen["sum"].tolist() == clicks[look].tolist()
        assert seen["size"].tolist() == n[look].tolist()


def test_the_last_look_is_the_whole_log_however_often_one_looks():
    log = ab.real_log("women")
    for every in (1 * HOUR, 7 * HOUR, 7 * DAY):
        clicks, n = ab.running_counts(log, every=every)
        assert (clicks[-1].tolist(), n[-1].tolist()) == ([46, 46], [10_000, 10_000])
    assert len(ab.running_counts(log, every=1 * HOUR)[0]) == 168


def test_looks_before_both_arms_have_somebody_are_left_out():
    log = pd.DataFrame(
        {"arm": ["control", "treatment"], "requested_at_s": [0.0, 2.5 * DAY], "click": [1, 0]}
    )
    clicks, n = ab.running_counts(log)
    assert (clicks.tolist(), n.tolist()) == ([[1, 0]], [[1, 1]])


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda log: log.drop(columns="arm"), "must have a column 'arm'"),
        (
            lambda log: log.assign(arm="a"),
            "must have just the arms 'control' and 'treatment', got 'a'",
        ),
        (lambda log: log.rename(columns={"click": "clicks"}), "Did you mean 'clicks'"),
    ],
)
def test_a_log_that_is_none_is_refused(change, words):
    arms = ["control", "treatment"]
    log = pd.DataFrame({"arm": arms, "requested_at_s": [0.0, 1.0], "click": [1, 0]})
    with pytest.raises(ValueError, match=words):
        ab.running_counts(change(log))
