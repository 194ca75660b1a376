"""How fast A/B tests are: ten thousand at a time, beside a loop over statsmodels; the boundaries.

Everything is processor time, not the wall's. What is compared works on the same counts, runs in
turns in one process, five rounds or more, and the least counts; so a ratio holds on a busy machine,
too. The loop gets fewer experiments, and what counts is the time a test. Before they are timed,
both have to find the same z. Nothing here fails because of a slow machine.

    python benchmarks/ab.py
    python benchmarks/ab.py --quick   # seconds: all rows, the numbers mean nothing
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import numpy as np
from peers.duels import least_seconds

from mlbook import ab
from mlbook.ab.sequential import KINDS
from mlbook.streams import stream

if TYPE_CHECKING:
    from numpy.typing import NDArray

LOOKS, USERS_A_DAY, CLICKS = 30, 1_000, 0.05
Z95 = 1.959963984540054
BUSY = "no reason known but a busy or slower machine"
WHY = {  # why a goal is missed, by row, as measured on the machine of the last change here
    "a loop over statsmodels / the same tests": "half of ours is memory: of arrays of 2.4 MB each",
}


@dataclass(frozen=True)
class Sizes:
    """How many experiments, how many of them in the loop, how many rounds, the longest boundary."""

    experiments: int = 10_000
    looped: int = 60
    rounds: int = 15
    looks: int = 10


def counts(experiments: int) -> tuple[NDArray[Any], NDArray[Any]]:
    """Draw the clicks of each day exactly, and add them up to each look."""
    daily = stream(1, "days").binomial(USERS_A_DAY, CLICKS, (experiments, LOOKS, 2))
    return daily.cumsum(axis=1), USERS_A_DAY * np.arange(1, LOOKS + 1)[:, None] * np.ones(2)


def all_looks(experiments: int) -> float:
    """Draw A/A tests, test every look, and count those that are ever significant."""
    return float((np.abs(ab.pooled_z(*counts(experiments))) > Z95).any(axis=1).mean())


def all_walks(experiments: int) -> float:
    """Do the same with what is gained between looks drawn from the normal."""
    gained = stream(1, "walks").standard_normal((experiments, LOOKS))
    sums = np.cumsum(gained, axis=1, out=gained)
    return float((np.abs(sums, out=sums) > Z95 * np.sqrt(np.arange(1, LOOKS + 1))).any(1).mean())


def looped(clicks: NDArray[Any], n: NDArray[Any]) -> NDArray[np.float64]:
    from statsmodels.stats.proportion import proportions_ztest

    return np.array(
        [
            [proportions_ztest(each, size)[0] for each, size in zip(looks, n, strict=True)]
            for looks in clicks
        ]
    )


def table(longest: int) -> None:
    for kind in KINDS:
        for looks in range(1, longest + 1):
            ab.boundary(kind, looks)


def show(what: str, found: float, goal: float, unit: str, *, most: bool = True) -> None:
    """Print a row; say so when the goal is missed."""
    met = found <= goal if most else found >= goal
    number = f"{found:,.0f}" if found >= 100 else f"{found:,.3g}"
    bound = f"{'<=' if most else '>='} {goal:,g}"
    verdict = "met" if met else f"missed: {WHY.get(what, BUSY)}"
    print(f"{what:<52} {number:>8} {unit:<4} goal {bound:<9} {verdict}")


def aside(what: str, found: float, unit: str) -> None:
    """Print a number that has no goal."""
    print(f"{what:<52} {found:>8,.3g} {unit}")


def many_experiments(sizes: Sizes) -> None:
    print(f"\n{sizes.experiments:,} A/A tests with {LOOKS} daily looks, every look tested")
    clicks, n = counts(sizes.experiments)
    few = clicks[: sizes.looped]
    if find_spec("statsmodels"):
        np.testing.assert_allclose(-ab.pooled_z(few, n), looped(few, n), rtol=1e-9, atol=1e-12)
    exact, normal, testing, estimates, *loop = least_seconds(
        lambda: all_looks(sizes.experiments),
        lambda: all_walks(sizes.experiments),
        lambda: ab.pooled_z(clicks, n),
        lambda: ab.proportions(clicks, n),
        *([lambda: looped(few, n)] if find_spec("statsmodels") else []),
        rounds=sizes.rounds,
    )
    show("exact binomials", 1e3 * exact, 50, "ms")
    aside("  of which the tests", 1e3 * testing, "ms")
    aside("  the tests with intervals and p-values", 1e3 * estimates, "ms")
    show("normal increments", 1e3 * normal, 8, "ms")
    for seconds in loop:
        scaled = seconds * sizes.experiments / sizes.looped
        show("a loop over statsmodels / normal increments", scaled / normal, 1500, "x", most=False)
        show("a loop over statsmodels / the same tests", scaled / testing, 1500, "x", most=False)
        aside("  the loop over all of them, as scaled up", scaled, "s")
    aside("ever significant, of these", 100 * all_looks(sizes.experiments), "%")
    aside("ever significant, by the integral", 100 * ab.false_positive_rate(LOOKS), "%")


def boundaries(sizes: Sizes) -> None:
    print(f"\nthe boundaries of {', '.join(KINDS)}")
    (took,) = least_seconds(lambda: table(sizes.looks), rounds=max(sizes.rounds // 2, 1))
    show(f"all of them up to {sizes.looks} looks", took, 2, "s")
    (once,) = least_seconds(lambda: ab.false_positive_rate(1000), rounds=1)
    aside("false alarms of 1,000 looks", once, "s")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true")
    asked, _ = parser.parse_known_args()  # `make bench ARGS=...` hands its words to every script
    sizes = Sizes(200, 3, 1, 3) if asked.quick else Sizes()
    many_experiments(sizes)
    boundaries(sizes)
    parts = [part for part in ("numpy", "scipy", "statsmodels") if find_spec(part)]
    print("\n" + ", ".join(f"{part} {version(part)}" for part in parts))


if __name__ == "__main__":
    main()
