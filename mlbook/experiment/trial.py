"""Let patterns serve: one of them, or several on the very same visitors."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from mlbook.components import Component, Site
from mlbook.experiment.results import Run, Runs
from mlbook.experiment.serving import serve
from mlbook.faults import Fault
from mlbook.patterns.base import Pattern, checked_pattern
from mlbook.patterns.trained import Trained
from mlbook.scoring import request_log
from mlbook.units import DAY
from mlbook.validate import did_you_mean, integer, number

if TYPE_CHECKING:
    from mlbook.world import ReplayWorld, World

__all__ = ["compare", "kinds_by_part", "parts_of", "run"]


def run(
    pattern: Pattern,
    world: World | ReplayWorld,
    *,
    seed: int = 0,
    faults: Iterable[Fault] = (),
    warmup: float | None = None,
) -> Run:
    """Let a pattern serve a world.

    Parameters
    ----------
    pattern : Pattern
        Who serves; it is not changed.
    world : World or ReplayWorld
        Who is served.
    seed : int
        Seed of the parts' latencies, >= 0.
    faults : iterable of Fault
        What goes wrong; each must name a part of the pattern.
    warmup : float, optional
        Visits before this instant are left out, in seconds; by default five days, in a
        :class:`~mlbook.world.ReplayWorld` one day.

    Returns
    -------
    Run
        The request log and all that is measured from it.

    Raises
    ------
    TypeError
        When `pattern` is not a pattern, or `faults` not a list.
    ValueError
        When a fault names a part that does not exist, or is of a kind that makes no sense there; or
        when the world is too short to train in.
    RuntimeError
        When the pattern leaves a request without an answer.

    Notes
    -----
    Columns of ``run.requests``: `visit` (row of ``world.visits``), `requested_at_s`, `user`, `item`
    (shown; -1 when the request failed), `latency_s`, `status` (``"ok"``, ``"mixed"``: a
    half-written table, ``"no_model"`` and ``"no_row"``: the first candidate was shown without a
    prediction, ``"down:part"`` and ``"schema:part"``: failed), `trigger`, `computed_at_s`,
    `feature_asof_s`, `feature_age_s`, `model_version`, `model_age_s`, `score`, `click`, `revenue`,
    `arm` (who answered in a pattern that wraps others, a path such as ``"treatment"`` or
    ``"treatment/control"``; else empty). A request that mixed two tables is dated by the older one.
    Ages are taken at the request. A version's number counts the versions of its arm.

    Examples
    --------
    >>> from mlbook.patterns import SharedDb
    >>> from mlbook.world import World
    >>> nightly = run(SharedDb(), World(seed=1, days=7, users=50))
    >>> bool(nightly.requests["feature_age_s"].mean() > 7200)
    True
    """
    checked_pattern("pattern", pattern, "The order is mb.run(pattern, world).")
    integer("seed", seed, at_least=0, unit="seed of the latencies", hint="Write 0.")
    faults = _listed(faults)
    served = _served(world, warmup)
    site = Site(world, seed, faults)
    try:
        running = pattern.install(site)
        _check_faults(faults, world, {type(pattern).__name__: site.all_parts()})
    except ValueError:
        site.clock.close()  # what was scheduled will not run
        raise
    answers, done_s = serve(running, site, served)
    _check_trained(pattern, site)
    log, slate_score = request_log(world, site, served, answers, done_s)
    return Run(pattern, world, seed, faults, site, log, slate_score)


def parts_of(pattern: Pattern, world: World | ReplayWorld) -> list[str]:
    """Name the parts that a pattern is built from, which faults can hit.

    Parameters
    ----------
    pattern : Pattern
        The pattern.
    world : World or ReplayWorld
        Any world.

    Returns
    -------
    list of str
        The names.

    Examples
    --------
    >>> from mlbook.patterns import SharedDb
    >>> from mlbook.world import World
    >>> parts_of(SharedDb(), World(days=1, users=5))
    ['activity_log', 'shared_db', 'training', 'batch']
    """
    return list(_parts(pattern, world))


def kinds_by_part(pattern: Pattern, world: World | ReplayWorld) -> dict[str, tuple[str, ...]]:
    """Tell which kinds of faults make sense on each part of a pattern.

    Parameters
    ----------
    pattern : Pattern
        The pattern.
    world : World or ReplayWorld
        Any world.

    Returns
    -------
    dict of str to tuple of str
        The kinds, by name of the part; each is also the name of the function that makes it.

    Examples
    --------
    >>> from mlbook.patterns import SharedDb
    >>> from mlbook.world import World
    >>> kinds_by_part(SharedDb(), World(days=1, users=5))["batch"]
    ('down', 'schema_change', 'skip_batch', 'slow')
    """
    return {name: part.kinds for name, part in _parts(pattern, world).items()}


def _parts(pattern: Pattern, world: World | ReplayWorld) -> dict[str, Component]:
    site = Site(world, seed=0)
    try:
        pattern.install(site)
    finally:
        site.clock.close()
    return site.all_parts()


def compare(
    world: World | ReplayWorld,
    *,
    seed: int = 0,
    faults: Iterable[Fault] = (),
    warmup: float | None = None,
    **patterns: Pattern,
) -> Runs:
    """Let several patterns serve the very same visitors.

    Parameters
    ----------
    world : World or ReplayWorld
        Who is served.
    seed : int
        Seed of the parts' latencies.
    faults : iterable of Fault
        What goes wrong; each must name a part of at least one of the patterns.
    warmup : float, optional
        As in :func:`run`.
    **patterns : Pattern
        Who serves, by name.

    Returns
    -------
    Runs
        One run a pattern, in the order given.

    Examples
    --------
    >>> from mlbook.patterns import RestApi, SharedDb
    >>> from mlbook.world import World
    >>> runs = compare(World(seed=1, days=7, users=50), rest=RestApi(), nightly=SharedDb())
    >>> list(runs)
    ['rest', 'nightly']
    """
    if not patterns:
        text = (
            "patterns must be given by name, got none. Write mb.compare(world, rest=mb.RestApi())."
        )
        raise TypeError(text)
    for name, pattern in patterns.items():
        checked_pattern(name, pattern, "Write mb.compare(world, rest=mb.RestApi()).")
    faults = _listed(faults)
    parts = {name: _parts(pattern, world) for name, pattern in patterns.items()} if faults else {}
    _check_faults(faults, world, parts)
    runs, notes = {}, []
    for name, pattern in patterns.items():
        mine = tuple(fault for fault in faults if fault.part in parts[name])
        runs[name] = run(pattern, world, seed=seed, faults=mine, warmup=warmup)
        notes += [f"{name}: no such part as {f.part!r}" for f in faults if f not in mine]
    return Runs(runs, tuple(dict.fromkeys(notes)))  # a part that fails often is named once


def _served(world: World | ReplayWorld, warmup: float | None) -> NDArray[np.int64]:
    """Number the visits after the warm-up."""
    if warmup is None:
        warmup = world.default_warmup_s
    hint = "Durations are seconds: write 5 * mb.DAY."
    number("warmup", warmup, at_least=0, unit="seconds", hint=hint)
    if warmup >= world.horizon_s:
        text = (
            f"warmup must be shorter than the world (days={world.horizon_s / DAY:g}), got "
            f"{warmup:g} seconds = {warmup / DAY:g} days. Use more days or a shorter warmup."
        )
        raise ValueError(text)
    served = np.flatnonzero(world.visits.at_s >= max(warmup, world.served_from_s))
    if not served.size:
        text = (
            f"warmup must leave at least one visit, got {warmup:g} seconds and no visit after "
            "them. Use more days, more users or a longer rush."
        )
        raise ValueError(text)
    return served


def _check_trained(pattern: Pattern, site: Site) -> None:
    """Refuse a world too short for one training; an outage of the training is another matter."""
    for name, arm in pattern.arms.items():
        _check_trained(arm, site.arms[name])
    if not isinstance(pattern, Trained):
        return
    happened = {what for _, part, what in site.incidents if part in {"training", "device"}}
    if site.versions.versions or happened & {"lost", "skipped", "refused"}:
        return
    if happened:  # rounds were played, and none brought a model
        text = (
            "drop_out must leave enough devices that report: in no round did enough of them. Use a "
            "smaller drop_out, more clients_a_round or a larger train_takes."
        )
        raise ValueError(text)
    text = (
        f"days must be long enough for one training, got {site.world.days:g}: no training found "
        f"{pattern.trains_on}. Use more days, more users or a smaller train_every."
    )
    raise ValueError(text)


def _listed(faults: Iterable[Fault]) -> tuple[Fault, ...]:
    if isinstance(faults, Fault):
        text = f"faults must be a list of faults, got {faults!r}. Put it into brackets: [...]."
        raise TypeError(text)
    return tuple(faults)


def _check_faults(
    faults: tuple[Fault, ...],
    world: World | ReplayWorld,
    parts: Mapping[str, Mapping[str, Component]],
) -> None:
    known = sorted({part for names in parts.values() for part in names})
    for fault in faults:
        if fault.part not in known:
            text = (
                f"faults: {' and '.join(parts)} has no part {fault.part!r}."
                f"{_meant(fault.part, known)} Parts are: {', '.join(known)}."
            )
            raise ValueError(text)
        for name, built_in in parts.items():
            _check_kind(fault, name, built_in.get(fault.part))
        end = f"seconds; the world ends at {world.horizon_s:g}"
        number("at", fault.at_s, at_most=world.horizon_s, unit=end, hint="Begin it earlier.")


def _meant(part: str, known: list[str]) -> str:
    """Suggest the paths of a part that is inside arms, or the nearest one."""
    inside = [path for path in known if path.endswith(f"/{part}")]
    return (
        f" Did you mean {' or '.join(map(repr, inside))}?" if inside else did_you_mean(part, known)
    )


def _check_kind(fault: Fault, name: str, part: Component | None) -> None:
    """Refuse a fault that would do nothing where it is put."""
    if part is None or fault.kind in part.kinds:
        return
    text = (
        f"faults: {fault.kind} makes no sense on {fault.part!r} of {name}. "
        f"On this part you can use {', '.join(part.kinds)}."
    )
    raise ValueError(text)
