"""The same simulation on other luck: several seeds, and how far a number moves between them."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from mlbook.queueing.simulation import simulate
from mlbook.units import duration, percent
from mlbook.validate import fraction, integer, one_of

if TYPE_CHECKING:
    from mlbook.queueing.network import Chain, Station
    from mlbook.queueing.workload import Workload

__all__ = ["Replications", "replicate"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Replications:
    """What several seeds gave.

    Parameters
    ----------
    seeds : tuple of int
        The seeds, in the order in which they were given.
    columns : dict of str to ndarray of shape (seeds,)
        A number a seed: `mean_s`, one column a quantile (`p50_s`, `p99_s`), `answered_frac`.
        ``pandas.DataFrame(found.columns, index=found.seeds)`` is the table.
    """

    seeds: tuple[int, ...]
    columns: dict[str, Floats]

    def interval(self, column: str = "mean_s") -> tuple[float, float, float]:
        """Give the mean over the seeds with its 95 % confidence interval.

        Parameters
        ----------
        column : str
            A name of `columns`.

        Returns
        -------
        tuple of float
            Mean, lower and upper end, in the column's unit.

        Notes
        -----
        Student's t with one degree of freedom less than there are seeds: it takes the means of
        long simulations for normally distributed, and the seeds for independent, which they are.
        """
        one_of("column", column, self.columns)
        values = self.columns[column]
        mean, error = float(values.mean()), float(values.std(ddof=1) / np.sqrt(values.size))
        half = _student(values.size - 1) * error
        return mean, mean - half, mean + half

    def __repr__(self) -> str:
        words = []
        for name in self.columns:
            quantity, _, unit = name.rpartition("_")
            mean, low, high = map(duration if unit == "s" else percent, self.interval(name))
            words.append(f"{quantity} {mean} ({low} to {high})")
        return f"{len(self.seeds)} seeds, mean and 95 % interval: {', '.join(words)}"


def replicate(
    load: Workload,
    chain: Chain | Station,
    *,
    seeds: Sequence[int],
    jobs: int = 1,
    q: Sequence[float] = (0.5, 0.99),
) -> Replications:
    """Simulate once for each seed.

    Parameters
    ----------
    load : Workload
        The requests; its own seed is replaced.
    chain : Chain or Station
        What they go through.
    seeds : sequence of int
        Two or more different seeds, >= 0.
    jobs : int
        Processes that share the work, >= 1; -1 for as many as there are cores.
    q : sequence of float
        Which quantiles of the latency, as shares from 0 to 1.

    Returns
    -------
    Replications
        In the order of the seeds; the same numbers however the work is shared.

    Raises
    ------
    ValueError
        When there are fewer than two seeds, or one comes twice.

    Notes
    -----
    joblib shares the work, so other machines can help without a change here: inside of
    ``with joblib.parallel_config(backend="dask"):`` the workers of a dask.distributed cluster do
    it, and Ray (after ``ray.util.joblib.register_ray()``) or Spark (after
    ``joblibspark.register_spark()``) would be one such ``with`` line, too.

    Examples
    --------
    >>> from mlbook.queueing import Exponential, Station, Workload
    >>> load = Workload.poisson(rate_per_s=80, n=20_000)
    >>> found = replicate(load, Station("api", Exponential(0.01)), seeds=range(8))
    >>> mean_s, low_s, high_s = found.interval("mean_s")
    >>> low_s < 0.05 < high_s  # the law: 1 / (100 - 80)
    True

    On a cluster, here of two processes on this machine:

    >>> import joblib
    >>> from distributed import Client, LocalCluster  # doctest: +SKIP
    >>> with Client(LocalCluster(n_workers=2)), joblib.parallel_config("dask"):  # doctest: +SKIP
    ...     found = replicate(load, Station("api", Exponential(0.01)), seeds=range(8))
    """
    from joblib import Parallel, delayed
    from tqdm import tqdm

    chosen = _seeds(seeds)
    for share in q:
        fraction("q", share)
    if jobs != -1:
        integer("jobs", jobs, at_least=1, unit="processes", hint="Write -1 for all cores.")
    tasks = (delayed(_once)(replace(load, seed=seed), chain, tuple(q)) for seed in chosen)
    found = Parallel(n_jobs=jobs, return_as="generator")(tasks)
    bar = tqdm(found, total=len(chosen), unit=" seeds", leave=False, disable=None)
    names = ["mean_s", *(f"p{100 * share:g}_s" for share in q), "answered_frac"]
    return Replications(chosen, dict(zip(names, np.array(list(bar)).T, strict=True)))


def _once(load: Workload, chain: Chain | Station, q: tuple[float, ...]) -> tuple[float, ...]:
    result = simulate(load, chain)
    return result.mean_s, *(result.quantile(share) for share in q), result.answered_frac


def _seeds(seeds: Sequence[int]) -> tuple[int, ...]:
    chosen = tuple(integer("seeds", seed, at_least=0, unit="a seed each") for seed in seeds)
    if len(chosen) < 2:
        text = f"seeds must be two or more (an interval needs them), got {len(chosen)}."
        raise ValueError(f"{text} For a single one use mb.queueing.simulate.")
    if len(set(chosen)) < len(chosen):
        twice = next(seed for seed in chosen if chosen.count(seed) > 1)
        text = f"seeds must be different from one another, got {twice} more than once."
        raise ValueError(f"{text} The same luck twice says nothing new.")
    return chosen


@functools.cache
def _student(freedom: int) -> float:
    """Find the 97.5th percentile of Student's t.

    With t = sqrt(freedom) tan(angle), its density becomes cos(angle) ** (freedom - 1).
    """
    angle = np.linspace(-np.pi / 2, np.pi / 2, 200_001)
    density = np.cos(angle) ** (freedom - 1)
    below = np.cumsum((density[1:] + density[:-1]) / 2)
    there = np.interp(0.975 * below[-1], below, angle[1:])
    return float(np.sqrt(freedom) * np.tan(there))
