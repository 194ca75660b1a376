"""What the log of a `Population` adds up to on average, and what a launch would do: closed forms.

Chapter: 02
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mlbook.ab.by_unit import ARMS
from mlbook.ab.simulated.log_fault import Totals
from mlbook.ab.simulated.shoppers import METRICS

if TYPE_CHECKING:
    from mlbook.ab.simulated.population import Population

__all__ = ["arm_factors", "expected_totals", "launched", "shown_lift"]


def launched(population: Population, metric: str, *, everybody: bool) -> float:
    """Average the factor on a metric over users and days when everybody is treated, or nobody.

    Parameters
    ----------
    population : Population
        Users and effects.
    metric : str
        ``"sessions"``, ``"clicks"``, ``"orders"`` or ``"revenue"``.
    everybody : bool
        Whether the change is launched.

    Returns
    -------
    float
        1 without effects.
    """
    day, factors = np.arange(population.days), np.ones(population.days)
    if metric == "sessions":
        return 1.0
    for effect in population.effects:
        factors = factors * effect.launched(day, everybody=everybody)
        if metric != "clicks" and effect.limits_a_launch:
            factors = factors * effect.sold(day, treated=everybody, share=float(everybody))
    return float(factors.mean())


def expected_totals(population: Population) -> dict[str, Totals]:
    """Tell what the rows of each arm add up to on average.

    Parameters
    ----------
    population : Population
        Users, effects and the fault.

    Returns
    -------
    dict of str to Totals
        By arm.
    """
    return {arm: _expected(population, arm) for arm in ARMS}


def shown_lift(population: Population, metric: str, per: str) -> float:
    """Tell what comparing the arms shows on average.

    Parameters
    ----------
    population : Population
        Users, effects and the fault.
    metric, per : str
        What is divided by what, as fields of `Totals`.

    Returns
    -------
    float
        Treatment against control, relative.
    """
    control, treatment = (
        getattr(totals, metric) / getattr(totals, per)
        for totals in expected_totals(population).values()
    )
    if population.split_by == "day" and per == "users":  # all of them are in both arms: per day
        treatment *= (population.days - population.treated_days) / population.treated_days
    return float(treatment / control - 1)


def _expected(population: Population, arm: str) -> Totals:
    treated, by_day = arm == "treatment", population.split_by == "day"
    by_days = population.treated_days / population.days
    treated_share = by_days if by_day else population.treatment_share
    # A user sees others as they are: of both arms, unless clusters or days are split.
    around = treated_share if population.split_by == "user" else float(treated)
    clicks, sold = arm_factors(population, treated=treated, share=around)
    orders = float((clicks * sold).mean())
    rows = population.users * (treated_share if treated else 1 - treated_share)
    factors = zip(METRICS, (1.0, float(clicks.mean()), orders, orders), strict=True)
    sums = [rows * population.mean(name) * factor for name, factor in factors]
    totals = Totals(population.users if by_day else rows, *sums)
    return population.fault.expect(totals, arm, population) if population.fault else totals


def arm_factors(
    population: Population, *, treated: bool, share: float
) -> tuple[np.ndarray, np.ndarray]:
    """Give what the effects do to an arm, day by day.

    Parameters
    ----------
    population : Population
        Days and effects.
    treated : bool
        Which arm.
    share : float
        The treated share of the users around them, 0 to 1.

    Returns
    -------
    tuple of ndarray of shape (days,)
        The factor on clicks, and the share of the orders that is counted.
    """
    day = np.arange(population.days)
    clicks, sold = np.ones(population.days), np.ones(population.days)
    for effect in population.effects:
        clicks = clicks * effect.mean(day, treated=treated, share=share)
        sold = sold * effect.sold(day, treated=treated, share=share)
    return clicks, sold
