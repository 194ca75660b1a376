"""What would another policy have earned? Answers from the log of the one that ran.

A row that the other policy would have made twice as often counts twice. That is unbiased, and worth
nothing where one row counts twenty thousand times: look at `effective_sample_size` first.

Chapter: 02
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mlbook.validate import number

__all__ = [
    "PolicyValue",
    "column_of_rows",
    "doubly_robust",
    "effective_sample_size",
    "importance_weights",
    "ipw",
    "snipw",
]

Floats = NDArray[np.float64]


class PolicyValue(NamedTuple):
    """The estimated value of a policy.

    Parameters
    ----------
    value : float
        Mean reward a row, for example clicks an impression.
    standard_error : float
        Its standard error, from the rows. It cannot know of weights that were not drawn.
    """

    value: float
    standard_error: float


def importance_weights(
    target: ArrayLike, propensity: ArrayLike, *, clip: float | None = None
) -> Floats:
    """Tell how often each row counts: the other policy's probability over the logged one.

    Parameters
    ----------
    target : array_like
        How likely the other policy is to show what was shown, 0 to 1; one number or one a row.
    propensity : array_like of shape (n,)
        How likely the policy was that wrote the log; above 0 and at most 1.
    clip : float, optional
        No row counts more often than that, > 0. Less noise, and a bias towards what was logged.

    Returns
    -------
    ndarray of shape (n,)
        On average 1, unless the log never shows what the other policy would.

    Raises
    ------
    ValueError
        When a probability cannot be, with the first row that is wrong.

    References
    ----------
    D. G. Horvitz, D. J. Thompson, "A Generalization of Sampling Without Replacement From a Finite
    Universe", JASA 47, 1952. Clipping: E. L. Ionides, "Truncated Importance Sampling", Journal of
    Computational and Graphical Statistics 17, 2008.

    Examples
    --------
    >>> importance_weights(0.5, [0.25, 1.0, 0.001]).tolist()
    [2.0, 0.5, 500.0]
    >>> importance_weights(0.5, [0.25, 1.0, 0.001], clip=10).tolist()
    [2.0, 0.5, 10.0]
    """
    logged, wanted = np.asarray(propensity, float), np.asarray(target, float)
    unit, hint = "the probability of what was shown", "Without it the row tells nothing: drop it."
    _all_rows("propensity", logged, (logged > 0) & (logged <= 1), "> 0 and <= 1", unit, hint)
    if wanted.shape not in {(), logged.shape}:
        text = "target must be one probability, or one a row of propensity, got shapes"
        raise ValueError(f"{text} {wanted.shape} and {logged.shape}. Give as many of both.")
    hint = "Write probabilities, not percentages."
    _all_rows("target", wanted, (wanted >= 0) & (wanted <= 1), ">= 0 and <= 1", unit, hint)
    times: Floats = wanted / logged
    if clip is None:
        return times
    return times.clip(max=number("clip", clip, above=0, unit="times that a row counts"))


def effective_sample_size(weight: ArrayLike) -> float:
    """Tell how many rows of equal weight would know as much.

    Parameters
    ----------
    weight : array_like of shape (n,)
        As `importance_weights` gives them.

    Returns
    -------
    float
        Rows, from 1 to n: ``sum(w) ** 2 / sum(w ** 2)``.

    References
    ----------
    A. Kong, "A Note on Importance Sampling using Standardized Weights", University of Chicago,
    Technical Report 348, 1992.

    Examples
    --------
    >>> effective_sample_size([1, 1, 1, 1]), round(effective_sample_size([1, 1, 1, 100]), 2)
    (4.0, 1.06)
    """
    weight = _weights(weight)
    return float(weight.sum() ** 2 / (weight**2).sum())


def ipw(reward: ArrayLike, weight: ArrayLike) -> PolicyValue:
    """Estimate the value by inverse propensity weighting: the mean of weight times reward.

    Parameters
    ----------
    reward : array_like of shape (n,)
        What each row brought, for example 1 for a click.
    weight : array_like of shape (n,)
        As `importance_weights` gives them.

    Returns
    -------
    PolicyValue
        Unbiased without clipping; noisy when weights differ much.

    Examples
    --------
    >>> ipw([1, 0, 1, 0], [2.0, 1.0, 0.5, 0.5]).value
    0.625
    """
    weight = _weights(weight)
    return _mean(weight * _same_rows("reward", reward, weight))


def snipw(reward: ArrayLike, weight: ArrayLike) -> PolicyValue:
    """Estimate the value by self-normalised weighting: divided by the weights there are.

    Parameters
    ----------
    reward : array_like of shape (n,)
        What each row brought.
    weight : array_like of shape (n,)
        As `importance_weights` gives them.

    Returns
    -------
    PolicyValue
        Never outside of the rewards; a bias that fades as rows come in. The error is that of a
        ratio of means, by the delta method.

    References
    ----------
    A. Swaminathan, T. Joachims, "The Self-Normalized Estimator for Counterfactual Learning",
    NeurIPS 2015.

    Examples
    --------
    >>> snipw([1, 0, 1, 0], [2.0, 1.0, 0.5, 0.5]).value
    0.625
    >>> snipw([1, 0], [30.0, 10.0]).value
    0.75
    """
    weight = _weights(weight)
    rewards = _same_rows("reward", reward, weight)
    value = float((weight * rewards).sum() / weight.sum())
    off = weight * (rewards - value) / weight.mean()
    return PolicyValue(value, _mean(off).standard_error)


def doubly_robust(
    reward: ArrayLike, weight: ArrayLike, *, shown: ArrayLike, target: ArrayLike
) -> PolicyValue:
    """Estimate the value from a reward model, and correct it by the weighted rows it gets wrong.

    Parameters
    ----------
    reward : array_like of shape (n,)
        What each row brought.
    weight : array_like of shape (n,)
        As `importance_weights` gives them.
    shown : array_like of shape (n,)
        What the model expected of what was shown.
    target : array_like of shape (n,)
        What the model expects of the other policy: over all items, weighted by its probabilities.

    Returns
    -------
    PolicyValue
        Unbiased when the propensities are right or the model is; less noisy than `ipw` when the
        model is good. The model must not have seen the row itself; see
        :func:`mlbook.ab.cross_fitted_means`.

    References
    ----------
    M. Dudík, J. Langford, L. Li, "Doubly Robust Policy Evaluation and Learning", ICML 2011.

    Examples
    --------
    >>> doubly_robust([1, 0], [2.0, 1.0], shown=[0.5, 0.25], target=[0.5, 0.5]).value
    0.875
    """
    weight = _weights(weight)
    rewards, of_shown, of_target = (
        _same_rows(name, values, weight)
        for name, values in (("reward", reward), ("shown", shown), ("target", target))
    )
    return _mean(of_target + weight * (rewards - of_shown))


def _mean(values: Floats) -> PolicyValue:
    return PolicyValue(float(values.mean()), float(values.std(ddof=1) / np.sqrt(values.size)))


def column_of_rows(name: str, values: ArrayLike) -> Floats:
    """Check that there is one number a row, and more than one row.

    Parameters
    ----------
    name : str
        The argument as its caller wrote it.
    values : array_like
        What was passed.

    Returns
    -------
    ndarray of shape (n,)
        As floats.
    """
    rows = np.asarray(values, float)
    if rows.ndim != 1 or rows.size < 2:
        text = f"{name} must be a column of at least two rows, got shape {rows.shape}."
        raise ValueError(f"{text} One row has no spread to tell an error from.")
    return rows


def _all_rows(
    name: str, values: Floats, right: NDArray[np.bool_], rule: str, unit: str, hint: str
) -> None:
    wrong = np.flatnonzero(~right)  # also where a value is NaN
    if wrong.size:
        first = f"got {values.flat[wrong[0]]:g} in row {wrong[0]}"
        raise ValueError(f"{name} must be {rule} ({unit}), {first} ({wrong.size} such). {hint}")


def _weights(weight: ArrayLike) -> Floats:
    rows = column_of_rows("weight", weight)
    finite = np.isfinite(rows) & (rows >= 0)
    _all_rows(
        "weight",
        rows,
        finite,
        ">= 0",
        "times that a row counts",
        "importance_weights() makes them.",
    )
    if not rows.any():
        text = "weight must be above 0 in some row (times that a row counts), got 0 in all."
        raise ValueError(f"{text} The log holds nothing that the other policy would show.")
    return rows


def _same_rows(name: str, values: ArrayLike, weight: Floats) -> Floats:
    rows = column_of_rows(name, values)
    if rows.shape != weight.shape:
        text = f"{name} must have one value a row, got {rows.size} for {weight.size} weights."
        raise ValueError(f"{text} Take both from the same log.")
    _all_rows(name, rows, np.isfinite(rows), "a finite number", "reward of a row", "Drop the row.")
    return rows
