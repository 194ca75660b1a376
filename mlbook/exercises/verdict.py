"""What an exercise answers: a state as word, symbol and colour, a sentence, and a record.

The record is JSON in the cell's output and stands nowhere else: handing in is saving the notebook.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from typing import Any

__all__ = ["MIME", "STATES", "Verdict"]

MIME = "application/vnd.mlbook.check+json"

# State -> symbol and colour; the word itself is always shown, too.
STATES = {
    "todo": ("○", "#6B6B6B"),
    "pass": ("✔", "#009E73"),
    "close": ("≈", "#E69F00"),
    "fail": ("✘", "#D55E00"),
    "error": ("!", "#CC79A7"),
    "noted": ("✎", "#0072B2"),
}


@dataclass(frozen=True)
class Verdict:
    """The answer to one call.

    Parameters
    ----------
    id : str
        Which exercise or question.
    state : str
        A key of `STATES`.
    message : str
        What to know or to do next; code stands between backticks.
    kind : str
        What was asked: ``"check"``, ``"hint"``, ``"solution"``, ``"guess"``, ``"measured"``,
        ``"poll"`` or ``"card"``.
    value : str
        What was handed in, as text.
    """

    id: str
    state: str
    message: str
    kind: str = "check"
    value: str = ""

    def __repr__(self) -> str:
        return f"{STATES[self.state][0]} {self.id} {self.state}: {self.message}"

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        symbol, color = STATES[self.state]
        # Everything that came from a person is escaped.
        name, text = html.escape(self.id), html.escape(self.message).replace("\n", "<br>")
        text = re.sub("`(.+?)`", r"<code>\1</code>", text)
        style = f"border-left:6px solid {color};padding:4px 12px;margin:4px 0"
        shown = f'<div role="status" style="{style}"><b>{symbol} {self.state}</b> · {name}<br>'
        record = {"schema": 1, "kind": self.kind, "id": self.id, "state": self.state}
        return {
            "text/html": f"{shown}{text}</div>",
            "text/plain": repr(self),
            MIME: record | {"value": self.value},
        }
