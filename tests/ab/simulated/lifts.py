"""Measure a lift and its standard error from a log, apart from the library's own statistics."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd


def ratio_of_means(treatment: np.ndarray, control: np.ndarray) -> tuple[float, float]:
    """Give the relative lift of the mean, and its standard error by the delta method."""
    means = treatment.mean(), control.mean()
    parts = [
        values.var(ddof=1) / values.size / mean**2
        for values, mean in zip((treatment, control), means, strict=True)
    ]
    return means[0] / means[1] - 1, means[0] / means[1] * np.sqrt(sum(parts))


def lift(
    log: pd.DataFrame, metric: str, unit: str = "user", per: str | None = None
) -> tuple[float, float]:
    """Give the relative lift of a metric a unit (or of a ratio of two metrics), and its error."""
    wanted = [metric] if per is None else [metric, per]
    totals = log.groupby(["arm", unit], observed=True)[wanted].sum()
    found, parts = [], []
    for arm in ("treatment", "control"):
        values = totals.loc[arm].to_numpy(float)
        if per is None:
            mean, around = values.mean(), values[:, 0]
        else:
            mean = values[:, 0].sum() / values[:, 1].sum()
            around = (values[:, 0] - mean * values[:, 1]) / values[:, 1].mean()
        found.append(mean)
        parts.append(around.var(ddof=1) / len(values) / mean**2)
    ratio = found[0] / found[1]
    return ratio - 1, ratio * np.sqrt(sum(parts))
