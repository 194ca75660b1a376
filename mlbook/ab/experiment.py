"""An experiment from its log to a sentence: one table, and a verdict that can be refused.

Chapter: 02, 11
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np

from mlbook.ab.by_unit import ARMS, by_unit, log_of
from mlbook.ab.checks import within
from mlbook.ab.metrics import Metric, Ratio
from mlbook.ab.two_arms.estimates import chance, short
from mlbook.ab.two_arms.many_tests import holm
from mlbook.ab.two_arms.sample_ratio import SampleRatio, srm

if TYPE_CHECKING:
    import pandas as pd

    from mlbook.ab.two_arms.estimates import Estimate

__all__ = ["Analysis", "Experiment", "analyze"]


@dataclass(frozen=True)
class Experiment:
    """What is measured in a test of two arms, and how.

    Parameters
    ----------
    metrics : mapping of str to Metric or str
        By name a :class:`Ratio`, a :class:`Mean` or a :class:`Share`; the name of a column stands
        for its ratio to the rows (clicks per visit).
    unit : str
        The column that names who was assigned: units are independent, rows need not be. ``"row"``
        when each row is a unit of its own.
    arms : tuple of str
        The names of control and treatment in the column `arm`.
    weights : tuple of float, optional
        The planned shares of the two. Without them they are what the run's split says, and halves
        where nothing says anything.
    alpha : float
        Level of the intervals, and of all metrics together.

    Notes
    -----
    A request that failed is a row like the others: a visit without a click. To leave it out would
    hide what the arm did to its users; how many failed is said below the table.

    The sample ratio is that of the units. With ``unit="row"`` it is that of the rows, and alarms
    without a reason where users were split and come several times.

    Examples
    --------
    >>> log = {
    ...     "arm": ["control"] * 4 + ["treatment"] * 4,
    ...     "user": [1, 1, 2, 3, 4, 5, 6, 6],
    ...     "click": [0, 1, 0, 0, 1, 1, 1, 0],
    ... }
    >>> found = Experiment({"clicks": "click"}).analyze(log)
    >>> found
            control  treatment  effect    low  high  p_value
    clicks     0.25       0.75     0.5 -0.236  1.24    0.132
    clicks: no difference found; the 95 % interval is -0.236 to +1.24 (p = 0.13).
    """

    metrics: Mapping[str, Metric | str]
    unit: str = "user"
    arms: tuple[str, str] = ARMS
    weights: tuple[float, float] | None = None
    alpha: float = 0.05

    def __post_init__(self) -> None:
        if not self.metrics:
            raise ValueError("metrics must have one metric or more, got none.")
        if len(set(self.arms)) != 2:
            raise ValueError(f"arms must be two different names, got {self.arms!r}.")
        within("alpha", self.alpha, 0, 1, "share of false alarms")

    def analyze(self, data: Any) -> Analysis:
        """Read a log.

        Parameters
        ----------
        data : Run, pandas.DataFrame or mapping of str to array
            A run, or a log with the columns `arm`, that of the unit and those of the metrics.

        Returns
        -------
        Analysis
            One table, one verdict.

        Raises
        ------
        ValueError
            When a column is missing or has a NaN, a unit occurs in both arms, or the arms have
            other names.
        """
        metrics = {
            name: Ratio(metric) if isinstance(metric, str) else metric
            for name, metric in self.metrics.items()
        }
        columns = [column for metric in metrics.values() for column in metric.columns]
        units = by_unit(log_of(data), columns, unit=self.unit, arms=self.arms)
        return Analysis(
            experiment=self,
            sample_ratio=srm(units.sizes, self.weights or _planned(data)),
            estimates={
                name: metric.estimate(*units.totals, alpha=self.alpha)
                for name, metric in metrics.items()
            },
            failed=units.failed,
        )


def analyze(
    data: Any,
    metric: Metric | str,
    unit: str = "user",
    *,
    arms: tuple[str, str] = ARMS,
    weights: tuple[float, float] | None = None,
    alpha: float = 0.05,
) -> Analysis:
    """Read one metric of a log: :class:`Experiment` with one metric.

    Parameters
    ----------
    data : Run, pandas.DataFrame or mapping of str to array
        A run, or a log with the columns `arm`, that of the unit and that of the metric.
    metric : Metric or str
        A metric, or a column whose sum over the number of rows is compared: clicks per visit.
    unit : str
        The column that names who was assigned; ``"row"`` when each row is a unit of its own.
    arms : tuple of str
        The names of control and treatment.
    weights : tuple of float, optional
        The planned shares of the two.
    alpha : float
        Level of the interval.

    Returns
    -------
    Analysis
        One row, one verdict.

    Examples
    --------
    >>> import mlbook as mb
    >>> test = mb.Split(control=mb.SharedDb(), treatment=mb.RestApi())
    >>> found = analyze(mb.run(test, mb.World(seed=1, days=7, users=50)), "click")
    >>> round(found["click"].effect, 3)
    0.039
    """
    name = metric if isinstance(metric, str) else metric.columns[0]
    experiment = Experiment({name: metric}, unit=unit, arms=arms, weights=weights, alpha=alpha)
    return experiment.analyze(data)


@dataclass(frozen=True, eq=False, kw_only=True)
class Analysis:
    """What an experiment found.

    Parameters
    ----------
    experiment : Experiment
        What was asked.
    sample_ratio : SampleRatio
        The sizes of the arms against the plan.
    estimates : mapping of str to Estimate
        By name of the metric.
    failed : tuple of int
        Requests of control and treatment that got no answer.
    """

    experiment: Experiment = field(repr=False)
    sample_ratio: SampleRatio
    estimates: Mapping[str, Estimate]
    failed: tuple[int, int]

    def __getitem__(self, metric: str) -> Estimate:
        return self.estimates[metric]

    @cached_property
    def table(self) -> pd.DataFrame:
        """One row a metric: interval and p-value by itself, and p adjusted for all (Holm)."""
        import pandas as pd

        rows = [
            [each.control, each.treatment, each.effect, *each.interval, each.p_value]
            for each in self.estimates.values()
        ]
        columns = ["control", "treatment", "effect", "low", "high", "p_value"]
        table = pd.DataFrame(rows, index=list(self.estimates), columns=columns)
        return table.assign(p_holm=holm(table["p_value"].to_numpy()))

    @property
    def refused(self) -> bool:
        """Whether the sizes of the arms forbid to read the metrics."""
        return not self.sample_ratio.ok

    @property
    def verdict(self) -> str:
        """What may be said, in words: a line a metric, or why nothing may be said."""
        if self.refused:
            return _refusal(self.sample_ratio, self.experiment.unit)
        found = zip(self.estimates.items(), self.table["p_holm"], strict=True)
        lines = [_sentence(name, each, p) for (name, each), p in found]
        if sum(self.failed):
            control, treatment = self.failed
            lines.append(
                f"{control:,} requests of control and {treatment:,} of treatment failed; they "
                "count as visits without a click."
            )
        return "\n".join(lines)

    @property
    def _shown(self) -> pd.DataFrame:
        """The table; of one metric without the adjusted p, which is the same."""
        return self.table.drop(columns="p_holm") if len(self.table) == 1 else self.table

    def __repr__(self) -> str:
        if self.refused:
            return self.verdict
        table = self._shown.to_string(float_format=short)
        return f"{table}\n{self.verdict}"

    def _repr_html_(self) -> str:
        text = "<br>".join(escape(line) for line in self.verdict.splitlines())
        if self.refused:
            return f"<p><strong>{text}</strong></p>"
        table = self._shown.to_html(escape=True, float_format=short)
        return f"{table}<p>{text}</p>"


def _planned(data: Any) -> tuple[float, float] | None:
    """Ask a run's split which share of the users the treatment was to get."""
    share = getattr(getattr(data, "pattern", None), "treatment_share", None)
    return None if share is None else (1 - share, share)


