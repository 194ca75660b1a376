"""Show the library's own source in a lesson, so that there is one copy of it."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from typing import Any

__all__ = ["Source", "source"]


@dataclass(frozen=True)
class Source:
    """Python source that a notebook shows highlighted.

    Parameters
    ----------
    text : str
        The code.
    """

    text: str

    def __repr__(self) -> str:
        return self.text

    def _repr_markdown_(self) -> str:
        return f"```python\n{self.text.rstrip()}\n```"


def source(thing: Any) -> Source:
    """Show the source of a function, a class or a module of the library.

    Parameters
    ----------
    thing : function, class or module
        What to read.

    Returns
    -------
    Source
        As the last expression of a cell it is shown highlighted.

    Raises
    ------
    TypeError
        When `thing` has no Python source, for example a number or a pattern already made.

    Examples
    --------
    >>> source(source).text.startswith("def source(")
    True
    """
    try:
        return Source(inspect.getsource(thing))
    except TypeError as error:
        text = (
            f"thing must be a function, a class or a module, got {thing!r}. Try source(type(...))."
        )
        raise TypeError(text) from error
