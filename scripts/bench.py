"""Run all benchmarks and keep what they print, with versions and machine, in build/bench.md.

    python scripts/bench.py [words for the benchmarks, such as --billion or --quick]

A benchmark may be named (`engine`); without a name all of them run, one after the other.
"""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from datetime import UTC, datetime
from importlib.metadata import distributions
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SHOWN = {"ciw", "ipywidgets", "jupyterlab", "matplotlib", "nbmake", "numba", "numpy", "pandas"}
SHOWN |= {"scikit-learn", "scipy", "simpy", "statsmodels"}


def cpu_model() -> str:
    """Name the processor; Linux tells it in a file, other systems mostly do not."""
    information = Path("/proc/cpuinfo")
    lines = information.read_text().splitlines() if information.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or "unknown processor"


def heading() -> str:
    """Say when, on what and with what."""
    packages = sorted(f"{each.name} {each.version}" for each in distributions())
    shown = [each for each in packages if each.split()[0].lower() in SHOWN]
    load = f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "unknown"
    return "\n".join(
        [
            "# Benchmarks",
            "",
            f"- {datetime.now(UTC):%Y-%m-%d %H:%M} UTC, load {load} before the first one",
            f"- {cpu_model()}, {os.cpu_count()} cores, {platform.platform()}",
            f"- Python {platform.python_version()}, {', '.join(shown)}",
        ]
    )


def run(script: Path, words: list[str], report: Path) -> None:
    """Run one benchmark; its lines go to the screen at once, and to the report."""
    command = [sys.executable, "-u", str(script), *words]
    with report.open("a", encoding="utf-8") as kept:
        kept.write(f"\n## {script.name}\n\n```\n")
        print(f"== {script.name}", flush=True)
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as child:
            for line in child.stdout or ():
                print(line, end="", flush=True)
                kept.write(line)
        kept.write("```\n")
    if child.returncode:
        sys.exit(f"{script.name} ended with status {child.returncode}")


def main() -> None:
    """Run the benchmarks that were named, or all."""
    scripts = {path.stem: path for path in sorted((ROOT / "benchmarks").glob("*.py"))}
    words = sys.argv[1:]
    chosen = [name for name in words if name in scripts] or list(scripts)
    report = ROOT / "build" / "bench.md"
    report.parent.mkdir(exist_ok=True)
    report.write_text(heading() + "\n", encoding="utf-8")
    for name in chosen:
        run(scripts[name], [word for word in words if word not in scripts], report)
    print(f"written: {report.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
