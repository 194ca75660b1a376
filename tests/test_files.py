"""Files are found in the checkout or the installed copy, and an altered one is refused."""

from __future__ import annotations

import ast
import gzip
import json
import shutil
import sys
from pathlib import Path

import pytest

from mlbook import files

REPOSITORY = Path(__file__).resolve().parent.parent
NAMES = ["obd_clicks.csv.gz", "obd_items.csv", "water_flow.csv", "temps_2010.csv.gz"]


def copy_data(folder):
    return shutil.copytree(REPOSITORY / "data", folder)


@pytest.fixture
def checkout(tmp_path, monkeypatch):
    """Make a checkout with its own data folder; the library believes that it lives there."""
    (tmp_path / "pyproject.toml").touch()
    copy_data(tmp_path / "data")
    (tmp_path / "mlbook").mkdir()
    monkeypatch.setattr(files, "_PACKAGE", tmp_path / "mlbook")
    return tmp_path


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """Make an installed package that carries its data."""
    copy_data(tmp_path / "mlbook" / "_share" / "data")
    monkeypatch.setattr(files, "_PACKAGE", tmp_path / "mlbook")
    return tmp_path / "mlbook" / "_share"


@pytest.mark.parametrize("name", NAMES)
def test_each_data_file_is_found_in_this_checkout(name):
    assert files.data_file(name) == REPOSITORY / "data" / name


def test_checkout_is_preferred_to_the_installed_copy(checkout):
    copy_data(checkout / "mlbook" / "_share" / "data")
    assert files.data_file("obd_items.csv") == checkout / "data" / "obd_items.csv"


def test_installed_copy_is_used_outside_a_checkout(installed):
    assert files.data_file("obd_items.csv") == installed / "data" / "obd_items.csv"


def test_unrelated_data_folder_beside_an_installed_package_is_ignored(installed):
    site_packages = installed.parent.parent
    (site_packages / "pyproject.toml").touch()
    (site_packages / "data").mkdir()
    assert files.data_file("obd_items.csv") == installed / "data" / "obd_items.csv"


@pytest.mark.parametrize("name", ["obd_items.csv", "water_flow.csv"])
def test_altered_file_is_refused_by_name(checkout, name):
    path = checkout / "data" / name
    path.write_bytes(path.read_bytes().replace(b"1", b"2", 1))
    with pytest.raises(ValueError, match="was altered") as error:
        files.data_file(name)
    assert str(path) in str(error.value)
    assert "sha256" in str(error.value)
    assert "git checkout -- data/" in str(error.value)
    assert "python data/build_data.py --out data" in str(error.value)


def test_truncated_gzip_is_refused_by_name(checkout):
    path = checkout / "data" / "temps_2010.csv.gz"
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(ValueError, match=r"temps_2010\.csv\.gz was altered.*cannot unpack"):
        files.data_file("temps_2010.csv.gz")


def test_plain_text_under_a_gzip_name_is_refused(checkout):
    (checkout / "data" / "temps_2010.csv.gz").write_text("hour_local,temp_sf_f,temp_seattle_f\n")
    with pytest.raises(ValueError, match="cannot unpack"):
        files.data_file("temps_2010.csv.gz")


def test_same_rows_packed_by_another_gzip_are_accepted(checkout):
    path = checkout / "data" / "temps_2010.csv.gz"
    path.write_bytes(gzip.compress(gzip.decompress(path.read_bytes()), compresslevel=1))
    assert files.data_file("temps_2010.csv.gz") == path


def test_missing_file_says_how_to_restore_it(checkout):
    (checkout / "data" / "obd_clicks.csv.gz").unlink()
    with pytest.raises(FileNotFoundError, match=r"obd_clicks\.csv\.gz is missing") as error:
        files.data_file("obd_clicks.csv.gz")
    assert "git checkout -- data/" in str(error.value)


def test_missing_file_of_an_installed_package_asks_to_reinstall(installed):
    (installed / "data" / "water_flow.csv").unlink()
    with pytest.raises(FileNotFoundError, match=r"water_flow\.csv is missing\. Reinstall mlbook"):
        files.data_file("water_flow.csv")


def test_missing_record_of_checksums_is_named(checkout):
    (checkout / "data" / "PROVENANCE.json").unlink()
    with pytest.raises(FileNotFoundError, match=r"PROVENANCE\.json is missing.*git checkout"):
        files.data_file("obd_items.csv")


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"files": []}', '{"files": {"a": 1}}'])
def test_unreadable_record_of_checksums_is_named(checkout, text):
    (checkout / "data" / "PROVENANCE.json").write_text(text)
    with pytest.raises(ValueError, match=r"PROVENANCE\.json was altered"):
        files.data_file("obd_items.csv")


