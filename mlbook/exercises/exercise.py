"""What an exercise is: a question, its right answer, known wrong ones, three hints, a solution."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

__all__ = ["Exercise", "Wrong"]

Context = Mapping[str, Any]


@dataclass(frozen=True)
class Wrong:
    """A wrong answer that people give, and what to say about it.

    Parameters
    ----------
    answer : callable
        ``answer(context)`` computes it, so that it is recognised for every parameter.
    message : str
        What is missing in it; it does not give the right answer away.
    """

    answer: Callable[[Context], Any]
    message: str


@dataclass(frozen=True, kw_only=True)
class Exercise:
    """One exercise.

    Parameters
    ----------
    id : str
        Chapter and name: ``"06.capacity"``.
    asks : str
        The keyword under which the learner hands the answer in.
    unit : str
        What the number counts, or what is to be chosen.
    right : callable
        ``right(context)`` computes the answer from what the learner hands in beside it.
    hints : tuple of three str
        From a nudge to the last step.
    answer : str
        The worked answer: a Python expression in the names of the lesson.
    because : str
        Why it is right.
    context : tuple of str
        The keywords that `right` needs, for example ``("run",)``.
    options : tuple of str
        The words to choose from; empty when a number is asked.
    whole : bool
        Whether the number is a count, which must be met exactly.
    tolerance : float
        Relative, for a number that is no count.
    wrong : tuple of Wrong
        Known wrong answers, each with its own message.
    graded : callable, optional
        For an answer that is something built: ``graded(asks, answer)`` says what is missing in it,
        an empty text when nothing is.
    """

    id: str
    asks: str
    unit: str
    right: Callable[[Context], Any]
    hints: tuple[str, str, str]
    answer: str
    because: str
    context: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    whole: bool = False
    tolerance: float = 0.02
    wrong: tuple[Wrong, ...] = ()
    graded: Callable[[str, Any], str] | None = None

    @property
    def chapter(self) -> str:
        """The chapter's number."""
        return self.id.partition(".")[0]
