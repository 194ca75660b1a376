"""Run lessons with papermill, each in a process of its own, and write the report.

The output folder receives ``index.html``, one page a lesson, ``summary.json``, the executed
notebooks in ``notebooks/`` and what the lessons themselves wrote in ``files/``. A sweep writes such
a folder for every value, and beside them ``comparison.html``.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mlbook import validate
from mlbook.files import made_from, notebooks_dir
from mlbook.lessons.core import core_of
from mlbook.lessons.kernel import kernel_environment
from mlbook.lessons.plan import longest_first, plan_batches
from mlbook.lessons.process import run_lesson
from mlbook.lessons.progress import Progress
from mlbook.lessons.report import remove_old, status_of, write_report
from mlbook.lessons.stopping import INTERRUPTED, Children, on_signals
from mlbook.lessons.sweep import write_sweep

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mlbook.lessons.catalogue import Lesson, Route
    from mlbook.lessons.given import Sweep
    from mlbook.lessons.outcome import Outcome
    from mlbook.lessons.plan import Batch
    from mlbook.lessons.process import Job

__all__ = ["check_folder", "execute"]


def execute(
    lessons: Sequence[Lesson],
    out: Path,
    parameters: Mapping[str, object] | None = None,
    *,
    sweep: Sweep | None = None,
    profile: str = "quick",
    route: Route | None = None,
    jobs: int = 1,
    timeout_s: int = 600,
    notebooks: Path | None = None,
) -> int:
    """Run lessons and write their report; a lesson that raises does not stop the others.

    Ctrl-C and SIGTERM stop the run: the report then holds the lessons that were finished.

    Parameters
    ----------
    lessons : sequence of Lesson
        What to run.
    out : Path
        The output folder; made when it is not there.
    parameters : mapping of str to object, optional
        Values, or their texts, by name; each goes to the lessons that declare it.
    sweep : Sweep, optional
        A parameter to vary; lessons that do not have it are left out.
    profile : str
        ``"quick"`` runs with the lessons' own parameters, ``"full"`` with those for long runs.
    route : Route, optional
        The route to which the lessons belong; unless it is for whole lessons, what stands under
        "More, if you have time" is left out.
    jobs : int
        How many lessons run at the same time.
    timeout_s : int
        Seconds that one cell may take.
    notebooks : Path, optional
        Where the lessons' notebooks are; the project's own folder when left out.

    Returns
    -------
    int
        0 when every lesson reached its end, 1 when one failed, 130 when the run was stopped.

    Raises
    ------
    ValueError
        When a parameter is unknown or of the wrong type. Nothing has run or been written then.
    FileNotFoundError
        When a lesson has no notebook.
    OSError
        When the output folder cannot be written.
    """
    validate.integer("jobs", jobs, at_least=1, unit="lessons at a time")
    validate.integer("timeout_s", timeout_s, at_least=1, unit="seconds that one cell may take")
    full = validate.one_of("profile", profile, ["quick", "full"]) == "full"
    notebooks = notebooks or notebooks_dir()
    check_folder(out)
    if (out / "notebooks").resolve() == notebooks.resolve():
        raise FileExistsError(_folder_problem(out, "its notebooks/ holds the lessons themselves"))
    batches = plan_batches(lessons, out, parameters or {}, notebooks, sweep=sweep, full=full)
    _tell_left_out(lessons, batches, sweep)
    started = datetime.now(UTC)
    how = {
        "profile": profile,
        "route": route.name if route else None,
        "sweep": sweep.name if sweep else None,
        "given": {name: str(value) for name, value in (parameters or {}).items()},
        "made_from": made_from(notebooks),  # as it is now: a file may be edited during the run
    }
    with tempfile.TemporaryDirectory(prefix="mlbook-") as private, Children() as children:
        if route and route.whole_minutes is None:
            batches = [_cut(batch, Path(private)) for batch in batches]
        with on_signals(children):
            outcomes = _run_all(batches, jobs, timeout_s, Path(private), children)
            for batch, each in zip(batches, outcomes, strict=True):
                write_report(batch, each, started, how)
            if sweep:
                write_sweep(out, batches, outcomes, started, how)
    status = status_of([outcome for each in outcomes for outcome in each])
    return {"ok": 0, "failed": 1, "interrupted": INTERRUPTED}[status]


def check_folder(out: Path) -> None:
    """Make sure that a folder can be written, without writing it.

    Parameters
    ----------
    out : Path
        A folder that may not exist yet.

    Raises
    ------
    NotADirectoryError
        When it, or what should contain it, is a file.
    PermissionError
        When its nearest existing folder may not be written.
    """
    existing = next(path for path in (out, *out.absolute().parents) if os.path.lexists(path))
    if not existing.is_dir():
        raise NotADirectoryError(_folder_problem(out, f"{existing} is a file"))
    if not os.access(existing, os.W_OK | os.X_OK):
        raise PermissionError(_folder_problem(out, f"no permission to write in {existing}"))


def _make_folder(out: Path) -> None:
    try:
        (out / "notebooks").mkdir(parents=True, exist_ok=True)
        # Permissions do not tell everything: a full or read-only disk shows only now.
        with tempfile.TemporaryFile(dir=out):
            pass
    except OSError as error:
        raise type(error)(_folder_problem(out, error.strerror or str(error))) from error


def _folder_problem(out: Path, reason: str) -> str:
    return f"out must be a folder to write in, got '{out}': {reason}. Choose another: --out DIR."


def _tell_left_out(lessons: Sequence[Lesson], batches: list[Batch], sweep: Sweep | None) -> None:
    swept = {job.lesson for job in batches[0].jobs}
    left_out = ", ".join(lesson.number for lesson in lessons if lesson not in swept)
    if sweep and left_out:
        click.echo(f"left out, because they have no {sweep.name}: {left_out}")


def _cut(batch: Batch, private: Path) -> Batch:
    """Let the jobs of a batch run the cores of their lessons, from copies in a private folder."""
    import nbformat

    jobs = []
    for job in batch.jobs:
        core = private / job.source.name
        notebook = core_of(nbformat.read(job.source, as_version=4))  # type: ignore[no-untyped-call]
        nbformat.write(notebook, core)  # type: ignore[no-untyped-call]
        jobs.append(replace(job, source=core))
    return replace(batch, jobs=jobs)


def _run_all(
    batches: list[Batch], jobs: int, timeout_s: int, private: Path, children: Children
) -> list[list[Outcome | None]]:
    """Run every job of every batch; None stands for a job that did not come to its end."""
    queue = longest_first(batches)
    for batch in batches:
        _make_folder(batch.out)
        remove_old(batch)
    environment = kernel_environment(private)
    outcomes: dict[Path, Outcome | None] = {}
    with Progress(len(queue)) as progress, ThreadPoolExecutor(max_workers=jobs) as pool:

        def run_one(batch: Batch, job: Job) -> None:
            if children.stopped():
                return
            name = " ".join([job.lesson.number, batch.label]).strip()
            progress.started(name, job.executed)
            outcome = run_lesson(job, environment, timeout_s, children)
            if outcome is None:
                _remove_half(job)
            outcomes[job.executed] = outcome
            progress.ended(name, outcome)

        list(pool.map(run_one, *zip(*queue, strict=True)))
    return [[outcomes.get(job.executed) for job in batch.jobs] for batch in batches]


def _remove_half(job: Job) -> None:
    """Leave nothing of a lesson that was stopped in the middle."""
    job.executed.unlink(missing_ok=True)
    shutil.rmtree(job.scratch, ignore_errors=True)
