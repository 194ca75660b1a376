"""What a run leaves behind: the request log, the parts, and the measures made from them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np

from mlbook import measure
from mlbook.scoring import request_log
from mlbook.units import DAY
from mlbook.validate import one_of

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from mlbook.components import Site
    from mlbook.experiment.tables import TalkTable
    from mlbook.faults import Fault
    from mlbook.patterns.base import Pattern
    from mlbook.world import ReplayWorld, World

__all__ = ["Run", "Runs"]


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
    place : Site
        Where the pattern was installed, and its arms if it wraps others.
    log : dict of str to ndarray
        The columns of `requests`.
    slate_score : ndarray of shape (n, k)
        Predicted click probability of every candidate; NaN without a prediction.
    """

    pattern: Pattern
    world: World | ReplayWorld
    seed: int
    faults: tuple[Fault, ...]
    place: Site = field(repr=False)
    log: dict[str, NDArray[Any]] = field(repr=False)
    slate_score: NDArray[np.float64] = field(repr=False)

    @property
    def site(self) -> Site:
        """The parts, versions, publications and incidents of the run.

        Each arm of a pattern that wraps others has its own: there it raises a ValueError, and so do
        the measures that need it.
        """
        if self.pattern.arms:
            kind, names = type(self.pattern).__name__, list(self.pattern.arms)
            text = f"run must be of one pattern, got a {kind} with the arms {', '.join(names)}."
            raise ValueError(f'{text} Use run.arm("{names[-1]}").')
        return self.place

    @cached_property
    def arms(self) -> Runs:
        """The runs of the arms that answered a request, by path; none if nothing is wrapped.

        An arm whose answers nobody saw, as that of a shadow, is among them.
        """
        runs: dict[str, Run] = {}
        for name in self.pattern.arms:
            if arm := self._answered_by(name):
                inside = {f"{name}/{path}": each for path, each in arm.arms.items()}
                runs |= inside or {name: arm}
        return Runs(runs)

    def arm(self, path: str) -> Run:
        """Look at one arm of a pattern that wraps others: what it answered, and its own site.

        Parameters
        ----------
        path : str
            The arm's name, ``"treatment"``; of an arm inside an arm ``"treatment/control"``.

        Returns
        -------
        Run
            As if the wrapped pattern had been asked these requests only: those that it answered,
            and also those whose answer the user did not see, where a router asks an arm for more.

        Raises
        ------
        ValueError
            When there is no such arm, or no request went to it.
        """
        if not self.pattern.arms:
            kind = type(self.pattern).__name__
            text = f"run must be of a pattern that wraps others, got one of {kind}."
            raise ValueError(f"{text} Use mb.run(mb.Split(control=..., treatment=...), world).")
        name, _, inner = str(path).partition("/")
        one_of("path", name, self.pattern.arms)
        arm = self._answered_by(name)
        if arm is None:
            text = f"path must be an arm that answered a request, got {name!r}, which answered none"
            raise ValueError(f"{text}. Give it a larger share of the users.")
        return arm.arm(inner) if inner else arm

    def _answered_by(self, name: str) -> Run | None:
        """Cut out one arm, or tell that it was asked nothing."""
        place = self.place.arms[name]
        words = [path.partition("/") for path in self.log["arm"]]
        first, _, rest = np.array(words, dtype=object).T
        mine = first == name
        if place.asked:  # more than its users saw
            mine = np.isin(self.log["visit"], list(place.asked))
        if not mine.any():
            return None
        log = {each: column[mine] for each, column in (self.log | {"arm": rest}).items()}
        slate_score = self.slate_score[mine]
        if place.asked:
            answers, done_s = zip(*map(place.asked.get, log["visit"].tolist()), strict=True)
            log, slate_score = request_log(
                self.world, place, log["visit"], list(answers), np.array(done_s)
            )
        pattern = self.pattern.arms[name]
        return Run(pattern, self.world, self.seed, place.faults, place, log, slate_score)

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

    def between(self, since: float, until: float) -> Run:
        """Look at a part of the run only: the requests that came in it.

        Parameters
        ----------
        since, until : float
            From when until before when, in seconds.

        Returns
        -------
        Run
            The same run with a shorter log, for every measure and picture that reads the log.

        Raises
        ------
        ValueError
            When no request came then.
        """
        at_s = self.log["requested_at_s"]
        inside = (at_s >= since) & (at_s < until)
        if not inside.any():
            text = f"since and until must have a request between them, got {since:g} and {until:g}"
            days = f"{at_s[0] / DAY:.2f} to {at_s[-1] / DAY:.2f}"
            raise ValueError(f"{text} (seconds). This run's requests came on the days {days}.")
        log = {name: column[inside] for name, column in self.log.items()}
        return replace(self, log=log, slate_score=self.slate_score[inside])

    def summary(self) -> pd.DataFrame:
        """Measure the run.

        Returns
        -------
        pandas.DataFrame
            One row, or one an arm; the columns are those of :func:`mlbook.measure.summary`.
        """
        return Runs({type(self.pattern).__name__: self}).summary()

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
            One row a pattern, or one for each of its arms; the columns are those of
            :func:`mlbook.measure.summary`.
        """
        from mlbook.experiment.tables import Summary

        rows: dict[str, dict[str, float]] = {}
        for name, run in self._runs.items():
            parts = {f"{name}/{arm}": each for arm, each in run.arms.items()} or {name: run}
            rows |= {part: measure.summary(each) for part, each in parts.items()}
        return Summary(rows.values(), index=list(rows)).rename_axis("pattern")

    def talk_table(self, **options: Any) -> TalkTable:
        """Measure the rows of slide 23.

        Parameters
        ----------
        **options : Any
            Cuts and weights, as in :func:`mlbook.experiment.talk_table.talk_table`.

        Returns
        -------
        TalkTable
            One row a cell, with our word, the talk's word, and what ours stands on.
        """
        from mlbook.experiment.talk_table import talk_table

        return talk_table(self, **options)

    def word_ranges(self, **options: Any) -> pd.DataFrame:
        """Tell how far each cut and each weight may move before a word of the table changes.

        Parameters
        ----------
        **options : Any
            Cuts and weights to start from, as in :meth:`talk_table`.

        Returns
        -------
        pandas.DataFrame
            One row a cell and a knob that can change its word: `row`, `pattern`, `word`, `knob`
            (``"cuts.low"``, ``"changes_a_year[weights]"``, ``"mttr"``), its `value` and `unit`; the
            word holds from `low` to `high`, all other knobs standing still; below it is
            `word_below`, above it `word_above` (empty where it never changes).

        Notes
        -----
        The range of a knob in which the whole table stays as it is:
        ``ranges.groupby("knob").agg({"low": "max", "high": "min"})``.

        Examples
        --------
        >>> from mlbook.experiment import compare
        >>> from mlbook.patterns import MobileApp
        >>> from mlbook.world import World
        >>> ranges = compare(World(seed=1, days=7, users=50), mobile=MobileApp()).word_ranges()
        >>> cell = ranges.set_index(["row", "knob"]).loc["coupling with the app", "cuts.tight_frac"]
        >>> f"{cell['word']} up to {cell['high']:g}, then {cell['word_above']}"
        'Tight up to 1, then Loose'
        """
        from mlbook.experiment.flips import word_ranges

        return word_ranges(self, **options)

    def __repr__(self) -> str:
        return "\n".join([measure.readable(self.summary()).to_string(), *self.notes])

    def _repr_html_(self) -> str:
        table = measure.readable(self.summary()).to_html(escape=True)
        return table + "".join(f"<p>{escape(note)}</p>" for note in self.notes)
