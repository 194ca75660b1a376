"""One folder for a USB stick: everything a room needs when its network fails.

It holds the wheels of mlbook and of all that it needs, for the machine and the Python that make the
kit; the sources; the report of the lessons; a worksheet to print; and one page that says how to
install. It is made beside its final place and moved there when it is whole.
"""

from __future__ import annotations

import platform
import shutil
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import click

from mlbook.files import notebooks_dir
from mlbook.lessons.pages import render
from mlbook.lessons.run import check_folder, execute
from mlbook.lessons.worksheet import worksheet_page

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from mlbook.lessons.catalogue import Lesson

__all__ = ["CARD", "build_kit"]

CARD = "INSTALL.html"
_PIP_WHEEL = ("-m", "pip", "wheel", "--disable-pip-version-check")
_SYSTEMS = {"Linux": "Linux", "Darwin": "macOS", "Windows": "Windows"}


def build_kit(lessons: Sequence[Lesson], out: Path, project: Path | None = None) -> int:
    """Make the kit.

    Parameters
    ----------
    lessons : sequence of Lesson
        What the report and the worksheet hold.
    out : Path
        The folder; an earlier kit is replaced.
    project : Path, optional
        A checkout; the one that this program runs from when left out.

    Returns
    -------
    int
        0, or 1 when a lesson failed: then there is no new kit.

    Raises
    ------
    FileNotFoundError
        When this is no checkout, which alone knows the sources and the tested versions.
    FileExistsError
        When the folder holds something that is no kit.
    OSError
        When the wheels cannot be made, for example without a network.
    """
    project, out = project or notebooks_dir().parent, out.absolute()
    if not (project / "constraints.txt").is_file():
        raise FileNotFoundError(f"{project} is no checkout of the project. Make the kit in one.")
    check_folder(out)
    if out.is_dir() and any(out.iterdir()) and not (out / CARD).is_file():
        rule = "out must be a new or empty folder or an earlier kit"
        raise FileExistsError(f"{rule}, got '{out}', which holds other files. Choose another.")
    part = out.with_name(f"{out.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    _packages(project, part)
    if status := execute(lessons, part / "report", jobs=2):
        return status
    _pages(lessons, part)
    if out.exists():
        shutil.rmtree(out)
    part.rename(out)
    return 0


def _packages(project: Path, part: Path) -> None:
    """Build mlbook as a release does, then fetch or build a wheel of everything it needs."""
    sources, wheels = part / "sources", part / "wheels"
    _call("sources", "-m", "build", "--outdir", sources, project)
    shutil.copy(project / "constraints.txt", sources)
    wheels.mkdir()
    for wheel in sources.glob("*.whl"):
        wheel.rename(wheels / wheel.name)
        what = f"{wheels / wheel.name}[fast]"
        _call("wheels", *_PIP_WHEEL, "-c", sources / "constraints.txt", "-w", wheels, what)
    found = list(wheels.glob("*.whl"))
    megabytes = sum(wheel.stat().st_size for wheel in found) / 1e6
    click.echo(f"  {len(found)} wheels, {megabytes:.0f} MB")


def _call(what: str, *words: str | Path) -> None:
    """Run a module of this Python; say that it works, and if it fails its last words."""
    from tqdm import tqdm

    terminal = sys.stdout.isatty()
    if not terminal:
        click.echo(f"… {what}")
    started, last = time.perf_counter(), ""
    child = subprocess.Popen(
        [sys.executable, *map(str, words)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
    )
    # Nobody knows beforehand how many packages there are: the bar counts what pip says.
    with child, tqdm(desc=what, unit=" steps", leave=False, disable=not terminal) as bar:
        for line in child.stdout or ():
            last = line.strip() or last
            bar.set_postfix_str(last[:60])
            bar.update()
    if child.returncode:
        advice = "It needs a network, and the tools of `make setup`."
        raise OSError(f"the {what} could not be made: {last} {advice}")
    click.echo(f"✓ {what}  {time.perf_counter() - started:.1f} s")


def _pages(lessons: Sequence[Lesson], part: Path) -> None:
    import nbformat

    executed = part / "report" / "notebooks"
    notebooks = {
        lesson: nbformat.read(executed / f"{lesson.slug}.ipynb", as_version=4)  # type: ignore[no-untyped-call]
        for lesson in lessons
    }
    (part / "worksheet.html").write_text(worksheet_page(notebooks), encoding="utf-8")
    wheel = next(path.name for path in (part / "wheels").glob("mlbook-*.whl"))
    (part / CARD).write_text(_card(wheel, lessons), encoding="utf-8")


def _card(wheel: str, lessons: Sequence[Lesson]) -> str:
    """Say how to install; only the system that made the kit can do without a network."""
    here = platform.system()
    return render(
        "install.html.j2",
        wheel=wheel,
        version=wheel.split("-")[1],
        python=f"{sys.version_info.major}.{sys.version_info.minor}",
        system=_SYSTEMS.get(here, here),
        machine=platform.machine(),
        systems=_SYSTEMS.values(),
        lessons=lessons,
    )
