"""The command line: ``mlbook list | run | build | lab | doctor | kit | classroom``."""

from __future__ import annotations

import functools
import sys
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, ParamSpec, TypeVar

import click

from mlbook.lessons import catalogue

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["main"]

_P = ParamSpec("_P")
_R = TypeVar("_R")
_OUT = Path("build/lessons")
_WORK = Path("work")
_ROUTES = ", ".join(route.name for route in catalogue.ROUTES)
_HELP = {"help_option_names": ["-h", "--help"]}


def _in_one_line(command: Callable[_P, _R]) -> Callable[_P, _R]:
    """Show a mistake of the caller as a message with exit status 2, without a traceback."""

    @functools.wraps(command)
    def wrapped(*args: _P.args, **kwargs: _P.kwargs) -> _R:
        try:
            return command(*args, **kwargs)
        except (ValueError, OSError) as error:
            click.echo(f"Error: {error}", err=True)
            sys.exit(2)

    return wrapped


@click.group(context_settings=_HELP)
def main() -> None:
    """Machine learning at work: run the lessons, or open them in JupyterLab."""


@main.command("list")
@click.option("--route", metavar="NAME", help=f"One of: {_ROUTES}.")
@_in_one_line
def list_lessons(*, route: str | None) -> None:
    """List the lessons, or those of a route with the minutes of the day."""
    if route:
        click.echo(_timetable(catalogue.find_route(route)))
        return
    for lesson in catalogue.LESSONS:
        facts = f"{lesson.core_minutes} min, {lesson.slides_in_words}, {lesson.prerequisites}"
        click.echo(f"{lesson.number}  {lesson.title:<40} {facts}")


def _timetable(route: catalogue.Route) -> str:
    """Write a route as a table: one line a lesson or break, and the sum."""
    lines = [f"{route.name}: {route.title}"]
    for stop in route.stops:
        number, title = ("  ", "break")
        if not isinstance(stop, catalogue.Break):
            number, title = stop.number, stop.title
        note = ", its core" if route.whole_minutes and number.strip() else ""
        note += "  not written yet" if isinstance(stop, catalogue.Planned) else ""
        minutes = _span(*catalogue.minutes_of(stop))
        lines.append(f"{number}  {title:<40} {minutes:>9} min{note}")
    whole = ", each lesson with what stands under More" if route.whole_minutes else ""
    lines.append(f"{'together':<44} {_span(*route.minutes):>9} min{whole}")
    return "\n".join(lines)


def _span(low: int, high: int) -> str:
    return f"{low}" if low == high else f"{low}-{high}"


@main.command("run")
@click.argument("names", nargs=-1, metavar="[NN]...")
@click.option("-p", "pairs", multiple=True, metavar="NAME=VALUE", help="Set a parameter.")
@click.option(
    "--sweep",
    "sweeps",
    multiple=True,
    metavar="NAME=A,B,C",
    help="Run once for each value, and lay the results side by side.",
)
@click.option(
    "--profile",
    default="quick",
    metavar="quick|full",
    help="full: the parameters of a long run, where a lesson names them.",
    show_default=True,
)
@click.option("--route", metavar="NAME", help=f"Only the cores of a route's lessons: {_ROUTES}.")
@click.option(
    "-j",
    "--jobs",
    default=1,
    type=click.IntRange(min=1),
    help="Lessons at a time.",
    show_default=True,
)
@click.option(
    "--out",
    default=_OUT,
    type=click.Path(path_type=Path),
    help="Where to write.",
    show_default=True,
)
@click.option(
    "--timeout",
    default=600,
    type=click.IntRange(min=1),
    help="Seconds that one cell may take.",
    show_default=True,
)
@_in_one_line
def run_lessons(
    names: tuple[str, ...],
    pairs: tuple[str, ...],
    sweeps: tuple[str, ...],
    profile: str,
    route: str | None,
    jobs: int,
    out: Path,
    timeout: int,
) -> None:
    """Run lessons (all when none is named) and write a report that opens offline.

    Ctrl-C stops the run; the report then holds the lessons that were finished.
    """
    from mlbook.lessons.given import split_pairs, split_sweep
    from mlbook.lessons.run import execute

    if len(sweeps) > 1:
        raise ValueError(f"--sweep must be given once, got {len(sweeps)}. Run one after the other.")
    way = catalogue.find_route(route) if route else None
    status = execute(
        _chosen(names, way),
        out,
        split_pairs(pairs),
        sweep=split_sweep(sweeps[0]) if sweeps else None,
        profile=profile,
        route=way,
        jobs=jobs,
        timeout_s=timeout,
    )
    click.echo(f"report: {out / 'index.html'}")
    sys.exit(status)


def _chosen(names: tuple[str, ...], route: catalogue.Route | None) -> list[catalogue.Lesson]:
    """Return the lessons to run in the catalogue's order."""
    if route is None:
        chosen = {catalogue.find(name) for name in names} or set(catalogue.LESSONS)
        return [lesson for lesson in catalogue.LESSONS if lesson in chosen]
    if names:
        raise ValueError(f"a route chooses the lessons, got {' '.join(names)} as well. Keep one.")
    missing = ", ".join(f"{each.number} {each.title}" for each in route.planned)
    if not route.lessons:
        raise ValueError(f"route {route.name} has no lesson yet: not written are {missing}.")
    if missing:
        click.echo(f"not written yet, left out of {route.name}: {missing}")
    return [lesson for lesson in catalogue.LESSONS if lesson in route.lessons]


