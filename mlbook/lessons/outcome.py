"""What came out of one lesson's run: plain facts for the summary and the pages."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mlbook.lessons.catalogue import Lesson
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
    """

    name: str
    message: str
    cell: int | None = None
    cell_id: str | None = None

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
    """

    lesson: Lesson
    seconds: float
    declared: dict[str, Parameter] = field(default_factory=dict)
    given: dict[str, Value] = field(default_factory=dict)
    failure: Failure | None = None

    @property
    def status(self) -> str:
        """``"ok"`` or ``"failed"``."""
        return "failed" if self.failure else "ok"

    @property
    def used(self) -> dict[str, Value]:
        """Every parameter with the value that the run had."""
        return {name: each.default for name, each in self.declared.items()} | self.given

    def to_dict(self) -> dict[str, Any]:
        """Return the outcome for ``summary.json``.

        Returns
        -------
        dict
            Number, slug, title, status, seconds, parameters used, and the error or None.
        """
        return {
            "number": self.lesson.number,
            "slug": self.lesson.slug,
            "title": self.lesson.title,
            "status": self.status,
            "seconds": round(self.seconds, 3),
            "parameters": self.used,
            "error": asdict(self.failure) if self.failure else None,
        }