def _refusal(ratio: SampleRatio, unit: str) -> str:
    sizes, planned = (
        " and ".join(f"{size:,.10g}" for size in each) for each in (ratio.counts, ratio.expected)
    )
    return (
        f"No verdict. The arms have {sizes} units ({unit}) where {planned} were planned; a sound "
        f"split is so far off with {chance(ratio.p_value)}. Whoever is missing may differ from the "
        "others, so no metric can be read. Find the cause (redirects, bots, lost logs, a filter "
        "that one arm triggers), repair it, and run again."
    )


def _sentence(name: str, found: Estimate, p: float) -> str:
    low, high = found.interval
    if not np.isfinite(low):
        at = f"{short(found.control)} and {short(found.treatment)}"
        return f"{name}: does not vary within the arms ({at}), so nothing can be said."
    ends = f"{short(low, '+')} to {short(high, '+')}"
    interval = f"{100 * (1 - found.alpha):g} % interval"
    if p >= found.alpha:
        return f"{name}: no difference found; the {interval} is {ends} ({chance(p)})."
    word = "higher" if found.effect > 0 else "lower"
    lift = f" ({100 * found.effect / found.control:+.1f} %)" if found.control > 0 else ""
    size = f"{short(abs(found.effect))}{lift}"
    return f"{name}: {word} in treatment by {size}, {interval} {ends}, {chance(p)}."
