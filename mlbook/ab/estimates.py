"""An estimate: the difference of two arms, how well it is known, and the p-value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri, stdtr, stdtrit

from mlbook.ab.checks import plain, within

__all__ = ["Estimate", "by_normal", "by_t"]


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
            f"{self.control:.4g} to {self.treatment:.4g}: {self.effect:+.3g} "
            f"({100 * (1 - self.alpha):g} % interval {low:+.3g} to {high:+.3g}), "
            f"p = {self.p_value:.2g}, {self.test}"
        )


def by_normal(
    control: NDArray[np.float64],
    treatment: NDArray[np.float64],
    effect: NDArray[np.float64],
    error: NDArray[np.float64],
    *,
    alpha: float,
    test: str,
    null_error: NDArray[np.float64] | None = None,
) -> Estimate:
    """Make an estimate whose effect is normal around the truth.

    Parameters
    ----------
    control, treatment, effect, error : ndarray
        The metric in both arms, the effect and its standard error.
    alpha : float
        Level of the interval.
    test : str
        The test's name.
    null_error : ndarray, optional
        Standard error without an effect, for the p-value, if it is another one.

    Returns
    -------
    Estimate
        Where an error is 0 the data cannot say how sure they are: p is 1, the interval endless.
    """
    within("alpha", alpha, 0, 1, "share of false alarms")
    z = _ratio(effect, error if null_error is None else null_error)
    p_value, width = 2 * ndtr(-np.abs(z)), -ndtri(alpha / 2)
    return _made(control, treatment, effect, error, width, p_value, alpha, test)


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
    p_value = 2 * stdtr(df, -np.abs(_ratio(effect, error)))
    width = stdtrit(df, 1 - alpha / 2)
    return _made(control, treatment, effect, error, width, p_value, alpha, test)


def _ratio(effect: NDArray[np.float64], error: NDArray[np.float64]) -> NDArray[np.float64]:
    """Divide, with 0 where the error is 0."""
    effect, error = np.broadcast_arrays(effect, error)
    return np.divide(effect, error, out=np.zeros(effect.shape), where=error > 0)


def _made(
    control: NDArray[np.float64],
    treatment: NDArray[np.float64],
    effect: NDArray[np.float64],
    error: NDArray[np.float64],
    width: NDArray[np.float64],
    p_value: NDArray[np.float64],
    alpha: float,
    test: str,
) -> Estimate:
    half = np.where(error > 0, width * error, np.inf)
    return Estimate(
        control=plain(control),
        treatment=plain(treatment),
        effect=plain(effect),
        standard_error=plain(error),
        interval=(plain(effect - half), plain(effect + half)),
        p_value=plain(p_value),
        alpha=float(alpha),
        test=test,
    )
