"""Bandits: policies that shift traffic while they learn, and the A/B test as one of them.

A policy is a pure function: counts in, picks out. It keeps nothing, so the same object serves one
router, a thousand replications at once, or a test: `policy.choose(clicks, trials, rng)`.

Chapter: 02
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mlbook.validate import fraction, integer, number

__all__ = [
    "UCB1",
    "BanditPolicy",
    "EpsilonGreedy",
    "ExploreThenCommit",
    "Thompson",
    "counts_per_arm",
]

Floats = NDArray[np.float64]
Ids = NDArray[np.int64]


class BanditPolicy(Protocol):
    """What a router asks of a policy."""

    def choose(self, clicks: ArrayLike, trials: ArrayLike, rng: np.random.Generator) -> Ids:
        """Pick an arm for the next visitor of each row of counts.

        Parameters
        ----------
        clicks, trials : array_like of shape (..., arms)
            What each arm has brought so far, and how often it was shown. Repeat a row (as with
            ``np.broadcast_to(clicks, (100, arms))``) to pick for a batch of visitors.
        rng : numpy.random.Generator
            Where the luck comes from.

        Returns
        -------
        ndarray of int, of shape (...)
            The number of the arm, from 0.
        """


def counts_per_arm(clicks: ArrayLike, trials: ArrayLike) -> tuple[Floats, Floats]:
    """Check counts of clicks and trials.

    Parameters
    ----------
    clicks, trials : array_like of shape (..., arms)
        Whole numbers, ``0 <= clicks <= trials``; at least two arms.

    Returns
    -------
    tuple of ndarray
        Both as floats.

    Raises
    ------
    ValueError
        When the shapes differ, an arm is missing or a count cannot be.

    Examples
    --------
    >>> counts_per_arm([1, 3], [10, 2])
    Traceback (most recent call last):
        ...
    ValueError: clicks must be >= 0 and <= trials (clicks of an arm), got 3 of 2 in arm 1. \
