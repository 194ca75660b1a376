"""Stop a run in the middle: Ctrl-C and SIGTERM end the lessons' processes, not the report."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from types import FrameType, TracebackType

__all__ = ["INTERRUPTED", "Children", "on_signals"]

# The exit status by which a shell knows Ctrl-C.
INTERRUPTED = 130
# papermill ends a kernel that does not answer after about seven seconds.
_GRACE_S = 10.0
# SIGHUP: the terminal was closed. Windows has none.
_SIGNALS = [
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
]


class Children:
    """The processes that run now; leaving the context ends the waiting for stubborn ones."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running: set[subprocess.Popen[str]] = set()
        self._stopped = threading.Event()
        self._last_resort = threading.Timer(_GRACE_S, self._kill)
        self._last_resort.daemon = True

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._last_resort.cancel()

    def stopped(self) -> bool:
        """Tell whether `stop` was called: nothing starts any more.

        Returns
        -------
        bool
            True from then on.
        """
        return self._stopped.is_set()

    def run(
        self, command: Sequence[str], text: str, **options: Any
    ) -> subprocess.CompletedProcess[str]:
        """Run a program to its end, or until `stop`.

        Parameters
        ----------
        command : sequence of str
            Program and arguments.
        text : str
            What it reads on standard input.
        **options
            More for `subprocess.Popen`.

        Returns
        -------
        subprocess.CompletedProcess
            Its exit status and what it wrote.
        """
        with self._lock:
            if self.stopped():
                return subprocess.CompletedProcess(command, INTERRUPTED, "", "")
            child = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                encoding="utf-8",
                errors="replace",
                # Ctrl-C goes to all processes of a group: here the parent decides who ends when.
                start_new_session=True,
                **options,
            )
            self._running.add(child)
        try:
            out, err = child.communicate(text)
        finally:
            with self._lock:
                self._running.discard(child)
        return subprocess.CompletedProcess(command, child.returncode, out, err)

    def stop(self) -> None:
        """Ask every process to end, and kill those that have not after some seconds."""
        if self.stopped():
            return
        self._stopped.set()
        with self._lock:
            for child in self._running:
                child.terminate()
        self._last_resort.start()

    def _kill(self) -> None:
        with self._lock:
            for child in self._running:
                if os.name == "posix":
                    os.killpg(child.pid, signal.SIGKILL)
                else:
                    child.kill()


@contextlib.contextmanager
def on_signals(children: Children) -> Iterator[None]:
    """Let Ctrl-C, SIGTERM and a closed terminal stop the children, and nothing else.

    Parameters
    ----------
    children : Children
        What to stop.
    """

    def handler(number: int, frame: FrameType | None) -> None:
        children.stop()

    if threading.current_thread() is not threading.main_thread():
        yield  # Python delivers signals to the main thread only.
        return
    # What the caller ignores (nohup, a job in the background of a script) stays ignored.
    heard = [each for each in _SIGNALS if signal.getsignal(each) != signal.SIG_IGN]
    before = {each: signal.signal(each, handler) for each in heard}
    try:
        yield
    finally:
        for each, handled in before.items():
            signal.signal(each, handled)
