"""Thousands of experiments at once: the same laws as `Population.log`, without the rows.

Chapter: 02
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from mlbook.ab.simulated.effect import People
from mlbook.ab.simulated.expectation import arm_factors
from mlbook.ab.simulated.shoppers import Shoppers, order_values
from mlbook.ab.two_arms.moments import PairMoments
from mlbook.streams import stream
from mlbook.validate import integer, number

if TYPE_CHECKING:
    from mlbook.ab.simulated.population import Population

__all__ = ["DailyCounts", "UserTotals", "daily_counts", "user_totals"]

Floats = NDArray[np.float64]
Ids = NDArray[np.int64]
MOST = 40_000_000


class DailyCounts(NamedTuple):
    """Counts of many experiments in which each user comes once.

    Parameters
    ----------
    users, clicks, orders : ndarray of shape (experiments, 2, days)
        Who came, who of them clicked, who of those ordered; the control is arm 0. Add up the last
        axis for the whole experiment.
    """

    users: Ids
    clicks: Ids
    orders: Ids

    def looks(self) -> tuple[Ids, Ids]:
        """Count up to each day, as somebody reads it in the evening.

        Returns
        -------
        tuple of ndarray of shape (experiments, days, 2)
            Clicks and users so far, as :func:`mlbook.ab.proportions` takes them.

        Examples
        --------
        >>> from mlbook import ab
        >>> clicks, users = ab.daily_counts(ab.Population(users=300, days=3), 4).looks()
        >>> clicks.shape, users.sum(axis=2)[0].tolist()
        ((4, 3, 2), [100, 200, 300])
        """
        clicks, users = (each.cumsum(axis=2).swapaxes(1, 2) for each in (self.clicks, self.users))
        return clicks, users


class UserTotals(NamedTuple):
    """What each user of many experiments did in all days together.

    Parameters
    ----------
    sessions, clicks, orders : ndarray of shape (experiments, 2, users_an_arm)
        Counts; the control is arm 0.
    revenue : ndarray of the same shape
        Money.
    clicks_before : ndarray of the same shape
        Clicks in all days before the experiment.
    """

    sessions: Ids
    clicks: Ids
    orders: Ids
    revenue: Floats
    clicks_before: Ids

    def pairs(self, y: str, x: str) -> tuple[PairMoments, PairMoments]:
        """Summarize two of the counts of each user, arm by arm.

        Parameters
        ----------
        y, x : str
            Names of fields: what is measured, and what it is divided by or corrected for.

        Returns
        -------
        tuple of PairMoments
            Control and treatment, as :func:`mlbook.ab.ratio` and :func:`mlbook.ab.cuped` take them.

        Examples
        --------
        >>> from mlbook import ab
        >>> many = ab.user_totals(ab.Population(users=100, days=7), 50)
        >>> ab.ratio(*many.pairs("clicks", "sessions")).effect.shape
        (50,)
        """
        first, second = getattr(self, y), getattr(self, x)
        control, treatment = (PairMoments.of(first[:, arm], second[:, arm]) for arm in (0, 1))
        return control, treatment


def daily_counts(
    population: Population, experiments: int, *, ramp: Sequence[float] | None = None
) -> DailyCounts:
    """Run many experiments in which each user has one session, on one day.

    Parameters
    ----------
    population : Population
        Its `users` are spread evenly over its `days` (a remainder stays away). Sessions, spreads
        and money play no part.
    experiments : int
        How many, >= 1.
    ramp : sequence of float, optional
        The treated share of each day, instead of `treatment_share` on all of them.

    Returns
    -------
    DailyCounts
        Arrays of shape (experiments, 2, days).

    Notes
    -----
    A user clicks or does not, so whatever differs between users leaves the counts binomial with
    the mean rate of arm and day: nothing is approximated.

    Examples
    --------
    >>> from mlbook import ab
    >>> twins = ab.daily_counts(ab.Population(users=20_000, days=10), 500)
    >>> twins.clicks.shape, twins.users.sum(axis=(1, 2)).tolist()[:2]
    ((500, 2, 10), [20000, 20000])
    """
    integer("experiments", experiments, at_least=1, unit="experiments at once")
    _no_log_needed(population, "daily_counts")
    each_day = population.users // population.days
    hint = "Take more users or fewer days."
    integer("users / days", each_day, at_least=1, unit="users who come on a day", hint=hint)
    shares = _shares(population, ramp)
    rng = stream(population.seed, "ab/daily")
    treated = rng.binomial(each_day, shares, (experiments, population.days))
    users = np.stack([each_day - treated, treated], axis=1)
    arms = [arm_factors(population, treated=arm, share=0.5) for arm in (False, True)]
    clicked, sold = np.stack(arms, axis=1)
    clicks = rng.binomial(users, population.click_rate * clicked)
    return DailyCounts(users, clicks, rng.binomial(clicks, population.order_rate * sold))


def user_totals(population: Population, experiments: int) -> UserTotals:
    """Run many experiments with users who come back, and keep one number a user and metric.

    Parameters
    ----------
    population : Population
        Half of its `users` are in each arm, whatever its `treatment_share`.
    experiments : int
        How many, >= 1; times `users` at most 40 million.

    Returns
    -------
    UserTotals
        Arrays of shape (experiments, 2, users // 2).

    Examples
    --------
    >>> from mlbook import ab
    >>> many = ab.user_totals(ab.Population(users=100, days=7), 50)
    >>> many.clicks.shape, bool((many.clicks <= many.sessions).all())
    ((50, 2, 50), True)
    """
    integer("experiments", experiments, at_least=1, unit="experiments at once")
    size, hint = experiments * population.users, "Take fewer experiments or users."
    number("experiments * users", size, at_most=MOST, unit="users in memory", hint=hint)
    _no_log_needed(population, "user_totals")
    shape = (experiments, 2, population.users // 2)
    treated = np.broadcast_to(np.array([False, True])[:, None], shape)
    people = People(population.seed, treated, np.broadcast_to(np.arange(shape[2]), shape))
    who = Shoppers.of(population, shape, "ab/totals")
    rng = stream(population.seed, "ab/totals")
    _, before = _two_counts(who, population.sessions_per_day * population.pre_days, 1.0, rng)
    factor, known = _over_the_days(population, people)
    sessions, clicks = _two_counts(who, population.sessions_per_day * population.days, factor, rng)
    orders = rng.binomial(clicks, population.order_rate * known)
    return UserTotals(sessions, clicks, orders, order_values(population, orders, rng), before)


def _two_counts(
    who: Shoppers, mean: float, factor: Floats | float, rng: np.random.Generator
) -> tuple[Ids, Ids]:
    """Draw sessions and their clicks."""
    sessions = rng.poisson(mean * who.activity)
    return sessions, rng.binomial(sessions, who.click_rate * factor)


def _over_the_days(population: Population, people: People) -> tuple[Floats | float, Floats]:
    """Average each user's factor over the days, and each arm's share of known orders."""
    factor: Floats | float = 1.0
    if population.effects:
        days = range(population.days)
        each = (np.prod([e.of(people, day) for e in population.effects], axis=0) for day in days)
        factor = sum(each) / population.days
    arms = [arm_factors(population, treated=arm, share=0.5) for arm in (False, True)]
    known = [(clicks * sold).mean() / clicks.mean() for clicks, sold in arms]
    return factor, np.array(known)[:, None]


def _shares(population: Population, ramp: Sequence[float] | None) -> Floats:
    """Check the treated share of each day."""
    if ramp is None:
        return np.full(population.days, population.treatment_share)
    if len(ramp) != population.days:
        text = f"ramp must have one share a day (days={population.days}), got {len(ramp)}."
        raise ValueError(f"{text} Write as many shares as days.")
    unit = "the treated share of the day"
    return np.array([number("ramp", share, at_least=0, at_most=1, unit=unit) for share in ramp])


def _no_log_needed(population: Population, function: str) -> None:
    """Refuse what only a whole log can show."""
    needs = [type(each).__name__ for each in population.effects if each.needs_log]
    needs += [type(population.fault).__name__] if population.fault else []
    needs += ["split_by"] if population.split_by != "user" else []
    if needs:
        text = f"population must have independent users and no fault for {function}, got"
        raise ValueError(f"{text} {', '.join(needs)}. Use population.log(), seed by seed.")
