"""What a choice earns: clicks with their intervals, differences, and yardsticks without a model."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from mlbook.units import DAY

if TYPE_CHECKING:
    import pandas as pd

    from mlbook.experiment import Run
    from mlbook.world import World

__all__ = [
    "Z95",
    "Difference",
    "clicks_by_name",
    "clicks_per_100",
    "difference_per_100",
    "yardsticks",
]

Z95 = 1.959963984540054


def clicks_per_100(run: Run) -> tuple[float, float]:
    """Clicks per 100 visits, with the half width of the 95 % interval.

    Parameters
    ----------
    run : Run
        What happened.

    Returns
    -------
    tuple of float
        The rate and the half width. Users are the independent units, not visits: somebody who
        clicks today is likely to click tomorrow.
    """
    rate, error = _mean_by_user(run.log["click"], run.log["user"])
    return 100 * rate, 100 * Z95 * error


def clicks_by_name(many: Iterable[Mapping[str, Run]]) -> dict[str, NDArray[np.float64]]:
    """Collect the clicks per 100 visits of the same patterns in several worlds.

    Parameters
    ----------
    many : iterable of Runs
        One comparison a world, all with the same names.

    Returns
    -------
    dict of str to ndarray of shape (n_worlds,)
        By name of the pattern.
    """
    tables = [{name: clicks_per_100(run)[0] for name, run in runs.items()} for runs in many]
    return {name: np.array([table[name] for table in tables]) for name in tables[0]}


class Difference(NamedTuple):
    """A difference in clicks per 100 visits and how well it is known.

    Parameters
    ----------
    clicks_per_100 : float
        The difference.
    standard_error : float
        Its standard error.
    """

    clicks_per_100: float
    standard_error: float

    def __repr__(self) -> str:
        half = Z95 * self.standard_error
        low, high = self.clicks_per_100 - half, self.clicks_per_100 + half
        interval = f"(95 % interval {low:+.2f} to {high:+.2f})"
        return f"{self.clicks_per_100:+.2f} clicks per 100 visits {interval}"


def difference_per_100(run: Run, other: Run) -> Difference:
    """Difference in clicks per 100 visits between two runs on the same visitors.

    Parameters
    ----------
    run, other : Run
        Two runs in one world with the same warm-up.

    Returns
    -------
    Difference
        ``run - other``, paired by visit, and its standard error with users as the units.

    Raises
    ------
    ValueError
        When the two did not serve the same visits.

    Notes
    -----
    Where both show the same item the difference is exactly zero: common random numbers.
    """
    if not np.array_equal(run.log["requested_at_s"], other.log["requested_at_s"]):
        text = "other must have served the same visits: use mb.compare(world, ...) for both runs."
        raise ValueError(text)
    gap = run.log["click"] - other.log["click"]
    mean, error = _mean_by_user(gap, run.log["user"])
    return Difference(100 * mean, 100 * error)


def yardsticks(world: World) -> pd.DataFrame:
    """Measure three ways to choose without a model: by chance, by popularity, by knowing the truth.

    Parameters
    ----------
    world : World
        The simulated shop; a real log knows neither the truth nor what was not shown.

    Returns
    -------
    pandas.DataFrame
        Rows `random`, `most popular` and `perfect`; columns `clicks_per_100` and `revenue_per_day`,
        over the visits after the world's default warm-up.

    Notes
    -----
    *Most popular* shows the candidate of the category with the best click rate in the last four
    days, counted anew every midnight. *Perfect* knows every click probability; luck remains.
    """
    import pandas as pd

    visits = world.visits
    rows = np.flatnonzero(visits.at_s >= world.default_warmup_s)
    today = (visits.at_s[rows] // DAY).astype(int)
    popular = np.array([world.popularity(day * DAY) for day in range(today.max() + 1)])
    liked = popular[today[:, None], world.catalog.category[visits.slate[rows]]]
    chosen = {
        "random": visits.shown[rows],
        "most popular": liked.argmax(axis=1),
        "perfect": world.truth[rows].argmax(axis=1),
    }
    days = (world.horizon_s - world.default_warmup_s) / DAY
    table = {
        name: {
            "clicks_per_100": 100 * visits.clicked[rows, pick].mean(),
            "revenue_per_day": visits.revenue[rows, pick].sum() / days,
        }
        for name, pick in chosen.items()
    }
    return pd.DataFrame.from_dict(table, orient="index").rename_axis("chooser")


def _mean_by_user(value: NDArray[np.float64], user: NDArray[np.int64]) -> tuple[float, float]:
    """Mean over visits and its standard error, users being independent (delta method)."""
    _, index = np.unique(user, return_inverse=True)
    visits, total = np.bincount(index), np.bincount(index, weights=value)
    mean = total.sum() / visits.sum()
    surplus = total - mean * visits
    scale = visits.size / max(visits.size - 1, 1)
    return float(mean), float(np.sqrt(scale * (surplus**2).sum()) / visits.sum())
