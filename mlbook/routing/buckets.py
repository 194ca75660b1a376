"""Send a user to a place between 0 and 1 that nothing ever moves.

Chapter: 02
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["bucket"]


def bucket(users: Iterable[int], salt: str) -> NDArray[np.float64]:
    """Hash users to places on the line from 0 to 1, evenly and for ever the same.

    Parameters
    ----------
    users : iterable of int
        Their numbers.
    salt : str
        Another salt gives each user another place, independent of the first.

    Returns
    -------
    ndarray of shape (n,)
        At least 0 and below 1: the first 53 bits of SHA-256.

    Examples
    --------
    >>> bucket([0, 1, 2], "spring").round(3).tolist()
    [0.978, 0.375, 0.961]
    """
    digests = (hashlib.sha256(f"{salt}|{user}".encode()).digest() for user in users)
    bits = np.array([int.from_bytes(digest[:8]) >> 11 for digest in digests])
    return bits / 2.0**53
