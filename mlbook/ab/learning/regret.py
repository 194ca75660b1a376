"""What a policy costs while it learns, and what its counts are worth afterwards.

Chapter: 02
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from mlbook.streams import stream
from mlbook.validate import integer, number

if TYPE_CHECKING:
    from mlbook.ab.learning.bandit import BanditPolicy

__all__ = ["Play", "lai_robbins", "play"]

Floats = NDArray[np.float64]
Ids = NDArray[np.int64]


@dataclass(frozen=True, eq=False, repr=False)
class Play:
    """What a policy did, many times over.

    Parameters
    ----------
    rates : ndarray of shape (arms,)
        The true click rates.
    trials, clicks : ndarray of shape (replications, arms)
        How often each arm was shown, and what it brought.
    visitors : ndarray of shape (steps,)
        Visitors so far, after each batch.
    path : ndarray of shape (steps,)
        The regret until then, on average over the replications.
    """

    rates: Floats
    trials: Ids
    clicks: Ids
    visitors: Ids
    path: Floats

    @property
    def regret(self) -> Floats:
        """Clicks lost against showing the best arm to everybody, of shape (replications,).

        Expected clicks, not counted ones: the luck of the visitors is left out.
        """
        lost: Floats = self.trials @ (self.rates.max() - self.rates)
        return lost

    @property
    def wrong_pick_frac(self) -> float:
        """Share of the replications in which another arm than the best has the highest rate."""
        looks_best = np.argmax(self._observed(), axis=1)
        return float((self.rates[looks_best] < self.rates.max()).mean())

    def bias(self, arm: int | None = None) -> tuple[float, float]:
        """Tell by how much an arm's observed click rate is off on average.

        Parameters
        ----------
        arm : int, optional
            Its number; the arm with the lowest true rate when left out.

        Returns
        -------
        tuple of float
            The mean of clicks a visitor, minus the true rate, and its standard error. A policy that
            leaves an arm because of bad luck never sees the luck turn: the mean is too low.

        References
        ----------
        X. Nie, X. Tian, J. Taylor, J. Zou, "Why Adaptively Collected Data Have Negative Bias and
        How to Correct for It", AISTATS 2018.
        """
        number_of = int(np.argmin(self.rates)) if arm is None else arm
        off = self._observed()[:, number_of] - self.rates[number_of]
        return float(off.mean()), float(off.std(ddof=1) / math.sqrt(off.size))

    def _observed(self) -> Floats:
        """Clicks a visitor; 0 for an arm that was never shown."""
        return self.clicks / np.maximum(self.trials, 1)

    def __repr__(self) -> str:
        error = self.regret.std(ddof=1) / math.sqrt(self.regret.size)
        return (
            f"Play: {self.visitors[-1]:,} visitors, {self.regret.size:,} times: regret "
            f"{self.regret.mean():.1f} ± {error:.1f} clicks, wrong pick "
            f"{100 * self.wrong_pick_frac:.1f} %"
        )


def play(
    policy: BanditPolicy,
    rates: Sequence[float],
    *,
    visitors: int,
    replications: int = 200,
    batch: int = 1,
    seed: int = 0,
) -> Play:
    """Let a policy choose for many visitors, and do it all many times over.

    Parameters
    ----------
    policy : BanditPolicy
        Anything with `choose`.
    rates : sequence of float
        The true click rate of each arm, 0 to 1; two or more.
    visitors : int
        How many come in each replication, >= 1.
    replications : int
        How many times, >= 2.
    batch : int
        Visitors between two looks at the counts, >= 1: a real router does not learn after every
        click. It is quicker, too.
    seed : int
        Seed of the draws, >= 0.

    Returns
    -------
    Play
        Counts, regret, wrong picks and bias.

    Examples
    --------
    >>> from mlbook import ab
    >>> learned = ab.play(ab.Thompson(), [0.05, 0.06], visitors=2_000, batch=10)
    >>> bool(learned.regret.mean() < 10)  # what half of the visitors would lose
    True
    """
    true = _rates(rates)
    integer("visitors", visitors, at_least=1, unit="visitors of a replication")
    hint = "One says nothing about luck."
    integer("replications", replications, at_least=2, unit="times over", hint=hint)
    integer("batch", batch, at_least=1, unit="visitors between two looks at the counts")
    choices, luck = stream(seed, "ab/bandit/choices"), stream(seed, "ab/bandit/clicks")
    counts = np.zeros((2, replications, true.size), dtype=np.int64)
    sizes = [min(batch, visitors - first) for first in range(0, visitors, batch)]
    path = np.empty(len(sizes))
    for step, size in enumerate(sizes):
        rows = np.broadcast_to(counts, (size, *counts.shape)).swapaxes(0, 1)
        shown = policy.choose(rows[0], rows[1], choices)
        trials = np.stack([(shown == arm).sum(axis=0) for arm in range(true.size)], axis=1)
        counts += np.stack([luck.binomial(trials, true), trials])
        path[step] = (counts[1] @ (true.max() - true)).mean()
    return Play(true, counts[1], counts[0], np.cumsum(sizes), path)


def lai_robbins(rates: Sequence[float], visitors: int) -> float:
    """Give the regret that no good policy can stay below for ever.

    Parameters
    ----------
    rates : sequence of float
        The true click rate of each arm, above 0 and below 1.
    visitors : int
        How many come, >= 1.

    Returns
    -------
    float
        Clicks: ``ln(n)`` times the sum of ``gap / KL(arm, best)``.

    Notes
    -----
    An asymptotic law, not a bound for a given `n`: a policy may well lose less in the first ten
    thousand visitors.

    References
    ----------
    T. L. Lai, H. Robbins, "Asymptotically Efficient Adaptive Allocation Rules", Advances in Applied
    Mathematics 6, 1985.

    Examples
    --------
    >>> round(lai_robbins([0.05, 0.06], 20_000), 1)
    105.7
    """
    true = _rates(rates)
    for rate in true:
        number("rates", float(rate), above=0, unit="clicks a visitor")
        number("1 - rates", float(1 - rate), above=0, unit="misses a visitor")
    integer("visitors", visitors, at_least=1, unit="visitors")
    best = true.max()
    worse = true[true < best]
    apart = worse * np.log(worse / best) + (1 - worse) * np.log((1 - worse) / (1 - best))
    return float(math.log(visitors) * ((best - worse) / apart).sum())


def _rates(rates: Sequence[float]) -> Floats:
    """Check the arms' true click rates."""
    if np.ndim(rates) != 1 or len(rates) < 2:
        text = f"rates must hold the click rates of two or more arms, got {rates!r}."
        raise ValueError(f"{text} Write rates=[0.05, 0.06].")
    unit = "clicks a visitor"
    return np.array([number("rates", rate, at_least=0, at_most=1, unit=unit) for rate in rates])
