"""Cost: what 1,000 predictions that somebody reads cost in machine hours.

Chapter: 10
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlbook.measure import SERVED
from mlbook.units import DAY, HOUR
from mlbook.validate import number

if TYPE_CHECKING:
    from mlbook.experiment import Run

__all__ = ["machine_hours_a_day", "price_per_1000"]

PRICE_A_MACHINE_HOUR = 20.0  # yen; a teaching value


def machine_hours_a_day(run: Run) -> float:
    """Add up the hours that the units of a pattern keep machines busy.

    Parameters
    ----------
    run : Run
        What happened; its pattern tells its units.

    Returns
    -------
    float
        Machine hours a day, without the app itself.
    """
    return 24 * sum(
        unit.machines * unit.runs_frac for unit in run.pattern.units if unit.name != "app"
    )


def price_per_1000(run: Run, machine_hour: float = PRICE_A_MACHINE_HOUR) -> float:
    """Price of 1,000 predictions that were read.

    Parameters
    ----------
    run : Run
        What happened.
    machine_hour : float
        Price of an hour of one machine, in any currency, >= 0.

    Returns
    -------
    float
        In the same currency; infinite when nothing was read.

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
    import numpy as np

    number("machine_hour", machine_hour, at_least=0, unit="price of an hour of one machine")
    at_s = run.log["requested_at_s"]
    days = max(float(np.ptp(at_s)), HOUR) / DAY
    read_a_day = float(np.isin(run.log["status"], SERVED).sum()) / days
    if not read_a_day:
        return np.inf
    return machine_hours_a_day(run) * machine_hour / read_a_day * 1000
