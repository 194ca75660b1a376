"""Who notices that the world has changed, and when: clicks by period, and what a model likes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from mlbook.units import DAY
from mlbook.validate import number
from mlbook.world import World

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from mlbook.experiment import Run

__all__ = ["clicks_by_period", "flip_of", "model_taste", "turned_after_s"]

NEARLY = 0.05  # of a period may be missing at its beginning


def clicks_by_period(
    runs: Mapping[str, Run], *, since: float = 0.0, every: float = 1 * DAY
) -> pd.DataFrame:
    """Count clicks per 100 visits, period by period.

    Parameters
    ----------
    runs : mapping of str to Run
        Runs on the same visitors.
    since : float
        Where period 0 begins, in seconds; the periods before it have negative numbers.
    every : float
        Length of a period in seconds, > 0.

    Returns
    -------
    pandas.DataFrame
        Index `period`, whole periods only; `visits`, and a column a run.

    Examples
    --------
    >>> import mlbook as mb
    >>> runs = mb.compare(mb.World(seed=1, days=8, users=50), nightly=mb.SharedDb())
    >>> clicks_by_period(runs, since=6 * mb.DAY).index.tolist()
    [-1, 0, 1]
    """
    import pandas as pd

    number("every", every, above=0, unit="seconds, the length of a period")
    first = next(iter(runs.values()))
    at = (first.log["requested_at_s"] - since) / every
    # The first visit comes a little after the first period began.
    low, high = np.ceil(at[0] - NEARLY), np.floor((first.world.horizon_s - since) / every)
    period = np.floor(at)
    whole = (period >= low) & (period < high)
    log = pd.DataFrame({name: 100.0 * run.log["click"] for name, run in runs.items()})
    groups = log[whole].groupby(period[whole].astype(int))
    table = groups.mean()
    table.insert(0, "visits", groups.size())
    named: pd.DataFrame = table.rename_axis("period")
    return named


def model_taste(run: Run) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Ask each version of a run's model how much it likes each category.

    Parameters
    ----------
    run : Run
        What happened.

    Returns
    -------
    tuple of (ndarray of shape (n_versions,), ndarray of shape (n_versions, n_categories))
        When each version went live, in seconds, and the log-odds of a click that it predicts for a
        visitor without a history and a mean item, against the mean of the categories: comparable
        to :meth:`mlbook.World.taste`.
    """
    catalog, versions = run.world.catalog, run.site.versions.versions
    columns = np.zeros((catalog.n_categories, len(run.world.features.names)))
    columns[:, 2] = catalog.value.mean()
    columns[:, 3:] = np.eye(catalog.n_categories)
    chance = np.array([v.estimator.predict_proba(columns)[:, 1] for v in versions])
    chance = chance.reshape(len(versions), catalog.n_categories)
    log_odds = np.log(chance / (1 - chance))
    taste: NDArray[np.float64] = log_odds - log_odds.mean(axis=1, keepdims=True)
    return np.array([v.live_at_s for v in versions]), taste


def turned_after_s(run: Run) -> float:
    """Time from the flip of the taste until a model is live that no longer likes what was liked.

    Parameters
    ----------
    run : Run
        A run in a world with ``taste_flips_at``.

    Returns
    -------
    float
        Seconds until the first version that likes the category that was liked most less than the
        mean of the categories; infinite when there is none.

    Raises
    ------
    ValueError
        When taste does not flip in this world.
    """
    live_s, taste = model_taste(run)
    world, flips_s = flip_of(run)
    liked = int(world.taste([np.nextafter(flips_s, 0.0)])[0].argmax())
    turned = (live_s >= flips_s) & (taste[:, liked] < 0)
    return float(live_s[turned][0]) - flips_s if turned.any() else np.inf


def flip_of(run: Run) -> tuple[World, float]:
    """Give the world of a run and the instant at which its taste flips.

    Parameters
    ----------
    run : Run
        A run in a world with ``taste_flips_at``.

    Returns
    -------
    tuple of (World, float)
        The instant in seconds.

    Raises
    ------
    ValueError
        When taste does not flip in this world.
    """
    world = run.world
    if not isinstance(world, World) or world.taste_flips_at is None:
        text = "run must be in a world whose taste flips, got one whose taste does not."
        raise ValueError(f"{text} Make it with mb.World(taste_flips_at=9 * mb.DAY).")
    return world, world.taste_flips_at
