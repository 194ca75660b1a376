"""The serving patterns of the talk, and one that is not in it: one file each, readable alone."""

from __future__ import annotations

from mlbook.patterns.answer import Answer
from mlbook.patterns.base import Pattern, knob
from mlbook.patterns.federated import Federated
from mlbook.patterns.hosted_model import HostedModel
from mlbook.patterns.in_process import InProcess
from mlbook.patterns.mobile_app import MobileApp
from mlbook.patterns.rest_api import RestApi
from mlbook.patterns.shared_db import SharedDb
from mlbook.patterns.streaming import Streaming
from mlbook.patterns.trained import Trained

__all__ = [
    "Answer",
    "Federated",
    "HostedModel",
    "InProcess",
    "MobileApp",
    "Pattern",
    "RestApi",
    "SharedDb",
    "Streaming",
    "Trained",
    "knob",
]
