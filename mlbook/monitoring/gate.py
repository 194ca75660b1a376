"""A gate in CI for code and data: whether a model, trained on these rows, meets users.

    new rows ──▶ [columns? rows? missing? moved?] ──┐
                                                    ├──▶ passed, or blocked with the reasons
    hold-out ──▶ [no worse than the one in use?     ┘
                  better than no model at all?]

The same code with other data is another build: the data are checked against the last ones that were
good, the model against the one in use.

Chapter: 11
"""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np

from mlbook.monitoring.verdicts import Check, Verdict
from mlbook.validate import fraction, number, shown

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import ArrayLike, NDArray

__all__ = ["Gate"]

NEARLY_SURE = 1e-6  # a score of 0 or 1 that is wrong would cost infinitely much


@dataclass(frozen=True, kw_only=True)
class Gate:
    """The rules of a build; every limit is a choice, to be argued about before the first red build.

    Parameters
    ----------
    rows_at_least : float
        Rows of the new data, as a share of the rows of the last.
    missing_at_most : float
        How much larger the share of missing values of a column may be than in the last data.
    moved_at_most : float
        How far a column's distribution may move: the largest gap between the two cumulative shares
        of a number (the distance of Kolmogorov and Smirnov), half the summed change of the shares
        of any other column; 0 is the same, 1 has nothing in common.
    worse_at_most : float
        Log loss a row by which the candidate may be worse than the model in use.
    sure : float
        How sure it must be that it is no worse than that: the confidence of a one-sided interval.

    Notes
    -----
    The quality check is one of non-inferiority. With `d` the mean of the paired differences of the
    log losses, candidate minus current, and `s` their standard error, it passes when
    ``d + z s <= worse_at_most``, `z` being the normal quantile of `sure`. A small hold-out has a
    large `s`: then also a good candidate is blocked, because nobody can know. The rows count as
    independent.

    Examples
    --------
    >>> import pandas as pd
    >>> last = pd.DataFrame({"price": [1200.0, 800.0, 2500.0, 900.0]})
    >>> Gate().data(last / 1000, last)
    BLOCKED
    distribution of price: moved by 1.00, at most 0.10
    """

    rows_at_least: float = 0.5
    missing_at_most: float = 0.01
    moved_at_most: float = 0.10
    worse_at_most: float = 0.005
    sure: float = 0.95

    def __post_init__(self) -> None:
        number("rows_at_least", self.rows_at_least, at_least=0, unit="share of the last rows")
        fraction("missing_at_most", self.missing_at_most, unit="share of the rows")
        fraction("moved_at_most", self.moved_at_most, unit="share of the rows")
        number("worse_at_most", self.worse_at_most, at_least=0, unit="log loss a row")
        if not 0 < number("sure", self.sure, at_least=0, at_most=1, unit="a confidence") < 1:
            raise ValueError(f"sure must be between 0 and 1 (a confidence), got {self.sure}.")

    def data(self, new: pd.DataFrame, last: pd.DataFrame) -> Verdict:
        """Compare new rows with the last ones that were good.

        Parameters
        ----------
        new, last : pandas.DataFrame
            The rows that a training would read.

        Returns
        -------
        Verdict
            One check of the columns, one of the number of rows, and two a common column.

        Raises
        ------
        ValueError
            When `last` has no rows to compare with.
        """
        if not len(last):
            raise ValueError(
                "last must have rows to compare with, got none. Use the last good build."
            )
        both = [name for name in last.columns if name in new.columns]
        checks = [self._columns(new, last), self._rows(new, last)]
        for name in both:
            checks.append(self._missing(name, new[name], last[name]))
            checks.append(self._moved(name, new[name].dropna(), last[name].dropna()))
        return Verdict(tuple(checks))

    def quality(self, clicked: ArrayLike, current: ArrayLike, candidate: ArrayLike) -> Verdict:
        """Compare a candidate with the model in use, and with no model at all.

        Parameters
        ----------
        clicked : array_like of shape (n,)
            What happened in the hold-out, 0 or 1.
        current, candidate : array_like of shape (n,)
            The probabilities that the two models gave before.

        Returns
        -------
        Verdict
            Two checks. A candidate that gives no number where one is asked is blocked.

        Raises
        ------
        ValueError
            When the three are not equally long, or hold what cannot be a label or a probability.
        """
        labels, old, new = _hold_out(clicked, current, candidate)
        if np.isnan(new).any():
            lost = f"{np.isnan(new).sum()} of {new.size} rows without a score"
            share = float(np.isnan(new).mean())
            return Verdict((Check("scores", "candidate", share, 0.0, passed=False, says=lost),))
        loss = _log_loss(labels, new)
        gap = loss - _log_loss(labels, old)
        constant = _log_loss(labels, np.full(labels.size, labels.mean()))
        return Verdict((self._no_worse(gap), _sane(float(loss.mean()), float(constant.mean()))))

    def _columns(self, new: pd.DataFrame, last: pd.DataFrame) -> Check:
        lost = [f"no {name!r}" for name in last.columns if name not in new.columns]
        found = [f"unknown {name!r}" for name in new.columns if name not in last.columns]
        kinds = [
            f"{name!r} is {_kind(new[name])}, was {_kind(last[name])}"
            for name in last.columns
            if name in new.columns and _kind(new[name]) != _kind(last[name])
        ]
        wrong = lost + found + kinds
        says = ", ".join(wrong) or "as before"
        return Check("columns", "new data", len(wrong), 0.0, not wrong, says)

    def _rows(self, new: pd.DataFrame, last: pd.DataFrame) -> Check:
        limit = self.rows_at_least * len(last)
        says = f"{len(new):,}, at least {limit:,.0f}"
        return Check("rows", "new data", len(new), limit, len(new) >= limit, says)

    def _missing(self, name: str, new: pd.Series, last: pd.Series) -> Check:
        before, now = last.isna().mean(), new.isna().mean() if len(new) else 1.0
        limit = before + self.missing_at_most
        says = f"{100 * now:.1f} %, at most {100 * limit:.1f} %"
        return Check("missing values", name, now, limit, bool(now <= limit), says)

    def _moved(self, name: str, new: pd.Series, last: pd.Series) -> Check:
        moved = _distance(new, last)
        says = f"moved by {moved:.2f}, at most {self.moved_at_most:.2f}"
        limit = self.moved_at_most
        return Check("distribution", name, moved, limit, moved <= limit, says)

    def _no_worse(self, gap: NDArray[np.float64]) -> Check:
        error = float(gap.std(ddof=1)) / np.sqrt(gap.size)
        upto = float(gap.mean()) + NormalDist().inv_cdf(self.sure) * error
        says = (
            f"{gap.mean():+.4f} log loss against the model in use, up to {upto:+.4f} "
            f"({100 * self.sure:g} % sure), at most {self.worse_at_most:+.4f}"
        )
        limit = self.worse_at_most
        return Check("quality", "candidate", upto, limit, upto <= limit, says)


