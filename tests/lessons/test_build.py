import json

import nbformat
import pytest
from click.testing import CliRunner

from mlbook.exercises.desk import all_exercises
from mlbook.files import notebooks_dir
from mlbook.lessons.build import build_notebooks, build_solved, notebook_text
from mlbook.lessons.catalogue import LESSONS
from mlbook.lessons.cli import main

SOURCE = """\
# ---
# jupyter:
#   kernelspec:
#     display_name: Somebody else
#     language: python
#     name: somebody_elses
# ---

# %% [markdown]
# # Title

# %% tags=["parameters"]
seed: int = 7  # any whole number


# %%
mb.run(rest)

# %%
mb.run(rest)
"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "01_one.py").write_text(SOURCE, encoding="utf-8")
    return tmp_path


def ids(folder):
    notebook = json.loads((folder / "01_one.ipynb").read_text(encoding="utf-8"))
    return [cell["id"] for cell in notebook["cells"]]


def test_the_same_text_gives_the_same_bytes(folder):
    build_notebooks(folder)
    first = (folder / "01_one.ipynb").read_bytes()
    (folder / "01_one.ipynb").unlink()
    build_notebooks(folder)
    assert (folder / "01_one.ipynb").read_bytes() == first
    assert first.endswith(b"}\n")


def test_a_notebook_is_valid_and_knows_python_and_holds_no_output(folder):
    build_notebooks(folder)
    notebook = nbformat.read(folder / "01_one.ipynb", as_version=4)
    nbformat.validate(notebook)
    assert (notebook.nbformat, notebook.nbformat_minor) == (4, 5)
    assert notebook.metadata.kernelspec.name == "python3"
    assert set(notebook.metadata) == {"kernelspec", "language_info"}
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert all(cell.outputs == [] and cell.execution_count is None for cell in code)
    assert [cell.metadata for cell in code] == [{"tags": ["parameters"]}, {}, {}]


def test_cells_with_the_same_text_have_different_ids(folder):
    build_notebooks(folder)
    assert len(set(ids(folder))) == len(ids(folder)) == 4


def test_an_edit_renames_no_other_cell(folder):
    build_notebooks(folder)
    before = ids(folder)
    source = folder / "src" / "01_one.py"
    source.write_text(SOURCE.replace("seed: int = 7", "seed: int = 8"), encoding="utf-8")
    build_notebooks(folder)
    assert [old == new for old, new in zip(before, ids(folder), strict=True)] == [
        True,
        False,
        True,
        True,
    ]


def test_only_what_differs_is_written(folder):
    assert build_notebooks(folder) == [folder / "01_one.ipynb"]
    assert build_notebooks(folder) == []


def test_check_finds_a_changed_source_and_writes_nothing(folder):
    build_notebooks(folder)
    built = (folder / "01_one.ipynb").read_bytes()
    assert build_notebooks(folder, check=True) == []
    (folder / "src" / "01_one.py").write_text(SOURCE + "\n# %%\n1\n", encoding="utf-8")
    assert build_notebooks(folder, check=True) == [folder / "01_one.ipynb"]
    assert (folder / "01_one.ipynb").read_bytes() == built


def test_check_finds_a_missing_notebook_and_one_without_a_source(folder):
    (folder / "02_gone.ipynb").write_text("{}", encoding="utf-8")
    found = build_notebooks(folder, check=True)
    assert found == [folder / "01_one.ipynb", folder / "02_gone.ipynb"]


def test_a_folder_without_sources_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match="holds no lesson sources") as caught:
        build_notebooks(tmp_path)
    assert str(tmp_path / "src") in str(caught.value)


def test_every_notebook_of_the_project_is_what_its_source_says():
    for source in (notebooks_dir() / "src").glob("*.py"):
        built = source.parents[1] / f"{source.stem}.ipynb"
        assert built.read_text(encoding="utf-8") == notebook_text(source), "run: mlbook build"


FOR_INSTRUCTORS = (
    SOURCE
    + """
# %% [markdown] tags=["instructor"]
# Five minutes. Ask who would bet on it.
"""
)


def test_a_cell_for_instructors_is_in_their_copy_only(folder, tmp_path):
    (folder / "src" / "01_one.py").write_text(FOR_INSTRUCTORS, encoding="utf-8")
    build_notebooks(folder)
    (solved,) = build_solved(tmp_path / "a new" / "folder", folder)
    assert solved.name == "01_one-solved.ipynb"
    assert "Five minutes" in solved.read_text(encoding="utf-8")
    assert "Five minutes" not in (folder / "01_one.ipynb").read_text(encoding="utf-8")
    assert len(ids(folder)) == 4


def test_the_instructors_copies_leave_the_learners_notebooks_alone(folder, tmp_path):
    build_notebooks(folder)
    before = (folder / "01_one.ipynb").read_bytes()
    with pytest.raises(ValueError, match="another folder than the learners' own"):
        build_solved(folder / "src" / "..", folder)
    build_solved(tmp_path / "work", folder)
    assert (folder / "01_one.ipynb").read_bytes() == before
    assert build_notebooks(folder, check=True) == []


def test_nothing_is_written_when_one_lesson_cannot_be_solved(folder, tmp_path):
    (folder / "src" / "07_other.py").write_text(SOURCE, encoding="utf-8")
    with pytest.raises(ValueError, match=r"lesson 07 must ask '07\.mean', '07\.alarm'"):
        build_solved(tmp_path / "out", folder)
    assert not (tmp_path / "out").exists()


def test_every_lesson_of_the_project_is_solved(tmp_path):
    written = build_solved(tmp_path)
    assert [path.name for path in written] == [f"{each.slug}-solved.ipynb" for each in LESSONS]
    texts = {path.name[:2]: path.read_text(encoding="utf-8") for path in written}
    for exercise in all_exercises().values():
        assert json.dumps(exercise.answer)[1:-1] in texts[exercise.chapter]


def test_the_command_writes_the_solved_copies_and_nothing_else(tmp_path, monkeypatch, folder):
    monkeypatch.setattr("mlbook.lessons.build.notebooks_dir", lambda: folder)
    told = CliRunner().invoke(main, ["build", "--solved", str(tmp_path / "mine")])
    assert (told.exit_code, told.output) == (
        0,
        f"{tmp_path / 'mine' / '01_one-solved.ipynb'} written\n",
    )
    assert not (folder / "01_one.ipynb").exists()


@pytest.mark.parametrize("extra", [["--check"], []])
def test_the_command_refuses_solved_copies_that_make_no_sense(monkeypatch, folder, extra):
    monkeypatch.setattr("mlbook.lessons.build.notebooks_dir", lambda: folder)
    told = CliRunner().invoke(main, ["build", "--solved", str(folder), *extra])
    assert told.exit_code == 2
    assert ("leave out --solved" if extra else "must be another folder") in told.output
    assert not list(folder.glob("*.ipynb"))
