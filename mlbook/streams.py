"""Randomness is an argument: every part of a simulation draws from its own named stream.

Two streams with different names are independent, and a stream depends only on the seed and its
own name. So an added part, a fault or another order of construction moves nobody else's draws.
"""

from __future__ import annotations

import zlib

import numpy as np

__all__ = ["stream"]


def stream(seed: int, name: str) -> np.random.Generator:
    """Make the random stream of one named part.

    Parameters
    ----------
    seed : int
        The seed of the whole simulation, >= 0.
    name : str
        The part, for example ``"shop/clicks"``.

    Returns
    -------
    numpy.random.Generator
        The same numbers for the same seed and name, in every process.

    Examples
    --------
    >>> float(stream(7, "api").random()) == float(stream(7, "api").random())
    True
    >>> float(stream(7, "api").random()) == float(stream(7, "db").random())
    False
    """
    return np.random.default_rng([seed, zlib.crc32(name.encode())])
