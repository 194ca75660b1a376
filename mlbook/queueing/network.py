"""What requests go through: stations with workers, a line, a cache, clients that try again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from mlbook.queueing.checked import one_each
from mlbook.validate import integer, number

if TYPE_CHECKING:
    from mlbook.queueing.distributions import Distribution

__all__ = ["Cache", "Chain", "Retry", "Station", "Zipf"]


@dataclass(frozen=True)
class Zipf:
    """A few keys are asked for often, most of them hardly ever: key k with weight 1/(k+1)**s.

    Parameters
    ----------
    exponent : float
        s, > 0.
    kinds : int
        How many keys there are, >= 1.

    Examples
    --------
    >>> Zipf(1.0, kinds=1000).sample(np.random.default_rng(1), 3).tolist()
    [25, 690, 1]
    """

    exponent: float
    kinds: int

    def __post_init__(self) -> None:
        number("exponent", self.exponent, above=0, unit="exponent of the popularity")
        integer("kinds", self.kinds, at_least=1, unit="keys")

    @property
    def shares(self) -> NDArray[np.float64]:
        """How often each key is asked for."""
        weight = np.arange(1, self.kinds + 1) ** -float(self.exponent)
        return np.asarray(weight / weight.sum())

    def sample(self, rng: np.random.Generator, n: int) -> NDArray[np.int64]:
        """Draw keys.

        Parameters
        ----------
        rng : numpy.random.Generator
            The stream of random numbers.
        n : int
            How many.

        Returns
        -------
        ndarray of int, shape (n,)
            Keys from 0, the most popular one.
        """
        return np.minimum(np.searchsorted(np.cumsum(self.shares), rng.random(n)), self.kinds - 1)


@dataclass(frozen=True, kw_only=True)
class Cache:
    """Answers a part's questions from memory; see :func:`mlbook.queueing.cache`.

    Parameters
    ----------
    keys : Zipf
        What is asked for.
    capacity : int, optional
        How many keys fit; all of them when left out.
    ttl_s : float
        Seconds after which a value must be read anew.
    hit_s : float
        How long a hit takes, in seconds, instead of the service time.
    """

    keys: Zipf
    capacity: int | None = None
    ttl_s: float = np.inf
    hit_s: float = 0.0

    def __post_init__(self) -> None:
        number("hit_s", self.hit_s, at_least=0, unit="seconds that a hit takes")
        if self.capacity is not None:
            integer("capacity", self.capacity, at_least=1, unit="keys")
        if self.ttl_s != np.inf:
            number("ttl_s", self.ttl_s, above=0, unit="seconds")


@dataclass(frozen=True, kw_only=True)
class Retry:
    """Clients that wait only so long and try again; see :func:`mlbook.queueing.retry`.

    Parameters
    ----------
    timeout_s : float
        How long a client waits for the answer to one try, in seconds, > 0.
    tries : int
        How often it tries at most, >= 1.
    backoff_s : float
        Pause before the second try in seconds, >= 0; doubled before each further one.
    """

    timeout_s: float
    tries: int = 3
    backoff_s: float = 0.0

    def __post_init__(self) -> None:
        number("timeout_s", self.timeout_s, above=0, unit="seconds", hint="Leave retry out.")
        integer("tries", self.tries, at_least=1, unit="tries")
        number("backoff_s", self.backoff_s, at_least=0, unit="seconds")


@dataclass(frozen=True)
class Station:
    """A part with workers and a line in front of it.

    Parameters
    ----------
    name : str
        How columns and random numbers address it.
    service : Distribution
        How long one request keeps a worker, in seconds.
    workers : int
        How many requests are served at once, >= 1.
    places : int, optional
        How many may wait; 0 for nobody, no limit when left out.
    cache : Cache, optional
        What stands before it.
    retry : Retry, optional
        How its clients behave.

    Examples
    --------
    >>> from mlbook.queueing import LogNormal
    >>> Station("api", LogNormal(p50=0.008, p99=0.040), workers=4).workers
    4
    """

    name: str
    service: Distribution
    workers: int = 1
    places: int | None = None
    cache: Cache | None = None
    retry: Retry | None = None

    def __post_init__(self) -> None:
        integer("workers", self.workers, at_least=1, unit="workers", hint="Write 1 for one.")
        if self.places is not None:
            hint = "Leave places out for a line without end."
            integer("places", self.places, at_least=0, unit="places in the line", hint=hint)
        if not (hasattr(self.service, "sample") and hasattr(self.service, "mean")):
            rule = "service must be a distribution such as mb.queueing.Exponential(0.01) (seconds)"
            raise TypeError(f"{rule}, got {self.service!r}.")

    def draw(self, rng: np.random.Generator, n: int) -> NDArray[np.float64]:
        """Draw service times, and look at them: anybody may write a distribution.

        Parameters
        ----------
        rng : numpy.random.Generator
            The stream of random numbers.
        n : int
            How many.

        Returns
        -------
        ndarray of shape (n,)
            Seconds.
        """
        return one_each(f"the service of {self.name!r}", self.service.sample(rng, n), n)

    @property
    def is_plain(self) -> bool:
        """Whether it is workers and a line without end, and nothing else."""
        return self.places is None and self.cache is None and self.retry is None


@dataclass(frozen=True, init=False)
class Chain:
    """Stations one after the other.

    Parameters
    ----------
    stations : tuple of Station
        In the order in which requests pass them, each with a name of its own. They are handed in
        one after the other: ``Chain(api, db)``.
    """

    stations: tuple[Station, ...]

    def __init__(self, *stations: Station) -> None:
        integer("stations", len(stations), at_least=1, unit="stations")
        for each in stations:
            if not isinstance(each, Station):
                raise TypeError(f"stations must be mb.queueing.Station objects, got {each!r}.")
        names = [each.name for each in stations]
        if len(set(names)) < len(names):
            text = f"stations must have names of their own, got {', '.join(names)}."
            raise ValueError(f"{text} Their random numbers are drawn by name.")
        object.__setattr__(self, "stations", stations)
