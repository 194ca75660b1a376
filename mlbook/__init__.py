"""mlbook: serve a model in every pattern of the talk, turn the knobs, measure what it claims.

The names below are all a lesson needs; each is loaded when it is first used, so that
``import mlbook`` stays light.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from mlbook.units import DAY, HOUR, MINUTE, MS, SECOND

if TYPE_CHECKING:
    from mlbook import (
        ab,
        charts,
        cost,
        coupling,
        decision,
        exercises,
        explore,
        export,
        fedavg,
        measure,
        monitoring,
        queueing,
        releases,
    )
    from mlbook.contract import check_pattern
    from mlbook.exercises import check, guess, hint, poll, report_card, solution
    from mlbook.experiment import Run, Runs, compare, probe, run, runtime_coupling
    from mlbook.faults import (
        bad_release,
        clock_skew,
        down,
        drop,
        duplicate,
        failures,
        late,
        offline,
        reorder,
        schema_change,
        skip_batch,
        slow,
    )
    from mlbook.lessons.glossary import glossary
    from mlbook.lessons.then_and_now import then_and_now
    from mlbook.patterns import (
        Federated,
        HostedModel,
        InProcess,
        MobileApp,
        Pattern,
        RestApi,
        SharedDb,
        Streaming,
    )
    from mlbook.reading import source
    from mlbook.routing import Bandit, BlueGreen, Canary, Fallback, Shadow, Split
    from mlbook.tasting import mystery
    from mlbook.world import ReplayWorld, World

__all__ = [
    "DAY",
    "HOUR",
    "MINUTE",
    "MS",
    "SECOND",
    "Bandit",
    "BlueGreen",
    "Canary",
    "Fallback",
    "Federated",
    "HostedModel",
    "InProcess",
    "MobileApp",
    "Pattern",
    "ReplayWorld",
    "RestApi",
    "Run",
    "Runs",
    "Shadow",
    "SharedDb",
    "Split",
    "Streaming",
    "World",
    "bad_release",
    "check",
    "check_pattern",
    "clock_skew",
    "compare",
    "down",
    "drop",
    "duplicate",
    "failures",
    "glossary",
    "guess",
    "hint",
    "late",
    "mystery",
    "offline",
    "poll",
    "probe",
    "reorder",
    "report_card",
    "run",
    "runtime_coupling",
    "schema_change",
    "skip_batch",
    "slow",
    "solution",
    "source",
    "then_and_now",
]

_HOME = {
    "poll": "exercises",
    "solution": "exercises",
    "report_card": "exercises",
    "hint": "exercises",
    "guess": "exercises",
    "check": "exercises",
    "Bandit": "routing",
    "BlueGreen": "routing",
    "Canary": "routing",
    "Fallback": "routing",
    "Federated": "patterns",
    "HostedModel": "patterns",
    "InProcess": "patterns",
    "MobileApp": "patterns",
    "Pattern": "patterns",
    "ReplayWorld": "world",
    "RestApi": "patterns",
    "Run": "experiment",
    "Runs": "experiment",
    "Shadow": "routing",
    "SharedDb": "patterns",
    "Split": "routing",
    "Streaming": "patterns",
    "World": "world",
    "check_pattern": "contract",
    "compare": "experiment",
    "bad_release": "faults",
    "clock_skew": "faults",
    "down": "faults",
    "drop": "faults",
    "duplicate": "faults",
    "failures": "faults",
    "late": "faults",
    "offline": "faults",
    "reorder": "faults",
    "glossary": "lessons.glossary",
    "mystery": "tasting",
    "probe": "experiment",
    "run": "experiment",
    "runtime_coupling": "experiment",
    "schema_change": "faults",
    "skip_batch": "faults",
    "slow": "faults",
    "source": "reading",
    "then_and_now": "lessons.then_and_now",
}
_SUBMODULES = {
    "ab",
    "charts",
    "cost",
    "coupling",
    "decision",
    "exercises",
    "explore",
    "export",
    "fedavg",
    "measure",
    "monitoring",
    "queueing",
    "releases",
}  # used as mb.charts.…


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(importlib.import_module(f"mlbook.{_HOME[name]}"), name)
    if name in _SUBMODULES:
        return importlib.import_module(f"mlbook.{name}")
    raise AttributeError(f"module 'mlbook' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__, *_SUBMODULES})
