"""Start one lesson's process and read from what it leaves behind how it went."""

from __future__ import annotations

import json
import re
import shutil
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mlbook.lessons.child import RECORDED
from mlbook.lessons.claims import Found, take_claims
from mlbook.lessons.outcome import Failure, Outcome
from mlbook.lessons.parameters import papermill_path
from mlbook.lessons.records import records_of, states_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from nbformat import NotebookNode

    from mlbook.lessons.catalogue import Lesson
    from mlbook.lessons.parameters import Parameter, Value
    from mlbook.lessons.stopping import Children

__all__ = ["Job", "executed_notebook", "run_lesson"]


@dataclass(frozen=True, kw_only=True)
class Job:
    """One lesson, ready to run.

    Parameters
    ----------
    lesson : Lesson
        Which one.
    source : Path
        Its notebook.
    out : Path
        The output folder of the whole run.
    declared : dict of str to Parameter
        Its parameters cell.
    given : dict of str to value
        What to pass to it.
    """

    lesson: Lesson
    source: Path
    out: Path
    declared: dict[str, Parameter]
    given: dict[str, Value]

    @property
    def executed(self) -> Path:
        """Where the executed notebook goes."""
        return self.out / "notebooks" / f"{self.lesson.slug}.ipynb"

    @property
    def altered(self) -> bool:
        """Whether a parameter differs from the lesson's own: its text need not hold then."""
        return any(self.declared[name].default != value for name, value in self.given.items())

    @property
    def scratch(self) -> Path:
        """The lesson's working folder: what it writes lands here."""
        return self.out / "files" / self.lesson.slug


def run_lesson(
    job: Job, environment: dict[str, str], timeout_s: int, children: Children
) -> Outcome | None:
    """Run one lesson to its end, or to the cell that raises.

    Parameters
    ----------
    job : Job
        What to run.
    environment : dict of str to str
        See `mlbook.lessons.kernel`.
    timeout_s : int
        Seconds that one cell may take.
    children : Children
        Where its process is registered, so that it can be stopped.

    Returns
    -------
    Outcome or None
        How it went; None when it was stopped before its end.
    """
    _empty_folder(job.scratch)
    # What an earlier run left must not be taken for the result of this one.
    job.executed.unlink(missing_ok=True)
    started = time.perf_counter()
    child = children.run(
        [sys.executable, "-m", "mlbook.lessons.child"],
        json.dumps(_orders(job, timeout_s)),
        cwd=job.scratch,
        env=environment,
    )
    seconds = time.perf_counter() - started
    if child.returncode and children.stopped():
        return None  # and the notebook may end in the middle of a line
    claims = _take_claims(job)
    failure = _failure(job, child.returncode, child.stderr) if child.returncode else None
    return Outcome(
        lesson=job.lesson,
        seconds=seconds,
        declared=job.declared,
        given=job.given,
        failure=failure or (None if job.altered else _broken(job, claims)),
        claims=tuple(claims),
        checks=states_of(records_of(executed_notebook(job).cells)),
        files=tuple(sorted(_files_of(job))),
    )


def executed_notebook(job: Job) -> NotebookNode:
    """Read what a job left behind, without the marks that papermill puts into it.

    Parameters
    ----------
    job : Job
        A job that was run.

    Returns
    -------
    NotebookNode
        The executed notebook, or the lesson as it was when no cell has run.
    """
    notebook = _read(job.executed if job.executed.is_file() else job.source)
    notebook.cells = [cell for cell in notebook.cells if not _tagged(cell, "papermill-error")]
    return notebook


def _read(path: Path) -> NotebookNode:
    import nbformat

    notebook: NotebookNode = nbformat.reads(path.read_text(encoding="utf-8"), as_version=4)  # type: ignore[no-untyped-call]
    return notebook


def _take_claims(job: Job) -> list[Found]:
    """Read what the claims gave, and leave the lesson as its author wrote it."""
    if not job.executed.is_file():
        return []
    import nbformat

    notebook = _read(job.executed)
    found = take_claims(notebook)
    job.executed.write_text(nbformat.writes(notebook), encoding="utf-8")  # type: ignore[no-untyped-call]
    return found


def _broken(job: Job, claims: list[Found]) -> Failure | None:
    """Say which claims of the text this run does not show."""
    broken = [each for each in claims if not each.holds]
    if not broken:
        return None
    first = broken[0].cell_id
    place = next(n for n, cell in _placed(executed_notebook(job)) if cell.id == first)
    message = "\n".join(str(each) for each in broken)
    return Failure(name="BrokenClaim", message=message, cell=place, cell_id=first, stopped=False)


def _orders(job: Job, timeout_s: int) -> dict[str, Any]:
    return {
        "source": str(job.source.resolve()),
        "output_path": papermill_path(job.executed.resolve()),
        "parameters": job.given,
        "kernel_name": "python3",
        "progress_bar": False,
        "execution_timeout": timeout_s,
    }


def _failure(job: Job, status: int, errors: str) -> Failure:
    place, cell = _last_started(executed_notebook(job))
    if cell is None:
        name, message = _last_words(status, errors)
        return Failure(name=name, message=message)
    name, message = _raised(cell) if status == RECORDED else _last_words(status, errors)
    return Failure(name=name, message=message, cell=place, cell_id=cell.id)


def _raised(cell: NotebookNode) -> tuple[str, str]:
    """Read the error that a cell ended with."""
    for output in cell.get("outputs", []):
        if output.output_type == "error":
            return output.ename, output.evalue
    return "CellExecutionError", "the cell failed, and its error could not be shown."


def _last_words(status: int, errors: str) -> tuple[str, str]:
    """Find the line of a traceback that says what happened; the kernel may log around it."""
    found = re.findall(r"^(?:\w+\.)*(\w*(?:Error|Exception))(?:: (.*))?$", errors, re.MULTILINE)
    return found[-1] if found else ("ProcessError", f"it ended with status {status}.")


def _last_started(notebook: NotebookNode) -> tuple[int, NotebookNode | None]:
    """Find the cell that ran last, and its place in the lesson as written."""
    started = [
        (place, cell)
        for place, cell in _placed(notebook)
        if cell.metadata.get("papermill", {}).get("start_time")
    ]
    return started[-1] if started else (0, None)


def _placed(notebook: NotebookNode) -> Iterator[tuple[int, NotebookNode]]:
    """Give each cell with its place in the lesson as written; papermill's own does not count."""
    place = 0
    for cell in notebook.cells:
        place += not _tagged(cell, "injected-parameters")
        yield place, cell


def _tagged(cell: NotebookNode, prefix: str) -> bool:
    return any(tag.startswith(prefix) for tag in cell.metadata.get("tags", []))


def _files_of(job: Job) -> Iterator[str]:
    for path in job.scratch.rglob("*"):
        if path.is_file():
            yield path.relative_to(job.out).as_posix()


def _empty_folder(folder: Path) -> None:
    if folder.exists():
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
