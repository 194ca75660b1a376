"""Tell a person which lessons run and how far they are, or a log file how each of them ended."""

from __future__ import annotations

import re
import sys
import threading
from typing import TYPE_CHECKING, Any, Self

import click

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

    from mlbook.lessons.outcome import Outcome

__all__ = ["Progress", "cells_done"]

_REFRESH_S = 0.5
_STATUS = re.compile(rb'^ *"status": "(pending|running|completed|failed)"', re.MULTILINE)
_BAR = "  {desc} {bar:24} {n_fmt}/{total_fmt} cells, {elapsed}"
_ALL = "{n_fmt} of {total_fmt} lessons, {elapsed}"


class Progress:
    """One line when a lesson ends; in a terminal also a bar for each lesson that runs.

    Parameters
    ----------
    total : int
        How many lessons will run.
    """

    def __init__(self, total: int) -> None:
        from tqdm import tqdm

        self._tqdm = tqdm
        # In a pipe to `tee`, bars on the error stream would be torn apart by the lines.
        self._terminal = sys.stdout.isatty() and sys.stderr.isatty()
        self._all = tqdm(total=total, bar_format=_ALL, leave=False, disable=not self._terminal)
        self._running: dict[str, tuple[Any, Path]] = {}
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._clock = threading.Thread(target=self._tick, daemon=True)

    def __enter__(self) -> Self:
        if self._terminal:
            self._clock.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._over.set()
        if self._terminal:
            self._clock.join()
        self._all.close()

    def started(self, name: str, executed: Path) -> None:
        """Take notice that a lesson starts.

        Parameters
        ----------
        name : str
            Its number, and in a sweep the value.
        executed : Path
            The notebook that papermill saves before and after every cell.
        """
        with self._lock:
            bar = self._tqdm(
                total=0, desc=name, bar_format=_BAR, leave=False, disable=not self._terminal
            )
            self._running[name] = bar, executed

    def ended(self, name: str, outcome: Outcome | None) -> None:
        """Say how a lesson ended.

        Parameters
        ----------
        name : str
            As it started.
        outcome : Outcome or None
            What came out; None when the lesson was stopped.
        """
        with self._lock:
            self._running.pop(name)[0].close()
            if self._terminal:
                self._all.write(_line(name, outcome))
            else:
                click.echo(_line(name, outcome))
            self._all.update()

    def _tick(self) -> None:
        while not self._over.wait(_REFRESH_S):
            with self._lock:
                for bar, executed in self._running.values():
                    done, total = cells_done(executed)
                    if total >= bar.total:  # a file that is just being written seems shorter
                        bar.n, bar.total = done, total
                    bar.refresh()
                self._all.refresh()


def cells_done(executed: Path) -> tuple[int, int]:
    """Count the cells of a notebook that papermill is working on.

    The text is searched and not parsed: it may be large, and it may be read while it is written.

    Parameters
    ----------
    executed : Path
        The notebook; it need not exist yet.

    Returns
    -------
    tuple of two ints
        Completed cells and all cells.
    """
    try:
        found = _STATUS.findall(executed.read_bytes())
    except OSError:
        return 0, 0
    return found.count(b"completed"), len(found)


def _line(name: str, outcome: Outcome | None) -> str:
    if outcome is None:
        return f"■ {name}  interrupted"
    mark = "✗" if outcome.failure else "✓"
    reason = f"  {outcome.failure}" if outcome.failure else ""
    return f"{mark} {name}  {outcome.status} {outcome.seconds:5.1f} s{reason}"
