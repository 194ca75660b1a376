"""Clients: who holds which labelled rows. A row is never copied to anybody else.

Chapter: 09
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mlbook.streams import stream
from mlbook.validate import integer, one_of

if TYPE_CHECKING:
    from mlbook.world import Features, ReplayWorld, World

__all__ = ["Clients", "clients_of", "deal"]


@dataclass(frozen=True, eq=False)
class Clients:
    """Labelled rows by client, padded with zeros so that all clients compute in one call.

    Parameters
    ----------
    number : ndarray of shape (n_clients,)
        Who they are.
    columns : ndarray of shape (n_clients, most_rows, n_columns)
        The features of each client's rows; zeros behind the last one.
    clicked : ndarray of shape (n_clients, most_rows)
        Their labels, 0 or 1.
    n_rows : ndarray of shape (n_clients,)
        How many rows each client holds.
    """

    number: NDArray[np.int64]
    columns: NDArray[np.float64]
    clicked: NDArray[np.float64]
    n_rows: NDArray[np.int64]

    @classmethod
    def of(cls, owner: ArrayLike, columns: ArrayLike, clicked: ArrayLike) -> Self:
        """Give every row to its owner.

        Parameters
        ----------
        owner : array_like of shape (n,)
            Whose row it is, as a number.
        columns : array_like of shape (n, n_columns)
            The features.
        clicked : array_like of shape (n,)
            The labels.

        Returns
        -------
        Clients
            One client an owner, in the order of their numbers.

        Examples
        --------
        >>> clients = Clients.of([7, 3, 7], [[1.0], [2.0], [3.0]], [True, False, False])
        >>> clients.number, clients.n_rows
        (array([3, 7]), array([1, 2]))
        """
        rows, labels = np.asarray(columns, dtype=float), np.asarray(clicked, dtype=float)
        number, client = np.unique(np.asarray(owner, dtype=np.int64), return_inverse=True)
        n_rows = np.bincount(client, minlength=number.size)
        order = np.argsort(client, kind="stable")
        place = np.arange(client.size) - np.repeat(np.cumsum(n_rows) - n_rows, n_rows)
        shape = (number.size, int(n_rows.max(initial=0)))
        padded, padded_labels = np.zeros((*shape, rows.shape[1])), np.zeros(shape)
        padded[client[order], place] = rows[order]
        padded_labels[client[order], place] = labels[order]
        return cls(number, padded, padded_labels, n_rows)

    def __len__(self) -> int:
        return self.number.size

    @property
    def present(self) -> NDArray[np.bool_]:
        """Which places hold a row and are no padding, shape (n_clients, most_rows)."""
        return np.arange(self.clicked.shape[1]) < self.n_rows[:, None]

    def only(self, which: NDArray[np.int64]) -> Clients:
        """Take some of the clients.

        Parameters
        ----------
        which : ndarray of int
            Their places here, not their numbers.

        Returns
        -------
        Clients
            In the order of `which`.
        """
        n_rows = self.n_rows[which]
        most = int(n_rows.max(initial=0))
        return Clients(
            self.number[which], self.columns[which, :most], self.clicked[which, :most], n_rows
        )

    def pooled(self) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        """Bring all rows into one place, as a central training does and a federated one never.

        Returns
        -------
        tuple of ndarray
            Columns of shape (n, n_columns) and labels of shape (n,).
        """
        return self.columns[self.present], self.clicked[self.present] > 0


def clients_of(
    world: World | ReplayWorld, asof_s: float, features: Features | None = None
) -> Clients:
    """Make a client of every user who has a labelled visit by `asof_s`.

    Parameters
    ----------
    world : World or ReplayWorld
        Whose users they are.
    asof_s : float
        The labels that are known at this instant are used, in seconds.
    features : Features, optional
        Computes the columns, each row's as of its own time; those of the shop when left out.

    Returns
    -------
    Clients
        A client is numbered as its user.

    Examples
    --------
    >>> from mlbook.world import World
    >>> len(clients_of(World(seed=1, days=2, users=50), asof_s=86400.0))
    47
    """
    rows = world.labelled(asof_s)
    columns = (features or world.features)(rows.user, rows.item, rows.at_s)
    return Clients.of(rows.user, columns, rows.clicked)


def deal(clients: Clients, how: str, *, seed: int = 0) -> Clients:
    """Deal the same rows anew to as many clients: alike, or as unlike as can be.

    Parameters
    ----------
    clients : Clients
        Whose rows are dealt.
    how : str
        ``"alike"`` deals at random, so that each client's rows are a fair sample of all (IID);
        ``"by label"`` sorts the rows by label, cuts two pieces a client and deals those, so that
        most clients know only clicks or only the lack of them.
    seed : int
        Seed of the dealer, >= 0.

    Returns
    -------
    Clients
        As many clients, each with about the same number of rows.

    References
    ----------
    The sorted pieces are the hard case of McMahan et al. 2017, section 3.

    Examples
    --------
    >>> four = Clients.of([0, 0, 1, 1], [[1.0], [2.0], [3.0], [4.0]], [1, 0, 1, 0])
    >>> deal(four, "by label").n_rows
    array([2, 2])
    """
    one_of("how", how, ["alike", "by label"])
    integer("seed", seed, at_least=0, unit="seed of the dealer")
    rng = stream(seed, "fedavg/deal")
    columns, clicked = clients.pooled()
    order = rng.permutation(clicked.size)
    if how == "by label":
        order = order[np.argsort(clicked[order], kind="stable")]
    pieces = 2 * len(clients)
    owner = np.empty(clicked.size, dtype=np.int64)
    owner[order] = rng.permutation(pieces)[np.arange(clicked.size) * pieces // clicked.size] // 2
    return Clients.of(owner, columns, clicked)
