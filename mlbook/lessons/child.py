"""The process in which one lesson runs: its orders come as JSON on standard input.

A process of its own keeps one lesson's memory, environment and crash away from the others.
"""

from __future__ import annotations

import json
import signal
import sys
import tempfile
from pathlib import Path

__all__ = ["RECORDED", "main"]

# The exit status that says: a cell raised, and the executed notebook holds the error.
RECORDED = 3


def main() -> None:
    """Execute one notebook with papermill; leave with another status than 0 when it fails.

    The executed notebook itself holds the error that a cell raised. What it does not hold, a cell
    that took too long or a kernel that died, becomes the last line on standard error.
    """
    import nbformat
    import papermill
    from nbclient.exceptions import CellTimeoutError, DeadKernelError
    from papermill.exceptions import PapermillExecutionError

    from mlbook.lessons.claims import with_claim_cells
    from mlbook.lessons.parameters import papermill_path

    orders = json.load(sys.stdin)
    source = Path(orders.pop("source"))
    try:
        with tempfile.TemporaryDirectory(prefix="mlbook-") as folder:
            prepared = Path(folder) / source.name
            lesson = nbformat.read(source, as_version=4)  # type: ignore[no-untyped-call]
            nbformat.write(with_claim_cells(lesson), prepared)  # type: ignore[no-untyped-call]
            papermill.execute_notebook(papermill_path(prepared), **orders)
    except PapermillExecutionError:
        sys.exit(RECORDED)
    except CellTimeoutError:
        limit = orders["execution_timeout"]
        sys.exit(f"CellTimeoutError: the cell took longer than {limit} s. Allow more: --timeout.")
    except DeadKernelError:
        sys.exit("DeadKernelError: the Python process of the lesson died (out of memory?).")


if __name__ == "__main__":
    # An exception, unlike a plain SIGTERM, lets papermill end the kernel as well.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    main()
