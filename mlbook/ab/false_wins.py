"""How many of the wins that a team announces are none.

Chapter: 02
"""

from __future__ import annotations

from mlbook.validate import number

__all__ = ["false_positive_risk"]


def false_positive_risk(success_rate: float, *, alpha: float = 0.05, power: float = 0.8) -> float:
    """Give the share of the significant improvements that are no improvements.

    Parameters
    ----------
    success_rate : float
        The share of the tested ideas that do improve the metric, above 0 and at most 1.
    alpha : float
        Two-sided level of the tests, above 0 and at most 1; half of it is on the winning side.
    power : float
        The chance that a test finds an improvement that is there, above 0 and at most 1.

    Returns
    -------
    float
        A share of the wins; ideas that do not improve are taken to do nothing.

    Notes
    -----
    ``a (1 - s) / (a (1 - s) + power s)`` with ``a = alpha / 2``: Bayes' rule.

    References
    ----------
    R. Kohavi, A. Deng, L. Vermeer, "A/B Testing Intuition Busters", KDD 2022.

    Examples
    --------
    >>> round(false_positive_risk(0.10), 3)
    0.22
    """
    ideas = "the share of ideas that improve the metric"
    number("success_rate", success_rate, above=0, at_most=1, unit=ideas)
    number("alpha", alpha, above=0, at_most=1, unit="two-sided level of the tests")
    number("power", power, above=0, at_most=1, unit="the chance to find what is there")
    false, right = alpha / 2 * (1 - success_rate), power * success_rate
    return false / (false + right)
