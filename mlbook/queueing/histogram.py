"""Count latencies in buckets that grow with them: small, mergeable, and never far off.

Each octave (a factor of two) has 64 buckets, so that a bucket is at most 1/64 of its value wide. A
float holds its octave, and its place in it, in its leading bits: they are the bucket's number.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mlbook.queueing.jit import jit
from mlbook.validate import fraction

__all__ = ["LatencyHistogram", "count"]

OCTAVES, EACH = 80, 64
LOWEST = -40  # the first octave begins at 2 ** -40 s, a millionth of a microsecond
SHIFT = 52 - 6  # a float has 52 bits after its exponent; six of them number the 64 buckets
BASE = (1023 + LOWEST) << 6


def _empty() -> NDArray[np.int64]:
    return np.zeros(OCTAVES * EACH, dtype=np.int64)


@jit
def count(seconds: NDArray[np.float64], bits: NDArray[np.int64], counts: NDArray[np.int64]) -> int:
    """Add each to its bucket; NaN is left out. Gives -1 when one is negative."""
    for i in range(seconds.size):
        if seconds[i] < 0:
            return -1
        if seconds[i] == seconds[i]:  # NaN is not equal to itself
            bucket = (bits[i] >> SHIFT) - BASE
            counts[min(max(bucket, 0), counts.size - 1)] += 1
    return 0


@dataclass(frozen=True, eq=False)
class LatencyHistogram:
    """Counts of latencies; two of them add up with ``+``.

    Parameters
    ----------
    counts : ndarray of shape (5120,)
        How many fell into each bucket; zeros and what is shorter than 2 ** -40 s into the first,
        what is longer than 2 ** 40 s into the last.

    Notes
    -----
    A quantile is off by at most one part in 128 of its value, because it is the middle of a bucket
    that holds the exact one (of rank ``ceil(q n)``). Below 2 ** -39 s: by less than 1e-12 s.

    References
    ----------
    G. Tene, HdrHistogram, 2012, for the idea.

    Examples
    --------
    >>> night = LatencyHistogram.of([0.010, 0.020, 0.030])
    >>> day = LatencyHistogram.of([0.5])
    >>> (night + day).n, round((night + day).quantile(0.5), 3)
    (4, 0.02)
    """

    counts: NDArray[np.int64] = field(default_factory=_empty)

    @classmethod
    def of(cls, latency_s: ArrayLike) -> LatencyHistogram:
        """Count latencies.

        Parameters
        ----------
        latency_s : array_like of shape (n,)
            In seconds; NaN, for who got no answer, is left out.

        Returns
        -------
        LatencyHistogram
            Their counts.

        Raises
        ------
        ValueError
            When one is negative.
        """
        seconds = np.ascontiguousarray(latency_s, dtype=np.float64).ravel()
        counts = _empty()
        bad = count(seconds, seconds.view(np.int64), counts)
        if bad:
            raise ValueError(f"latency_s must be >= 0 (seconds), got {np.nanmin(seconds)}.")
        return cls(counts)

    @property
    def n(self) -> int:
        """How many were counted."""
        return int(self.counts.sum())

    def quantile(self, q: float) -> float:
        """Find a quantile.

        Parameters
        ----------
        q : float
            A share, 0 to 1.

        Returns
        -------
        float
            Seconds, off by at most one part in 128; NaN when nothing was counted.
        """
        fraction("q", q)
        if not self.n:
            return np.nan
        rank = max(int(np.ceil(q * self.n)), 1)
        bucket = int(np.searchsorted(np.cumsum(self.counts), rank))
        low, high = self._edges(bucket)
        return (low + high) / 2

    @property
    def mean(self) -> float:
        """Mean in seconds, off by at most one part in 128."""
        if not self.n:
            return np.nan
        used = np.flatnonzero(self.counts)
        middle = np.array([sum(self._edges(int(bucket))) / 2 for bucket in used])
        return float(np.average(middle, weights=self.counts[used]))

    def _edges(self, bucket: int) -> tuple[float, float]:
        edges = np.array([bucket + BASE, bucket + 1 + BASE], dtype=np.int64) << SHIFT
        low, high = edges.view(np.float64).tolist()
        return (0.0, high) if bucket == 0 else (low, high)

    def __add__(self, other: LatencyHistogram) -> LatencyHistogram:
        return LatencyHistogram(self.counts + other.counts)