def test_package_without_any_data_says_what_is_missing(tmp_path, monkeypatch):
    monkeypatch.setattr(files, "_PACKAGE", tmp_path / "mlbook")
    with pytest.raises(FileNotFoundError, match="Reinstall mlbook"):
        files.data_file("obd_items.csv")


@pytest.mark.parametrize(
    ("wrong", "near"), [("obd_click.csv", "obd_clicks.csv.gz"), ("waterflow.csv", "water_flow.csv")]
)
def test_misspelt_name_gets_a_suggestion(wrong, near):
    with pytest.raises(ValueError, match="name must be a data file") as error:
        files.data_file(wrong)
    assert repr(wrong) in str(error.value)
    assert repr(near) in str(error.value)


@pytest.mark.parametrize("name", ["titanic", "README.md", "../pyproject.toml", ""])
def test_other_names_get_the_list(name):
    with pytest.raises(ValueError, match="name must be a data file") as error:
        files.data_file(name)
    assert all(known in str(error.value) for known in NAMES)


def test_a_file_is_read_once_in_a_process(checkout, monkeypatch):
    reads = []
    read = files._uncompressed
    monkeypatch.setattr(files, "_uncompressed", lambda path: reads.append(path) or read(path))
    for _ in range(3):
        files.data_file("obd_items.csv")
    assert reads == [checkout / "data" / "obd_items.csv"]


def test_a_restored_file_is_accepted_in_the_same_process(checkout):
    path = checkout / "data" / "obd_items.csv"
    good = path.read_bytes()
    path.write_bytes(b"")
    with pytest.raises(ValueError, match="was altered"):
        files.data_file("obd_items.csv")
    path.write_bytes(good)
    assert files.data_file("obd_items.csv") == path


def test_notebooks_are_found_in_the_checkout_first(checkout):
    (checkout / "notebooks").mkdir()
    assert files.notebooks_dir() == checkout / "notebooks"


def test_notebooks_are_found_in_the_installed_copy(installed):
    (installed / "notebooks").mkdir()
    assert files.notebooks_dir() == installed / "notebooks"


def test_missing_notebooks_say_how_to_get_them(checkout):
    with pytest.raises(FileNotFoundError, match="notebooks is missing") as error:
        files.notebooks_dir()
    assert str(checkout / "notebooks") in str(error.value)
    assert "mlbook build" in str(error.value)


def test_the_module_imports_only_the_standard_library():
    tree = ast.parse(Path(files.__file__).read_text(encoding="utf-8"))
    imported = {
        name.split(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in (
            [node.module] if isinstance(node, ast.ImportFrom) else [a.name for a in node.names]
        )
    }
    assert imported <= sys.stdlib_module_names


def test_record_lists_exactly_the_tables_of_the_folder():
    record = json.loads((REPOSITORY / "data" / "PROVENANCE.json").read_text())
    tables = {p.name for p in (REPOSITORY / "data").iterdir() if ".csv" in p.suffixes}
    assert set(record["files"]) == tables == set(NAMES)


@pytest.fixture
def sources(checkout):
    """Give the checkout a module, what Python has compiled of it, and a notebook."""
    for name in ("mlbook/a.py", "mlbook/__pycache__/a.pyc", "notebooks/00.ipynb"):
        (checkout / name).parent.mkdir(exist_ok=True)
        (checkout / name).write_text("as it was")
    return checkout


@pytest.mark.parametrize("name", ["mlbook/a.py", "notebooks/00.ipynb", "data/PROVENANCE.json"])
def test_a_changed_byte_of_what_a_run_is_made_from_is_told(sources, name):
    before = files.made_from(sources / "notebooks")
    (sources / name).write_text("as it is")
    assert files.made_from(sources / "notebooks") != before


def test_a_module_that_moved_is_told(sources):
    before = files.made_from(sources / "notebooks")
    (sources / "mlbook" / "below").mkdir()
    (sources / "mlbook" / "a.py").rename(sources / "mlbook" / "below" / "a.py")
    assert files.made_from(sources / "notebooks") != before


def test_what_python_has_compiled_and_the_place_of_the_checkout_do_not_matter(
    sources, monkeypatch, tmp_path_factory
):
    before = files.made_from(sources / "notebooks")
    (sources / "mlbook" / "__pycache__" / "a.pyc").write_text("anew")
    moved = shutil.copytree(sources, tmp_path_factory.mktemp("elsewhere") / "checkout")
    monkeypatch.setattr(files, "_PACKAGE", moved / "mlbook")
    assert files.made_from(moved / "notebooks") == before
