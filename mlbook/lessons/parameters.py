"""The parameters cell of a lesson, and what ``-p name=value`` may say about it.

A lesson declares its knobs in a cell tagged ``parameters``, one a line::

    rate_per_s: float = 50.0  # visits per second

Everything a user passes is checked against that cell before any lesson runs.
"""

from __future__ import annotations

import ast
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mlbook.validate import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

__all__ = ["Parameter", "Value", "assign", "papermill_path", "read_parameters", "split_pairs"]

Value = float | int | bool | str
_RULES = {
    "float": "a finite number",
    "int": "a whole number",
    "bool": "true or false",
    "str": "a text",
}
_TRUTH = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """One line of a parameters cell.

    Parameters
    ----------
    name : str
        The variable.
    kind : str
        Its type: ``float``, ``int``, ``bool`` or ``str``.
    default : float, int, bool or str
        Its value in the notebook.
    comment : str
        What it means, with unit and range.
    """

    name: str
    kind: str
    default: Value
    comment: str

    def __str__(self) -> str:
        comment = f"  # {self.comment}" if self.comment else ""
        return f"{self.name}: {self.kind} = {self.default!r}{comment}"

    def convert(self, given: object) -> Value:
        """Return what a user gave as a value of this parameter's type.

        Parameters
        ----------
        given : object
            The text after ``=``, or a Python value.

        Returns
        -------
        float, int, bool or str
            The value.

        Raises
        ------
        ValueError
            When it is not of the type; NaN and infinity are not numbers to run with.
        """
        text = str(given).strip()
        try:
            return _CONVERTERS[self.kind](text)
        except (ValueError, KeyError) as error:
            meaning = f"{self.kind}; {self.comment}" if self.comment else self.kind
            rule = _RULES.get(self.kind, f"left alone: {self.kind} cannot be set from outside")
            raise ValueError(
                f"{self.name} must be {rule} ({meaning}), got {text!r}. "
                f"Write for example -p {self.name}={self.default}."
            ) from error


def read_parameters(notebook: Path) -> dict[str, Parameter]:
    """Read the parameters cell of a notebook.

    Parameters
    ----------
    notebook : Path
        A lesson.

    Returns
    -------
    dict of str to Parameter
        In the order of the cell; empty when no cell is tagged ``parameters``.
    """
    import papermill

    found = papermill.inspect_notebook(papermill_path(notebook))
    return {name: _parameter(**attributes) for name, attributes in found.items()}


def split_pairs(pairs: Iterable[str]) -> dict[str, str]:
    """Split ``name=value`` as typed on the command line.

    Parameters
    ----------
    pairs : iterable of str
        What followed each ``-p``.

    Returns
    -------
    dict of str to str
        Value texts by name.

    Raises
    ------
    ValueError
        When a pair has no name or no ``=``, or a name comes twice.

    Examples
    --------
    >>> split_pairs(["rate_per_s=80", "label=a=b"])
    {'rate_per_s': '80', 'label': 'a=b'}
    """
    texts: dict[str, str] = {}
    for pair in pairs:
        name, equals, text = pair.partition("=")
        name = name.strip()
        if not name or not equals:
            raise ValueError(f"-p must be name=value, got {pair!r}. Write for example -p seed=7.")
        if name in texts:
            raise ValueError(
                f"{name} must be given once, got {texts[name]!r} and {text!r}. Keep one."
            )
        texts[name] = text
    return texts


def assign(
    given: Mapping[str, object], declared: Mapping[str, Mapping[str, Parameter]]
) -> dict[str, dict[str, Value]]:
    """Hand every given value to the lessons that declare its name.

    Parameters
    ----------
    given : mapping of str to object
        Values or their texts, by parameter name.
    declared : mapping of str to mapping of str to Parameter
        The parameters of each chosen lesson, by slug.

    Returns
    -------
    dict of str to dict of str to value
        Converted values, by slug; a lesson that has none of the names gets an empty one.

    Raises
    ------
    ValueError
        When no chosen lesson has a name, or a value is of the wrong type.
    """
    for name in given:
        if not any(name in parameters for parameters in declared.values()):
            raise ValueError(_unknown(name, declared))
    return {
        slug: {
            name: parameters[name].convert(value)
            for name, value in given.items()
            if name in parameters
        }
        for slug, parameters in declared.items()
    }


def papermill_path(path: Path) -> str:
    """Write a path as papermill wants it: it would read ``{name}`` in it as a parameter.

    Parameters
    ----------
    path : Path
        Any path.

    Returns
    -------
    str
        The path with its braces doubled.
    """
    return str(path).replace("{", "{{").replace("}", "}}")


def _parameter(name: str, inferred_type_name: str, default: str, help: str) -> Parameter:
    try:
        value = ast.literal_eval(default)
    except (ValueError, SyntaxError):
        value = default
    kind = type(value).__name__ if inferred_type_name == "None" else inferred_type_name
    return Parameter(name=name, kind=kind, default=value, comment=help)


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(text)
    return value


_CONVERTERS: dict[str, Callable[[str], Value]] = {
    "float": _finite,
    "int": int,
    "bool": lambda text: _TRUTH[text.lower()],
    "str": str,
}


def _unknown(name: str, declared: Mapping[str, Mapping[str, Parameter]]) -> str:
    lessons = list(declared)
    subject = f"lesson {lessons[0]} has" if len(lessons) == 1 else "none of the chosen lessons has"
    lines = [
        f"  {parameter}" if len(lessons) == 1 else f"  {slug}  {parameter}"
        for slug, parameters in declared.items()
        for parameter in parameters.values()
    ]
    known = {each for parameters in declared.values() for each in parameters}
    hint = did_you_mean(name, sorted(known))
    rest = "\n".join(["Choose from:", *lines]) if lines else "There are no parameters to set."
    return f"{subject} no parameter {name!r}.{hint} {rest}"
