"""A fault that would do nothing where it is put is refused before anything runs."""

from __future__ import annotations

import pytest

import mlbook as mb
from mlbook.experiment import parts_of
from mlbook.faults import kinds_on
from tests.worlds import refusal, small

HOUR = {"at": 5 * mb.DAY, "lasting": 1 * mb.HOUR}
SENSELESS = {
    "skip_batch on api": (
        mb.RestApi(), mb.skip_batch("api", **HOUR),
        "skip_batch makes no sense on 'api' of RestApi. On this part you can use down, drop, "
        "duplicate, late, reorder, schema_change, slow.",
    ),
    "clock_skew on api": (
        mb.RestApi(), mb.clock_skew("api", **HOUR, by=60.0), "clock_skew makes no sense on 'api'",
    ),
    "bad_release on batch": (
        mb.SharedDb(), mb.bad_release("batch", at=0),
        "bad_release makes no sense on 'batch' of SharedDb. On this part you can use down, "
        "schema_change, skip_batch, slow.",
    ),
    "offline on api": (
        mb.RestApi(), mb.offline("api", **HOUR), "offline makes no sense on 'api' of RestApi.",
    ),
    "slow on the log": (
        mb.InProcess(), mb.slow("activity_log", **HOUR, by=60.0),
        "slow makes no sense on 'activity_log' of InProcess. On this part you can use clock_skew, "
        "down, drop, duplicate, late, reorder, schema_change.",
    ),
    "drop on sync": (
        mb.MobileApp(), mb.drop("sync", **HOUR, share=0.5), "drop makes no sense on 'sync'",
    ),
    "duplicate on training": (
        mb.Federated(), mb.duplicate("training", **HOUR, share=0.5),
        "On this part you can use bad_release, down, schema_change, skip_batch, slow.",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("pattern", "fault", "words"), SENSELESS.values(), ids=SENSELESS)
def test_it_is_refused_with_what_would_make_sense_there(pattern, fault, words):
    said = refusal(ValueError, lambda: mb.run(pattern, small(), faults=[fault]))
    assert said.startswith("faults: ")
    assert words in said


def test_in_a_comparison_it_is_refused_for_the_pattern_that_has_the_part():
    both = {"rest": mb.RestApi(), "nightly": mb.SharedDb()}
    fault = mb.skip_batch("api", **HOUR)
    words = refusal(ValueError, lambda: mb.compare(small(), **both, faults=[fault]))
    assert "skip_batch makes no sense on 'api' of rest." in words


def test_offline_phones_are_no_part_of_a_rest_api():
    words = refusal(ValueError, lambda: mb.run(mb.RestApi(), small(), faults=[mb.offline(**HOUR)]))
    assert "RestApi has no part 'device'" in words


@pytest.mark.parametrize(
    "pattern",
    [mb.RestApi, mb.SharedDb, mb.InProcess, mb.MobileApp, mb.Streaming, mb.Federated],
    ids=lambda kind: kind.__name__,
)
def test_every_pattern_has_a_log_and_a_training_that_can_be_bad(pattern):
    parts = parts_of(pattern(), small())
    assert parts[0] == "activity_log"
    assert "training" in parts


def test_in_a_wrapped_pattern_the_parts_own_name_decides():
    assert kinds_on("treatment/training", answers_calls=False) == kinds_on(
        "training", answers_calls=False
    )
