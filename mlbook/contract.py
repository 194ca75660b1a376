"""The laws that every serving pattern obeys, whatever it does inside.

They test the library's own patterns, and they grade yours.

Chapter: 10
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import FrozenInstanceError, dataclass, fields
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mlbook import measure
from mlbook.experiment import Run, kinds_by_part, run
from mlbook.faults import Fault
from mlbook.measure import SERVED
from mlbook.queueing import Constant
from mlbook.units import DAY, HOUR, MINUTE
from mlbook.validate import number
from mlbook.world import World

if TYPE_CHECKING:
    from mlbook.patterns import Pattern

__all__ = ["LAWS", "Contract", "check_pattern"]

Law = Callable[["Pattern", World], None]
MIDDLE_S = 6 * DAY
WORDS = (*SERVED, "no_model", "no_row")


@dataclass(frozen=True)
class Contract:
    """The verdict on one pattern.

    Parameters
    ----------
    pattern : str
        Its name.
    broken : dict of str to str
        The laws it breaks, with what was seen.
    """

    pattern: str
    broken: dict[str, str]

    @property
    def holds(self) -> bool:
        """Whether the pattern obeys every law."""
        return not self.broken

    def __repr__(self) -> str:
        lines = [
            f"✘ {law}: {self.broken[law]}" if law in self.broken else f"✔ {law}" for law in LAWS
        ]
        return "\n".join([f"{self.pattern}: {len(LAWS) - len(self.broken)} of {len(LAWS)}", *lines])


def check_pattern(pattern: Pattern | type[Pattern], world: World | None = None) -> Contract:
    """Check a pattern against all laws.

    Parameters
    ----------
    pattern : Pattern or its class
        What to check; a class is built with its default knobs.
    world : World, optional
        Where to check it, at least seven days; a small world when left out.

    Returns
    -------
    Contract
        ``holds`` is True when no law is broken; printed, it lists them all.

    Examples
    --------
    >>> from mlbook.patterns import SharedDb
    >>> check_pattern(SharedDb).holds
    True
    """
    pattern = pattern() if isinstance(pattern, type) else pattern
    world = world or World(seed=11, days=7, users=60)
    hint = "Leave the world out for a small one."
    number("days", world.days, at_least=7, unit="length of the world in days", hint=hint)
    broken = {}
    for law, check in LAWS.items():
        try:
            check(pattern, world)
        except Exception as error:  # noqa: BLE001  # a learner's pattern may raise anything
            broken[law] = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    return Contract(type(pattern).__name__, broken)


def _every_visit_gets_one_answer(pattern: Pattern, world: World) -> None:
    """Served and failed requests together are the visits that arrived."""
    seen = run(pattern, world)
    arrived = np.flatnonzero(world.visits.at_s >= world.default_warmup_s)
    _require(np.array_equal(seen.log["visit"], arrived), "visits and answers are not one to one")


def _no_answer_before_its_request(pattern: Pattern, world: World) -> None:
    """An answer takes time, and nothing in it is younger than itself."""
    log = run(pattern, world).log
    answered_s = log["requested_at_s"] + log["latency_s"]
    _require(bool((log["latency_s"] >= 0).all()), "an answer came before its request")
    for column in ("computed_at_s", "feature_asof_s"):
        early = ~(log[column] > answered_s + 1e-9)
        _require(bool(early.all()), f"{column} is later than the answer")


def _no_model_before_it_is_trained(pattern: Pattern, world: World) -> None:
    """A request sees a version only after it went live."""
    whole = run(pattern, world)
    for seen in whole.arms.values() or [whole]:
        live_s = np.array([-np.inf, *(v.live_at_s for v in seen.site.versions.versions)])
        answered_s = seen.log["requested_at_s"] + seen.log["latency_s"]
        early = live_s[seen.log["model_version"]] > answered_s
        _require(not early.any(), "a version answered before it was trained")


def _the_status_tells_the_truth(pattern: Pattern, world: World) -> None:
    """Known words only; a score where there was a prediction; nothing shown where it failed."""
    every = _every_fault(pattern, world)
    for kind in ("down", "schema_change"):
        _check_status(run(pattern, world, faults=every[kind]).log)


def _check_status(log: dict[str, NDArray[Any]]) -> None:
    status = log["status"].astype(str)
    failed = measure.failed(log["status"])
    _require(bool((np.isin(status, WORDS) | failed).all()), f"unknown word in {set(status)}")
    scored = ~np.isnan(log["score"])
    _require(np.array_equal(scored, np.isin(status, SERVED)), "score and status disagree")
    _require(bool((log["item"][failed] == -1).all()), "a failed request showed an item")
    _require(not log["click"][failed].any(), "a failed request was clicked")


def _the_same_seed_gives_the_same_log(pattern: Pattern, world: World) -> None:
    """A second run of the same object repeats the first, whatever ran in between."""
    first = run(pattern, world, seed=3)
    run(pattern, world, seed=4)
    _same(first, run(pattern, world, seed=3))


def _knobs_are_frozen(pattern: Pattern, world: World) -> None:
    """Neither a caller nor a run changes a pattern."""
    before = repr(pattern)
    run(pattern, world)
    _require(repr(pattern) == before, "a run changed the pattern")
    for each in _with_arms(pattern):
        for name in _knobs(each):
            _require(_is_frozen(each, name), f"{name} can be changed")


def _unknown_knobs_are_refused(pattern: Pattern, world: World) -> None:
    """A misspelt knob is an error, never ignored."""
    for each in _with_arms(pattern):
        try:
            each.but(no_such_knob=1)
        except TypeError:
            continue
        _require(holds=False, otherwise="but(no_such_knob=1) was accepted")


def _nothing_changes_before_its_cause(pattern: Pattern, world: World) -> None:
    """One more event changes no answer given before it, not even the one just before."""
    plain = run(pattern, world)
    for arm in np.unique(plain.log["arm"].astype(str)):
        user, item, at = _soonest_cause(plain.log, arm)
        later = world.with_event(user=user, item=item, at=at)
        _same(plain, run(pattern, later), before_s=at)


def _soonest_cause(log: dict[str, NDArray[Any]], arm: str) -> tuple[int, int, float]:
    """Let somebody look at what was shown, right after an arm's last answer of the first half."""
    answered_s = log["requested_at_s"] + log["latency_s"]
    early = (log["arm"] == arm) & (answered_s < MIDDLE_S)
    rows = np.flatnonzero(early & ~np.isnan(log["score"]))
    n = int(rows[-1]) if rows.size else 0
    at = float(np.nextafter(answered_s[n], np.inf))
    return int(log["user"][n]), max(int(log["item"][n]), 0), at


