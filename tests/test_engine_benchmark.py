"""The engine's benchmark: every goal has its row, and `make bench` keeps what was printed."""

from __future__ import annotations

import importlib.util
import re
import shutil
import subprocess
import sys

import pytest

ROW = re.compile(
    r"^(?P<what>.+?) +(?P<found>[\d,.e+-]+) (x|s|ms|MB) +goal (>=|<=) [\d,.e-]+ +(?P<verdict>.+)$",
    re.MULTILINE,
)
AGAINST_SIMPY = [
    "FIFO, 1 worker",
    "FIFO, 4 workers",
    "FIFO, 16 workers",
    "tandem, 1 then 1 worker",
    "tandem, 4 then 2 workers",
    "micro-batches",
    "retries outside a storm",
    "retries in a storm",
]
ALL_KERNELS = [
    *AGAINST_SIMPY,
    "finite queue",
    "reneging",
    "priority",
    "shortest of 4 queues",
    "shorter of two, of 4 queues",
    "LRU cache",
    "autoscaling (SimPy: 4 fixed workers)",
    "cold start (SimPy: never cold)",
]
OTHERS = [
    *("1,000 requests", "2,000 requests", "100,000 requests", "peak memory"),
    *("import mlbook", "first simulation, warm cache"),
    *("compiling everything, empty cache", "compiling the slowest kernel"),
]


@pytest.fixture(scope="module")
def printed(root, require):
    for name in ("simpy", "numba"):
        require(name)
    command = [sys.executable, "benchmarks/engine.py", "--quick"]
    return subprocess.run(command, cwd=root, check=True, capture_output=True, text=True).stdout


def rows(printed):
    return [match["what"] for match in ROW.finditer(printed)]


@pytest.mark.slow
def test_every_goal_has_its_row_once(printed):
    without_numba = [f"{what}, without numba" for what in ALL_KERNELS]
    optional = ("FIFO kernel", "FIFO, Ciw")
    found = [what for what in rows(printed) if not what.startswith(optional)]
    assert sorted(found) == sorted(AGAINST_SIMPY + without_numba + OTHERS)


@pytest.mark.slow
def test_loops_in_c_have_their_rows_or_a_reason(printed):
    if shutil.which("gcc") or shutil.which("cc"):
        kernels = [what for what in rows(printed) if what.startswith("FIFO kernel")]
        assert [what.split(" (")[0] for what in kernels] == [
            f"FIFO kernel, c={workers}" for workers in (1, 4, 16)
        ]
    else:
        assert "skipped: no C compiler" in printed


@pytest.mark.slow
def test_ciw_has_its_rows_or_a_reason(printed):
    """It comes with `make bench` only."""
    if importlib.util.find_spec("ciw"):
        found = [what for what in rows(printed) if what.startswith("FIFO, Ciw")]
        assert found == [f"FIFO, Ciw, c={workers}" for workers in (1, 4, 16)]
    else:
        assert "skipped: Ciw is not installed" in printed


@pytest.mark.slow
def test_a_goal_that_is_missed_has_a_reason(printed):
    verdicts = [match["verdict"] for match in ROW.finditer(printed)]
    assert all(each == "met" or re.fullmatch(r"missed: .{20,}", each) for each in verdicts)


@pytest.mark.slow
def test_the_import_is_light(printed):
    assert "heavy modules that it loads: none" in printed


def report_of(folder, root, *words, **benchmarks):
    """Let the script run benchmarks of our own; give its exit status, output and report."""
    for name in ("scripts", "benchmarks"):
        (folder / name).mkdir()
    script = shutil.copy(root / "scripts" / "bench.py", folder / "scripts")
    for name, source in benchmarks.items():
        (folder / "benchmarks" / f"{name}.py").write_text(source)
    ran = subprocess.run([sys.executable, script, *words], capture_output=True, text=True)
    return ran, (folder / "build" / "bench.md").read_text(encoding="utf-8")


def test_the_report_names_machine_and_versions_and_keeps_what_each_benchmark_prints(tmp_path, root):
    ran, report = report_of(tmp_path, root, one="print('1 x')", two="print('2 x')")
    assert ran.returncode == 0
    assert re.search(r"^- .+, \d+ cores, ", report, re.MULTILINE)
    assert re.search(r"^- Python 3.*numpy \d.*pandas \d", report, re.MULTILINE)
    assert report.endswith("## one.py\n\n```\n1 x\n```\n\n## two.py\n\n```\n2 x\n```\n")
    assert ran.stdout.splitlines()[:4] == ["== one.py", "1 x", "== two.py", "2 x"]


def test_one_benchmark_can_be_named_and_gets_the_other_words(tmp_path, root):
    told = "import sys; print(sys.argv[1:])"
    _, report = report_of(tmp_path, root, "two", "--quick", one=told, two=told)
    assert "## one.py" not in report
    assert "['--quick']" in report


def test_a_benchmark_that_fails_is_a_failure(tmp_path, root):
    ran, _ = report_of(tmp_path, root, one="raise SystemExit(3)", two="print('2 x')")
    assert ran.returncode == 1
    assert ran.stderr.strip() == "one.py ended with status 3"
