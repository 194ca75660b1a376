"""Pattern 4: train by batch, predict on a mobile app.

    server   DB ──▶ extract feature ──▶ [batch: training] ──▶ trained model ──▶ convert model
             ▲                                                                       │
             │ activity log, at each sync          release, review, the phone's next │ look
             ▼                                                                       ▼
    phone    [mobile app: DB ──▶ extract feature (again) ──▶ device model ──▶ result, in process]

Costs: a model waits for the release train, the review, and then for every single phone to look for
updates; the feature code exists twice; what the app has built in changes with a release only.
Gains: no network on the way, so it answers in a tunnel, too; what the user just did counts at once.

Talk: slides 20-21; column "mobile app" of slide 23.
Chapter: 09
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from mlbook.export import PRECISIONS, OnDevice, to_device
from mlbook.patterns.answer import Answer
from mlbook.patterns.base import knob
from mlbook.patterns.deploy import ALL, Unit, job
from mlbook.patterns.trained import Trained
from mlbook.queueing import Distribution, Fleet, LogNormal, OnOff, poisson_looks
from mlbook.streams import stream
from mlbook.units import DAY, HOUR, MINUTE, MONTH, MS
from mlbook.world import Phones

if TYPE_CHECKING:
    from mlbook.components import Component
    from mlbook.model import Version
    from mlbook.world import Features

__all__ = ["MobileApp"]

BUILD_S = 1 * HOUR  # from a trained model to a release of the app: no train leaves before its model
BAD_FRAC = 0.15  # share of the releases that somebody has to repair; a teaching value
Whose = NDArray[np.int64]
Instants = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class MobileApp(Trained):
    """Train by batch, predict on a mobile app; every user has one phone.

    Parameters
    ----------
    delivery : str
        How a model gets onto the phone: ``"embedded"`` in a release, as the talk draws it, or
        ``"download"``: the app fetches every new one at a look of its own, without a release.
    release_every, review_takes : float
        Seconds between two releases, and seconds from a release to its being live in the store.
    fast_share, fast_gap, slow_gap : float
        Each phone looks for updates at random instants, on average so many seconds apart: a share
        of the phones the fast gap, the others the slow one.
    download_every, sync_every : float
        Seconds between two looks of the app itself, for ``delivery="download"``, and between two
        syncs with the server.
    own_share : float
        The share of a user's events that happen on the phone; of the others it learns at a sync.
    offline_share, offline_lasts : float
        Share of the time that a phone has no network, and mean seconds of one such time.
    precision : str
        What a weight of the device model is stored in: one of ``mb.export.PRECISIONS``.
    device : Distribution
        Time to extract the features and to predict on a phone.

    Notes
    -----
    The two speeds are fitted to one app's counts in a store (https://neurons.dk/?p=526); the rest
    are teaching defaults. ``freedomtan/glDelegateBenchmark`` has the latencies of real phones.

    Examples
    --------
    >>> MobileApp().but(delivery="download", precision="int8").download_every
    86400.0
    """

    delivery: str = knob("embedded", choices=("embedded", "download"))
    release_every: float = knob(7 * DAY, above=0, unit="seconds between two app releases")
    review_takes: float = knob(1 * DAY, at_least=0, unit="seconds that the store reviews one")
    fast_share: float = knob(0.375, at_least=0, at_most=1, unit="share of phones that update fast")
    fast_gap: float = knob(1.74 * DAY, above=0, unit="mean seconds between their looks")
    slow_gap: float = knob(79 * DAY, above=0, unit="mean seconds between the others' looks")
    download_every: float = knob(1 * DAY, above=0, unit="seconds between the app's own looks")
    sync_every: float = knob(15 * MINUTE, above=0, unit="seconds between two syncs")
    own_share: float = knob(0.5, at_least=0, at_most=1, unit="share of events on the phone itself")
    offline_share: float = knob(0.0, at_least=0, at_most=0.99, unit="share of time offline")
    offline_lasts: float = knob(2 * HOUR, above=0, unit="mean seconds of one time offline")
    precision: str = knob("float32", choices=PRECISIONS)
    device: Distribution = knob(LogNormal(15 * MS, 60 * MS), unit="time to predict on the phone")

    title: ClassVar[str] = "Pattern 4: mobile app"
    answers_offline: ClassVar[bool] = True

    @property
    def speeds(self) -> list[tuple[float, float]]:
        """The kinds of phones as ``mb.queueing.fleet_model_age`` and ``adopted`` take them."""
        kinds = [(self.fast_share, self.fast_gap), (1 - self.fast_share, self.slow_gap)]
        return [(share, gap) for share, gap in kinds if share]

    @property
    def lead_s(self) -> float:
        """From the training data to the live release, if trains leave at whole training periods."""
        return self.train_takes + BUILD_S + self.review_takes

    @property
    def units(self) -> tuple[Unit, ...]:
        """All of the ML is built into the app, with a download all but the weights."""
        embedded = self.delivery == "embedded"
        app = Unit(
            name="app",
            built_in=tuple(what for what in ALL if embedded or what != "weights"),
            machines=0.0,
            incidents_a_month=BAD_FRAC * MONTH / self.release_every,
            repair_takes=4 * HOUR,
        )
        return app, job("training", self.train_every, self.train_takes)

    def build(self) -> None:
        world, part = self.site.world, self.site.part
        self.phone, sync, self.store = part("device", self.device), part("sync"), part("store")
        offline = self.offline_share, self.offline_lasts
        self.network = OnOff(self._rng("offline"), world.users, *offline, world.horizon_s)
        who, look_s = self._looks()
        reached = ~self._cut_off(self.store, who, look_s)
        who, look_s = who[reached], look_s[reached]
        self.fleet = Fleet(world.users, who, look_s, self.store.slow_at_s(look_s))
        ways = partial(self._cut_off, sync), sync.slow_at_s, self.site.event_log
        self.phones = Phones(world, self.site.seed, self.sync_every, self.own_share, *ways)
        self.site.seen_at_s, self.site.own_features = self.phones.seen_at_s, self.extract_feature
        self.synced_s = self.phones.last_sync_s(world.visits.user, world.visits.at_s)
        self.every(self.train_every, self.train, part="training")

    def _rng(self, what: str) -> np.random.Generator:
        return stream(self.site.seed, f"part/device/{what}")

    def _looks(self) -> tuple[Whose, Instants]:
        """Draw when which phone looks for something new."""
        users, end_s, rng = self.site.world.users, self.site.world.horizon_s, self._rng("looks")
        if self.delivery == "download":
            turns = np.arange(np.ceil(end_s / self.download_every))
            look_s = (rng.random((users, 1)) + turns) * self.download_every
            return np.arange(users).repeat(turns.size), look_s.ravel()
        gap_s = np.where(rng.random(users) < self.fast_share, self.fast_gap, self.slow_gap)
        return poisson_looks(rng, gap_s, end_s)

    def _cut_off(self, part: Component, who: Whose, at_s: Instants) -> NDArray[np.bool_]:
        during_the_run = (at_s >= 0) & (at_s < self.site.world.horizon_s)
        away = during_the_run & self.network.away(who, at_s)
        return away | self.phone.offline(who, at_s) | part.misses(at_s)

    def extract_feature(self) -> Features:
        """Extract features as the phone does, from its own DB: the second box of the diagram.

        Returns
        -------
        Features
            Of events as they reached the phones.
        """
        return self.phones.features()

    def convert(self, estimator: Any) -> OnDevice:
        return OnDevice(to_device(estimator, self.precision))

    async def deploy(self, version: Version) -> None:
        if self.delivery == "download":
            self._offer(version)
        elif version.number == 1:  # there is nothing to release before the first model
            first_s = self.clock.now + BUILD_S
            self.every(self.release_every, self.release, part="store", first=first_s)

    async def release(self) -> None:
        """Build the newest model into a release; it is live after the review."""
        version = self.site.versions.versions[-1]
        await self.clock.sleep(self.review_takes + self.store.slow_s())
        self._offer(version)

    def _offer(self, version: Version) -> None:
        if self.fleet.is_empty:  # who is there installs the app; who comes later does so then
            world = self.site.world
            first_s = self.site.event_log.happened.first_seen_s(world.users)
            np.minimum.at(first_s, world.visits.user, world.visits.at_s)
            app_s, missing = np.maximum(first_s, self.clock.now), np.arange(world.users)
            while (missing := missing[self._cut_off(self.store, missing, app_s[missing])]).size:
                app_s[missing] += MINUTE  # no network, or no store: the user tries again
            self.fleet.install(app_s + self.store.slow_at_s(app_s))
        self.site.offered.append((self.clock.now, version.number))
        self.fleet.offer(version, self.clock.now)

    async def predict(self, i: int) -> Answer:
        now_s = self.clock.now
        version = self.fleet.installed(self.site.world.visits.user[i], now_s)
        await self.phone.call(i)
        return Answer(version, self.synced_s[i], self.clock.now, "request", read_at_s=now_s)
