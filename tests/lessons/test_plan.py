import json

import pytest

from mlbook.lessons.given import Sweep
from mlbook.lessons.plan import longest_first, plan_batches
from tests.lessons.conftest import lesson

LESSONS = [lesson("01", "01_good", 10), lesson("02", "02_raising", 30)]


@pytest.fixture
def order(folder, tmp_path):
    """Give the slugs in the order in which they would start."""

    def order(*, summary=None, sweep=None):
        if summary is not None:
            (tmp_path / "summary.json").write_text(summary)
        batches = plan_batches(LESSONS, tmp_path, {}, folder, sweep=sweep)
        return [job.lesson.slug for _, job in longest_first(batches)]

    return order


def summary(**seconds):
    lessons = [{"slug": slug.lstrip("_"), "seconds": each} for slug, each in seconds.items()]
    return json.dumps({"lessons": lessons})


def test_without_an_earlier_run_the_minutes_of_the_catalogue_tell_the_longest(order):
    assert order() == ["02_raising", "01_good"]


def test_the_seconds_of_the_last_run_count_more_than_the_minutes(order):
    assert order(summary=summary(_01_good=9.0, _02_raising=5.0)) == ["01_good", "02_raising"]


def test_a_lesson_that_the_last_run_does_not_know_starts_first(order):
    assert order(summary=summary(_02_raising=999.0)) == ["01_good", "02_raising"]


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"lessons": 3}', '{"lessons": [{"slug": "01_good", "seconds": null}]}']
)
def test_a_file_that_is_no_summary_is_not_counted(order, text):
    assert order(summary=text) == ["02_raising", "01_good"]


def test_lessons_of_equal_length_keep_their_order(order):
    assert order(sweep=Sweep("every_h", ("3", "6", "12"))) == ["02_raising"] * 3


def test_a_sweep_runs_the_lessons_that_have_the_parameter_once_a_value(folder, tmp_path):
    batches = plan_batches(
        LESSONS, tmp_path, {"rate_per_s": 9}, folder, sweep=Sweep("every_h", ("3", "6"))
    )
    assert [batch.out.name for batch in batches] == ["01-every_h=3.0", "02-every_h=6.0"]
    jobs = [job for batch in batches for job in batch.jobs]
    assert [job.lesson.slug for job in jobs] == ["02_raising", "02_raising"]
    assert [job.given for job in jobs] == [
        {"rate_per_s": 9.0, "every_h": 3.0},
        {"rate_per_s": 9.0, "every_h": 6.0},
    ]
    assert list(tmp_path.iterdir()) == []


def test_folders_of_a_sweep_have_plain_and_different_names(folder, tmp_path):
    values = ("../a b", "<i>", "..\\a b", "x" * 300)
    batches = plan_batches(LESSONS, tmp_path, {}, folder, sweep=Sweep("label", values))
    names = [batch.out.name for batch in batches]
    assert names[:3] == ["01-label=.._a_b", "02-label=_i_", "03-label=.._a_b"]
    assert all(batch.out.parent == tmp_path for batch in batches)
    assert max(map(len, names)) < 70


def test_the_same_name_by_p_and_by_sweep_is_refused(folder, tmp_path):
    with pytest.raises(ValueError, match="every_h must be given once, got -p and --sweep"):
        plan_batches(LESSONS, tmp_path, {"every_h": 1}, folder, sweep=Sweep("every_h", ("3", "6")))
