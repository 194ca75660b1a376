"""Looking more than once: what it costs, and boundaries under which it is allowed.

Looks at a growing experiment see a Brownian motion: at the share t of its planned size the sum of
what was seen has the variance t. The density of the experiments that no look has stopped yet is
carried from look to look by an integral over what was gained between them (Armitage, McPherson and
Rowe, 1969), here with Gauss-Legendre nodes. Both sides are alike, so one side is enough.

Chapter: 02
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.polynomial.legendre import leggauss
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr, ndtri

from mlbook.ab.checks import finite, within
from mlbook.validate import integer, one_of

__all__ = ["KINDS", "LookingCosts", "boundary", "crossing", "false_positive_rate", "looking_costs"]

KINDS = ("pocock", "obrien_fleming", "lan_demets_obf", "lan_demets_pocock")
LOOKS = "how often the experiment is looked at"
HIGHEST = 12.0  # standard errors; what lies beyond has a probability of 1e-33
FINE = 1.5  # nodes in a standard deviation of what is gained between two looks, at the least


def boundary(kind: str, looks: int | ArrayLike, alpha: float = 0.05) -> NDArray[np.float64]:
    """Give the z that each look must exceed, so that all looks together err at the level alpha.

    Parameters
    ----------
    kind : str
        ``"pocock"``: the same z at every look. ``"obrien_fleming"``: very high at first, nearly the
        usual one at the end. ``"lan_demets_obf"`` and ``"lan_demets_pocock"`` spend the level over
        time, much like the two, so that the looks need not be known beforehand.
    looks : int or array_like of float
        How many looks, evenly spaced; or the share of the planned units that each look sees, rising
        to 1.
    alpha : float
        How often an experiment without an effect may be stopped as one, > 0 and < 1.

    Returns
    -------
    ndarray of shape (looks,)
        Stop when ``|z| >`` it. Two-sided.

    Notes
    -----
    Pocock and O'Brien-Fleming have one constant, which is solved for. With alpha_1 = alpha / 2 for
    each side, the spending functions are ``2 - 2 Phi(z(alpha_1 / 2) / sqrt(t))`` and
    ``alpha_1 log(1 + (e - 1) t)``.

    References
    ----------
    S. J. Pocock, Biometrika 64 (1977). P. C. O'Brien, T. R. Fleming, Biometrics 35 (1979).
    K. K. G. Lan, D. L. DeMets, Biometrika 70 (1983). C. Jennison, B. W. Turnbull, "Group sequential
    methods with applications to clinical trials", 2000, chapters 2 and 7.

    Examples
    --------
    >>> boundary("pocock", 5).round(3).tolist()
    [2.413, 2.413, 2.413, 2.413, 2.413]
    >>> boundary("obrien_fleming", 5).round(2).tolist()
    [4.56, 3.23, 2.63, 2.28, 2.04]
    """
    one_of("kind", kind, KINDS)
    within("alpha", alpha, 0, 1, "share of false alarms")
    share = _shares(looks)
    if kind == "lan_demets_obf":
        spent = 2 * ndtr(ndtri(alpha / 4) / np.sqrt(share))
        return _spending(share, 2 * spent)
    if kind == "lan_demets_pocock":
        return _spending(share, alpha * np.log1p((np.e - 1) * share))
    shape = np.ones(share.size) if kind == "pocock" else 1 / np.sqrt(share)

    def too_often(constant: float) -> float:
        return float(crossing(constant * shape, share).sum()) - alpha

    return _root(too_often, -0.99 * float(ndtri(alpha / 2)), HIGHEST) * shape


def false_positive_rate(looks: int | ArrayLike, alpha: float = 0.05) -> float:
    """Tell how often an experiment without an effect is "significant" at one look or another.

    Parameters
    ----------
    looks : int or array_like of float
        How many looks, evenly spaced; or the share of the units that each look sees, rising to 1.
    alpha : float
        The level at *each* look, uncorrected.

    Returns
    -------
    float
        The share of A/A tests that are stopped, 0 to 1.

    Examples
    --------
    >>> [round(false_positive_rate(looks), 3) for looks in (1, 2, 5, 14)]
    [0.05, 0.083, 0.142, 0.22]
    """
    within("alpha", alpha, 0, 1, "share of false alarms")
    share = _shares(looks)
    return float(crossing(np.full(share.size, -ndtri(alpha / 2)), share).sum())


def crossing(z: ArrayLike, looks: int | ArrayLike, *, drift: float = 0.0) -> NDArray[np.float64]:
    """Give the probability that each look is the first to exceed its boundary.

    Parameters
    ----------
    z : array_like of shape (looks,)
        The boundary, > 0: a look stops when ``|z| >`` it.
    looks : int or array_like of float
        How many looks, evenly spaced; or the share of the units that each look sees, rising to 1.
    drift : float
        The true effect, as the z that is expected with all units. Without one it is 0.

    Returns
    -------
    ndarray of shape (looks,)
        Their sum is the share of false alarms, or with an effect the power.

    Examples
    --------
    >>> float(crossing(boundary("pocock", 5), 5).sum().round(6))
    0.05
    """
    share = _shares(looks)
    bar = within("z", z, 0, np.inf, "the boundary of each look")
    if bar.shape != share.shape:
        raise ValueError(f"z must have one number a look, got {bar.size} for {share.size} looks.")
    edge = bar * np.sqrt(share)
    gains = np.diff(share, prepend=0.0)
    going, go_on = START, [1.0]
    for k, t in enumerate(share):
        going = _look(going, gains[k], edge[k], gains[k : k + 2].min())
        # With a drift each path weighs by its likelihood ratio, which needs its end only.
        tilt = np.exp(-(drift**2) * t / 2) * np.cosh(drift * going.at)
        go_on.append(float(going.mass @ tilt))
    return -np.diff(go_on)


class LookingCosts(NamedTuple):
    """What it costs to be allowed to look, as multiples of the units of a test with one look.

    Parameters
    ----------
    max_n : float
        How many units must be planned for the same power.
    expected_n : float
        How many are used on average when the planned effect is there.
    expected_n_without_effect : float
        How many are used on average when there is none.
    """

    max_n: float
    expected_n: float
    expected_n_without_effect: float


def looking_costs(
    kind: str, looks: int | ArrayLike, alpha: float = 0.05, power: float = 0.8
) -> LookingCosts:
    """Tell how many units a boundary needs, compared to a single look at the end.

    Parameters
    ----------
    kind : str
        As for :func:`boundary`.
    looks : int or array_like of float
        As for :func:`boundary`.
    alpha : float
        Level of the whole experiment.
    power : float
        How often the effect shall be found, > alpha and < 1.

    Returns
    -------
    LookingCosts
        Three ratios.

    Examples
    --------
    >>> costs = looking_costs("pocock", 5)
    >>> round(costs.max_n, 2), round(costs.expected_n, 2)
    (1.23, 0.8)
    """
    within("power", power, alpha, 1, "share of the experiments that find the effect")
    share, z = _shares(looks), boundary(kind, looks, alpha)
    once = float(ndtri(power) - ndtri(alpha / 2))

    def too_weak(drift: float) -> float:
        return power - float(crossing(z, share, drift=drift).sum())

    drift = _root(too_weak, once / 4, 4 * once)
    most = (drift / once) ** 2

    def used(at: float) -> float:
        stops = crossing(z, share, drift=at)
        stops[-1] += 1 - stops.sum()
        return most * float(stops @ share)

    return LookingCosts(most, used(drift), used(0.0))


class _Going(NamedTuple):
    """The experiments that no look has stopped: where they are, as |sum|, and how many."""

    at: NDArray[np.float64]
    mass: NDArray[np.float64]

    def beyond(self, end: float, gained: float) -> float:
        """How many are beyond an end when they have gained a variance."""
        sd = np.sqrt(gained)
        return float(self.mass @ (ndtr((self.at - end) / sd) + ndtr((-self.at - end) / sd)))


START = _Going(np.zeros(1), np.ones(1))


def _look(going: _Going, gained: float, end: float, finest: float) -> _Going:
    """Carry the density to the next look, and leave out those who are beyond its end."""
    nodes, weights = _gauss(_enough(end, np.sqrt(finest)))
    at = end * nodes
    apart = at[:, None] - going.at, at[:, None] + going.at  # from the same side, from the other
    bells = sum(np.exp(-(gap**2) / (2 * gained)) for gap in apart) / np.sqrt(2 * np.pi * gained)
    return _Going(at, (bells @ going.mass) * weights * end)


def _enough(end: float, sd: float) -> int:
    """Count the nodes: so many in the finest standard deviation, in few sizes, for the cache."""
    return 16 * int(np.ceil((20 + FINE * np.pi / 2 * end / sd) / 16))


@cache
def _gauss(n: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Give the nodes and weights of Gauss and Legendre between 0 and 1."""
    nodes, weights = leggauss(n)
    return (nodes + 1) / 2, weights / 2


