"""What the tests of the engine share: a computer without numba."""

from __future__ import annotations

import pytest

from mlbook.queueing import first_come
from mlbook.queueing.jit import Kernel


def _run_plain(kernel, *args):
    return kernel.plain(*args)


@pytest.fixture
def without_numba(monkeypatch: pytest.MonkeyPatch) -> None:
    """Run every kernel as plain Python, also where one calls another."""
    monkeypatch.setattr(Kernel, "__call__", _run_plain)
    monkeypatch.setattr(first_come, "has_numba", lambda: False)
