"""What all faults of a log have in common: they spoil it, and tell what is to be expected then.

Chapter: 02
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from numpy.typing import NDArray

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from mlbook.ab.simulated.population import Population

__all__ = ["LogFault", "Totals"]


class Totals(NamedTuple):
    """What an arm's rows add up to on average.

    Parameters
    ----------
    users : float
        How many users have a row.
    sessions, clicks, orders, revenue : float
        The sums of the columns.
    """

    users: float
    sessions: float
    clicks: float
    orders: float
    revenue: float

    def times(self, users: float, rest: float) -> Totals:
        """Multiply the number of users by one factor and all sums by another.

        Parameters
        ----------
        users, rest : float
            The two factors.

        Returns
        -------
        Totals
            The products.
        """
        return Totals(self.users * users, *(rest * total for total in self[1:]))


@dataclass(frozen=True, kw_only=True)
class LogFault:
    """What all faults have in common; alone it spoils nothing."""

    def check(self, population: Population) -> None:
        """Refuse a population that it cannot work in.

        Parameters
        ----------
        population : Population
            Where it was put.
        """

    def spoil(
        self, log: pd.DataFrame, activity: NDArray[np.float64], rng: np.random.Generator
    ) -> pd.DataFrame:
        """Change a finished log.

        Parameters
        ----------
        log : DataFrame
            One row a user and day.
        activity : ndarray of shape (users,)
            How active each user is, 1 on average.
        rng : numpy.random.Generator
            Where its luck comes from.

        Returns
        -------
        DataFrame
            The log as somebody finds it.
        """
        return log

    def expect(self, totals: Totals, arm: str, population: Population) -> Totals:
        """Tell what it makes of an arm's totals on average.

        Parameters
        ----------
        totals : Totals
            Without the fault.
        arm : str
            ``"control"`` or ``"treatment"``.
        population : Population
            Where the users come from.

        Returns
        -------
        Totals
            With the fault.
        """
        return totals
