"""The process in which one lesson runs: its orders come as JSON on standard input.

A process of its own keeps one lesson's memory, environment and crash away from the others.
"""

from __future__ import annotations

import json
import sys

__all__ = ["main"]


def main() -> None:
    """Execute one notebook with papermill; leave with status 1 when it does not reach its end.

    The executed notebook itself tells which cell raised. What it cannot tell, a cell that took too
    long or a kernel that died, becomes the last line on standard error.
    """
    import papermill
    from nbclient.exceptions import CellTimeoutError, DeadKernelError
    from papermill.exceptions import PapermillExecutionError

    orders = json.load(sys.stdin)
    try:
        papermill.execute_notebook(**orders)
    except PapermillExecutionError:
        sys.exit(1)
    except CellTimeoutError:
        limit = orders["execution_timeout"]
        sys.exit(f"CellTimeoutError: the cell took longer than {limit} s. Allow more: --timeout.")
    except DeadKernelError:
        sys.exit("DeadKernelError: the Python process of the lesson died (out of memory?).")


if __name__ == "__main__":
    main()
