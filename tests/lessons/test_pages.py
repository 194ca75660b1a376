from datetime import UTC, datetime

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from mlbook.lessons.catalogue import Lesson
from mlbook.lessons.outcome import Failure, Outcome
from mlbook.lessons.pages import index_page, lesson_page, without_widgets
from mlbook.lessons.parameters import Parameter

PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mP8/x8AAwMCAO+ip1sAAAAASUVORK5CYII="
WIDGET = {"application/vnd.jupyter.widget-view+json": {"model_id": "m", "version_major": 2}}
EVIL = '"><script>alert(1)</script>&'
LESSON = Lesson(number="01", slug="01_one", title="One", slides="1", core_minutes=10)


def notebook(*outputs, text="# One"):
    cells = [new_markdown_cell(text), new_code_cell("1 + 1", outputs=list(outputs))]
    result = new_notebook(cells=cells)
    result.metadata["widgets"] = {"application/vnd.jupyter.widget-state+json": {"state": {}}}
    return result


def shown(data, **metadata):
    return new_output("display_data", data=data, metadata=metadata)


def outcome(**changes):
    return Outcome(**({"lesson": LESSON, "seconds": 1.5} | changes))


@pytest.fixture
def page(read_page):
    def make(*outputs, text="# One", **changes):
        return read_page(lesson_page(notebook(*outputs, text=text), outcome(**changes)))

    return make


def test_a_page_has_language_title_and_viewport(page):
    made = page()
    assert made.html.startswith('<!DOCTYPE html>\n<html lang="en">')
    assert made.title == "01 One · mlbook"
    assert '<meta name="viewport"' in made.html


def test_a_page_loads_nothing_and_runs_no_script_even_with_widgets_and_javascript(page):
    made = page(
        shown(WIDGET | {"image/png": PNG, "text/plain": "A sentence."}),
        shown({"application/javascript": "fetch('https://example.com')", "text/plain": "x"}),
        text="# One\n\n$x^2$\n\n```mermaid\ngraph TD\n```",
    )
    assert made.network == []
    assert made.scripts == 0
    assert "default-src 'none'" in made.html


def test_the_alternative_text_of_a_picture_is_its_own_and_escaped(page):
    made = page(shown({"image/png": PNG}, **{"image/png": {"alt": f"Waits {EVIL}"}}))
    assert [image["alt"] for image in made.images] == [f"Waits {EVIL}"]
    assert made.scripts == 0


@pytest.mark.parametrize(
    ("plain", "alt"),
    [
        ("At 50 visits per second.", "At 50 visits per second."),
        ("<Figure size 640x480 with 1 Axes>", "Picture made by cell 2."),
    ],
)
def test_a_picture_without_alternative_text_gets_one(page, plain, alt):
    made = page(shown({"image/png": PNG, "text/plain": plain}))
    assert [image["alt"] for image in made.images] == [alt]


@pytest.mark.parametrize("kind", ["image/svg+xml", "image/jpeg"])
def test_other_pictures_are_embedded_with_alternative_text(page, kind):
    made = page(shown({kind: "<svg/>" if "svg" in kind else PNG}, **{kind: {"alt": "A box"}}))
    (image,) = made.images
    assert image["alt"] == "A box"
    assert image["src"].startswith(f"data:{kind};base64,")


def test_of_a_slider_panel_picture_and_sentence_remain_and_where_it_moves_is_said(page):
    made = page(shown(WIDGET | {"image/png": PNG, "text/plain": "At 50 visits & more."}))
    (image,) = made.images
    assert image["src"] == f"data:image/png;base64,{PNG}"
    assert "At 50 visits & more." in made.text
    assert "Run this lesson in JupyterLab to make it move." in made.text


def test_a_panel_without_a_picture_shows_no_program_text(page):
    made = page(shown(WIDGET | {"text/plain": "VBox(children=(IntSlider(value=0),))"}))
    assert "VBox" not in made.text
    assert "JupyterLab" in made.text


def test_a_still_picture_promises_no_sliders(page):
    assert "JupyterLab" not in page(shown({"image/png": PNG, "text/plain": "x"})).text


def test_cleaning_leaves_the_notebook_as_it_was():
    original = notebook(shown(WIDGET | {"image/png": PNG}))
    before = nbformat.writes(original)
    cleaned = without_widgets(original)
    assert "widgets" not in cleaned.metadata
    assert nbformat.writes(original) == before


def test_a_failed_lesson_says_at_the_top_where_and_why_escaped(page):
    bad = notebook().cells[1]
    failure = Failure(name="ValueError", message=EVIL, cell=2, cell_id=bad.id)
    made = page(failure=failure)
    assert made.html.index("This lesson stopped") < made.html.index('<h1 id="One">')
    assert f'<a href="#cell-{bad.id}">cell 2</a>' in made.html
    assert f"ValueError: {EVIL}" in made.text
    assert made.scripts == 0


def test_what_a_program_prints_is_escaped(page):
    made = page(
        new_output("stream", name="stdout", text=EVIL),
        new_output("stream", name="stderr", text=EVIL),
        new_output("error", ename="E", evalue=EVIL, traceback=[f"\x1b[31m{EVIL}\x1b[0m"]),
        shown({"text/plain": EVIL}),
        shown({"text/latex": EVIL}),
    )
    assert made.text.count(EVIL) == 5
    assert made.scripts == 0


def test_the_parameters_used_are_shown_and_escaped(page):
    declared = {
        "label": Parameter(name="label", kind="str", default="calm", comment=f"name {EVIL}"),
        "workers": Parameter(name="workers", kind="int", default=4, comment=""),
    }
    made = page(declared=declared, given={"label": EVIL})
    assert made.text.count(EVIL) == 2
    assert "(given)" in made.text
    assert made.scripts == 0


def test_a_page_links_to_its_neighbours_and_to_the_index(read_page):
    two = Lesson(number="02", slug="02_two", title="Two", slides="2", core_minutes=10)
    made = read_page(lesson_page(notebook(), outcome(), before=two, after=two))
    assert made.html.count('<a rel="prev" href="02_two.html">') == 2
    assert made.html.count('<a rel="next" href="02_two.html">') == 2
    assert made.html.count('<a href="index.html">') == 2


def test_the_index_shows_status_in_word_and_symbol_reason_and_versions(read_page):
    failed = outcome(failure=Failure(name="ValueError", message=EVIL, cell=2, cell_id="x"))
    html = index_page([outcome(), failed], {"numpy": "2.0", "numba": None}, datetime.now(UTC))
    made = read_page(html)
    assert "✓ ok" in " ".join(made.text.split())
    assert "✗ failed" in " ".join(made.text.split())
    assert f"ValueError: {EVIL} (cell 2)" in made.text
    assert "not installed" in made.text
    assert made.html.count('<a href="01_one.html">') == 2
    assert made.network == []
    assert made.scripts == 0


def test_the_index_of_an_interrupted_run_names_what_did_not_come_to_its_end(read_page):
    two = Lesson(number="02", slug="02_two", title=f"Two {EVIL}", slides="2", core_minutes=10)
    made = read_page(index_page([outcome()], {}, datetime.now(UTC), not_run=[two]))
    assert "The run was interrupted" in made.text
    assert f"02 Two {EVIL}" in made.text
    assert "02_two.html" not in made.html
    assert made.scripts == 0
    assert "interrupted" not in index_page([outcome()], {}, datetime.now(UTC))
