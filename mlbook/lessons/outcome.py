"""What came out of one lesson's run: plain facts for the summary and the pages."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mlbook.lessons.catalogue import Lesson
    from mlbook.lessons.claims import Found
    from mlbook.lessons.parameters import Parameter, Value

__all__ = ["Failure", "Outcome"]


@dataclass(frozen=True, kw_only=True)
class Failure:
    """Where and why a lesson stopped.

    Parameters
    ----------
    name : str
        The error's class.
    message : str
        The error's text, as raised: escape it before it goes into a page.
    cell : int, optional
        Which cell of the lesson, counted from 1; None when no cell had started.
    cell_id : str, optional
        The id of that cell.
    stopped : bool
        Whether the lesson stopped there; a broken claim does not stop it.
    """

    name: str
    message: str
    cell: int | None = None
    cell_id: str | None = None
    stopped: bool = True

    def __str__(self) -> str:
        first_line = self.message.strip().split("\n")[0]
        said = f"{self.name}: {first_line}" if first_line else self.name
        return f"{said} (cell {self.cell})" if self.cell else said


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """One lesson, run once.

    Parameters
    ----------
    lesson : Lesson
        Which one.
    seconds : float
        Wall time of its process.
    declared : dict of str to Parameter
        Its parameters cell.
    given : dict of str to value
        What was passed to it.
    failure : Failure, optional
        Why it stopped; None when it ran to its end.
    claims : tuple of Found
        The claims of its text, and what the run gave for them.
    checks : dict of str to str
        State of each exercise.
    files : tuple of str
        What the lesson itself wrote, as paths from the report's folder.
    """

    lesson: Lesson
    seconds: float
    declared: dict[str, Parameter] = field(default_factory=dict)
    given: dict[str, Value] = field(default_factory=dict)
    failure: Failure | None = None
    claims: tuple[Found, ...] = ()
    checks: dict[str, str] = field(default_factory=dict)
    files: tuple[str, ...] = ()

    @property
    def status(self) -> str:
        """``"ok"`` or ``"failed"``."""
        return "failed" if self.failure else "ok"

    @property
    def broken(self) -> list[Found]:
        """The claims of the text that this run does not show."""
        return [each for each in self.claims if not each.holds]

    @property
    def used(self) -> dict[str, Value]:
        """Every parameter with the value that the run had."""
        return {name: each.default for name, each in self.declared.items()} | self.given

    def to_dict(self) -> dict[str, Any]:
        """Return the outcome for ``summary.json``.

        Returns
        -------
        dict
            Number, slug, title, status, seconds, parameters used, the error or None, the checks,
            the claims (how many there are, and those that do not hold), and the files it wrote.
        """
        return {
            "number": self.lesson.number,
            "slug": self.lesson.slug,
            "title": self.lesson.title,
            "status": self.status,
            "seconds": round(self.seconds, 3),
            "parameters": self.used,
            "error": asdict(self.failure) if self.failure else None,
            "checks": self.checks,
            "claims": {"made": len(self.claims), "broken": [str(each) for each in self.broken]},
            "files": list(self.files),
        }
