"""The frame around the library does what it says: make, the linters, the floors, light imports."""

from __future__ import annotations

import importlib
import inspect
import json
import os
import pkgutil
import re
import shutil
import subprocess
import sys
import tomllib
import warnings
from pathlib import Path

import pytest

import mlbook

HEAVY = ("IPython", "ipywidgets", "jupyterlab", "matplotlib", "numba", "pandas", "scipy", "sklearn")
MODULES = [
    "mlbook",
    *(
        each.name
        for each in pkgutil.walk_packages(mlbook.__path__, "mlbook.")
        if not each.name.endswith("__main__")
    ),
]

# One offence for every family of rules that pyproject.toml selects.
OFFENCES = {
    "B": ("B006", "def f(rows=[]): ..."),
    "BLE": ("BLE001", "try:\n    f()\nexcept Exception:\n    g()"),
    "C4": ("C408", "x = dict()"),
    "D": ("D103", "def f():\n    return 1"),
    "DTZ": ("DTZ005", "import datetime\nx = datetime.datetime.now()"),
    "E": ("E501", f"x = {'1' * 100}"),
    "ERA": ("ERA001", "# x = f(1)"),
    "F": ("F401", "import math"),
    "FBT": ("FBT001", "def f(flag: bool): ..."),
    "I": ("I001", "import sys\nimport math"),
    "N": ("N802", "def BadName(): ..."),
    "NPY": ("NPY002", "import numpy as np\nx = np.random.rand()"),
    "PERF": ("PERF402", "rows = []\nfor x in f():\n    rows.append(x)"),
    "PIE": ("PIE790", "def f():\n    'F.'\n    pass"),
    "PLE": ("PLE0101", "class A:\n    def __init__(self):\n        return 1"),
    "PLW": ("PLW0603", "x = 1\ndef f():\n    global x\n    x = 2"),
    "PT": ("PT015", "def test_f():\n    assert False"),
    "RET": ("RET505", "def f(x):\n    if x:\n        return 1\n    else:\n        return 2"),
    "RUF": ("RUF005", "x = [1] + y"),
    "SIM": ("SIM105", "try:\n    f()\nexcept ValueError:\n    pass"),
    "T20": ("T201", "print(1)"),
    "TC": ("TC002", "from __future__ import annotations\nimport rich\nx: rich.Text"),
    "TID": ("TID251", "import random\nx = random.random()"),
    "TRY": ("TRY002", "raise Exception('f')"),
    "UP": ("UP007", "from typing import Union\nx: Union[int, str]"),
    "W": ("W291", "x = 1 "),
}


def run(*command: str | Path, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(word) for word in command],
        cwd=cwd,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=300,
    )


@pytest.fixture
def make(require) -> str:
    return require("make")


def test_make_alone_lists_every_target(root: Path, make: str):
    shown = run(make, "--no-print-directory", cwd=root)
    targets = re.search(r"^\.PHONY: (.+)$", (root / "Makefile").read_text(), re.MULTILINE)[1]
    described = dict(line.split(maxsplit=2)[1:] for line in shown.stdout.splitlines())
    assert shown.returncode == 0
    assert described.keys() == set(targets.split())


def test_make_installs_once_and_again_when_the_requirements_change(project_copy: Path, make: str):
    environment = project_copy / ".venv"
    environment.mkdir()
    for stamp in (".python", ".base", ".dev"):
        (environment / stamp).touch()
    assert "pip install" not in run(make, "-n", "lessons", "test", cwd=project_copy).stdout

    os.utime(project_copy / "constraints.txt", (2**32, 2**32))
    again = run(make, "-n", "lessons", "test", cwd=project_copy).stdout
    assert '-e ".[fast]"' in again
    assert '-e ".[dev]"' in again


def test_an_old_python_is_named_and_nothing_is_made(project_copy: Path, make: str):
    old = project_copy / "old-python"
    old.write_text('#!/bin/sh\n[ "$1" = --version ] && echo Python 3.9.2\nexit 1\n')
    old.chmod(0o755)
    refused = run(make, "lessons", "PYTHON=./old-python", cwd=project_copy)
    assert refused.returncode != 0
    assert "needs Python 3.11 or newer; ./old-python is: Python 3.9.2" in refused.stdout
    assert "make lessons PYTHON=" in refused.stdout
    assert not (project_copy / ".venv").exists()


def test_where_nothing_can_be_installed_the_script_says_what_to_install(root: Path, tmp_path: Path):
    (tmp_path / "id").symlink_to(shutil.which("true"))
    bash = shutil.which("bash")
    told = run(bash, root / "scripts" / "system-packages", cwd=root, PATH=str(tmp_path))
    assert told.returncode == 0
    assert "apt-get install chromium" in told.stdout


def ruff_on(snippet: str, root: Path) -> tuple[set[str], str]:
    name = f"--stdin-filename={root / 'mlbook' / 'snippet.py'}"
    checked = subprocess.run(
        [sys.executable, "-m", "ruff", "check", "--output-format=json", "--no-cache", name, "-"],
        input=snippet,
        cwd=root,
        capture_output=True,
        text=True,
    )
    return {fault["code"] for fault in json.loads(checked.stdout)}, checked.stderr


