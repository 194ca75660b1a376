"""The real log as an A/B test: a week in which two policies served a fashion shop side by side.

Chapter: 02
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlbook.files import data_file
from mlbook.validate import one_of

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["real_log"]


def real_log(campaign: str = "men") -> pd.DataFrame:
    """Read one campaign of the Open Bandit log as a test of two arms.

    Parameters
    ----------
    campaign : str
        ``"all"``, ``"men"`` or ``"women"``.

    Returns
    -------
    pandas.DataFrame
        20,000 impressions in the order of their time, with the columns of ``data/README.md`` and
        `arm`: ``"control"`` chose items at random, ``"treatment"`` by Bernoulli Thompson sampling.

    Notes
    -----
    No user is named: rows are impressions, and an analysis has to say ``unit="row"``. Somebody who
    came twice counts as two, so the intervals are a little too narrow; how much, nobody can know.
    10,000 rows of each policy were sampled, so that the sizes of the arms say nothing of the split.

    References
    ----------
    Y. Saito, S. Aihara, M. Matsutani, Y. Narita, "Open Bandit Dataset and Pipeline", NeurIPS 2021
    Datasets and Benchmarks, arXiv:2008.07146.

    Examples
    --------
    >>> real_log("men").groupby("arm")["click"].sum().to_dict()
    {'control': 46, 'treatment': 69}
    """
    import pandas as pd

    one_of("campaign", campaign, ["all", "men", "women"])
    log = pd.read_csv(data_file("obd_clicks.csv.gz"))
    mine = log[log["campaign"] == campaign].sort_values("requested_at_s", kind="stable")
    arm = mine["policy"].map({"random": "control", "bts": "treatment"})
    return mine.assign(arm=arm).reset_index(drop=True)
