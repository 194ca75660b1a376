"""Which Python and which packages a run had: the first question about any number."""

from __future__ import annotations

import platform
from importlib.metadata import PackageNotFoundError, version

__all__ = ["OPTIONAL", "installed_versions"]

_PACKAGES = (
    "mlbook",
    "numpy",
    "pandas",
    "scikit-learn",
    "matplotlib",
    "ipywidgets",
    "jupyterlab",
    "papermill",
    "nbconvert",
    "jupytext",
    "numba",
)
# Without it everything gives the same results, only slower.
OPTIONAL = frozenset({"numba"})


def installed_versions() -> dict[str, str | None]:
    """Look up the versions that results depend on.

    Returns
    -------
    dict of str to str or None
        Python first, then the packages; None for one that is not installed.
    """
    return {"python": platform.python_version()} | {name: _version(name) for name in _PACKAGES}


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None
