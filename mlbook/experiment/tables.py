"""A table that prints all of its columns. It needs pandas, so it is loaded when it is used."""

from __future__ import annotations

import pandas as pd

__all__ = ["Summary"]


class Summary(pd.DataFrame):
    """A summary, one row a pattern; printed, it breaks into blocks instead of hiding columns."""

    @property
    def _constructor(self) -> type[Summary]:
        return Summary

    def __repr__(self) -> str:
        return self.to_string(line_width=100, float_format=lambda value: f"{value:.6g}")
