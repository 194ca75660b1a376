"""Which kind of fault makes sense on which kind of part."""

from __future__ import annotations

from mlbook.faults.on_the_log import ACTIVITY_LOG

__all__ = ["kinds_on"]


def kinds_on(part: str, *, answers_calls: bool) -> tuple[str, ...]:
    """Name the kinds of faults that can hit a part.

    Parameters
    ----------
    part : str
        Its name; behind the last ``"/"`` in a wrapped pattern.
    answers_calls : bool
        Whether requests call it; else it runs jobs.

    Returns
    -------
    tuple of str
        The kinds, in the order of the alphabet.

    Examples
    --------
    >>> kinds_on("batch", answers_calls=False)
    ('down', 'schema_change', 'skip_batch', 'slow')
    """
    name = part.rpartition("/")[2]
    if name == ACTIVITY_LOG:
        own = {"clock_skew", "drop", "duplicate", "late", "reorder"}
    elif answers_calls:
        own = {"drop", "duplicate", "late", "reorder", "slow"}
    else:
        own = {"skip_batch", "slow"}
    own |= {"device": {"offline"}, "training": {"bad_release"}}.get(name, set())
    return tuple(sorted(own | {"down", "schema_change"}))
