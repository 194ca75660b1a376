"""The same shop with something else happening in it: a rush, one event more, one user who asks.

Everything before it, and all the luck, stays as it was: that is what makes two runs comparable.

Chapter: 06, 10
"""

from __future__ import annotations

import copy
from abc import ABC, abstractmethod
from dataclasses import replace
from typing import TYPE_CHECKING, Self

import numpy as np

from mlbook.queueing.arrivals import poisson
from mlbook.validate import integer, number
from mlbook.world.features import Activity, Features
from mlbook.world.visits import Visits

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mlbook.world.features import Catalog

__all__ = ["Variants"]


class Variants(ABC):
    """What a simulated shop can be turned into; :class:`~mlbook.world.World` inherits it."""

    users: int
    horizon_s: float
    served_from_s: float
    catalog: Catalog
    activity: Activity
    features: Features
    visits: Visits

    @abstractmethod
    def _stream(self, name: str) -> np.random.Generator:
        """Give the shop's own stream of random numbers of that name."""

    @abstractmethod
    def _visits(self, at_s: NDArray[np.float64], name: str) -> Visits:
        """Draw who comes at these instants, and what each candidate would bring."""

    @abstractmethod
    def _click_probability(
        self, at_s: NDArray[np.float64], user: NDArray[np.int64], slate: NDArray[np.int64]
    ) -> NDArray[np.float64]:
        """Tell how likely a click on each candidate is."""

    def rush(self, *, at: float, lasting: float, rate_per_s: float) -> Self:
        """Make a world with the same history and then a burst of visits at its true rate.

        Parameters
        ----------
        at : float
            When the burst begins, in seconds.
        lasting : float
            How long it lasts, in seconds, > 0; it must end within the world.
        rate_per_s : float
            Visits a second, > 0.

        Returns
        -------
        World
            Ends with the burst; a run logs the visits of the burst only.

        Raises
        ------
        ValueError
            When the burst does not fit into the world.
        """
        number(
            "rate_per_s", rate_per_s, above=0, unit="visits a second",
            hint="Write 0.1 for one in ten seconds.",
        )  # fmt: skip
        days = "Durations are seconds: write 8 * mb.DAY."
        number("lasting", lasting, above=0, unit="seconds", hint=days)
        number("at", at, above=0, unit="seconds since the start of the world", hint=days)
        number(
            "at + lasting",
            at + lasting,
            at_most=self.horizon_s,
            unit="seconds; the burst must end within the world",
            hint="Make the burst earlier or the world longer (days=...).",
        )
        burst = self._visits(poisson(self._stream("rush/at"), rate_per_s, lasting, at), "rush")
        busy = self._then(at, burst)
        busy.horizon_s = at + lasting
        return busy

    def inquiry(self, *, user: int, at_s: NDArray[np.float64]) -> Self:
        """Make a world with the same history in which then one user asks, always the same thing.

        Parameters
        ----------
        user : int
            Who asks.
        at_s : ndarray of shape (n,)
            When, in seconds, sorted, within the world.

        Returns
        -------
        World
            A run logs these requests only; the shop's other visits end with the first of them.
        """
        integer("user", user, at_least=0, unit="a user's number")
        asked = self._visits(np.asarray(at_s, dtype=float), "inquiry")
        slate = np.broadcast_to(asked.slate[0], asked.slate.shape)
        who = np.full(asked.user.size, user)
        probability = self._click_probability(asked.at_s, who, slate)
        clicked, revenue = np.zeros(slate.shape, dtype=bool), np.zeros(slate.shape)
        same = replace(
            asked,
            user=who,
            slate=slate,
            clicked=clicked,
            revenue=revenue,
            probability=probability,
        )
        return self._then(float(at_s[0]), same)

    def _then(self, at: float, later: Visits) -> Self:
        """Put other visits in the place of those from an instant on."""
        before = self.visits.at_s < at
        other = copy.copy(self)
        other.served_from_s = at
        other.visits = Visits(
            **{
                name: np.concatenate([old[before], getattr(later, name)])
                for name, old in vars(self.visits).items()
            }
        )
        return other

    def with_event(self, *, user: int, item: int, at: float) -> Self:
        """Make the same world with one more event in its activity log, and nothing else changed.

        Parameters
        ----------
        user, item : int
            Who looked at what.
        at : float
            When, in seconds.

        Returns
        -------
        World
            A copy; visits, truth and luck are the very same.
        """
        integer("user", user, at_least=0, unit="a user's number")
        number("user", user, at_most=self.users - 1, unit="a user's number")
        integer("item", item, at_least=0, unit="an item's number")
        number("item", item, at_most=self.catalog.n_items - 1, unit="an item's number")
        log, here = self.activity, int(np.searchsorted(self.activity.at_s, at))
        other = copy.copy(self)
        other.activity = Activity(
            np.insert(log.at_s, here, at),
            np.insert(log.user, here, user),
            np.insert(log.item, here, item),
        )
        other.features = Features(other.activity, self.catalog)
        return other
