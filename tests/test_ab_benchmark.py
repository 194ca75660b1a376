"""The benchmark of A/B tests: every goal has its row, and both ways find the same."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

GOALS = {
    "exact binomials",
    "normal increments",
    "a loop over statsmodels / normal increments",
    "a loop over statsmodels / the same tests",
    "all of them up to 3 looks",
}


@pytest.mark.slow
def test_every_goal_has_its_row_once(root, require):
    require("statsmodels")
    command = [sys.executable, "benchmarks/ab.py", "--quick"]
    printed = subprocess.run(command, cwd=root, check=True, capture_output=True, text=True).stdout
    rows = re.findall(
        r"^(\S.+?) +[\d,.e+-]+ \S+ +goal (?:>=|<=) [\d,]+ +(?:met|missed)", printed, re.M
    )
    assert sorted(rows) == sorted(GOALS)
