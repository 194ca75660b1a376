"""Compile a kernel when it is first called, if numba is there; run it as plain Python if not.

A kernel is a function of arrays and numbers with loops in it. The same source runs both ways and
gives the same bits, because all randomness comes in through its arguments.
"""

from __future__ import annotations

import functools
import types
from collections.abc import Callable
from importlib.util import find_spec
from typing import Generic, ParamSpec, TypeVar

__all__ = ["Kernel", "has_numba", "jit"]

_P = ParamSpec("_P")
_R = TypeVar("_R")


@functools.cache
def has_numba() -> bool:
    """Tell whether numba is installed, without loading it.

    Returns
    -------
    bool
        True when kernels are compiled.
    """
    return find_spec("numba") is not None


class Kernel(Generic[_P, _R]):
    """A kernel that is compiled at its first call.

    Parameters
    ----------
    plain : callable
        The Python function.

    Attributes
    ----------
    plain : callable
        The same function, never compiled.
    """

    def __init__(self, plain: Callable[_P, _R]) -> None:
        self.plain = plain
        functools.update_wrapper(self, plain)

    def __call__(self, *args: _P.args, **kwargs: _P.kwargs) -> _R:
        """Run it, compiled if numba is there."""
        return self.fast(*args, **kwargs)

    @functools.cached_property
    def fast(self) -> Callable[_P, _R]:
        """The compiled function; a plain one without numba. What it calls is of the same kind."""
        function = _with_fast_callees(self.plain)
        if not has_numba():
            return function
        import numba

        try:
            return numba.njit(cache=True, nogil=True)(function)
        except RuntimeError:  # no file to keep the machine code beside: compile anew each time
            return numba.njit(nogil=True)(function)


def _with_fast_callees(plain: Callable[_P, _R]) -> Callable[_P, _R]:
    """Let a kernel see the functions behind the kernels that it calls, without this shim."""
    assert isinstance(plain, types.FunctionType)
    called = {name: plain.__globals__.get(name) for name in plain.__code__.co_names}
    fast = {name: value.fast for name, value in called.items() if isinstance(value, Kernel)}
    seen = plain.__globals__ | fast
    code, defaults, closure = plain.__code__, plain.__defaults__, plain.__closure__
    copy = types.FunctionType(code, seen, plain.__name__, defaults, closure)
    copy.__qualname__, copy.__module__ = plain.__qualname__, plain.__module__
    return copy


def jit(plain: Callable[_P, _R]) -> Kernel[_P, _R]:
    """Make a kernel of a function.

    Parameters
    ----------
    plain : callable
        Loops over arrays of floats and integers; it may call other kernels.

    Returns
    -------
    Kernel
        Called like the function.

    Examples
    --------
    >>> import numpy as np
    >>> @jit
    ... def total(values: np.ndarray) -> float:
    ...     found = 0.0
    ...     for value in values:
    ...         found += value
    ...     return found
    >>> float(total(np.ones(3)))
    3.0
    """
    return Kernel(plain)
