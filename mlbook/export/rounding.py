"""What fewer bits a weight change: decisions that flip, quality, size.

Talk: slides 20-21.
Chapter: 09
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mlbook.export.device import PRECISIONS, OnDevice, to_device
from mlbook.validate import fraction, integer

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["flips", "rounding_table"]


def flips(exact: ArrayLike, rounded: ArrayLike, *, threshold: float = 0.5) -> float:
    """Share of the decisions that another set of scores changes.

    Parameters
    ----------
    exact, rounded : array_like of shape (n,) or (n, k)
        The scores of *n* cases, where the decision is yes or no, or of *n* slates of *k*
        candidates, where it is which one is shown: the first of the best.
    threshold : float
        The score from which on the answer is yes, 0 to 1; not used for slates.

    Returns
    -------
    float
        0 to 1.

    Examples
    --------
    >>> flips([0.2, 0.49, 0.9], [0.2, 0.51, 0.8])   # the second became a yes
    0.3333333333333333
    >>> flips([[0.2, 0.3], [0.5, 0.1]], [[0.3, 0.2], [0.6, 0.1]])   # the first shows another item
    0.5
    """
    fraction("threshold", threshold, unit="the score from which on the answer is yes")
    before, after = (_decided(np.asarray(each), threshold) for each in (exact, rounded))
    if before.shape != after.shape or not before.size:
        text = "exact and rounded must be scores of the same cases (at least one), got shapes "
        raise ValueError(f"{text}{np.shape(exact)} and {np.shape(rounded)}. Score the same rows.")
    return float((before != after).mean())


def rounding_table(
    estimator: Any,
    columns: ArrayLike,
    labels: ArrayLike,
    *,
    slate_size: int = 1,
    threshold: float = 0.5,
) -> pd.DataFrame:
    """Compare a classifier in every precision of the device format with scikit-learn.

    Parameters
    ----------
    estimator : Any
        A fitted classifier that :func:`to_device` can export.
    columns : array_like of shape (n, n_features)
        Rows to decide on; with slates, the candidates of the first, then of the second, and so on.
    labels : array_like of shape (n,)
        What really happened: 0 or 1.
    slate_size : int
        Candidates a slate, of which one is shown; 1 to decide yes or no for each row.
    threshold : float
        The score from which on the answer is yes.

    Returns
    -------
    pandas.DataFrame
        One row a precision: `precision`, `bytes` (of the whole file), `flipped_frac` (decisions
        that change), `auc_change`, `largest_difference` (of a probability).
    """
    import pandas as pd
    from sklearn.metrics import roc_auc_score

    integer("slate_size", slate_size, at_least=1, unit="candidates a slate")
    shape = (-1, slate_size) if slate_size > 1 else (-1,)
    exact = estimator.predict_proba(columns)[:, 1]
    rows = []
    for precision in PRECISIONS:
        data = to_device(estimator, precision)
        rounded = OnDevice(data).predict(columns)
        rows.append(
            {
                "precision": precision,
                "bytes": len(data),
                "flipped_frac": flips(
                    exact.reshape(shape), rounded.reshape(shape), threshold=threshold
                ),
                "auc_change": roc_auc_score(labels, rounded) - roc_auc_score(labels, exact),
                "largest_difference": np.abs(rounded - exact).max(),
            }
        )
    return pd.DataFrame(rows)


def _decided(scores: NDArray[np.float64], threshold: float) -> NDArray[Any]:
    return scores.argmax(axis=1) if scores.ndim == 2 else scores >= threshold
