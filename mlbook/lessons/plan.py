"""What a run will do: which lesson with which parameters into which folder."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mlbook.lessons.catalogue import notebook_of
from mlbook.lessons.given import assign, sweep_values
from mlbook.lessons.parameters import read_parameters
from mlbook.lessons.process import Job

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from mlbook.lessons.catalogue import Lesson
    from mlbook.lessons.given import Sweep
    from mlbook.lessons.parameters import Parameter, Value

__all__ = ["Batch", "longest_first", "plan_batches"]

_Declared = dict[str, dict[str, "Parameter"]]


@dataclass(frozen=True, kw_only=True)
class Batch:
    """Lessons that run with one set of parameters and share one report.

    Parameters
    ----------
    out : Path
        The folder of the report.
    jobs : list of Job
        In the catalogue's order.
    label : str
        ``"name=value"`` in a sweep, otherwise empty.
    value : float, int, bool or str, optional
        The value of the swept parameter.
    """

    out: Path
    jobs: list[Job]
    label: str = ""
    value: Value | None = None


def plan_batches(
    lessons: Sequence[Lesson],
    out: Path,
    parameters: Mapping[str, object],
    notebooks: Path,
    *,
    sweep: Sweep | None = None,
    full: bool = False,
) -> list[Batch]:
    """Plan one batch, or one a value of a sweep; nothing is run or written here.

    Parameters
    ----------
    lessons : sequence of Lesson
        The chosen ones. In a sweep those that do not have its parameter are left out.
    out : Path
        The output folder.
    parameters : mapping of str to object
        Values, or their texts, by name.
    notebooks : Path
        Where the lessons' notebooks are.
    sweep : Sweep, optional
        What to vary.
    full : bool
        Whether parameters take their values for long runs.

    Returns
    -------
    list of Batch
        In the order of the values.

    Raises
    ------
    ValueError
        When a parameter is unknown, given twice or of the wrong type.
    FileNotFoundError
        When a lesson has no notebook.
    """
    sources = {lesson.slug: notebook_of(lesson, notebooks) for lesson in lessons}
    declared = {slug: read_parameters(path) for slug, path in sources.items()}

    def jobs(folder: Path, chosen: Sequence[Lesson], given: Mapping[str, object]) -> list[Job]:
        assigned = assign(given, declared, full=full)
        return [
            Job(
                lesson=lesson,
                source=sources[lesson.slug],
                out=folder,
                declared=declared[lesson.slug],
                given=assigned[lesson.slug],
            )
            for lesson in chosen
        ]

    if sweep is None:
        return [Batch(out=out, jobs=jobs(out, lessons, parameters))]
    if sweep.name in parameters:
        raise ValueError(f"{sweep.name} must be given once, got -p and --sweep. Keep one.")
    batches = []
    values = sweep_values(sweep, declared)
    swept = [lesson for lesson in lessons if sweep.name in declared[lesson.slug]]
    for place, value in enumerate(values, start=1):
        label = f"{sweep.name}={value}"
        folder = out / _folder_name(place, label)
        given = {**parameters, sweep.name: value}
        batches.append(Batch(out=folder, jobs=jobs(folder, swept, given), label=label, value=value))
    return batches


def longest_first(batches: Sequence[Batch]) -> list[tuple[Batch, Job]]:
    """Sort all jobs so that a long one does not start last, when the others have ended.

    Parameters
    ----------
    batches : sequence of Batch
        What will run.

    Returns
    -------
    list of tuple of Batch and Job
        First those that the last report in their folder does not know, by the minutes of the
        catalogue, then the others by the seconds that they took.
    """
    known = {batch.out: _last_seconds(batch.out) for batch in batches}

    def expected(pair: tuple[Batch, Job]) -> tuple[bool, float]:
        slug, seconds = pair[1].lesson.slug, known[pair[0].out]
        return slug not in seconds, seconds.get(slug, pair[1].lesson.core_minutes)

    pairs = [(batch, job) for batch in batches for job in batch.jobs]
    return sorted(pairs, key=expected, reverse=True)


def _last_seconds(out: Path) -> dict[str, float]:
    """Read how long each lesson took the last time; a file that is no summary tells nothing."""
    try:
        lessons = json.loads((out / "summary.json").read_bytes())["lessons"]
        return {str(each["slug"]): float(each["seconds"]) for each in lessons}
    except (OSError, ValueError, LookupError, TypeError):
        return {}


def _folder_name(place: int, label: str) -> str:
    """Name a folder so that every system, and a link, can write it; the place keeps it unique."""
    return f"{place:02d}-{re.sub(r'[^A-Za-z0-9_.=+-]', '_', label)[:60]}"
