"""Write what a run has found: pages for people, ``summary.json`` for programs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from mlbook.files import write_text
from mlbook.lessons import pages
from mlbook.lessons.process import executed_notebook
from mlbook.lessons.versions import installed_versions

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from mlbook.lessons.outcome import Outcome
    from mlbook.lessons.plan import Batch

__all__ = ["remove_old", "status_of", "write_report", "write_summary"]


def write_report(
    batch: Batch,
    outcomes: Sequence[Outcome | None],
    started: datetime,
    how: Mapping[str, Any],
) -> None:
    """Write the pages, the index and the summary of one batch.

    Parameters
    ----------
    batch : Batch
        What was planned.
    outcomes : sequence of Outcome or None
        How each job went; None when it did not run to its end.
    started : datetime
        When the run began, with its time zone.
    how : mapping
        How the run was asked for: more entries for the summary.
    """
    done = [(job, each) for job, each in zip(batch.jobs, outcomes, strict=True) if each]
    not_run = [job.lesson for job, each in zip(batch.jobs, outcomes, strict=True) if not each]
    for place, (job, outcome) in enumerate(done):
        page = pages.lesson_page(
            executed_notebook(job),
            outcome,
            before=done[place - 1][0].lesson if place else None,
            after=done[place + 1][0].lesson if place + 1 < len(done) else None,
        )
        write_text(batch.out / f"{job.lesson.slug}.html", page)
    finished = [outcome for _, outcome in done]
    index = pages.index_page(finished, installed_versions(), started, not_run=not_run)
    write_text(batch.out / "index.html", index)
    lessons = {
        "lessons": [outcome.to_dict() for outcome in finished],
        "not_run": [lesson.slug for lesson in not_run],
    }
    write_summary(batch.out, status_of(outcomes), started, {**how, **lessons})


def write_summary(out: Path, status: str, started: datetime, facts: Mapping[str, Any]) -> None:
    """Write ``summary.json``.

    Parameters
    ----------
    out : Path
        The folder of the report.
    status : str
        See `status_of`.
    started : datetime
        When the run began, with its time zone.
    facts : mapping
        What else it says.
    """
    summary = {
        "status": status,
        "started_at": started.isoformat(timespec="seconds"),
        "versions": installed_versions(),
        **facts,
    }
    write_text(out / "summary.json", json.dumps(summary, indent=2, ensure_ascii=False) + "\n")


def status_of(outcomes: Sequence[Outcome | None]) -> str:
    """Say in one word how a run went.

    Parameters
    ----------
    outcomes : sequence of Outcome or None
        None for a lesson that did not run to its end.

    Returns
    -------
    str
        ``"interrupted"``, ``"failed"`` or ``"ok"``.

    Examples
    --------
    >>> status_of([]), status_of([None])
    ('ok', 'interrupted')
    """
    if None in outcomes:
        return "interrupted"
    return "failed" if any(each and each.failure for each in outcomes) else "ok"


def remove_old(batch: Batch) -> None:
    """Remove what an earlier run left: it must not be taken for the result of this one.

    Parameters
    ----------
    batch : Batch
        What will run.
    """
    pages_ = [batch.out / f"{job.lesson.slug}.html" for job in batch.jobs]
    for path in (*pages_, batch.out / "index.html", batch.out / "summary.json"):
        path.unlink(missing_ok=True)
    for job in batch.jobs:
        job.executed.unlink(missing_ok=True)