Were the two arguments swapped?
    """
    won, shown_to = np.asarray(clicks, float), np.asarray(trials, float)
    if won.shape != shown_to.shape or won.ndim < 1 or won.shape[-1] < 2:
        text = "clicks and trials must have one count for each of two or more arms, got shapes"
        raise ValueError(f"{text} {won.shape} and {shown_to.shape}. Count every arm in both.")
    wrong = ~((won >= 0) & (won <= shown_to))  # also where one of them is NaN
    if wrong.any():
        where = tuple(np.argwhere(wrong)[0])
        text = f"got {won[where]:g} of {shown_to[where]:g} in arm {where[-1]}"
        rule = "clicks must be >= 0 and <= trials (clicks of an arm)"
        raise ValueError(f"{rule}, {text}. Were the two arguments swapped?")
    return won, shown_to


def _highest(score: Floats, rng: np.random.Generator) -> Ids:
    """Pick the arm with the highest score; equals draw lots."""
    tied = score == score.max(axis=-1, keepdims=True)
    return np.asarray(np.argmax(np.where(tied, rng.random(score.shape), -1.0), axis=-1))


def _best_so_far(won: Floats, seen: Floats, rng: np.random.Generator) -> Ids:
    """Pick the arm with the most clicks a visitor; one that was never shown comes first."""
    return _highest(np.where(seen == 0, np.inf, won / np.maximum(seen, 1)), rng)


@dataclass(frozen=True, kw_only=True)
class EpsilonGreedy(BanditPolicy):
    """Show the best arm so far, but any arm for a fixed share of the visitors, for ever.

    Parameters
    ----------
    epsilon : float
        The share that explores, 0 to 1.

    References
    ----------
    R. S. Sutton, A. G. Barto, "Reinforcement Learning: An Introduction", MIT Press, 2nd edition
    2018, chapter 2.

    Examples
    --------
    >>> picks = EpsilonGreedy(epsilon=0.0).choose([5, 9], [100, 100], np.random.default_rng(0))
    >>> int(picks)
    1
    """

    epsilon: float = 0.1

    def __post_init__(self) -> None:
        fraction("epsilon", self.epsilon, unit="the share of visitors who explore")

    def choose(self, clicks: ArrayLike, trials: ArrayLike, rng: np.random.Generator) -> Ids:
        won, seen = counts_per_arm(clicks, trials)
        best = _best_so_far(won, seen, rng)
        explores = rng.random(best.shape) < self.epsilon
        return np.where(explores, rng.integers(won.shape[-1], size=best.shape), best)


@dataclass(frozen=True, kw_only=True)
class UCB1(BanditPolicy):
    """Show the arm that could still be the best: its mean plus a bonus for what is not known.

    Parameters
    ----------
    width : float
        Times the bonus ``sqrt(2 ln(n) / n_arm)``, > 0; 1 is the published rule.

    Notes
    -----
    The bonus is made for rewards anywhere in [0, 1]. Click rates of a few per cent vary far less,
    so the published rule explores for very long here; a width of 0.1 to 0.3 suits them.

    References
    ----------
    P. Auer, N. Cesa-Bianchi, P. Fischer, "Finite-time Analysis of the Multiarmed Bandit Problem",
    Machine Learning 47, 2002.

    Examples
    --------
    >>> int(UCB1().choose([5, 1], [100, 10], np.random.default_rng(0)))
    1
    """

    width: float = 1.0

    def __post_init__(self) -> None:
        number("width", self.width, above=0, unit="times the published bonus")

    def choose(self, clicks: ArrayLike, trials: ArrayLike, rng: np.random.Generator) -> Ids:
        won, seen = counts_per_arm(clicks, trials)
        visitors, shown = np.maximum(seen.sum(axis=-1, keepdims=True), 1), np.maximum(seen, 1)
        bound = won / shown + self.width * np.sqrt(2 * np.log(visitors) / shown)
        return _highest(np.where(seen == 0, np.inf, bound), rng)


@dataclass(frozen=True, kw_only=True)
class Thompson(BanditPolicy):
    """Show an arm as often as it is believed to be the best.

    Parameters
    ----------
    prior_clicks, prior_misses : float
        What is believed before the first visitor, as if counted; > 0. 1 and 1: any rate is as
        likely as any other.

    Notes
    -----
    A rate is drawn from each arm's posterior, ``Beta(clicks + prior_clicks, misses +
    prior_misses)``, and the arm with the highest draw is shown.

    References
    ----------
    W. R. Thompson, "On the Likelihood that One Unknown Probability Exceeds Another in View of the
    Evidence of Two Samples", Biometrika 25, 1933.

    Examples
    --------
    >>> rows = np.broadcast_to([5, 9], (1_000, 2)), np.broadcast_to([100, 100], (1_000, 2))
    >>> picks = Thompson().choose(*rows, np.random.default_rng(0))
    >>> bool(0.8 < picks.mean() < 0.9)  # how sure it is of arm 1
    True
    """

    prior_clicks: float = 1.0
    prior_misses: float = 1.0

    def __post_init__(self) -> None:
        number("prior_clicks", self.prior_clicks, above=0, unit="clicks as if counted")
        number("prior_misses", self.prior_misses, above=0, unit="misses as if counted")

    def choose(self, clicks: ArrayLike, trials: ArrayLike, rng: np.random.Generator) -> Ids:
        won, seen = counts_per_arm(clicks, trials)
        drawn = rng.beta(won + self.prior_clicks, seen - won + self.prior_misses)
        return np.asarray(np.argmax(drawn, axis=-1))


@dataclass(frozen=True, kw_only=True)
class ExploreThenCommit(BanditPolicy):
    """The A/B test as a bandit: all arms alike for so many visitors, then the best one for ever.

    Parameters
    ----------
    explore : int
        Visitors in all arms together until somebody decides, >= 1.

    Notes
    -----
    While it explores it draws lots between the arms that have not had their part of `explore` yet.
    Then it ships the arm with the most clicks a visitor, significant or not. Counts are all it
    knows: the arm that is ahead in *visitors* by a tenth of such a part is taken for the shipped
    one, and kept whatever happens. So let batches be smaller than that.

    References
    ----------
    A. Garivier, T. Lattimore, E. Kaufmann, "On Explore-Then-Commit Strategies", NeurIPS 2016.

    Examples
    --------
    >>> int(ExploreThenCommit(explore=200).choose([5, 9], [100, 100], np.random.default_rng(0)))
    1
    """

    explore: int = 10_000

    def __post_init__(self) -> None:
        integer("explore", self.explore, at_least=1, unit="visitors until somebody decides")

    def choose(self, clicks: ArrayLike, trials: ArrayLike, rng: np.random.Generator) -> Ids:
        won, seen = counts_per_arm(clicks, trials)
        part = -(-self.explore // seen.shape[-1])
        waiting = seen < part
        best = _best_so_far(won, seen, rng)
        shipped = seen.max(axis=-1) - seen.min(axis=-1) > part / 10
        decided = np.where(shipped, seen.argmax(axis=-1), best)
        return np.where(waiting.any(axis=-1), _highest(waiting.astype(float), rng), decided)
