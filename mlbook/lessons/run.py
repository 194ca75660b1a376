"""Run lessons with papermill, each in a process of its own, and write the report.

The output folder receives ``index.html``, one page a lesson, ``summary.json``, the executed
notebooks in ``notebooks/`` and what the lessons themselves wrote in ``files/``.
"""

from __future__ import annotations

import json
import os
import tempfile
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from mlbook import validate
from mlbook.files import notebooks_dir
from mlbook.lessons import pages
from mlbook.lessons.catalogue import notebook_of
from mlbook.lessons.given import assign
from mlbook.lessons.kernel import kernel_environment
from mlbook.lessons.parameters import read_parameters
from mlbook.lessons.process import Job, executed_notebook, run_lesson
from mlbook.lessons.progress import Progress
from mlbook.lessons.versions import installed_versions

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mlbook.lessons.catalogue import Lesson
    from mlbook.lessons.outcome import Outcome

__all__ = ["check_folder", "execute"]


def execute(
    lessons: Sequence[Lesson],
    out: Path,
    parameters: Mapping[str, object] | None = None,
    *,
    jobs: int = 1,
    timeout_s: int = 600,
    notebooks: Path | None = None,
) -> int:
    """Run lessons and write their report; a lesson that raises does not stop the others.

    Parameters
    ----------
    lessons : sequence of Lesson
        What to run.
    out : Path
        The output folder; made when it is not there.
    parameters : mapping of str to object, optional
        Values, or their texts, by name; each goes to the lessons that declare it.
    jobs : int
        How many lessons run at the same time.
    timeout_s : int
        Seconds that one cell may take.
    notebooks : Path, optional
        Where the lessons' notebooks are; the project's own folder when left out.

    Returns
    -------
    int
        0 when every lesson reached its end, otherwise 1.

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
    plan = _plan(lessons, out, parameters or {}, notebooks or notebooks_dir())
    _make_folder(out)
    started = datetime.now(UTC)
    outcomes = _run_all(plan, jobs, timeout_s)
    _write_report(plan, outcomes, out, started)
    return int(any(outcome.failure for outcome in outcomes))


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


def _plan(
    lessons: Sequence[Lesson], out: Path, parameters: Mapping[str, object], notebooks: Path
) -> list[Job]:
    """Check everything that can be checked before anything runs or is written."""
    sources = {lesson.slug: notebook_of(lesson, notebooks) for lesson in lessons}
    check_folder(out)
    if (out / "notebooks").resolve() == notebooks.resolve():
        raise FileExistsError(_folder_problem(out, "its notebooks/ holds the lessons themselves"))
    declared = {slug: read_parameters(path) for slug, path in sources.items()}
    given = assign(parameters, declared)
    return [
        Job(
            lesson=lesson,
            source=sources[lesson.slug],
            out=out,
            declared=declared[lesson.slug],
            given=given[lesson.slug],
        )
        for lesson in lessons
    ]


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


def _run_all(plan: list[Job], jobs: int, timeout_s: int) -> list[Outcome]:
    with (
        tempfile.TemporaryDirectory(prefix="mlbook-") as private,
        Progress(len(plan)) as progress,
        ThreadPoolExecutor(max_workers=jobs) as pool,
    ):
        environment = kernel_environment(Path(private))

        def run_one(job: Job) -> Outcome:
            progress.started(job.lesson)
            outcome = run_lesson(job, environment, timeout_s)
            progress.ended(outcome)
            return outcome

        try:
            return list(pool.map(run_one, plan))
        except KeyboardInterrupt:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _write_report(plan: list[Job], outcomes: list[Outcome], out: Path, started: datetime) -> None:
    versions = installed_versions()
    summary = {
        "status": "failed" if any(outcome.failure for outcome in outcomes) else "ok",
        "started_at": started.isoformat(timespec="seconds"),
        "versions": versions,
        "lessons": [outcome.to_dict() for outcome in outcomes],
    }
    _write(out / "summary.json", json.dumps(summary, indent=2, ensure_ascii=False) + "\n")
    for index, (job, outcome) in enumerate(zip(plan, outcomes, strict=True)):
        page = pages.lesson_page(
            executed_notebook(job),
            outcome,
            before=plan[index - 1].lesson if index else None,
            after=plan[index + 1].lesson if index + 1 < len(plan) else None,
        )
        _write(out / f"{job.lesson.slug}.html", page)
    _write(out / "index.html", pages.index_page(outcomes, versions, started))


def _write(path: Path, text: str) -> None:
    # A message may carry a lone surrogate (a file name that is no text): show it, do not fail.
    path.write_text(text, encoding="utf-8", errors="backslashreplace", newline="\n")
