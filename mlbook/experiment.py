"""Run a pattern in a world, compare several on the same visitors.

Chapter: 00
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mlbook import measure
from mlbook.components import DownError, Site
from mlbook.faults import Fault
from mlbook.model import score
from mlbook.patterns.base import Answer, Pattern
from mlbook.units import DAY
from mlbook.validate import did_you_mean, integer, number

if TYPE_CHECKING:
    import pandas as pd

    from mlbook.world import ReplayWorld, World

__all__ = ["Run", "Runs", "compare", "parts_of", "run"]


@dataclass(frozen=True, eq=False)
class Run:
    """What happened when one pattern served one world.

    Parameters
    ----------
    pattern : Pattern
        Who served.
    world : World or ReplayWorld
        Who was served.
    seed : int
        Seed of the parts' latencies.
    faults : tuple of Fault
        What went wrong.
    site : Site
        The parts, versions, publications and incidents of the run.
    log : dict of str to ndarray
        The columns of `requests`.
    slate_score : ndarray of shape (n, k)
        Predicted click probability of every candidate; NaN without a prediction.
    """

    pattern: Pattern
    world: World | ReplayWorld
    seed: int
    faults: tuple[Fault, ...]
    site: Site = field(repr=False)
    log: dict[str, NDArray[Any]] = field(repr=False)
    slate_score: NDArray[np.float64] = field(repr=False)

    @cached_property
    def requests(self) -> pd.DataFrame:
        """The request log, one row a request; see the Notes of :func:`run` for its columns."""
        import pandas as pd

        return pd.DataFrame(self.log)

    @cached_property
    def versions(self) -> pd.DataFrame:
        """The model versions: `number`, `asof_s`, `live_at_s`, `n_rows`."""
        import pandas as pd

        columns = ["number", "asof_s", "live_at_s", "n_rows"]
        rows = [[getattr(v, name) for name in columns] for v in self.site.versions.versions]
        return pd.DataFrame(rows, columns=columns)

    @cached_property
    def published(self) -> pd.DataFrame:
        """What became readable: `published_at_s`, `asof_s`, `n_predictions`."""
        import pandas as pd

        columns = ["published_at_s", "asof_s", "n_predictions"]
        return pd.DataFrame(self.site.published, columns=columns)

    def summary(self) -> pd.DataFrame:
        """Measure the run.

        Returns
        -------
        pandas.DataFrame
            One row; the columns are those of :func:`mlbook.measure.summary`.
        """
        import pandas as pd

        return pd.DataFrame([measure.summary(self)], index=[type(self.pattern).__name__])

    def _repr_html_(self) -> str:
        return Runs({type(self.pattern).__name__: self})._repr_html_()


class Runs(Mapping[str, Run]):
    """Several runs on the same visitors, by name.

    Parameters
    ----------
    runs : mapping of str to Run
        The runs.
    notes : tuple of str
        What a reader has to know, for example that a fault had no such part in one pattern.
    """

    def __init__(self, runs: Mapping[str, Run], notes: tuple[str, ...] = ()) -> None:
        self._runs, self.notes = dict(runs), notes

    def __getitem__(self, name: str) -> Run:
        return self._runs[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._runs)

    def __len__(self) -> int:
        return len(self._runs)

    def summary(self) -> pd.DataFrame:
        """Measure every run.

        Returns
        -------
        pandas.DataFrame
            One row a pattern; the columns are those of :func:`mlbook.measure.summary`.
        """
        import pandas as pd

        rows = {name: measure.summary(each) for name, each in self._runs.items()}
        return pd.DataFrame.from_dict(rows, orient="index").rename_axis("pattern")

    def __repr__(self) -> str:
        return "\n".join([measure.readable(self.summary()).to_string(), *self.notes])

    def _repr_html_(self) -> str:
        table = measure.readable(self.summary()).to_html(escape=True)
        return table + "".join(f"<p>{escape(note)}</p>" for note in self.notes)


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
        When a fault names a part that does not exist, or the world is too short to train in.
    RuntimeError
        When the pattern leaves a request without an answer.

    Notes
    -----
    Columns of ``run.requests``: `visit` (row of ``world.visits``), `requested_at_s`, `user`, `item`
    (shown; -1 when the request failed), `latency_s`, `status` (``"ok"``, ``"mixed"``: a
    half-written table, ``"no_model"`` and ``"no_row"``: the first candidate was shown without a
    prediction, ``"down:part"``: failed), `trigger`, `computed_at_s`, `feature_asof_s`,
    `feature_age_s`, `model_version`, `model_age_s`, `score`, `click`, `revenue`, `arm`. A request
    that mixed two tables is dated by the older one. Ages are taken at the request.

    Examples
    --------
    >>> from mlbook.patterns import SharedDb
    >>> from mlbook.world import World
    >>> nightly = run(SharedDb(), World(seed=1, days=7, users=50))
    >>> bool(nightly.requests["feature_age_s"].mean() > 7200)
    True
    """
    _check_pattern("pattern", pattern)
    integer("seed", seed, at_least=0, unit="seed of the latencies", hint="Write 0.")
    faults = _listed(faults)
    served = _served(world, warmup)
    _check_parts(faults, {type(pattern).__name__: parts_of(pattern, world)})
    site = Site(world, seed, faults)
    running = pattern.install(site)
    answers, done_s = _serve(running, site, served)
    _check_trained(site)
    log, slate_score = _log(world, site, served, answers, done_s)
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
    ['shared_db', 'training', 'batch']
    """
    site = Site(world, seed=0)
    pattern.install(site)
    site.clock.close()
    return list(site.parts)


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
    for name, pattern in patterns.items():
        _check_pattern(name, pattern)
    faults = _listed(faults)
    parts = {name: parts_of(pattern, world) for name, pattern in patterns.items()}
    _check_parts(faults, parts)
    runs, notes = {}, []
    for name, pattern in patterns.items():
        mine = tuple(fault for fault in faults if fault.part in parts[name])
        runs[name] = run(pattern, world, seed=seed, faults=mine, warmup=warmup)
        notes += [f"{name}: no such part as {f.part!r}" for f in faults if f not in mine]
    return Runs(runs, tuple(notes))


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


def _check_trained(site: Site) -> None:
    """Refuse a world too short for one training; an outage of the training is another matter."""
    if site.versions.versions or "training" in {part for _, part, _ in site.incidents}:
        return
    text = (
        f"days must be long enough for one training, got {site.world.days:g}: no training found "
        "200 labelled visits. Use more days, more users or a smaller train_every."
    )
    raise ValueError(text)


def _check_pattern(name: str, pattern: Any) -> None:
    if not isinstance(pattern, Pattern):
        forgot = isinstance(pattern, type) and issubclass(pattern, Pattern)
        step = "Add the parentheses." if forgot else "The order is mb.run(pattern, world)."
        text = f"{name} must be a pattern such as mb.RestApi(), got {pattern!r}. {step}"
        raise TypeError(text)


def _listed(faults: Iterable[Fault]) -> tuple[Fault, ...]:
    if isinstance(faults, Fault):
        text = f"faults must be a list of faults, got {faults!r}. Put it into brackets: [...]."
        raise TypeError(text)
    return tuple(faults)


def _check_parts(faults: tuple[Fault, ...], parts: Mapping[str, list[str]]) -> None:
    known = sorted({part for names in parts.values() for part in names})
    for fault in faults:
        if fault.part not in known:
            text = (
                f"faults: {' and '.join(parts)} has no part {fault.part!r}."
                f"{did_you_mean(fault.part, known)} Parts are: {', '.join(known)}."
            )
            raise ValueError(text)


def _serve(
    running: Pattern, site: Site, served: NDArray[np.int64]
) -> tuple[list[Answer], NDArray[np.float64]]:
    """Send every visit on its way at its time and collect the answers."""
    clock, at_s = site.clock, site.world.visits.at_s
    answers: dict[int, Answer] = {}
    done_s = np.empty(served.size)

    async def ask(n: int, i: int) -> None:
        try:
            answers[n] = await running.predict(i)
        except DownError as refused:
            answers[n] = Answer(None, np.nan, np.nan, "none", status=f"down:{refused.part}")
        done_s[n] = clock.now

    async def visitors() -> None:
        for n, i in enumerate(served.tolist()):
            await clock.until(at_s[i])
            clock.start(ask(n, i))

    clock.start(visitors())
    try:
        clock.run()
    finally:
        clock.close()  # nothing is left, unless a pattern raised
    if len(answers) < served.size:
        lost = next(n for n in range(served.size) if n not in answers)
        text = (
            f"predict must answer every request, got none for visit {served[lost]}. Does it wait "
            "for a worker that is never given back?"
        )
        raise RuntimeError(text)
    return [answers[n] for n in range(served.size)], done_s


def _log(
    world: World | ReplayWorld,
    site: Site,
    served: NDArray[np.int64],
    answers: list[Answer],
    done_s: NDArray[np.float64],
) -> tuple[dict[str, NDArray[Any]], NDArray[np.float64]]:
    """Score the slates, show the best candidate, write the columns."""
    visits = world.visits
    at_s, user, slate = visits.at_s[served], visits.user[served], visits.slate[served]
    number, asof_s = _rows_seen(answers, slate)
    scores = score(
        world,
        site.versions.versions,
        user=np.repeat(user, slate.shape[1]),
        item=slate.ravel(),
        number=number.ravel(),
        asof_s=asof_s.ravel(),
    ).reshape(slate.shape)
    status = np.array([answer.status for answer in answers], dtype=object)
    status[(status == "ok") & (number.max(axis=1) == 0)] = "no_model"
    status[(status == "ok") & (np.ptp(asof_s, axis=1) > 0)] = "mixed"
    failed = np.char.startswith(status.astype(str), "down:")
    best = np.where(np.isnan(scores), -np.inf, scores).argmax(axis=1)
    rows = np.arange(served.size)
    oldest_s = asof_s.min(axis=1)
    version_s = np.array([np.nan, *(v.asof_s for v in site.versions.versions)])
    oldest_version = number.min(axis=1)
    log = {
        "visit": served,
        "requested_at_s": at_s,
        "user": user,
        "item": np.where(failed, -1, slate[rows, best]),
        "latency_s": done_s - at_s,
        "status": status,
        "trigger": np.array([answer.trigger for answer in answers], dtype=object),
        "computed_at_s": np.array([answer.computed_at_s for answer in answers]),
        "feature_asof_s": np.where(oldest_version > 0, oldest_s, np.nan),
        "feature_age_s": np.where(oldest_version > 0, at_s - oldest_s, np.nan),
        "model_version": oldest_version,
        "model_age_s": at_s - version_s[oldest_version],
        "score": scores[rows, best],
        "click": np.where(failed, 0, visits.clicked[served[rows], best]).astype(np.int64),
        "revenue": np.where(failed, 0.0, visits.revenue[served[rows], best]),
        "arm": np.full(served.size, "", dtype=object),
    }
    return log, scores


def _rows_seen(
    answers: list[Answer], slate: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Tell for every candidate which version and which features-as-of its score comes from."""
    number = np.zeros(slate.shape, dtype=np.int64)
    asof_s = np.empty(slate.shape)
    for n, answer in enumerate(answers):
        if answer.older is None:
            number[n] = answer.version.number if answer.version else 0
            asof_s[n] = answer.feature_asof_s
        else:
            rows = [answer.row_of(int(item)) for item in slate[n]]
            number[n] = [row.version.number if row.version else 0 for row in rows]
            asof_s[n] = [row.feature_asof_s for row in rows]
    return number, asof_s
