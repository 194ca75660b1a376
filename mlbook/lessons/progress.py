"""Tell a person, or a log file, which lesson is running."""

from __future__ import annotations

import sys
import threading
from typing import TYPE_CHECKING, Self

import click

if TYPE_CHECKING:
    from types import TracebackType

    from mlbook.lessons.catalogue import Lesson
    from mlbook.lessons.outcome import Outcome

__all__ = ["Progress"]


class Progress:
    """One line when a lesson starts and one when it ends; in a terminal a bar as well.

    Parameters
    ----------
    total : int
        How many lessons will run.
    """

    def __init__(self, total: int) -> None:
        from tqdm import tqdm

        self._terminal = sys.stdout.isatty()
        self._bar = tqdm(total=total, unit="lesson", leave=False, disable=not self._terminal)
        self._running: list[str] = []
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._bar.close()

    def started(self, lesson: Lesson) -> None:
        """Say that a lesson starts.

        Parameters
        ----------
        lesson : Lesson
            Which one.
        """
        with self._lock:
            self._running.append(lesson.number)
            if not self._terminal:
                click.echo(f"… {lesson.number}  {lesson.title}")
            self._bar.set_postfix_str(" ".join(self._running))

    def ended(self, outcome: Outcome) -> None:
        """Say how a lesson ended.

        Parameters
        ----------
        outcome : Outcome
            What came out.
        """
        mark = "✗" if outcome.failure else "✓"
        reason = f"  {outcome.failure}" if outcome.failure else ""
        line = f"{mark} {outcome.lesson.number}  {outcome.status} {outcome.seconds:5.1f} s{reason}"
        with self._lock:
            self._running.remove(outcome.lesson.number)
            if self._terminal:
                self._bar.write(line)
            else:
                click.echo(line)
            self._bar.update()
