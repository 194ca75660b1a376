"""The words of the column `status` of a request log."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["SERVED", "failed"]

SERVED = ("ok", "mixed")  # the words for a request that was answered with a prediction


def failed(status: NDArray[np.object_]) -> NDArray[np.bool_]:
    """Tell which requests got no answer, because a part was down or refused them.

    Parameters
    ----------
    status : ndarray of shape (n,)
        The column `status` of a log.

    Returns
    -------
    ndarray of shape (n,), bool
        True for ``"down:PART"`` and ``"schema:PART"``.

    Examples
    --------
    >>> failed(np.array(["ok", "down:api", "schema:api", "no_row"], dtype=object)).tolist()
    [False, True, True, False]
    """
    words = status.astype(str)
    lost: NDArray[np.bool_] = np.char.startswith(words, "down:")
    return lost | np.char.startswith(words, "schema:")
