"""The black box agrees with what the pattern's own books say."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

import mlbook as mb
from mlbook.experiment import probe, runtime_coupling
from tests.worlds import small

PATTERNS = {
    "in process": mb.InProcess(),
    "REST": mb.RestApi(),
    "REST, every 15 min": mb.RestApi(features_every=15 * mb.MINUTE),
    "nightly": mb.SharedDb(),
    "every 6 h": mb.SharedDb(predict_every=6 * mb.HOUR),
    "mobile, nothing of its own": mb.MobileApp(own_share=0.0),
    "mobile, offline at times": mb.MobileApp(own_share=0.0, offline_share=0.5),
    "streaming": mb.Streaming(),
    "streaming by the minute": mb.Streaming(trigger=60.0),
}


@cache
def world():
    return mb.World(seed=1, days=12, users=100)


def from_the_books(pattern, found):
    """When the pattern itself says that the event became readable."""
    event = world().with_event(user=found.user, item=0, at=found.at_s)
    run = mb.run(pattern, event, warmup=found.at_s)
    if run.site.seen_at_s is not None:
        here = np.searchsorted(event.activity.at_s, found.at_s)
        return run.site.seen_at_s[here] - found.at_s
    return next(at for at, asof, _ in run.site.published if asof > found.at_s) - found.at_s


@pytest.mark.parametrize("pattern", PATTERNS.values(), ids=PATTERNS)
def test_the_probe_finds_what_the_books_say_within_its_resolution(pattern):
    found = probe(pattern, world())
    # Answering takes time, too: a request asked just before may still read the new state.
    latest_read_s = 1.0
    lag_s = from_the_books(pattern, found)
    assert found.lag_s - found.resolution_s - latest_read_s <= lag_s <= found.lag_s + latest_read_s


def test_a_probe_says_what_it_found_in_words():
    assert repr(probe(mb.SharedDb(), world())).startswith("the first answer that knows the event")


def test_a_pattern_that_ignores_events_shows_no_change():
    class Blind(mb.RestApi):
        async def refresh_features(self):
            """Never read the log."""

    found = probe(Blind(train_every=7 * mb.DAY), world())
    assert found.lag_s == np.inf
    assert repr(found) == "no answer changed within 3.0 d"


def test_a_world_that_ends_too_soon_is_refused():
    with pytest.raises(ValueError, match=r"at must be .* we ask for three after the event"):
        probe(mb.RestApi(), world(), at=10 * mb.DAY)


def test_an_hour_without_a_part_fails_the_requests_that_need_it_and_no_others():
    table = runtime_coupling(mb.RestApi(), small())
    assert table["failed_frac"].to_dict() == {
        "network": 1.0, "feature_db": 1.0, "api": 1.0, "training": 0.0, "feature_job": 0.0,
    }  # fmt: skip


def test_no_outage_of_an_hour_but_the_phones_own_fails_anything_on_a_phone():
    table = runtime_coupling(mb.MobileApp(), small())
    assert table["failed_frac"].to_dict() == {
        "device": 1.0, "sync": 0.0, "store": 0.0, "training": 0.0,
    }  # fmt: skip


def test_a_stream_that_stands_still_for_an_hour_answers_on_and_is_an_hour_behind():
    table = runtime_coupling(mb.Streaming(), small())
    assert table["failed_frac"].to_dict() == {
        "mq": 0.0, "stream_job": 0.0, "view": 1.0, "training": 0.0,
    }  # fmt: skip
    assert 0.8 * mb.HOUR < table.loc["stream_job", "event_lag_max_s"] < mb.HOUR + 5
    assert table.loc["view", "event_lag_max_s"] < 5
