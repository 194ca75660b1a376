"""One feature function, called by training and by serving. Two of them is how skew begins.

Chapter: 05
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mlbook.units import DAY

__all__ = ["Activity", "Catalog", "Features"]


@dataclass(frozen=True)
class Activity:
    """What users did: one entry an event, in the order of time.

    Parameters
    ----------
    at_s : ndarray of shape (n,)
        When, in seconds since the start of the world, sorted.
    user : ndarray of shape (n,)
        Who, as a number from 0.
    item : ndarray of shape (n,)
        Which item was looked at, as a number from 0.
    """

    at_s: NDArray[np.float64]
    user: NDArray[np.int64]
    item: NDArray[np.int64]

    def first_seen_s(self, users: int) -> NDArray[np.float64]:
        """Tell when each user first appears in the log.

        Parameters
        ----------
        users : int
            Number of users.

        Returns
        -------
        ndarray of shape (users,)
            Seconds; infinite for a user who never appears.
        """
        first = np.full(users, np.inf)
        np.minimum.at(first, self.user, self.at_s)
        return first


@dataclass(frozen=True)
class Catalog:
    """What the shop knows about its items.

    Parameters
    ----------
    category : ndarray of shape (n_items,)
        The category of each item, as a number from 0.
    value : ndarray of shape (n_items,)
        One number an item: the logarithm of the price, or what the real log gives.
    """

    category: NDArray[np.int64]
    value: NDArray[np.float64]

    @property
    def n_items(self) -> int:
        """Number of items."""
        return self.category.size

    @property
    def n_categories(self) -> int:
        """Number of categories."""
        return int(self.category.max()) + 1


class Features:
    """Features of a user and an item *as of* an instant: only events before it are seen.

    Parameters
    ----------
    activity : Activity
        The event log.
    catalog : Catalog
        The items.
    half_life : float
        Seconds after which an event counts half.
    seen_at_s : ndarray of shape (n_events,), optional
        When each event reached the place where these features are computed, in seconds; infinite
        for one that never did. At once when left out. A late event still counts by its own age.

    Notes
    -----
    Columns: the share of the user's recent activity that fell into the item's category; the
    logarithm of one plus that activity; the item's `value`; one column a category.

    Examples
    --------
    >>> log = Activity(np.array([10.0]), np.array([0]), np.array([1]))
    >>> features = Features(log, Catalog(np.array([0, 1]), np.zeros(2)))
    >>> features([0, 0], [1, 1], asof_s=[5.0, 15.0])[:, 0]   # before and after the event
    array([0., 1.])
    """

    def __init__(
        self,
        activity: Activity,
        catalog: Catalog,
        half_life: float = 1 * DAY,
        *,
        seen_at_s: NDArray[np.float64] | None = None,
    ) -> None:
        self.catalog = catalog
        self.half_life = half_life
        seen_s = activity.at_s if seen_at_s is None else seen_at_s
        group = activity.user * catalog.n_categories + catalog.category[activity.item]
        order = np.lexsort((seen_s, group))
        order = order[np.isfinite(seen_s[order])]
        self._group, self._seen_s = group[order], seen_s[order]
        # A group's events and an instant in one sortable whole number. Seconds in its place would
        # be rounded, and an event could hide from those who read just after it.
        self._instants_s = np.unique(self._seen_s)
        self._key = self._keys(self._group, self._seen_s)
        weight = 2.0 ** (-(self._seen_s - activity.at_s[order]) / half_life)
        self._mass = _decayed_counts(self._group, self._seen_s, weight, half_life)

    @property
    def n_events(self) -> int:
        """How many events are counted, one that came twice twice."""
        return self._seen_s.size

    @property
    def names(self) -> list[str]:
        """Names of the columns, in order."""
        categories = [f"category_{k}" for k in range(self.catalog.n_categories)]
        return ["share_of_recent_activity", "log_recent_activity", "item_value", *categories]

    def __call__(self, user: ArrayLike, item: ArrayLike, asof_s: ArrayLike) -> NDArray[np.float64]:
        """Compute the features.

        Parameters
        ----------
        user, item : array_like of shape (n,)
            Who and what.
        asof_s : array_like of shape (n,)
            The instant before which events are seen, in seconds.

        Returns
        -------
        ndarray of shape (n, n_features)
            One row a pair.
        """
        users, items = np.asarray(user), np.asarray(item)
        asof, rows = np.asarray(asof_s, dtype=float), np.arange(users.size)
        category = self.catalog.category[items]
        recent = np.stack([self._recent(users, k, asof) for k in range(self.catalog.n_categories)])
        total = recent.sum(axis=0)
        columns = np.zeros((users.size, len(self.names)))
        np.divide(recent[category, rows], total, out=columns[:, 0], where=total > 1e-9)
        columns[:, 1] = np.log1p(total)
        columns[:, 2] = self.catalog.value[items]
        columns[rows, 3 + category] = 1.0
        return columns

    def _keys(self, group: NDArray[np.int64], at_s: NDArray[np.float64]) -> NDArray[np.int64]:
        """Number the events of a group and the instants between them in the order of time."""
        before = np.searchsorted(self._instants_s, at_s, side="left")
        keys: NDArray[np.int64] = group * (self._instants_s.size + 1) + before
        return keys

    def _recent(
        self, users: NDArray[np.int64], category: int, asof: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Decayed number of events of each user in one category."""
        if not self._key.size:
            return np.zeros(users.size)
        group = users * self.catalog.n_categories + category
        last = np.searchsorted(self._key, self._keys(group, asof), side="left") - 1
        seen = (last >= 0) & (self._group[last] == group)
        age = np.where(seen, asof - self._seen_s[last], 0.0)
        return np.where(seen, self._mass[last] * 2.0 ** (-age / self.half_life), 0.0)


def _decayed_counts(
    group: NDArray[np.int64],
    at_s: NDArray[np.float64],
    weight: NDArray[np.float64],
    half_life: float,
) -> NDArray[np.float64]:
    """Count the events of each group so far, older ones less, at each event.

    The recurrence ``mass = weight + mass_before * decay`` runs over all groups at once, first
    events first. A cumulated sum of powers would be one line and lose its digits after some weeks.
    """
    mass = weight.copy()
    if group.size < 2:
        return mass
    first = np.flatnonzero(np.r_[True, group[1:] != group[:-1]])
    size = np.diff(np.r_[first, group.size])
    decay = np.r_[0.0, 2.0 ** (-np.diff(at_s) / half_life)]
    for nth in range(1, int(size.max())):
        here = first[size > nth] + nth
        mass[here] += mass[here - 1] * decay[here]
    return mass
