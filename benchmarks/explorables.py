"""How soon a panel answers a key: from the key press to changed pixels, in a real JupyterLab.

Three panels around the same 20,000 requests stand in one notebook and are pressed in turns, so that
a ratio holds on a busy machine too. The time runs from the key event to the first animation frame
in which the picture has changed. Nothing here fails.
"""

from __future__ import annotations

import os
import platform
import shutil
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path
from statistics import median, quantiles
from typing import TYPE_CHECKING

import nbformat
from playwright.sync_api import sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # the harness belongs to the tests
from tests.browser.harness import FLAGS, jupyterlab, open_notebook, run_all

if TYPE_CHECKING:
    from playwright.sync_api import Page

STEPS = 20
PLAIN = """
import matplotlib.pyplot as plt
import numpy as np
import ipywidgets as widgets
from mlbook.explore.knee_panel import EDGES_S, waits

def draw(rate_per_s, workers, service_ms):
    result = waits(rate_per_s, workers, service_ms)
    figure, (left, right) = plt.subplots(1, 2, figsize=(8.8, 3.3), width_ratios=(4, 1))
    shares = np.histogram(result.latency_s, EDGES_S)[0] / result.latency_s.size
    left.stairs(100 * shares, EDGES_S, fill=True)
    for value in np.quantile(result.latency_s, [0.5, 0.99]):
        left.axvline(value)
        left.text(value, 20, f"{value:.3g} s")
    left.set(xscale="log", ylim=(0, 22), xlabel="time the user waits", ylabel="% of requests")
    left.set_title(f"{rate_per_s:g} visits per second, {workers} workers")
    right.bar(["busy, %"], [100 * result.utilization])
    right.set_ylim(0, 150)
    plt.show()

knobs = {
    "rate_per_s": widgets.FloatSlider(value=50, min=10, max=600, step=5),
    "workers": widgets.IntSlider(value=4, min=1, max=16),
    "service_ms": widgets.FloatSlider(value=8, min=1, max=40),
}
widgets.VBox([*knobs.values(), widgets.interactive_output(draw, knobs)])
"""
AS_PNG = """
from mlbook.explore import Explorable, knee
from mlbook.explore.knee_panel import _WaitsView, waits

panel, view = knee(), _WaitsView()
view.moving = ()
Explorable(waits, view, panel.knobs, **panel.params)
"""
AS_SVG = """
from mlbook.explore import knee

knee()
"""
VARIANTS = {  # name: (cell, how many times faster than the first it should be, and in how many ms)
    "(a) interactive_output, inline": (PLAIN, None, None),
    "(b) Explorable, PNG": (AS_PNG, 2.5, 120),
    "(c) Explorable, fast lane (SVG)": (AS_SVG, 8.0, 40),
}

# Gives the milliseconds from the next key press to the first frame with another picture in `cell`.
# A picture that is not decoded yet does not count.
TIME_A_KEY = """cell => {
  const sign = () =>
    [...cell.querySelectorAll(".jp-OutputArea img")]
      .map(image => image.complete && image.naturalWidth ? image.src : "").join("") +
    [...cell.querySelectorAll("svg[role=img]")].map(picture => picture.outerHTML).join("");
  const before = sign();
  window.measured = new Promise((resolve, reject) => addEventListener("keydown", () => {
    const began = performance.now();
    setTimeout(() => reject(new Error("no other picture within 10 s")), 10_000);
    const look = () => {
      const now = sign();
      if (now && now !== before) resolve(performance.now() - began);
      else requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  }, { capture: true, once: true }));
}"""


def measure(page: Page) -> dict[str, list[float]]:
    """Press the arrow key on the first slider of each variant in turns; give milliseconds."""
    cells = page.query_selector_all(".jp-CodeCell")
    took: dict[str, list[float]] = {name: [] for name in VARIANTS}
    for step in range(STEPS + 2):
        for name, cell in zip(VARIANTS, cells, strict=True):
            cell.wait_for_selector("[role=slider]").focus()
            cell.evaluate(TIME_A_KEY)
            page.keyboard.press("ArrowRight")
            milliseconds = page.evaluate("window.measured")
            page.wait_for_timeout(600)  # until the sentence has been said, too
            if step >= 2:  # the first presses load what is loaded once
                took[name].append(milliseconds)
    return took


def in_jupyterlab(chromium: str) -> tuple[dict[str, list[float]], str]:
    """Open a notebook with all variants; give what was measured, and the browser's version."""
    with tempfile.TemporaryDirectory() as folder:
        work, private = Path(folder, "work"), Path(folder, "private")
        work.mkdir()
        private.mkdir()
        book = nbformat.v4.new_notebook()
        book.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
        book.cells = [nbformat.v4.new_code_cell(cell.strip()) for cell, *_ in VARIANTS.values()]
        nbformat.write(book, work / "panels.ipynb")
        with jupyterlab(work, private) as address, sync_playwright() as driver:
            browser = driver.chromium.launch(executable_path=chromium, args=FLAGS)
            # So tall that no cell is out of sight: JupyterLab takes those off the page.
            page = browser.new_page(viewport={"width": 1280, "height": 3000})
            open_notebook(page, address, "panels.ipynb")
            run_all(page)
            took, number = measure(page), browser.version
            browser.close()
    return took, number


def main() -> None:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if not chromium:
        print("needs Chromium: see scripts/system-packages")
        return
    took, number = in_jupyterlab(chromium)
    plain = median(next(iter(took.values())))
    print(f"key press to changed picture, {STEPS} steps each, in turns")
    print(f"{'':<34}{'median ms':>10}{'p90 ms':>8}{'faster':>8}   goal")
    for name, (_, times, within_ms) in VARIANTS.items():
        middle, p90 = median(took[name]), quantiles(took[name], n=10)[-1]
        goal = f"{times:g} times, about {within_ms} ms" if times else ""
        print(f"{name:<34}{middle:>10.0f}{p90:>8.0f}{plain / middle:>8.1f}   {goal}")
    parts = ("jupyterlab", "ipywidgets", "matplotlib", "numpy")
    print(", ".join(f"{part} {version(part)}" for part in parts), f"Chromium {number}", sep=", ")
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")
    machine = f"{platform.platform()}, {os.cpu_count()} cores, load {load:.1f}"
    print(f"Python {platform.python_version()}, {machine}")


if __name__ == "__main__":
    main()
