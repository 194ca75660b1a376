"""A real week: one campaign of the Open Bandit log, replayed through the same interface.

Honest limits: the log has no user id, so its "user" is a *segment*, the tuple of four anonymised
user features. Only the click of the item that was shown is known: there is no counterfactual, no
revenue, and with about fifty clicks a campaign and policy no ranker to speak of.

Chapter: 06, 07
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

import numpy as np
from numpy.typing import NDArray

from mlbook.files import data_file
from mlbook.units import DAY, SECOND
from mlbook.validate import one_of
from mlbook.world.features import Activity, Catalog, Features
from mlbook.world.visits import Labels, Visits

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["ReplayWorld"]


class ReplayWorld:
    """A campaign of the real log: its times, items, segments and clicks.

    Parameters
    ----------
    campaign : str
        ``"all"`` (80 items), ``"men"`` (34) or ``"women"`` (46).
    policy : str
        Who chose the items: ``"random"``, ``"bts"`` (Bernoulli Thompson sampling) or ``"both"``.

    Notes
    -----
    Second 0 is 24 November 2019, 00:00 UTC, which is nine in the morning in Japan. The sample is
    thinned: the shape of the day is real, the rate is not. An impression enters the activity log
    one second after it was requested.

    References
    ----------
    Y. Saito, S. Aihara, M. Matsutani, Y. Narita, "Open Bandit Dataset and Pipeline", NeurIPS 2021
    Datasets and Benchmarks, arXiv:2008.07146. Data dictionary: ``data/README.md``.

    Examples
    --------
    >>> week = ReplayWorld("men")
    >>> len(week.visits), int(week.visits.clicked.sum())
    (20000, 115)
    """

    default_warmup_s = 1 * DAY
    served_from_s = 0.0
    label = "the real week"
    first_hour = 9  # second 0 is nine in the morning in Japan

    def __init__(self, campaign: str = "men", policy: str = "both") -> None:
        self.campaign = one_of("campaign", campaign, ["all", "men", "women"])
        self.policy = one_of("policy", policy, ["random", "bts", "both"])
        self.seed, self.days, self.label_delay = 0, 7.0, 0.0
        self.horizon_s = 7 * DAY
        log = self._read()
        at_s = log["requested_at_s"].to_numpy(float)
        self.segments, user = _segments(log)
        self.users = len(self.segments)
        item = log["item"].to_numpy(np.int64)
        self.catalog = _catalog(self.campaign)
        self.activity = Activity(at_s + 1 * SECOND, user, item)
        self.features = Features(self.activity, self.catalog)
        clicked = log["click"].to_numpy(bool)[:, None]
        self.visits = Visits(
            at_s=at_s,
            user=user,
            slate=item[:, None],
            shown=np.zeros(at_s.size, dtype=np.int64),
            clicked=clicked,
            revenue=np.full(clicked.shape, np.nan),
            probability=np.full(clicked.shape, np.nan),
        )

    def __repr__(self) -> str:
        return (
            f"ReplayWorld({self.campaign!r}, policy={self.policy!r}): {len(self.visits):,} visits, "
            f"{int(self.visits.clicked.sum())} clicks, {self.users} segments"
        )

    def _read(self) -> pd.DataFrame:
        import pandas as pd

        log = pd.read_csv(data_file("obd_clicks.csv.gz"))
        log = log[log["campaign"] == self.campaign]
        if self.policy != "both":
            log = log[log["policy"] == self.policy]
        return log.sort_values("requested_at_s", kind="stable", ignore_index=True)

    @property
    def truth(self) -> NoReturn:
        """Not known: raises AttributeError with the reason."""
        text = (
            "a real log has no truth: only the click of the item that was shown is known, not the "
            "probability behind it. Use mb.World for questions that need it."
        )
        raise AttributeError(text)

    def labelled(self, until_s: float) -> Labels:
        """Give the rows that a training at `until_s` can know, of the last four days.

        Parameters
        ----------
        until_s : float
            When the training reads its data, in seconds.

        Returns
        -------
        Labels
            Impressions and whether they were clicked.
        """
        return self.visits.labelled(until_s)


def _segments(log: pd.DataFrame) -> tuple[pd.DataFrame, NDArray[np.int64]]:
    """Number the distinct tuples of user features in the order of their codes."""
    columns = ["u0", "u1", "u2", "u3"]
    groups = log.groupby(columns, sort=True)
    return groups.size().rename("impressions").reset_index(), groups.ngroup().to_numpy().astype(
        np.int64
    )


def _catalog(campaign: str) -> Catalog:
    import pandas as pd

    items = pd.read_csv(data_file("obd_items.csv"))
    items = items[items["campaign"] == campaign].sort_values("item")
    category = items["c1"].rank(method="dense").to_numpy().astype(np.int64) - 1
    return Catalog(category, items["x0"].to_numpy(float))
