"""Worlds and runs that several tests share, made once a process, and what compares them."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

import mlbook as mb

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

ROOT = Path(__file__).resolve().parents[1]


@cache
def small() -> mb.World:
    """Seven days, about 360 visits after the warm-up: for laws that hold in every world."""
    return mb.World(seed=11, days=7, users=60)


@cache
def shop() -> mb.World:
    """The lessons' own size: two weeks, about 11,000 visits after the warm-up."""
    return mb.World(seed=1, days=14, users=400)


@cache
def steady() -> mb.World:
    """Eight days of visits at a flat rate, one in 100 seconds: every hour counts alike."""
    return mb.World(seed=5, days=14, users=60).rush(
        at=6 * mb.DAY, lasting=8 * mb.DAY, rate_per_s=0.01
    )


def error_of_mean(values: np.ndarray, batches: int = 40) -> float:
    """Give the standard error of the mean of a correlated series, by the method of batch means."""
    size = values.size // batches
    means = values[: size * batches].reshape(batches, size).mean(axis=1)
    return float(means.std(ddof=1) / np.sqrt(batches))


def same_log(run: mb.Run, other: mb.Run) -> bool:
    """Tell whether two runs wrote the same log, to the last bit."""
    return fingerprint(run.log) == fingerprint(other.log)


def fingerprint(columns: Mapping[str, np.ndarray]) -> str:
    """Hash the names and values of some columns, to the last bit."""
    digest = hashlib.sha256()
    for name, values in columns.items():
        words = "\0".join(values.tolist()).encode() if values.dtype == object else values.tobytes()
        digest.update(name.encode() + words)
    return digest.hexdigest()


def in_another_process(code: str) -> str:
    """Run `code` in a fresh interpreter and give what it prints."""
    command = [sys.executable, "-W", "error", "-c", f"from tests import worlds\n{code}"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def rows_of(run: mb.Run, visits: np.ndarray) -> dict[str, np.ndarray]:
    """Cut some visits out of the log of a run."""
    mine = np.isin(run.log["visit"], visits)
    return {name: column[mine] for name, column in run.log.items()}


def same_rows(run: mb.Run, other: mb.Run, visits: np.ndarray) -> bool:
    """Tell whether two runs gave some visits the same answers, to the last bit, by whatever arm."""
    logs = [rows_of(each, visits) for each in (run, other)]
    assert np.array_equal(logs[0]["visit"], visits), "not all visits are in the log"
    one, two = (fingerprint({k: v for k, v in log.items() if k != "arm"}) for log in logs)
    return one == two


def refusal(
    kind: type[Exception], call: Callable[..., object], *args: object, **named: object
) -> str:
    """Give the message with which `call` refuses its arguments."""
    with pytest.raises(kind) as caught:
        call(*args, **named)
    return str(caught.value)
