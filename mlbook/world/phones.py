"""Phones: what is done on a phone is known there at once, the rest at its next sync.

Chapter: 09
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from mlbook.streams import stream
from mlbook.world.features import Features

if TYPE_CHECKING:
    from mlbook.world.replay import ReplayWorld
    from mlbook.world.shop import World

__all__ = ["Phones"]

Whose = NDArray[np.int64]
Instants = NDArray[np.float64]


class Phones:
    """One phone a user, with a store of the user's events.

    Parameters
    ----------
    world : World or ReplayWorld
        Whose users they are.
    seed : int
        Seed of the phones: when each syncs, and which events happen on it.
    sync_every : float
        Seconds between two syncs; every phone has its own phase.
    own_share : float
        Share of a user's events that happen on the phone.
    cut_off : callable
        ``cut_off(who, at_s)`` tells which phones do not get through at which instants; they try
        again at their next sync.

    Examples
    --------
    >>> from mlbook.world import World
    >>> world = World(seed=1, days=2, users=5)
    >>> phones = Phones(world, 0, 900.0, 1.0, lambda who, at_s: np.zeros(at_s.shape, dtype=bool))
    >>> bool((phones.seen_at_s == world.activity.at_s).all())
    True
    """

    def __init__(
        self,
        world: World | ReplayWorld,
        seed: int,
        sync_every: float,
        own_share: float,
        cut_off: Callable[[Whose, Instants], NDArray[np.bool_]],
    ) -> None:
        self.world, self.sync_every, self.cut_off = world, sync_every, cut_off
        self.phase_s = sync_every * stream(seed, "part/device/sync").random(world.users)
        log = world.activity
        own = stream(seed, "part/device/own").random(log.at_s.size) < own_share
        self.seen_at_s = np.where(own, log.at_s, self.next_sync_s(log.user, log.at_s))

    def next_sync_s(self, who: Whose, at_s: Instants) -> Instants:
        """Find the first sync from an instant on that gets through.

        Parameters
        ----------
        who : ndarray of shape (n,)
            Which phones.
        at_s : ndarray of shape (n,)
            Instants in seconds.

        Returns
        -------
        ndarray of shape (n,)
            Seconds.
        """
        turn = np.ceil((at_s - self.phase_s[who]) / self.sync_every)
        return self._that_gets_through(who, self.phase_s[who] + turn * self.sync_every, +1)

    def last_sync_s(self, who: Whose, at_s: Instants) -> Instants:
        """Find the last sync up to an instant that got through.

        Parameters
        ----------
        who : ndarray of shape (n,)
            Which phones.
        at_s : ndarray of shape (n,)
            Instants in seconds.

        Returns
        -------
        ndarray of shape (n,)
            Seconds; 0 before the first one, when there was nothing to know.
        """
        turn = np.floor((at_s - self.phase_s[who]) / self.sync_every)
        found_s = self._that_gets_through(who, self.phase_s[who] + turn * self.sync_every, -1)
        return np.maximum(found_s, 0.0)

    def features(self) -> Features:
        """Give the features of the events as they reached the phones.

        Returns
        -------
        Features
            As of an instant, from what a phone knew by then.
        """
        world = self.world
        half_life, seen_at_s = world.features.half_life, self.seen_at_s
        return Features(world.activity, world.catalog, half_life, seen_at_s=seen_at_s)

    def _that_gets_through(self, who: Whose, try_s: Instants, step: int) -> Instants:
        lost = np.arange(try_s.size)
        while (lost := lost[self.cut_off(who[lost], try_s[lost])]).size:
            try_s[lost] += step * self.sync_every
        return try_s
