import sys

import pytest

from mlbook.lessons.outcome import Failure, Outcome
from mlbook.lessons.progress import Progress


@pytest.fixture
def tell(good, raising):
    """Let two lessons start and end, one of them badly."""

    def tell():
        failure = Failure(name="ValueError", message="too low\nand more", cell=4)
        with Progress(2) as progress:
            for lesson in (good, raising):
                progress.started(lesson)
            progress.ended(Outcome(lesson=good, seconds=1.25))
            progress.ended(Outcome(lesson=raising, seconds=61.5, failure=failure))

    return tell


def test_into_a_pipe_goes_a_line_at_the_start_and_at_the_end_of_every_lesson(tell, capsys):
    tell()
    shown = capsys.readouterr()
    assert shown.out.splitlines() == [
        "… 01  Title of 01_good",
        "… 02  Title of 02_raising",
        "✓ 01  ok   1.2 s",
        "✗ 02  failed  61.5 s  ValueError: too low (cell 4)",
    ]
    assert shown.err == ""


def test_in_a_terminal_a_bar_shows_what_is_running(tell, capsys, monkeypatch):
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    tell()
    shown = capsys.readouterr()
    assert [line[:4] for line in shown.out.splitlines()] == ["✓ 01", "✗ 02"]
    assert "2/2" in shown.err or "1/2" in shown.err
