"""What all faults have in common: a kind, a part, when, for how long, how much."""

from __future__ import annotations

from dataclasses import dataclass

from mlbook.validate import number

__all__ = ["Fault"]


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
        By how many seconds: added to each call, or how late, for the kinds that have such a number.
    """

    kind: str
    part: str
    at_s: float
    lasting_s: float
    by_s: float = 0.0

    def __post_init__(self) -> None:
        hint = "Durations are seconds: write 8 * mb.DAY."
        number("at", self.at_s, at_least=0, unit="seconds since the start of the world", hint=hint)
        number("lasting", self.lasting_s, above=0, unit="seconds", hint=hint)
        number("by", self.by_s, at_least=0, unit="seconds added to each call", hint=hint)

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
