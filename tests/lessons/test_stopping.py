"""Ctrl-C and SIGTERM, with real processes and real signals."""

import json
import os
import select
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from mlbook.lessons.stopping import Children, on_signals

QUICK = """
# %%
"the quick lesson's result"
"""
# Tells who it is, and holds the gate open as long as its process lives.
ENDLESS = """
# %%
import os
from pathlib import Path

Path("half.txt").write_text("half")
gate = open(os.environ["GATE"], "w")
print(os.getpid(), os.getppid(), file=gate, flush=True)

# %%
while True:
    pass
"""
RUN = """
import sys
from pathlib import Path
from mlbook.lessons.catalogue import Lesson
from mlbook.lessons.run import execute
lessons = [
    Lesson(number=slug[:2], slug=slug, title="T " + slug, slides="1", core_minutes=1)
    for slug in ("01_quick", "02_endless", "03_never")
]
sys.exit(execute(lessons, Path(sys.argv[2]), notebooks=Path(sys.argv[1])))
"""


@pytest.fixture(scope="module", params=["Ctrl-C", "SIGTERM"])
def stopped(request, make_folder, tmp_path_factory):
    """Stop a run in the middle of its second lesson; give its output folder and what it said."""
    folder = make_folder(_01_quick=QUICK, _02_endless=ENDLESS, _03_never=QUICK)
    place = tmp_path_factory.mktemp("stopped")
    out, path = place / "out", place / "gate"
    out.mkdir()
    for slug in ("02_endless", "03_never"):
        (out / f"{slug}.html").write_text("left by an earlier run")
    os.mkfifo(path)
    gate = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    running = subprocess.Popen(
        [sys.executable, "-c", RUN, folder, out],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        env=os.environ | {"GATE": str(path)},
        start_new_session=True,
    )
    try:
        kernel, child = (int(word) for word in read(gate).split())
        if request.param == "Ctrl-C":
            os.killpg(running.pid, signal.SIGINT)  # a terminal sends it to the whole group
        else:
            running.terminate()
        said, errors = running.communicate(timeout=60)
    finally:
        running.kill()
    yield {
        "status": running.returncode,
        "said": said,
        "errors": errors,
        "out": out,
        "kernel": kernel,
        "child": child,
        "gate": gate,
    }
    os.close(gate)


def read(gate, within_s=60):
    ready, _, _ = select.select([gate], [], [], within_s)
    assert ready, "nothing came"
    return os.read(gate, 100)


def test_a_stopped_run_ends_with_status_130_and_no_traceback(stopped):
    assert stopped["status"] == 130
    assert stopped["errors"] == ""
    lines = stopped["said"].splitlines()
    assert [line[:4] for line in lines] == ["✓ 01", "■ 02"]


def test_no_process_survives(stopped):
    with pytest.raises(ProcessLookupError):
        os.kill(stopped["child"], 0)
    # The end of file: nobody holds the other end any more, so the kernel is gone, too.
    assert read(stopped["gate"], within_s=10) == b""


def test_what_was_finished_has_its_page_and_nothing_is_half_written(stopped):
    out = stopped["out"]
    files = {str(path.relative_to(out)) for path in out.rglob("*") if path.is_file()}
    assert files == {
        "01_quick.html",
        "index.html",
        "summary.json",
        str(Path("notebooks/01_quick.ipynb")),
    }
    assert "the quick lesson" in (out / "01_quick.html").read_text()
    assert "02_endless.html" not in (out / "01_quick.html").read_text()
    assert not (out / "files" / "02_endless").exists()


def test_summary_and_index_name_what_did_not_run(stopped):
    summary = json.loads((stopped["out"] / "summary.json").read_text())
    assert summary["status"] == "interrupted"
    assert [each["slug"] for each in summary["lessons"]] == ["01_quick"]
    assert summary["not_run"] == ["02_endless", "03_never"]
    index = (stopped["out"] / "index.html").read_text()
    assert "The run was interrupted" in index
    assert "T 02_endless" in index
    assert "T 03_never" in index


def test_after_a_stop_nothing_starts_any_more(tmp_path):
    command = [sys.executable, "-c", "import sys; open(sys.stdin.read(), 'w')"]
    with Children() as children:
        assert children.run(command, str(tmp_path / "before")).returncode == 0
        children.stop()
        assert children.run(command, str(tmp_path / "after")).returncode == 130
    assert [path.name for path in tmp_path.iterdir()] == ["before"]


def test_a_child_that_does_not_hear_is_killed(monkeypatch):
    monkeypatch.setattr("mlbook.lessons.stopping._GRACE_S", 0.1)
    deaf = (
        "import os, signal, sys; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
        f"os.kill({os.getpid()}, signal.SIGUSR1); [0 for _ in iter(int, 1)]"
    )
    with Children() as children:
        before = signal.signal(signal.SIGUSR1, lambda number, frame: children.stop())
        try:
            assert children.run([sys.executable, "-c", deaf], "").returncode == -signal.SIGKILL
        finally:
            signal.signal(signal.SIGUSR1, before)


def test_handlers_are_taken_back_and_what_the_caller_ignores_stays_ignored():
    before = signal.getsignal(signal.SIGINT), signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with Children() as children, on_signals(children):
            assert signal.getsignal(signal.SIGHUP) == signal.SIG_IGN
            assert signal.getsignal(signal.SIGINT) != before[0]
            signal.raise_signal(signal.SIGTERM)
            assert children.stopped()
        assert signal.getsignal(signal.SIGINT) == before[0]
    finally:
        signal.signal(signal.SIGHUP, before[1])
