"""How a part refuses, and how long it takes until somebody notices."""

from __future__ import annotations

__all__ = ["GIVES_UP_AFTER_S", "REFUSED_AFTER_S", "DownError"]

REFUSED_AFTER_S = 0.05  # a caller learns after this time that a part does not answer
GIVES_UP_AFTER_S = 1.0  # a caller waits so long for an answer that is lost on its way back


class DownError(Exception):
    """A part did not answer, or refused to.

    Parameters
    ----------
    part : str
        Its name.
    why : str
        ``"down"`` or ``"schema"``: the beginning of the request's status.
    noticed_after_s : float
        Seconds after which the caller notices.
    """

    def __init__(self, part: str, why: str = "down", noticed_after_s: float = 0.0) -> None:
        super().__init__(part)
        self.part, self.why, self.noticed_after_s = part, why, noticed_after_s

    @property
    def incident(self) -> str:
        """What became of a job that was refused: ``"lost"`` or ``"refused"``."""
        return "lost" if self.why == "down" else "refused"
