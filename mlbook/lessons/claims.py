"""Claims: a number in the text of a lesson is compared with what the run gave.

Beside a number stands an invisible comment that says which expression gives it::

    The mean is **14 h** <!-- claim: age_h.mean() ~ 14 tol 5% -->.

The expression is evaluated as the kernel stood after the code cell above. ``tol 5%`` is relative,
``tol 0.5`` is in the number's own unit. Without ``~`` the expression itself has to be true::

    The hourly batch earns more <!-- claim: clicks["1 h"] > clicks["24 h"] -->.
"""

from __future__ import annotations

import copy
import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nbformat import NotebookNode

__all__ = ["Answers", "Claim", "Found", "answer", "claims_of", "take_claims", "with_claim_cells"]

MIME = "application/vnd.mlbook.claims+json"
_COMMENT = re.compile(r"<!--\s*claim:(.*?)-->", re.DOTALL)
_NUMERIC = re.compile(
    r"(?P<expression>.+)\s~\s*(?P<value>\S+)\s+tol\s+(?P<tol>[\d.e-]+)(?P<pct>%?)"
)
_TAG = "mlbook-claims"


@dataclass(frozen=True)
class Claim:
    """What the text says.

    Parameters
    ----------
    comment : str
        The whole comment as it stands in the text.
    expression : str
        What gives the number, in names of the lesson.
    value : float or None
        The number in the text; None when the expression has to be true.
    tolerance : float
        How far the measured number may be from it, in its own unit.
    """

    comment: str
    expression: str
    value: float | None = None
    tolerance: float = 0.0

    def holds(self, measured: float) -> bool:
        """Tell whether a measured number is what the text says.

        Parameters
        ----------
        measured : float
            What the expression gave.

        Returns
        -------
        bool
            False for NaN, too.
        """
        if self.value is None:
            return bool(measured)
        return abs(measured - self.value) <= self.tolerance


@dataclass(frozen=True)
class Found:
    """A claim and what a run gave for it.

    Parameters
    ----------
    claim : Claim
        What the text says.
    cell_id : str
        The Markdown cell in which it stands.
    measured : float
        What the expression gave; NaN when it could not be evaluated.
    problem : str
        Why it could not be evaluated.
    """

    claim: Claim
    cell_id: str
    measured: float = math.nan
    problem: str = ""

    @property
    def holds(self) -> bool:
        """Whether the run gave what the text says."""
        return self.claim.holds(self.measured)

    @property
    def shown(self) -> str:
        """What the run gave, for a reader."""
        if self.problem or math.isnan(self.measured):
            return "no value in this run"
        return "not so in this run" if self.claim.value is None else f"{self.measured:.4g} here"

    def __str__(self) -> str:
        if self.problem:
            return f"{self.claim.expression} cannot be evaluated: {self.problem}"
        if self.claim.value is None:
            return f"{self.claim.expression} is not true"
        said = f"{self.claim.value:g} ± {self.claim.tolerance:.3g}"
        return f"the text says {said}, {self.claim.expression} gives {self.measured:.4g}"


@dataclass(frozen=True)
class Answers:
    """What the expressions gave; as the last expression of a hidden cell it becomes its output.

    Parameters
    ----------
    found : list of dict
        ``{"measured": number}`` or ``{"problem": text}`` for each expression.
    """

    found: list[dict[str, Any]]

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        return {MIME: self.found, "text/plain": ""}


def claims_of(text: str) -> list[Claim]:
    """Read the claims of a Markdown text.

    Parameters
    ----------
    text : str
        The source of a Markdown cell.

    Returns
    -------
    list of Claim
        In the order of the text.

    Raises
    ------
    ValueError
        When a claim is not of the form ``expression ~ number tol 5%`` or one Python expression.

    Examples
    --------
    >>> [claim] = claims_of("It is 14 h <!-- claim: age_h.mean() ~ 14 tol 5% --> old.")
    >>> claim.expression, claim.holds(14.5), claim.holds(15)
    ('age_h.mean()', True, False)
    """
    return [_claim(match) for match in _COMMENT.finditer(text)]


def answer(namespace: dict[str, Any], expressions: Sequence[str]) -> Answers:
    """Evaluate expressions in the names of a lesson, with ``np`` and ``mb`` at hand.

    Parameters
    ----------
    namespace : dict
        The lesson's global names; they are not changed.
    expressions : sequence of str
        What to evaluate.

    Returns
    -------
    Answers
        A number or a reason for each.
    """
    import numpy as np

    import mlbook as mb

    names = {"np": np, "mb": mb} | namespace
    return Answers([_evaluate(expression, dict(names)) for expression in expressions])


def with_claim_cells(notebook: NotebookNode) -> NotebookNode:
    """Copy a lesson, with a hidden code cell after each text that claims something.

    Parameters
    ----------
    notebook : NotebookNode
        A lesson.

    Returns
    -------
    NotebookNode
        What to execute; `take_claims` removes the hidden cells again.
    """
    from nbformat.v4 import new_code_cell

    result = copy.deepcopy(notebook)
    cells = []
    for cell in result.cells:
        cells.append(cell)
        claims = claims_of(cell.source) if cell.cell_type == "markdown" else []
        if claims:
            expressions = [claim.expression for claim in claims]
            # Imported without a name: the lesson's own names stay as they are.
            module = f"__import__({__name__!r}, fromlist=['answer'])"
            hidden = new_code_cell(f"{module}.answer(globals(), {expressions!r})")  # type: ignore[no-untyped-call]
            hidden.metadata["tags"] = [_TAG]
            cells.append(hidden)
    result.cells = cells
    return result


def take_claims(notebook: NotebookNode) -> list[Found]:
    """Remove the hidden cells from an executed lesson and read what they gave.

    Parameters
    ----------
    notebook : NotebookNode
        It is changed: the hidden cells are gone afterwards.

    Returns
    -------
    list of Found
        One a claim that was evaluated; those after a cell that raised are left out.
    """
    found: list[Found] = []
    kept: list[NotebookNode] = []
    for cell in notebook.cells:
        if _TAG not in cell.metadata.get("tags", []):
            kept.append(cell)
            continue
        text = kept[-1]
        answers = [each["data"][MIME] for each in cell.outputs if MIME in each.get("data", {})]
        for claim, given in zip(
            claims_of(text.source), answers[0] if answers else [], strict=False
        ):
            found.append(Found(claim, text.id, **given))
    notebook.cells = kept
    return found


def _claim(match: re.Match[str]) -> Claim:
    comment, text = match[0], " ".join(match[1].split())
    numeric = _NUMERIC.fullmatch(text)
    expression = numeric["expression"].strip() if numeric else text
    try:
        compile(expression, "<claim>", "eval")
        if not numeric:
            return Claim(comment, expression)
        value = float(numeric["value"].replace(",", ""))
        tolerance = float(numeric["tol"])
    except (SyntaxError, ValueError) as error:
        raise ValueError(
            f"a claim must be 'expression ~ number tol 5%' or one expression, got {text!r}."
        ) from error
    return Claim(
        comment, expression, value, tolerance * abs(value) / 100 if numeric["pct"] else tolerance
    )


def _evaluate(expression: str, namespace: dict[str, Any]) -> dict[str, Any]:
    try:
        # The text of a lesson is code of this project, like its cells.
        return {"measured": float(eval(expression, namespace))}
    except Exception as error:  # noqa: BLE001  # whatever goes wrong is a broken claim
        return {"problem": f"{type(error).__name__}: {error}"}
