"""Every number in the text of a lesson is computed by the lesson: it has a claim or a source.

A number written with digits in a Markdown cell needs, later in the same paragraph, a claim with
that very number (``<!-- claim: hours.mean() ~ 14 tol 5% -->``, see mlbook/lessons/claims.py) or a
comment that says where it comes from (``<!-- source: Erlang 1917 -->``). Free are the numbers of
slides, lessons, references and minutes, years, versions, and the names of measures (a 95 %
interval, clicks per 100 visits).

Usage: python scripts/check_prose.py notebooks/src/*.py
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

import jupytext

from mlbook.lessons.claims import claims_of

SOURCE = re.compile(r"<!--\s*source:.+?-->", re.DOTALL)
COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
# What is no prose: code, addresses, and the sentence of facts under a title.
NOT_PROSE = re.compile(
    r"```.*?```|`[^`]*`|\]\([^)]*\)|^\d+ minutes · .*$", re.DOTALL | re.MULTILINE
)
AND_MORE = r"(?:(?:, | and | to |-|–)\d+)*"
FREE = re.compile(
    rf"(?i:slides?|lessons?|chapters?|pages?|patterns?) \d+{AND_MORE}"
    r"|Instructor · \d+ minutes|\[\d+\]|\b(?:19|20)\d\d\b|\bv?\d+\.\d+\.\d+\b|Python \d\.\d+"
    r"|\b95 % intervals?|(?:per|of) 100\b|^\d+\. ",
    re.MULTILINE,
)
NUMBER = re.compile(r"(?<![\w.])\d[\d,]*(?:\.\d+)?(?![\w])")


def bare_numbers(text: str) -> list[str]:
    """Find the numbers of a Markdown text that nothing vouches for."""
    return [number for paragraph in text.split("\n\n") for number in _bare(paragraph)]


def _bare(paragraph: str) -> list[str]:
    if SOURCE.search(paragraph):
        return []
    claimed = {claim.value for claim in claims_of(paragraph)}
    prose = FREE.sub("", NOT_PROSE.sub("", COMMENT.sub("", paragraph)))
    found = [number.rstrip(",") for number in NUMBER.findall(prose)]
    return [number for number in found if float(number.replace(",", "")) not in claimed]


def main(paths: list[str]) -> int:
    """Print what is bare; return 1 when anything is."""
    status = 0
    for path in map(Path, paths):
        for cell in jupytext.read(path, fmt="py:percent").cells:
            if cell.cell_type == "markdown" and (bare := bare_numbers(cell.source)):
                first = cell.source.strip().split("\n")[0][:60]
                print(f"{path}: no claim or source for {', '.join(bare)} in the cell {first!r}")
                status = 1
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
