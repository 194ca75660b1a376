import fcntl
import json
import os
import pty
import select
import struct
import subprocess
import sys
import termios
import time

import pytest

from mlbook.lessons.outcome import Failure, Outcome
from mlbook.lessons.progress import Progress, cells_done

WAITING = """
# %%
1
# %%
2
# %%
import os
open(os.environ["GATE"]).read()
# %%
4
"""
RUN = """
import sys
from pathlib import Path
from mlbook.lessons.catalogue import Lesson
from mlbook.lessons.run import execute
lesson = Lesson(number="01", slug="01_waiting", title="Waiting", slides="1", core_minutes=1)
sys.exit(execute([lesson], Path(sys.argv[2]), notebooks=Path(sys.argv[1])))
"""


@pytest.fixture
def tell(good, raising, tmp_path):
    """Let three lessons start and end: well, badly, and in the middle."""

    def tell():
        failure = Failure(name="ValueError", message="too low\nand more", cell=4)
        with Progress(3) as progress:
            for name in ("01", "02", "03 days=7.0"):
                progress.started(name, tmp_path / "none.ipynb")
            progress.ended("01", Outcome(lesson=good, seconds=1.25))
            progress.ended("02", Outcome(lesson=raising, seconds=61.5, failure=failure))
            progress.ended("03 days=7.0", None)

    return tell


def test_into_a_pipe_goes_one_line_a_lesson(tell, capsys):
    tell()
    shown = capsys.readouterr()
    assert shown.out.splitlines() == [
        "✓ 01  ok   1.2 s",
        "✗ 02  failed  61.5 s  ValueError: too low (cell 4)",
        "■ 03 days=7.0  interrupted",
    ]
    assert shown.err == ""


def test_without_a_terminal_on_both_streams_there_are_no_bars(tell, capsys, monkeypatch):
    # As in `mlbook run | tee log`.
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    tell()
    assert capsys.readouterr().err == ""


def notebook(*states):
    cells = [{"metadata": {"papermill": {"status": state}}, "outputs": []} for state in states]
    return json.dumps({"cells": cells}, indent=1)


def test_cells_are_counted_even_while_the_notebook_is_being_written(tmp_path):
    path = tmp_path / "run.ipynb"
    assert cells_done(path) == (0, 0)
    text = notebook("completed", "completed", "running", "pending")
    path.write_text(text)
    assert cells_done(path) == (2, 4)
    path.write_text(text[: text.index("running")])
    assert cells_done(path) == (2, 2)


def test_what_a_cell_prints_is_not_taken_for_a_finished_cell(tmp_path):
    path = tmp_path / "run.ipynb"
    printed = {"cells": [{"outputs": [{"text": ['"status": "completed"\n']}]}]}
    path.write_text(json.dumps(printed, indent=1))
    assert cells_done(path) == (0, 0)


def test_in_a_terminal_a_bar_counts_the_cells_of_the_lesson_that_runs(make_folder, tmp_path):
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    command = [sys.executable, "-c", RUN, make_folder(_01_waiting=WAITING), tmp_path / "out"]
    environment = os.environ | {"GATE": str(gate)}
    running = subprocess.Popen(command, stdout=theirs, stderr=theirs, env=environment)
    os.close(theirs)
    try:
        seen = read_until(ours, "2/4 cells")
        assert "0 of 1 lessons" in seen
        gate.write_text("go on")  # waits until the third cell reads
        assert "✓ 01  ok" in read_until(ours, "✓ 01  ok")
        assert running.wait(timeout=60) == 0
    finally:
        running.kill()
        os.close(ours)


def read_until(terminal, expected, within_s=60):
    """Read what a terminal shows until a text has come."""
    seen, end = b"", time.monotonic() + within_s
    while expected.encode() not in seen:
        ready, _, _ = select.select([terminal], [], [], max(0, end - time.monotonic()))
        assert ready, seen.decode(errors="replace")
        seen += os.read(terminal, 4096)
    return seen.decode(errors="replace")
