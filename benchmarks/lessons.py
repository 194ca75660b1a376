"""What proving the lessons costs: CPU seconds of our runner, and of nbmake on the same lessons.

Both prove the same thing, every lesson as a learner gets it and solved. nbmake runs two notebooks a
lesson, each in a kernel of its own. Ours runs the cells that the two share once, in a child that
was forked from a process with the imports done. User and system time of all processes count, one
thread each, the least of three rounds in turns. nbmake: `pip install -e ".[bench]"`. Nothing here
fails.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import nbformat

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # the runner is one of the tests' own

from mlbook.files import notebooks_dir
from mlbook.lessons.build import build_solved
from mlbook.lessons.kernel import kernel_environment
from tests.lessons.forked import ONE_THREAD, run_notebooks
from tests.lessons.pairs import pair

if TYPE_CHECKING:
    from collections.abc import Callable

ROUNDS = 3
SOURCES = sorted((notebooks_dir() / "src").glob("*.py"))


def cpu_of_children(job: Callable[[Path], object]) -> float:
    """Run a job in a new folder; give the processor time of the processes that it started."""
    with tempfile.TemporaryDirectory() as folder:
        before = os.times()
        job(Path(folder))
        after = os.times()
    used = after.children_user - before.children_user
    return used + after.children_system - before.children_system


def ours(folder: Path) -> None:
    paths = [folder / f"{source.stem}.ipynb" for source in SOURCES]
    for source, path in zip(SOURCES, paths, strict=True):
        nbformat.write(pair(source), path)
    ran = run_notebooks(paths, folder)
    assert not any(cell["errors"] for cells in ran.values() for cell in cells)
    CELLS.append(sum(cell["cpu_s"] for cells in ran.values() for cell in cells))


def nbmake(folder: Path) -> None:
    solved = build_solved(folder / "solved")
    learners = [notebooks_dir() / f"{source.stem}.ipynb" for source in SOURCES]
    command = [sys.executable, "-m", "pytest", "--nbmake", "-q", "-p", "no:cacheprovider"]
    environment = kernel_environment(folder / "private") | ONE_THREAD
    # Away from our pyproject.toml, whose settings are for our own tests.
    where = ["-c", "/dev/null", "--rootdir", folder]
    run = [*command, *where, *learners, *solved]
    subprocess.run(run, cwd=folder, env=environment, check=True, capture_output=True)


CELLS: list[float] = []


def main() -> None:
    rounds = [(cpu_of_children(ours), cpu_of_children(nbmake)) for _ in range(ROUNDS)]
    mine, theirs = (min(seconds) for seconds in zip(*rounds, strict=True))
    print(f"{len(SOURCES)} lessons, starter and solved, CPU seconds")
    print(f"{'nbmake':<52} {theirs:>8.1f}")
    print(f"{'our runner':<52} {mine:>8.1f}")
    print(f"{'  of which the cells themselves':<52} {min(CELLS):>8.1f}")
    print(f"{'nbmake / our runner':<52} {theirs / mine:>8.2f}   goal: at least 3")


if __name__ == "__main__":
    main()
