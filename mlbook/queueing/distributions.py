"""How long one piece of work takes: four distributions with mean and variability."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlbook.validate import number

__all__ = ["Constant", "Distribution", "Exponential", "LogNormal", "Weibull"]

_Z99 = 2.3263478740408408  # the 99th percentile of the standard normal distribution


class Distribution(ABC):
    """Anything that can be drawn from and knows its mean in seconds."""

    mean: Any  # a field or a property: seconds

    @abstractmethod
    def sample(self, rng: np.random.Generator, n: int) -> NDArray[np.float64]:
        """Draw `n` durations in seconds.

        Parameters
        ----------
        rng : numpy.random.Generator
            The stream of random numbers.
        n : int
            How many.

        Returns
        -------
        ndarray of shape (n,)
            Durations in seconds.
        """


@dataclass(frozen=True)
class Constant(Distribution):
    """Every piece of work takes the same time.

    Parameters
    ----------
    mean : float
        The duration in seconds, >= 0.

    Examples
    --------
    >>> Constant(0.01).sample(np.random.default_rng(1), 2)
    array([0.01, 0.01])
    """

    mean: float

    def __post_init__(self) -> None:
        number("mean", self.mean, at_least=0, unit="seconds")

    def sample(self, rng: np.random.Generator, n: int) -> NDArray[np.float64]:
        return np.full(n, float(self.mean))


@dataclass(frozen=True)
class Exponential(Distribution):
    """Memoryless work, the M in M/M/c.

    Parameters
    ----------
    mean : float
        The mean in seconds, > 0.

    Examples
    --------
    >>> Exponential(0.01).mean
    0.01
    """

    mean: float

    def __post_init__(self) -> None:
        number("mean", self.mean, above=0, unit="seconds")

    def sample(self, rng: np.random.Generator, n: int) -> NDArray[np.float64]:
        return rng.exponential(self.mean, n)


@dataclass(frozen=True)
class LogNormal(Distribution):
    """Work with a long right tail, named by the two numbers a dashboard shows.

    Parameters
    ----------
    p50 : float
        The median in seconds, > 0.
    p99 : float
        The 99th percentile in seconds, >= `p50`.

    Examples
    --------
    >>> round(LogNormal(p50=0.008, p99=0.040).mean, 5)
    0.01016
    """

    p50: float
    p99: float

    def __post_init__(self) -> None:
        number("p50", self.p50, above=0, unit="seconds")
        number("p99", self.p99, at_least=self.p50, unit="seconds, not below p50")

    @property
    def mean(self) -> float:
        """Mean in seconds."""
        return self.p50 * math.exp(self._sigma**2 / 2)

    @property
    def _sigma(self) -> float:
        return math.log(self.p99 / self.p50) / _Z99

    def sample(self, rng: np.random.Generator, n: int) -> NDArray[np.float64]:
        return self.p50 * np.exp(self._sigma * rng.standard_normal(n))


@dataclass(frozen=True)
class Weibull(Distribution):
    """Work of any variability: from a constant through memoryless work to a wild mixture.

    Parameters
    ----------
    mean : float
        The mean in seconds, > 0.
    cv : float
        Standard deviation over mean, 0 to 10: 0 for a constant, 1 for `Exponential`.

    Notes
    -----
    A draw is a power of an exponential one, so that the same random numbers give longer or shorter
    times of the same requests when `cv` is turned.

    Examples
    --------
    >>> Weibull(mean=0.01, cv=0.0).sample(np.random.default_rng(1), 2)
    array([0.01, 0.01])
    """

    mean: float
    cv: float = 1.0

    def __post_init__(self) -> None:
        number("mean", self.mean, above=0, unit="seconds")
        number("cv", self.cv, at_least=0, at_most=10, unit="standard deviation over mean")

    @property
    def power(self) -> float:
        """To which power an exponential draw is taken: 0 for a constant, 1 for itself."""
        low, high = 0.0, 8.0 if self.cv else 0.0
        for _ in range(60):  # halve the interval: the variability grows with the power
            middle = (low + high) / 2
            squared = math.exp(math.lgamma(1 + 2 * middle) - 2 * math.lgamma(1 + middle)) - 1
            low, high = (middle, high) if squared < self.cv**2 else (low, middle)
        return round(high, 12)

    def sample(self, rng: np.random.Generator, n: int) -> NDArray[np.float64]:
        return self.of(rng.standard_exponential(n))

    def of(self, unit: NDArray[np.float64]) -> NDArray[np.float64]:
        """Make durations of draws that are there already.

        Parameters
        ----------
        unit : ndarray of shape (n,)
            Exponential draws of mean 1.

        Returns
        -------
        ndarray of shape (n,)
            Durations in seconds.
        """
        power = self.power
        return self.mean / math.gamma(1 + power) * unit**power
