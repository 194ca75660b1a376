"""How long one piece of work takes: three distributions with mean and variability."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlbook.validate import number

__all__ = ["Constant", "Distribution", "Exponential", "LogNormal"]

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
