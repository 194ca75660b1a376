"""What a simulation gives: quantiles at once, the requests as a table when asked."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mlbook.units import duration, percent
from mlbook.validate import fraction

if TYPE_CHECKING:
    import pandas as pd

    from mlbook.queueing.histogram import LatencyHistogram
    from mlbook.queueing.network import Chain
    from mlbook.queueing.workload import Workload

__all__ = ["GAVE_UP", "OK", "TURNED_AWAY", "Result"]

OK, TURNED_AWAY, GAVE_UP = 0, 1, 2
WORDS = np.array(["ok", "turned away", "gave up"])


@dataclass(frozen=True, eq=False)
class Result:
    """The outcome of one simulation.

    Parameters
    ----------
    load : Workload
        What came.
    chain : Chain
        What it went through.
    latency : LatencyHistogram
        Seconds from arrival to the last departure, of those who got an answer.
    columns : dict of str to ndarray of shape (n,)
        The requests, in the order of arrival; empty when only counts were kept.
    """

    load: Workload
    chain: Chain
    latency: LatencyHistogram
    columns: dict[str, NDArray[Any]] = field(default_factory=dict, repr=False)

    @property
    def latency_s(self) -> NDArray[np.float64]:
        """Latency of every request in seconds, NaN for who got no answer.

        Raises
        ------
        ValueError
            When only counts were kept.
        """
        if not self.columns:
            raise ValueError("the requests were not kept. Use simulate(..., keep='all').")
        latency_s: NDArray[np.float64] = self.columns["latency_s"]
        return latency_s

    @property
    def mean_s(self) -> float:
        """Mean latency in seconds; NaN when nobody got an answer."""
        if not self.columns or not self.latency.n:
            return self.latency.mean
        return float(np.nanmean(self.latency_s))

    def quantile(self, q: float) -> float:
        """Find a quantile of the latency.

        Parameters
        ----------
        q : float
            A share, 0 to 1.

        Returns
        -------
        float
            Seconds; exact when the requests were kept, else off by one part in 128 at most. NaN
            when nobody got an answer.
        """
        fraction("q", q)
        if not self.columns or not self.latency.n:
            return self.latency.quantile(q)
        return float(np.nanquantile(self.latency_s, q))

    @property
    def answered_frac(self) -> float:
        """Share of the requests that got an answer (goodput)."""
        return self.latency.n / self.load.n

    @property
    def utilization(self) -> dict[str, float]:
        """Arrivals from outside times mean service time, divided by the workers, by station.

        What a cache saves and what retries add is not in it.
        """
        rate = self.load.rate_per_s
        return {each.name: rate * each.service.mean / each.workers for each in self.chain.stations}

    @property
    def stationary(self) -> bool:
        """Whether longer waiting lines come to rest: below 1 at every station without a limit.

        Where it is False, latencies grow with the length of the simulation and mean nothing else.
        """
        endless = [each for each in self.chain.stations if each.places is None and not each.cache]
        return all(self.utilization[each.name] < 1 for each in endless)

    def frame(self) -> pd.DataFrame:
        """Lay the requests out as a table.

        Returns
        -------
        pandas.DataFrame
            One row a request: `arrive_s`, when it left each station, `latency_s`, `status`
            (``"ok"``, ``"turned away"``, ``"gave up"``), `tries`, `age_s` (of what it found in a
            cache).
        """
        import pandas as pd

        columns = {"arrive_s": self.latency_s} | self.columns  # raises when nothing was kept
        return pd.DataFrame(columns | {"status": WORDS[self.columns["status"]]}, copy=False)

    def __repr__(self) -> str:
        busy = ", ".join(f"{name} {percent(value)}" for name, value in self.utilization.items())
        p50, p99 = duration(self.quantile(0.5)), duration(self.quantile(0.99))
        rest = "" if self.stationary else "; not stationary: the line grows without end"
        return (
            f"{self.load.n:,} requests, {percent(self.answered_frac)} answered; p50 {p50}, p99 "
            f"{p99}; busy: {busy}{rest}"
        )
