"""What fails in a room: start what a lesson starts, before the class does.

Everything is tried the way `mlbook lab` does it, with the settings of this machine and user: a
kernel that belongs to another Python, or a server that a setting keeps from starting, looks well
until somebody opens a lesson.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import tempfile
import time
import urllib.request
import webbrowser
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from mlbook.lessons.doctor import Check
from mlbook.lessons.lab import lab_command
from mlbook.lessons.run import check_folder

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyter_client.blocking.client import BlockingKernelClient

__all__ = ["examine_room"]

# A lesson's kernel was measured at 0.4 GB; JupyterLab and a browser tab need about as much again.
_MEMORY_BYTES = 1e9
# All lessons, their report and what they write: measured at 4 MB. The rest is for the browser.
_DISK_BYTES = 200e6
_START_S = 30  # that a kernel, or a server, may take to start
_LESSON_S = 30  # that the small lesson may take
_KERNEL = "python3"
_SLIDERS = "@jupyter-widgets/jupyterlab-manager"

# What every lesson does: a shop, a trained model, a panel with sliders and its picture.
_LESSON = """
import os, mlbook as mb
batch = mb.run(mb.SharedDb(), mb.World(seed=0, days=8, users=50))
mb.explore.prediction_age(24.0, 2.0)._repr_mimebundle_()
print(os.path.dirname(mb.__file__))
"""


def examine_room(work: Path) -> Iterator[Check]:
    """Look at what a class needs beside the installation; it takes some seconds.

    Parameters
    ----------
    work : Path
        The folder that `mlbook lab` would open; it is not written.

    Yields
    ------
    Check
        One a part.
    """
    yield _work(work)
    yield _disk(work)
    yield _memory()
    yield _kernel()
    yield from _lab()
    yield _browser()
    yield _japanese()


def _work(work: Path) -> Check:
    try:
        check_folder(work)
    except OSError:
        advice = "cannot be written: open a terminal in a folder of your own, and start again"
        return Check(part="work folder", state="problem", found=f"{work.absolute()} {advice}")
    return Check(part="work folder", state="ok", found=str(work))


def _disk(work: Path) -> Check:
    existing = next(path for path in (work, *work.absolute().parents) if path.exists())
    free = shutil.disk_usage(existing).free
    found = f"{free / 1e9:.1f} GB free"
    if free < _DISK_BYTES:
        found += f", {_DISK_BYTES / 1e9:.1f} GB are needed: make room, or work in another folder"
    return Check(part="disk", state="problem" if free < _DISK_BYTES else "ok", found=found)


def _memory() -> Check:
    import psutil

    free = psutil.virtual_memory().available
    found = f"{free / 1e9:.1f} GB free"
    if free < _MEMORY_BYTES:
        found += f", {_MEMORY_BYTES / 1e9:.1f} GB are needed: close other programs"
    return Check(part="memory", state="problem" if free < _MEMORY_BYTES else "ok", found=found)


def _kernel() -> Check:
    """Run a small lesson in the kernel that JupyterLab would start."""
    from jupyter_client.kernelspec import KernelSpecManager

    try:
        spec = KernelSpecManager().get_kernel_spec(_KERNEL)
    except LookupError:
        found = f"there is none called {_KERNEL}: pip install --force-reinstall ipykernel"
        return Check(part="kernel", state="problem", found=found)
    started = time.perf_counter()
    if trouble := _trouble():
        where = f"{spec.resource_dir} starts {spec.argv[0]}"
        advice = f"Install mlbook there, or remove it: jupyter kernelspec remove {_KERNEL}"
        return Check(part="kernel", state="problem", found=f"{trouble}. {where}. {advice}")
    found = f"runs a small lesson in {time.perf_counter() - started:.1f} s"
    return Check(part="kernel", state="ok", found=found)


def _trouble() -> str | None:
    """Start the kernel, run the small lesson in it, and say what went wrong."""
    from jupyter_client.manager import start_new_kernel

    # Far from the checkout: the kernel must find mlbook as it would in work/.
    place = tempfile.gettempdir()
    with _log_file() as log:
        try:
            manager, client = start_new_kernel(
                startup_timeout=_START_S, kernel_name=_KERNEL, cwd=place, stdout=log, stderr=log
            )
        except (OSError, RuntimeError) as error:
            return _last_line(log) or str(error)
        try:
            return _lesson_fails(client)
        except TimeoutError:
            late = f"it takes longer than {_LESSON_S} s"
            return late if manager.is_alive() else f"it died: {_last_line(log)}"
        finally:
            client.stop_channels()
            manager.shutdown_kernel(now=True)


def _lesson_fails(client: BlockingKernelClient) -> str | None:
    said: list[str] = []

    def listen(message: dict[str, Any]) -> None:
        if message["msg_type"] == "stream":
            said.append(message["content"]["text"])

    reply = client.execute_interactive(_LESSON, timeout=_LESSON_S, output_hook=listen)["content"]
    if reply["status"] != "ok":
        return f"{reply['ename']}: {reply['evalue']}"
    ours, theirs = Path(__file__).resolve().parents[1], "".join(said).strip().split("\n")[-1]
    return None if ours == Path(theirs).resolve() else f"it imports another mlbook, {theirs}"


def _lab() -> Iterator[Check]:
    """Start JupyterLab on its usual port and open its page, as a browser on this machine would."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as scratch, _log_file() as log:
        server = subprocess.Popen(
            lab_command(Path(scratch), ["--no-browser"]),
            env=os.environ | {"JUPYTER_RUNTIME_DIR": scratch},
            stdout=log,
            stderr=log,
        )
        try:
            port, page = _served(server, Path(scratch))
        except TimeoutError as error:
            found = f"does not serve: {_last_line(log) or error}"
            yield Check(part="JupyterLab", state="problem", found=found)
            return
        finally:
            server.terminate()
            server.wait()
    yield Check(part="JupyterLab", state="ok", found=f"serves on 127.0.0.1, port {port}")
    if _SLIDERS in page:
        yield Check(part="sliders", state="ok", found="there")
    else:
        found = "not in JupyterLab: pip install --force-reinstall jupyterlab_widgets"
        yield Check(part="sliders", state="problem", found=found)


