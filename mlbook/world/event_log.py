"""The activity log as its readers find it: with rows that come late, twice, or with a wrong stamp.

In most worlds nothing of the kind happens, and the log is what the users did.

Chapter: 08
"""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np

from mlbook.world.features import Activity, Features

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mlbook.world.replay import ReplayWorld
    from mlbook.world.shop import World

__all__ = ["EventLog"]


@dataclass(frozen=True)
class EventLog:
    """Rows of an activity log, in the order in which the events happened.

    Parameters
    ----------
    happened : Activity
        What the users did.
    event : ndarray of shape (n_rows,)
        Which event each row tells of; an event has one row, or several copies.
    stamped : Activity
        The rows as they are written, with the instants that the writer's clock showed.
    seen_at_s : ndarray of shape (n_rows,)
        When each row can be read, in seconds; infinite for one that is lost.

    Examples
    --------
    >>> from mlbook.world import World
    >>> log = EventLog.of(World(seed=1, days=2, users=5))
    >>> bool((log.readable_at_s == log.happened.at_s).all())
    True
    """

    happened: Activity
    event: NDArray[np.int64]
    stamped: Activity
    seen_at_s: NDArray[np.float64]

    @classmethod
    def of(cls, world: World | ReplayWorld) -> Self:
        """Give the log of a world in which nothing goes wrong with it.

        Parameters
        ----------
        world : World or ReplayWorld
            Whose log.

        Returns
        -------
        EventLog
            One row an event, readable at once.
        """
        log = world.activity
        return cls(log, np.arange(log.at_s.size), log, log.at_s)

    @property
    def readable_at_s(self) -> NDArray[np.float64]:
        """When each event can first be read, in seconds; shape (n_events,), infinite for never."""
        first = np.full(self.happened.at_s.size, np.inf)
        np.minimum.at(first, self.event, self.seen_at_s)
        return first

    @property
    def is_copy(self) -> NDArray[np.bool_]:
        """Which rows repeat the row before them."""
        copies: NDArray[np.bool_] = np.diff(self.event, prepend=-1) == 0
        return copies

    def without_copies(self) -> EventLog:
        """Leave out the rows that repeat the row before them.

        Returns
        -------
        EventLog
            One row an event.
        """
        once, rows = ~self.is_copy, self.stamped
        stamped = Activity(rows.at_s[once], rows.user[once], rows.item[once])
        return EventLog(self.happened, self.event[once], stamped, self.seen_at_s[once])

    def first_seen_s(self, users: int) -> NDArray[np.float64]:
        """Tell when each user can first be read of.

        Parameters
        ----------
        users : int
            Number of users.

        Returns
        -------
        ndarray of shape (users,)
            Seconds; infinite for a user of whom nothing can be read.
        """
        first = np.full(users, np.inf)
        np.minimum.at(first, self.stamped.user, self.seen_at_s)
        return first

    def seen_through(self, world: World | ReplayWorld) -> World | ReplayWorld:
        """Copy a world as somebody knows it who has this log only.

        Parameters
        ----------
        world : World or ReplayWorld
            Where it all happened.

        Returns
        -------
        World or ReplayWorld
            With the rows of this log as its activity, and features that know each row from the
            instant on at which it can be read. Visits, labels and truth are the very same.
        """
        known = copy.copy(world)
        known.activity = self.stamped
        known.features = Features(
            self.stamped, world.catalog, world.features.half_life, seen_at_s=self.seen_at_s
        )
        return known
