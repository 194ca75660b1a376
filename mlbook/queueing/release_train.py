"""Releases, and devices that look for them now and then: how a fleet comes to run old models."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mlbook.queueing.freshness_laws import adopted
from mlbook.validate import number

__all__ = ["Fleet", "poisson_looks", "still_running"]


def still_running(
    after_s: ArrayLike, replaced_after_s: float, speeds: Sequence[tuple[float, float]]
) -> NDArray[np.float64]:
    """Share of the devices that run a release some time after it went live.

    Parameters
    ----------
    after_s : array_like
        Times since then, in seconds; before it, when they are negative, nobody runs it.
    replaced_after_s : float
        From when on the next release is live, in seconds, > 0; infinite for never.
    speeds : sequence of tuple of float
        As :func:`~mlbook.queueing.freshness_laws.adopted` takes them.

    Returns
    -------
    ndarray
        0 to 1: those that have looked since it went live, without those that have looked since the
        next one did. Later releases change nothing.

    Examples
    --------
    >>> speeds = [(0.375, 1.74), (0.625, 79.0)]   # in days
    >>> still_running([7.0, 14.0, 28.0], 7.0, speeds).round(3)
    array([0.421, 0.055, 0.041])
    """
    number("replaced_after_s", min(replaced_after_s, 1e300), above=0, unit="seconds")
    after = np.asarray(after_s, dtype=float)

    def looked(since_s: NDArray[np.float64]) -> NDArray[np.float64]:
        shares = [adopted(max(float(each), 0.0), speeds) for each in since_s.ravel()]
        return np.array(shares).reshape(since_s.shape)

    return looked(after) - looked(after - replaced_after_s)


def poisson_looks(
    rng: np.random.Generator, gap_s: NDArray[np.float64], until_s: float
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Draw when each device looks for an update: at random instants, a Poisson process each.

    Parameters
    ----------
    rng : numpy.random.Generator
        The stream of random numbers.
    gap_s : ndarray of shape (n_devices,)
        The mean gap between two looks of each device, in seconds, > 0.
    until_s : float
        Up to when, in seconds.

    Returns
    -------
    tuple of (ndarray, ndarray)
        Which device looks, as a number from 0, and when, in seconds; one entry a look.

    Examples
    --------
    >>> who, look_s = poisson_looks(np.random.default_rng(1), np.array([10.0, 1000.0]), 1000.0)
    >>> bool((who == 0).sum() > 50 * (who == 1).sum())
    True
    """
    who = np.arange(gap_s.size).repeat(rng.poisson(until_s / gap_s))
    return who, until_s * rng.random(who.size)


class Fleet:
    """Which release each device runs: the newest that was live when it last looked.

    Parameters
    ----------
    size : int
        Number of devices.
    who : ndarray of shape (n,)
        Which device looks, as a number from 0.
    look_s : ndarray of shape (n,)
        When it looks, in seconds, in any order.
    takes_s : ndarray of shape (n,), optional
        Seconds until it has what it found; at once when left out.

    Examples
    --------
    >>> fleet = Fleet(2, np.array([0, 1]), np.array([50.0, 20.0]))
    >>> fleet.offer("one", at_s=10.0)
    >>> fleet.install(np.array([10.0, 15.0]))
    >>> fleet.offer("two", at_s=30.0)
    >>> fleet.installed(0, 40.0), fleet.installed(0, 60.0), fleet.installed(1, 60.0)
    ('one', 'two', 'one')
    """

    def __init__(
        self,
        size: int,
        who: NDArray[np.int64],
        look_s: NDArray[np.float64],
        takes_s: NDArray[np.float64] | None = None,
    ) -> None:
        had_s = look_s if takes_s is None else look_s + takes_s
        order = np.lexsort((had_s, who))
        ends = np.searchsorted(who[order], np.arange(size + 1)).tolist()
        looks_s, sorted_s = look_s[order], had_s[order].tolist()
        self._had_s = [sorted_s[begin:end] for begin, end in pairwise(ends)]
        self._looks_s = [
            np.maximum.accumulate(looks_s[begin:end]).tolist() for begin, end in pairwise(ends)
        ]  # a later look that was quicker has brought the newer release
        self._since_s = [np.inf] * size
        self._live_s: list[float] = []
        self._releases: list[Any] = []

    @property
    def is_empty(self) -> bool:
        """Whether nothing has been released yet."""
        return not self._releases

    def offer(self, release: Any, at_s: float) -> None:
        """Let a release go live.

        Parameters
        ----------
        release : Any
            What the devices will run.
        at_s : float
            When, in seconds; not before the release before it.
        """
        self._live_s.append(at_s)
        self._releases.append(release)

    def install(self, since_s: NDArray[np.float64]) -> None:
        """Note from when on each device has the app at all: it begins with the newest release.

        Parameters
        ----------
        since_s : ndarray of shape (n_devices,)
            When, in seconds, not before the first release; infinite for never.
        """
        self._since_s = since_s.tolist()

    def installed(self, device: int, now_s: float) -> Any:
        """Give what a device runs now.

        Parameters
        ----------
        device : int
            Its number.
        now_s : float
            The instant in seconds; later releases must not have been offered yet.

        Returns
        -------
        Any
            The release; None before the device has the app.
        """
        last_s = self._since_s[device]
        if now_s < last_s:
            return None
        if looks := bisect_right(self._had_s[device], now_s):
            last_s = max(last_s, self._looks_s[device][looks - 1])
        return self._releases[bisect_right(self._live_s, last_s) - 1]
