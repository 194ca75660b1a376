"""INSTRUCTOR.md: what to ask, say and watch for, with minutes and the usual wrong answers.

The hand-written part stands in the lessons themselves, in Markdown cells tagged ``instructor``, one
under each heading::

    # %% [markdown] tags=["instructor"]
    # **Instructor · 4 minutes.** What these minutes are for.
    #
    # * **Ask:** "A question to the room."
    # * **Say at the picture:** "One sentence a picture."
    # * **Watch for:** what goes wrong here.

The rest is generated: guesses, shows of hands and exercises from the lesson's code cells, the wrong
answers from the exercises' tables.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from mlbook.exercises.desk import all_exercises
from mlbook.files import notebooks_dir
from mlbook.lessons import catalogue
from mlbook.lessons.pages import render

if TYPE_CHECKING:
    from pathlib import Path

    from mlbook.lessons.catalogue import Lesson

__all__ = ["Section", "instructor_notes", "sections_of", "write_notes", "wrong_answers"]

_MORE = "More, if you have time"
_HEADING = re.compile(r"^(#{1,3}) (.+)$", re.MULTILINE)
_MINUTES = re.compile(r"\*\*Instructor · (\d+) minutes?\.?\*\*[ \t]*")
_CALLS = re.compile(r"""\bmb\.(guess|poll|check)\(\s*["']([\w.]+)["'](?!\s*,\s*measured)""")
_PICTURE = re.compile(r"\bmb\.(?:charts|explore)\.\w+|\.play\(")


@dataclass
class Section:
    """A heading of a lesson and what an instructor needs for it.

    Parameters
    ----------
    title : str
        The heading.
    more : bool
        Whether it stands under "More, if you have time".
    minutes : int
        As the instructor cells say; 0 without one.
    notes : list of str
        The instructor cells, in Markdown.
    pictures : int
        How many the section shows.
    guess, poll, check : list of str
        Ids of its guesses, shows of hands and exercises.
    """

    title: str
    more: bool = False
    minutes: int = 0
    notes: list[str] = field(default_factory=list)
    pictures: int = 0
    guess: list[str] = field(default_factory=list)
    poll: list[str] = field(default_factory=list)
    check: list[str] = field(default_factory=list)


def write_notes(folder: Path | None = None, *, check: bool = False) -> list[Path]:
    """Write INSTRUCTOR.md beside the folder of the notebooks when it is out of step.

    Parameters
    ----------
    folder : Path, optional
        Holds ``src/``; the project's own when left out.
    check : bool
        Only compare, write nothing.

    Returns
    -------
    list of Path
        INSTRUCTOR.md when it was, or with `check` would be, written; otherwise nothing.
    """
    folder = folder or notebooks_dir()
    path, text = folder.parent / "INSTRUCTOR.md", instructor_notes(folder)
    if path.is_file() and path.read_bytes() == text.encode():
        return []
    if not check:
        path.write_bytes(text.encode())
    return [path]


def instructor_notes(folder: Path) -> str:
    """Make the text of INSTRUCTOR.md.

    Parameters
    ----------
    folder : Path
        Holds the lessons' sources in ``src/``.

    Returns
    -------
    str
        Markdown.
    """
    lessons: dict[Lesson, list[Section]] = {
        lesson: sections_of(folder / "src" / f"{lesson.slug}.py") for lesson in catalogue.LESSONS
    }
    asked = {name for each in lessons.values() for section in each for name in section.check}
    exercises = {name: each for name, each in all_exercises().items() if name in asked}
    wrong = {name: wrong_answers(name) for name in exercises}
    return render(
        "instructor.md.j2",
        lessons=lessons,
        routes=catalogue.ROUTES,
        exercises=exercises,
        wrong=wrong,
    )


def sections_of(source: Path) -> list[Section]:
    """Read a lesson the way an instructor does.

    Parameters
    ----------
    source : Path
        Its percent script.

    Returns
    -------
    list of Section
        In order; the first is the opening, before any heading but the title.

    Raises
    ------
    ValueError
        When an instructor cell does not begin with its minutes.
    """
    import jupytext

    sections = [Section("Opening")]
    for cell in jupytext.read(source, fmt="py:percent").cells:
        if "instructor" in cell.metadata.get("tags", []):
            _note(sections[-1], cell.source, source.name)
        elif cell.cell_type == "markdown":
            sections += _begun(cell.source, more=sections[-1].more)
        else:
            sections[-1].pictures += bool(_PICTURE.search(cell.source))
            for kind, name in _CALLS.findall(cell.source):
                getattr(sections[-1], kind).append(name)
    return sections


def _note(section: Section, text: str, lesson: str) -> None:
    found = _MINUTES.match(text)
    if found is None:
        where = f"the instructor cell under {section.title!r} in {lesson}"
        rule = "must begin with **Instructor · N minutes.**"
        raise ValueError(f"{where} {rule}, got {text[:40]!r}.")
    section.minutes += int(found[1])
    section.notes.append(text[found.end() :].strip())


def _begun(markdown: str, *, more: bool) -> list[Section]:
    """Find the sections that begin in a Markdown cell; below the core a ### begins one, too."""
    begun = []
    for level, title in _HEADING.findall(markdown):
        if title == _MORE:
            more = True
        elif level == "##" or (level == "###" and more):
            begun.append(Section(title, more=more))
    return begun


def wrong_answers(name: str) -> list[tuple[str, str]]:
    """List the wrong answers that an exercise knows.

    Parameters
    ----------
    name : str
        The exercise's id.

    Returns
    -------
    list of tuple of str
        What it recognises, as an expression, and what the check says to it.

    Examples
    --------
    >>> wrong_answers("00.visitors")[0][0]
    '3 * had'
    """
    exercise = all_exercises()[name]
    module = importlib.import_module(f"mlbook.exercises.ch{exercise.chapter}")
    nodes = _wrong_nodes(inspect.getsource(module), name)
    recognised = [_expression(node, vars(module)) for node in nodes]
    messages = [each.message for each in exercise.wrong]
    return list(zip(recognised, messages, strict=True))


def _wrong_nodes(code: str, name: str) -> list[ast.expr]:
    """Find the first argument of each Wrong(...) in the table of one exercise."""
    for node in ast.walk(ast.parse(code)):
        given = {each.arg: each.value for each in getattr(node, "keywords", [])}
        if isinstance(node, ast.Call) and ast.unparse(given.get("id", node)) == repr(name):
            table = given.get("wrong")
            calls = table.elts if isinstance(table, ast.Tuple) else []
            return [call.args[0] for call in calls if isinstance(call, ast.Call)]
    return []


def _expression(node: ast.expr, names: dict[str, Any]) -> str:
    """Say a rule as an instructor reads it: without the bookkeeping of its context."""
    hidden = node.args.args[0].arg if isinstance(node, ast.Lambda) else ""
    body = node.body if isinstance(node, ast.Lambda) else node
    return ast.unparse(_Plain(hidden, names).visit(body))


@dataclass
class _Plain(ast.NodeTransformer):
    """Write ``_hours(c, 2, 1)`` as ``hours(periods=2, runs=1)``, and ``c["had"]`` as ``had``."""

    hidden: str
    names: dict[str, Any]

    def visit_Call(self, node: ast.Call) -> ast.AST:
        parameters = inspect.signature(self.names[ast.unparse(node.func)]).parameters
        given = zip(parameters, node.args, strict=False)
        named = [ast.keyword(name, value) for name, value in given if not self._is_hidden(value)]
        node.args, node.keywords = [], named + node.keywords
        return self.generic_visit(node)

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        if self._is_hidden(node.value) and isinstance(node.slice, ast.Constant):
            return ast.Name(str(node.slice.value))
        return self.generic_visit(node)

    def visit_Name(self, node: ast.Name) -> ast.AST:
        return ast.Name(node.id.lstrip("_"))

    def _is_hidden(self, node: ast.expr) -> bool:
        return isinstance(node, ast.Name) and node.id == self.hidden
