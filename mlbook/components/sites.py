"""The place where a pattern is installed for one run."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from mlbook.clock import VirtualClock
from mlbook.components.parts import Component
from mlbook.faults import ACTIVITY_LOG, written
from mlbook.model import Registry

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

    from mlbook.faults import Fault
    from mlbook.fedavg import Round
    from mlbook.patterns.answer import Answer
    from mlbook.queueing import Distribution
    from mlbook.world import EventLog, Features, ReplayWorld, World

__all__ = ["Site"]


@dataclass
class Site:
    """Where a pattern is installed for one run: the clock, the parts, what has been published.

    Parameters
    ----------
    world : World or ReplayWorld
        Whom the pattern serves. With faults on the activity log it is the world as somebody knows
        it who has this log only.
    seed : int
        Seed of the parts' latencies.
    faults : tuple of Fault
        What goes wrong.
    clock : VirtualClock
        The clock of the run.
    parts : dict of str to Component
        What is built in, by name.
    versions : Registry
        The models trained so far.
    published : list of tuple
        When what became readable: instant, instant of its data, number of predictions.
    incidents : list of tuple
        When which part skipped or lost a job.
    seen_at_s : ndarray of shape (n_events,) or None
        When each event of the activity log became visible to the answers, in seconds; None where
        whole batches are published.
    own_features : callable or None
        Called after the run, ``own_features()`` gives the features of a pattern that keeps its own
        store of events; None for a pattern that reads the shop's.
    offered : list of tuple
        When which version, by its number, was there for the phones to take.
    rounds : list of Round
        What became of each round of a federated training.
    fetched_at_s : list of ndarray of shape (n_users,)
        For each version of a federated training, when each device had it, in seconds.
    path : str
        Where the arm is that is installed here, for example ``"treatment/"``; empty for a pattern
        that nobody wraps.
    arms : dict of str to Site
        Where the arms of a pattern that wraps others are installed, by name.
    went_to : dict of int to str
        Which arm gave the answer that each visit's user saw.
    asked : dict of int to (Answer, float)
        In an arm that is asked more than its users see: what it answered to each visit, and when,
        in seconds.

    Attributes
    ----------
    event_log : EventLog
        The activity log with what faults made of it.
    unspoilt : World or ReplayWorld
        The world as it is, whatever faults made of its log.
    """

    world: World | ReplayWorld
    seed: int
    faults: tuple[Fault, ...] = ()
    clock: VirtualClock = field(default_factory=VirtualClock)
    parts: dict[str, Component] = field(default_factory=dict)
    versions: Registry = field(default_factory=Registry)
    published: list[tuple[float, float, int]] = field(default_factory=list)
    incidents: list[tuple[float, str, str]] = field(default_factory=list)
    seen_at_s: NDArray[np.float64] | None = None
    own_features: Callable[[], Features] | None = None
    offered: list[tuple[float, int]] = field(default_factory=list)
    rounds: list[Round] = field(default_factory=list)
    fetched_at_s: list[NDArray[np.float64]] = field(default_factory=list)
    path: str = ""
    arms: dict[str, Site] = field(default_factory=dict)
    went_to: dict[int, str] = field(default_factory=dict)
    asked: dict[int, tuple[Answer, float]] = field(default_factory=dict)
    event_log: EventLog = field(init=False)
    unspoilt: World | ReplayWorld = field(init=False)

    def __post_init__(self) -> None:
        self.unspoilt = self.world
        on_the_log = self.part(ACTIVITY_LOG).faults
        self.event_log = written(self.world, on_the_log, self.seed)
        if on_the_log:
            self.world = self.event_log.seen_through(self.world)

    def part(
        self,
        name: str,
        latency: Distribution | None = None,
        workers: int | None = None,
        calls: int | None = None,
    ) -> Component:
        """Build a part in.

        Parameters
        ----------
        name : str
            How faults and random numbers address it.
        latency : Distribution, optional
            How long one call takes; a part that only runs jobs needs none.
        workers : int, optional
            How many calls it serves at once; without a limit when left out.
        calls : int, optional
            How many different calls there are; one a visit when left out.

        Returns
        -------
        Component
            The part.
        """
        self.parts[name] = Component(self, name, latency, workers, calls)
        return self.parts[name]

    def arm(self, name: str) -> Site:
        """Make the place in which one arm of a pattern that wraps others is installed.

        Parameters
        ----------
        name : str
            The arm's name.

        Returns
        -------
        Site
            With the same clock, world and seed, with what faults make of everybody's activity log
            and with the faults of this arm, which are called there as if nothing wrapped it.

        Notes
        -----
        A part's random numbers are named by the part alone, without its arm: two arms with the same
        part have the same luck with the same visit, and so has the pattern that nobody wraps. A
        visit goes to one arm only, so no two visits of a run share a draw.
        """
        inside = f"{name}/"
        mine = [f for f in self.faults if f.part == ACTIVITY_LOG]
        mine += [
            replace(f, part=f.part.removeprefix(inside))
            for f in self.faults
            if f.part.startswith(inside)
        ]
        place = Site(self.unspoilt, self.seed, tuple(mine), self.clock, path=self.path + inside)
        self.arms[name] = place
        return place

    def all_parts(self) -> dict[str, Component]:
        """Collect what is built in here and in the arms.

        Returns
        -------
        dict of str to Component
            By the path under which a fault addresses it: ``"api"``, ``"treatment/api"``.
        """
        inside = {
            f"{name}/{path}": part
            for name, place in self.arms.items()
            for path, part in place.all_parts().items()
        }
        return self.parts | inside

    def publish(self, asof_s: float, n_predictions: int = 0) -> None:
        """Note that from now on answers can reflect the events before `asof_s`.

        Parameters
        ----------
        asof_s : float
            When the data behind it were read, in seconds.
        n_predictions : int
            Predictions computed for it in advance.
        """
        self.published.append((self.clock.now, asof_s, n_predictions))

    def note(self, part: str, what: str) -> None:
        """Note that now a job on a part went wrong.

        Parameters
        ----------
        part : str
            The part.
        what : str
            ``"skipped"``, ``"lost"``, ``"refused"``, or what else became of the job.
        """
        self.incidents.append((self.clock.now, part, what))
