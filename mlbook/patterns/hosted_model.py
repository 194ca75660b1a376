"""Not in the talk: call a model that somebody else hosts, behind their REST API.

    activity log ──▶ DB ──▶ extract feature            provider: [training, when they like]
                                  │ feature                               │
                                  ▼                                       ▼
    web app ── features ──▶ internet ──▶ quota ──▶ [their API: a model of theirs] ──▶ result

Costs: a price for every call, a limit on calls, a longer wait, and a version that changes without
notice.
Gains: nothing to train, to serve or to get up for at night.

Talk: not in it; the wiring is that of pattern 1.
Chapter: 10
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from mlbook.components import REFUSED_AFTER_S, DownError
from mlbook.patterns.answer import Answer
from mlbook.patterns.base import knob
from mlbook.patterns.deploy import Unit, job
from mlbook.patterns.trained import Trained
from mlbook.queueing import Distribution, LogNormal
from mlbook.streams import stream
from mlbook.units import DAY, HOUR, MINUTE, MS, SECOND

if TYPE_CHECKING:
    from mlbook.model import Version

__all__ = ["HostedModel"]


@dataclass(frozen=True, kw_only=True)
class HostedModel(Trained):
    """Send features to a model that somebody else trains and hosts.

    Parameters
    ----------
    train_every : float
        Mean seconds between two versions of the provider's model; nobody tells when it changes.
    features_every, features_takes : float
        Seconds between two runs of our feature job, and seconds a run takes.
    calls_per_s, burst : float
        The quota: so many calls a second on average, and so many at once; more are refused.
    price_per_1000 : float
        Yen for 1,000 calls.
    network, lookup, service : Distribution
        Round trip to the provider, time to read our features, and time the provider takes.

    Notes
    -----
    All defaults are teaching values. The provider's model learns from our clicks, as the others do:
    what is compared is the way of serving, not whose model is better. A new version comes some
    night; which one depends on the seed alone. A refused call has the status ``"down:quota"``.

    Examples
    --------
    >>> HostedModel(calls_per_s=50.0).but(train_every=30 * DAY).calls_per_s
    50.0
    """

    train_every: float = knob(7 * DAY, at_least=1 * DAY, unit="seconds between two versions, mean")
    features_every: float = knob(1 * HOUR, above=0, unit="seconds between two feature jobs")
    features_takes: float = knob(10 * MINUTE, at_least=0, unit="seconds a feature job takes")
    calls_per_s: float = knob(10.0, above=0, unit="calls a second that the quota allows")
    burst: float = knob(20.0, at_least=1, unit="calls at once that the quota allows")
    price_per_1000: float = knob(50.0, at_least=0, unit="yen for 1,000 calls")
    network: Distribution = knob(LogNormal(30 * MS, 150 * MS), unit="round trip to the provider")
    lookup: Distribution = knob(LogNormal(1 * MS, 8 * MS), unit="time to read the features")
    service: Distribution = knob(
        LogNormal(0.3 * SECOND, 2 * SECOND), unit="time the provider takes"
    )

    title: ClassVar[str] = "Not in the talk: a hosted model"

    @property
    def units(self) -> tuple[Unit, ...]:
        """Ours are the app and the feature job; what the provider runs is paid for by the call."""
        app = Unit(name="app", built_in=("request schema", "result schema"), incidents_a_month=0.0)
        knows = ("features", "request schema")
        features = job("feature job", self.features_every, self.features_takes, knows)
        # Nobody here can repair it, but somebody has to notice, to tell and to switch it off.
        provider = Unit(
            name="provider",
            machines=0.0,
            price_per_1000=self.price_per_1000,
            repair_takes=20 * MINUTE,
        )
        return app, features, provider

    def build(self) -> None:
        site = self.site
        self.net = site.part("network", self.network)
        self.feature_db = site.part("feature_db", self.lookup)
        self.provider = site.part("provider", self.service)
        self.model: Version | None = None
        self.features_asof_s, self.tokens, self.counted_at_s = 0.0, self.burst, 0.0
        nights = int(site.world.horizon_s // DAY) + 1
        chance = stream(site.seed, "part/training/nights").random(nights)
        self.ships = chance < DAY / self.train_every
        self.every(1 * DAY, self.night, part="training")
        self.every(self.features_every, self.refresh_features, part="feature_job")

    async def night(self) -> None:
        """Let the provider ship a version, or not; the first one as soon as there is one."""
        if self.model is None or self.ships[int(self.clock.now // DAY)]:
            await self.train()

    async def deploy(self, version: Version) -> None:
        self.model = version

    async def refresh_features(self) -> None:
        """Fill the feature DB with what the activity log says now."""
        asof_s = self.clock.now
        await self.site.parts["feature_job"].work(self.features_takes)
        self.features_asof_s = asof_s
        self.site.publish(asof_s)

    async def predict(self, i: int) -> Answer:
        asof_s = self.features_asof_s
        await self.feature_db.call(i)
        await self.net.call(i, share=0.5)
        await self._spend_a_token()
        version = self.model
        await self.provider.call(i)
        computed_at_s = self.clock.now
        await self.net.call(i, share=0.5)
        return Answer(version, asof_s, computed_at_s, "request")

    async def _spend_a_token(self) -> None:
        """Fill the bucket for the time that has passed, and take one token out of it."""
        now_s = self.clock.now
        refill = (now_s - self.counted_at_s) * self.calls_per_s
        self.tokens, self.counted_at_s = min(self.burst, self.tokens + refill), now_s
        if self.tokens < 1:
            await self.clock.sleep(REFUSED_AFTER_S)
            raise DownError("quota")
        self.tokens -= 1
