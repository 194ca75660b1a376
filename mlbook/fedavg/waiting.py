"""A round waits for the K-th of n devices, not for the last one.

Chapter: 09
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mlbook.validate import integer, number

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["kth_of_mean_s", "reports"]


def reports(
    takes_s: NDArray[np.float64], wanted: int, at_most_s: float
) -> tuple[NDArray[np.bool_], float]:
    """Tell who reports in time, and when the round closes.

    Parameters
    ----------
    takes_s : ndarray of shape (n,)
        Seconds until each device would report; infinite for one that drops out.
    wanted : int
        K: the round closes with the K-th report.
    at_most_s : float
        The longest that the server waits, in seconds.

    Returns
    -------
    tuple of (ndarray of shape (n,), float)
        Who reported, and the seconds that the round took.

    Examples
    --------
    >>> reports(np.array([30.0, np.inf, 10.0, 90.0]), wanted=2, at_most_s=600.0)
    (array([ True, False,  True, False]), 30.0)
    """
    in_order = np.argsort(takes_s, kind="stable")
    reported = np.zeros(takes_s.size, dtype=bool)
    reported[in_order[:wanted]] = True
    reported &= takes_s <= at_most_s
    enough = reported.sum() == wanted
    return reported, float(takes_s[reported].max()) if enough else float(at_most_s)


def kth_of_mean_s(mean_s: float, k: int, n: int) -> float:
    """Mean time until the k-th of n devices has reported, each taking an exponential time.

    Parameters
    ----------
    mean_s : float
        Mean time of one device, in seconds.
    k, n : int
        Which report, of how many devices; 1 <= k <= n.

    Returns
    -------
    float
        Seconds.

    Notes
    -----
    After j reports the next one comes after ``mean / (n - j)`` on average, so the law is
    ``mean * (1/n + 1/(n-1) + ... + 1/(n-k+1))``. For other distributions with distribution function
    F, F of the time is a beta variable with parameters k and n - k + 1.

    Examples
    --------
    The last of 30 takes long, the 30th of 39 does not, and neither does the 300th of 390:

    >>> [round(kth_of_mean_s(60.0, k, n)) for k, n in ((30, 30), (30, 39), (300, 390))]
    [240, 85, 88]
    """
    number("mean_s", mean_s, above=0, unit="seconds")
    integer("n", n, at_least=1, unit="devices")
    integer("k", k, at_least=1, unit="reports")
    number("k", k, at_most=n, unit="reports, not more than the devices")
    return float(mean_s * (1 / np.arange(n - k + 1, n + 1)).sum())
