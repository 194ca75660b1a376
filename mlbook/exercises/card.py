"""The report card: what is done, and how good the guesses were."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Card", "off_by"]


@dataclass(frozen=True)
class Card:
    """The report card.

    Parameters
    ----------
    states : dict of str to str
        State of each exercise.
    guesses : dict of str to (float, float)
        Guess and measured value.
    """

    states: dict[str, str]
    guesses: dict[str, tuple[float, float]]

    def __repr__(self) -> str:
        done = sum(state == "pass" for state in self.states.values())
        lines = [f"{done} of {len(self.states)} exercises passed"]
        lines += [f"  {name}: {state}" for name, state in self.states.items()]
        return "\n".join([*lines, *self._guessed()])

    def _repr_markdown_(self) -> str:
        rows = [f"| {name} | {state} |" for name, state in self.states.items()]
        table = "\n".join(["| exercise | state |", "|:--|:--|", *rows])
        return "\n\n".join([table, *self._guessed()])

    def _guessed(self) -> list[str]:
        if not self.guesses:
            return []
        factors = {name: off_by(*pair) for name, pair in self.guesses.items()}
        near = sum(0.5 <= factor <= 2 for factor in factors.values())
        low = sum(factor < 0.5 for factor in factors.values())
        worst = max(factors, key=lambda name: max(factors[name], 1 / factors[name]))
        counts = (
            f"{near} within a factor of two, {low} too low, {len(factors) - near - low} too high"
        )
        return [f"Guesses: {counts}. Biggest surprise: {worst}."]


def off_by(guessed: float, measured: float) -> float:
    """Say how far a guess is off.

    Parameters
    ----------
    guessed, measured : float
        The two numbers.

    Returns
    -------
    float
        Guess over measured value; a zero or a wrong sign counts as very far.
    """
    if guessed == measured:
        return 1.0
    return guessed / measured if guessed * measured > 0 else 1e-9
