"""One pattern in the decision: its measures, the needs it misses, what it brings and costs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mlbook import coupling, measure
from mlbook.cost import Load, fees_per_1000
from mlbook.patterns.deploy import CHANGES_A_YEAR
from mlbook.units import DAY, MONTH, duration

if TYPE_CHECKING:
    from mlbook.decision.needs import Beliefs, Needs
    from mlbook.experiment import Run
    from mlbook.patterns.deploy import Unit

__all__ = ["Column"]


@dataclass(frozen=True)
class Column:
    """What one run says about its pattern, and what that costs a month.

    Parameters
    ----------
    name : str
        The run's name.
    gained_per_100 : float
        Clicks per 100 visits beyond those of the most popular item.
    lag_s, p99_s : float
        p95 of the time from an event to an answer that knows it, and p99 of the answers, in
        seconds.
    answers_offline : bool
        Whether the pattern answers without a network.
    operator_hours, app_releases : float
        Expected hours of repair that cannot wait, and forced releases of the app, a month.
    fees_per_1000 : float
        What others charge for 1,000 requests, in yen.
    units : tuple of Unit
        What is deployed.
    load : Load
        How much the shop of the run asks of its machines.
    """

    name: str
    gained_per_100: float
    lag_s: float
    p99_s: float
    answers_offline: bool
    operator_hours: float
    app_releases: float
    fees_per_1000: float
    units: tuple[Unit, ...]
    load: Load

    @classmethod
    def of(cls, name: str, run: Run, popular_per_100: float) -> Column:
        """Read the numbers off a run.

        Parameters
        ----------
        name : str
            Its name.
        run : Run
            What happened.
        popular_per_100 : float
            Clicks per 100 visits of the most popular item.

        Returns
        -------
        Column
            One column of the decision.
        """
        seen = measure.summary(run)
        changes_a_month = sum(CHANGES_A_YEAR.values()) * MONTH / (365 * DAY)
        return cls(
            name=name,
            gained_per_100=seen["clicks_per_100"] - popular_per_100,
            lag_s=seen["event_lag_p95_s"],
            p99_s=seen["latency_p99_s"],
            answers_offline=run.pattern.answers_offline,
            operator_hours=coupling.operator_minutes_a_month(run.pattern) / 60,
            app_releases=coupling.app_release_share(run.pattern) * changes_a_month,
            fees_per_1000=fees_per_1000(run),
            units=run.pattern.units,
            load=Load.of(run.world),
        )

    def misses(self, needs: Needs) -> list[str]:
        """Say which needs it does not meet.

        Parameters
        ----------
        needs : Needs
            What it must do.

        Returns
        -------
        list of str
            Empty when it meets all.
        """
        missed = []
        if self.lag_s > needs.freshness_s:
            missed.append(f"fresh after {duration(self.lag_s)}")
        if self.p99_s > needs.answer_s:
            missed.append(f"answers within {duration(self.p99_s)}")
        if needs.offline and not self.answers_offline:
            missed.append("needs a network")
        return missed

    def yen_a_month(self, needs: Needs, beliefs: Beliefs) -> dict[str, float]:
        """Add up what it brings and what it costs.

        Parameters
        ----------
        needs : Needs
            How many requests there are.
        beliefs : Beliefs
            What things are worth.

        Returns
        -------
        dict of str to float
            `clicks` (what the clicks beyond the most popular item's bring), `machines`, `fees`,
            `repairs`, `releases` (costs, negative) and their sum `net`, in yen a month.
        """
        daily, days = needs.daily_requests, MONTH / DAY
        hours = self.load.machine_hours(self.units, daily / self.load.requests_a_day)
        parts = {
            "clicks": days * daily * self.gained_per_100 / 100 * beliefs.click_worth,
            "machines": -days * hours * beliefs.machine_hour,
            "fees": 0.0 - days * daily * self.fees_per_1000 / 1000,
            "repairs": -self.operator_hours * beliefs.incidents * beliefs.operator_hour,
            "releases": -self.app_releases * beliefs.changes * beliefs.app_release,
        }
        return parts | {"net": sum(parts.values())}
