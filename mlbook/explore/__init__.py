"""Control panels around pure functions: turn a knob, see the picture and the sentence change."""

from __future__ import annotations

from mlbook.explore.age_panel import prediction_age
from mlbook.explore.bandit_panel import bandit
from mlbook.explore.batching_panel import batching
from mlbook.explore.boundary_panel import boundaries
from mlbook.explore.canary_panel import canary_share
from mlbook.explore.captain_panel import CaptainPanel, captain
from mlbook.explore.choice_panel import needs
from mlbook.explore.explorable import Explorable, Knob
from mlbook.explore.fleet_panel import fleet
from mlbook.explore.flow_panel import Flow, flow
from mlbook.explore.guessing_game import BeTheModel
from mlbook.explore.knee_panel import knee
from mlbook.explore.novelty_panel import novelty
from mlbook.explore.peeking_panel import peeking
from mlbook.explore.power_panel import power
from mlbook.explore.storm_panel import storm
from mlbook.explore.sure_panel import how_sure
from mlbook.explore.tail_panel import tail
from mlbook.explore.trigger_panel import trigger

__all__ = [
    "BeTheModel",
    "CaptainPanel",
    "Explorable",
    "Flow",
    "Knob",
    "bandit",
    "batching",
    "boundaries",
    "canary_share",
    "captain",
    "fleet",
    "flow",
    "how_sure",
    "knee",
    "needs",
    "novelty",
    "peeking",
    "power",
    "prediction_age",
    "storm",
    "tail",
    "trigger",
]
