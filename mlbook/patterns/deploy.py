"""What has to be deployed and watched: the units of a pattern, and what is built into each.

A unit must be released anew when something changes that is *built into* it, not when it merely
loads or reads that thing while it runs.

Chapter: 10
"""

from __future__ import annotations

from dataclasses import dataclass

from mlbook.units import MINUTE, MS
from mlbook.validate import fraction, number, one_of

__all__ = ["ALL", "CHANGES_A_YEAR", "PREDICTED_IN_S", "Unit", "job"]

# How often each kind of thing changes, a year. Teaching values: make each of them a slider.
CHANGES_A_YEAR = {
    "weights": 26.0,
    "features": 6.0,
    "request schema": 2.0,
    "result schema": 1.0,
    "ML runtime": 2.0,
    "ML language": 0.2,
}
ALL = tuple(CHANGES_A_YEAR)
PREDICTED_IN_S = 0.05 * MS  # one prediction in a batch, on one machine; a teaching value
_AT_LEAST_0 = (
    "slack",
    "machines",
    "per_request",
    "per_event",
    "per_row",
    "price_per_1000",
    "incidents_a_month",
    "repair_takes",
)


@dataclass(frozen=True, kw_only=True)
class Unit:
    """One thing that is deployed and watched by itself.

    Parameters
    ----------
    name : str
        What it is; the one that users see is called ``"app"``.
    built_in : tuple of str
        Which of `CHANGES_A_YEAR` are part of its build.
    runs_frac : float
        Share of the time in which it runs and can fail.
    slack : float
        Seconds that a failure may last before a user meets it.
    machines : float
        Machines it needs at least while it runs; 0 when the users bring theirs.
    per_request, per_event, per_row : float
        Machines that it needs for each request a second, for each event a second, and for each row
        of a table with every user and item; 0 where it does not grow with them.
    price_per_1000 : float
        What somebody else charges for 1,000 requests, in yen.
    incidents_a_month : float
        Failures in a month of running.
    repair_takes : float
        Seconds of somebody's work when a failure cannot wait.

    Examples
    --------
    >>> batch = Unit(name="batch", runs_frac=2 / 24, slack=22 * 3600)
    >>> batch.built_in
    ()
    """

    name: str
    built_in: tuple[str, ...] = ()
    runs_frac: float = 1.0
    slack: float = 0.0
    machines: float = 1.0
    per_request: float = 0.0
    per_event: float = 0.0
    per_row: float = 0.0
    price_per_1000: float = 0.0
    incidents_a_month: float = 1.0
    repair_takes: float = 60 * MINUTE

    def __post_init__(self) -> None:
        for what in self.built_in:
            one_of("built_in", what, ALL)
        fraction("runs_frac", self.runs_frac)
        for name in _AT_LEAST_0:
            number(name, getattr(self, name), at_least=0)


def job(
    name: str,
    every: float,
    takes: float,
    built_in: tuple[str, ...] = ("features", "ML runtime", "ML language"),
    per_row: float = 0.0,
) -> Unit:
    """Describe a job that runs now and then: until it is due again, a failure may wait.

    Parameters
    ----------
    name : str
        What it is.
    every, takes : float
        Seconds between two starts, and seconds it runs.
    built_in : tuple of str
        Which of `CHANGES_A_YEAR` are part of its build; by default what a training knows.
    per_row : float
        Machine seconds for each row of a table with every user and item.

    Returns
    -------
    Unit
        Runs a share of the time, and has the rest of its period as slack.

    Examples
    --------
    >>> job("training", every=24 * 3600.0, takes=3600.0).slack
    82800.0
    """
    return Unit(
        name=name,
        built_in=built_in,
        runs_frac=min(takes / every, 1.0),
        slack=max(every - takes, 0.0),
        per_row=per_row / takes if takes else 0.0,
    )
