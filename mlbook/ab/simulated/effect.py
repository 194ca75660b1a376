"""What all effects have in common, and whom they act upon.

An effect multiplies the chance that a session ends in a click. Three questions have an answer in
one line each: by how much for this user on this day (`of`), by how much on average in an arm
(`mean`), and by how much for everybody once the change is launched (`truth`).

Chapter: 02
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mlbook.streams import stream

if TYPE_CHECKING:
    from mlbook.ab.simulated.population import Population

__all__ = ["Effect", "People", "people_by_day"]

Floats = NDArray[np.float64]
Ids = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class People:
    """Who is in which arm, and the draws that belong to a user and not to a day.

    Parameters
    ----------
    seed : int
        The population's seed.
    treated : ndarray of bool
        Whether a user is treated; any shape, the last axis counts users.
    cluster : ndarray of int
        Which cluster a user belongs to, of the same shape.
    """

    seed: int
    treated: NDArray[np.bool_]
    cluster: Ids = field(repr=False)

    def draw(self, name: str) -> Floats:
        """Draw one uniform number a user, the same each time.

        Parameters
        ----------
        name : str
            What it decides, for example ``"triggered"``.

        Returns
        -------
        ndarray
            In [0, 1), shaped like `treated`.
        """
        return stream(self.seed, f"ab/user/{name}").random(self.treated.shape)


def people_by_day(population: Population) -> list[People]:
    """Split the users of a population.

    Parameters
    ----------
    population : Population
        What is split, and how.

    Returns
    -------
    list of People
        One entry a day; they differ when days are split.
    """
    rng, shape = stream(population.seed, "ab/log/split"), (population.days, population.users)
    cluster = np.arange(population.users) // population.cluster_size
    if population.split_by == "day":
        chosen = (rng.permutation(population.days) < population.treated_days)[:, None]
    else:
        size = population.cluster_size if population.split_by == "cluster" else 1
        lots = rng.random(population.users // size) < population.treatment_share
        chosen = np.repeat(lots, size)
    treated = np.broadcast_to(chosen, shape)
    return [People(population.seed, each, cluster) for each in treated]


@dataclass(frozen=True, kw_only=True)
class Effect:
    """What all effects have in common; alone it changes nothing."""

    needs_log: ClassVar[bool] = False  # users change each other: only whole logs can show it
    stands_alone: ClassVar[bool] = False  # its closed form holds without another effect only
    limits_a_launch: ClassVar[bool] = False  # `sold` is no matter of when the log is read

    def check(self, population: Population) -> None:
        """Refuse a population that it cannot work in.

        Parameters
        ----------
        population : Population
            Where it was put.
        """

    def columns(self, people: People) -> dict[str, NDArray[Any]]:
        """Tell what the log knows about each user because of this effect.

        Parameters
        ----------
        people : People
            The users.

        Returns
        -------
        dict of str to ndarray
            Columns by name; often none.
        """
        return {}

    def of(self, people: People, day: int) -> Floats:
        """Multiply each user's chance of a click on one day.

        Parameters
        ----------
        people : People
            The users.
        day : int
            The day of the experiment, from 0.

        Returns
        -------
        ndarray
            The factor of each user, >= 0; 1 changes nothing.
        """
        arms = [self.mean(day, treated=treated, share=1.0) for treated in (False, True)]
        return np.where(people.treated, arms[1], arms[0])

    def mean(self, day: ArrayLike, *, treated: bool, share: float) -> Floats:
        """Average the factor over the users of one arm.

        Parameters
        ----------
        day : array_like
            Days of the experiment, from 0.
        treated : bool
            Which arm.
        share : float
            The share of all users who are treated, 0 to 1.

        Returns
        -------
        ndarray
            One factor a day.
        """
        return 1 + np.asarray(self.truth(day)) * treated

    def sold(self, day: ArrayLike, *, treated: bool, share: float) -> Floats:
        """Tell which share of the orders of an arm is counted.

        Parameters
        ----------
        day : array_like
            Days of the experiment, from 0.
        treated : bool
            Which arm.
        share : float
            The share of all users who are treated, 0 to 1.

        Returns
        -------
        ndarray
            One share a day; 1 but for shared supply and late orders.
        """
        return np.ones(np.shape(day))

    def launched(self, day: ArrayLike, *, everybody: bool) -> Floats:
        """Average the factor over all users when everybody is treated, or nobody.

        Parameters
        ----------
        day : array_like
            Days of the experiment, from 0.
        everybody : bool
            Whether the change is launched.

        Returns
        -------
        ndarray
            One factor a day.
        """
        return self.mean(day, treated=everybody, share=float(everybody))

    def most(self, days: int) -> float:
        """Tell the highest factor that any user meets.

        Parameters
        ----------
        days : int
            The days of the experiment.

        Returns
        -------
        float
            At least 1.
        """
        return max(1.0, float(np.max(self.launched(np.arange(days), everybody=True))))

    def truth(self, day: ArrayLike) -> Floats:
        """Tell by how much a launch changes clicks: everybody treated against nobody.

        Parameters
        ----------
        day : array_like
            Days of the experiment, from 0.

        Returns
        -------
        ndarray
            The relative lift of each day; 0.05 is five per cent more.
        """
        return np.zeros(np.shape(day))

    def kept(
        self, orders: Ids, people: People, day: int, rng: np.random.Generator, expected: float
    ) -> Ids:
        """Take away the orders that are not counted, or not yet.

        Parameters
        ----------
        orders : ndarray of int
            What each user orders on this day.
        people : People
            The users.
        day : int
            The day of the experiment, from 0.
        rng : numpy.random.Generator
            Where its luck comes from.
        expected : float
            How many orders a day brings on average when nobody is treated.

        Returns
        -------
        ndarray of int
            What is left of them.
        """
        return orders
