"""The shop: users with interests that pass, visits with a slate of items, and the truth behind.

For every visit and every candidate on its slate the world has drawn beforehand whether it would be
clicked and bought (potential outcomes). A pattern only chooses which candidate is shown, so all
patterns meet the same visitors with the same luck, and their choices have consequences.

Chapter: 00
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mlbook.queueing.arrivals import diurnal
from mlbook.streams import stream
from mlbook.units import DAY, HOUR
from mlbook.validate import integer, number
from mlbook.world.features import Activity, Catalog, Features
from mlbook.world.variants import Variants
from mlbook.world.visits import Labels, Visits

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["CATEGORIES", "World"]

N_ITEMS, N_CATEGORIES = 60, 6
CATEGORIES = ("coats", "shirts", "shoes", "bags", "hats", "rings")
BUYS = 0.25  # share of clicks that end in a purchase
SEASON_S = 21 * DAY  # period of the taste for a category

# Impressions by hour of the day in Japan, from the real log (data/obd_clicks.csv.gz); a test
# counts them again. Only the shape is used.
HOURLY = (
    4105, 1803, 1051, 608, 428, 637, 1104, 1659, 1988, 2199, 2393, 2448,
    3182, 2567, 2429, 2400, 2386, 2609, 2816, 3161, 4010, 4690, 4860, 4467,
)  # fmt: skip


class World(Variants):
    """A seeded shop: an activity log, visits, and the truth that made both.

    Parameters
    ----------
    seed : int
        The seed, >= 0.
    days : float
        Length in days, > 0; second 0 is a midnight.
    users : int
        Number of users, >= 1.
    slate_size : int
        Candidates a visit, 1 to 60.
    visits_per_user_day, events_per_user_day : float
        Mean visits that ask for a recommendation, and mean events in the activity log.
    interest_holds : float
        Mean seconds that a user's interest in one category lasts: fresh features pay.
    taste_drift : float
        Swing of the taste for a category in log-odds, >= 0, with a period of three weeks:
        fresh models pay.
    taste_flips_at : float, optional
        When, in seconds, all of this taste turns round at once: what was liked most is liked least
        from then on. Interests, visitors and luck stay the same. Never when left out.
    label_delay : float
        Seconds until a click is known to the training.

    Notes
    -----
    All dials are teaching values, not measurements. The rhythm of the day is the real log's.

    Examples
    --------
    >>> world = World(seed=1, days=2, users=50)
    >>> world.visits.slate.shape[1], world.activity.at_s.size > 0
    (6, True)
    """

    default_warmup_s = 5 * DAY  # before it a pattern has no model, or only a poor one
    served_from_s = 0.0
    label = "the simulated shop"
    first_hour = 0  # the hour of the day at second 0

    def __init__(
        self,
        seed: int = 0,
        days: float = 14,
        users: int = 400,
        *,
        slate_size: int = 6,
        visits_per_user_day: float = 3.0,
        events_per_user_day: float = 6.0,
        interest_holds: float = 2 * DAY,
        taste_drift: float = 1.2,
        taste_flips_at: float | None = None,
        label_delay: float = 1 * HOUR,
    ) -> None:
        self.seed = integer("seed", seed, at_least=0)
        hint = "Write 14 for two weeks."
        self.days = number("days", days, above=0, unit="length of the world in days", hint=hint)
        self.users = integer(
            "users", users, at_least=1, unit="number of users", hint="Write 400 for a small shop."
        )
        self.slate_size = integer("slate_size", slate_size, at_least=1, unit="candidates a visit")
        number("slate_size", slate_size, at_most=N_ITEMS, unit="the shop's items")
        self.interest_holds = number("interest_holds", interest_holds, above=0, unit="seconds")
        self.taste_drift = number("taste_drift", taste_drift, at_least=0, unit="log-odds")
        hint = "Durations are seconds: write 9 * mb.DAY."
        since = "seconds since the start of the world"
        self.taste_flips_at = (
            None
            if taste_flips_at is None
            else number("taste_flips_at", taste_flips_at, at_least=0, unit=since, hint=hint)
        )
        self.label_delay = number("label_delay", label_delay, at_least=0, unit="seconds")
        few = "Write 0.1 for one in ten days."
        visits = number(
            "visits_per_user_day", visits_per_user_day, above=0, unit="visits a day", hint=few
        )
        events = number(
            "events_per_user_day", events_per_user_day, above=0, unit="events a day", hint=few
        )
        self.horizon_s = self.days * DAY
        self._span_s = 2 * self.horizon_s  # keeps users apart in one sortable number
        self.served_from_s = 0.0
        self.price = _prices(self._stream("items"))
        self.catalog = Catalog(np.arange(N_ITEMS) % N_CATEGORIES, np.log(self.price))
        self._moods = self._draw_moods()
        self.activity = self._draw_activity(events * self.users / DAY)
        self.features = Features(self.activity, self.catalog)
        rng = self._stream("visits/at")
        self.visits = self._visits(
            diurnal(rng, visits * self.users / DAY, self.horizon_s, HOURLY), "visits"
        )

    def __repr__(self) -> str:
        return (
            f"World(seed={self.seed}, days={self.days:g}, users={self.users}): "
            f"{len(self.visits):,} visits, {self.activity.at_s.size:,} events"
        )

    def _stream(self, name: str) -> np.random.Generator:
        return stream(self.seed, f"world/{name}")

    def _draw_moods(self) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """Draw when each user's interest changes, and to which category."""
        rng = self._stream("moods")
        changes = rng.poisson(self.users * self.horizon_s / self.interest_holds)
        user = np.r_[np.arange(self.users), rng.integers(0, self.users, changes)]
        at_s = np.r_[np.zeros(self.users), self.horizon_s * rng.random(changes)]
        order = np.lexsort((at_s, user))
        category = rng.integers(0, N_CATEGORIES, user.size)
        return (user * self._span_s + at_s)[order], category

    def interest(self, user: ArrayLike, at_s: ArrayLike) -> NDArray[np.int64]:
        """Tell which category a user is interested in: the truth, which no pattern may read.

        Parameters
        ----------
        user : array_like of shape (n,)
            Who.
        at_s : array_like of shape (n,)
            When, in seconds.

        Returns
        -------
        ndarray of shape (n,)
            Categories.
        """
        key, category = self._moods
        now = np.asarray(user) * self._span_s + np.asarray(at_s)
        current: NDArray[np.int64] = category[np.searchsorted(key, now, side="right") - 1]
        return current

    def taste(self, at_s: ArrayLike) -> NDArray[np.float64]:
        """Tell how much everybody likes each category: the truth, which no pattern may read.

        Parameters
        ----------
        at_s : array_like of shape (n,)
            When, in seconds.

        Returns
        -------
        ndarray of shape (n, n_categories)
            Log-odds of a click, against the mean of the categories.
        """
        when = np.asarray(at_s, dtype=float)[:, None]
        phase = when / SEASON_S + np.arange(N_CATEGORIES) / N_CATEGORIES
        liked: NDArray[np.float64] = self.taste_drift * np.sin(2 * np.pi * phase)
        if self.taste_flips_at is None:
            return liked
        return np.where(when < self.taste_flips_at, liked, -liked)

    def _draw_activity(self, rate_per_s: float) -> Activity:
        rng = self._stream("activity")
        at_s = diurnal(rng, rate_per_s, self.horizon_s, HOURLY)
        user = rng.integers(0, self.users, at_s.size)
        browsing = rng.random(at_s.size) < 0.25  # a quarter of the events follow no interest
        wanted = np.where(
            browsing, rng.integers(0, N_CATEGORIES, at_s.size), self.interest(user, at_s)
        )
        item = wanted + N_CATEGORIES * rng.integers(0, N_ITEMS // N_CATEGORIES, at_s.size)
        return Activity(at_s, user, item)

    def _visits(self, at_s: NDArray[np.float64], name: str) -> Visits:
        rng = self._stream(f"{name}/who")
        user = rng.integers(0, self.users, at_s.size)
        slate = rng.random((at_s.size, N_ITEMS)).argpartition(self.slate_size - 1, axis=1)
        slate = slate[:, : self.slate_size]
        shown = rng.integers(0, self.slate_size, at_s.size)
        probability = self._click_probability(at_s, user, slate)
        luck = self._stream(f"{name}/luck").random((2, *slate.shape))
        clicked = luck[0] < probability
        revenue = np.where(clicked & (luck[1] < BUYS), self.price[slate], 0.0)
        return Visits(at_s, user, slate, shown, clicked, revenue, probability)

    def _click_probability(
        self, at_s: NDArray[np.float64], user: NDArray[np.int64], slate: NDArray[np.int64]
    ) -> NDArray[np.float64]:
        category = self.catalog.category[slate]
        wanted = self.interest(user, at_s)[:, None] == category
        liked = np.take_along_axis(self.taste(at_s), category, axis=1)
        dear = self.catalog.value[slate] - self.catalog.value.mean()
        log_odds = -2.2 + 3.0 * wanted + liked - 0.5 * dear
        probability: NDArray[np.float64] = 1 / (1 + np.exp(-log_odds))
        return probability

    @property
    def truth(self) -> NDArray[np.float64]:
        """True click probability of every candidate, shape (n_visits, slate_size)."""
        return self.visits.probability

    def labelled(self, until_s: float) -> Labels:
        """Give the rows that a training at `until_s` can know: delayed, and of the last four days.

        Parameters
        ----------
        until_s : float
            When the training reads its data, in seconds.

        Returns
        -------
        Labels
            Visits with the item that was shown and whether it was clicked.
        """
        return self.visits.labelled(until_s - self.label_delay)

    def popularity(self, until_s: float) -> NDArray[np.float64]:
        """Give the click rate of each category in the rows that are known at an instant.

        Parameters
        ----------
        until_s : float
            The instant in seconds.

        Returns
        -------
        ndarray of shape (n_categories,)
            Clicks per impression; 0 for a category that was never shown.
        """
        rows = self.labelled(until_s)
        category = self.catalog.category[rows.item]
        shown = np.bincount(category, minlength=N_CATEGORIES)
        clicks = np.bincount(category, weights=rows.clicked, minlength=N_CATEGORIES)
        return clicks / np.maximum(shown, 1)

    def events_frame(self) -> pd.DataFrame:
        """Show the activity log as a table.

        Returns
        -------
        pandas.DataFrame
            Columns `at_s`, `user`, `item`, `category`; one row an event.
        """
        import pandas as pd

        log = self.activity
        return pd.DataFrame(vars(log) | {"category": self.catalog.category[log.item]})


def _prices(rng: np.random.Generator) -> NDArray[np.float64]:
    """Draw a price an item, in yen, rounded as shops do."""
    return np.round(2500 * np.exp(0.5 * rng.standard_normal(N_ITEMS)), -1)
