"""The environment of a lesson's process: its kernel is the Python that runs this program."""

from __future__ import annotations

import os
from pathlib import Path

__all__ = ["kernel_environment"]


def kernel_environment(private: Path) -> dict[str, str]:
    """Return the environment in which ``python3`` means this very interpreter.

    Parameters
    ----------
    private : Path
        An empty folder that lives as long as the run.

    Returns
    -------
    dict of str to str
        The caller's environment with a kernel, an IPython profile and a runtime folder of its own.
    """
    from ipykernel.kernelspec import write_kernel_spec

    # A kernel named python3 in the user's home may belong to another installation; JUPYTER_PATH
    # is searched before it.
    write_kernel_spec(private / "share" / "kernels" / "python3")
    # A checkout can be run without installing it; its lessons then import that same checkout.
    home = Path(__file__).resolve().parents[2]
    checkout = str(home) if (home / "pyproject.toml").is_file() else None
    return os.environ | {
        "JUPYTER_PATH": _joined(str(private / "share"), os.environ.get("JUPYTER_PATH")),
        "JUPYTER_RUNTIME_DIR": str(private / "runtime"),
        "IPYTHONDIR": str(private / "ipython"),
        # Pictures must land in the notebook, whatever the caller's own shell prefers.
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        "PYTHONPATH": _joined(os.environ.get("PYTHONPATH"), checkout),
    }


def _joined(*paths: str | None) -> str:
    return os.pathsep.join(path for path in paths if path)
