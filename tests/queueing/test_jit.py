"""The shim: compiled if numba is there, plain Python if not, and the same bits both ways."""

from __future__ import annotations

import inspect
import os
import pkgutil
import subprocess
import sys
from importlib import import_module

import numpy as np
import pytest

import mlbook.queueing
from mlbook.queueing import jit as shim
from mlbook.queueing.jit import Kernel, has_numba, jit
from mlbook.streams import stream

SOURCE = """
@jit
def twice(value):
    return 2 * value

@jit
def doubled(values):
    found = np.empty(values.size)
    for i in range(values.size):
        found[i] = twice(values[i])
    return found
"""


def from_a_string():
    """Make two kernels as a console would: of code that stands in no file."""
    names = {"jit": jit, "np": np, "__name__": "nowhere"}
    exec(SOURCE, names)
    return names["twice"], names["doubled"]


def in_a_fresh_interpreter(code, root):
    command = [sys.executable, "-W", "error", "-c", code]
    env = os.environ | {"PYTHONPATH": str(root)}
    done = subprocess.run(command, cwd=root, env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_a_kernel_without_a_file_is_compiled_with_the_kernel_that_it_calls(require):
    require("numba")
    twice, doubled = from_a_string()
    np.testing.assert_array_equal(doubled(np.array([1.0, 2.5])), [2.0, 5.0])
    assert doubled.fast.signatures, "it ran compiled"
    assert isinstance(twice, Kernel)


def test_a_kernel_in_a_file_keeps_its_machine_code(require):
    require("numba")
    from mlbook.queueing.first_come import scan

    scan(np.zeros(1), np.ones(1), np.zeros(1))
    stats = scan.fast.stats
    assert sum(stats.cache_hits.values()) + sum(stats.cache_misses.values()) == 1


def test_a_kernel_may_use_what_stands_around_it():
    factor = 3.0

    @jit
    def tripled(value):
        return factor * value

    assert tripled(2.0) == 6.0


def test_without_numba_the_plain_function_runs(monkeypatch):
    monkeypatch.setattr(shim, "find_spec", lambda _: None)
    has_numba.cache_clear()
    try:
        twice, doubled = from_a_string()
        np.testing.assert_array_equal(doubled(np.array([1.0, 2.5])), [2.0, 5.0])
        assert doubled.fast.__code__ is doubled.plain.__code__
        called = doubled.fast.__globals__["twice"]
        assert called is twice.fast, "it calls the function, and does not go through the shim"
    finally:
        monkeypatch.undo()
        has_numba.cache_clear()


def test_a_kernel_can_be_read():
    twice, _ = from_a_string()
    assert twice.__name__ == "twice"
    scan = mlbook.queueing.first_come.scan
    assert "This one is to be read" in scan.__doc__
    assert "start = max(arrive[i], free[first])" in inspect.getsource(inspect.unwrap(scan))


@pytest.mark.parametrize("what", ["mlbook.queueing", "mlbook.queueing.simulation"])
def test_importing_the_engine_loads_nothing_heavy(what, root):
    heavy = {"numba", "pandas", "scipy", "sklearn", "matplotlib"}
    code = f"import sys, {what}; print(*sorted({heavy} & set(sys.modules)))"
    assert in_a_fresh_interpreter(code, root) == ""


A_RUN = """
from mlbook import queueing as mq
load = mq.Workload.poisson(rate_per_s=300.0, n=3000, seed=4)
api = mq.Station("api", mq.LogNormal(0.008, 0.040), workers=4, places=9)
db = mq.Station("db", mq.Exponential(0.004), workers=2, cache=mq.Cache(keys=mq.Zipf(1.0, 50)))
last = mq.Station("last", mq.Exponential(0.002), retry=mq.Retry(timeout_s=0.01, backoff_s=0.01))
result = mq.simulate(load, mq.Chain(api, db, last))
import hashlib
digest = hashlib.sha256()
for column in result.columns.values():
    digest.update(column.tobytes())
print(digest.hexdigest(), *result.latency.counts.nonzero()[0])
"""
NO_NUMBA = """
import sys
from mlbook.queueing import jit
jit.find_spec = lambda name: None
"""


def test_a_simulation_in_a_computer_without_numba_gives_the_same_bits(require, root):
    require("numba")
    plain = in_a_fresh_interpreter(f"{NO_NUMBA}{A_RUN}assert 'numba' not in sys.modules", root)
    assert plain == in_a_fresh_interpreter(A_RUN, root)


# ---- every kernel, compiled and not


def line(n=300, load=3.0, seed=1):
    """Arrivals, some of them equal, and times of service, some of them 0."""
    rng = stream(seed, "line")
    arrive_s = np.sort(rng.exponential(n / load, n).round(1))
    return arrive_s, rng.exponential(1.0, n) * (rng.random(n) < 0.9)


def idle(workers):
    return np.full(workers, -np.inf)


def heap_of(n):
    """Make a heap of instants with their numbers, and room for one more."""
    times = np.sort(stream(3, "heap").random(n + 1).round(1))
    return times, np.arange(n + 1)


def cases():
    """Give arguments for every kernel of the engine, anew at each call."""
    (arrive, service), rng = line(), stream(2, "cases")
    n, ids = arrive.size, np.arange(arrive.size)
    one, other = rng.integers(5, size=(2, n))
    return {
        "scan": [(arrive, service, idle(w)) for w in (1, 4)],
        "lindley": [(arrive, service, idle(1), np.zeros(n))],
        "branch_free": [(arrive, service, idle(w), np.zeros(n)) for w in (1, 4)],
        "heap": [(arrive, service, idle(w), np.zeros(n)) for w in (1, 70)],
        "replace_first": [(np.array([1.0, 3.0, 2.0, 9.0]), end) for end in (0.5, 2.5, 10.0)],
        "leave_order": [
            (arrive, service, ids, idle(w), np.full(w, -1), np.zeros(n), np.zeros(n, np.int64))
            for w in (1, 4)
        ],
        "collect": [
            (arrive, size, 0.7, 0.3, 0.1, idle(2), np.zeros(n), np.zeros(n, np.int64))
            for size in (1, 6, n + 1)
        ],
        "few_places": [(arrive, service, 2, places) for places in (0, 3)],
        "little_patience": [(arrive, service, rng.exponential(1.0, n), 2)],
        "urgent_first": [(arrive, service, rng.random(n) < 0.3, 2)],
        "assigned": [(arrive, service, one, 5)],
        "shorter_of_two": [(arrive, service, one, other, 5)],
        "shortest": [(arrive, service, 4)],
        "recently_used": [(arrive, one, 5, capacity, 3.0) for capacity in (1, 3, 5)],
        "push": [(*heap_of(20), 20, at, 7) for at in (0.0, 0.5, 2.0)],
        "pop": [(*heap_of(20), size) for size in (1, 2, 20)],
        "with_retries": [(arrive, service, 2, room, 2.0, 3, 0.5) for room in (0, 5, 3 * n)],
        "follow_the_load": [(arrive, service, np.array([1, 4, 2, 6, 1]), 20.0, 3.0)],
        "asleep": [(arrive, service, 0.4, 1.0)],
        "word_by_word": [(arrive, one + 1, 3, 0.2, 0.1, join) for join in (True, False)],
        "count": [(service, service.view(np.int64), np.zeros(5120, np.int64))],
    }


def all_kernels():
    found = {}
    for each in pkgutil.iter_modules(mlbook.queueing.__path__, "mlbook.queueing."):
        members = vars(import_module(each.name)).items()
        found |= {name: value for name, value in members if isinstance(value, Kernel)}
    return found


def bits(values):
    arrays = values if isinstance(values, tuple) else (values,)
    return [np.asarray(each).tobytes() for each in arrays]


def test_every_kernel_of_the_engine_is_compared():
    assert set(cases()) == set(all_kernels())


@pytest.mark.parametrize("name", cases())
def test_a_kernel_gives_the_same_bits_compiled_and_not(name, request, require):
    require("numba")
    compiled = []
    for args in cases()[name]:
        given = all_kernels()[name](*args)
        compiled.append((bits(given), bits(args)))
    request.getfixturevalue("without_numba")
    for args, expected in zip(cases()[name], compiled, strict=True):
        given = all_kernels()[name](*args)
        assert (bits(given), bits(args)) == expected, "what it gives, and what it changed"
