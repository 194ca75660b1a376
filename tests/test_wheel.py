"""What an installed copy needs is in the wheel: it runs a lesson far from the checkout."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.slow


def run(*command: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    clean = {k: v for k, v in os.environ.items() if k not in {"PYTHONPATH", "VIRTUAL_ENV"}}
    return subprocess.run(
        [str(word) for word in command],
        cwd=cwd,
        env=clean,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=900,
    )


def pip_can_fetch(folder: Path) -> bool:
    fetch = [sys.executable, "-m", "pip", "download", "--quiet", "--retries=0", "--timeout=20"]
    return run(*fetch, "--no-deps", "setuptools>=77", cwd=folder).returncode == 0


@pytest.fixture
def wheel(project_copy: Path, tmp_path: Path, absent: Callable[[str], None]) -> Path:
    """Build the wheel as a release does: from the source archive, not from the checkout."""
    if not pip_can_fetch(tmp_path):
        absent("needs a package registry to build and install the wheel")
    (project_copy / "build" / "lib" / "mlbook").mkdir(parents=True)
    (project_copy / "build" / "lib" / "mlbook" / "stale.py").touch()
    built = run(sys.executable, "-m", "build", "--outdir", tmp_path / "dist", cwd=project_copy)
    assert built.returncode == 0, built.stdout
    return next((tmp_path / "dist").glob("*.whl"))


def files_below(folder: Path) -> set[str]:
    return {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and not any(part.startswith(".") for part in path.parts[-2:])
    }


def test_an_installed_copy_runs_a_lesson_from_another_folder(
    wheel: Path, project_copy: Path, tmp_path: Path
):
    carried = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    code = {f"mlbook/{name}" for name in files_below(project_copy / "mlbook")}
    shared = {
        f"mlbook/_share/{folder}/{name}"
        for folder in ("data", "notebooks")
        for name in files_below(project_copy / folder)
    }
    assert carried == code | shared

    bin_folder = tmp_path / "clean" / "bin"
    elsewhere = tmp_path / "some where else"
    elsewhere.mkdir()
    made = run(sys.executable, "-m", "venv", tmp_path / "clean", cwd=elsewhere)
    assert made.returncode == 0, made.stdout
    install = [bin_folder / "python", "-m", "pip", "install", "--quiet", wheel]
    installed = run(*install, "-c", project_copy / "constraints.txt", cwd=elsewhere)
    assert installed.returncode == 0, installed.stdout

    listed = run(bin_folder / "mlbook", "list", cwd=elsewhere)
    assert listed.returncode == 0, listed.stdout
    assert "07" in listed.stdout

    examined = run(bin_folder / "mlbook", "doctor", cwd=elsewhere)
    assert examined.returncode == 0, examined.stdout

    ran = run(bin_folder / "mlbook", "run", "07", "--out", "report", cwd=elsewhere)
    assert ran.returncode == 0, ran.stdout
    assert (elsewhere / "report" / "index.html").is_file()
