"""Choose: who meets the needs, what each brings and costs, and where the choice would flip."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mlbook import measure
from mlbook.decision.columns import Column
from mlbook.decision.needs import Beliefs, Needs
from mlbook.measure.clicks import Z95
from mlbook.units import DAY, MONTH, duration
from mlbook.validate import number

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from mlbook.experiment import Run
    from mlbook.world import World

__all__ = ["NO_MODEL", "Choice", "decide"]

NO_MODEL = "no model"  # show the most popular item: free, and always there
# How far we look for a flip, in steps of a quarter: 10,000 times as much, or as little.
STEPS = np.geomspace(1, 1e4, 42)[1:]


@dataclass(frozen=True, eq=False)
class Choice:
    """Which pattern, for whom, and what would flip it.

    Parameters
    ----------
    columns : tuple of Column
        Who was measured.
    needs : Needs
        What the team needs.
    beliefs : Beliefs
        What it believes.
    runs : mapping of str to Run
        The runs behind it.
    """

    columns: tuple[Column, ...]
    needs: Needs
    beliefs: Beliefs
    runs: Mapping[str, Run]

    @property
    def ranking(self) -> list[str]:
        """Who meets all needs, the best first; "no model" stands where it breaks even."""
        net = {each.name: each.yen_a_month(self.needs, self.beliefs)["net"] for each in self.fit}
        net[NO_MODEL] = 0.0
        return sorted(net, key=lambda name: -net[name])

    @property
    def fit(self) -> list[Column]:
        """Those that meet all needs."""
        return [each for each in self.columns if not each.misses(self.needs)]

    @property
    def recommended(self) -> str:
        """The name of the run that brings most; ``"no model"`` when none brings anything."""
        return self.ranking[0]

    @property
    def runner_up(self) -> str | None:
        """The name of the next best; None when nothing else meets the needs."""
        return self.ranking[1] if len(self.ranking) > 1 else None

    @property
    def ahead_yen(self) -> tuple[float, float]:
        """How far the recommended one is ahead of the next, in yen a month, and its 95 % half.

        The half counts the clicks only: what is believed has no interval.
        """
        first, second = (self._column(name) for name in (self.recommended, self.runner_up))
        nets = [
            c.yen_a_month(self.needs, self.beliefs)["net"] if c else 0.0 for c in (first, second)
        ]
        if not (first and second):
            return nets[0] - nets[1], np.nan
        gap = measure.difference_per_100(self.runs[first.name], self.runs[second.name])
        clicks = MONTH / DAY * self.needs.daily_requests / 100 * self.beliefs.click_worth
        return nets[0] - nets[1], Z95 * gap.standard_error * clicks

    def but(self, **changed: float) -> Choice:
        """Ask the same runs with another need or belief.

        Parameters
        ----------
        **changed : float
            Fields of `Needs` or of `Beliefs`.

        Returns
        -------
        Choice
            A new choice.
        """
        needs: dict[str, Any] = {
            name: value for name, value in changed.items() if name in vars(self.needs)
        }
        beliefs = {name: value for name, value in changed.items() if name not in needs}
        return replace(
            self, needs=replace(self.needs, **needs), beliefs=replace(self.beliefs, **beliefs)
        )

    @cached_property
    def flips(self) -> pd.DataFrame:
        """Where another pattern would be recommended, one need or belief moved at a time.

        One row a need or belief: its value `now`, and the entries of :meth:`flip`.
        """
        import pandas as pd

        held = vars(self.needs) | vars(self.beliefs)
        rows = {
            name: {"now": now} | self.flip(name)
            for name, now in held.items()
            if not isinstance(now, bool) and 0 < now < np.inf
        }
        return pd.DataFrame.from_dict(rows, orient="index").rename_axis("need or belief")

    def flip(self, name: str) -> dict[str, Any]:
        """Find where one need or belief flips the choice.

        Parameters
        ----------
        name : str
            A field of `Needs` or of `Beliefs` that is a positive number.

        Returns
        -------
        dict
            `below` which value and `above` which one another is recommended (NaN where nothing
            flips within 10,000 times as much or as little), and which: `below_then`, `above_then`.
        """
        now = (vars(self.needs) | vars(self.beliefs))[name]
        below, lower = self._first_flip(name, now, 1 / STEPS)
        above, upper = self._first_flip(name, now, STEPS)
        return {"below": below, "below_then": lower, "above": above, "above_then": upper}

    @property
    def fragile(self) -> str | None:
        """The belief whose smallest change, as a factor, flips the choice; None when none does."""
        import pandas as pd

        mine = self.flips.loc[[name for name in self.flips.index if name in vars(self.beliefs)]]
        ways = pd.concat([mine["now"] / mine["below"], mine["above"] / mine["now"]], axis=1)
        factor = ways.min(axis=1)
        return None if factor.isna().all() else str(factor.idxmin())

    def table(self) -> pd.DataFrame:
        """Lay the patterns side by side.

        Returns
        -------
        pandas.DataFrame
            One row a pattern, the recommended one first: clicks per 100 visits beyond those of the
            most popular item, p95 of the time until an event is known, p99 of the answers, what it
            misses, and yen a month.
        """
        import pandas as pd

        rows = {
            each.name: {
                "more clicks": f"{each.gained_per_100:+.1f}",
                "event known": duration(each.lag_s),
                "answer": duration(each.p99_s),
                "misses": ", ".join(each.misses(self.needs)) or "-",
            }
            | each.yen_a_month(self.needs, self.beliefs)
            for each in self.columns
        }
        order = [*self.ranking, *(name for name in rows if name not in self.ranking)]
        table = pd.DataFrame.from_dict(rows, orient="index")
        return table.loc[[name for name in order if name in rows]]

    def write(self, path: str | Path) -> Path:
        """Write ``decision.md``: one page for Monday's meeting.

        Parameters
        ----------
        path : str or Path
            The file; one that was written here before and not edited since is replaced.

        Returns
        -------
        Path
            The file.

        Raises
        ------
        FileExistsError
            When a file of another origin, or an edited one, is there.
        """
        from mlbook.decision.page import write_page

        return write_page(self, path)

    def __repr__(self) -> str:
        from mlbook.decision.page import in_words

        return in_words(self)

    def _repr_markdown_(self) -> str:
        first, *rest = repr(self).split("\n")
        return "\n\n".join([f"**{first}**", *rest])

    def _column(self, name: str | None) -> Column | None:
        return next((each for each in self.columns if each.name == name), None)

    def _first_flip(
        self, name: str, now: float, factors: NDArray[np.float64]
    ) -> tuple[float, str | None]:
        """Walk away from a value until another pattern is recommended, then close in on it."""
        inside = now
        for factor in factors:
            outside = now * float(factor)
            if self.but(**{name: outside}).recommended != self.recommended:
                break
            inside = outside
        else:
            return np.nan, None
        for _ in range(30):
            middle = (inside * outside) ** 0.5
            if self.but(**{name: middle}).recommended == self.recommended:
                inside = middle
            else:
                outside = middle
        return outside, self.but(**{name: outside}).recommended


def decide(
    runs: Mapping[str, Run], needs: Needs | None = None, beliefs: Beliefs | None = None
) -> Choice:
    """Recommend one of the patterns that were measured.

    Parameters
    ----------
    runs : mapping of str to Run
        From one :func:`mlbook.compare`.
    needs : Needs, optional
        What the team needs; by default little.
    beliefs : Beliefs, optional
        What it believes.

    Returns
    -------
    Choice
        Printed, it says which and why; `flips` says what would change it.

    Raises
    ------
    ValueError
        When there is no run, or the runs do not have the same visitors.
    TypeError
        When the world is no simulated shop, which alone knows what other choices would have earned.

    Notes
    -----
    A pattern that misses a need is out. Of the others the one with the highest sum of what its
    clicks bring and what its machines, repairs and forced releases cost is recommended, or no model
    at all when that sum is below zero.

    Examples
    --------
    >>> from mlbook.experiment import compare
    >>> from mlbook.patterns import SharedDb, Streaming
    >>> from mlbook.world import World
    >>> runs = compare(World(seed=1, days=7, users=50), nightly=SharedDb(), stream=Streaming())
    >>> decide(runs, Needs(daily_requests=2e6, freshness_s=5.0)).recommended
    'stream'
    >>> decide(runs, Needs(daily_requests=100)).recommended
    'no model'
    """
    from mlbook.world import World

    number("runs", len(runs), at_least=1, unit="runs", hint="Take those of mb.compare.")
    world = next(iter(runs.values())).world
    if not isinstance(world, World):
        raise TypeError(f"runs must be of a simulated shop, got {world!r}. Use mb.World.")
    if any(run.world is not world for run in runs.values()):
        raise ValueError("runs must have the same visitors, got several worlds. Use mb.compare.")
    popular = _popular_per_100(world)
    columns = tuple(Column.of(name, run, popular) for name, run in runs.items())
    return Choice(columns, needs or Needs(), beliefs or Beliefs(), runs)


def _popular_per_100(world: World) -> float:
    return float(measure.yardsticks(world)["clicks_per_100"].to_dict()["most popular"])
