"""What every pattern with a model of its own shares: it trains on what is known, now and then."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from mlbook.model import train
from mlbook.patterns.base import Pattern, knob
from mlbook.units import DAY, MINUTE

if TYPE_CHECKING:
    from mlbook.model import Version

__all__ = ["Trained"]


@dataclass(frozen=True, kw_only=True)
class Trained(Pattern):
    """A serving pattern that trains by batch. Subclasses say how it predicts.

    Parameters
    ----------
    train_every : float
        Seconds between two trainings.
    train_takes : float
        Seconds from reading the data to a model that is ready.
    """

    train_every: float = knob(1 * DAY, above=0, unit="seconds between two trainings")
    train_takes: float = knob(30 * MINUTE, at_least=0, unit="seconds a training takes")

    trains_on: ClassVar[str] = "200 labelled visits"  # what the first training needs

    @property
    def labels_swapped(self) -> bool:
        """Whether clicks and non-clicks change places in what a training reads now."""
        return self.site.parts["training"].has("bad_release")

    async def train(self) -> None:
        """Train on what is known now and, when it is done, put the version into the registry."""
        asof_s, swapped = self.clock.now, self.labels_swapped
        await self.site.parts["training"].work(self.train_takes)
        if trained := train(self.site.world, asof_s, swapped=swapped):
            estimator, n_rows = trained
            now_s, model = self.clock.now, self.convert(estimator)
            version = self.site.versions.add(
                asof_s=asof_s, live_at_s=now_s, n_rows=n_rows, estimator=model
            )
            await self.deploy(version)

    def convert(self, estimator: Any) -> Any:
        """Turn a trained model into what serves; nothing to do unless overridden.

        Parameters
        ----------
        estimator : Any
            A fitted scikit-learn classifier.

        Returns
        -------
        Any
            Something with a ``predict_proba(columns)`` like it.
        """
        return estimator

    async def deploy(self, version: Version) -> None:
        """Bring a new version to where predictions are made; nothing to do unless overridden.

        Parameters
        ----------
        version : Version
            The version that was just trained.
        """
