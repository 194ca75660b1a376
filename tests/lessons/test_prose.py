"""The lint that finds numbers in the text for which nothing vouches."""

from __future__ import annotations

import subprocess
import sys

import pytest

from scripts.check_prose import bare_numbers


@pytest.mark.parametrize(
    ("text", "bare"),
    [
        ("It takes 20 ms.", ["20"]),
        ("It takes 20.5 ms, 3 times.", ["20.5", "3"]),
        ("About 1,500 visits and 30%.", ["1,500", "30"]),
        ("It is 14 h <!-- claim: age ~ 14 tol 1% -->.", []),
        ("It is 15 h <!-- claim: age ~ 14 tol 1% -->.", ["15"]),
        ("It is 14 h.\n\nLater <!-- claim: age ~ 14 tol 1% -->.", ["14"]),
        ("Half of 200 <!-- source: given for the exercise -->.", []),
        ("It holds <!-- claim: 1 < 2 -->, says slide 23 in 2018; see [5] and lesson 07.", []),
        ("Slides 14 and 17, slides 20-22, 25, Python 3.11, version 2.1.0.", []),
        ("A 95 % interval of the clicks per 100 visits.", []),
        ("A 90 % interval.", ["90"]),
        ("p99 and `rate = 50` and E9.", []),
        ("```\nx = 7\n```", []),
        ("[a paper](https://example.org/2015/12.pdf)", []),
        ("30 minutes · needs nothing · slides 13-16", []),
        ("We waited 30 minutes.", ["30"]),
    ],
)
def test_only_a_number_without_claim_source_or_name_is_bare(text, bare):
    assert bare_numbers(text) == bare


def test_the_lint_names_file_number_and_cell_and_fails(root, tmp_path):
    lesson = tmp_path / "06_x.py"
    lesson.write_text("# %% [markdown]\n# p99 doubles at 94 percent.\n\n# %%\nx = 5\n")
    command = [sys.executable, "scripts/check_prose.py", str(lesson)]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True)
    assert done.returncode == 1
    assert "no claim or source for 94 in the cell 'p99 doubles at 94 percent.'" in done.stdout


def test_every_number_in_the_text_of_the_lessons_is_claimed(root):
    sources = sorted(map(str, (root / "notebooks" / "src").glob("*.py")))
    command = [sys.executable, "scripts/check_prose.py", *sources]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "")
