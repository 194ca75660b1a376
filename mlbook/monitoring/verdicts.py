"""What a gate says: one line a check, passed or blocked, with the reason in plain words."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Check", "Verdict"]


class Check(NamedTuple):
    """One thing that was looked at.

    Parameters
    ----------
    name : str
        What was asked, for example ``"missing values"``.
    about : str
        The column or the model it was asked of.
    value, limit : float
        What was found, and how far it may go.
    passed : bool
        Whether it may pass.
    says : str
        What was found, in words.
    """

    name: str
    about: str
    value: float
    limit: float
    passed: bool
    says: str


@dataclass(frozen=True)
class Verdict:
    """All checks of one build.

    Parameters
    ----------
    checks : tuple of Check
        In the order in which they were made.

    Examples
    --------
    >>> Verdict((Check("rows", "clicks", 10.0, 500.0, False, "10 rows, at least 500"),))
    BLOCKED
    rows of clicks: 10 rows, at least 500
    """

    checks: tuple[Check, ...]

    @property
    def passed(self) -> bool:
        """Whether nothing speaks against it."""
        return all(check.passed for check in self.checks)

    @property
    def reasons(self) -> tuple[str, ...]:
        """What speaks against it, one line a check; empty when it passed."""
        return tuple(f"{c.name} of {c.about}: {c.says}" for c in self.checks if not c.passed)

    def table(self) -> pd.DataFrame:
        """List all checks.

        Returns
        -------
        pandas.DataFrame
            One row a check; the columns are the fields of :class:`Check`.
        """
        import pandas as pd

        return pd.DataFrame(self.checks, columns=list(Check._fields))

    def __add__(self, other: Verdict) -> Verdict:
        return Verdict(self.checks + other.checks)

    def __repr__(self) -> str:
        return "\n".join([self._word, *self.reasons])

    def _repr_html_(self) -> str:
        lines = "".join(f"<li>{escape(reason)}</li>" for reason in self.reasons)
        return f"<p><strong>{self._word}</strong></p><ul>{lines}</ul>"

    @property
    def _word(self) -> str:
        return f"PASSED {len(self.checks)} checks" if self.passed else "BLOCKED"
