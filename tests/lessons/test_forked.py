"""The runner without a kernel sees every way in which a notebook can fail, and which cell did."""

from __future__ import annotations

from typing import TYPE_CHECKING

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from tests.lessons.forked import START, run_notebooks

if TYPE_CHECKING:
    from pathlib import Path

CHECK = 'import mlbook as mb\nmb.check("07.mean", mean_age_h=...)'
NOTEBOOKS = {
    "fine": ["x = 1", CHECK, "mb.guess('a', x); x + 1"],
    "raising": ["1", "raise ValueError('no <b>')", "never = 1"],
    "syntax": ["def"],
    "warning": ["import warnings\nwarnings.warn('soon gone', FutureWarning)"],
    "output": ["class Odd:\n    def _repr_html_(self): raise KeyError('x')\nOdd()"],
    "crash": ["1", "import os\nos._exit(3)"],
    "loud": ["import os\nfor _ in range(40): os.write(1, b'x' * 100_000)", "2"],
    "asking": ["input()"],
    "writing": ["open('notes.txt', 'w').write('kept')"],
    "pickled": ["class A: pass\nimport pickle\npickle.loads(pickle.dumps(A()))"],
}


def write(folder: Path, **notebooks: list[str]) -> list[Path]:
    paths = []
    for name, sources in notebooks.items():
        cells = [new_markdown_cell("# Title"), *map(new_code_cell, sources)]
        paths.append(folder / f"{name}.ipynb")
        nbformat.write(new_notebook(cells=cells), paths[-1])
    return paths


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("a folder")


@pytest.fixture(scope="module")
def ran(folder):
    return run_notebooks(write(folder, **NOTEBOOKS), folder)


@pytest.mark.parametrize(
    ("name", "cell", "error"),
    [
        ("raising", 3, "ValueError: no <b>"),
        ("syntax", 2, "SyntaxError: invalid syntax"),
        ("warning", 2, "FutureWarning: soon gone"),
        ("output", 2, "KeyError: 'x'"),
        ("crash", 3, "the process ended with status 3"),
        ("asking", 2, "EOFError"),
    ],
)
def test_what_goes_wrong_is_told_with_its_cell_and_ends_the_notebook(ran, name, cell, error):
    last = ran[name][-1]
    assert (last["cell"], len(last["errors"])) == (cell, 1)
    assert error in last["errors"][0]
    assert not any(each["errors"] for each in ran[name][:-1])


@pytest.mark.parametrize("name", ["fine", "loud", "writing", "pickled"])
def test_a_notebook_that_works_runs_to_its_end(ran, name):
    assert [each["cell"] for each in ran[name]] == list(range(1, len(NOTEBOOKS[name]) + 2))
    assert not any(each["errors"] for each in ran[name])


def test_the_records_of_the_exercises_stand_at_their_cells(ran):
    found = [[(r["id"], r["state"]) for r in each["records"]] for each in ran["fine"]]
    assert found == [[], [], [("07.mean", "todo")], []]


def test_a_notebook_works_in_a_folder_of_its_own(ran, folder):
    assert (folder / "writing" / "notes.txt").read_text() == "kept"


def test_a_notebook_that_hangs_is_ended_and_named(tmp_path):
    paths = write(tmp_path, hanging=["import time\ntime.sleep(600)"])
    (*_, last) = run_notebooks(paths, tmp_path, limit_s=1)["hanging"]
    assert (last["cell"], last["errors"]) == (2, ["the process ended with status 1"])


@pytest.mark.skipif(START != "fork", reason="this system starts every child afresh anyway")
def test_where_a_system_cannot_fork_a_child_is_started_afresh(tmp_path):
    paths = write(tmp_path, fine=NOTEBOOKS["fine"], crash=NOTEBOOKS["crash"])
    ran = run_notebooks(paths, tmp_path, start="spawn")
    assert [each["errors"] for each in ran["fine"]] == [[], [], [], []]
    assert ran["crash"][-1]["errors"] == ["the process ended with status 3"]
