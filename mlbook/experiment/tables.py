"""Tables that print as a reader wants them. They need pandas, so they are loaded when used."""

from __future__ import annotations

from typing import Any

import pandas as pd

__all__ = ["Summary", "TalkTable"]


class Summary(pd.DataFrame):
    """A summary, one row a pattern; printed, it breaks into blocks instead of hiding columns."""

    @property
    def _constructor(self) -> type[Summary]:
        return Summary

    def __repr__(self) -> str:
        return self.to_string(line_width=100, float_format=lambda value: f"{value:.6g}")


class TalkTable(pd.DataFrame):
    """The cells of slide 23, one row each; shown in a notebook it looks like the slide."""

    @property
    def _constructor(self) -> type[TalkTable]:
        return TalkTable

    def as_slide(self) -> pd.DataFrame:
        """Arrange the words as on the slide: a row a question, a column a pattern.

        Returns
        -------
        pandas.DataFrame
            Each word with ✓ when the talk says the same, ✗ and the talk's word when it does not,
            and alone where the talk says nothing.
        """
        words = self.assign(cell=[_marked(row) for _, row in self.iterrows()])
        order = list(dict.fromkeys(self["row"]))
        table = words.pivot(index="row", columns="pattern", values="cell").loc[order]
        names = list(dict.fromkeys(self["pattern"]))
        return pd.DataFrame(table[names]).fillna("").rename_axis(None, axis=1).rename_axis(None)

    def _repr_html_(self) -> str:
        if not {"row", "pattern", "word", "agrees", "talk_word"} <= set(self.columns):
            return self.to_html(escape=True)
        counted = self["agrees"].dropna()
        note = f"{int(counted.sum())} of {counted.size} cells say what slide 23 says."
        return self.as_slide().to_html(escape=True) + f"<p>{note}</p>"


def _marked(cell: pd.Series[Any]) -> str:
    if not cell["talk_word"]:
        return str(cell["word"])
    if cell["agrees"]:
        return f"✓ {cell['word']}"
    return f"✗ {cell['word']} (the talk: {cell['talk_word']})"
