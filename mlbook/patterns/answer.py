"""What a request got: which model, which features as of when, and whether it got a prediction."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mlbook.components import DownError
    from mlbook.model import Version

__all__ = ["Answer"]


@dataclass(frozen=True, eq=False, slots=True)
class Answer:
    """What a request got.

    Parameters
    ----------
    version : Version or None
        The model version behind it; None before the first model.
    feature_asof_s : float
        The features know the events before this instant, in seconds.
    computed_at_s : float
        When the prediction was computed, in seconds.
    trigger : str
        What made the computation happen: ``"request"``, ``"schedule"`` or ``"event"``.
    status : str
        ``"ok"``, or why the page was shown without a prediction.
    read_at_s : float or None
        When the features were read from the pattern's own store of events, in seconds; None for a
        pattern that reads the shop's features as of `feature_asof_s`.
    older : Answer or None
        In a half-written table: what the items from `first_older_item` on were answered with.
    first_older_item : int
        The first item that the writer has not reached.
    """

    version: Version | None
    feature_asof_s: float
    computed_at_s: float
    trigger: str
    status: str = "ok"
    read_at_s: float | None = None
    older: Answer | None = None
    first_older_item: int = 0

    @classmethod
    def refused(cls, error: DownError) -> Answer:
        """Make the answer of a request that a part refused: the user gets none.

        Parameters
        ----------
        error : DownError
            Who refused it, and why.

        Returns
        -------
        Answer
            Its status is ``"down:PART"`` or ``"schema:PART"``.
        """
        return cls(None, math.nan, math.nan, "none", status=f"{error.why}:{error.part}")

    def row_of(self, item: int) -> Answer:
        """Give the answer that one item's row holds, in a table that may be half written.

        Parameters
        ----------
        item : int
            The item.

        Returns
        -------
        Answer
            This answer, or the older one behind it.
        """
        if self.older is not None and item >= self.first_older_item:
            return self.older.row_of(item)
        return self
