"""A JupyterLab of one's own and a browser in front of it.

What a laptop's own JupyterLab has (settings, workspaces, extensions, kernels) is not seen here.
"""

from __future__ import annotations

import contextlib
import socket
import subprocess
import time
import urllib.request
from typing import TYPE_CHECKING

from mlbook.lessons.kernel import kernel_environment
from mlbook.lessons.lab import lab_command

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from playwright.sync_api import Page

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
TOKEN = "browser-tests"
PATIENCE_S = 60
NEWS = "@jupyterlab/apputils-extension/notification.jupyterlab-settings"

# The indicator and the status bar become idle one after the other; what is started in between
# is lost without a word.
IS_IDLE = """() =>
  document.querySelector(".jp-Notebook-ExecutionIndicator")?.dataset.status === "idle" &&
  /\\| Idle/.test(document.querySelector("#jp-main-statusbar")?.innerText ?? "")"""
# Cells outside of the window are laid out lazily and have no innerText; a running one has a star.
ALL_RAN = """() => [...document.querySelectorAll(".jp-CodeCell .jp-InputPrompt")]
  .every(prompt => /\\d/.test(prompt.textContent))"""


@contextlib.contextmanager
def jupyterlab(work: Path, private: Path, options: Sequence[str] = ()) -> Iterator[str]:
    """Serve the folder `work` as `mlbook lab` does until the block ends; give the address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    here = {"port": port, "port_retries": 0, "open_browser": False, "allow_root": True}
    extra = [f"--ServerApp.{name}={value}" for name, value in here.items()]
    command = lab_command(work, [*options, *extra, f"--IdentityProvider.token={TOKEN}"])
    address, log = f"http://127.0.0.1:{port}", private / "jupyterlab.log"
    with log.open("w") as out:
        server = subprocess.Popen(command, env=_environment(private), stdout=out, stderr=out)
    try:
        _wait_for(server, address, log)
        yield address
    finally:
        server.terminate()  # and with it the kernels
        server.wait(PATIENCE_S)


def _environment(private: Path) -> dict[str, str]:
    """Return an environment in which Jupyter reads and writes in the folder `private` only."""
    folders = {
        "JUPYTER_CONFIG_DIR": private / "config",
        "JUPYTER_DATA_DIR": private / "data",
        "JUPYTERLAB_SETTINGS_DIR": private / "settings",
        "JUPYTERLAB_WORKSPACES_DIR": private / "workspaces",
    }
    news = folders["JUPYTERLAB_SETTINGS_DIR"] / NEWS
    news.parent.mkdir(parents=True)
    news.write_text('{"fetchNews": "false"}')  # a pop-up would ask first
    return kernel_environment(private) | {name: str(path) for name, path in folders.items()}


def _wait_for(server: subprocess.Popen[bytes], address: str, log: Path) -> None:
    for _ in range(4 * PATIENCE_S):
        with contextlib.suppress(OSError):
            urllib.request.urlopen(f"{address}/api?token={TOKEN}", timeout=5).close()
            return
        if server.poll() is not None:
            break
        time.sleep(0.25)
    raise RuntimeError(f"JupyterLab did not start:\n{log.read_text()[-2000:]}")


def open_notebook(page: Page, address: str, path: str, mode: str = "lab") -> None:
    """Open a notebook in a workspace of its own; return when it is shown."""
    workspace = path.replace("/", "-").removesuffix(".ipynb")
    page.set_default_timeout(1000 * PATIENCE_S)
    page.goto(f"{address}/{mode}/workspaces/{workspace}/tree/{path}?token={TOKEN}&reset")
    page.wait_for_selector(".jp-Notebook .jp-Cell")


def choose(page: Page, *path: str) -> None:
    """Choose from the menus, as in `choose(page, "Run", "Run All Cells")`."""
    menu, *items = path
    page.click(f'.lm-MenuBar-itemLabel:text-is("{menu}")')
    for item in items:
        page.click(f'.lm-Menu-itemLabel:text-is("{item}")')


def run_all(page: Page) -> None:
    """Run all cells; return when the last one has ended."""
    page.wait_for_function(IS_IDLE)
    choose(page, "Run", "Run All Cells")
    page.wait_for_function(ALL_RAN)
    page.wait_for_function(IS_IDLE)


def run_cell(page: Page, words: str) -> None:
    """Run the cell that contains these words as a learner does: click into it, Shift and Enter."""
    page.wait_for_function(IS_IDLE)
    page.locator(".jp-CodeCell", has_text=words).locator(".cm-content").click()
    page.keyboard.press("Shift+Enter")