def _served(server: subprocess.Popen[bytes], folder: Path) -> tuple[int, str]:
    """Wait until a server answers, and give its port and its page."""
    late = time.monotonic() + _START_S
    while time.monotonic() < late and server.poll() is None:
        try:
            facts = json.loads(next(folder.glob("jpserver-*.json")).read_bytes())
            return facts["port"], _page(f"{facts['url']}lab?token={facts['token']}")
        except (StopIteration, ValueError, OSError):
            # No note yet, half of one, or one of a server that does not listen yet.
            time.sleep(0.05)
    raise TimeoutError(f"it ended, or it took longer than {_START_S} s.")


def _page(address: str) -> str:
    # A proxy that is set for the network must not be asked for this machine.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(address, timeout=_START_S) as answer:
        return str(answer.read().decode("utf-8", errors="replace"))


def _browser() -> Check:
    try:
        webbrowser.get()
    except webbrowser.Error:
        found = "none found: open the address that `mlbook lab` prints by hand"
        return Check(part="web browser", state="optional", found=found)
    return Check(part="web browser", state="ok", found="opens by itself")


def _japanese() -> Check:
    """Look for a font with the glossary's Japanese words; macOS and Windows bring one."""
    lister = shutil.which("fc-list")
    if lister is None:
        return Check(part="Japanese", state="ok", found="left to the system's fonts")
    fonts = subprocess.run([lister, ":lang=ja", "family"], capture_output=True, check=False).stdout
    if fonts.strip():
        return Check(part="Japanese", state="ok", found=f"{len(fonts.splitlines())} fonts")
    found = "no font: the glossary shows boxes. On Debian: apt-get install fonts-ipafont-gothic"
    return Check(part="Japanese", state="optional", found=found)


def _log_file() -> IO[str]:
    return tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace")


def _last_line(log: IO[str]) -> str:
    """Find what a program said last, without the stamp that a server puts before it."""
    log.seek(0)
    lines = [line for line in log if line.strip()]
    return re.sub(r"^\[[^]]*\]\s*", "", lines[-1]).strip() if lines else ""
