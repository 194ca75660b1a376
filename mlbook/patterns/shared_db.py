"""Pattern 2: train by batch, predict by batch, serve through the shared DB.

    activity log ──▶ DB ──▶ extract feature ──▶ [training batch] ──▶ trained model
                                  │ feature                              │
                                  ▼                                      ▼
                     [prediction batch: model ▶ every user, every item] ──▶ shared DB ──▶ web app

Costs: an answer is as old as the last batch, and most predictions are never read.
Gains: the user waits for one lookup, nobody waits for the model, and when the batch fails at night
the table of yesterday still answers.

Talk: slides 17-18; column "shared DB" of slide 23.
Chapter: 07
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

from mlbook.patterns.answer import Answer
from mlbook.patterns.base import knob
from mlbook.patterns.deploy import PREDICTED_IN_S, Unit, job
from mlbook.patterns.trained import Trained
from mlbook.queueing import Distribution, LogNormal
from mlbook.units import DAY, HOUR, MINUTE, MS

__all__ = ["SharedDb"]


@dataclass(frozen=True, kw_only=True)
class SharedDb(Trained):
    """Train by batch, predict by batch, serve through the shared DB.

    Parameters
    ----------
    predict_every : float
        T: seconds between two starts of the prediction batch.
    predict_takes : float
        D: seconds from reading the features to the last row written.
    first_batch_at : float
        When the first batch starts, in seconds; an hour after the training by default, so that it
        uses the newest model.
    write_takes : float
        The last part of D, in which the rows are written, item by item.
    atomic_swap : bool
        True writes beside the old table and then swaps the two; False overwrites row by row.
    lookup : Distribution
        Time for the web app to read one user's rows.

    Examples
    --------
    >>> hourly = SharedDb().but(predict_every=1 * HOUR, predict_takes=10 * MINUTE)
    >>> hourly.predict_every
    3600.0
    """

    predict_every: float = knob(1 * DAY, above=0, unit="seconds between two batches")
    predict_takes: float = knob(2 * HOUR, at_least=0, unit="seconds a batch takes")
    first_batch_at: float = knob(1 * HOUR, at_least=0, unit="second at which the first one starts")
    write_takes: float = knob(10 * MINUTE, at_least=0, unit="seconds of it spent writing rows")
    atomic_swap: bool = knob(default=True, unit="swap whole tables")
    lookup: Distribution = knob(LogNormal(1 * MS, 8 * MS), unit="time to read one user's rows")

    title: ClassVar[str] = "Pattern 2: shared DB"

    @property
    def units(self) -> tuple[Unit, ...]:
        """The app knows the table; everything else is in batches that nobody waits for."""
        training = job("training", self.train_every, self.train_takes)
        knows = ("features", "result schema", "ML runtime", "ML language")
        batch = job(
            "prediction batch", self.predict_every, self.predict_takes, knows, PREDICTED_IN_S
        )
        app = Unit(name="app", built_in=("result schema",), incidents_a_month=0.0)
        return app, batch, training

    def build(self) -> None:
        users, event_log = self.site.world.users, self.site.event_log
        self.db = self.site.part("shared_db", self.lookup)
        self.table = Answer(None, 0.0, 0.0, "schedule")
        self.user_known_from_s = event_log.first_seen_s(users)
        self.every(self.train_every, self.train, part="training")
        self.every(self.predict_every, self.predict_all, part="batch", first=self.first_batch_at)

    async def predict_all(self) -> None:
        """Predict for every known user and every item, then publish the table."""
        version, asof_s = self.site.versions.newest(), self.clock.now
        if version is None:
            return
        batch, writing = self.site.parts["batch"], min(self.write_takes, self.predict_takes)
        await batch.work(self.predict_takes - writing)
        fresh = Answer(version, asof_s, self.clock.now, "schedule")
        if self.atomic_swap:
            await batch.work(writing, goes_on=True)
        else:
            await self._overwrite(fresh, writing)
        self.table = fresh
        n_users = int((self.user_known_from_s < asof_s).sum())
        self.site.publish(asof_s, n_users * self.site.world.catalog.n_items)

    async def _overwrite(self, fresh: Answer, writing: float) -> None:
        """Write row by row into the table that is being read; when it dies, half stays."""
        old, n_items = self.table, self.site.world.catalog.n_items
        for item in range(n_items):
            await self.site.parts["batch"].work(writing / n_items, goes_on=True)
            self.table = replace(fresh, older=old, first_older_item=item + 1)

    async def predict(self, i: int) -> Answer:
        await self.db.call(i)
        return self._rows_of(self.site.world.visits.user[i], self.table)

    def _rows_of(self, user: int, table: Answer) -> Answer:
        """Read one user's rows; a user first seen after a table was computed has none in it."""
        if table.older is not None:
            table = replace(table, older=self._rows_of(user, table.older))
        if table.version and self.user_known_from_s[user] >= table.feature_asof_s:
            return replace(table, version=None, status="no_row")
        return table
