"""Send every visit to the pattern at its time, and collect what it got."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from mlbook.components import DownError
from mlbook.patterns.answer import Answer

if TYPE_CHECKING:
    from mlbook.components import Site
    from mlbook.patterns.base import Pattern

__all__ = ["serve"]


def serve(
    running: Pattern, site: Site, served: NDArray[np.int64]
) -> tuple[list[Answer], NDArray[np.float64]]:
    """Send every visit on its way at its time and collect the answers.

    Parameters
    ----------
    running : Pattern
        The installed pattern.
    site : Site
        Where it is installed.
    served : ndarray of shape (n,)
        The rows of ``world.visits`` that are served.

    Returns
    -------
    tuple of (list of Answer, ndarray of shape (n,))
        The answers, and when each was given, in seconds.
    """
    clock, at_s = site.clock, site.world.visits.at_s
    answers: dict[int, Answer] = {}
    done_s = np.empty(served.size)

    async def ask(n: int, i: int) -> None:
        try:
            answers[n] = await running.predict(i)
        except DownError as refused:
            answers[n] = Answer.refused(refused)
        done_s[n] = clock.now

    async def visitors() -> None:
        for n, i in enumerate(served.tolist()):
            await clock.until(at_s[i])
            clock.start(ask(n, i))

    clock.start(visitors())
    try:
        clock.run()
    finally:
        clock.close()  # nothing is left, unless a pattern raised
    if len(answers) < served.size:
        lost = next(n for n in range(served.size) if n not in answers)
        text = (
            f"predict must answer every request, got none for visit {served[lost]}. Does it wait "
            "for a worker that is never given back?"
        )
        raise RuntimeError(text)
    return [answers[n] for n in range(served.size)], done_s
