"""Cost: machine hours of a pattern, also for a shop that has grown, and the price of what is read.

Chapter: 10
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING

import numpy as np

from mlbook.measure import SERVED
from mlbook.units import DAY, HOUR
from mlbook.validate import number

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mlbook.experiment import Run
    from mlbook.patterns.deploy import Unit
    from mlbook.world import ReplayWorld, World

__all__ = ["Load", "fees_per_1000", "machine_hours_a_day", "price_per_1000"]

PRICE_A_MACHINE_HOUR = 20.0  # yen; a teaching value
BUSY_FRAC = 0.6  # how busy a machine may be in the busiest hour, so that hardly anybody waits


def machine_hours_a_day(run: Run, daily_requests: float | None = None) -> float:
    """Add up the hours that the units of a pattern keep machines busy.

    Parameters
    ----------
    run : Run
        What happened; its pattern tells its units.
    daily_requests : float, optional
        Requests a day, >= 0: the same shop with more users, who each do the same as before. As many
        as in the run when left out.

    Returns
    -------
    float
        Machine hours a day, without the app itself.

    Notes
    -----
    Each unit gets whole machines, enough for its busiest hour at 60 % of what they can do. What
    trains, and what refreshes features, is counted as one machine at any size.

    Examples
    --------
    >>> from mlbook.experiment import run
    >>> from mlbook.patterns import SharedDb
    >>> from mlbook.world import World
    >>> nightly = run(SharedDb(), World(seed=1, days=7, users=50))
    >>> machine_hours_a_day(nightly), machine_hours_a_day(nightly, daily_requests=20e6)
    (2.5, 6.5)
    """
    load = Load.of(run.world)
    if daily_requests is None:
        daily_requests = load.requests_a_day * _asked_frac(run)
    number("daily_requests", daily_requests, at_least=0, unit="requests a day")
    return load.machine_hours(run.pattern.units, daily_requests / load.requests_a_day)


def _asked_frac(run: Run) -> float:
    """Share of the visits that the run answered while it lasted: 1 except in an arm of a split."""
    visit = run.log["visit"]
    return float(visit.size / (visit[-1] - visit[0] + 1))


@dataclass(frozen=True)
class Load:
    """How much a shop asks of its machines.

    Parameters
    ----------
    requests_a_day : float
        Requests on a day.
    requests_per_s, events_per_s : float
        The same, and events of the activity log, in the busiest hour of the day.
    rows : int
        Rows of a table with every user and every item.
    """

    requests_a_day: float
    requests_per_s: float
    events_per_s: float
    rows: int

    @classmethod
    def of(cls, world: World | ReplayWorld) -> Load:
        """Count the load of a world.

        Parameters
        ----------
        world : World or ReplayWorld
            The shop.

        Returns
        -------
        Load
            Averaged over its days.
        """
        days = world.horizon_s / DAY
        return cls(
            requests_a_day=len(world.visits) / days,
            requests_per_s=_busiest_per_s(world.visits.at_s, days),
            events_per_s=_busiest_per_s(world.activity.at_s, days),
            rows=world.users * world.catalog.n_items,
        )

    def machine_hours(self, units: Iterable[Unit], times: float = 1.0) -> float:
        """Size every unit for the busiest hour, and add up.

        Parameters
        ----------
        units : iterable of Unit
            What runs.
        times : float
            So many times as many users.

        Returns
        -------
        float
            Machine hours a day, without the app itself.
        """
        return 24 * sum(
            max(unit.machines, ceil(times * self._machines(unit))) * unit.runs_frac
            for unit in units
            if unit.name != "app"
        )

    def _machines(self, unit: Unit) -> float:
        busy = unit.per_request * self.requests_per_s + unit.per_event * self.events_per_s
        return busy / BUSY_FRAC + unit.per_row * self.rows


def _busiest_per_s(at_s: NDArray[np.float64], days: float) -> float:
    """Average the rate in the hour of the day that has most."""
    in_hour = np.bincount((at_s % DAY // HOUR).astype(int), minlength=24)
    return float(in_hour.max() / (max(days, 1.0) * HOUR))


def fees_per_1000(run: Run) -> float:
    """Add up what others charge for 1,000 requests.

    Parameters
    ----------
    run : Run
        What happened; its pattern tells its units.

    Returns
    -------
    float
        Yen.
    """
    return sum(unit.price_per_1000 for unit in run.pattern.units)


def price_per_1000(run: Run, machine_hour: float = PRICE_A_MACHINE_HOUR) -> float:
    """Price of 1,000 predictions that were read.

    Parameters
    ----------
    run : Run
        What happened.
    machine_hour : float
        Price of an hour of one machine, in yen, >= 0.

    Returns
    -------
    float
        In yen; infinite when nothing was read.

    Notes
    -----
    A prediction that was computed and never read costs as much as one that was: it stands in the
    hours, not in the count.

    Examples
    --------
    >>> from mlbook.experiment import run
    >>> from mlbook.patterns import SharedDb
    >>> from mlbook.world import World
    >>> price_per_1000(run(SharedDb(), World(seed=1, days=7, users=50))) > 0
    True
    """
    number("machine_hour", machine_hour, at_least=0, unit="price of an hour of one machine")
    at_s = run.log["requested_at_s"]
    days = max(float(np.ptp(at_s)), HOUR) / DAY
    asked_a_day = at_s.size / days
    read_a_day = float(np.isin(run.log["status"], SERVED).sum()) / days
    if not read_a_day:
        return np.inf
    paid = machine_hours_a_day(run) * machine_hour + fees_per_1000(run) * asked_a_day / 1000
    return paid / read_a_day * 1000
