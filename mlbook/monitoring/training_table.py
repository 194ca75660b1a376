"""The rows that a training reads, as a table: what the gate looks at before anybody trains."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlbook.validate import number

if TYPE_CHECKING:
    import pandas as pd

    from mlbook.world import ReplayWorld, World

__all__ = ["training_rows"]


def training_rows(world: World | ReplayWorld, asof_s: float) -> pd.DataFrame:
    """Collect what a training reads at one instant, as :func:`mlbook.model.train` does.

    Parameters
    ----------
    world : World or ReplayWorld
        The shop, or the shop as somebody knows it whose log is faulty.
    asof_s : float
        When the training reads its data, in seconds.

    Returns
    -------
    pandas.DataFrame
        One row a visit whose click is known, of the last four days: the features by their names,
        each as of its own time, and `clicked`.

    Examples
    --------
    >>> from mlbook.units import DAY
    >>> from mlbook.world import World
    >>> rows = training_rows(World(seed=1, days=3), 2 * DAY)
    >>> rows.columns[:2].tolist(), "clicked" in rows
    (['share_of_recent_activity', 'log_recent_activity'], True)
    """
    import pandas as pd

    number("asof_s", asof_s, at_least=0, unit="seconds since the start of the world")
    known = world.labelled(asof_s)
    columns = world.features(known.user, known.item, known.at_s)
    return pd.DataFrame(columns, columns=world.features.names).assign(clicked=known.clicked)
