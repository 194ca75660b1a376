"""Executed notebooks become pages that a browser shows without a network.

nbconvert turns the cells into HTML with the small template in ``templates/cells``; the frame around
them is ours and escapes everything that a user or an error has put into it.
"""

from __future__ import annotations

import copy
import functools
import html
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mlbook import units

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    import jinja2
    import markupsafe
    from nbformat import NotebookNode

    from mlbook.charts import Display
    from mlbook.lessons.catalogue import Lesson
    from mlbook.lessons.claims import Found
    from mlbook.lessons.outcome import Outcome

__all__ = ["PICTURES", "index_page", "lesson_page", "render", "without_widgets"]

_TEMPLATES = Path(__file__).parent / "templates"
_WIDGET = "application/vnd.jupyter.widget-view+json"
PICTURES = ("image/png", "image/svg+xml", "image/jpeg")
_SHOWN = ["text/html", *PICTURES, "text/markdown", "text/latex", "text/plain"]


def lesson_page(
    notebook: NotebookNode,
    outcome: Outcome,
    *,
    before: Lesson | None = None,
    after: Lesson | None = None,
) -> str:
    """Turn an executed lesson into a page.

    Parameters
    ----------
    notebook : NotebookNode
        The executed notebook; it is not changed.
    outcome : Outcome
        How its run went.
    before, after : Lesson, optional
        Its neighbours in the report, for the links.

    Returns
    -------
    str
        A whole HTML document that loads nothing.
    """
    return render(
        "page.html.j2",
        body=_cells_html(_with_measured(without_widgets(notebook), outcome.broken)),
        outcome=outcome,
        lesson=outcome.lesson,
        before=before,
        after=after,
    )


def index_page(
    outcomes: Sequence[Outcome],
    versions: Mapping[str, str | None],
    started: datetime,
    *,
    not_run: Sequence[Lesson] = (),
) -> str:
    """Make the first page of a report: one row a lesson.

    Parameters
    ----------
    outcomes : sequence of Outcome
        How each lesson went.
    versions : mapping of str to str or None
        What was installed.
    started : datetime
        When the run began, with its time zone.
    not_run : sequence of Lesson
        What did not come to its end because the run was stopped.

    Returns
    -------
    str
        A whole HTML document that loads nothing.
    """
    return render(
        "index.html.j2",
        outcomes=outcomes,
        versions=versions,
        started=started,
        failed=sum(outcome.status == "failed" for outcome in outcomes),
        not_run=not_run,
    )


def render(template: str, **facts: Any) -> str:
    """Fill in one of the templates.

    Parameters
    ----------
    template : str
        Its file name.
    **facts : Any
        What it shows; texts are escaped in HTML.

    Returns
    -------
    str
        A whole HTML document that loads nothing, or the Markdown of a ``.md.j2``.
    """
    return _environment().get_template(template).render(**facts)


def without_widgets(notebook: NotebookNode) -> NotebookNode:
    """Copy a notebook, leaving of every slider panel only its picture and its sentence.

    nbconvert would prefer the widget, which needs scripts from the network and shows nothing
    without them.

    Parameters
    ----------
    notebook : NotebookNode
        An executed notebook.

    Returns
    -------
    NotebookNode
        A copy in which every picture has alternative text, and outputs that were a widget say so
        in ``output.metadata.mlbook_widget``.
    """
    result = copy.deepcopy(notebook)
    result.metadata.pop("widgets", None)
    for number, cell in enumerate(result.cells, start=1):
        for output in cell.get("outputs", []):
            if "data" in output:
                _prepare_output(output, f"Picture made by cell {number}.")
    return result


def _with_measured(notebook: NotebookNode, broken: Sequence[Found]) -> NotebookNode:
    """Show beside each number that does not hold in this run what the run gave."""
    cells = {cell.id: cell for cell in notebook.cells}
    for found in broken:
        visible = f' <span class="measured">({html.escape(found.shown)})</span>'
        cell = cells[found.cell_id]
        cell.source = cell.source.replace(found.claim.comment, visible, 1)
    return notebook


def _prepare_output(output: NotebookNode, nameless: str) -> None:
    data = output.data
    sentence = data.get("text/plain", "").strip()
    output.metadata["mlbook_widget"] = data.pop(_WIDGET, None) is not None
    # "<Figure size 640x480 with 1 Axes>" describes nothing.
    said = "" if sentence.startswith("<") else sentence
    for kind in PICTURES:
        if kind in data:
            details = output.metadata.setdefault(kind, {})
            details["alt"] = str(details.get("alt") or "").strip() or said or nameless
            # A panel's sentence says what its controls were set to: it is shown below the picture.
            output.metadata["mlbook_caption"] = said if output.metadata["mlbook_widget"] else ""
    if output.metadata["mlbook_widget"] and not any(kind in data for kind in PICTURES):
        data["text/plain"] = ""


def _cells_html(notebook: NotebookNode) -> str:
    from nbconvert import HTMLExporter
    from traitlets.config import Config

    exporter = HTMLExporter(  # type: ignore[no-untyped-call]
        config=Config({"NbConvertBase": {"display_data_priority": _SHOWN}}),
        template_name="cells",
        extra_template_basedirs=[str(_TEMPLATES)],
    )
    body, _ = exporter.from_notebook_node(notebook)
    return body


def _markdown(text: str) -> markupsafe.Markup:
    import markupsafe
    from nbconvert.filters import markdown2html

    # A lesson's own text, which the pages of the lessons show as HTML, too.
    return markupsafe.Markup(markdown2html(text))


@functools.cache
def _environment() -> jinja2.Environment:
    import jinja2
    import markupsafe

    def style() -> markupsafe.Markup:
        # Our own file, not a user's text.
        return markupsafe.Markup((_TEMPLATES / "style.css").read_text(encoding="utf-8"))

    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_TEMPLATES),
        autoescape=lambda name: not str(name).endswith(".md.j2"),
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )

    def picture(display: Display) -> markupsafe.Markup:
        data, _ = display._repr_mimebundle_()
        alt = markupsafe.escape(display.alt_text())
        source = f"data:image/png;base64,{data['image/png']}"
        return markupsafe.Markup(f'<figure><img src="{source}" alt="{alt}"></figure>')

    def markdown(text: str) -> markupsafe.Markup:
        from nbconvert.filters import markdown2html

        # The lessons' own words, which the pages show as HTML, too.
        return markupsafe.Markup(markdown2html(text))

    globals_: dict[str, Any] = {
        "style": style,
        "duration": units.duration,
        "picture": picture,
        "markdown": markdown,
    }
    environment.globals.update(globals_)
    environment.globals["zip"] = zip
    environment.filters["markdown"] = _markdown
    return environment
