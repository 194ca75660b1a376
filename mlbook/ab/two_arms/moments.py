"""Sufficient statistics: all that a test of means has to know about the users of one arm.

A million users become three numbers, and ten thousand experiments become three arrays.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mlbook.ab.checks import clicks_of, finite, whole

__all__ = ["Moments", "PairMoments", "moments", "units"]


@dataclass(frozen=True, eq=False)
class Moments:
    """Number of units, mean and variance of one metric in one arm.

    Parameters
    ----------
    n : float or ndarray
        How many units (users, say), two or more.
    mean : float or ndarray
        Their mean.
    variance : float or ndarray
        Their variance, divided by n - 1.

    Notes
    -----
    Leading axes are experiments: arrays of shape (10_000,) are ten thousand of them.

    Examples
    --------
    >>> arm = Moments.of([1.0, 2.0, 3.0, 6.0])
    >>> float(arm.n), float(arm.mean), round(float(arm.variance), 3)
    (4.0, 3.0, 4.667)
    >>> Moments.of(np.zeros((500, 20))).mean.shape
    (500,)
    """

    n: NDArray[np.float64]
    mean: NDArray[np.float64]
    variance: NDArray[np.float64]

    def __post_init__(self) -> None:
        variance = finite("variance", self.variance, "of one number a unit")
        if (variance < 0).any():
            raise ValueError(f"variance must be >= 0, got {variance.min():g}.")
        unit = "units in an arm; a variance needs two"
        object.__setattr__(self, "n", whole("n", self.n, unit, at_least=2))
        object.__setattr__(self, "mean", finite("mean", self.mean))
        object.__setattr__(self, "variance", variance)

    @classmethod
    def of(cls, values: ArrayLike) -> Moments:
        """Summarise the units of one arm.

        Parameters
        ----------
        values : array_like of shape (..., n)
            One number a unit on the last axis.

        Returns
        -------
        Moments
            With the leading axes of `values`.

        Raises
        ------
        ValueError
            When there are fewer than two units, or a NaN.
        """
        array = units("values", values)
        return cls(np.array(array.shape[-1]), array.mean(axis=-1), array.var(axis=-1, ddof=1))

    @classmethod
    def from_counts(cls, clicks: ArrayLike, n: ArrayLike) -> Moments:
        """Summarise units that each have a 0 or a 1.

        Parameters
        ----------
        clicks : array_like
            How many have a 1.
        n : array_like
            How many there are.

        Returns
        -------
        Moments
            What :meth:`of` gives for the zeros and ones.

        Raises
        ------
        ValueError
            When there are more ones than units.
        """
        ones, size = clicks_of(clicks, n)
        share = ones / size
        return cls(size, share, share * (1 - share) * size / np.maximum(size - 1, 1))


@dataclass(frozen=True, eq=False)
class PairMoments:
    """Two metrics of the same units in one arm, and how they go together.

    Parameters
    ----------
    y, x : Moments
        The metric, and what it is divided by or corrected with.
    covariance : float or ndarray
        Of the two, divided by n - 1.

    Examples
    --------
    >>> clicks, visits = [0, 2, 1, 3], [2, 5, 1, 8]
    >>> arm = PairMoments.of(clicks, visits)
    >>> float(arm.ratio.mean), round(float(arm.correlation), 3)
    (0.375, 0.898)
    """

    y: Moments
    x: Moments
    covariance: NDArray[np.float64]

    @classmethod
    def of(cls, y: ArrayLike, x: ArrayLike) -> PairMoments:
        """Summarise the units of one arm.

        Parameters
        ----------
        y, x : array_like of shape (..., n)
            One number a unit on the last axis, the same units in both.

        Returns
        -------
        PairMoments
            With the leading axes of both.

        Raises
        ------
        ValueError
            When the two do not have the same units.
        """
        first, second = units("y", y), units("x", x)
        if first.shape[-1] != second.shape[-1]:
            sizes = f"got {first.shape[-1]} and {second.shape[-1]}"
            raise ValueError(f"y and x must have a number for the same units, {sizes}.")
        apart = [each - each.mean(axis=-1, keepdims=True) for each in (first, second)]
        covariance = (apart[0] * apart[1]).sum(axis=-1) / (first.shape[-1] - 1)
        return cls(Moments.of(first), Moments.of(second), covariance)

    def __add__(self, other: PairMoments) -> PairMoments:
        """Give the moments of the units of both together."""
        n = self.y.n + other.y.n
        gap_y, gap_x = other.y.mean - self.y.mean, other.x.mean - self.x.mean

        def pooled(mine: ArrayLike, theirs: ArrayLike, gaps: ArrayLike) -> NDArray[np.float64]:
            between = np.asarray(gaps) * self.y.n * other.y.n / n
            inside = (self.y.n - 1) * np.asarray(mine) + (other.y.n - 1) * np.asarray(theirs)
            total: NDArray[np.float64] = (inside + between) / (n - 1)
            return total

        y = pooled(self.y.variance, other.y.variance, gap_y**2)
        x = pooled(self.x.variance, other.x.variance, gap_x**2)
        weight = other.y.n / n
        return PairMoments(
            Moments(n, self.y.mean + gap_y * weight, y),
            Moments(n, self.x.mean + gap_x * weight, x),
            pooled(self.covariance, other.covariance, gap_y * gap_x),
        )

    @property
    def ratio(self) -> Moments:
        """The ratio of the means as if it were a mean, by the delta method.

        Each unit counts with ``(y - R x) / mean(x)``: what it brings beyond its share of x.
        """
        below = self.x.mean
        if (below == 0).any():
            raise ValueError("x must not have the mean 0: a ratio needs something to divide by.")
        ratio = self.y.mean / below
        surplus = self.y.variance - 2 * ratio * self.covariance + ratio**2 * self.x.variance
        # Rounding may leave a hair below 0 where all units have the same ratio.
        return Moments(self.y.n, ratio, np.maximum(surplus, 0) / below**2)

    @property
    def correlation(self) -> NDArray[np.float64]:
        """Of y and x, -1 to 1; 0 where one of them does not vary."""
        scale = np.sqrt(self.y.variance * self.x.variance)
        covariance, scale = np.broadcast_arrays(self.covariance, scale)
        unrelated = np.zeros(scale.shape)
        together: NDArray[np.float64] = np.divide(covariance, scale, out=unrelated, where=scale > 0)
        return together


def moments(name: str, arm: Moments | ArrayLike) -> Moments:
    """Take moments as they are, and summarise what is one number a unit.

    Parameters
    ----------
    name : str
        The argument as its caller wrote it.
    arm : Moments or array_like of shape (..., n)
        One arm.

    Returns
    -------
    Moments
        Of the arm.
    """
    return arm if isinstance(arm, Moments) else Moments.of(units(name, arm))


def units(name: str, values: ArrayLike) -> NDArray[np.float64]:
    """Return one number a unit as an array, or say what is wrong with it.

    Parameters
    ----------
    name : str
        The argument as its caller wrote it.
    values : array_like of shape (..., n)
        The units on the last axis.

    Returns
    -------
    ndarray of shape (..., n)
        Two units or more.

    Raises
    ------
    ValueError
        When there are fewer, or a NaN.
    """
    array = finite(name, values, "one number a unit")
    if array.ndim == 0 or array.shape[-1] < 2:
        size = array.shape[-1] if array.ndim else "a single number"
        raise ValueError(f"{name} must have two units or more in an arm, got {size}.")
    return array
