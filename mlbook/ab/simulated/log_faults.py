"""What goes wrong between the shop and the log: fault plug-ins for `Population`.

Each fault changes a finished log (`spoil`) and tells what that does to the totals of an arm on
average (`expect`). Most of these make figures that look interesting, and by Twyman's law such a
figure is usually wrong (R. Kohavi, D. Tang, Y. Xu, "Trustworthy Online Controlled Experiments",
Cambridge University Press 2020, chapter 3). The sample ratio gives many of them away.

Chapter: 02
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from numpy.typing import NDArray
from scipy.special import betainc, gammainc, pdtr

from mlbook.ab.by_unit import ARMS
from mlbook.ab.simulated.log_fault import LogFault, Totals
from mlbook.ab.simulated.shoppers import METRICS
from mlbook.validate import integer, number, one_of

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from mlbook.ab.simulated.population import Population

__all__ = ["BotFilter", "Bots", "DoubleLogging", "LostLogs", "RedirectLoss"]


@dataclass(frozen=True, kw_only=True)
class Bots(LogFault):
    """Crawlers come as users: many sessions, few clicks or many, in both arms alike.

    Parameters
    ----------
    share : float
        Bots for each user, above 0 and at most 1; 0.02 is two bots in a hundred users.
    sessions_per_day : float
        Mean sessions of a bot on a day, above 0.
    click_rate : float
        The chance that a bot's session ends in a click, 0 to 1; no lift moves it. Bots buy nothing.

    Notes
    -----
    Bots that click dilute the relative lift of clicks: they add the same to both arms. They make
    noise, too, far more than their number suggests.

    Examples
    --------
    >>> from mlbook import ab
    >>> shop = ab.Population(users=2_000, fault=ab.Bots(share=0.01))
    >>> shop.expected()["users"].tolist()
    [1010.0, 1010.0]
    """

    share: float = 0.02
    sessions_per_day: float = 20.0
    click_rate: float = 0.0

    def __post_init__(self) -> None:
        number("share", self.share, above=0, at_most=1, unit="bots for each user")
        number("sessions_per_day", self.sessions_per_day, above=0, unit="sessions of a bot a day")
        number("click_rate", self.click_rate, at_least=0, at_most=1, unit="clicks a session")

    def check(self, population: Population) -> None:
        hint = "Take a larger share or more users."
        bots = round(self.share * population.users)
        integer("share * users", bots, at_least=1, unit="bots in all", hint=hint)

    def spoil(
        self, log: pd.DataFrame, activity: NDArray[np.float64], rng: np.random.Generator
    ) -> pd.DataFrame:
        import pandas as pd

        bots = round(self.share * activity.size)
        likes = log[log["user"] < bots].copy()  # split as those users are: arm, cluster, triggered
        measured = [name for name in likes.columns if name.startswith(tuple(METRICS))]
        likes[measured] = 0  # no past, no orders
        likes["user"] += activity.size
        likes["sessions"] = rng.poisson(self.sessions_per_day, len(likes))
        likes["clicks"] = rng.binomial(likes["sessions"], self.click_rate)
        return pd.concat([log, likes], ignore_index=True)

    def expect(self, totals: Totals, arm: str, population: Population) -> Totals:
        bots = totals.users * round(self.share * population.users) / population.users
        sessions = bots * self.sessions_per_day * population.days
        return totals._replace(
            users=totals.users + bots,
            sessions=totals.sessions + sessions,
            clicks=totals.clicks + sessions * self.click_rate,
        )


@dataclass(frozen=True, kw_only=True)
class BotFilter(LogFault):
    """A filter against bots throws out the most active users, in one arm only.

    Parameters
    ----------
    more_than : int
        Users with more sessions than that in the whole experiment are thrown out, >= 1.
    arm : str
        Whose: the change may have made its keenest users look like bots.

    Notes
    -----
    Sessions of a user are negative binomial: Poisson with a gamma rate. With that distribution
    ``P(N <= k)`` of the users stay, and ``E[N; N <= k] / E[N]`` of their sessions, clicks, orders
    and revenue; both have a closed form, since a rate weighted by itself is a gamma again.

    References
    ----------
    A. Fabijan et al., "Diagnosing Sample Ratio Mismatch in Online Controlled Experiments", KDD
    2019.

    Examples
    --------
    >>> from mlbook import ab
    >>> better = ab.Population(effects=(ab.Constant(lift=0.05),))
    >>> harmed = better.but(fault=ab.BotFilter(more_than=30))
    >>> round(harmed.true_lift("clicks"), 2), harmed.naive_lift("clicks") < 0
    (0.05, True)
    """

    more_than: int = 30
    arm: str = "treatment"

    def __post_init__(self) -> None:
        integer("more_than", self.more_than, at_least=1, unit="sessions in the experiment")
        one_of("arm", self.arm, ARMS)

    def spoil(
        self, log: pd.DataFrame, activity: NDArray[np.float64], rng: np.random.Generator
    ) -> pd.DataFrame:
        sessions = log.groupby("user")["sessions"].transform("sum")
        return log[(sessions <= self.more_than) | (log["arm"] != self.arm)]

    def expect(self, totals: Totals, arm: str, population: Population) -> Totals:
        if arm != self.arm:
            return totals
        mean, k = population.mean("sessions"), self.more_than
        if population.activity_spread == 0:
            return totals.times(pdtr(k, mean), pdtr(k - 1, mean))
        shape = population.activity_spread**-2
        rare = shape / (shape + mean)
        return totals.times(betainc(shape, k + 1, rare), betainc(shape + 1, k, rare))


@dataclass(frozen=True, kw_only=True)
class LostLogs(LogFault):
    """Rows of one arm are lost on their way to the log.

    Parameters
    ----------
    share : float
        The share of the rows that is lost, above 0 and below 1; each by itself.
    arm : str
        Whose rows.

    Notes
    -----
    A user disappears only if all of the rows do. So the users' ratio looks right, and the total of
    a user is ``(1 - share) / (1 - share ** days)`` of what it was. A ratio of two columns, clicks
    a session, is not moved.

    References
    ----------
    A. Fabijan et al., "Diagnosing Sample Ratio Mismatch in Online Controlled Experiments", KDD
    2019.

    Examples
    --------
    >>> from mlbook import ab
    >>> round(ab.Population(days=14, fault=ab.LostLogs(share=0.03)).naive_lift("clicks"), 4)
    -0.03
    """

    share: float = 0.03
    arm: str = "treatment"

    def __post_init__(self) -> None:
        number("share", self.share, above=0, unit="a share of the rows")
        number("1 - share", 1 - self.share, above=0, unit="the share of the rows that stays")
        one_of("arm", self.arm, ARMS)

    def spoil(
        self, log: pd.DataFrame, activity: NDArray[np.float64], rng: np.random.Generator
    ) -> pd.DataFrame:
        return log[(rng.random(len(log)) >= self.share) | (log["arm"] != self.arm)]

    def expect(self, totals: Totals, arm: str, population: Population) -> Totals:
        if arm != self.arm:
            return totals
        return totals.times(1 - self.share**population.days, 1 - self.share)


@dataclass(frozen=True, kw_only=True)
class RedirectLoss(LogFault):
    """The treatment is a redirect, and some of those who seldom come never arrive there.

    Parameters
    ----------
    share : float
        The share of the treatment's users of less than average activity who are lost; above 0 and
        at most 1.

    Notes
    -----
    Who is left is more active: the treatment looks better than it is. The activity is gamma with
    shape `a`, so ``P(r < 1)`` and ``E[r; r < 1]`` are incomplete gamma functions of `a`.

    References
    ----------
    R. Kohavi, R. Longbotham, "Unexpected Results in Online Controlled Experiments", SIGKDD
    Explorations 12(2), 2010 (redirects). A. Fabijan et al., "Diagnosing Sample Ratio Mismatch in
    Online Controlled Experiments", KDD 2019.

    Examples
    --------
    >>> from mlbook import ab
    >>> ab.Population(fault=ab.RedirectLoss(share=0.1)).naive_lift("clicks") > 0
    True
    """

    share: float = 0.1

    def __post_init__(self) -> None:
        number("share", self.share, above=0, at_most=1, unit="a share of the less active users")

    def check(self, population: Population) -> None:
        hint = "RedirectLoss needs users who differ: write activity_spread=1.0."
        unit = "standard deviation of the users' activity"
        number("activity_spread", population.activity_spread, above=0, unit=unit, hint=hint)

    def spoil(
        self, log: pd.DataFrame, activity: NDArray[np.float64], rng: np.random.Generator
    ) -> pd.DataFrame:
        lost = (activity < 1) & (rng.random(activity.size) < self.share)
        return log[~lost[log["user"]] | (log["arm"] != "treatment")]

    def expect(self, totals: Totals, arm: str, population: Population) -> Totals:
        if arm != "treatment":
            return totals
        a = population.activity_spread**-2
        return totals.times(1 - self.share * gammainc(a, a), 1 - self.share * gammainc(a + 1, a))


@dataclass(frozen=True, kw_only=True)
class DoubleLogging(LogFault):
    """Some rows of one arm are written twice.

    Parameters
    ----------
    share : float
        The share of the rows that is doubled, above 0 and at most 1; each by itself.
    arm : str
        Whose rows.

    Notes
    -----
    A user's total grows by `share`; the number of users and clicks a session stay as they are.

    Examples
    --------
    >>> from mlbook import ab
    >>> round(ab.Population(fault=ab.DoubleLogging(share=0.05)).naive_lift("clicks"), 4)
    0.05
    """

    share: float = 0.05
    arm: str = "treatment"

    def __post_init__(self) -> None:
        number("share", self.share, above=0, at_most=1, unit="a share of the rows")
        one_of("arm", self.arm, ARMS)

    def spoil(
        self, log: pd.DataFrame, activity: NDArray[np.float64], rng: np.random.Generator
    ) -> pd.DataFrame:
        twice = (log["arm"] == self.arm).to_numpy() & (rng.random(len(log)) < self.share)
        return log.loc[log.index.repeat(1 + twice)]

    def expect(self, totals: Totals, arm: str, population: Population) -> Totals:
        return totals.times(1, 1 + self.share * (arm == self.arm))
