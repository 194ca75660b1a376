"""Pattern 3: train, predict and serve by streaming.

    web app ── log data ──▶ [message queue] ── recent log data ──▶ [stream job: extract feature
       ▲                        ▲                                   ▶ train & predict ⇄ model]
       └── result, alert ───────┴───────────────── prediction results ───────────┘

Costs: a system that must never stand still, and that has to cope with what comes late, twice, in
the wrong order, or faster than it can read.
Gains: an event reaches the answers within seconds, and the model learns all day long.

Talk: slide 19; column "streaming" of slide 23.
Chapter: 08
"""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from mlbook.components import DownError
from mlbook.message_log import PartitionedLog
from mlbook.model import OnlineModel
from mlbook.patterns.answer import Answer
from mlbook.patterns.base import knob
from mlbook.patterns.deploy import ALL, Unit
from mlbook.patterns.trained import Trained
from mlbook.queueing import Distribution, LogNormal, least_stable_trigger
from mlbook.streams import stream
from mlbook.units import HOUR, MINUTE, MS, SECOND, duration
from mlbook.world.features import Activity, Features

if TYPE_CHECKING:
    from mlbook.model import Version

__all__ = ["Streaming"]

GROUP = "features"


@dataclass(frozen=True, kw_only=True)
class Streaming(Trained):
    """Train, predict and serve by streaming.

    Parameters
    ----------
    train_every, train_takes : float
        Seconds between two updates of the model, and seconds an update takes.
    trains_by : str
        ``"stream"`` goes on learning from each click, as the talk has it; ``"batch"`` trains anew
        on the last four days, as the other patterns do, and only the features are streamed.
    trigger : float
        tau: seconds between two micro-batches; one that takes longer delays the next.
    per_batch, per_event : float
        b and a: a micro-batch of n events takes b + a n seconds.
    partitions : int
        Partitions of the message queue; one consumer reads each of them in turn.
    at_most : int
        Events that one micro-batch takes from a partition at most: back-pressure.
    watermark : float
        An event older than the newest one seen before this micro-batch by more than this is
        dropped, in seconds.
    idempotent : bool
        Whether an event that is delivered twice is counted once.
    lateness : Distribution
        Time from an event to its arrival in the queue.
    hop, lookup : Distribution
        Time of one read from the queue, and for the web app to read a result.

    Examples
    --------
    >>> Streaming(trigger=10 * SECOND).but(idempotent=False).trigger
    10.0
    """

    train_every: float = knob(30 * MINUTE, above=0, unit="seconds between two model updates")
    train_takes: float = knob(1 * SECOND, at_least=0, unit="seconds an update takes")
    trains_by: str = knob("stream", choices=("stream", "batch"))
    trigger: float = knob(1 * SECOND, above=0, unit="seconds between two micro-batches")
    per_batch: float = knob(0.2, at_least=0, unit="seconds a micro-batch takes at least")
    per_event: float = knob(2 * MS, at_least=0, unit="seconds more for each event")
    partitions: int = knob(4, at_least=1, unit="partitions of the queue")
    at_most: int = knob(10_000, at_least=1, unit="events a micro-batch takes from a partition")
    watermark: float = knob(10 * MINUTE, at_least=0, unit="seconds an event may be late")
    idempotent: bool = knob(default=True, unit="count an event once")
    lateness: Distribution = knob(LogNormal(50 * MS, 200 * MS), unit="time to reach the queue")
    hop: Distribution = knob(LogNormal(2 * MS, 5 * MS), unit="time to read from the queue")
    lookup: Distribution = knob(LogNormal(0.3 * MS, 2 * MS), unit="time to read one result")

    title: ClassVar[str] = "Pattern 3: streaming"

    @property
    def units(self) -> tuple[Unit, ...]:
        """The app knows two schemas; a queue and a job must run day and night and keep state."""
        app = Unit(name="app", built_in=("request schema", "result schema"), incidents_a_month=0.0)
        # What keeps state fails more often, and its repair includes the replay.
        queue = Unit(name="message queue", incidents_a_month=2.0, repair_takes=3 * HOUR)
        knows = tuple(what for what in ALL if what != "weights")
        # What a micro-batch takes at least is not there for its events.
        free_frac = max(1 - self.per_batch / self.trigger, 1e-6)
        stream_job = replace(
            queue, name="stream job", built_in=knows, per_event=self.per_event / free_frac
        )
        return app, queue, stream_job

    def build(self) -> None:
        written, site = self.site.event_log, self.site
        n_events = written.happened.at_s.size
        self._warn_when_unstable(written.event.size / site.world.horizon_s)
        self.mq = site.part("mq", self.hop, calls=n_events)
        self.job, self.view = site.part("stream_job"), site.part("view", self.lookup)
        late_s = self.lateness.sample(stream(site.seed, "part/lateness"), n_events)
        self.log = PartitionedLog(self.partitions)
        arrives_s = written.seen_at_s + late_s[written.event]
        self.log.extend(written.stamped.user.tolist(), arrives_s.tolist())
        site.own_features = self.features_seen
        # Rows of the log: when each says that it happened, and of which event it tells.
        self.stamp_s, self.event = written.stamped.at_s.tolist(), written.event.tolist()
        self.known = set[int]()
        self.counted: list[int] = []  # rows in the order in which they were counted,
        self.counted_at_s: list[float] = []  # some of them twice, and when
        self.dropped: list[int] = []  # rows beyond the watermark
        self.newest_event_s, self.published_s = -math.inf, 0.0
        self.model: Version | None = None
        once = self.idempotent and written.is_copy.any()
        known = written.without_copies().seen_through(site.world) if once else site.world
        self.learner = OnlineModel(known)
        self.horizon_s = site.world.horizon_s
        self.clock.start(self.micro_batches())
        self.every(self.train_every, self.train, part="training")

    def _warn_when_unstable(self, rate_per_s: float) -> None:
        least_s = least_stable_trigger(rate_per_s, self.per_batch, self.per_event)
        if self.trigger < least_s:
            text = f"trigger must be >= b / (1 - a lambda) = {duration(least_s)} to keep up with"
            warnings.warn(
                f"{text} {rate_per_s:.3g} events a second, got {duration(self.trigger)}: every "
                "micro-batch will start late. Use a longer trigger.",
                stacklevel=2,
            )

    async def micro_batches(self) -> None:
        """Start one at every trigger for which there is an event; at once when one is overdue."""
        started_s = -math.inf
        while (due_s := max(self.log.next_arrival_s(GROUP), self.clock.now)) < self.horizon_s:
            overdue = due_s == self.clock.now >= started_s + self.trigger
            started_s = due_s if overdue else math.ceil(due_s / self.trigger) * self.trigger
            await self.clock.until(started_s)
            if self.job.has("skip_batch"):
                self.site.note(self.job.name, "skipped")
                await self.clock.sleep(self.trigger)
                continue
            try:
                await self.micro_batch()
            except DownError as lost:
                self.site.note(lost.part, lost.incident)
                await self.clock.sleep(self.trigger)

    async def micro_batch(self) -> None:
        """Take what has arrived, work on it, and only then tell the queue that it is done."""
        asof_s = self.clock.now
        taken = self.log.read(GROUP, asof_s, self.at_most)
        rows = [row for records in taken for row in records]
        await self.mq.call(self.event[rows[0]])
        began_s = self.clock.now
        try:
            await self.job.work(self.per_batch + self.per_event * len(rows))
        except DownError:
            # It died in the middle: what it had counted stays counted, and nothing is committed.
            done = (self.clock.now - began_s - self.per_batch) / max(self.per_event, 1e-12)
            self.count(rows[: max(int(done), 0)])
            raise
        self.count(rows)
        self.log.commit(GROUP, taken)
        self.newest_event_s = max(self.newest_event_s, *(self.stamp_s[row] for row in rows))
        self.published_s = self.clock.now
        self.site.publish(asof_s)

    def count(self, rows: list[int]) -> None:
        """Count events into the features, unless they are too late or known already.

        Parameters
        ----------
        rows : list of int
            Rows of the activity log.
        """
        oldest_s = self.newest_event_s - self.watermark
        for row in rows:
            if self.stamp_s[row] < oldest_s:
                self.dropped.append(row)
            elif not (self.idempotent and self.event[row] in self.known):
                self.known.add(self.event[row])
                self.counted.append(row)
                self.counted_at_s.append(self.clock.now)

    def features_seen(self) -> Features:
        """Compute features of what this run counted, when it counted it.

        Returns
        -------
        Features
            The job's own; events that it never counted are not in them.
        """
        world, written = self.site.world, self.site.event_log
        rows, seen_at_s = np.array(self.counted, dtype=np.int64), np.array(self.counted_at_s)
        log = written.stamped
        counted = Activity(log.at_s[rows], log.user[rows], log.item[rows])
        mine = replace(written, event=written.event[rows], stamped=counted, seen_at_s=seen_at_s)
        self.site.seen_at_s = mine.readable_at_s
        return Features(counted, world.catalog, world.features.half_life, seen_at_s=seen_at_s)

    async def train(self) -> None:
        """Go on learning from the clicks that have become known, and publish the new weights."""
        if self.trains_by == "batch":
            await super().train()
            return
        asof_s, swapped = self.clock.now, self.labels_swapped
        await self.site.parts["training"].work(self.train_takes)
        if learned := self.learner.learn(asof_s, swapped=swapped):
            estimator, n_rows = learned
            version = self.site.versions.add(
                asof_s=asof_s, live_at_s=self.clock.now, n_rows=n_rows, estimator=estimator
            )
            await self.deploy(version)

    async def deploy(self, version: Version) -> None:
        self.model = version

    async def predict(self, i: int) -> Answer:
        await self.view.call(i)
        now, model = self.clock.now, self.model
        # What came before the first event that still waits in the queue is known.
        asof_s = min(now, self.log.next_arrival_s(GROUP))
        computed_at_s = max(self.published_s, model.live_at_s) if model else self.published_s
        read_at_s = math.nextafter(self.published_s, math.inf)
        return Answer(model, asof_s, computed_at_s, "event", read_at_s=read_at_s)
