"""Run notebooks without a kernel, in children of one process that has imported the heavy modules.

    python -m tests.lessons.forked FOLDER SECONDS fork A.ipynb B.ipynb

Two children at a time, forked where the system can fork and started afresh elsewhere. Each works in
``FOLDER/A/`` and writes a line of JSON a cell to ``FOLDER/A.jsonl``: a file, because nobody reads a
pipe while a child fills it. ``FOLDER/ended.json`` holds the exit status of every child.
"""

from __future__ import annotations

import faulthandler
import gc
import importlib
import json
import multiprocessing
import os
import subprocess
import sys
import time
import warnings
from multiprocessing.connection import wait
from pathlib import Path
from typing import Any

from mlbook.lessons.kernel import kernel_environment

AT_A_TIME = 2
START = "fork" if "fork" in multiprocessing.get_all_start_methods() else "spawn"
HEAVY = (
    "IPython.core.interactiveshell",
    "ipywidgets",
    "matplotlib_inline.backend_inline",
    "mlbook.charts",
    "mlbook.exercises",
    "mlbook.experiment",
    "mlbook.explore",
    "pandas",
    "sklearn.linear_model",
    "sklearn.pipeline",
)
# A library that has started threads must not be forked, and two children share the processor.
ONE_THREAD = dict.fromkeys(
    ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"), "1"
)


def run_notebooks(
    paths: list[Path], folder: Path, *, limit_s: float = 300, start: str = START
) -> dict[str, list[dict[str, Any]]]:
    """Run notebooks; give for each, by its stem, what its cells did.

    A cell has ``cell`` (from 1), ``tags``, ``cpu_s``, ``errors`` (texts) and ``records`` (those of
    the exercises). A child that ended early is one more entry with its exit status as the error.
    """
    environment = kernel_environment(folder / "private") | ONE_THREAD
    command = [sys.executable, "-m", __name__, folder, str(limit_s), start, *paths]
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    ran = {}
    for stem, status in json.loads((folder / "ended.json").read_text()).items():
        lines = (folder / f"{stem}.jsonl").read_text(encoding="utf-8").splitlines()
        ran[stem] = [json.loads(line) for line in lines]
        if status:
            last = {"cell": len(lines) + 1, "tags": [], "cpu_s": 0.0, "records": []}
            ran[stem].append(last | {"errors": [f"the process ended with status {status}"]})
    return ran


def main(folder: Path, limit_s: float, start: str, paths: list[Path]) -> None:
    """Run all notebooks, two at a time."""
    for name in HEAVY:
        importlib.import_module(name)
    gc.freeze()  # what is imported is never garbage: children need not look through it
    context = multiprocessing.get_context(start)
    waiting, running, ended = list(paths), {}, {}
    while waiting or running:
        while waiting and len(running) < AT_A_TIME:
            path = waiting.pop(0)
            child = context.Process(target=run_cells, args=(path, folder, limit_s), name=path.stem)
            child.start()
            running[child.sentinel] = child
        for sentinel in wait(list(running)):
            child = running.pop(sentinel)
            child.join()
            ended[child.name] = child.exitcode
    (folder / "ended.json").write_text(json.dumps(ended))


def run_cells(path: Path, folder: Path, limit_s: float) -> None:
    """Run the cells of one notebook in this process, up to the first that fails."""
    faulthandler.dump_traceback_later(limit_s, exit=True)
    (folder / path.stem).mkdir()
    os.chdir(folder / path.stem)
    shell = quiet_shell()
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]  # nbformat takes a second to load
    with (folder / f"{path.stem}.jsonl").open("w", encoding="utf-8") as file:
        for place, cell in enumerate(cells, start=1):
            began = time.process_time()
            shell.errors, shell.records = [], []
            source = "".join(cell["source"])
            if cell["cell_type"] == "code":
                with warnings.catch_warnings():
                    warnings.simplefilter("error")
                    shell.run_cell(source, store_history=True)
            # A Markdown cell's claims belong here: `source` and `shell.user_ns` are at hand, and
            # what does not hold is one more text in `shell.errors`.
            facts = {"cell": place, "tags": cell["metadata"].get("tags", [])}
            facts |= {"cpu_s": time.process_time() - began}
            facts |= {"errors": shell.errors, "records": shell.records}
            file.write(json.dumps(facts) + "\n")
            file.flush()
            if shell.errors:
                break


def quiet_shell() -> Any:
    """Make IPython's own shell, which notes errors and records instead of printing outputs."""
    from IPython.core.displayhook import DisplayHook
    from IPython.core.displaypub import DisplayPublisher
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets import Type
    from traitlets.config import Config

    from mlbook.exercises.verdict import MIME

    class Publisher(DisplayPublisher):
        def publish(self, data: dict[str, Any], *_: Any, **__: Any) -> None:
            self.shell.records += [data[MIME]] if MIME in data else []

    class Hook(DisplayHook):
        def write_output_prompt(self) -> None:
            pass

        def write_format_data(self, format_dict: dict[str, Any], md_dict: Any = None) -> None:
            self.shell.display_pub.publish(format_dict, md_dict)

    class Shell(InteractiveShell):
        displayhook_class = Type(Hook)
        display_pub_class = Type(Publisher)
        errors: list[str]
        records: list[dict[str, Any]]

        def _showtraceback(self, etype: type, evalue: BaseException, stb: list[str]) -> None:
            # Called for an error in a cell, for its syntax, and for an output that cannot be shown.
            self.errors.append(f"{etype.__name__}: {evalue}")

    config = Config()
    config.HistoryManager.enabled = False
    return Shell.instance(config=config)


if __name__ == "__main__":
    _, into, seconds, how, *notebooks = sys.argv
    main(Path(into), float(seconds), how, [Path(each) for each in notebooks])
