"""The one place that knows the lessons and the routes through them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mlbook import validate

if TYPE_CHECKING:
    from pathlib import Path

__all__ = [
    "LESSONS",
    "PLANNED",
    "ROUTES",
    "Break",
    "Lesson",
    "Planned",
    "Route",
    "find",
    "find_route",
    "minutes_of",
    "notebook_of",
]


@dataclass(frozen=True, kw_only=True)
class Lesson:
    """One chapter of the workbook.

    Parameters
    ----------
    number : str
        Two digits, as the talk's chapters are counted; a letter and a digit for an appendix, which
        stands after them.
    slug : str
        Name of the source and of the notebook, without its ending.
    title : str
        What the learner reads.
    slides : str
        The slides of the talk that it covers.
    core_minutes : int
        Minutes for the core; what stands under "More" is not counted.
    prerequisites : str
        What should be known before; every lesson can be opened first.
    modules : tuple of str
        The library that the lesson reads and runs, below ``mlbook``.
    """

    number: str
    slug: str
    title: str
    slides: str
    core_minutes: int
    prerequisites: str = "needs nothing"
    modules: tuple[str, ...] = ()

    @property
    def slides_in_words(self) -> str:
        """Such as ``"slide 24"`` or ``"slides 1-3"``."""
        return f"slide{'' if self.slides.isdigit() else 's'} {self.slides}"


@dataclass(frozen=True, kw_only=True)
class Planned:
    """A chapter whose lesson is not written yet; its row moves to `LESSONS` when it is.

    Parameters
    ----------
    number : str
        Two digits.
    title : str
        As in the plan.
    core_minutes : int, optional
        Minutes for the core; None when the plan says no more than `ROUGH_MINUTES`.
    """

    number: str
    title: str
    core_minutes: int | None = None


@dataclass(frozen=True, kw_only=True)
class Break:
    """Minutes without a lesson.

    Parameters
    ----------
    minutes : int
        How long.
    """

    minutes: int


@dataclass(frozen=True, kw_only=True)
class Route:
    """A way through some of the lessons, for an occasion.

    Parameters
    ----------
    name : str
        What ``--route`` takes.
    title : str
        The occasion.
    legs : tuple of str or Break
        Numbers of lessons in the order of the day, and the breaks between them.
    whole_minutes : int, optional
        Minutes for all legs together when each lesson is done with its "More, if you have time";
        None when a lesson's core is enough.
    """

    name: str
    title: str
    legs: tuple[str | Break, ...]
    whole_minutes: int | None = None

    @property
    def stops(self) -> list[Lesson | Planned | Break]:
        """What the legs stand for today."""
        chapters: tuple[Lesson | Planned, ...] = (*PLANNED, *LESSONS)
        known = {chapter.number: chapter for chapter in chapters}
        return [known[leg] if isinstance(leg, str) else leg for leg in self.legs]

    @property
    def lessons(self) -> list[Lesson]:
        """The lessons that are written."""
        return [stop for stop in self.stops if isinstance(stop, Lesson)]

    @property
    def planned(self) -> list[Planned]:
        """The lessons that are not written yet."""
        return [stop for stop in self.stops if isinstance(stop, Planned)]

    @property
    def minutes(self) -> tuple[int, int]:
        """Shortest and longest duration; equal where the plan names the minutes of every leg."""
        if self.whole_minutes is not None:
            return self.whole_minutes, self.whole_minutes
        spans = [minutes_of(stop) for stop in self.stops]
        return sum(low for low, _ in spans), sum(high for _, high in spans)


# What the plan says of a core whose minutes are not fixed yet.
ROUGH_MINUTES = (20, 40)

LESSONS: tuple[Lesson, ...] = (
    Lesson(
        number="00",
        slug="00_start_here",
        title="Start here: the shop without a model",
        slides="1-3",
        core_minutes=15,
        modules=("world", "experiment", "measure"),
    ),
    Lesson(
        number="02",
        slug="02_ab_tests",
        title="A/B tests that do not lie",
        prerequisites="lesson 00 helps",
        slides="5, 28",
        core_minutes=25,
        modules=("ab", "routing", "experiment", "world"),
    ),
    Lesson(
        number="06",
        slug="06_rest_api",
        title="Pattern 1: REST API",
        prerequisites="lesson 00 helps",
        slides="13-16, 23",
        core_minutes=30,
        modules=("patterns.rest_api", "queueing", "experiment", "measure"),
    ),
    Lesson(
        number="07",
        slug="07_shared_db",
        title="Pattern 2: shared DB",
        prerequisites="lesson 00 helps",
        slides="17-18, 23",
        core_minutes=30,
        modules=("patterns.shared_db", "faults", "experiment", "measure"),
    ),
    Lesson(
        number="08",
        slug="08_streaming",
        title="Pattern 3: streaming",
        prerequisites="lesson 07 helps",
        slides="19, 23",
        core_minutes=20,
        modules=("patterns.streaming", "message_log", "world", "queueing", "measure"),
    ),
    Lesson(
        number="09",
        slug="09_mobile_app",
        title="Pattern 4: mobile, and 4': federated",
        prerequisites="lesson 00 helps",
        slides="20-23",
        core_minutes=15,
        modules=("patterns.mobile_app", "patterns.federated", "export", "fedavg", "queueing"),
    ),
    Lesson(
        number="10",
        slug="10_four_patterns_compared",
        title="The four patterns compared",
        prerequisites="lessons 06 and 07 help, 08 and 09 too",
        slides="23",
        core_minutes=30,
        modules=("experiment", "coupling", "cost", "decision", "tasting", "contract"),
    ),
    Lesson(
        number="11",
        slug="11_ci_cd_blue_green",
        title="CI, CD and blue-green deployment",
        prerequisites="lesson 06 helps",
        slides="24",
        core_minutes=25,
        modules=("releases", "monitoring", "routing"),
    ),
    Lesson(
        number="A1",
        slug="A1_latency_lab",
        title="The latency lab (appendix to 06)",
        prerequisites="lesson 06 helps",
        slides="13-16",
        core_minutes=30,
        modules=("queueing", "explore"),
    ),
)

PLANNED: tuple[Planned, ...] = (
    Planned(number="01", title="The seven-step journey"),
    Planned(number="03", title="Eight steps, doing without ML, and the team"),
    Planned(number="04", title="Academia and production"),
    Planned(number="05", title="One workflow, three zones"),
    Planned(number="12", title="Dependencies and feedback loops"),
    Planned(number="13", title="Safe to serve, silent failures, skew"),
    Planned(number="14", title="Versions, bitemporal data, lineage"),
    Planned(number="15", title="Teams, the ML Test Score, the Joel test"),
    Planned(number="16", title="Edge fleets and privacy law"),
    Planned(number="17", title="Capstone: ninety days on call"),
)

ROUTES: tuple[Route, ...] = (
    Route(
        name="half-day",
        title="a half-day workshop",
        legs=("00", "06", "07", Break(minutes=15), "08", "09", "10", "02"),
    ),
    Route(name="ab-class", title="a two-hour class on A/B tests", legs=("02",), whole_minutes=120),
    Route(
        name="full-course",
        title="the core of every chapter",
        legs=tuple(f"{number:02d}" for number in range(18)),
    ),
)


def find(name: str) -> Lesson:
    """Look up a lesson by its number or its slug.

    Parameters
    ----------
    name : str
        ``"06"``, ``"6"``, ``"06_rest_api"``, ``"a1"``.

    Returns
    -------
    Lesson
        The lesson of that name.

    Raises
    ------
    ValueError
        When there is no such lesson; the message suggests one and lists them all.

    Examples
    --------
    >>> find("6").title
    'Pattern 1: REST API'
    """
    for lesson in LESSONS:
        if name.upper().zfill(2) == lesson.number or name == lesson.slug:
            return lesson
    hint = validate.did_you_mean(
        name, [word for each in LESSONS for word in (each.slug, each.number)]
    )
    known = "\n".join(f"  {lesson.number}  {lesson.title}" for lesson in LESSONS)
    raise ValueError(f"lesson must be one of those below, got {name!r}.{hint}\n{known}")


def find_route(name: str) -> Route:
    """Look up a route.

    Parameters
    ----------
    name : str
        For example ``"half-day"``.

    Returns
    -------
    Route
        The route of that name.

    Raises
    ------
    ValueError
        When there is no such route; the message suggests one and lists them all.

    Examples
    --------
    >>> find_route("half-day").minutes
    (180, 180)
    """
    routes = {route.name: route for route in ROUTES}
    return routes[validate.one_of("route", name, routes)]


def minutes_of(stop: Lesson | Planned | Break) -> tuple[int, int]:
    """Tell how long a stop of a route takes.

    Parameters
    ----------
    stop : Lesson, Planned or Break
        A lesson counts with its core.

    Returns
    -------
    tuple of two ints
        At least and at most, in minutes.
    """
    minutes = stop.minutes if isinstance(stop, Break) else stop.core_minutes
    return ROUGH_MINUTES if minutes is None else (minutes, minutes)


def notebook_of(lesson: Lesson, folder: Path) -> Path:
    """Find the notebook of a lesson.

    Parameters
    ----------
    lesson : Lesson
        Which one.
    folder : Path
        Where the notebooks are.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    FileNotFoundError
        When it is not there; the message names the command that makes it.
    """
    path = folder / f"{lesson.slug}.ipynb"
    if not path.is_file():
        raise FileNotFoundError(f"{path} is missing. Make it with: python -m mlbook build")
    return path
