"""Compare the docstring of every public name with its signature.

    python scripts/check_docstrings.py mlbook

The rules are numpydoc's own, those of `[tool.numpydoc_validation]` in pyproject.toml, asked of the
*imported* objects: numpydoc's command for files does not see that a dataclass takes its fields as
parameters, that a property is not called and that a method inherits its docstring, and so reports
faults that are none. Public is what a module names in `__all__`, and the methods of such a class
whose names do not begin with `_`.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import sys
import tomllib
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from numpydoc.docscrape import NumpyDocString
from numpydoc.validate import validate

if TYPE_CHECKING:
    from collections.abc import Iterator

PYPROJECT = Path(__file__).resolve().parents[1] / "pyproject.toml"
PARAMETERS = ("PR01", "PR02")


def public_names(package: str) -> Iterator[str]:
    """Yield the dotted name of everything public that is defined in a package."""
    root = importlib.import_module(package)
    paths = pkgutil.walk_packages(getattr(root, "__path__", []), f"{package}.")
    for module_name in [package, *(info.name for info in paths if "__main__" not in info.name)]:
        module = importlib.import_module(module_name)
        for name in getattr(module, "__all__", []):
            thing = getattr(module, name)
            if getattr(thing, "__module__", None) != module_name:
                continue  # brought in from elsewhere, and checked there
            yield f"{module_name}.{name}"
            if inspect.isclass(thing):
                yield from (f"{module_name}.{name}.{member}" for member in own_members(thing))


def own_members(cls: type[Any]) -> list[str]:
    """Return the public methods and properties that a class itself defines."""
    kinds = (property, classmethod, staticmethod)
    return [
        name
        for name, member in vars(cls).items()
        if not name.startswith("_") and (inspect.isfunction(member) or isinstance(member, kinds))
    ]


def faults(name: str, checks: set[str]) -> list[str]:
    """Return one line a fault of one name."""
    found = validate(name)
    errors = [(code, text) for code, text in found["errors"] if code in checks]
    thing = pkgutil.resolve_name(name)
    if inspect.getdoc(thing):  # which may be inherited
        errors = [(code, text) for code, text in errors if code != "GL08"]
    if hasattr(thing, "plain"):  # a kernel's arguments are those of the function beside it
        errors = [(code, text) for code, text in errors if code not in PARAMETERS]
    if inspect.isclass(thing):
        errors = [(code, text) for code, text in errors if code not in PARAMETERS]
        errors += field_faults(thing) if is_dataclass(thing) else []
    where = f"{Path(found['file']).relative_to(Path.cwd())}:{found['file_line']}"
    return [f"{where}: {code} {name}: {text}" for code, text in errors]


def field_faults(cls: type[Any]) -> list[tuple[str, str]]:
    """Compare a dataclass's fields with its `Parameters`; inherited fields may be left out."""
    documented = {each.name for each in NumpyDocString(inspect.getdoc(cls))["Parameters"]}
    documented = {name for names in documented for name in names.split(", ")}
    accepted = {each.name for each in fields(cls) if each.init}
    missing = (accepted & set(inspect.get_annotations(cls))) - documented
    unknown = documented - accepted
    texts = {"PR01": ("not documented", missing), "PR02": ("documented but unknown", unknown)}
    return [
        (code, f"Fields {sorted(names)} {text}") for code, (text, names) in texts.items() if names
    ]


def main(packages: list[str]) -> int:
    """Print the faults of some packages; return 1 when there are any."""
    config = tomllib.loads(PYPROJECT.read_text(encoding="utf-8"))
    checks = set(config["tool"]["numpydoc_validation"]["checks"])
    names = [name for package in packages for name in public_names(package)]
    lines = [line for name in names for line in faults(name, checks)]
    print(*lines, f"{len(names)} public names, {len(lines)} faults", sep="\n")
    return bool(lines)


if __name__ == "__main__":
    sys.path.insert(0, str(Path.cwd()))
    sys.exit(main(sys.argv[1:]))
