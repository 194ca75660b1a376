"""Seconds everywhere inside; words only at the edge.

Durations are floats in seconds. Multiply to write them (``15 * MINUTE``) and call
:func:`duration` to read them (``"15 min"``).
"""

from __future__ import annotations

import math

__all__ = ["DAY", "HOUR", "MINUTE", "MONTH", "MS", "SECOND", "duration", "percent"]

MS = 1e-3
SECOND = 1.0
MINUTE = 60.0
HOUR = 3600.0
DAY = 86400.0
MONTH = 28 * DAY  # four weeks: every month has the same days of the week

_STEPS = (("d", DAY), ("h", HOUR), ("min", MINUTE), ("s", SECOND), ("ms", MS), ("µs", 1e-6))


def duration(seconds: float) -> str:
    """Say a duration in the unit a person would choose.

    Parameters
    ----------
    seconds : float
        Duration in seconds; may be negative, infinite or NaN.

    Returns
    -------
    str
        Two or three significant digits and a unit: ``"23 ms"``, ``"6.0 h"``, ``"14 d"``.

    Examples
    --------
    >>> duration(0.0234), duration(6 * HOUR), duration(14 * DAY), duration(0)
    ('23 ms', '6.0 h', '14 d', '0 s')
    """
    if math.isnan(seconds):
        return "-"
    if seconds == 0:
        return "0 s"
    if math.isinf(seconds):
        return "forever" if seconds > 0 else "-forever"
    size = abs(seconds)
    # A day is named from two of them up: "26 h" says more than "1.1 d".
    for unit, length in _STEPS:
        enough = 2 * length if unit == "d" else length
        if size >= enough * 0.9995:
            return f"{_short(seconds / length)} {unit}"
    return f"{_short(seconds / 1e-6)} µs"


def percent(fraction: float) -> str:
    """Say a fraction as a percentage, never rounding a loss away.

    Parameters
    ----------
    fraction : float
        A share, 0 to 1.

    Returns
    -------
    str
        ``"100 %"`` only when the share is exactly 1, ``"0 %"`` only when it is exactly 0.

    Examples
    --------
    >>> percent(0.123), percent(0.9996), percent(1.0), percent(0.0004)
    ('12.3 %', '99.96 %', '100 %', '0.04 %')
    """
    if math.isnan(fraction):
        return "-"
    if math.isinf(fraction):
        return "∞ %" if fraction > 0 else "-∞ %"
    if fraction in {0.0, 1.0}:
        return f"{100 * fraction:.0f} %"
    # Near 0 and near 1 show the first digit of what is left: 99.96 %, not 100 %.
    edge = 100 * min(abs(fraction), abs(1 - fraction))
    digits = max(1, -math.floor(math.log10(edge))) if edge else 1
    return f"{100 * fraction:.{digits}f} %"


def _short(value: float) -> str:
    return f"{value:.0f}" if abs(value) >= 9.95 else f"{value:.1f}"
