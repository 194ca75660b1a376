import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from mlbook.files import notebooks_dir
from mlbook.lessons.catalogue import LESSONS
from mlbook.lessons.core import core_of

CORE = [new_markdown_cell("# A"), new_code_cell("1")]
MORE = [new_markdown_cell("# More, if you have time\nA text."), new_code_cell("2")]


def sources(notebook):
    return [cell.source for cell in notebook.cells]


def test_what_stands_under_more_is_left_out_and_the_core_keeps_its_cells():
    whole = new_notebook(cells=[*CORE, *MORE])
    core = core_of(whole)
    assert [cell.id for cell in core.cells] == [cell.id for cell in CORE]
    assert len(whole.cells) == 4


def test_a_text_above_the_heading_in_the_same_cell_belongs_to_the_core():
    bridge = new_markdown_cell("A bridge.\n\n## More, if you have time\n\nMore.")
    core = core_of(new_notebook(cells=[*CORE, bridge, MORE[1]]))
    assert sources(core) == ["# A", "1", "A bridge."]


@pytest.mark.parametrize(
    "cell",
    [
        new_markdown_cell('See "More, if you have time" below.'),
        new_markdown_cell("# More, if you have time, and a cup of tea"),
        new_code_cell("# More, if you have time"),
    ],
    ids=["in a sentence", "another heading", "a comment"],
)
def test_only_the_heading_itself_ends_the_core(cell):
    whole = new_notebook(cells=[*CORE, cell, new_code_cell("2")])
    assert sources(core_of(whole)) == sources(whole)


@pytest.mark.parametrize("each", LESSONS, ids=lambda each: each.slug)
def test_every_lesson_has_a_core_that_is_shorter_than_the_lesson(each):
    whole = nbformat.read(notebooks_dir() / f"{each.slug}.ipynb", as_version=4)
    core = core_of(whole)
    assert 5 < len(core.cells) < len(whole.cells)
