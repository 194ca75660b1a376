"""How far a number that somebody said is from the right one."""

from __future__ import annotations

import math
from typing import NamedTuple

__all__ = ["Distance"]


class Distance(NamedTuple):
    """A number that somebody said, and the right one; as text: ``"2.3 times too low"``.

    Parameters
    ----------
    said, right : float
        The two numbers.
    """

    said: float
    right: float

    @property
    def factor(self) -> float:
        """The larger over the smaller; infinite when zero lies between them."""
        low, high = sorted(self)
        if low == high:
            return 1.0
        return math.inf if low <= 0 <= high else max(low / high, high / low)

    @property
    def is_low(self) -> bool:
        """Whether less was said than is right."""
        return self.said < self.right

    def __str__(self) -> str:
        times = f"{self.factor:.1f} times " if self.factor < math.inf else ""
        return f"{times}too {'low' if self.is_low else 'high'}"
