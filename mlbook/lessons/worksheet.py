"""A worksheet to print: what the lessons ask, and lines to write on.

Whose set-up fails reads the offline report and answers on paper. A picture is printed with a
question only when the lesson has shown it before that question: nothing is given away.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mlbook.exercises.desk import all_exercises
from mlbook.lessons.pages import render

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from nbformat import NotebookNode

    from mlbook.lessons.catalogue import Lesson

__all__ = ["Question", "questions_of", "worksheet_page"]

_ASKS = re.compile(r"""\bmb\.(check|guess)\(\s*["']([\w.]+)["']""")
_CHANGE = re.compile(r"^(\w+) = .*# change me", re.MULTILINE)
_HEADING = re.compile(r"^#{1,3} (.+)$", re.MULTILINE)
# Where the question begins; a paragraph before it may tell what the last run gave.
_TURN = re.compile(r"\*\*(?:Your turn|Guess first)|Before you run")
# On paper nobody can call a function or fill in dots.
_AT_THE_SCREEN = re.compile(
    r"\s*\(Stuck\?.*?\)\)?(?=\s|$)|\s*Put (?:a|your) number in place of .*?\."
)


@dataclass(frozen=True)
class Question:
    """One question of a lesson.

    Parameters
    ----------
    section : str
        The heading under which it stands.
    text : str
        What is asked, in Markdown.
    lines : list of tuple
        For each line the words that stand before a place to write, and a note after it.
    picture : str
        What the lesson has shown just before an exercise, as a PNG in base64; otherwise empty.
    alt : str
        The picture in words.
    wide : bool
        Whether the picture is worked on, and takes the width of the sheet.
    """

    section: str
    text: str
    lines: list[tuple[tuple[str, ...], str]] = field(default_factory=list)
    picture: str = ""
    alt: str = ""
    wide: bool = False


_SENTENCE = Question(
    "In one sentence",
    "Before you read the lesson's own: what will you tell a colleague on Monday?",
    [(("",), ""), (("",), "")],
)


def worksheet_page(notebooks: Mapping[Lesson, NotebookNode]) -> str:
    """Make the worksheet of some lessons.

    Parameters
    ----------
    notebooks : mapping of Lesson to NotebookNode
        The lessons as they were executed.

    Returns
    -------
    str
        A whole HTML document that loads nothing; each lesson begins on a new sheet.
    """
    sheets = [
        (lesson, _parameters(notebook), questions_of(notebook))
        for lesson, notebook in notebooks.items()
    ]
    return render("worksheet.html.j2", sheets=sheets)


def questions_of(notebook: NotebookNode) -> list[Question]:
    """Find what a lesson asks its reader to write down.

    Parameters
    ----------
    notebook : NotebookNode
        The lesson as it was executed.

    Returns
    -------
    list of Question
        Guesses, exercises, cells marked ``# change me``, and the one sentence, in order.
    """
    found: list[Question] = []
    section, said, seen = "", "", ("", "")
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            headings = _HEADING.findall(cell.source)
            section, said = (headings or [section])[-1], cell.source
            seen = ("", "") if headings else seen
            if section == _SENTENCE.section and headings:
                found.append(_SENTENCE)
            continue
        lines = list(_lines(cell.source))
        if lines and not said:  # asked together with the question before
            found[-1].lines.extend(lines)
        elif lines:
            picture, alt = ("", "") if "mb.guess" in cell.source else seen
            wide = bool(_CHANGE.search(cell.source))
            found.append(Question(section, _question(said), lines, picture, alt, wide))
            said, seen = "", ("", "")
        seen = _picture(cell) or seen
    return found


def _lines(code: str) -> Iterator[tuple[tuple[str, ...], str]]:
    for name in _CHANGE.findall(code):
        yield (f"{name} =",), ""
    for kind, name in _ASKS.findall(code):
        if kind == "check":
            exercise = all_exercises()[name]
            note = " or ".join(exercise.options) or exercise.unit
            yield (f"{name}   {exercise.asks} =",), note
        elif "measured=" not in code:
            yield (f"{name}   my guess", "the report says"), ""


def _parameters(notebook: NotebookNode) -> str:
    tagged = (c.source for c in notebook.cells if "parameters" in c.metadata.get("tags", []))
    return next(tagged, "")


def _question(markdown: str) -> str:
    paragraphs = _HEADING.sub("", markdown).strip().split("\n\n")
    first = next((n for n, text in enumerate(paragraphs) if _TURN.search(text)), 0)
    return "\n\n".join(_AT_THE_SCREEN.sub("", text) for text in paragraphs[first:])


def _picture(cell: NotebookNode) -> tuple[str, str] | None:
    for output in cell.outputs:
        data = output.get("data", {})
        if "image/png" in data:
            return data["image/png"], data.get("text/plain", "")
    return None
