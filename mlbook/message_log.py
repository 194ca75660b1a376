"""A message queue in the manner of Kafka: an append-only log in partitions, read by groups.

Records with the same key go into the same partition and keep their order there. Reading removes
nothing: every consumer group remembers, partition by partition, how far it has *committed*. What
was read and not committed is read again after a crash; that is all that "at least once" means.

Talk: slide 19, the message queue between the web application and the stream-based ML system.
Chapter: 08
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from typing import TYPE_CHECKING

import numpy as np

from mlbook.validate import integer

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["PartitionedLog"]


class PartitionedLog:
    """Records in partitions, each with the instant at which it can be read.

    Parameters
    ----------
    partitions : int
        How many, >= 1. They are what can be read in parallel.

    Examples
    --------
    >>> log = PartitionedLog(partitions=2)
    >>> log.extend(keys=[7, 8, 7], at_s=[1.0, 2.0, 3.0])
    >>> taken = log.read("features", now_s=2.5)
    >>> taken   # key 8 in the first partition, key 7 in the second
    [[1], [0]]
    >>> log.commit("features", taken)
    >>> log.read("features", now_s=9.0), log.read("alerts", now_s=9.0)
    ([[], [2]], [[1], [0, 2]])
    """

    def __init__(self, partitions: int) -> None:
        integer("partitions", partitions, at_least=1, unit="partitions of the log")
        self._records: list[list[int]] = [[] for _ in range(partitions)]
        self._at_s: list[list[float]] = [[] for _ in range(partitions)]
        self._committed: defaultdict[str, list[int]] = defaultdict(lambda: [0] * partitions)
        self._size = 0

    @property
    def partitions(self) -> int:
        """How many there are."""
        return len(self._records)

    def extend(self, keys: Iterable[int], at_s: Iterable[float]) -> None:
        """Append records; they are numbered on, from 0 for the first of all.

        Parameters
        ----------
        keys : iterable of int
            What must stay in order, for example users: equal keys share a partition.
        at_s : iterable of float
            When each record can be read, in seconds; in any order.
        """
        pairs = [
            (at, self._size + n, key) for n, (key, at) in enumerate(zip(keys, at_s, strict=True))
        ]
        self._size += len(pairs)
        for at, record, key in sorted(pairs):  # a log is written in the order of arrival
            partition = key % self.partitions
            self._records[partition].append(record)
            self._at_s[partition].append(at)

    def read(self, group: str, now_s: float, at_most: int | None = None) -> list[list[int]]:
        """Read what a group has not committed; the log and the group's offsets stay as they are.

        Parameters
        ----------
        group : str
            Who reads.
        now_s : float
            Only records that arrived until then, in seconds.
        at_most : int, optional
            How many records are taken from a partition; without a limit when left out.

        Returns
        -------
        list of list of int
            Numbers of the records, a list a partition, in their order of arrival.
        """
        taken = []
        for records, at_s, first in zip(
            self._records, self._at_s, self._committed[group], strict=True
        ):
            end = bisect_right(at_s, now_s, lo=first)
            taken.append(records[first : end if at_most is None else min(end, first + at_most)])
        return taken

    def commit(self, group: str, taken: list[list[int]]) -> None:
        """Move a group's offsets behind records that it has read: they will not be read again.

        Parameters
        ----------
        group : str
            Who has read.
        taken : list of list of int
            What :meth:`read` gave.
        """
        offsets = self._committed[group]
        for partition, records in enumerate(taken):
            offsets[partition] += len(records)

    def backlog(self, group: str, now_s: float) -> int:
        """Count the records that have arrived and are not committed.

        Parameters
        ----------
        group : str
            Who reads.
        now_s : float
            The instant in seconds.

        Returns
        -------
        int
            Records over all partitions.
        """
        arrived = sum(bisect_right(at_s, now_s) for at_s in self._at_s)
        return arrived - sum(self._committed[group])

    def next_arrival_s(self, group: str) -> float:
        """Tell when the first record that is not committed arrives, or arrived.

        Parameters
        ----------
        group : str
            Who reads.

        Returns
        -------
        float
            The instant in seconds; infinite when all is done.
        """
        offsets = zip(self._at_s, self._committed[group], strict=True)
        return min((at_s[first] for at_s, first in offsets if first < len(at_s)), default=np.inf)
