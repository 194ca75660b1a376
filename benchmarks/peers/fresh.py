"""What is measured in a process of its own: imports, compiling, memory, life without numba."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

BENCHMARKS = str(Path(__file__).resolve().parents[1])
CLOCK = """
import time
import numpy as np
from mlbook import queueing as q
arrive, service = np.arange(4.0), np.ones(4)
"""
FIRST = """
from mlbook.queueing import Chain, Exponential, Station, Workload, simulate
load = Workload.poisson(rate_per_s=200, n=1_000, seed=1)
chain = Chain(Station("api", Exponential(0.015), workers=4), Station("db", Exponential(0.004)))
began = time.process_time()
simulate(load, chain)
print(time.process_time() - began)
"""
KERNELS = {  # what compiles it
    "one worker": "q.fifo(arrive, service)",
    "several workers": "q.fifo(arrive, service, 4)",
    "many workers": "q.fifo(arrive, service, 100)",
    "tandem": "q.tandem(arrive, [service, service], [4, 4])",
    "micro-batches": "q.batch(arrive, size=2, wait_s=1, per_batch_s=1, per_request_s=0)",
    "retries": "q.retry(arrive, service, workers=4, timeout_s=1)",
    "finite queue": "q.finite_queue(arrive, service, 1, 1)",
    "reneging": "q.reneging(arrive, service, service)",
    "priority": "q.priority(arrive, service, service > 1)",
    "chosen blindly": "q.balance(arrive, service, 2, 'round_robin')",
    "shorter of two": "q.balance(arrive, service, 2, 'power_of_two')",
    "shortest": "q.balance(arrive, service, 2, 'shortest_queue')",
    "LRU cache": "q.cache(arrive, [1, 2, 1, 2])",
    "autoscaling": "q.autoscale(arrive, service, least=1, most=2, every_s=1, lag_s=1)",
    "cold start": "q.cold_start(arrive, service, idle_s=1, cold_s=1)",
    "histogram": "q.LatencyHistogram.of(service)",
}
NUMBA_ITSELF = """
import numba
numba.njit(lambda values: values.sum())(service)
"""
ENDLESS = """
import resource
from pathlib import Path
from mlbook.queueing import Exponential, Station, Workload, simulate
began = time.process_time()
load = Workload.poisson(rate_per_s=80, n={n}, seed=1)
result = simulate(load, Station("api", Exponential(0.01)), keep="histogram")
print(time.process_time() - began, result.quantile(0.99))
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
status = Path("/proc/self/status")  # Linux lets a child inherit its parent's peak; not here
if status.exists():
    peak = next(line.split()[1] for line in status.open() if line.startswith("VmHWM"))
print(peak)
"""
LIGHT = """
import time, sys, mlbook
heavy = {"numba", "pandas", "scipy", "sklearn", "matplotlib", "ipywidgets"}
print(time.process_time(), *sorted(heavy & sys.modules.keys()))
"""
WITHOUT_NUMBA = """
import sys
sys.modules["numba"] = None  # Python's own way to say that a module is not there
from peers.duels import DUELS
from mlbook.queueing.jit import has_numba
assert not has_numba()
for name, duel in DUELS.items():
    print(duel.ratio({n}, {n}, {rounds}), name)
"""


def printed(code: str, **variables: str) -> list[str]:
    """Run code in a process of its own; give the lines that it prints."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([BENCHMARKS, *sys.path])} | variables
    command = [sys.executable, "-c", code]
    ran = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    return ran.stdout.splitlines()


def importing(module: str, rounds: int) -> float:
    """Give the least processor time of an interpreter that imports `module` and ends."""
    code = f"import time, {module}; print(time.process_time())"
    return min(float(printed(code)[0]) for _ in range(rounds))


def heavy_modules() -> list[str]:
    """Name what `import mlbook` loads and should not."""
    return printed(LIGHT)[0].split()[1:]


def first_simulation(rounds: int) -> float:
    """Give the processor time of the first simulation when the machine code lies on the disk."""
    with tempfile.TemporaryDirectory() as folder:
        took = [float(printed(CLOCK + FIRST, NUMBA_CACHE_DIR=folder)[0]) for _ in range(rounds + 1)]
    return min(took[1:])


def compiling(*names: str, after: str = "") -> float:
    """Give the processor time of compiling kernels into an empty cache; `after` is not counted."""
    calls = "\n".join(KERNELS[name] for name in names)
    measure = f"began = time.process_time()\n{calls}\nprint(time.process_time() - began)"
    with tempfile.TemporaryDirectory() as folder:
        return float(printed(CLOCK + after + measure, NUMBA_CACHE_DIR=folder)[0])


def endless(n: int) -> tuple[float, float, float]:
    """Simulate a long M/M/1; give processor seconds, p99 in seconds, and peak memory in MB."""
    first, memory = printed(CLOCK + ENDLESS.format(n=n))
    seconds, p99 = map(float, first.split())
    unit = 1e6 if sys.platform == "darwin" else 1e3  # macOS counts bytes, Linux kilobytes
    return seconds, p99, float(memory) / unit


def without_numba(n: int, rounds: int) -> dict[str, float]:
    """Let every duel happen where numba is not found."""
    lines = (line.split(" ", 1) for line in printed(WITHOUT_NUMBA.format(n=n, rounds=rounds)))
    return {name: float(ratio) for ratio, name in lines}