def _a_fault_changes_nothing_before_it_begins(pattern: Pattern, world: World) -> None:
    """A fault of any kind on any part leaves the answers before it as they were."""
    # All at once: none of them can hide what another one does before it begins.
    faults = [fault for kind in _every_fault(pattern, world).values() for fault in kind]
    _same(run(pattern, world), run(pattern, world, faults=faults), MIDDLE_S)


def _an_added_part_moves_no_draws(pattern: Pattern, world: World) -> None:
    """A part that nobody uses changes nothing, wherever it is built in."""
    _same(run(pattern, world), run(_crowded(pattern), world))


def _crowded(pattern: Pattern) -> Pattern:
    """Copy a pattern with a part more, in each of its arms as well."""

    def build(self: Pattern) -> None:
        self.site.part("bystander", Constant(0.001))
        kind.build(self)

    kind = type(pattern)
    crowded: type[Pattern] = type(kind.__name__, (kind,), {"build": build})
    arms = {name: _crowded(arm) for name, arm in pattern.arms.items()}
    return crowded(**_knobs(pattern) | arms)


LAWS: dict[str, Law] = {
    law.__name__[1:].replace("_", " "): law
    for law in (
        _every_visit_gets_one_answer,
        _no_answer_before_its_request,
        _no_model_before_it_is_trained,
        _the_status_tells_the_truth,
        _the_same_seed_gives_the_same_log,
        _knobs_are_frozen,
        _unknown_knobs_are_refused,
        _nothing_changes_before_its_cause,
        _a_fault_changes_nothing_before_it_begins,
        _an_added_part_moves_no_draws,
    )
}


def _every_fault(pattern: Pattern, world: World) -> dict[str, list[Fault]]:
    """Make a fault of every kind on every part where it makes sense, by kind."""
    faults: dict[str, list[Fault]] = {}
    for part, kinds in kinds_by_part(pattern, world).items():
        for kind in kinds:
            by_s = 10 * MINUTE if kind in {"slow", "late", "reorder", "clock_skew"} else 0.0
            fault = Fault(kind, part, MIDDLE_S, 1 * HOUR, by_s, share=0.5 if by_s else 1.0)
            faults.setdefault(kind, []).append(fault)
    return faults


def _with_arms(pattern: Pattern) -> list[Pattern]:
    inside = [each for arm in pattern.arms.values() for each in _with_arms(arm)]
    return [pattern, *inside]


def _knobs(pattern: Pattern) -> dict[str, Any]:
    return {each.name: getattr(pattern, each.name) for each in fields(pattern)}


def _is_frozen(pattern: Pattern, name: str) -> bool:
    try:
        setattr(pattern, name, getattr(pattern, name))
    except FrozenInstanceError:
        return True
    return False


def _require(holds: bool, otherwise: str) -> None:  # noqa: FBT001
    if not holds:
        raise AssertionError(otherwise)


def _same(run: Run, other: Run, before_s: float = np.inf) -> None:
    """Require equal logs, column by column, for the requests answered before an instant."""
    answered_s = run.log["requested_at_s"] + run.log["latency_s"]
    rows = answered_s < before_s
    for name, column in run.log.items():
        mine, theirs = column[rows], other.log[name][rows]
        equal = np.array_equal(mine, theirs, equal_nan=mine.dtype.kind == "f")
        _require(equal, f"column {name!r} differs")
