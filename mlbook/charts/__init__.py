"""Pictures: one Display a question, one theme, and the architecture diagrams."""

from __future__ import annotations

from mlbook.charts.backlog import BacklogDisplay
from mlbook.charts.diagram import Diagram
from mlbook.charts.display import Display
from mlbook.charts.fleet import BadVersionDisplay, FleetDisplay
from mlbook.charts.flips import FlipsDisplay
from mlbook.charts.flow import FlowDisplay
from mlbook.charts.found import PowerDisplay, PValuesDisplay
from mlbook.charts.freshness import AgeClicksDisplay, AgeDisplay, TwoRowsDisplay
from mlbook.charts.gate import GateDisplay
from mlbook.charts.goodput import GoodputDisplay
from mlbook.charts.guesses import GuessesDisplay
from mlbook.charts.latency import KneeDisplay, LatencyDisplay
from mlbook.charts.looks import LooksDisplay, WinnersDisplay
from mlbook.charts.masked import MaskedDisplay
from mlbook.charts.noticing import ClicksOverTimeDisplay, TasteDisplay
from mlbook.charts.percentiles import PercentilesDisplay
from mlbook.charts.quality import RankingDisplay, SpreadDisplay, YardstickDisplay
from mlbook.charts.releases import CanaryShareDisplay, GapDisplay, SwitchDisplay
from mlbook.charts.rhythm import RhythmDisplay
from mlbook.charts.rounds import RoundsDisplay
from mlbook.charts.status import StatusDisplay
from mlbook.charts.words import WordsDisplay

__all__ = [
    "AgeClicksDisplay",
    "AgeDisplay",
    "BacklogDisplay",
    "BadVersionDisplay",
    "CanaryShareDisplay",
    "ClicksOverTimeDisplay",
    "Diagram",
    "Display",
    "FleetDisplay",
    "FlipsDisplay",
    "FlowDisplay",
    "GapDisplay",
    "GateDisplay",
    "GoodputDisplay",
    "GuessesDisplay",
    "KneeDisplay",
    "LatencyDisplay",
    "LooksDisplay",
    "MaskedDisplay",
    "PValuesDisplay",
    "PercentilesDisplay",
    "PowerDisplay",
    "RankingDisplay",
    "RhythmDisplay",
    "RoundsDisplay",
    "SpreadDisplay",
    "StatusDisplay",
    "SwitchDisplay",
    "TasteDisplay",
    "TwoRowsDisplay",
    "WinnersDisplay",
    "WordsDisplay",
    "YardstickDisplay",
]
