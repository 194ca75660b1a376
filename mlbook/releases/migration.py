"""A column gets another name while two versions of a program are alive that know one name each.

    at once                 old name ────────────┐
                                                 └──────────── new name

    expand, migrate,        old name ──────────────────────────────┐
    contract                           ┌───────────────────────────┴──── new name
                                    expand      (both)          contract

Chapter: 11
"""

from __future__ import annotations

from dataclasses import dataclass

from mlbook.faults import Fault, schema_change
from mlbook.validate import number

__all__ = ["Migration"]


@dataclass(frozen=True, kw_only=True)
class Migration:
    """From when a new name of a column can be read, and until when the old one.

    Parameters
    ----------
    new_from : float
        When the column with the new name is there, in seconds: the *expand*.
    old_until : float
        When the one with the old name is dropped, in seconds: the *contract*. The same instant as
        `new_from` is a rename in one step.

    Notes
    -----
    Who writes fills both columns as long as both are there, and old rows are copied in the first
    moment; how long a copy takes is left out.

    Examples
    --------
    >>> rename = Migration(new_from=100.0, old_until=100.0)
    >>> [(f.part, f.at_s, f.lasting_s) for f in rename.faults(until=150.0)]
    [('blue/api', 100.0, 50.0), ('green/api', 0.0, 100.0)]
    """

    new_from: float
    old_until: float

    def __post_init__(self) -> None:
        number("new_from", self.new_from, above=0, unit="seconds since the start of the world")
        number(
            "old_until",
            self.old_until,
            at_least=self.new_from,
            unit="seconds; not before the new column is there",
            hint="Expand first, contract last.",
        )

    def faults(self, *, until: float, old: str = "blue/api", new: str = "green/api") -> list[Fault]:
        """Write down when which program asks for a column that is not there.

        Parameters
        ----------
        until : float
            The end of the world, in seconds.
        old, new : str
            The parts that know the old name only, and the new name only.

        Returns
        -------
        list of Fault
            For ``mb.run(..., faults=...)``: a call is refused with the status ``"schema:..."``.
        """
        faults = [schema_change(new, at=0.0, lasting=self.new_from)]
        if self.old_until < until:
            faults.insert(0, schema_change(old, at=self.old_until, lasting=until - self.old_until))
        return faults
