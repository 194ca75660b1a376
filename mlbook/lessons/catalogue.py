"""The one place that knows the lessons: order, titles, slides, minutes, prerequisites."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mlbook.validate import did_you_mean

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["LESSONS", "Lesson", "find", "notebook_of"]


@dataclass(frozen=True, kw_only=True)
class Lesson:
    """One chapter of the workbook.

    Parameters
    ----------
    number : str
        Two digits, as the talk's chapters are counted.
    slug : str
        Name of the source and of the notebook, without its ending.
    title : str
        What the learner reads.
    slides : str
        The slides of the talk that it covers.
    core_minutes : int
        Minutes for the core; what stands under "More" is not counted.
    prerequisites : str
        What should be known before; every lesson can be opened first.
    modules : tuple of str
        The library that the lesson reads and runs, below ``mlbook``.
    """

    number: str
    slug: str
    title: str
    slides: str
    core_minutes: int
    prerequisites: str = "needs nothing"
    modules: tuple[str, ...] = ()


LESSONS: tuple[Lesson, ...] = (
    Lesson(
        number="00",
        slug="00_start_here",
        title="Start here: the shop without a model",
        slides="1-3",
        core_minutes=15,
        modules=("world", "experiment", "measure"),
    ),
    Lesson(
        number="06",
        slug="06_rest_api",
        title="Pattern 1: REST API",
        prerequisites="lesson 00 helps",
        slides="13-16, 23",
        core_minutes=30,
        modules=("patterns.rest_api", "queueing", "experiment", "measure"),
    ),
    Lesson(
        number="07",
        slug="07_shared_db",
        title="Pattern 2: shared DB",
        prerequisites="lesson 00 helps",
        slides="17-18, 23",
        core_minutes=30,
        modules=("patterns.shared_db", "faults", "experiment", "measure"),
    ),
)


def find(name: str) -> Lesson:
    """Look up a lesson by its number or its slug.

    Parameters
    ----------
    name : str
        ``"06"``, ``"6"`` or ``"06_rest_api"``.

    Returns
    -------
    Lesson
        The lesson of that name.

    Raises
    ------
    ValueError
        When there is no such lesson; the message suggests one and lists them all.

    Examples
    --------
    >>> find("6").title
    'Pattern 1: REST API'
    """
    for lesson in LESSONS:
        if name.zfill(2) == lesson.number or name == lesson.slug:
            return lesson
    hint = did_you_mean(name, [word for each in LESSONS for word in (each.slug, each.number)])
    known = "\n".join(f"  {lesson.number}  {lesson.title}" for lesson in LESSONS)
    raise ValueError(f"lesson must be one of those below, got {name!r}.{hint}\n{known}")


def notebook_of(lesson: Lesson, folder: Path) -> Path:
    """Find the notebook of a lesson.

    Parameters
    ----------
    lesson : Lesson
        Which one.
    folder : Path
        Where the notebooks are.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    FileNotFoundError
        When it is not there; the message names the command that makes it.
    """
    path = folder / f"{lesson.slug}.ipynb"
    if not path.is_file():
        raise FileNotFoundError(f"{path} is missing. Make it with: python -m mlbook build")
    return path
