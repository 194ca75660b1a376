"""What a change does to clicks: plug-ins for `Population`, each with its truth as a closed form.

Chapter: 02
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mlbook.ab.simulated.effect import Effect, People
from mlbook.validate import number

if TYPE_CHECKING:
    from mlbook.ab.simulated.population import Population

__all__ = ["CarryOver", "Constant", "Drift", "Novelty", "Primacy", "Triggered"]

Floats = NDArray[np.float64]
RELATIVE = "a relative change of clicks: 0.05 is five per cent more"


@dataclass(frozen=True, kw_only=True)
class Constant(Effect):
    """The textbook's effect: the same lift on every day, for everybody who is treated.

    Parameters
    ----------
    lift : float
        The relative change of clicks, above -1.

    Examples
    --------
    >>> Constant(lift=0.05).truth([0, 27]).tolist()
    [0.05, 0.05]
    """

    lift: float = 0.05

    def __post_init__(self) -> None:
        number("lift", self.lift, above=-1, unit=RELATIVE)

    def truth(self, day: ArrayLike) -> Floats:
        return np.full(np.shape(day), float(self.lift))


@dataclass(frozen=True, kw_only=True)
class Novelty(Effect):
    """What is new draws clicks because it is new: the lift decays to what stays.

    Parameters
    ----------
    stays : float
        The lift in the long run, above -1.
    at_first : float
        How much comes on top of it on day 0, >= 0.
    fades_days : float
        After so many days 37 % of that are left, > 0.

    Notes
    -----
    ``lift(d) = stays + at_first exp(-d / fades_days)``.

    References
    ----------
    R. Kohavi, D. Tang, Y. Xu, "Trustworthy Online Controlled Experiments", Cambridge University
    Press 2020, chapter 3 (novelty and primacy effects).

    Examples
    --------
    >>> Novelty(stays=0.02, at_first=0.10, fades_days=5).truth([0, 5, 50]).round(3).tolist()
    [0.12, 0.057, 0.02]
    """

    stays: float = 0.02
    at_first: float = 0.10
    fades_days: float = 5.0

    def __post_init__(self) -> None:
        number("stays", self.stays, above=-1, unit=RELATIVE)
        hint = "For a change that hurts at first, use Primacy."
        number("at_first", self.at_first, at_least=0, unit=RELATIVE, hint=hint)
        number("fades_days", self.fades_days, above=0, unit="days")

    def truth(self, day: ArrayLike) -> Floats:
        return self.stays + self.at_first * np.exp(-np.asarray(day, float) / self.fades_days)


@dataclass(frozen=True, kw_only=True)
class Primacy(Effect):
    """Users know the old way by heart: the change hurts at first, then its worth shows.

    Parameters
    ----------
    stays : float
        The lift in the long run, above -1.
    at_first : float
        How much is missing of it on day 0, >= 0.
    fades_days : float
        After so many days 37 % of that are left, > 0.

    Notes
    -----
    ``lift(d) = stays - at_first exp(-d / fades_days)``: novelty upside down.

    References
    ----------
    R. Kohavi, D. Tang, Y. Xu, "Trustworthy Online Controlled Experiments", Cambridge University
    Press 2020, chapter 3 (novelty and primacy effects).

    Examples
    --------
    >>> Primacy(stays=0.05, at_first=0.10, fades_days=5).truth([0, 50]).round(3).tolist()
    [-0.05, 0.05]
    """

    stays: float = 0.05
    at_first: float = 0.10
    fades_days: float = 5.0

    def __post_init__(self) -> None:
        number("stays", self.stays, above=-1, unit=RELATIVE)
        number("at_first", self.at_first, at_least=0, unit=RELATIVE)
        hint = "No rate may fall below 0 on day 0: take less at_first."
        number("stays - at_first", self.stays - self.at_first, above=-1, unit=RELATIVE, hint=hint)
        number("fades_days", self.fades_days, above=0, unit="days")

    def truth(self, day: ArrayLike) -> Floats:
        return self.stays - self.at_first * np.exp(-np.asarray(day, float) / self.fades_days)


@dataclass(frozen=True, kw_only=True)
class Drift(Effect):
    """The season moves the clicks of both arms alike; the change itself does nothing.

    Parameters
    ----------
    by_day : float
        How much the rate changes from day to day, relative to day 0: -0.5 halves it on day 1.

    Notes
    -----
    It hurts nobody who compares arms on the same days. With a share that grows from day to day
    (`daily_counts(..., ramp=...)`) it makes Simpson's paradox: the treated days are other days.

    Examples
    --------
    >>> drift = Drift(by_day=-0.5)
    >>> drift.mean([0, 1], treated=False, share=0.5).tolist(), drift.truth([0, 1]).tolist()
    ([1.0, 0.5], [0.0, 0.0])
    """

    by_day: float = -0.02

    def __post_init__(self) -> None:
        number("by_day", self.by_day, unit="relative change from day to day")

    def check(self, population: Population) -> None:
        last = 1 + self.by_day * (population.days - 1)
        hint = f"Take fewer than {population.days} days or a smaller by_day."
        number("the rate on the last day", last, at_least=0, unit="times that of day 0", hint=hint)

    def mean(self, day: ArrayLike, *, treated: bool, share: float) -> Floats:
        return 1 + self.by_day * np.asarray(day, float)


@dataclass(frozen=True, kw_only=True)
class CarryOver(Effect):
    """An earlier experiment has hurt its treatment arm, and the harm is still there.

    Parameters
    ----------
    damage : float
        The share of clicks that its users have lost, 0 to 1.
    same_buckets : bool
        Whether this experiment splits the users as that one did. With a new salt the hurt users
        are spread evenly over both arms.

    Notes
    -----
    The change of *this* experiment does nothing: the truth is 0. Arms from the same buckets differ
    by ``-damage`` all the same.

    References
    ----------
    R. Kohavi, A. Deng, B. Frasca, R. Longbotham, T. Walker, Y. Xu, "Trustworthy Online Controlled
    Experiments: Five Puzzling Outcomes Explained", KDD 2012 (carryover effects).

    Examples
    --------
    >>> old = CarryOver(damage=0.03)
    >>> float(old.mean(0, treated=True, share=0.5)), float(old.truth(0))
    (0.97, 0.0)
    """

    damage: float = 0.03
    same_buckets: bool = True

    def __post_init__(self) -> None:
        number("damage", self.damage, at_least=0, at_most=1, unit="a share of the clicks")

    def check(self, population: Population) -> None:
        if population.split_by == "day":
            text = "split_by must be 'user' (CarryOver hurts users, not days), got 'day'."
            raise ValueError(f"{text} Split users, or leave CarryOver out.")

    def of(self, people: People, day: int) -> Floats:
        hurt = people.treated if self.same_buckets else people.draw("hurt") < 0.5
        return np.where(hurt, 1 - self.damage, 1.0)

    def mean(self, day: ArrayLike, *, treated: bool, share: float) -> Floats:
        hurt = float(treated) if self.same_buckets else 0.5
        return np.full(np.shape(day), 1 - self.damage * hurt)

    def launched(self, day: ArrayLike, *, everybody: bool) -> Floats:
        return np.full(np.shape(day), 1 - self.damage / 2)  # the old harm stays either way


@dataclass(frozen=True, kw_only=True)
class Triggered(Effect):
    """Only some users ever meet the change; the others dilute what it does.

    Parameters
    ----------
    share : float
        The share of the users who meet it, above 0 and at most 1.
    lift : float
        The relative change of *their* clicks, above -1.

    Notes
    -----
    The log's column `triggered` tells in *both* arms who meets it, or would have. The lift over
    everybody is ``share * lift``; among the triggered it is `lift`, with less noise around it.

    References
    ----------
    A. Deng, V. Hu, "Diluted Treatment Effect Estimation for Trigger Analysis in Online Controlled
    Experiments", WSDM 2015.

    Examples
    --------
    >>> float(Triggered(share=0.1, lift=0.3).truth(0))
    0.03
    """

    share: float = 0.1
    lift: float = 0.3

    def __post_init__(self) -> None:
        number("share", self.share, above=0, at_most=1, unit="a share of the users")
        number("lift", self.lift, above=-1, unit=RELATIVE)

    def columns(self, people: People) -> dict[str, NDArray[Any]]:
        return {"triggered": people.draw("triggered") < self.share}

    def of(self, people: People, day: int) -> Floats:
        meets = people.treated & self.columns(people)["triggered"]
        return np.where(meets, 1 + self.lift, 1.0)

    def most(self, days: int) -> float:
        return max(1.0, 1 + self.lift)

    def truth(self, day: ArrayLike) -> Floats:
        return np.full(np.shape(day), self.share * self.lift)
