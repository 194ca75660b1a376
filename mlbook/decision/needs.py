"""What a team needs, and what it believes."""

from __future__ import annotations

from dataclasses import dataclass, fields
from math import inf

from mlbook.cost import PRICE_A_MACHINE_HOUR
from mlbook.validate import number

__all__ = ["Beliefs", "Needs"]


@dataclass(frozen=True, kw_only=True)
class Needs:
    """What a serving pattern must do; each is met or it is not.

    Parameters
    ----------
    daily_requests : float
        Requests on a day, > 0.
    freshness_s : float
        Within so many seconds 95 of 100 events must be known to the answers.
    answer_s : float
        Within so many seconds 99 of 100 requests must be answered.
    offline : bool
        Whether it must answer without a network.

    Examples
    --------
    >>> Needs(daily_requests=2e6, freshness_s=5.0).answer_s
    inf
    """

    daily_requests: float = 20_000.0
    freshness_s: float = inf
    answer_s: float = inf
    offline: bool = False

    def __post_init__(self) -> None:
        number("daily_requests", self.daily_requests, above=0, unit="requests a day")
        for name in ("freshness_s", "answer_s"):
            hint = "Leave it out when it does not matter."
            if getattr(self, name) != inf:
                number(name, getattr(self, name), above=0, unit="seconds", hint=hint)
        if not isinstance(self.offline, bool):
            raise TypeError(f"offline must be True or False, got {self.offline!r}.")


@dataclass(frozen=True, kw_only=True)
class Beliefs:
    """What things are worth. None of it can be measured here; all are teaching values.

    Parameters
    ----------
    click_worth : float
        What one more click brings, in yen.
    machine_hour : float
        Price of an hour of one machine, in yen.
    operator_hour : float
        Price of an hour of somebody who repairs, in yen.
    app_release : float
        What one more release of the app costs, in yen: to test it, to have it reviewed, to explain.
    incidents : float
        So many times as many incidents as the patterns themselves expect.
    changes : float
        So many times as many changes on the ML side.

    Examples
    --------
    >>> Beliefs(click_worth=30.0).machine_hour
    20.0
    """

    click_worth: float = 1.0
    machine_hour: float = PRICE_A_MACHINE_HOUR
    operator_hour: float = 6_000.0
    app_release: float = 50_000.0
    incidents: float = 1.0
    changes: float = 1.0

    def __post_init__(self) -> None:
        for each in fields(self):
            number(each.name, getattr(self, each.name), at_least=0, unit="see mb.decision.Beliefs")
