"""What a run leaves behind: the request log, the parts, and the measures made from them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from html import escape
from typing import TYPE_CHECKING, Any

from mlbook import measure

if TYPE_CHECKING:
    import numpy as np
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
            One row a pattern; the columns are those of :func:`mlbook.measure.summary`.
        """
        from mlbook.experiment.tables import Summary

        rows = {name: measure.summary(each) for name, each in self._runs.items()}
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
