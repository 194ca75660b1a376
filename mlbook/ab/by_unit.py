"""From a log to its units: who was in which arm, and the sum of each column over his rows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mlbook.ab.checks import finite
from mlbook.status import failed
from mlbook.validate import did_you_mean, shown

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["ARMS", "Units", "by_unit", "column_of", "log_of", "treated_rows"]

ARMS = ("control", "treatment")


@dataclass(frozen=True, eq=False)
class Units:
    """The units of two arms.

    Parameters
    ----------
    totals : tuple of dict of str to ndarray
        Of control and treatment by column the sum over each unit's rows; ``"rows"`` counts them.
    failed : tuple of int
        Requests of each arm that got no answer, as far as the log tells.
    """

    totals: tuple[dict[str, NDArray[np.float64]], dict[str, NDArray[np.float64]]]
    failed: tuple[int, int]

    @property
    def sizes(self) -> tuple[int, int]:
        """How many units each arm has."""
        return self.totals[0]["rows"].size, self.totals[1]["rows"].size


def log_of(data: Any) -> pd.DataFrame:
    """Take the request log of a run, or make a table of what was passed.

    Parameters
    ----------
    data : Run, pandas.DataFrame or mapping of str to array
        What was logged.

    Returns
    -------
    pandas.DataFrame
        One row a request, or a user, or whatever is counted.

    Raises
    ------
    TypeError
        When no table can be made of it.
    """
    import pandas as pd

    log = getattr(data, "requests", data)
    try:
        table = pd.DataFrame(log)
    except (TypeError, ValueError) as error:
        text = "data must be a run, a DataFrame or a dict of columns of one length"
        raise TypeError(f"{text}, got {shown(data)}.") from error
    if table.empty:
        raise ValueError("data must have rows, got an empty log.")
    return table


def by_unit(
    log: pd.DataFrame, columns: Iterable[str], *, unit: str, arms: tuple[str, str]
) -> Units:
    """Add up the rows of each unit.

    Parameters
    ----------
    log : pandas.DataFrame
        With the columns `arm`, that of the unit, and those that are asked for.
    columns : iterable of str
        What is added up.
    unit : str
        The column that names the unit; ``"row"`` when each row is one of its own.
    arms : tuple of str
        Names of control and treatment.

    Returns
    -------
    Units
        The two arms.

    Raises
    ------
    ValueError
        When a column is missing or has a NaN, a unit occurs in both arms, an arm has fewer than two
        units, or there are other arms.
    """
    wanted = list(dict.fromkeys(columns))
    values = {name: finite(f"data[{name!r}]", column_of(log, name), "numbers") for name in wanted}
    treated = treated_rows(column_of(log, "arm").astype(str), arms)
    code = np.arange(len(log)) if unit == "row" else _codes(log, unit)
    rows = np.bincount(code)
    mine = np.bincount(code, weights=treated)
    _in_one_arm(log, unit, code, (mine > 0) & (mine < rows))
    values["rows"] = np.ones(code.size)
    sums = {name: np.bincount(code, weights=column) for name, column in values.items()}
    lost = _lost(log)
    control, treatment = (
        {name: np.asarray(total[its], dtype=float) for name, total in sums.items()}
        for its in (mine == 0, mine > 0)
    )
    failed = int((lost & ~treated).sum()), int((lost & treated).sum())
    units = Units((control, treatment), failed)
    for name, size in zip(arms, units.sizes, strict=True):
        if size < 2:
            text = f"data must have two units or more in each arm, got {size} in {name!r}"
            raise ValueError(f"{text}. A single {unit} has no spread to compare with.")
    return units


def column_of(log: pd.DataFrame, name: str) -> NDArray[Any]:
    """Take one column of a log.

    Parameters
    ----------
    log : pandas.DataFrame
        The log.
    name : str
        The column.

    Returns
    -------
    ndarray
        Its values.

    Raises
    ------
    ValueError
        When there is none of that name.
    """
    if name not in log.columns:
        near = did_you_mean(name, map(str, log.columns))
        some = ", ".join(map(repr, log.columns[:20]))
        raise ValueError(f"data must have a column {name!r}, got {some}.{near}")
    column: NDArray[Any] = log[name].to_numpy()
    return column


def _codes(log: pd.DataFrame, unit: str) -> NDArray[np.int64]:
    import pandas as pd

    if unit not in log.columns:
        near = did_you_mean(unit, map(str, log.columns))
        text = f"unit must be a column of data that names who was assigned, got {unit!r}.{near}"
        raise ValueError(f'{text} If every row is a unit of its own, say unit="row".')
    codes, _ = pd.factorize(log[unit])
    if (codes < 0).any():
        lost = int((codes < 0).sum())
        raise ValueError(f"data[{unit!r}] must name a unit in every row, got none in {lost} rows.")
    return codes


def treated_rows(arm: NDArray[Any], arms: tuple[str, str] = ARMS) -> NDArray[np.bool_]:
    """Tell which rows are of the treatment.

    Parameters
    ----------
    arm : ndarray
        The arm of each row.
    arms : tuple of str
        The names of control and treatment.

    Returns
    -------
    ndarray of bool
        True for treatment.

    Raises
    ------
    ValueError
        When the rows have other arms, or one only.
    """
    found = np.unique(arm.astype(str)).tolist()
    if set(found) != set(arms):
        text = f"data must have just the arms {arms[0]!r} and {arms[1]!r}"
        got = ", ".join(map(repr, found[:8]))
        step = "Name yours: arms=(control, treatment); leave out the rows of any other."
        raise ValueError(f"{text}, got {got}. {step}")
    treated: NDArray[np.bool_] = arm.astype(str) == arms[1]
    return treated


def _in_one_arm(
    log: pd.DataFrame, unit: str, code: NDArray[np.int64], both: NDArray[np.bool_]
) -> None:
    if not both.any():
        return
    first = log[unit].iloc[int(np.flatnonzero(both[code])[0])]
    text = f"data must have each {unit} in one arm, got {both.sum():,} of {both.size:,} in both"
    step = "They were not split by that unit: find out how they were."
    raise ValueError(f"{text}, the first is {first}. {step}")


def _lost(log: pd.DataFrame) -> NDArray[np.bool_]:
    """Tell which requests got no answer; nothing is known of a log without a status."""
    if "status" not in log.columns:
        return np.zeros(len(log), dtype=bool)
    return failed(log["status"].to_numpy())