@main.command("build")
@click.option("--check", is_flag=True, help="Only compare; status 1 when a notebook differs.")
@click.option(
    "--solved",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="Write the instructor's copies into DIR, with the exercises solved, and nothing else.",
)
@_in_one_line
def build(*, check: bool, solved: Path | None) -> None:
    """Write the notebooks from notebooks/src, and INSTRUCTOR.md."""
    from mlbook.lessons.build import build_notebooks, build_solved
    from mlbook.lessons.instructor import write_notes

    if solved and check:
        raise click.UsageError("--check compares the learners' notebooks: leave out --solved.")
    if solved:
        for path in build_solved(solved):
            click.echo(f"{path} written")
        return
    changed = [*build_notebooks(check=check), *write_notes(check=check)]
    for path in changed:
        has_source = path.suffix == ".md" or (path.parent / "src" / f"{path.stem}.py").is_file()
        word = "differs from its source" if has_source else "has no source: delete it"
        click.echo(f"{path.name} {word if check else 'written'}")
    if check and changed:
        click.echo("Bring them in step with: python -m mlbook build", err=True)
        sys.exit(1)
    if not changed:
        click.echo("every notebook is in step with its source")


@main.command("lab", context_settings={"ignore_unknown_options": True, "allow_extra_args": True})
@click.option(
    "--projector",
    is_flag=True,
    help="For a room: large type, one document at a time, sidebars folded (the folder on the left "
    "unfolds the lessons). Your own settings of JupyterLab are left alone; those of the room are "
    "kept in ./work/.projector.",
)
@click.argument("extra", nargs=-1, type=click.UNPROCESSED, metavar="[JUPYTERLAB OPTIONS]...")
@_in_one_line
def lab(extra: tuple[str, ...], *, projector: bool) -> None:
    """Copy the lessons to ./work, keeping what is there, and open JupyterLab in it.

    Nothing in ./work is overwritten. When a lesson has changed since you copied it, the new edition
    is put beside your notebook, as 06_rest_api.newer.ipynb. To start a lesson afresh, delete or
    rename your notebook.

    Options that are not listed here go to JupyterLab.
    """
    from mlbook.lessons.editions import copy_lessons
    from mlbook.lessons.lab import for_a_room, lab_command, start

    for copy in copy_lessons(catalogue.LESSONS, _WORK):
        click.echo(copy)
    room = for_a_room(_WORK) if projector else []
    sys.exit(start(lab_command(_WORK, [*room, *extra])))


@main.command("doctor")
@click.option("--out", default=_OUT, type=click.Path(path_type=Path), help="The output folder.")
@click.option("--workshop", is_flag=True, help="Also start a kernel and JupyterLab; see the room.")
@_in_one_line
def doctor(out: Path, *, workshop: bool) -> None:
    """Check the installation; the last line is "ready" or what to do first."""
    from mlbook.lessons.doctor import examine
    from mlbook.lessons.workshop import examine_room

    problems = []
    for check in chain(examine(out), examine_room(_WORK) if workshop else ()):
        click.echo(str(check))
        if check.state == "problem":
            problems.append(f"{check.part}: {check.found}")
    click.echo(f"{len(problems)} to repair, first {problems[0]}" if problems else "ready")
    sys.exit(int(bool(problems)))


@main.command("kit")
@click.argument("names", nargs=-1, metavar="[NN]...")
@click.option("--out", default="build/kit", type=click.Path(path_type=Path), show_default=True)
@_in_one_line
def kit(names: tuple[str, ...], out: Path) -> None:
    """Make a folder for a USB stick: wheels, sources, report, worksheet, how to install.

    The report and the worksheet are of all lessons when none is named.
    """
    from mlbook.lessons.kit import CARD, build_kit

    lessons = [catalogue.find(name) for name in names] or catalogue.LESSONS
    if status := build_kit(lessons, out):
        click.echo("Error: the report is not whole, so there is no new kit", err=True)
        sys.exit(status)
    click.echo(f"kit: {out / CARD}")


@main.command("classroom")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--out", default="build/class", type=click.Path(path_type=Path), show_default=True)
@click.option("--names", is_flag=True, help="Show the learners' names instead of numbers.")
@_in_one_line
def classroom(folder: Path, out: Path, *, names: bool) -> None:
    """Make a table of a class from the notebooks that it handed in."""
    from mlbook.lessons.classroom import collect

    table = collect(folder)
    (table if names else table.anonymous()).write(out)
    for line in table.skipped:
        click.echo(f"not counted: {line}", err=True)
    counted = f"{len(table.states)} learners, {len(table.exercises)} exercises"
    click.echo(f"{counted}, {len(table.skipped)} notebooks not counted: {out / 'class.html'}")
