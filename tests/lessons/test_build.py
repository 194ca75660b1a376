import json

import nbformat
import pytest

from mlbook.files import notebooks_dir
from mlbook.lessons.build import build_notebooks, notebook_text

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
