"""Tables of counts: an exact test, odds over several strata, and whether the arms are alike."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import chdtrc, ndtri

from mlbook.ab.checks import clicks_of, two_arms, whole, within

__all__ = ["OddsRatio", "balance", "fisher", "stratified"]

ENOUGH = 5  # expected counts below it make the chi-square test wrong


def fisher(clicks: ArrayLike, n: ArrayLike) -> float:
    """Compare two shares by Fisher's exact test.

    Parameters
    ----------
    clicks : array_like of shape (2,)
        How many units did it, in control and treatment.
    n : array_like of shape (2,)
        How many units there are in each.

    Returns
    -------
    float
        The two-sided p-value: of all tables with the same margins, those that are no likelier.

    Raises
    ------
    ValueError
        When an arm is empty, or has more clicks than units.

    Examples
    --------
    >>> round(fisher([46, 69], [10_000, 10_000]), 3)
    0.039
    """
    from scipy.stats import fisher_exact

    done, rest = _table(clicks, n)
    if done.ndim > 1:
        raise ValueError(f"clicks must be of one experiment, got an array of shape {done.shape}.")
    return float(fisher_exact(np.array([done, rest], dtype=np.int64)).pvalue)


class OddsRatio(NamedTuple):
    """The odds of treatment over those of control, the same in all strata.

    Parameters
    ----------
    odds_ratio : float
        1 without an effect.
    interval : tuple of float
        Low and high end.
    p_value : float
        Two-sided.
    """

    odds_ratio: float
    interval: tuple[float, float]
    p_value: float


def stratified(clicks: ArrayLike, n: ArrayLike, *, alpha: float = 0.05) -> OddsRatio:
    """Compare two shares within strata, and put the strata together.

    Parameters
    ----------
    clicks : array_like of shape (strata, 2)
        How many units did it, in control and treatment of each stratum (a campaign, a country).
    n : array_like of shape (strata, 2)
        How many units there are.
    alpha : float
        Level of the interval.

    Returns
    -------
    OddsRatio
        Of Mantel and Haenszel.

    Raises
    ------
    ValueError
        When an arm is empty, has more clicks than units, or nobody clicks in an arm of any stratum.

    Notes
    -----
    Conventions: the p-value is that of the Cochran-Mantel-Haenszel test without a continuity
    correction, the interval that of Robins, Breslow and Greenland (1986).

    Examples
    --------
    >>> found = stratified([[38, 42], [46, 69], [46, 46]], [[10_000, 10_000]] * 3)
    >>> round(found.odds_ratio, 2), round(found.p_value, 3)
    (1.21, 0.11)
    """
    done, rest = _table(np.atleast_2d(clicks), np.atleast_2d(n))
    within("alpha", alpha, 0, 1, "share of false alarms")
    (c, a), (d, b), total = done.T, rest.T, (done + rest).sum(axis=-1)
    for_it, against = a * d / total, b * c / total
    if for_it.sum() == 0 or against.sum() == 0:
        text = "clicks must leave odds in both arms of a stratum (some clicks, and some without)"
        raise ValueError(f"{text}, got {done.tolist() if done.size < 9 else done.shape}.")
    odds = for_it.sum() / against.sum()
    treated, clicked = a + b, a + c
    variance = treated * (c + d) * clicked * (b + d) / (total**2 * (total - 1))
    chi2 = (a - treated * clicked / total).sum() ** 2 / variance.sum()
    p, q = (a + d) / total, (b + c) / total
    log_variance = (
        (p * for_it).sum() / for_it.sum() ** 2
        + (p * against + q * for_it).sum() / (for_it.sum() * against.sum())
        + (q * against).sum() / against.sum() ** 2
    ) / 2
    factor = float(np.exp(-ndtri(alpha / 2) * np.sqrt(log_variance)))
    return OddsRatio(
        float(odds), (float(odds / factor), float(odds * factor)), float(chdtrc(1, chi2))
    )


def balance(counts: ArrayLike) -> float:
    """Test whether a feature of the users is spread alike over the arms.

    Parameters
    ----------
    counts : array_like of shape (arms, levels)
        How many units of each arm have each level of the feature.

    Returns
    -------
    float
        The p-value of the chi-square test; 1 when there are not two levels to compare.

    Raises
    ------
    ValueError
        When the table has not two rows or more, or an arm is empty.

    Notes
    -----
    Conventions: no correction; levels that are expected fewer than 5 times in an arm are left out,
    because the test would be wrong with them.

    Examples
    --------
    >>> round(balance([[1200, 800, 3], [1100, 900, 1]]), 4)
    0.0014
    """
    table = whole("counts", counts, "units of each arm with each level")
    if table.ndim != 2 or len(table) < 2 or (table.sum(axis=1) == 0).any():
        text = "counts must have a row for each of two arms or more, and units in each"
        raise ValueError(f"{text}, got an array of shape {table.shape}.")
    often = (_expected(table) >= ENOUGH).all(axis=0)
    if often.sum() < 2:
        return 1.0
    table = table[:, often]
    chi2 = ((table - _expected(table)) ** 2 / _expected(table)).sum()
    return float(chdtrc((len(table) - 1) * (table.shape[1] - 1), chi2))


def _expected(table: NDArray[np.float64]) -> NDArray[np.float64]:
    rows, columns = table.sum(axis=1), table.sum(axis=0)
    expected: NDArray[np.float64] = rows[:, None] * columns / rows.sum()
    return expected


def _table(clicks: ArrayLike, n: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Count those who did it, and the rest."""
    done, total = clicks_of(clicks, n)
    two_arms("clicks", done)
    return done, total - done
