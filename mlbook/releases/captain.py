"""The release captain: hour by hour, noisy counts only; hold, grow or roll back.

    hour 1: the new version answers 1 % of the visits
    each move: hold 1 hour (or "hold 6") | grow to the next share | roll back

At 100 % the old version answers nobody, so there is nothing to compare with, and the release is
final. A mistake is then found when a customer has complained loudly enough: after three days.

Chapter: 11
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from mlbook.streams import stream
from mlbook.validate import integer, one_of

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["HORIZON_H", "SHARES", "SLICES", "TRUTHS", "Captain", "Cost", "Truth", "releases_of"]

SHARES = (0.01, 0.05, 0.2, 0.5, 1.0)
VISITS_AN_HOUR = 8_000.0
SLICES = {"web": 0.9, "app": 0.1}  # share of the visits
USUAL = 0.05  # clicks a visit of the old version, in both slices
HORIZON_H = 72  # the hour in which somebody else finds out
LONGEST_HOLD_H = 24


class Truth(NamedTuple):
    """What a release really is.

    Parameters
    ----------
    name : str
        In words.
    web, app : float
        Clicks a visit of the new version, in the two slices.
    """

    name: str
    web: float
    app: float

    @property
    def hurts(self) -> dict[str, bool]:
        """Which slices are worse off than before."""
        return {each: getattr(self, each) < USUAL for each in SLICES}

    @property
    def is_good(self) -> bool:
        """Whether nobody is worse off."""
        return not any(self.hurts.values())


TRUTHS = (
    Truth("good", 0.054, 0.054),
    Truth("bad", 0.040, 0.040),
    Truth("bad for the app", 0.052, 0.025),
)


class Cost(NamedTuple):
    """What a way to release has cost, against knowing the truth in the first hour.

    Parameters
    ----------
    users_hurt : float
        Visits to a version that was worse for them.
    hours_lost : float
        Full hours by which a good release came late; an hour at half the visits counts half.
    clicks_lost : float
        The clicks that both have cost.
    """

    users_hurt: float
    hours_lost: float
    clicks_lost: float


def releases_of(seed: int) -> dict[str, Truth]:
    """Deal the three releases under the letters A, B and C.

    Parameters
    ----------
    seed : int
        Another seed deals in another order.

    Returns
    -------
    dict of str to Truth
        By letter. Do not look before you have played.
    """
    order = stream(seed, "captain/order").permutation(len(TRUTHS))
    return {letter: TRUTHS[place] for letter, place in zip("ABC", order, strict=True)}


@dataclass(frozen=True)
class Captain:
    """One release and the moves made so far; everything else follows from them.

    Parameters
    ----------
    letter : str
        Which of the three releases: ``"A"``, ``"B"`` or ``"C"``.
    seed : int
        Deals the releases and draws the visitors.
    moves : tuple of str
        ``"hold"``, ``"hold 6"`` (hours, at most 24), ``"grow"`` or ``"roll back"``.

    Notes
    -----
    ``dataclasses.asdict`` writes it down as JSON can, and the same moves give the same counts.

    Examples
    --------
    >>> captain = Captain("A", seed=1).play("grow", "hold 2")
    >>> captain.share, captain.hour, captain.is_over
    (0.05, 4, False)
    >>> captain.play("roll back").is_over
    True
    """

    letter: str
    seed: int = 0
    moves: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        one_of("letter", self.letter, "ABC")
        integer("seed", self.seed, at_least=0, unit="a seed")
        object.__setattr__(self, "moves", tuple(self.moves))
        _ = self.shares  # an impossible move is refused at once

    def play(self, *moves: str) -> Captain:
        """Make further moves.

        Parameters
        ----------
        *moves : str
            In order.

        Returns
        -------
        Captain
            A new one; this one stays as it is.

        Raises
        ------
        ValueError
            When a move is none, or comes after the end.
        """
        return replace(self, moves=(*self.moves, *moves))

    @cached_property
    def shares(self) -> tuple[float, ...]:
        """The share of the new version in every hour that has been watched."""
        share, hours = SHARES[0], [SHARES[0]]
        for move in self.moves:
            if share in {0.0, 1.0} or len(hours) >= HORIZON_H:
                text = f"moves must end with the release, got {move!r} after its end"
                raise ValueError(f"{text}. Take it out, or play another release.")
            lasting = _hours_of(move)
            if move == "grow":
                share = SHARES[SHARES.index(share) + 1]
            elif move == "roll back":
                share = 0.0
            hours += [share] * lasting if 0 < share < 1 else []
        return tuple(hours[:HORIZON_H])

    @property
    def last_move(self) -> str:
        """The move before now; empty at first."""
        return self.moves[-1] if self.moves else ""

    @property
    def ended(self) -> str:
        """How it ended: ``"rolled back"``, ``"shipped"``, ``"never decided"``, or empty."""
        if self.last_move == "roll back":
            return "rolled back"
        if self.moves.count("grow") == len(SHARES) - 1:
            return "shipped"
        return "never decided" if len(self.shares) >= HORIZON_H else ""

    @property
    def is_over(self) -> bool:
        """Whether no move is left."""
        return bool(self.ended)

    @property
    def share(self) -> float:
        """The share of the visits that the new version answers now."""
        return {"rolled back": 0.0, "shipped": 1.0}.get(self.ended, self.shares[-1])

    @property
    def hour(self) -> int:
        """Hours watched so far."""
        return len(self.shares)

    @cached_property
    def truth(self) -> Truth:
        """What the release is; to be looked at when it is over."""
        return releases_of(self.seed)[self.letter]

    @cached_property
    def _rows(self) -> list[_Row]:
        hours = enumerate(self.shares, start=1)
        return [row for hour, share in hours for row in _drawn(self.seed, self.truth, hour, share)]

    @property
    def counts(self) -> pd.DataFrame:
        """The only thing that a captain sees: one row an hour and a slice.

        Columns `hour`, `slice`, `share`, `clicks` and `visits` of the new version,
        `other_clicks` and `other_visits` of the old one.
        """
        import pandas as pd

        return pd.DataFrame(self._rows, columns=list(_Row._fields))

    def so_far(self, *slices: str) -> tuple[int, int, int, int]:
        """Add up what has been counted, for the arguments of :meth:`Watch.gap`.

        Parameters
        ----------
        *slices : str
            Of which visits, ``"web"`` or ``"app"``; of all when left out.

        Returns
        -------
        tuple of int
            Clicks and visits of the new version, clicks and visits of the old one.
        """
        wanted = [one_of("slices", each, SLICES) for each in slices] or list(SLICES)
        counted = [row[3:] for row in self._rows if row.slice in wanted]
        won, seen, other_won, other_seen = map(sum, zip(*counted, strict=True))
        return won, seen, other_won, other_seen

    def cost(self) -> Cost:
        """Tell what it has cost; a release that is not over yet goes on as it is.

        Returns
        -------
        Cost
            Up to the hour in which somebody else finds out. Expected clicks: luck does not count.
        """
        truth = self.truth
        share = np.append(self.shares, np.full(HORIZON_H - self.hour, self.share))
        if truth.is_good:
            late_h = float((1 - share).sum())
            gain = sum(part * (getattr(truth, each) - USUAL) for each, part in SLICES.items())
            return Cost(0.0, late_h, late_h * VISITS_AN_HOUR * gain)
        served = float(share.sum()) * VISITS_AN_HOUR
        hurt = {each: served * SLICES[each] for each, is_hurt in truth.hurts.items() if is_hurt}
        lost = sum(visits * (USUAL - getattr(truth, each)) for each, visits in hurt.items())
        return Cost(sum(hurt.values()), 0.0, lost)


def _hours_of(move: Any) -> int:
    """Give the hours that a move lasts, or say which moves there are."""
    hold = re.fullmatch(r"hold(?: ([1-9]\d?))?", move) if isinstance(move, str) else None
    if hold is None:
        one_of("moves", move, ("hold", "hold 6", "grow", "roll back"))
        return 1
    hours = int(hold[1] or 1)
    if hours > LONGEST_HOLD_H:
        raise ValueError(f"moves: hold at most {LONGEST_HOLD_H} hours at once, got {move!r}.")
    return hours


class _Row(NamedTuple):
    hour: int
    slice: str
    share: float
    clicks: int
    visits: int
    other_clicks: int
    other_visits: int


@lru_cache(maxsize=4096)  # each move asks for the hours before it once more
def _drawn(seed: int, truth: Truth, hour: int, share: float) -> tuple[_Row, ...]:
    """Draw the visitors of one hour: the same for the same release, whatever letter it has."""
    rng = stream(seed, f"captain/{truth.name}/{hour}")
    rows = []
    for name, part in SLICES.items():
        visits = int(rng.poisson(VISITS_AN_HOUR * part))
        new = int(rng.binomial(visits, share))
        clicks = int(rng.binomial(new, getattr(truth, name)))
        other_clicks = int(rng.binomial(visits - new, USUAL))
        rows.append(_Row(hour, name, share, clicks, new, other_clicks, visits - new))
    return tuple(rows)
