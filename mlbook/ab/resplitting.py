"""The same users split again and again: what an A/B test of two patterns would find each time.

Where nobody waits for others, a user gets the same answer whoever else is served: the log of a
split is made of rows that two runs of one pattern each have written, and other salts take other
rows. (In a long queue an arm with half of the users is quicker than the pattern with all of them.)
It needs both runs, which no real shop has.

Chapter: 02
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mlbook.ab.assignment import bucket
from mlbook.ab.by_unit import column_of, log_of
from mlbook.ab.two_arms.moments import Moments, PairMoments
from mlbook.ab.two_arms.proportion import proportions
from mlbook.ab.two_arms.ratio_metric import ratio
from mlbook.validate import integer, number, one_of

if TYPE_CHECKING:
    import pandas as pd

    from mlbook.ab.two_arms.estimates import Estimate

__all__ = ["split_again"]

Floats = NDArray[np.float64]


def split_again(
    control: Any,
    treatment: Any,
    metric: str = "click",
    *,
    unit: str = "user",
    splits: int = 1000,
    share: float = 1.0,
    seed: int = 0,
) -> Estimate:
    """Analyze many splits of the same users between two patterns.

    Parameters
    ----------
    control, treatment : Run or pandas.DataFrame
        A run of each pattern alone, in one world. Twice the same one: A/A tests.
    metric : str
        A column; its sum over the number of rows is compared.
    unit : str
        ``"user"``: by users, who were split. ``"row"``: as if each request were a user of its own,
        which is wrong; the column must be of zeros and ones.
    splits : int
        How many, >= 1; split `k` has the salt ``f"{seed}/{k}"``.
    share : float
        The share of the users who take part, above 0 and at most 1, half of them in each arm.
    seed : int
        Other splits, >= 0.

    Returns
    -------
    Estimate
        With one place a split, each what :func:`mlbook.ab.analyze` says of
        ``Split(control=..., treatment=..., salt=f"{seed}/{k}")`` when everybody takes part.

    Raises
    ------
    ValueError
        When the runs have not the same requests, or the column is missing.

    Examples
    --------
    >>> import mlbook as mb
    >>> run = mb.run(mb.SharedDb(), mb.World(seed=1, days=7, users=60))
    >>> split_again(run, run, splits=200)
    200 estimates, 6.5% with p < 0.05, delta method, Welch's t
    """
    integer("splits", splits, at_least=1, unit="splits of the users")
    number("share", share, above=0, at_most=1, unit="share of the users who take part")
    integer("seed", seed, at_least=0, unit="which splits")
    one_of("unit", unit, ["user", "row"])
    users, sums = _by_user(log_of(control), log_of(treatment), metric)
    place = _places(tuple(users.tolist()), splits, seed)
    arms = (place >= share / 2) & (place < share), place < share / 2
    if unit == "user":
        return ratio(*(_moments(who, *each) for who, each in zip(arms, sums, strict=True)))
    clicks, rows = (
        np.stack([who @ each[column] for who, each in zip(arms, sums, strict=True)], axis=-1)
        for column in (0, 1)
    )
    return proportions(clicks, rows)


def _by_user(
    control: pd.DataFrame, treatment: pd.DataFrame, metric: str
) -> tuple[NDArray[Any], list[tuple[Floats, Floats]]]:
    """Give the users, and for both runs each user's sum of the metric and number of rows."""
    if not np.array_equal(column_of(control, "user"), column_of(treatment, "user")):
        text = "control and treatment must be runs in one world, with the same requests"
        raise ValueError(f"{text}, got {len(control)} and {len(treatment)} of different users.")
    users, who = np.unique(control["user"], return_inverse=True)
    rows = np.bincount(who).astype(float)
    sums = [np.bincount(who, column_of(log, metric)).astype(float) for log in (control, treatment)]
    return users, [(each, rows) for each in sums]


@lru_cache(maxsize=4)
def _places(users: tuple[Any, ...], splits: int, seed: int) -> Floats:
    """Hash all users for all splits; the same splits are asked for again and again."""
    return np.stack([bucket(users, f"{seed}/{k}") for k in range(splits)])


def _moments(who: NDArray[np.bool_], y: Floats, x: Floats) -> PairMoments:
    """Summarise one arm of every split: `who` has a row a split and a column a user."""
    member = who.astype(float)
    n = member.sum(axis=1)
    if n.min() < 2:
        text = "share must leave two users or more in each arm of every split"
        raise ValueError(f"{text}, got {n.min():g} in one. Take a larger share or more users.")
    mean_y, mean_x = member @ y / n, member @ x / n

    def spread(product: Floats, means: Floats) -> Floats:
        # Rounding may leave a hair below 0 where all users are alike.
        found: Floats = (member @ product - n * means) / (n - 1)
        return found

    first = Moments(n, mean_y, np.maximum(spread(y * y, mean_y * mean_y), 0))
    second = Moments(n, mean_x, np.maximum(spread(x * x, mean_x * mean_x), 0))
    return PairMoments(first, second, spread(x * y, mean_x * mean_y))
