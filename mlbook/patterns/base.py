"""What every serving pattern shares: knobs, an answer, and jobs on parts.

A serving pattern is a policy that decides, for every request, which model version and which
features as of when it sees, and how long that takes. The knobs are the fields of a frozen
dataclass; a run works on an installed copy, so the pattern itself never changes.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import MISSING, dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any, ClassVar, Self

from mlbook.components import DownError, Site
from mlbook.validate import did_you_mean, integer, number, one_of, shown

if TYPE_CHECKING:
    from mlbook.clock import VirtualClock
    from mlbook.patterns.answer import Answer
    from mlbook.patterns.deploy import Unit

__all__ = ["Pattern", "checked_pattern", "knob"]


def knob(
    default: Any,
    *,
    unit: str = "",
    above: float | None = None,
    at_least: float | None = None,
    at_most: float | None = None,
    choices: tuple[str, ...] = (),
) -> Any:
    """Declare a knob of a pattern with its rule.

    Parameters
    ----------
    default : Any
        A float (seconds), an int (a count), a bool, a str (one of `choices`, or any without them)
        or a distribution; ``dataclasses.MISSING`` for a pattern, which has no default; None for a
        float that may be left out. Anything else is checked by the pattern's ``__post_init__``.
    unit : str
        What it means, with its unit.
    above, at_least : float, optional
        The smallest value, excluded or included.
    at_most : float, optional
        The largest value; only a share has one.
    choices : tuple of str
        The allowed words of a str.

    Returns
    -------
    Any
        A dataclass field.
    """
    limits = {"above": above, "at_least": at_least, "at_most": at_most}
    return field(
        default=default, metadata={"rule": {"unit": unit, "choices": choices, "limits": limits}}
    )


@dataclass(frozen=True, kw_only=True)
class Pattern:
    """A serving pattern. Subclasses say what it is built from and how it predicts.

    One that trains a model inherits from :class:`~mlbook.patterns.trained.Trained`, which is a
    pattern with two knobs and a job more.
    """

    title: ClassVar[str] = "A pattern"
    answers_offline: ClassVar[bool] = False  # whether a request is answered without a network
    site: ClassVar[Site]  # these two are set on the installed copy of a run; they are no knobs
    clock: ClassVar[VirtualClock]

    def __new__(cls, **knobs: Any) -> Self:
        known = [each.name for each in fields(cls)]
        for name in knobs:
            if name not in known:
                text = f"{cls.__name__} has no knob {name!r}.{did_you_mean(name, known)}"
                raise TypeError(f"{text} Its knobs are: {', '.join(known)}.")
        return super().__new__(cls)

    def __post_init__(self) -> None:
        for each in fields(self):
            _check(each.name, getattr(self, each.name), each.default, each.metadata["rule"])

    @property
    def trains_by(self) -> str:
        """How the model learns: ``"batch"`` unless a pattern says ``"stream"``."""
        return "batch"

    @property
    def units(self) -> tuple[Unit, ...]:
        """What is deployed and watched; nothing unless a pattern tells it."""
        return ()

    @property
    def arms(self) -> Mapping[str, Pattern]:
        """The patterns that this one wraps, by name; none unless a router tells them."""
        return {}

    def but(self, **knobs: Any) -> Self:
        """Copy the pattern with some knobs set otherwise.

        Parameters
        ----------
        **knobs : Any
            The knobs to change.

        Returns
        -------
        Pattern
            A new pattern; this one stays as it is.
        """
        return replace(self, **knobs)

    def install(self, site: Site) -> Self:
        """Make the running copy of one run and schedule its jobs.

        Parameters
        ----------
        site : Site
            The clock, seed and faults of the run.

        Returns
        -------
        Pattern
            A copy that may hold state; its knobs stay frozen.
        """
        # A frozen dataclass lets an undecorated subclass set attributes that are not its fields.
        kind: type[Self] = type(type(self).__name__, (type(self),), {})
        running = object.__new__(kind)
        vars(running).update(vars(self), site=site, clock=site.clock)
        running.build()
        return running

    @abstractmethod
    def build(self) -> None:
        """Build the parts in and schedule the jobs; called once a run."""

    @abstractmethod
    async def predict(self, i: int) -> Answer:
        """Answer request `i`.

        Parameters
        ----------
        i : int
            Its number in ``world.visits``.

        Returns
        -------
        Answer
            What it got.
        """

    def every(
        self, period: float, job: Callable[[], Awaitable[None]], part: str, first: float = 0.0
    ) -> None:
        """Schedule a job on a part, where faults can hit it.

        Parameters
        ----------
        period : float
            Seconds between two starts.
        job : callable returning an awaitable
            What to run.
        part : str
            The part it runs on.
        first : float
            When it starts for the first time, in seconds.
        """
        place = self.site.part(part)

        async def guarded() -> None:
            if place.has("skip_batch"):
                self.site.note(part, "skipped")
                return
            try:
                place.check()
                await job()
            except DownError as lost:
                self.site.note(lost.part, lost.incident)

        loop = self.clock.every(period, guarded, first=first, last=self.site.world.horizon_s)
        self.clock.start(loop)


def checked_pattern(name: str, pattern: Any, hint: str = "") -> Pattern:
    """Return `pattern` when it is one, or say what is wrong with it.

    Parameters
    ----------
    name : str
        The argument as its caller wrote it.
    pattern : Any
        What was passed.
    hint : str
        The next step for something else than a class, a full sentence.

    Returns
    -------
    Pattern
        The pattern.

    Raises
    ------
    TypeError
        When it is none; a class is not.
    """
    if isinstance(pattern, Pattern):
        return pattern
    forgot = isinstance(pattern, type) and issubclass(pattern, Pattern)
    step = "Add the parentheses." if forgot else hint
    text = f"{name} must be a pattern such as mb.RestApi(), got {pattern!r}. {step}"
    raise TypeError(text.rstrip())


def _check(name: str, value: Any, default: Any, rule: dict[str, Any]) -> None:
    if default is None and value is None:
        return
    if isinstance(default, bool):
        if not isinstance(value, bool):
            raise TypeError(f"{name} must be True or False ({rule['unit']}), got {value!r}.")
    elif isinstance(default, int):
        hint = f"Leave it out for the default of {default}."
        at_least = rule["limits"]["at_least"]
        integer(name, value, at_least=at_least, unit=rule["unit"], hint=hint)
    elif default is None or isinstance(default, float):
        is_share = rule["limits"]["at_most"] is not None
        hint = "Write 0.5 for half." if is_share else f"Leave it out for the default of {default}."
        if "seconds" in rule["unit"]:
            hint = "Durations are seconds: write 15 * mb.MINUTE."
        number(name, value, **rule["limits"], unit=rule["unit"], hint=hint)
    elif isinstance(default, str) and rule["choices"]:
        one_of(name, value, rule["choices"])
    elif isinstance(default, str):
        if not isinstance(value, str):
            raise TypeError(f"{name} must be a text ({rule['unit']}), got {shown(value)}.")
    elif default is MISSING:
        checked_pattern(name, value)
    elif hasattr(default, "sample") and not hasattr(value, "sample"):
        text = "a distribution such as mb.queueing.LogNormal(p50=0.008, p99=0.040)"
        raise TypeError(f"{name} must be {text} ({rule['unit']}), got {value!r}.")