def _sane(loss: float, constant: float) -> Check:
    says = f"log loss {loss:.4f}, that of the mean alone {constant:.4f}"
    return Check("sense", "candidate", loss, constant, loss < constant, says)


def _kind(column: pd.Series) -> str:
    from pandas.api.types import is_bool_dtype, is_numeric_dtype

    if is_bool_dtype(column):
        return "yes or no"
    return "a number" if is_numeric_dtype(column) else "text"


def _distance(new: pd.Series, last: pd.Series) -> float:
    """Tell how far two samples are apart, 0 to 1; nothing at all is as far as can be."""
    if not len(new) or not len(last):
        return float(len(new) != len(last))
    if _kind(new) == _kind(last) == "a number":
        one, other = np.sort(new.to_numpy(float)), np.sort(last.to_numpy(float))
        at = np.concatenate([one, other])
        below = [np.searchsorted(each, at, side="right") / each.size for each in (one, other)]
        return float(np.abs(below[0] - below[1]).max())
    shares = new.astype(str).value_counts(normalize=True)
    change = shares.sub(last.astype(str).value_counts(normalize=True), fill_value=0.0)
    return float(change.abs().sum() / 2)


def _hold_out(*columns: ArrayLike) -> list[NDArray[np.float64]]:
    names = ("clicked", "current", "candidate")
    arrays = [np.asarray(column, dtype=float) for column in columns]
    for name, values in zip(names, arrays, strict=True):
        if values.ndim != 1 or values.size != arrays[0].size or values.size < 2:
            text = f"{name} must be a row of at least two values, as many as clicked"
            raise ValueError(f"{text}, got {shown(values)}. Score the same hold-out twice.")
        known = values[~np.isnan(values)] if name == "candidate" else values
        if not ((known >= 0) & (known <= 1)).all():
            rule = "0 or 1" if name == "clicked" else "probabilities, 0 to 1"
            raise ValueError(f"{name} must be {rule}, got {shown(values)}.")
    return arrays


def _log_loss(labels: NDArray[np.float64], scores: NDArray[np.float64]) -> NDArray[np.float64]:
    scores = np.clip(scores, NEARLY_SURE, 1 - NEARLY_SURE)
    loss: NDArray[np.float64] = -np.log(np.where(labels > 0.5, scores, 1 - scores))
    return loss
