"""The browser tests take an older report only if a new one would be the same."""

from __future__ import annotations

import json

import pytest

from mlbook.files import made_from, notebooks_dir
from mlbook.lessons.catalogue import LESSONS
from mlbook.lessons.versions import installed_versions
from tests.browser.reports import is_as_new


@pytest.fixture
def write(tmp_path):
    def write_summary(**changed):
        summary = {
            "status": "ok",
            "versions": installed_versions(),
            "profile": "quick",
            "route": None,
            "sweep": None,
            "given": {},
            "made_from": made_from(notebooks_dir()),
            "lessons": [{"slug": lesson.slug} for lesson in LESSONS],
            "not_run": [],
        }
        (tmp_path / "summary.json").write_text(json.dumps(summary | changed))
        return tmp_path

    return write_summary


def test_a_report_of_all_lessons_from_these_very_files_is_taken(write):
    assert is_as_new(write())


@pytest.mark.parametrize(
    "changed",
    [
        {"made_from": "other files"},
        {"status": "failed"},
        {"versions": installed_versions() | {"numpy": "1.0"}},
        {"profile": "full"},
        {"route": "half-day"},
        {"sweep": "seed"},
        {"given": {"seed": "8"}},
        {"lessons": [{"slug": LESSONS[0].slug}]},
        {"not_run": [LESSONS[0].slug]},
    ],
    ids=lambda changed: next(iter(changed)),
)
def test_any_other_report_is_not_taken(write, changed):
    assert not is_as_new(write(**changed))


@pytest.mark.parametrize("text", [None, "", "{}"])
def test_a_folder_without_a_summary_is_not_taken(tmp_path, text):
    if text is not None:
        (tmp_path / "summary.json").write_text(text)
    assert not is_as_new(tmp_path)
