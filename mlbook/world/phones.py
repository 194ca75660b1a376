"""Phones: what is done on a phone is known there at once, the rest at its next sync.

Chapter: 09
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from mlbook.streams import stream
from mlbook.world.event_log import EventLog
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
    takes_s : callable, optional
        ``takes_s(at_s)`` tells how many seconds the syncs at these instants take; none by default.
    event_log : EventLog, optional
        What the server knows of the events, and hands on; by default all of them at once. What
        happens on a phone does not go through it.

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
        takes_s: Callable[[Instants], Instants] = np.zeros_like,
        event_log: EventLog | None = None,
    ) -> None:
        self.world, self.sync_every = world, sync_every
        self.cut_off, self.takes_s = cut_off, takes_s
        self.phase_s = sync_every * stream(seed, "part/device/sync").random(world.users)
        log = event_log or EventLog.of(world)
        done = log.happened
        own = (stream(seed, "part/device/own").random(done.at_s.size) < own_share)[log.event]
        own_at_s = done.at_s[log.event]
        self.rows = replace(log.stamped, at_s=np.where(own, own_at_s, log.stamped.at_s))
        self.row_seen_at_s = np.where(
            own,
            np.where(log.is_copy, np.inf, own_at_s),  # a copy is made in the log only
            self.next_sync_s(log.stamped.user, log.seen_at_s),
        )
        self.seen_at_s = replace(log, seen_at_s=self.row_seen_at_s).readable_at_s

    def next_sync_s(self, who: Whose, at_s: Instants) -> Instants:
        """Find the end of the first sync from an instant on that gets through.

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
        try_s = self.phase_s[who] + turn * self.sync_every
        lost = np.arange(try_s.size)
        while (lost := lost[self.cut_off(who[lost], try_s[lost])]).size:
            try_s[lost] += self.sync_every
        return try_s + self.takes_s(try_s)

    def last_sync_s(self, who: Whose, at_s: Instants) -> Instants:
        """Find the begin of the last sync that got through and ended up to an instant.

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
        try_s = self.phase_s[who] + turn * self.sync_every
        lost = np.arange(try_s.size)
        while (lost := lost[self._in_vain(who[lost], try_s[lost], at_s[lost])]).size:
            try_s[lost] -= self.sync_every
        return np.maximum(try_s, 0.0)

    def features(self) -> Features:
        """Give the features of the events as they reached the phones.

        Returns
        -------
        Features
            As of an instant, from what a phone knew by then.
        """
        catalog, half_life = self.world.catalog, self.world.features.half_life
        return Features(self.rows, catalog, half_life, seen_at_s=self.row_seen_at_s)

    def _in_vain(self, who: Whose, try_s: Instants, by_s: Instants) -> NDArray[np.bool_]:
        """Tell which syncs did not get through, or had not ended by an instant."""
        # A sync at this very instant counts, though rounding may put it behind.
        return self.cut_off(who, try_s) | (self.takes_s(try_s) > by_s - try_s + 1e-6)
