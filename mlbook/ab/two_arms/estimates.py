"""An estimate: the difference of two arms, how well it is known, and the p-value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri, stdtr, stdtrit

from mlbook.ab.checks import plain, within

__all__ = ["Estimate", "by_normal", "by_t", "chance", "ends", "over", "short"]


@dataclass(frozen=True, eq=False, kw_only=True)
class Estimate:
    """What two arms tell about an effect.

    Parameters
    ----------
    control, treatment : float or ndarray
        The metric in each arm.
    effect : float or ndarray
        Treatment minus control; of a relative lift, treatment / control - 1.
    standard_error : float or ndarray
        Standard error of the effect.
    interval : tuple of (float or ndarray, float or ndarray)
        Low and high end of the interval of the effect, which covers the truth in a share 1 - alpha
        of all experiments.
    statistic : float or ndarray
        The z or t of the test, for a boundary to compare with.
    p_value : float or ndarray
        Two-sided: how often chance alone gives an effect at least as large.
    alpha : float
        The level of the interval: 0.05 for 95 %.
    test : str
        How the p-value was made.

    Notes
    -----
    With a leading axis in the input, every number is an array with that axis: one estimate each.

    Examples
    --------
    >>> import mlbook as mb
    >>> mb.ab.proportions([46, 69], [10_000, 10_000])
    0.0046 to 0.0069: +0.0023 (95 % interval +0.000204 to +0.0044), p = 0.031, pooled z test
    >>> mb.ab.proportions([[46, 69], [46, 46]], [10_000, 10_000]).p_value.round(3).tolist()
    [0.031, 1.0]
    """

    control: Any
    treatment: Any
    effect: Any
    standard_error: Any
    interval: tuple[Any, Any]
    statistic: Any
    p_value: Any
    alpha: float
    test: str

    @property
    def significant(self) -> Any:
        """Whether the p-value is below alpha: a bool, or an array of them."""
        return self.p_value < self.alpha

    def __repr__(self) -> str:
        if np.ndim(self.effect):
            found = np.mean(self.significant)
            shape = " x ".join(f"{size:,}" for size in np.shape(self.effect))
            return f"{shape} estimates, {found:.1%} with p < {self.alpha:g}, {self.test}"
        low, high = self.interval
        return (
            f"{short(self.control)} to {short(self.treatment)}: {short(self.effect, '+')} "
            f"({100 * (1 - self.alpha):g} % interval {short(low, '+')} to {short(high, '+')}), "
            f"{chance(self.p_value)}, {self.test}"
        )


def short(value: float, sign: str = "") -> str:
    """Say a number in three digits, or in whole ones with separators.

    Parameters
    ----------
    value : float
        The number.
    sign : str
        ``"+"`` to write the sign of positive numbers, too.

    Returns
    -------
    str
        The text.

    Examples
    --------
    >>> short(0.00204), short(1184.6, "+"), short(-np.inf)
    ('0.00204', '+1,185', '-inf')
    """
    whole = 1000 <= abs(value) < 1e15
    return format(value, f"{sign},.0f" if whole else f"{sign}.3g")


def chance(p_value: float) -> str:
    """Say a p-value, never as 0.

    Parameters
    ----------
    p_value : float
        The number.

    Returns
    -------
    str
        ``"p = 0.031"``, or that it is below a millionth of a millionth.

    Examples
    --------
    >>> chance(0.03148), chance(0.0)
    ('p = 0.031', 'p < 1e-12')
    """
    return f"p = {p_value:.2g}" if p_value >= 1e-12 else "p < 1e-12"


def by_normal(
    control: NDArray[np.float64],
    treatment: NDArray[np.float64],
    effect: NDArray[np.float64],
    error: NDArray[np.float64],
    *,
    z: NDArray[np.float64],
    alpha: float,
    test: str,
) -> Estimate:
    """Make an estimate whose effect is normal around the truth.

    Parameters
    ----------
    control, treatment, effect, error : ndarray
        The metric in both arms, the effect and its standard error.
    z : ndarray
        The statistic, whose error may be another one: that without an effect.
    alpha : float
        Level of the interval.
    test : str
        The test's name.

    Returns
    -------
    Estimate
        Where an error is 0 the data cannot say how sure they are: p is 1, the interval endless.
    """
    within("alpha", alpha, 0, 1, "share of false alarms")
    p_value, width = 2 * ndtr(-np.abs(z)), -ndtri(alpha / 2)
    return _made(control, treatment, effect, error, width, z, p_value, alpha, test)


def by_t(
    control: NDArray[np.float64],
    treatment: NDArray[np.float64],
    effect: NDArray[np.float64],
    error: NDArray[np.float64],
    *,
    df: NDArray[np.float64],
    alpha: float,
    test: str,
) -> Estimate:
    """Make an estimate whose effect over its standard error follows Student's t.

    Parameters
    ----------
    control, treatment, effect, error : ndarray
        The metric in both arms, the effect and its standard error.
    df : ndarray
        Degrees of freedom.
    alpha : float
        Level of the interval.
    test : str
        The test's name.

    Returns
    -------
    Estimate
        Where an error is 0 the data cannot say how sure they are: p is 1, the interval endless.
    """
    within("alpha", alpha, 0, 1, "share of false alarms")
    t = over(effect, error)
    p_value, width = 2 * stdtr(df, -np.abs(t)), stdtrit(df, 1 - alpha / 2)
    return _made(control, treatment, effect, error, width, t, p_value, alpha, test)


def over(effect: NDArray[np.float64], error: NDArray[np.float64]) -> NDArray[np.float64]:
    """Divide an effect by its standard error.

    Parameters
    ----------
    effect, error : ndarray
        Of shapes that fit.

    Returns
    -------
    ndarray
        0 where the error is 0: without any variance nothing is claimed.
    """
    z: NDArray[np.float64] = effect / np.where(error > 0, error, np.inf)
    return z


def ends(
    effect: NDArray[np.float64], error: NDArray[np.float64], width: NDArray[np.float64]
) -> tuple[Any, Any]:
    """Give the two ends of an interval.

    Parameters
    ----------
    effect, error : ndarray
        Of shapes that fit.
    width : ndarray
        How many standard errors it reaches to either side.

    Returns
    -------
    tuple of (float or ndarray)
        Endless where the error is 0: the data cannot say how sure they are.
    """
    half = np.where(error > 0, width * error, np.inf)
    return plain(effect - half), plain(effect + half)


def _made(
    control: NDArray[np.float64],
    treatment: NDArray[np.float64],
    effect: NDArray[np.float64],
    error: NDArray[np.float64],
    width: NDArray[np.float64],
    statistic: NDArray[np.float64],
    p_value: NDArray[np.float64],
    alpha: float,
    test: str,
) -> Estimate:
    return Estimate(
        control=plain(control),
        treatment=plain(treatment),
        effect=plain(effect),
        standard_error=plain(error),
        interval=ends(effect, error, width),
        statistic=plain(statistic),
        p_value=plain(p_value),
        alpha=float(alpha),
        test=test,
    )
