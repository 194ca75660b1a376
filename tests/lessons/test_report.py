from pathlib import Path

import pytest

from mlbook.files import write_text
from mlbook.lessons.outcome import Failure, Outcome
from mlbook.lessons.report import status_of


def test_one_word_says_how_a_run_went(good):
    fine = Outcome(lesson=good, seconds=1)
    bad = Outcome(lesson=good, seconds=1, failure=Failure(name="E", message=""))
    assert status_of([fine, fine]) == "ok"
    assert status_of([fine, bad]) == "failed"
    assert status_of([bad, None]) == "interrupted"


def test_a_file_that_cannot_be_finished_leaves_the_old_one_as_it_was(tmp_path, monkeypatch):
    path = tmp_path / "summary.json"
    write_text(path, "old")

    def full(self, data):
        raise OSError("no space left")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match="no space"):
        write_text(path, "new")
    assert path.read_text() == "old"


def test_a_text_with_half_a_character_is_written_all_the_same(tmp_path):
    write_text(tmp_path / "page.html", "a\udc80ä")
    assert (tmp_path / "page.html").read_text(encoding="utf-8") == "a\\udc80ä"
    assert [path.name for path in tmp_path.iterdir()] == ["page.html"]