def _spending(share: NDArray[np.float64], spent: NDArray[np.float64]) -> NDArray[np.float64]:
    """Solve the boundary look by look: each stops just what is to be spent there."""
    gains, z = np.diff(share, prepend=0.0), np.empty(share.size)
    going = START
    for k, to_spend in enumerate(np.diff(spent, prepend=0.0)):
        scale = float(np.sqrt(share[k]))
        z[k] = _spends(going, scale, gains[k], to_spend)
        going = _look(going, gains[k], z[k] * scale, gains[k : k + 2].min())
    return z


def _spends(going: _Going, scale: float, gained: float, to_spend: float) -> float:
    """Solve the z beyond which there are so many."""
    return _root(lambda z: going.beyond(z * scale, gained) - to_spend, 0.0, HIGHEST)


def _root(falling: Callable[[float], float], low: float, high: float) -> float:
    """Find where a falling function is 0; the high end when it never falls so far."""
    from scipy.optimize import brentq

    return high if falling(high) >= 0 else float(brentq(falling, low, high, xtol=1e-12))


def _shares(looks: int | ArrayLike) -> NDArray[np.float64]:
    """Take a number of looks, or the share of the units that each sees."""
    if np.ndim(looks) == 0:
        n = integer("looks", looks, at_least=1, unit=LOOKS)
        return np.arange(1, n + 1) / n
    share = finite("looks", looks, "the share of the planned units at each look")
    if (np.diff(share, prepend=0.0) <= 0).any() or abs(share[-1] - 1) > 1e-9:
        text = "looks must rise from above 0 to 1 (the share of the planned units at each look)"
        raise ValueError(f"{text}, got {share.tolist() if share.size < 9 else share.size}.")
    return share
