"""Two rankings in one list: each visitor compares them, and far fewer visitors are needed.

Chapter: 02
"""

from __future__ import annotations

import math

from scipy.special import ndtri

from mlbook.validate import number

__all__ = ["interleaved_impressions"]


def interleaved_impressions(
    preference: float, click_rate: float, *, power: float = 0.8, alpha: float = 0.05
) -> int:
    """Tell how many impressions of an interleaved list show which ranking is preferred.

    Parameters
    ----------
    preference : float
        The share of the clicks that goes to the better ranking's items; not 0.5, within 0 to 1.
    click_rate : float
        Clicks an impression, above 0 and at most 1.
    power : float
        The chance to find the preference, above 0 and below 1.
    alpha : float
        Two-sided level, above 0 and below 1.

    Returns
    -------
    int
        Impressions in all, rounded up.

    Notes
    -----
    Under no preference a click goes to either ranking like a fair coin. It takes ``(z_alpha +
    z_power)^2 / 4 / (preference - 1/2)^2`` clicks, and each of them ``1 / click_rate`` impressions.
    The variance is that of the fair coin, and clicks are taken to be independent.

    References
    ----------
    O. Chapelle, T. Joachims, F. Radlinski, Y. Yue, "Large-Scale Validation and Analysis of
    Interleaved Search Evaluation", ACM Transactions on Information Systems 30, 2012.

    Examples
    --------
    >>> interleaved_impressions(0.53, 0.10)
    21803
    """
    number("preference", preference, at_least=0, at_most=1, unit="a share of the clicks")
    if preference == 0.5:
        text = "preference must differ from 0.5 (a share of the clicks), got 0.5."
        raise ValueError(f"{text} No sample shows a difference that is not there.")
    number("click_rate", click_rate, above=0, at_most=1, unit="clicks an impression")
    for name, value in (("power", power), ("alpha", alpha)):
        number(name, value, above=0, unit="a chance")
        number(f"1 - {name}", 1 - value, above=0, unit="a chance")
    z = float(ndtri(1 - alpha / 2) + ndtri(power))
    clicks = (z / 2 / (preference - 0.5)) ** 2
    return math.ceil(clicks / click_rate)
