"""What every router shares: its arms, which are whole patterns, and what is deployed for them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace

from mlbook.components import DownError
from mlbook.patterns.answer import Answer
from mlbook.patterns.base import Pattern
from mlbook.patterns.deploy import ALL, Unit
from mlbook.units import MINUTE

__all__ = ["Router"]

# The rule is a line in the web app: no machine, no wait; somebody may write it wrongly.
ROUTER = Unit(name="router", machines=0.0, incidents_a_month=0.1, repair_takes=30 * MINUTE)


@dataclass(frozen=True, kw_only=True)
class Router(Pattern):
    """A pattern that wraps patterns. Subclasses say who is asked, and whose answer is shown.

    Each knob that is a pattern is an arm, named like the knob. A router notes in
    ``self.site.went_to[i]`` who gave the answer that the user of request `i` sees.
    """

    @property
    def arms(self) -> Mapping[str, Pattern]:
        """The wrapped patterns, by name."""
        values = {each.name: getattr(self, each.name) for each in fields(self)}
        return {name: value for name, value in values.items() if isinstance(value, Pattern)}

    @property
    def shares(self) -> Mapping[str, float]:
        """The share of the requests that each arm must be able to serve: all, unless overridden."""
        return dict.fromkeys(self.arms, 1.0)

    @property
    def units(self) -> tuple[Unit, ...]:
        """One app that knows all arms, a router, all else once an arm; none if an arm tells none.

        What grows with the requests grows with the share that an arm must be able to serve.
        """
        shares = self.shares
        if not all(arm.units for arm in self.arms.values()):
            return ()
        apps = [unit for arm in self.arms.values() for unit in arm.units if unit.name == "app"]
        behind = [
            replace(
                unit,
                name=f"{name}/{unit.name}",
                per_request=unit.per_request * shares[name],
                price_per_1000=unit.price_per_1000 * shares[name],
            )
            for name, arm in self.arms.items()
            for unit in arm.units
            if unit.name != "app"
        ]
        return *_one_app(apps), ROUTER, *behind

    def build(self) -> None:
        self.running = {name: arm.install(self.site.arm(name)) for name, arm in self.arms.items()}

    async def ask(self, name: str, i: int) -> Answer:
        """Ask an arm; one that refuses answers, too.

        Parameters
        ----------
        name : str
            The arm.
        i : int
            The request.

        Returns
        -------
        Answer
            What the arm answered, with the status ``"down:PART"`` or so where it refused.
        """
        try:
            return await self.running[name].predict(i)
        except DownError as error:
            return Answer.refused(error)

    async def ask_unseen(self, name: str, i: int) -> Answer:
        """Ask an arm and write down what it answers, whether or not the user will see it.

        Parameters
        ----------
        name : str
            The arm; all that it is asked is asked in this way.
        i : int
            The request.

        Returns
        -------
        Answer
            As of :meth:`ask`.
        """
        answer = await self.ask(name, i)
        self.site.arms[name].asked[i] = answer, self.clock.now
        return answer


def _one_app(apps: list[Unit]) -> list[Unit]:
    """Merge the apps of the arms, which are one: it knows what either must, and fails as the worse.

    Parameters
    ----------
    apps : list of Unit
        The unit called ``"app"`` of each arm that has one.

    Returns
    -------
    list of Unit
        One app, or none.
    """
    known = {what for app in apps for what in app.built_in}
    worst = sorted(apps, key=lambda app: app.incidents_a_month * app.repair_takes)[-1:]
    return [replace(app, built_in=tuple(what for what in ALL if what in known)) for app in worst]
