"""Build your own pattern: what is asked in lesson 10, how it is graded, and a worked answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from mlbook.components import DownError
from mlbook.contract import check_pattern
from mlbook.experiment import run
from mlbook.faults import down
from mlbook.measure import SERVED
from mlbook.patterns import Answer, Pattern, RestApi, knob
from mlbook.patterns.deploy import Unit, job
from mlbook.units import DAY, HOUR, percent
from mlbook.validate import shown
from mlbook.world import World

__all__ = ["WithTable", "grade"]

ANSWERED_FRAC = 0.95  # a user who came after the table was made has no row in it


@dataclass(frozen=True, kw_only=True)
class WithTable(RestApi):
    """A REST API that answers from last night's table when it cannot answer itself.

    Parameters
    ----------
    predict_takes : float
        Seconds that the nightly batch takes.

    Examples
    --------
    >>> grade("pattern", WithTable)
    ''
    """

    predict_takes: float = knob(2 * HOUR, at_least=0, unit="seconds the nightly batch takes")

    @property
    def units(self) -> tuple[Unit, ...]:
        """Those of the REST API, and a batch."""
        return *super().units, job("prediction batch", DAY, self.predict_takes)

    def build(self) -> None:
        super().build()
        self.table = Answer(None, 0.0, 0.0, "schedule")
        self.every(DAY, self.predict_all, part="batch")

    async def predict_all(self) -> None:
        """Make last night's table."""
        version, asof_s = self.site.versions.newest(), self.clock.now
        await self.site.parts["batch"].work(self.predict_takes)
        self.table = Answer(version, asof_s, self.clock.now, "schedule")

    async def predict(self, i: int) -> Answer:
        try:
            return await super().predict(i)
        except DownError:
            return self.table


def grade(name: str, pattern: Any) -> str:
    """Say what a learner's pattern is still missing.

    Parameters
    ----------
    name : str
        The keyword under which it was handed in.
    pattern : Pattern or its class
        What was handed in.

    Returns
    -------
    str
        Empty when it obeys the laws and answers while its API is down.

    Raises
    ------
    TypeError
        When it is no pattern with a part ``"api"``.
    """
    kind = pattern if isinstance(pattern, type) else type(pattern)
    if not issubclass(kind, RestApi):
        raise TypeError(
            f"{name} must be a class that inherits from mb.RestApi, got {shown(pattern)}."
        )
    mine: Pattern = pattern() if isinstance(pattern, type) else pattern
    verdict = check_pattern(mine)
    if not verdict.holds:
        law, seen = next(iter(verdict.broken.items()))
        return f"It breaks a law. {law.capitalize()}: {seen}."
    answered = _answered_in_an_outage(mine)
    if answered < ANSWERED_FRAC:
        return f"While the API is down, {percent(answered)} of the visits get a prediction."
    return ""


def _answered_in_an_outage(pattern: Pattern) -> float:
    world, at = World(seed=11, days=7, users=60), 6 * DAY
    log = run(pattern, world, faults=[down("api", at=at, lasting=0.5 * DAY)], warmup=at).log
    inside = log["requested_at_s"] < at + 0.5 * DAY
    return float(np.isin(log["status"][inside], SERVED).mean())
