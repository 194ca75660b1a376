"""Metrics of an experiment: how a log becomes one number a user, and which test reads them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from mlbook.ab.two_arms.covariate import cuped
from mlbook.ab.two_arms.mean import means
from mlbook.ab.two_arms.moments import PairMoments
from mlbook.ab.two_arms.proportion import proportions
from mlbook.ab.two_arms.ratio_metric import ratio

if TYPE_CHECKING:
    from mlbook.ab.two_arms.estimates import Estimate

__all__ = ["Mean", "Metric", "Ratio", "Share"]

Totals = Mapping[str, NDArray[np.float64]]  # by column, the sum over each unit's rows


class Metric(Protocol):
    """What :class:`mlbook.ab.Experiment` asks of a metric."""

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of the log that it needs."""

    def estimate(self, control: Totals, treatment: Totals, alpha: float) -> Estimate:
        """Compare the arms.

        Parameters
        ----------
        control, treatment : mapping of str to ndarray of shape (units,)
            Of each arm by column the sum over each unit's rows, and ``"rows"``, their number.
        alpha : float
            Level of the interval.

        Returns
        -------
        Estimate
            Treatment minus control.
        """


@dataclass(frozen=True)
class Mean(Metric):
    """The total of a column, per unit: yen a user.

    Parameters
    ----------
    column : str
        What is summed over each unit's rows.
    before : str, optional
        A column with what was known of the unit before the experiment, for CUPED.

    Notes
    -----
    Welch's t test, :func:`mlbook.ab.means`; with `before`, :func:`mlbook.ab.cuped`. Units without a
    row in the log are not there at all.
    """

    column: str
    before: str | None = None

    @property
    def columns(self) -> tuple[str, ...]:
        return (self.column, self.before) if self.before else (self.column,)

    def estimate(self, control: Totals, treatment: Totals, alpha: float) -> Estimate:
        if self.before is None:
            return means(control[self.column], treatment[self.column], alpha=alpha)
        first, second = (
            PairMoments.of(arm[self.column], arm[self.before] / arm["rows"])
            for arm in (control, treatment)
        )
        return cuped(first, second, alpha=alpha)


@dataclass(frozen=True)
class Ratio(Metric):
    """The total of a column over that of another one, or over the rows: clicks per visit.

    Parameters
    ----------
    column : str
        What is summed.
    per : str
        What it is divided by: a column, or ``"rows"`` for the number of rows.

    Notes
    -----
    The delta method over units, :func:`mlbook.ab.ratio`.
    """

    column: str
    per: str = "rows"

    @property
    def columns(self) -> tuple[str, ...]:
        return (self.column,) if self.per == "rows" else (self.column, self.per)

    def estimate(self, control: Totals, treatment: Totals, alpha: float) -> Estimate:
        first, second = (
            PairMoments.of(arm[self.column], arm[self.per]) for arm in (control, treatment)
        )
        return ratio(first, second, alpha=alpha)


@dataclass(frozen=True)
class Share(Metric):
    """The share of the units with more than 0 in a column: users who clicked at all.

    Parameters
    ----------
    column : str
        What must be above 0 in one of the unit's rows.

    Notes
    -----
    The pooled z test, :func:`mlbook.ab.proportions`. Do not mix it up with clicks per visit.
    """

    column: str

    @property
    def columns(self) -> tuple[str, ...]:
        return (self.column,)

    def estimate(self, control: Totals, treatment: Totals, alpha: float) -> Estimate:
        totals = control[self.column], treatment[self.column]
        clicks, n = [int((each > 0).sum()) for each in totals], [each.size for each in totals]
        return proportions(clicks, n, alpha=alpha)