@pytest.mark.parametrize("family", OFFENCES)
def test_ruff_catches_an_offence_against(family: str, root: Path):
    rule, snippet = OFFENCES[family]
    found, complaints = ruff_on(snippet + "\n", root)
    assert rule in found
    assert complaints == ""  # such as: this selection has no effect


def test_no_family_of_rules_is_selected_without_an_offence_that_proves_it(root: Path):
    config = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    assert OFFENCES.keys() == set(config["tool"]["ruff"]["lint"]["select"])


def test_docstrings_are_compared_with_signatures(root: Path, tmp_path: Path):
    (tmp_path / "sloppy.py").write_text('''\
"""Docstrings that tell something else than the code."""
from dataclasses import dataclass

__all__ = ["Knobs", "add", "bare"]


@dataclass
class Knobs:
    """Two knobs.

    Parameters
    ----------
    speed : float
        How fast.
    """

    colour: str

    @property
    def brightness(self):
        """A property has no Returns section."""
        return 1


def add(left, right):
    """Add two numbers.

    Parameters
    ----------
    left : float
        One.
    write : float
        The other.
    """
    return left + right


def bare(): ...
''')
    told = run(sys.executable, root / "scripts" / "check_docstrings.py", "sloppy", cwd=tmp_path)
    found = re.findall(r": ([A-Z]+\d+) sloppy\.(\S+):", told.stdout)
    assert told.returncode == 1
    assert sorted(found) == [
        ("GL08", "bare"),
        ("PR01", "Knobs"),
        ("PR01", "add"),
        ("PR02", "Knobs"),
        ("PR02", "add"),
        ("RT01", "add"),
    ]


@pytest.mark.parametrize(("ci", "outcome"), [("", "1 skipped"), ("true", "1 error")])
def test_an_absent_part_skips_on_a_laptop_and_fails_in_ci(
    ci: str, outcome: str, root: Path, tmp_path: Path
):
    shutil.copy(root / "tests" / "conftest.py", tmp_path)
    (tmp_path / "test_part.py").write_text("""\
import pytest

@pytest.fixture
def part(require):
    return require("a-browser-that-nobody-has")

def test_part(part): ...
""")
    told = run(sys.executable, "-m", "pytest", "-ra", "--rootdir=.", cwd=tmp_path, CI=ci)
    assert outcome in told.stdout
    assert "needs a-browser-that-nobody-has" in told.stdout


def test_a_warning_is_an_error():
    with pytest.raises(UserWarning, match="soon gone"):
        warnings.warn("soon gone", UserWarning, stacklevel=1)


@pytest.mark.parametrize(
    ("module", "imported", "complaint"),
    [
        ("units.py", "mlbook.experiment", "mlbook.units -> mlbook.experiment"),
        ("measure.py", "mlbook.charts", "mlbook.measure -> mlbook.charts"),
        (
            "patterns/shared_db.py",
            "mlbook.patterns.rest_api",
            "mlbook.patterns.shared_db -> mlbook.patterns.rest_api",
        ),
        ("measure.py", "matplotlib.pyplot", "mlbook.measure -> matplotlib"),
        ("without_a_floor.py", "math", "mlbook.without_a_floor"),
    ],
)
def test_an_import_from_a_higher_floor_is_caught(
    module: str, imported: str, complaint: str, project_copy: Path
):
    path = project_copy / "mlbook" / module
    text = path.read_text() if path.exists() else ""
    # A lazy import is an import.
    path.write_text(f"{text}\n\ndef _lazy():\n    import {imported}\n")
    program = Path(sys.executable).with_name("lint-imports")
    found = run(program, "--no-logo", "--no-cache", cwd=project_copy)
    assert found.returncode == 1, found.stdout
    assert complaint in re.sub(r"\s+", " ", found.stdout)


def test_import_mlbook_is_light(root: Path):
    code = f"import sys, mlbook; print(*sorted(set(sys.modules) & set({HEAVY})))"
    loaded = run(sys.executable, "-c", code, cwd=root)
    assert (loaded.stdout.split(), loaded.stderr) == ([], "")


@pytest.mark.parametrize("name", MODULES)
def test_every_module_names_what_is_public(name: str):
    module = importlib.import_module(name)
    assert [each for each in module.__all__ if not hasattr(module, each)] == []
    defined = {
        each
        for each, thing in vars(module).items()
        if not each.startswith("_")
        and (inspect.isfunction(thing) or inspect.isclass(thing))
        and thing.__module__ == name
    }
    assert defined <= set(module.__all__)


@pytest.mark.parametrize("name", MODULES)
def test_no_public_name_is_a_submodules_name(name: str):
    module = importlib.import_module(name)
    submodules = {each.name for each in pkgutil.iter_modules(getattr(module, "__path__", []))}
    assert submodules & set(module.__all__) == set()


def test_a_lazy_name_is_the_same_thing_after_every_module_was_imported(root: Path):
    code = f"""
import importlib, mlbook
before = {{name: getattr(mlbook, name) for name in mlbook.__all__}}
for module in {MODULES}:
    importlib.import_module(module)
print(*(name for name in mlbook.__all__ if getattr(mlbook, name) is not before[name]))
"""
    read = run(sys.executable, "-c", code, cwd=root)
    assert (read.stdout.split(), read.stderr) == ([], "")


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'Wrold'"):
        _ = mlbook.Wrold
