"""Captains that follow a rule, and what they cost over many releases.

The simple rule grows to a fifth of the visits and waits there. It rolls back when the always-valid
interval says "worse", and goes on to everybody when it says "no worse than by half a click per 100
visits". A careful one also rolls back when a single slice is worse.

Chapter: 11
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mlbook.releases.captain import SHARES, SLICES, Captain, Cost
from mlbook.releases.watching import Watch
from mlbook.validate import fraction, integer, number, one_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import pandas as pd

__all__ = ["Rule", "mean_costs", "score"]


@dataclass(frozen=True, kw_only=True)
class Rule:
    """When to grow, when to go on and when to roll back.

    Parameters
    ----------
    wait_at : float
        The share at which it waits for the interval: 0.01, 0.05, 0.2 or 0.5.
    alpha : float
        The probability that an interval is ever wrong, in all: divided among those that are
        watched.
    worse_at_most : float
        A release goes on when it is no worse than by so much, in clicks a visit.
    by_slice : bool
        Whether every slice is watched beside all visits, and may call the release back.

    Examples
    --------
    >>> rule = Rule()
    >>> rule.play("A", seed=1).ended in {"shipped", "rolled back"}
    True
    """

    wait_at: float = 0.2
    alpha: float = 0.05
    worse_at_most: float = 0.005
    by_slice: bool = False

    def __post_init__(self) -> None:
        one_of("wait_at", f"{self.wait_at:g}", [f"{share:g}" for share in SHARES[:-1]])
        fraction("alpha", self.alpha, unit="probability of ever being wrong")
        number("worse_at_most", self.worse_at_most, above=0, unit="clicks a visit")

    def move(self, captain: Captain) -> str:
        """Say the next move from the counts alone.

        Parameters
        ----------
        captain : Captain
            A release that is not over.

        Returns
        -------
        str
            ``"hold"``, ``"grow"`` or ``"roll back"``.
        """
        watched = [(), *((name,) for name in SLICES if self.by_slice)]
        watch = Watch(alpha=self.alpha / len(watched))
        gaps = [watch.gap(*captain.so_far(*slices)) for slices in watched]
        if any(gap.high < 0 for gap in gaps):
            return "roll back"
        sure = gaps[0].low > -self.worse_at_most
        return "grow" if sure or captain.share < self.wait_at else "hold"

    def play(self, letter: str, seed: int = 0) -> Captain:
        """Play one release to its end.

        Parameters
        ----------
        letter : str
            ``"A"``, ``"B"`` or ``"C"``.
        seed : int
            As for :class:`Captain`.

        Returns
        -------
        Captain
            The release when it is over.
        """
        captain = Captain(letter, seed)
        while not captain.is_over:
            captain = captain.play(self.move(captain))
        return captain


def score(captains: Mapping[str, Iterable[Captain]]) -> pd.DataFrame:
    """Put several ways to play side by side.

    Parameters
    ----------
    captains : mapping of str to iterable of Captain
        The releases that each has played, by a name; one that is not over goes on as it is.

    Returns
    -------
    pandas.DataFrame
        One row a player and a release: `truth`, `hours` watched, how it `ended`, and the fields of
        :class:`Cost`.
    """
    import pandas as pd

    rows = [
        {"player": name, "release": c.letter, "truth": c.truth.name, "hours": c.hour}
        | {"ended": c.ended or "goes on"}
        | c.cost()._asdict()
        for name, played in captains.items()
        for c in played
    ]
    return pd.DataFrame(rows).set_index(["player", "release"])


def mean_costs(rules: Mapping[str, Rule], *, games: int = 100, seed: int = 0) -> pd.DataFrame:
    """Let rules play many games, all the same ones, with other visitors in each.

    Parameters
    ----------
    rules : mapping of str to Rule
        Who plays, by name.
    games : int
        How many.
    seed : int
        The first one's seed; the others follow.

    Returns
    -------
    pandas.DataFrame
        One row a rule and a kind of release: `shipped_percent`, how many of 100 went to everybody,
        and the means of the fields of :class:`Cost`.

    Examples
    --------
    >>> mean_costs({"simple": Rule()}, games=5).loc[("simple", "bad"), "shipped_percent"]
    np.float64(0.0)
    """
    integer("games", games, at_least=1, unit="games")
    seeds = range(seed, seed + games)
    table = score(
        {name: [rule.play(x, n) for n in seeds for x in "ABC"] for name, rule in rules.items()}
    )
    table["shipped_percent"] = 100.0 * (table["ended"] == "shipped")
    return table.groupby(["player", "truth"], sort=False)[["shipped_percent", *Cost._fields]].mean()
