"""What all faults have in common: a kind, a part, when, for how long, how much."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from mlbook.streams import stream
from mlbook.validate import number

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Fault"]

BY = {
    "clock_skew": "seconds that the clock is ahead",
    "late": "seconds that a message is late",
    "reorder": "mean seconds that a message is late",
}


@dataclass(frozen=True)
class Fault:
    """One fault on one part; the functions of this package make them.

    Parameters
    ----------
    kind : str
        What goes wrong, named like the function that makes it: ``"down"``, ``"slow"``, ...
    part : str
        The part's name, for example ``"api"``; inside a wrapped pattern ``"arm/part"``.
    at_s, lasting_s : float
        When it begins and how long it lasts, in seconds.
    by_s : float
        By how many seconds: added to each call, how late, or how wrong a clock is.
    share : float
        The share of the calls, events or phones that it hits, above 0 and at most 1.
    """

    kind: str
    part: str
    at_s: float
    lasting_s: float
    by_s: float = 0.0
    share: float = 1.0

    def __post_init__(self) -> None:
        hint = "Durations are seconds: write 8 * mb.DAY."
        number("at", self.at_s, at_least=0, unit="seconds since the start of the world", hint=hint)
        number("lasting", self.lasting_s, above=0, unit="seconds", hint=hint)
        at_least = None if self.kind == "clock_skew" else 0  # a clock may be behind
        unit = BY.get(self.kind, "seconds added to each call")
        number("by", self.by_s, at_least=at_least, unit=unit, hint=hint)
        what = "a share of the calls, events or phones"
        number("share", self.share, above=0, at_most=1, unit=what, hint="Write 0.5 for half.")

    def covers(self, now_s: float) -> bool:
        """Tell whether the fault is on.

        Parameters
        ----------
        now_s : float
            The instant in seconds.

        Returns
        -------
        bool
            True from its beginning until just before its end.
        """
        return self.at_s <= now_s < self.at_s + self.lasting_s

    def covered(self, at_s: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Tell at which instants the fault is on.

        Parameters
        ----------
        at_s : ndarray
            The instants in seconds.

        Returns
        -------
        ndarray of bool
            One entry an instant.
        """
        return (at_s >= self.at_s) & (at_s < self.at_s + self.lasting_s)

    def hits(self, seed: int, size: int) -> NDArray[np.bool_]:
        """Draw whom it hits: each call, event or phone by itself, with probability `share`.

        Parameters
        ----------
        seed : int
            Seed of the run.
        size : int
            How many there are.

        Returns
        -------
        ndarray of shape (size,), bool
            The same for the same seed, part and kind, whatever else happens in the run.
        """
        return stream(seed, f"fault/{self.part}/{self.kind}").random(size) < self.share

    def delays_s(self, seed: int, size: int) -> NDArray[np.float64]:
        """Draw how much later each call or event comes, if it is hit.

        Parameters
        ----------
        seed : int
            Seed of the run.
        size : int
            How many there are.

        Returns
        -------
        ndarray of shape (size,)
            Seconds: `by_s` for ``"late"``, exponential with that mean for ``"reorder"``, else 0.
        """
        if self.kind == "reorder":
            return stream(seed, f"fault/{self.part}/reorder/by").exponential(self.by_s, size)
        return np.full(size, self.by_s if self.kind == "late" else 0.0)
