"""The parameters cell of a lesson: its knobs, their types and what they mean.

A lesson declares its knobs in a cell tagged ``parameters``, one a line::

    rate_per_s: float = 50.0  # visits per second
    days: float = 14.0  # length of the history in days, 8 to 60; full: 28

What follows ``full:`` is the value of a long run: ``mlbook run --profile full``.
"""

from __future__ import annotations

import ast
import math
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

__all__ = ["Parameter", "Value", "papermill_path", "read_parameters"]

Value = float | int | bool | str
_RULES = {
    "float": "a finite number",
    "int": "a whole number",
    "bool": "true or false",
    "str": "a text",
}
_FULL = re.compile(r"(?:^|\s*;)\s*full:")
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
    full : float, int, bool or str, optional
        Its value in a long run; None when it has no other than the usual one.
    """

    name: str
    kind: str
    default: Value
    comment: str
    full: Value | None = None

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
        return self._converted(str(given).strip(), f"-p {self.name}={self.default}")

    def with_full(self, text: str) -> Parameter:
        """Return a copy that has a value for long runs.

        Parameters
        ----------
        text : str
            The value as the comment has it.

        Returns
        -------
        Parameter
            The copy.

        Raises
        ------
        ValueError
            When `text` is not of the type.
        """
        return replace(self, full=self._converted(text.strip(), f"full: {self.default}"))

    def _converted(self, text: str, example: str) -> Value:
        try:
            return _CONVERTERS[self.kind](text)
        except (ValueError, KeyError) as error:
            meaning = f"{self.kind}; {self.comment}" if self.comment else self.kind
            rule = _RULES.get(self.kind, f"left alone: {self.kind} cannot be set from outside")
            raise ValueError(
                f"{self.name} must be {rule} ({meaning}), got {text!r}. "
                f"Write for example {example}."
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

    Raises
    ------
    ValueError
        When a value after ``full:`` is not of the parameter's type.
    """
    import papermill

    found = papermill.inspect_notebook(papermill_path(notebook))
    try:
        return {name: _parameter(**attributes) for name, attributes in found.items()}
    except ValueError as error:
        raise ValueError(f"{notebook.name}, parameters cell: {error}") from error


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
    comment, *full = _FULL.split(help, maxsplit=1)
    parameter = Parameter(name=name, kind=kind, default=value, comment=comment)
    return parameter.with_full(full[0]) if full else parameter


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
