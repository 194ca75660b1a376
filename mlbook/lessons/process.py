"""Start one lesson's process and read from what it leaves behind how it went."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mlbook.lessons.outcome import Failure, Outcome
from mlbook.lessons.parameters import papermill_path

if TYPE_CHECKING:
    from nbformat import NotebookNode

    from mlbook.lessons.catalogue import Lesson
    from mlbook.lessons.parameters import Parameter, Value

__all__ = ["Job", "executed_notebook", "kernel_environment", "run_lesson"]


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
    def scratch(self) -> Path:
        """The lesson's working folder: what it writes lands here."""
        return self.out / "files" / self.lesson.slug


def kernel_environment(private: Path) -> dict[str, str]:
    """Return the environment in which ``python3`` means this very interpreter.

    Parameters
    ----------
    private : Path
        An empty folder that lives as long as the run.

    Returns
    -------
    dict of str to str
        The caller's environment with a kernel, an IPython profile and a runtime folder of its own.
    """
    from ipykernel.kernelspec import write_kernel_spec

    # A kernel named python3 in the user's home may belong to another installation; JUPYTER_PATH
    # is searched before it.
    write_kernel_spec(private / "share" / "kernels" / "python3")
    package_parent = str(Path(__file__).resolve().parents[2])
    return os.environ | {
        "JUPYTER_PATH": _joined(str(private / "share"), os.environ.get("JUPYTER_PATH")),
        "JUPYTER_RUNTIME_DIR": str(private / "runtime"),
        "IPYTHONDIR": str(private / "ipython"),
        # Pictures must land in the notebook, whatever the caller's own shell prefers.
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        # A checkout can be run without installing it; its lessons then import the same checkout.
        "PYTHONPATH": _joined(os.environ.get("PYTHONPATH"), package_parent),
    }


def run_lesson(job: Job, environment: dict[str, str], timeout_s: int) -> Outcome:
    """Run one lesson to its end, or to the cell that raises.

    Parameters
    ----------
    job : Job
        What to run.
    environment : dict of str to str
        See `kernel_environment`.
    timeout_s : int
        Seconds that one cell may take.

    Returns
    -------
    Outcome
        How it went.
    """
    _empty_folder(job.scratch)
    # What an earlier run left must not be taken for the result of this one.
    job.executed.unlink(missing_ok=True)
    started = time.perf_counter()
    child = subprocess.run(
        [sys.executable, "-m", "mlbook.lessons.child"],
        input=json.dumps(_orders(job, timeout_s)),
        capture_output=True,
        text=True,
        encoding="utf-8",
        errors="replace",
        check=False,
        cwd=job.scratch,
        env=environment,
    )
    seconds = time.perf_counter() - started
    failure = _failure(job, child.returncode, child.stderr) if child.returncode else None
    return Outcome(
        lesson=job.lesson, seconds=seconds, declared=job.declared, given=job.given, failure=failure
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
    import nbformat

    path = job.executed if job.executed.is_file() else job.source
    notebook: NotebookNode = nbformat.reads(path.read_text(encoding="utf-8"), as_version=4)  # type: ignore[no-untyped-call]
    notebook.cells = [cell for cell in notebook.cells if not _tagged(cell, "papermill-error")]
    return notebook


def _orders(job: Job, timeout_s: int) -> dict[str, Any]:
    return {
        "input_path": papermill_path(job.source.resolve()),
        "output_path": papermill_path(job.executed.resolve()),
        "parameters": job.given,
        "kernel_name": "python3",
        "progress_bar": False,
        "execution_timeout": timeout_s,
    }


def _failure(job: Job, status: int, errors: str) -> Failure:
    name, message = _last_words(errors) or ("ProcessError", f"it ended with status {status}")
    place, cell = _last_started(executed_notebook(job))
    if cell is None:
        return Failure(name=name, message=message)
    for output in cell.get("outputs", []):
        if output.output_type == "error":
            name, message = output.ename, output.evalue
    return Failure(name=name, message=message, cell=place, cell_id=cell.id)


def _last_words(errors: str) -> tuple[str, str] | None:
    """Split the last line of a traceback into the error's name and its text."""
    lines = errors.strip().splitlines()
    if not lines:
        return None
    name, _, message = lines[-1].partition(": ")
    return name.rpartition(".")[2], message


def _last_started(notebook: NotebookNode) -> tuple[int, NotebookNode | None]:
    """Find the cell that ran last, and its place in the lesson as written."""
    place, last_place, last = 0, 0, None
    for cell in notebook.cells:
        place += not _tagged(cell, "injected-parameters")
        if cell.metadata.get("papermill", {}).get("start_time"):
            last_place, last = place, cell
    return last_place, last


def _tagged(cell: NotebookNode, prefix: str) -> bool:
    return any(tag.startswith(prefix) for tag in cell.metadata.get("tags", []))


def _empty_folder(folder: Path) -> None:
    if folder.exists():
        shutil.rmtree(folder)
    folder.mkdir(parents=True)


def _joined(*paths: str | None) -> str:
    return os.pathsep.join(path for path in paths if path)
