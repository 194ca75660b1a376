"""Write the pages of a sweep: the comparison, and an index of the reports that belong to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mlbook.files import write_text
from mlbook.lessons import pages
from mlbook.lessons.compare import differing_claims, differing_rows
from mlbook.lessons.process import executed_notebook
from mlbook.lessons.report import status_of, write_summary
from mlbook.lessons.versions import installed_versions

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from mlbook.lessons.catalogue import Lesson
    from mlbook.lessons.compare import Row
    from mlbook.lessons.outcome import Outcome
    from mlbook.lessons.plan import Batch

__all__ = ["Chapter", "write_sweep"]


@dataclass(frozen=True, kw_only=True)
class Chapter:
    """One lesson in all runs of a sweep.

    Parameters
    ----------
    lesson : Lesson
        Which one.
    outcomes : list of Outcome or None
        How it went for each value; None when it did not run to its end.
    rows : list of Row
        The outputs and the numbers in the text that differ between the values.
    same : int
        How many outputs do not.
    """

    lesson: Lesson
    outcomes: list[Outcome | None]
    rows: list[Row]
    same: int


def write_sweep(
    out: Path,
    batches: Sequence[Batch],
    outcomes: Sequence[Sequence[Outcome | None]],
    started: datetime,
    how: Mapping[str, Any],
) -> None:
    """Write ``comparison.html``, ``index.html`` and ``summary.json`` of a sweep.

    Parameters
    ----------
    out : Path
        The folder of the sweep.
    batches : sequence of Batch
        One a value.
    outcomes : sequence of sequences of Outcome or None
        For each of them how its jobs went.
    started : datetime
        When the run began, with its time zone.
    how : mapping
        How the run was asked for: more entries for the summary.
    """
    status = status_of([outcome for each in outcomes for outcome in each])
    facts = {
        "batches": batches,
        "chapters": [_chapter(n, batches, outcomes) for n in range(len(batches[0].jobs))],
        "status": status,
        "started": started,
        "how": how,
        "versions": installed_versions(),
    }
    for name in ("comparison", "sweep"):
        page = out / ("index.html" if name == "sweep" else f"{name}.html")
        write_text(page, pages.render(f"{name}.html.j2", **facts))
    runs = [_facts(batch, each) for batch, each in zip(batches, outcomes, strict=True)]
    write_summary(out, status, started, {**how, "runs": runs})


def _chapter(
    place: int, batches: Sequence[Batch], outcomes: Sequence[Sequence[Outcome | None]]
) -> Chapter:
    jobs = [batch.jobs[place] for batch in batches]
    ended = [each[place] for each in outcomes]
    pairs = zip(jobs, ended, strict=True)
    rows, same = differing_rows([executed_notebook(job) if end else None for job, end in pairs])
    rows += differing_claims(ended)
    return Chapter(lesson=jobs[0].lesson, outcomes=ended, rows=rows, same=same)


def _facts(batch: Batch, outcomes: Sequence[Outcome | None]) -> dict[str, Any]:
    lessons = [outcome.to_dict() for outcome in outcomes if outcome]
    not_run = [
        job.lesson.slug for job, end in zip(batch.jobs, outcomes, strict=True) if end is None
    ]
    return {
        "value": batch.value,
        "folder": batch.out.name,
        "status": status_of(outcomes),
        "lessons": lessons,
        "not_run": not_run,
    }
