"""The gate's own errors: bad models shipped against good ones blocked, as it becomes stricter.

Candidates of known quality are made for it. In this small world the log-odds of a click are normal,
and a model reads them with a normal error of its own. The larger the error, the larger the log loss
in the long run, which a quadrature gives exactly. A good candidate is as good as the model in use;
a bad one is worse by a known amount. The gate sees neither, only a hold-out.

Chapter: 11
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtr, ndtri

from mlbook.streams import stream
from mlbook.validate import integer, number

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["GateCurve", "error_of", "gate_curve", "quality_of"]

MEAN_LOGIT, SPREAD_LOGIT = -1.0, 1.0  # clicks are about 29 in 100
CURRENT_ERROR = 0.5  # of the model in use, in log-odds
Z = np.linspace(-4.0, 4.0, 161)
LEAST_SURE = 1e-4
MOST_WORSE = 0.1
AT_ONCE = 2_000_000  # rows that are held in memory


@dataclass(frozen=True)
class GateCurve:
    """What share of the candidates a gate judges wrongly, for every strictness.

    Parameters
    ----------
    hold_out : int
        Rows by which each candidate is judged.
    worse_by : float
        Log loss by which a bad candidate is worse than the model in use.
    worse_at_most : float
        The margin of the gate, in log loss.
    z : ndarray of shape (n,)
        The strictness: how many standard errors are added to the measured difference.
    shipped, blocked : ndarray of shape (n,)
        Share of the bad candidates that pass, and of the good ones that do not.
    law_shipped, law_blocked : ndarray of shape (n,)
        The same by the normal law, without any candidate.
    """

    hold_out: int
    worse_by: float
    worse_at_most: float
    z: NDArray[np.float64]
    shipped: NDArray[np.float64]
    blocked: NDArray[np.float64]
    law_shipped: NDArray[np.float64]
    law_blocked: NDArray[np.float64]

    def at(self, sure: float) -> tuple[float, float]:
        """Give the two errors of a gate that asks for some confidence.

        Parameters
        ----------
        sure : float
            As :attr:`mlbook.monitoring.Gate.sure`.

        Returns
        -------
        tuple of float
            Shares of the bad ones shipped and of the good ones blocked.
        """
        z = ndtri(number("sure", sure, at_least=LEAST_SURE, at_most=1 - LEAST_SURE))
        return float(np.interp(z, self.z, self.shipped)), float(np.interp(z, self.z, self.blocked))


def gate_curve(
    hold_out: int,
    *,
    worse_by: float = 0.01,
    worse_at_most: float = 0.005,
    candidates: int = 1_000,
    seed: int = 0,
) -> GateCurve:
    """Let many candidates of known quality knock at the quality check of a gate.

    Parameters
    ----------
    hold_out : int
        Rows by which each is judged, at least 2.
    worse_by : float
        Log loss by which a bad candidate is worse than the model in use, above 0, at most 0.1.
    worse_at_most : float
        The margin of the gate, in log loss.
    candidates : int
        How many good and how many bad ones, each with a hold-out of its own.
    seed : int
        Which ones.

    Returns
    -------
    GateCurve
        The errors for every strictness.

    Notes
    -----
    The paired difference has a mean `m` and a standard deviation `s` a row, known by quadrature. A
    candidate passes with probability ``Phi((margin - m) sqrt(n) / s - z)``. So four times as many
    rows double the distance between the good ones and the bad ones.

    Examples
    --------
    >>> shipped, blocked = gate_curve(2_000, candidates=300).at(sure=0.95)
    >>> blocked > 0.5  # two thousand rows are too few to be sure
    True
    """
    integer("hold_out", hold_out, at_least=2, unit="rows")
    number("worse_by", worse_by, above=0, at_most=MOST_WORSE, unit="log loss a row")
    number("worse_at_most", worse_at_most, at_least=0, unit="log loss a row")
    integer("candidates", candidates, at_least=1, unit="candidates of each kind")
    kinds = {"good": CURRENT_ERROR, "bad": error_of(worse_by)}
    passed, law = {}, {}
    for kind, error in kinds.items():
        gap, its_error = _judged(hold_out, error, candidates, stream(seed, f"gate/{kind}"))
        passed[kind] = (gap + Z[:, None] * its_error <= worse_at_most).mean(axis=1)
        mean, spread = quality_of(error)
        law[kind] = ndtr((worse_at_most - mean) * np.sqrt(hold_out) / spread - Z)
    return GateCurve(
        hold_out, worse_by, worse_at_most, Z,
        passed["bad"], 1 - passed["good"], law["bad"], 1 - law["good"],
    )  # fmt: skip


def quality_of(error: float) -> tuple[float, float]:
    """Give the paired difference of the log losses in the long run, by quadrature.

    Parameters
    ----------
    error : float
        Standard deviation of the candidate's error, in log-odds.

    Returns
    -------
    tuple of float
        Mean and standard deviation a row, candidate minus model in use.
    """
    nodes, weights = np.polynomial.hermite_e.hermegauss(60)
    weights = weights / weights.sum()
    logit = MEAN_LOGIT + SPREAD_LOGIT * nodes
    p = 1 / (1 + np.exp(-logit))
    mean = square = 0.0
    for label, chance in ((1.0, p), (0.0, 1 - p)):
        new = _loss(label, logit[:, None] + error * nodes)
        old = _loss(label, logit[:, None] + CURRENT_ERROR * nodes)
        # Given what is to be clicked, the errors of the two models are independent.
        m_new, m_old = new @ weights, old @ weights
        mean += weights @ (chance * (m_new - m_old))
        square += weights @ (chance * (new**2 @ weights + old**2 @ weights - 2 * m_new * m_old))
    return float(mean), float(np.sqrt(square - mean**2))


@cache
def error_of(worse_by: float) -> float:
    """Find the error that makes a candidate worse by a given log loss.

    Parameters
    ----------
    worse_by : float
        Log loss a row, 0 to 0.1.

    Returns
    -------
    float
        Standard deviation of its error, in log-odds.
    """
    errors = np.linspace(CURRENT_ERROR, 3 * CURRENT_ERROR, 101)
    return float(np.interp(worse_by, [quality_of(error)[0] for error in errors], errors))


def _judged(
    hold_out: int, error: float, candidates: int, rng: np.random.Generator
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Measure the mean difference of every candidate, and its standard error."""
    mean, its_error = np.empty(candidates), np.empty(candidates)
    step = max(AT_ONCE // hold_out, 1)
    for first in range(0, candidates, step):
        size = (min(step, candidates - first), hold_out)
        logit = MEAN_LOGIT + SPREAD_LOGIT * rng.standard_normal(size)
        clicked = rng.random(size) < 1 / (1 + np.exp(-logit))
        gap = _loss(clicked, logit + error * rng.standard_normal(size))
        gap -= _loss(clicked, logit + CURRENT_ERROR * rng.standard_normal(size))
        rows = slice(first, first + size[0])
        mean[rows] = gap.mean(axis=1)
        its_error[rows] = gap.std(axis=1, ddof=1) / np.sqrt(hold_out)
    return mean, its_error


def _loss(clicked: NDArray[np.bool_] | float, logit: NDArray[np.float64]) -> NDArray[np.float64]:
    """Log loss of a prediction in log-odds."""
    loss: NDArray[np.float64] = np.logaddexp(0.0, logit) - clicked * logit
    return loss
