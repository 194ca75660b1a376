"""How good guesses were."""

from __future__ import annotations

import math

# A guess and what the run gave.
Pair = tuple[float, float]


def off_by(pair: Pair) -> float:
    """Divide the larger by the smaller; infinite when zero lies between them."""
    low, high = sorted(pair)
    if low == high:
        return 1.0
    return math.inf if low <= 0 <= high else max(low / high, high / low)


def compared(pair: Pair) -> str:
    """Say by how much a guess was too low or too high."""
    factor, side = off_by(pair), "low" if pair[0] < pair[1] else "high"
    times = f"{factor:.1f} times " if factor < math.inf else ""
    verdict = "well guessed" if factor < 1.1 else f"{times}too {side}"
    return f"You guessed {pair[0]:.3g}, the run gave {pair[1]:.3g}: {verdict}."


def summed_up(pairs: dict[str, Pair]) -> list[str]:
    """Count the good, the low and the high guesses, and name the one that was furthest off."""
    if not pairs:
        return []
    far = [pair for pair in pairs.values() if off_by(pair) > 2]
    low = sum(guessed < measured for guessed, measured in far)
    counts = f"{len(pairs) - len(far)} within a factor of two, {low} too low"
    worst = max(pairs, key=lambda name: off_by(pairs[name]))
    return [
        f"Guesses: {counts}, {len(far) - low} too high.",
        f"Biggest surprise: {worst}. {compared(pairs[worst])}",
    ]
