"""pyproject.toml, environment.yml and constraints.txt say the same thing."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from typing import TYPE_CHECKING

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

if TYPE_CHECKING:
    from pathlib import Path

NAMED_BY_THE_PROJECT = {
    "jupyterlab",
    "ipywidgets",
    "scikit-learn",
    "matplotlib",
    "pandas",
    "papermill",
}


STARTED_NOT_IMPORTED = {"jupyterlab"}


def imported_packages(*folders: Path) -> set[str]:
    """Name the packages behind every import, also the lazy ones, of the files in some folders."""
    trees = [ast.parse(path.read_bytes()) for each in folders for path in each.rglob("*.py")]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    modules = {each.name for node in nodes if isinstance(node, ast.Import) for each in node.names}
    modules |= {node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module}
    homes = packages_distributions()
    names = {module.partition(".")[0] for module in modules} - sys.stdlib_module_names
    return {canonicalize_name(homes.get(name, [name])[0]) for name in names - {"mlbook"}}


def bounds(requirements: list[str]) -> dict[str, SpecifierSet]:
    """Read `name>=1,<2`, leaving out the project's own extras."""
    parsed = map(Requirement, requirements)
    return {canonicalize_name(each.name): each.specifier for each in parsed if not each.extras}


@pytest.fixture(scope="module")
def project(root: Path) -> dict:
    return tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]


@pytest.fixture(scope="module")
def conda(root: Path) -> list:
    return yaml.safe_load((root / "environment.yml").read_text(encoding="utf-8"))["dependencies"]


@pytest.fixture(scope="module")
def constraints(root: Path) -> str:
    return (root / "constraints.txt").read_text(encoding="utf-8")


def test_conda_and_pip_users_get_the_same_packages_within_the_same_bounds(project, conda):
    pip_users = bounds(project["dependencies"] + project["optional-dependencies"]["fast"])
    names = [each for each in conda if isinstance(each, str) and not each.startswith("python=")]
    conda_users = bounds([each for each in names if each != "pip"])
    assert conda_users == pip_users


def test_the_packages_that_the_project_is_known_by_are_in_both_files(project, conda):
    assert bounds(project["dependencies"]).keys() >= NAMED_BY_THE_PROJECT
    assert bounds([each for each in conda if ">=" in each]).keys() >= NAMED_BY_THE_PROJECT


def test_what_is_imported_is_required_and_what_is_required_is_imported(project, root):
    imported = imported_packages(root / "mlbook", root / "notebooks" / "src")
    required = bounds(project["dependencies"]).keys()
    optional = bounds(project["optional-dependencies"]["fast"]).keys()
    assert imported - required - optional == set()
    assert required - imported == STARTED_NOT_IMPORTED


def test_every_dependency_has_a_lower_bound_and_a_major_version_above(project):
    required = project["dependencies"] + project["optional-dependencies"]["fast"]
    loose = [
        name
        for name, specifier in bounds(required).items()
        if {each.operator for each in specifier} != {">=", "<"}
    ]
    assert loose == []


def test_conda_pins_a_python_that_the_project_supports(project, conda):
    pin = next(each for each in conda if isinstance(each, str) and each.startswith("python"))
    match = re.fullmatch(r"python=(\d+\.\d+)", pin)  # one `=`, or repo2docker does not see it
    assert match, pin
    assert Version(match[1]) in SpecifierSet(project["requires-python"])


def test_conda_installs_the_checkout_itself(conda):
    assert conda[-1] == {"pip": ["-e .[fast]"]}
    assert "pip" in conda


def test_every_package_has_a_tested_version_within_its_bounds(project, constraints):
    pins = dict(re.findall(r"^([\w.-]+)==(\S+)$", constraints, re.MULTILINE))
    pins = {canonicalize_name(name): version for name, version in pins.items()}
    extras = project["optional-dependencies"]
    required = bounds(project["dependencies"] + extras["fast"] + extras["dev"] + extras["bench"])
    outside = {
        name: pins.get(name, "no pin")
        for name, specifier in required.items()
        if name not in pins or pins[name] not in specifier
    }
    assert outside == {}


def test_the_tested_versions_name_no_address(constraints):
    lines = [line for line in constraints.splitlines() if line and not line.startswith("#")]
    assert [line for line in lines if not re.fullmatch(r"[\w.-]+==[\w.+!]+", line)] == []
    assert not any(canonicalize_name(line.split("==")[0]) == "mlbook" for line in lines)
