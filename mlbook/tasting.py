"""A blind tasting: a serving pattern is hidden, five probes show how it behaves; name it.

No probe looks inside. What a probe shows is what anybody could find out about a system that they
did not build: with an event, an outage, a day of patience, a new model, and a renamed column.

Chapter: 10
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from mlbook import coupling
from mlbook.experiment import probe, run, runtime_coupling
from mlbook.experiment.probing import idle_user
from mlbook.faults import bad_release
from mlbook.patterns import Federated, InProcess, MobileApp, RestApi, SharedDb, Streaming
from mlbook.streams import stream
from mlbook.units import DAY, HOUR, MINUTE, SECOND, duration, percent
from mlbook.validate import integer
from mlbook.world import World

if TYPE_CHECKING:
    from mlbook.experiment import Run
    from mlbook.patterns import Pattern

__all__ = ["Clue", "Mystery", "mystery"]

AT_S = 8 * DAY  # when the outage, the day of patience and the new model begin
ASKED_EVERY_S = 10 * MINUTE
WATCHED_S = 4.5 * DAY  # how long the answers are watched after a new model
CELLAR: tuple[tuple[Pattern, ...], ...] = (
    (InProcess(), InProcess(release_every=3 * DAY)),
    (RestApi(), RestApi(features_every=15 * MINUTE, features_takes=2 * MINUTE)),
    (
        SharedDb(),
        SharedDb(predict_every=6 * HOUR),
        SharedDb(predict_every=1 * HOUR, predict_takes=10 * MINUTE),
    ),
    (Streaming(), Streaming(trigger=30 * SECOND)),
    (MobileApp(), MobileApp(delivery="download")),
    (Federated(), Federated(train_every=3 * HOUR)),
)


@dataclass(frozen=True)
class Clue:
    """What one probe showed.

    Parameters
    ----------
    probe : str
        Its name.
    words : str
        What was seen.
    values : dict of str to float
        The numbers behind the words.
    """

    probe: str
    words: str
    values: dict[str, float] = field(repr=False)

    def __repr__(self) -> str:
        return f"{self.probe}: {self.words}"


@dataclass
class Mystery:
    """A hidden pattern and the clues so far.

    Parameters
    ----------
    seed : int
        What is hidden, and in which shop.
    clues : dict of str to Clue
        What the probes showed so far, by their names.
    """

    seed: int
    clues: dict[str, Clue] = field(default_factory=dict)

    def __post_init__(self) -> None:
        integer("seed", self.seed, at_least=0, unit="seed of the tasting", hint="Write 1.")
        rng = stream(self.seed, "mystery")
        bottles = CELLAR[rng.integers(len(CELLAR))]
        self._hidden = bottles[rng.integers(len(bottles))]
        self._world = World(seed=self.seed, days=14, users=150)

    def send_an_event(self) -> Clue:
        """Let a user look at an item, and ask until an answer differs.

        Returns
        -------
        Clue
            `lag_s`: the time until then.
        """
        lag_s = probe(self._hidden, self._world).lag_s
        words = f"the first answer that knows it comes after {duration(lag_s)}"
        return self._keep("an event", words, lag_s=lag_s)

    def kill_a_part(self) -> Clue:
        """Take each part down for an hour at noon, one after the other.

        Returns
        -------
        Clue
            For each part, under a letter: the share of the visits of that hour that got no answer.
        """
        table = runtime_coupling(self._hidden, self._world, at=AT_S + 12 * HOUR)
        failed = stream(self.seed, "mystery/letters").permutation(table["failed_frac"])
        shares = {chr(ord("A") + n): float(share) for n, share in enumerate(failed)}
        said = ", ".join(f"{part} {percent(share)}" for part, share in shares.items())
        return self._keep("an outage", f"visits of that hour that fail, by part: {said}", **shares)

    def wait_a_day(self) -> Clue:
        """Ask the same thing every ten minutes for a day in which the user does nothing.

        Returns
        -------
        Clue
            `changes`: how often the answer differs from the one before, of 143 times.
        """
        at_s = AT_S + np.arange(0, DAY, ASKED_EVERY_S)
        asking = self._world.inquiry(user=idle_user(self._world, AT_S), at_s=at_s)
        score = run(self._hidden, asking, warmup=AT_S).slate_score
        same = np.isclose(score[1:], score[:-1], rtol=1e-9, equal_nan=True).all(axis=1)
        changes, asked = int((~same).sum()), same.size
        words = f"of {asked} times asked again, the answer differs {changes} times"
        return self._keep("a day", words, changes=changes)

    def ship_a_model(self) -> Clue:
        """Let the data scientists train another model from noon on, and watch the answers.

        Returns
        -------
        Clue
            `first_s`: time until the first answer of the new kind, and `last_s`: until the last of
            the old kind; infinite when there is none, or still one on the last day.
        """
        at_s = AT_S + 12 * HOUR
        other = bad_release("training", at=at_s, lasting=self._world.horizon_s - at_s)
        before, after = (run(self._hidden, self._world, faults=f) for f in ((), (other,)))
        first_s, last_s = _first_and_last(before, after, at_s)
        words = f"the first answer of the new kind comes after {_or_never(first_s)}, the last of "
        words += f"the old kind after {_or_never(last_s)}"
        return self._keep("a new model", words, first_s=first_s, last_s=last_s)

    def rename_a_column(self) -> Clue:
        """Rename a column that the features are made from, and count who has to be built anew.

        Returns
        -------
        Clue
            `app`: 1 when the app is among them; `others`: how many other units are.
        """
        knows = (
            coupling.knowledge_table(self._hidden).drop(columns="changes_a_year").loc["features"]
        )
        app, others = bool(knows["app"]), int(knows.drop("app").to_numpy().sum())
        words = f"{'the app' if app else 'not the app'}, and {others} other unit"
        words += "" if others == 1 else "s"
        return self._keep("a renamed column", f"to be built anew: {words}", app=app, others=others)

    def reveal(self) -> Pattern:
        """Pull off the cloth.

        Returns
        -------
        Pattern
            What was hidden, with its knobs.
        """
        return self._hidden

    def _keep(self, name: str, words: str, **values: float) -> Clue:
        self.clues[name] = Clue(name, words, values)
        return self.clues[name]

    def __repr__(self) -> str:
        head = f"Mystery {self.seed}: {len(self.clues)} of {len(PROBES)} probes used"
        return "\n".join([head, *(f"  {clue!r}" for clue in self.clues.values())])


PROBES: tuple[Callable[[Mystery], Clue], ...] = (
    Mystery.send_an_event,
    Mystery.kill_a_part,
    Mystery.wait_a_day,
    Mystery.ship_a_model,
    Mystery.rename_a_column,
)


def mystery(seed: int) -> Mystery:
    """Hide a pattern.

    Parameters
    ----------
    seed : int
        Everybody with the same seed has the same pattern before them.

    Returns
    -------
    Mystery
        Five probes: `send_an_event`, `kill_a_part`, `wait_a_day`, `ship_a_model` and
        `rename_a_column`; then `reveal`.

    Examples
    --------
    >>> hidden = mystery(3)
    >>> hidden
    Mystery 3: 0 of 5 probes used
    """
    return Mystery(seed)


def _first_and_last(before: Run, after: Run, at_s: float) -> tuple[float, float]:
    """Find the first changed and the last unchanged answer, in seconds after an instant."""
    known = ~np.isnan(before.slate_score).any(axis=1) & (before.log["requested_at_s"] >= at_s)
    asked_s = before.log["requested_at_s"][known] - at_s
    same = np.isclose(before.slate_score[known], after.slate_score[known], rtol=1e-9).all(axis=1)
    first_s = float(asked_s[~same].min(initial=np.inf))
    still_s = asked_s[-1] - DAY  # an old answer on the last day: nobody can say when they end
    last_s = float(asked_s[same].max(initial=0.0))
    return first_s, last_s if last_s < still_s else np.inf


def _or_never(seconds: float) -> str:
    return duration(seconds) if np.isfinite(seconds) else f"more than {duration(WATCHED_S)}"
