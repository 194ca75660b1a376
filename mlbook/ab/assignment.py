"""Who gets what: salted hash buckets, the same for a user for ever, independent between tests.

Nothing is stored. Whoever knows the salt and the user's number knows the arm: the web app, the
logs, and the analyst. What goes wrong without a salt, or with another unit, shows
:mod:`mlbook.ab.bad_splitters`.

Chapter: 02, 11
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mlbook.validate import number, one_of

__all__ = ["Layer", "assign", "bucket"]


def bucket(users: Iterable[int | str], salt: str) -> NDArray[np.float64]:
    """Hash users to places on the line from 0 to 1, evenly and for ever the same.

    Parameters
    ----------
    users : iterable of int or str
        Their numbers, or names.
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


def assign(
    users: Iterable[int | str], weights: Mapping[str, float], salt: str
) -> NDArray[np.object_]:
    """Give each user an arm.

    Parameters
    ----------
    users : iterable of int or str
        Their numbers, or names.
    weights : mapping of str to float
        The share of each arm, > 0, summing to 1: ``{"control": 0.9, "treatment": 0.1}``.
    salt : str
        Of this experiment, and of no other one.

    Returns
    -------
    ndarray of shape (n,)
        Names of arms.

    Raises
    ------
    ValueError
        When the weights do not sum to 1.

    Notes
    -----
    The last arm begins at place 0, the others follow backwards. So while the weight of the last one
    grows, nobody leaves it: with two arms that is the ramp-up of a treatment, and the split is that
    of :class:`mlbook.Split`. It makes control and treatment differ in *when* they were joined,
    though; a ramp-up in a :class:`Layer` keeps the two alike.

    Examples
    --------
    >>> assign([0, 1, 2], {"control": 0.5, "treatment": 0.5}, "spring").tolist()
    ['control', 'treatment', 'control']
    """
    return _placed(bucket(users, salt), _checked(weights))


@dataclass(frozen=True, kw_only=True)
class Layer:
    """Experiments that exclude one another, independent of those in other layers.

    Parameters
    ----------
    salt : str
        The layer's own: with another one than the other layers, experiments of two layers meet in
        all combinations, and each is spread evenly over the other's arms.
    experiments : mapping of str to float
        The share of all users that each may have, > 0, summing to 1 at most.

    Notes
    -----
    Inside its share an experiment hashes anew, with a salt made of the layer's and its own name. To
    ramp up, raise the share of the last experiment: whoever is in stays in, in the same arm, and
    control grows as treatment does.

    Examples
    --------
    >>> layer = Layer(salt="shop", experiments={"fresh features": 0.2, "new model": 0.3})
    >>> arms = layer.assign(range(10_000), "new model", {"control": 0.5, "treatment": 0.5})
    >>> [int((arms == arm).sum()) for arm in ("control", "treatment", "")]
    [1513, 1453, 7034]
    """

    salt: str
    experiments: Mapping[str, float]

    def __post_init__(self) -> None:
        for name, share in self.experiments.items():
            number(f"experiments[{name!r}]", share, above=0, unit="share of all users")
        total = sum(self.experiments.values())
        if not self.experiments or total > 1 + 1e-9:
            text = "experiments must be one or more with shares that sum to 1 at most"
            raise ValueError(f"{text}, got the sum {total:g}. Put one of them into another layer.")

    def assign(
        self, users: Iterable[int | str], experiment: str, weights: Mapping[str, float]
    ) -> NDArray[np.object_]:
        """Give each user an arm of one experiment.

        Parameters
        ----------
        users : iterable of int or str
            Their numbers, or names.
        experiment : str
            Which of the layer.
        weights : mapping of str to float
            The share of each arm of those who are in it, summing to 1.

        Returns
        -------
        ndarray of shape (n,)
            Names of arms; ``""`` for users who are not in this experiment.

        Raises
        ------
        ValueError
            When the layer has no such experiment, or the weights do not sum to 1.
        """
        one_of("experiment", experiment, self.experiments)
        names, everybody = list(self.experiments), list(users)
        begins = sum(self.experiments[name] for name in names[: names.index(experiment)])
        place = bucket(everybody, self.salt)
        inside = (place >= begins) & (place < begins + self.experiments[experiment])
        arms = assign(everybody, weights, f"{self.salt}/{experiment}")
        return np.where(inside, arms, "").astype(object)


def _checked(weights: Mapping[str, float]) -> Mapping[str, float]:
    for name, weight in weights.items():
        number(f"weights[{name!r}]", weight, above=0, unit="share of the users")
    total = sum(weights.values())
    if len(weights) < 2 or abs(total - 1) > 1e-9:
        text = "weights must be of two arms or more and sum to 1 (shares of the users)"
        raise ValueError(f"{text}, got {dict(weights)} with the sum {total:g}.")
    return weights


def _placed(place: NDArray[np.float64], weights: Mapping[str, float]) -> NDArray[np.object_]:
    names = np.array(list(weights), dtype=object)[::-1]
    ends = np.cumsum(list(weights.values())[::-1])[:-1]  # rounding must not lose the last user
    return names[np.searchsorted(ends, place, side="right")]
