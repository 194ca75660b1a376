"""Effects of users on one another, and of time on orders: where comparing arms deceives.

Chapter: 02
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.typing import ArrayLike

from mlbook.ab.simulated.effect import Effect, Floats, Ids, People
from mlbook.ab.simulated.effects import RELATIVE
from mlbook.validate import number

if TYPE_CHECKING:
    from mlbook.ab.simulated.population import Population

__all__ = ["DelayedConversion", "SharedSupply", "Spillover"]


@dataclass(frozen=True, kw_only=True)
class DelayedConversion(Effect):
    """Orders come days after the click, in the treatment sooner; in the end equally many come.

    Parameters
    ----------
    control_days, treatment_days : float
        Mean days from the click to the order, > 0; exponential.
    read_on_day : float
        When the log is read, in days since the start; at least the days of the experiment. An
        order stands in the row of its click, once it is known.

    Notes
    -----
    A click falls on any instant of its day `d`. Of its order, read on day `t`, is known the mean
    of ``1 - exp(-(t - u) / m)`` over `u` from `d` to ``d + 1``. The truth is 0.

    References
    ----------
    O. Chapelle, "Modeling Delayed Feedback in Display Advertising", KDD 2014.

    Examples
    --------
    >>> early = DelayedConversion(control_days=4, treatment_days=2, read_on_day=7)
    >>> days = np.arange(7)
    >>> known = [early.sold(days, treated=arm, share=0.5).mean() for arm in (True, False)]
    >>> float(round(known[0] / known[1] - 1, 2)), float(early.truth(0))
    (0.37, 0.0)
    """

    control_days: float = 4.0
    treatment_days: float = 2.0
    read_on_day: float = 7.0

    def __post_init__(self) -> None:
        number("control_days", self.control_days, above=0, unit="mean days to an order")
        number("treatment_days", self.treatment_days, above=0, unit="mean days to an order")
        number("read_on_day", self.read_on_day, above=0, unit="days since the start")

    def check(self, population: Population) -> None:
        hint = "Read the log when the experiment has ended, or run it for fewer days."
        unit = "days since the start"
        number("read_on_day", self.read_on_day, at_least=population.days, unit=unit, hint=hint)

    def sold(self, day: ArrayLike, *, treated: bool, share: float) -> Floats:
        mean = self.treatment_days if treated else self.control_days
        left = (self.read_on_day - np.asarray(day, float)) / mean  # of the day's first click
        return 1 - (np.exp(1 / mean - left) - np.exp(-left)) * mean

    def kept(
        self, orders: Ids, people: People, day: int, rng: np.random.Generator, expected: float
    ) -> Ids:
        known = [float(self.sold(day, treated=arm, share=0.5)) for arm in (False, True)]
        return rng.binomial(orders, np.where(people.treated, known[1], known[0]))


@dataclass(frozen=True, kw_only=True)
class SharedSupply(Effect):
    """Both arms buy from one stock: what the treatment sells more, the control sells less.

    Parameters
    ----------
    lift : float
        The relative change of what treated users *want* (clicks and demand), above -1.
    stock : float
        The pieces for sale on a day, as a multiple of what is wanted when nobody is treated; > 0.
        Below 1 everything is sold every day, whatever is tested.

    Notes
    -----
    A day's demand beyond the stock is sent away by lot. With a treated share `s` the demand is
    ``1 + s lift`` of what it was, and ``min(1, stock / (1 + s lift))`` of it is served. Comparing
    the arms shows `lift`; a launch changes orders by
    ``(1 + lift) min(1, stock / (1 + lift)) / min(1, stock) - 1``: nothing while the stock is
    short. (Where the stock is so near to the demand that luck decides the day, it is a little
    less: the closed form takes the mean of the demand for the demand.) Splitting days instead of
    users shows the truth: ``Population(split_by="day")``.

    References
    ----------
    T. Blake, D. Coey, "Why Marketplace Experimentation Is Harder than it Seems: The Role of
    Test-Control Interference", EC 2014.

    Examples
    --------
    >>> scarce = SharedSupply(lift=0.2, stock=0.8)
    >>> [float(scarce.sold(0, treated=True, share=s).round(3)) for s in (0, 0.5, 1)]
    [0.8, 0.727, 0.667]
    """

    lift: float = 0.2
    stock: float = 0.8
    needs_log: ClassVar[bool] = True
    stands_alone: ClassVar[bool] = True
    limits_a_launch: ClassVar[bool] = True

    def __post_init__(self) -> None:
        number("lift", self.lift, above=-1, unit=RELATIVE)
        number("stock", self.stock, above=0, unit="times the demand when nobody is treated")

    def check(self, population: Population) -> None:
        if population.split_by == "cluster":
            text = (
                "split_by must be 'user' or 'day' (all clusters buy from one stock), got 'cluster'."
            )
            raise ValueError(f"{text} Write split_by='day' to see the truth.")

    def truth(self, day: ArrayLike) -> Floats:
        return np.full(np.shape(day), float(self.lift))

    def sold(self, day: ArrayLike, *, treated: bool, share: float) -> Floats:
        return np.full(np.shape(day), min(1.0, self.stock / (1 + share * self.lift)))

    def kept(
        self, orders: Ids, people: People, day: int, rng: np.random.Generator, expected: float
    ) -> Ids:
        wanted = np.repeat(np.arange(orders.size), orders)
        pieces = round(self.stock * expected)
        return np.bincount(rng.permutation(wanted)[:pieces], minlength=orders.size)


@dataclass(frozen=True, kw_only=True)
class Spillover(Effect):
    """Users tell one another: part of the lift reaches those of the control.

    Parameters
    ----------
    lift : float
        The relative change of a treated user's clicks, above -1.
    leak : float
        What a user of the control gets of it when all others of the cluster are treated, 0 to 1.

    Notes
    -----
    A user of the control gets ``leak * lift`` times the treated share of the *others* in the
    cluster (``Population(cluster_size=...)``). With half of the users treated, comparing the arms
    shows ``(1 + lift) / (1 + leak * lift / 2) - 1``, less than the truth, which is `lift`.
    Splitting clusters instead of users shows the truth: ``Population(split_by="cluster")``.

    References
    ----------
    J. Ugander, B. Karrer, L. Backstrom, J. Kleinberg, "Graph Cluster Randomization: Network
    Exposure to Multiple Universes", KDD 2013.

    Examples
    --------
    >>> friends = Spillover(lift=0.2, leak=0.5)
    >>> float(friends.mean(0, treated=False, share=0.5)), float(friends.truth(0))
    (1.05, 0.2)
    """

    lift: float = 0.2
    leak: float = 0.5
    needs_log: ClassVar[bool] = True

    def __post_init__(self) -> None:
        number("lift", self.lift, above=-1, unit=RELATIVE)
        number("leak", self.leak, at_least=0, at_most=1, unit="a share of the lift")

    def check(self, population: Population) -> None:
        hint = "Write Population(cluster_size=4, ...)."
        unit = "users who tell one another"
        number("cluster_size", population.cluster_size, at_least=2, unit=unit, hint=hint)

    def of(self, people: People, day: int) -> Floats:
        size = np.bincount(people.cluster)[people.cluster]
        treated = np.bincount(people.cluster, people.treated)[people.cluster]
        others = (treated - people.treated) / (size - 1)
        return 1 + self.lift * np.where(people.treated, 1.0, self.leak * others)

    def mean(self, day: ArrayLike, *, treated: bool, share: float) -> Floats:
        reach = 1.0 if treated else self.leak * share
        return np.full(np.shape(day), 1 + self.lift * reach)

    def truth(self, day: ArrayLike) -> Floats:
        return np.full(np.shape(day), float(self.lift))
