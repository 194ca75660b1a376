"""Pattern 4': federated learning: train on the devices, average on a server, predict in process.

    devices  [own events ──▶ extract feature ──▶ train a little, predict ⇄ model ──▶ result]  × many
                                                   │                        ▲
                     masked update, once a round   ▼                        │ at the next sync
    server           [sum of the updates ──▶ average ──▶ global model] ─────┘

Costs: many rounds with devices that come late or never, a model that nobody can train or inspect
in one place, and all of the ML built into the app.
Gains: no click leaves the device that saw it, the model is new every hour and needs no release of
the app, and a prediction needs no network.

Talk: slide 22.
Chapter: 09
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.typing import NDArray

from mlbook.components import DownError
from mlbook.fedavg import Clients, GlobalModel, Plan, play_round
from mlbook.patterns.answer import Answer
from mlbook.patterns.base import knob
from mlbook.patterns.deploy import ALL, Unit
from mlbook.patterns.trained import Trained
from mlbook.queueing import Distribution, LogNormal
from mlbook.streams import stream
from mlbook.units import DAY, HOUR, MINUTE, MS
from mlbook.world import Phones

if TYPE_CHECKING:
    from mlbook.model import Version

__all__ = ["Federated"]


@dataclass(frozen=True, kw_only=True)
class Federated(Trained):
    """Train on the devices in rounds, average on a server, predict on the device.

    Parameters
    ----------
    train_every, train_takes : float
        Seconds between two rounds, and the longest that the server waits for reports.
    clients_a_round : int
        K: reports that a round waits for.
    over_sample : float
        Devices drawn for each report that is wanted.
    local_epochs : int
        E: gradient steps of a device in a round, each over all of its labelled visits.
    step : float
        Size of a gradient step.
    drop_out : float
        Share of the drawn devices that never report.
    secure : bool
        Whether the server sees the sum of the updates only.
    sync_every : float
        Seconds between two syncs of a device: it learns of events done elsewhere, and fetches the
        newest model. More seconds than the world has: what is done elsewhere never arrives.
    own_share : float
        The share of a user's events that happen on the device; it knows those at once.
    device_takes : Distribution
        Time until a drawn device reports: fetch the model, train, send.
    device : Distribution
        Time to extract the features and to predict on a device.

    Notes
    -----
    The first round waits until as many devices have a labelled visit as it needs reports. It finds
    the scale of the columns from sums, as it finds the update; the scale then stays. When the part
    ``training`` (the server) is down, its round is lost and the devices go on with the model they
    have; when ``device`` is down, requests fail and no round can be played; when ``sync`` is down,
    neither events nor models arrive; devices that are offline are not drawn.

    Examples
    --------
    >>> Federated(local_epochs=20).but(train_every=6 * HOUR).local_epochs
    20
    """

    train_every: float = knob(1 * HOUR, above=0, unit="seconds between two rounds")
    train_takes: float = knob(10 * MINUTE, above=0, unit="seconds that a round waits at most")
    clients_a_round: int = knob(30, at_least=1, unit="reports that a round waits for")
    over_sample: float = knob(1.3, at_least=1, unit="devices drawn for a report")
    local_epochs: int = knob(5, at_least=1, unit="gradient steps of a device in a round")
    step: float = knob(0.1, above=0, unit="size of a gradient step")
    drop_out: float = knob(0.1, at_least=0, at_most=1, unit="share of devices that never report")
    secure: bool = knob(default=True, unit="the server sees sums only")
    sync_every: float = knob(15 * MINUTE, above=0, unit="seconds between two syncs")
    own_share: float = knob(0.5, at_least=0, at_most=1, unit="share of events on the device itself")
    device_takes: Distribution = knob(
        LogNormal(1 * MINUTE, 10 * MINUTE), unit="time until a device reports"
    )
    device: Distribution = knob(LogNormal(15 * MS, 60 * MS), unit="time to predict on the device")

    title: ClassVar[str] = "Pattern 4': federated learning"
    answers_offline: ClassVar[bool] = True
    trains_on: ClassVar[str] = "as many devices with a labelled visit as clients_a_round"

    @property
    def units(self) -> tuple[Unit, ...]:
        """The app trains and predicts; the server adds up numbers, and a lost round harms nobody.

        Weights reach the app without a release, everything else about the model is built into it.
        """
        built_in = tuple(what for what in ALL if what != "weights")
        server = Unit(name="averaging server", slack=1 * DAY)
        return Unit(name="app", built_in=built_in, machines=0.0), server

    @property
    def plan(self) -> Plan:
        """How a round is played."""
        return Plan(
            clients_a_round=self.clients_a_round,
            over_sample=self.over_sample,
            local_epochs=self.local_epochs,
            step=self.step,
            drop_out=self.drop_out,
            device_takes=self.device_takes,
            at_most=self.train_takes,
            secure=self.secure,
        )

    def build(self) -> None:
        site, world = self.site, self.site.world
        self.phone, self.sync = site.part("device", self.device), site.part("sync")
        ways = self._cut_off, self.sync.slow_at_s, site.event_log
        self.phones = Phones(world, site.seed, self.sync_every, self.own_share, *ways)
        site.seen_at_s, self.features = self.phones.seen_at_s, self.phones.features()
        site.own_features = lambda: self.features
        self.synced_s = self.phones.last_sync_s(world.visits.user, world.visits.at_s)
        visits = world.visits
        shown = visits.slate[np.arange(len(visits)), visits.shown]
        # Computed for all rows at once; each is used on its device when its label comes in.
        self.columns = self.features(visits.user, shown, visits.at_s)
        self.model: GlobalModel | None = None
        self.every(self.train_every, self.train, part="training")

    def _cut_off(self, who: NDArray[np.int64], at_s: NDArray[np.float64]) -> NDArray[np.bool_]:
        return self.sync.misses(at_s) | self.phone.offline(who, at_s)

    async def train(self) -> None:
        """Play one round; the model that comes out of it goes to the devices."""
        asof_s, clients = self.clock.now, self._devices(self.clock.now)
        if len(clients) < min(self.clients_a_round, self.site.world.users):
            return
        self.phone.check()
        clients = self._online(clients)
        rng = stream(self.site.seed, f"part/training/round at {asof_s}")
        model, record = play_round(self.model, clients, self.plan, rng)
        await self.site.parts["training"].work(record.takes_s)
        self.site.rounds.append(record)
        if model is None or model is self.model:
            self.site.note("training", "too few reports")
            return
        self.model = model
        now_s, n_rows = self.clock.now, record.n_rows
        version = self.site.versions.add(
            asof_s=asof_s, live_at_s=now_s, n_rows=n_rows, estimator=model.estimator()
        )
        await self.deploy(version)

    def _devices(self, asof_s: float) -> Clients:
        """Make a client of every device that has a labelled visit by now."""
        rows = self.site.world.labelled(asof_s)
        first = np.searchsorted(self.site.world.visits.at_s, rows.at_s.min(initial=np.inf))
        clicked = rows.clicked ^ self.labels_swapped
        return Clients.of(rows.user, self.columns[first : first + len(rows)], clicked)

    def _online(self, clients: Clients) -> Clients:
        """Leave out the devices that have no network: the server cannot draw them."""
        now_s = np.full(len(clients), self.clock.now)
        away = self.phone.offline(clients.number, now_s)
        if away.all():
            raise DownError(self.phone.name)
        return clients.only(np.flatnonzero(~away)) if away.any() else clients

    async def deploy(self, version: Version) -> None:
        everybody = np.arange(self.site.world.users)
        now_s = np.full(everybody.size, version.live_at_s)
        self.site.fetched_at_s.append(self.phones.next_sync_s(everybody, now_s))

    async def predict(self, i: int) -> Answer:
        now_s = self.clock.now
        version = self._installed(self.site.world.visits.user[i], now_s)
        await self.phone.call(i)
        return Answer(version, self.synced_s[i], self.clock.now, "request", read_at_s=now_s)

    def _installed(self, user: int, now_s: float) -> Version | None:
        """Find the newest version that this user's device has fetched."""
        versions = self.site.versions.versions
        for version, arrives_s in zip(
            reversed(versions), reversed(self.site.fetched_at_s), strict=True
        ):
            if arrives_s[user] <= now_s:
                return version
        return None
