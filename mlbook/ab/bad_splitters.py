"""Exhibits: five ways to split that look random and are not, or split what is not a user.

Each gives half of its units the treatment. Use none of them; use :func:`mlbook.ab.assign`.

Chapter: 02
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mlbook.ab.assignment import assign
from mlbook.streams import stream

__all__ = ["by_crc32", "by_parity", "by_request", "by_session", "by_used_salt"]

HALVES = {"control": 0.5, "treatment": 0.5}


def by_crc32(users: Iterable[int | str]) -> NDArray[np.object_]:
    """Split by a hash of the user alone, without a salt.

    Parameters
    ----------
    users : iterable of int or str
        Their numbers, or names.

    Returns
    -------
    ndarray of shape (n,)
        ``"control"`` or ``"treatment"``.

    Notes
    -----
    **What goes wrong**: every experiment has the same treatment group. Two that run at once cannot
    be told apart, and what the last one did to its users is found as an effect of the next.

    Examples
    --------
    >>> by_crc32([0, 1, 2]).tolist()
    ['treatment', 'treatment', 'treatment']
    """
    return _halves(np.array([zlib.crc32(str(user).encode()) % 2 for user in users]) == 1)


def by_parity(users: Iterable[int]) -> NDArray[np.object_]:
    """Give every user with an odd number the treatment.

    Parameters
    ----------
    users : iterable of int
        Their numbers.

    Returns
    -------
    ndarray of shape (n,)
        ``"control"`` or ``"treatment"``.

    Notes
    -----
    **What goes wrong**: numbers are given for a reason. Where two sign-up servers take turns, one
    for the app and one for the web, odd users are app users, and the two arms differ before
    anything was tried. The sizes are equal, so no test of the sample ratio sees it. And all
    experiments have the same treatment group, as without a salt.

    Examples
    --------
    >>> by_parity([0, 1, 2]).tolist()
    ['control', 'treatment', 'control']
    """
    return _halves(np.array([int(user) for user in users]) % 2 == 1)


def by_used_salt(users: Iterable[int | str], salt: str = "experiment") -> NDArray[np.object_]:
    """Split by a salted hash, whose salt nobody changes from one experiment to the next.

    Parameters
    ----------
    users : iterable of int or str
        Their numbers, or names.
    salt : str
        The one in the example of the manual.

    Returns
    -------
    ndarray of shape (n,)
        ``"control"`` or ``"treatment"``.

    Notes
    -----
    **What goes wrong**: the buckets remember. If the last experiment drove some of its users away
    for good, its treatment group is worse still when the next one begins, and an A/A test on the
    old buckets "finds" it.

    Examples
    --------
    >>> by_used_salt([0, 1, 2]).tolist()
    ['control', 'treatment', 'treatment']
    """
    return assign(users, HALVES, salt)


def by_request(requests: int, *, seed: int) -> NDArray[np.object_]:
    """Toss a coin for every request.

    Parameters
    ----------
    requests : int
        How many.
    seed : int
        Of the coin.

    Returns
    -------
    ndarray of shape (requests,)
        ``"control"`` or ``"treatment"``.

    Notes
    -----
    **What goes wrong**: a user meets both arms. What the treatment teaches him he also does in
    control, so that an effect which lives in the user shrinks to nothing; and he sees a shop that
    changes its mind.

    Examples
    --------
    >>> by_request(4, seed=1).tolist()
    ['control', 'control', 'control', 'treatment']
    """
    return _halves(stream(seed, "ab/requests").random(requests) < 0.5)


def by_session(users: ArrayLike, sessions: ArrayLike, salt: str) -> NDArray[np.object_]:
    """Split by a salted hash of the session instead of the user.

    Parameters
    ----------
    users, sessions : array_like of shape (n,)
        Of each request its user, and the number of the user's session.
    salt : str
        Of this experiment.

    Returns
    -------
    ndarray of shape (n,)
        ``"control"`` or ``"treatment"``.

    Notes
    -----
    **What goes wrong**: nothing within a session, and the same as with requests over days: most who
    come back have met both arms. Whoever is counted by user has no arm.

    Examples
    --------
    >>> by_session([7, 7, 7], [1, 1, 2], "spring").tolist()
    ['treatment', 'treatment', 'control']
    """
    both = zip(np.asarray(users).tolist(), np.asarray(sessions).tolist(), strict=True)
    return assign([f"{user}/{session}" for user, session in both], HALVES, salt)


def _halves(treated: NDArray[np.bool_]) -> NDArray[np.object_]:
    return np.where(treated, "treatment", "control").astype(object)
