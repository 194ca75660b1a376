"""Before the patterns: the model lives inside the web application.

    activity log ──▶ DB ──▶ [web application: extract feature ▶ model] ──▶ page
                      │                                ▲
                      └──▶ [batch: training] ──────────┘  with the next app release

Costs: every new model waits for a release of the whole app, and the release interrupts it.
Gains: no network, no second system, features as fresh as the app's own database.
It is the baseline that the talk's four patterns are drawn against; the talk does not draw it.

Talk: slides 13-14 (what pattern 1 takes out of the app).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from mlbook.patterns.answer import Answer
from mlbook.patterns.base import knob
from mlbook.patterns.deploy import ALL, Unit, job
from mlbook.patterns.trained import Trained
from mlbook.queueing import Distribution, LogNormal
from mlbook.units import DAY, HOUR, MS, SECOND

if TYPE_CHECKING:
    from mlbook.model import Version

__all__ = ["InProcess"]


@dataclass(frozen=True, kw_only=True)
class InProcess(Trained):
    """Train by batch, predict inside the web application.

    Parameters
    ----------
    release_every : float
        Seconds between two releases of the app; a model goes live only with one.
    restart_takes : float
        Seconds the app is away during a release.
    workers : int
        Requests that the app serves at once.
    lookup, service : Distribution
        Time to read the features from the app's database, and to compute a prediction.

    Examples
    --------
    >>> InProcess(release_every=1 * DAY).release_every
    86400.0
    """

    release_every: float = knob(7 * DAY, above=0, unit="seconds between two app releases")
    restart_takes: float = knob(20 * SECOND, at_least=0, unit="seconds a release interrupts")
    workers: int = knob(4, at_least=1, unit="workers of the web app")
    lookup: Distribution = knob(LogNormal(1 * MS, 8 * MS), unit="time to read the features")
    service: Distribution = knob(LogNormal(8 * MS, 40 * MS), unit="time to predict")

    title: ClassVar[str] = "The model inside the web application"

    @property
    def units(self) -> tuple[Unit, ...]:
        """The whole web application, and the training beside it."""
        training = job("training", self.train_every, self.train_takes)
        # The model file is loaded at a restart; everything else about it is part of the app.
        app = Unit(name="app", built_in=tuple(what for what in ALL if what != "weights"))
        return app, training

    def build(self) -> None:
        self.web = self.site.part("web_app", self.service, workers=self.workers)
        self.db = self.site.part("db", self.lookup)
        self.site.seen_at_s = self.site.event_log.readable_at_s  # it reads the log itself
        self.live: Version | None = None
        self.every(self.train_every, self.train, part="training")
        self.every(self.release_every, self.release, part="release", first=1 * DAY + 1 * HOUR)

    async def deploy(self, version: Version) -> None:
        if self.live is None:  # later models wait for a release of the app
            self.live = version

    async def release(self) -> None:
        """Release the app with the newest model; it is away while it restarts."""
        self.web.stopped = True
        await self.clock.sleep(self.restart_takes + self.site.parts["release"].slow_s())
        self.web.stopped = False
        self.live = self.site.versions.newest()

    async def predict(self, i: int) -> Answer:
        async with self.web:
            asof_s = self.clock.now
            await self.db.call(i)
            version = self.live
            await self.web.work_on(i)
        return Answer(version, asof_s, self.clock.now, "request")
