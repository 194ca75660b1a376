"""Pattern 1: train by batch, predict on the fly, serve via REST API.

    activity log ──▶ DB ──▶ extract feature ──▶ [batch: training] ──▶ trained model
                                  │ feature                               │
                                  ▼                                       ▼
    web app ── user ID, item IDs ──▶ [API server: extract feature ▶ model] ──▶ result

Costs: the user waits for the model, and a queue in front of the API server waits with him.
Gains: a prediction for whoever asks, with features as fresh as the last feature job; the app knows
an address and a schema, and nothing of the model.

Talk: slides 14-16; column "REST API" of slide 23.
Chapter: 06
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from mlbook.patterns.answer import Answer
from mlbook.patterns.base import knob
from mlbook.patterns.deploy import ALL, Unit, job
from mlbook.patterns.trained import Trained
from mlbook.queueing import Distribution, LogNormal
from mlbook.units import HOUR, MINUTE, MS, SECOND

if TYPE_CHECKING:
    from mlbook.model import Version

__all__ = ["RestApi"]


@dataclass(frozen=True, kw_only=True)
class RestApi(Trained):
    """Train by batch, predict on the fly, serve via REST API.

    Parameters
    ----------
    features_every, features_takes : float
        Seconds between two runs of the job that refreshes the feature DB, and seconds a run takes.
    workers : int
        Requests that the API server works on at once.
    send : str
        What the web app sends: ``"ids"`` (the API server reads the features, as the talk draws it)
        or ``"features"`` (the web app reads them itself and sends them along).
    swap : str
        How a new model gets in: ``"hot"`` (loaded beside the old one, then a pointer moves) or
        ``"restart"`` (the server is away while it loads).
    load_takes : float
        Seconds to load a model.
    network : Distribution
        Round trip between the web app and the API server.
    lookup, service : Distribution
        Time to read the features from the feature DB, and to compute a prediction.

    Examples
    --------
    >>> RestApi(workers=8).but(features_every=15 * MINUTE).workers
    8
    """

    features_every: float = knob(1 * HOUR, above=0, unit="seconds between two feature jobs")
    features_takes: float = knob(10 * MINUTE, at_least=0, unit="seconds a feature job takes")
    workers: int = knob(4, at_least=1, unit="workers of the API server")
    send: str = knob("ids", choices=("ids", "features"))
    swap: str = knob("hot", choices=("hot", "restart"))
    load_takes: float = knob(5 * SECOND, at_least=0, unit="seconds to load a model")
    network: Distribution = knob(LogNormal(1 * MS, 5 * MS), unit="round trip of the network")
    lookup: Distribution = knob(LogNormal(1 * MS, 8 * MS), unit="time to read the features")
    service: Distribution = knob(LogNormal(8 * MS, 40 * MS), unit="time to predict")

    title: ClassVar[str] = "Pattern 1: REST API"

    @property
    def capacity_per_s(self) -> float:
        """Requests a second at which every worker is always busy."""
        held_s = self.service.mean + (self.lookup.mean if self.send == "ids" else 0.0)
        return float(self.workers / held_s)

    @property
    def units(self) -> tuple[Unit, ...]:
        """The app knows two schemas; the server and the jobs know the model."""
        serving = tuple(what for what in ALL if what != "weights")
        features = job("feature job", self.features_every, self.features_takes)
        training = job("training", self.train_every, self.train_takes)
        app = Unit(name="app", built_in=("request schema", "result schema"), incidents_a_month=0.0)
        server = Unit(name="API server", built_in=serving, per_request=1 / self.capacity_per_s)
        return app, server, features, training

    def build(self) -> None:
        self.net = self.site.part("network", self.network)
        self.feature_db = self.site.part("feature_db", self.lookup)
        self.api = self.site.part("api", self.service, workers=self.workers)
        self.model: Version | None = None
        self.features_asof_s = 0.0
        self.every(self.train_every, self.train, part="training")
        self.every(self.features_every, self.refresh_features, part="feature_job")

    async def refresh_features(self) -> None:
        """Fill the feature DB with what the activity log says now."""
        asof_s = self.clock.now
        await self.site.parts["feature_job"].work(self.features_takes)
        self.features_asof_s = asof_s
        self.site.publish(asof_s)

    async def deploy(self, version: Version) -> None:
        self.api.stopped = self.swap == "restart"
        await self.clock.sleep(self.load_takes)
        self.api.stopped = False
        self.model = version

    async def predict(self, i: int) -> Answer:
        if self.send == "features":
            asof_s = await self._read_features(i)
        await self.net.call(i, share=0.5)
        async with self.api:
            if self.send == "ids":  # the worker waits for the feature DB, too
                asof_s = await self._read_features(i)
            version = self.model
            await self.api.work_on(i)
        computed_at_s = self.clock.now
        await self.net.call(i, share=0.5)
        return Answer(version, asof_s, computed_at_s, "request")

    async def _read_features(self, i: int) -> float:
        asof_s = self.features_asof_s
        await self.feature_db.call(i)
        return asof_s
