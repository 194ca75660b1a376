"""A population to experiment on: users, sessions, clicks, orders and money, with the truth known.

Chapter: 02
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import NDArray

from mlbook.ab.by_unit import ARMS
from mlbook.ab.simulated.effect import Effect, People, people_by_day
from mlbook.ab.simulated.expectation import expected_totals, launched, shown_lift
from mlbook.ab.simulated.knobs import check_plugins, check_rates, check_sizes
from mlbook.ab.simulated.shoppers import METRICS, Shoppers, moments, order_values
from mlbook.streams import stream
from mlbook.validate import one_of

if TYPE_CHECKING:
    import pandas as pd

    from mlbook.ab.simulated.log_fault import LogFault

__all__ = ["Population"]


@dataclass(frozen=True, kw_only=True)
class Population:
    """Users of a shop under an experiment, with effects and a fault plugged in.

    Parameters
    ----------
    seed : int
        Seed of all draws, >= 0.
    users : int
        Users in both arms together, >= 2.
    days, pre_days : int
        Length of the experiment and of the period before it, in days, >= 1.
    treatment_share : float
        The chance to be treated, above 0 and below 1.
    sessions_per_day : float
        Mean sessions of a user on a day, > 0.
    activity_spread : float
        Standard deviation of the users' activity, relative to its mean, >= 0 (gamma).
    click_rate : float
        Mean chance that a session ends in a click, above 0 and at most 1.
    click_spread : float
        Users' own chances lie evenly within plus or minus this share of the mean, 0 to 1.
    order_rate : float
        The chance that a click ends in an order, 0 to 1.
    order_value : float
        Mean money of an order, > 0.
    order_value_spread : float
        Standard deviation of an order's money, relative to its mean, >= 0 (log-normal).
    cluster_size : int
        Users who tell one another, >= 1; it divides `users`.
    split_by : str
        What is assigned at random: ``"user"``, ``"cluster"``, or ``"day"`` (a switchback: all users
        share the arm of the day, and the days are the units).
    effects : tuple of Effect
        What the change does; one of a kind.
    fault : LogFault, optional
        What goes wrong with the log.

    Notes
    -----
    All effects act on the chance of a click, so sessions are never moved, and the lifts of clicks,
    orders and revenue are the same unless orders are late or supply is short.

    References
    ----------
    A. Deng, Y. Xu, R. Kohavi, T. Walker, "Improving the Sensitivity of Online Controlled
    Experiments by Utilizing Pre-Experiment Data" (CUPED), WSDM 2013: why there is a period before.

    Examples
    --------
    >>> from mlbook import ab
    >>> shop = ab.Population(users=1_000, days=7, effects=(ab.Constant(lift=0.2),))
    >>> round(shop.true_lift("orders"), 6)
    0.2
    >>> shop.log().shape
    (7000, 11)
    """

    seed: int = 0
    users: int = 20_000
    days: int = 14
    pre_days: int = 14
    treatment_share: float = 0.5
    sessions_per_day: float = 0.6
    activity_spread: float = 1.0
    click_rate: float = 0.1
    click_spread: float = 1.0
    order_rate: float = 0.2
    order_value: float = 40.0
    order_value_spread: float = 2.0
    cluster_size: int = 1
    split_by: str = "user"
    effects: tuple[Effect, ...] = ()
    fault: LogFault | None = None

    def __post_init__(self) -> None:
        check_sizes(self)
        check_rates(self)
        check_plugins(self)

    def but(self, **knobs: Any) -> Self:
        """Copy it with other knobs.

        Parameters
        ----------
        **knobs
            What is different, by name.

        Returns
        -------
        Population
            The copy; this one stays as it is.
        """
        return replace(self, **knobs)

    def log(self) -> pd.DataFrame:
        """Run the experiment once and give its log.

        Returns
        -------
        DataFrame
            One row a user and day, also without a session: `user` (number), `arm` (``"control"``,
            ``"treatment"``), `day` (from 0), `sessions`, `clicks`, `orders` (counts), `revenue`
            (money), and what the user did before, in all `pre_days` together: `sessions_before`,
            `clicks_before`, `orders_before`, `revenue_before`. With `Triggered` also `triggered`,
            with clusters `cluster`.
        """
        import pandas as pd

        who = Shoppers.of(self, (self.users,), "ab/log")
        people = people_by_day(self)
        factors = [
            np.prod([effect.of(each, day) for effect in self.effects], axis=0)
            for day, each in enumerate(people)
        ]
        during = self._period("during", who, factors, 1, people)
        columns = {
            "user": np.tile(np.arange(self.users), self.days),
            "arm": np.concatenate([np.where(each.treated, *ARMS[::-1]) for each in people]),
            "day": np.repeat(np.arange(self.days), self.users),
        } | {name: values.ravel() for name, values in during.items()}
        known = self._known_before(who, people[0])
        columns |= {name: np.tile(values, self.days) for name, values in known.items()}
        log = pd.DataFrame(columns)
        if self.fault is None:
            return log
        rng = stream(self.seed, "ab/log/fault")
        return self.fault.spoil(log, who.activity, rng).reset_index(drop=True)

    def by_user(self) -> pd.DataFrame:
        """Run the experiment once and give one row a user.

        Returns
        -------
        DataFrame
            The columns of `log` without `day`: what happened is added up, what was known before
            stands as it is. Days that were split have no row a user: use `log`.
        """
        if self.split_by == "day":
            text = "split_by must be 'user' or 'cluster' for one row a user, got 'day'."
            raise ValueError(f"{text} Use log(), with the days as units.")
        log = self.log()
        how = {name: "sum" if name in METRICS else "first" for name in log.columns.drop("day")}
        return log.groupby("user", as_index=False).agg(how)

    def mean(self, metric: str) -> float:
        """Tell the mean of a user's total over the experiment, when nobody is treated.

        Parameters
        ----------
        metric : str
            ``"sessions"``, ``"clicks"``, ``"orders"`` or ``"revenue"``.

        Returns
        -------
        float
            In counts or money a user. Drift and faults are left out, here and in `sd`.
        """
        return moments(self, metric, self.days)[0]

    def sd(self, metric: str) -> float:
        """Tell the standard deviation of a user's total, when nobody is treated.

        Parameters
        ----------
        metric : str
            As in `mean`.

        Returns
        -------
        float
            In counts or money a user.
        """
        return float(np.sqrt(moments(self, metric, self.days)[1]))

    def correlation(self, metric: str) -> float:
        """Tell how well a user's past foretells the same metric, when nobody is treated.

        Parameters
        ----------
        metric : str
            As in `mean`.

        Returns
        -------
        float
            Pearson's correlation of the totals before and during the experiment. CUPED cuts the
            variance by its square.
        """
        _, past, past_between = moments(self, metric, self.pre_days)
        _, now, now_between = moments(self, metric, self.days)
        return float(past_between * now_between / np.sqrt(past * now))

    def true_lift(self, metric: str = "clicks") -> float:
        """Tell what a launch would change over the days of the experiment.

        Parameters
        ----------
        metric : str
            As in `mean`.

        Returns
        -------
        float
            Everybody treated against nobody, relative: 0.05 is five per cent more.
        """
        one_of("metric", metric, METRICS)
        everybody, nobody = (launched(self, metric, everybody=each) for each in (True, False))
        return everybody / nobody - 1

    def naive_lift(self, metric: str = "clicks", per: str = "users") -> float:
        """Tell what comparing the arms of the log shows on average.

        Parameters
        ----------
        metric : str
            As in `mean`.
        per : str
            What it is divided by: ``"users"`` (who have a row), or ``"sessions"``, ``"clicks"``.

        Returns
        -------
        float
            Treatment against control, relative. It differs from `true_lift` when users change each
            other, when an old experiment is still there, when the log is read too early or spoilt.
        """
        one_of("metric", metric, METRICS)
        one_of("per", per, ["users", "sessions", "clicks"])
        return shown_lift(self, metric, per)

    def expected(self) -> pd.DataFrame:
        """Tell what the rows of the log add up to on average.

        Returns
        -------
        DataFrame
            One row an arm: `users` who have a row, and the sums `sessions`, `clicks`, `orders`
            (counts) and `revenue` (money).
        """
        import pandas as pd

        totals = expected_totals(self)
        return pd.DataFrame(totals.values(), index=pd.Index(totals, name="arm"))

    @property
    def treated_days(self) -> int:
        """How many days are treated in a switchback."""
        return round(self.treatment_share * self.days)

    def _known_before(self, who: Shoppers, people: People) -> dict[str, NDArray[Any]]:
        """Give the columns that say something of a user, whatever the day."""
        past = self._period("before", who, [1.0], self.pre_days, [])
        known = {f"{name}_before": values[0] for name, values in past.items()}
        if self.cluster_size > 1:
            known["cluster"] = people.cluster
        for effect in self.effects:
            known |= effect.columns(people)
        return known

    def _period(
        self, name: str, who: Shoppers, factors: list[Any], days: int, people: list[People]
    ) -> dict[str, NDArray[Any]]:
        """Draw one row of users for each factor, which stands for so many days."""
        rng = stream(self.seed, f"ab/log/{name}")
        mean = self.sessions_per_day * days
        sessions = rng.poisson(mean * who.activity, (len(factors), self.users))
        clicks = rng.binomial(sessions, np.array([who.click_rate * each for each in factors]))
        orders = rng.binomial(clicks, self.order_rate)
        usual = self.users * self.mean("orders") / self.days
        for day, arms in enumerate(people):
            for effect in self.effects:
                orders[day] = effect.kept(orders[day], arms, day, rng, usual)
        money = order_values(self, orders, rng)
        return {"sessions": sessions, "clicks": clicks, "orders": orders, "revenue": money}
