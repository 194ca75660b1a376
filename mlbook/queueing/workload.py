"""When requests come, how many, and how long they take: all randomness of a simulation is here.

A workload hands out its arrivals in pieces, and the pieces are the same numbers whatever their
size: a million requests in one piece, or a billion in many.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mlbook.queueing.arrivals import in_steps
from mlbook.queueing.checked import instants
from mlbook.streams import stream
from mlbook.validate import integer, number

__all__ = ["Workload"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, eq=False)
class Workload:
    """Requests that come from outside.

    Parameters
    ----------
    n : int
        How many requests, >= 1.
    rates_per_s : tuple of float
        Arrivals a second, > 0; with several the rate jumps from one to the next and back to the
        first (a Markov-modulated Poisson process).
    stays_s : tuple of float
        Mean seconds that each rate lasts; empty for a single one.
    seed : int
        Seed of the arrivals and of what the stations draw for them.
    at_s : ndarray of shape (n,) or None
        The instants themselves, for a log that is replayed.

    Examples
    --------
    >>> load = Workload.poisson(rate_per_s=200, n=1_000, seed=7)
    >>> bool(4 < load.arrivals()[-1] < 6)
    True
    """

    n: int
    rates_per_s: tuple[float, ...] = ()
    stays_s: tuple[float, ...] = ()
    seed: int = 0
    at_s: Floats | None = None

    def __post_init__(self) -> None:
        integer("n", self.n, at_least=1, unit="requests")
        integer("seed", self.seed, at_least=0, unit="seed of the workload")
        for rate in self.rates_per_s:
            number("rate_per_s", rate, above=0, unit="arrivals a second")
        for stay in self.stays_s:
            number("stays_s", stay, above=0, unit="mean seconds that a rate lasts")
        if self.at_s is not None and self.at_s.size != self.n:
            text = f"n must be {self.at_s.size} (requests in the log that is replayed)"
            raise ValueError(f"{text}, got {self.n}. A log cannot be made longer or shorter.")
        if self.at_s is None and not self.rates_per_s:
            text = "rates_per_s must have one rate at least (arrivals a second), got none."
            raise ValueError(f"{text} Use Workload.poisson(rate_per_s=80.0, n=1000).")
        several = len(self.rates_per_s) > 1
        if several and len(self.stays_s) != len(self.rates_per_s):
            text = f"got {len(self.stays_s)} for {len(self.rates_per_s)} rates"
            raise ValueError(f"stays_s must have one mean (seconds) for each rate, {text}.")

    @classmethod
    def poisson(cls, *, rate_per_s: float, n: int, seed: int = 0) -> Self:
        """Let requests come at random with a constant rate.

        Parameters
        ----------
        rate_per_s : float
            Arrivals a second, > 0.
        n : int
            How many requests, >= 1.
        seed : int
            Seed.

        Returns
        -------
        Workload
            A Poisson stream.
        """
        return cls(n=n, rates_per_s=(rate_per_s,), seed=seed)

    @classmethod
    def bursty(
        cls, *, rates_per_s: tuple[float, ...], stays_s: tuple[float, ...], n: int, seed: int = 0
    ) -> Self:
        """Let the rate jump: a Markov-modulated Poisson process (MMPP) that goes round its rates.

        Parameters
        ----------
        rates_per_s, stays_s : tuple of float
            The rates, and how long each lasts on average, in seconds.
        n : int
            How many requests, >= 1.
        seed : int
            Seed.

        Returns
        -------
        Workload
            A bursty stream.

        Examples
        --------
        >>> Workload.bursty(rates_per_s=(10.0, 200.0), stays_s=(9.0, 1.0), n=5_000).rate_per_s
        29.0
        """
        return cls(n=n, rates_per_s=rates_per_s, stays_s=stays_s, seed=seed)

    @classmethod
    def replay(cls, at_s: ArrayLike, *, seed: int = 0) -> Self:
        """Let requests come when they came: the instants of a real log.

        Parameters
        ----------
        at_s : array_like of shape (n,)
            Instants in seconds, sorted.
        seed : int
            Seed of what the stations draw.

        Returns
        -------
        Workload
            The same instants.
        """
        at = instants("at_s", at_s)
        return cls(n=at.size, seed=seed, at_s=at)

    @classmethod
    def stepped(cls, *, rates_per_s: ArrayLike, lasting_s: ArrayLike, seed: int = 0) -> Self:
        """Let the rate step from one value to the next, for a burst or a quiet hour.

        Parameters
        ----------
        rates_per_s, lasting_s : array_like of shape (steps,)
            The rates, and how long each lasts, in seconds.
        seed : int
            Seed.

        Returns
        -------
        Workload
            With the same seed, equal first steps have equal arrivals.

        Examples
        --------
        >>> Workload.stepped(rates_per_s=[10, 30, 10], lasting_s=[60, 2, 60]).n
        1232
        """
        rng = stream(
            integer("seed", seed, at_least=0, unit="seed of the workload"), "workload/gaps"
        )
        return cls.replay(in_steps(rng, rates_per_s, lasting_s), seed=seed)

    @property
    def rate_per_s(self) -> float:
        """Mean arrivals a second."""
        if self.at_s is not None:
            span_s = float(np.ptp(self.at_s))
            return (self.n - 1) / span_s if span_s else (0.0 if self.n == 1 else np.inf)
        weights = self.stays_s if len(self.rates_per_s) > 1 else (1.0,)
        return float(np.average(self.rates_per_s, weights=weights))

    def big(self, n: int) -> Self:
        """Make the same stream longer.

        Parameters
        ----------
        n : int
            How many requests.

        Returns
        -------
        Workload
            It begins with the same arrivals.
        """
        return replace(self, n=n)

    def arrivals(self) -> Floats:
        """Draw all instants.

        Returns
        -------
        ndarray of shape (n,)
            Sorted, in seconds.
        """
        return next(self.pieces(self.n))

    def pieces(self, size: int) -> Iterator[Floats]:
        """Draw the instants, so many at a time.

        Parameters
        ----------
        size : int
            Requests in a piece; the last one is shorter.

        Yields
        ------
        ndarray
            Sorted instants in seconds.
        """
        if self.at_s is not None:
            yield from (self.at_s[start : start + size] for start in range(0, self.n, size))
            return
        rng, clock = stream(self.seed, "workload/gaps"), 0.0
        jumps = _Jumps(self.rates_per_s, self.stays_s, stream(self.seed, "workload/jumps"))
        for start in range(0, self.n, size):
            gaps = rng.standard_exponential(min(size, self.n - start))
            # Every instant is the sum of the gaps before it, in the same order for every size.
            gaps[0] += clock
            expected = np.cumsum(gaps, out=gaps)
            clock = float(expected[-1])
            yield jumps.instants_of(expected)


class _Jumps:
    """Time rescaling: the k-th arrival comes when the summed rate has reached its own sum."""

    def __init__(
        self, rates: tuple[float, ...], stays: tuple[float, ...], rng: np.random.Generator
    ) -> None:
        self.rates, self.stays, self.rng = rates, stays, rng
        self.at_s, self.summed, self.state = [0.0], [0.0], 0

    def instants_of(self, expected: Floats) -> Floats:
        if len(self.rates) == 1:
            return expected / self.rates[0]
        while self.summed[-1] <= expected[-1]:
            stay = self.rng.exponential(self.stays[self.state])
            self.at_s.append(self.at_s[-1] + stay)
            self.summed.append(self.summed[-1] + stay * self.rates[self.state])
            self.state = (self.state + 1) % len(self.rates)
        instants_s: Floats = np.interp(expected, self.summed, self.at_s)
        keep = max(int(np.searchsorted(self.summed, expected[-1])) - 1, 0)
        del self.at_s[:keep], self.summed[:keep]  # what lies behind is not needed any more
        return instants_s
