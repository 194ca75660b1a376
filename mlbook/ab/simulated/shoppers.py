"""The users of a `Population`: how active, how fond of clicking, and what follows on average.

A user has an activity `r` (gamma, mean 1) and a chance of a click `p` (uniform around the mean).
Sessions are Poisson, clicks binomial, orders binomial, an order's value log-normal. Given `r` and
`p` all counts are Poisson, so means, variances and correlations of all metrics are closed forms.

Chapter: 02
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from mlbook.streams import stream
from mlbook.validate import one_of

if TYPE_CHECKING:
    from mlbook.ab.simulated.population import Population

__all__ = ["METRICS", "Shoppers", "moments", "order_values"]

METRICS = ["sessions", "clicks", "orders", "revenue"]
Floats = NDArray[np.float64]
Ids = NDArray[np.int64]


class Shoppers(NamedTuple):
    """What makes one user different from another.

    Parameters
    ----------
    activity : ndarray
        Times the mean number of sessions, >= 0; 1 on average.
    click_rate : ndarray
        The chance that a session ends in a click, when nothing changes it.
    """

    activity: Floats
    click_rate: Floats

    @classmethod
    def of(cls, population: Population, shape: tuple[int, ...], name: str) -> Shoppers:
        """Draw them.

        Parameters
        ----------
        population : Population
            The knobs.
        shape : tuple of int
            The last axis counts users.
        name : str
            Of the two streams.

        Returns
        -------
        Shoppers
            The same for the same seed, shape and name.
        """
        spread, seed = population.activity_spread, population.seed
        rng = stream(seed, f"{name}/activity")
        activity = rng.gamma(spread**-2, spread**2, shape) if spread else np.ones(shape)
        around = stream(seed, f"{name}/click_rate").uniform(-1, 1, shape)
        return cls(activity, population.click_rate * (1 + population.click_spread * around))


def order_values(population: Population, orders: Ids, rng: np.random.Generator) -> Floats:
    """Draw what each cell's orders are worth together; a few are worth very much.

    Parameters
    ----------
    population : Population
        The knobs.
    orders : ndarray of int
        How many orders, in any shape.
    rng : numpy.random.Generator
        Where the values come from.

    Returns
    -------
    ndarray
        Money, in the same shape.
    """
    variance = np.log1p(population.order_value_spread**2)  # of the logarithm
    centre = np.log(population.order_value) - variance / 2
    values = rng.lognormal(centre, np.sqrt(variance), int(orders.sum()))
    cell = np.repeat(np.arange(orders.size), orders.ravel())
    money = np.bincount(cell, values, minlength=orders.size).astype(
        float
    )  # of nothing it counts in integers
    return money.reshape(orders.shape)


def moments(population: Population, metric: str, days: int) -> tuple[float, float, float]:
    """Give the moments of an untreated user's total over some days.

    Parameters
    ----------
    population : Population
        The knobs.
    metric : str
        One of `METRICS`.
    days : int
        How many.

    Returns
    -------
    tuple of float
        The mean, the variance, and the part of the standard deviation that lies between users: what
        one period of a user has in common with another.
    """
    one, square, differ = _one_session(population, one_of("metric", metric, METRICS))
    sessions = population.sessions_per_day * days
    between = sessions * one * np.sqrt(differ)
    return sessions * one, sessions * square + between**2, between


def _one_session(population: Population, metric: str) -> tuple[float, float, float]:
    """Of one session the mean and the mean square, and how the rate differs between users."""
    wide = population.activity_spread**2
    if metric == "sessions":
        return 1.0, 1.0, wide
    differ = (1 + wide) * (1 + population.click_spread**2 / 3) - 1
    clicks, value = population.click_rate, population.order_value
    orders = clicks * population.order_rate
    square = orders * value**2 * (1 + population.order_value_spread**2)
    return {
        "clicks": (clicks, clicks, differ),
        "orders": (orders, orders, differ),
        "revenue": (orders * value, square, differ),
    }[metric]
