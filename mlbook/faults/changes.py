"""Nothing is broken, somebody changed something: a schema, or the code of the training."""

from __future__ import annotations

from mlbook.faults.fault import Fault
from mlbook.units import DAY

__all__ = ["bad_release", "schema_change"]


def bad_release(part: str = "training", *, at: float, lasting: float = 1 * DAY) -> Fault:
    """Make every model bad that is trained while it lasts: a join went wrong.

    Clicks and non-clicks change places in the training rows, so the model prefers what nobody
    wants. Nothing fails and no alarm of the servers rings. A model is bad when the training *reads
    its data* in this time; it serves until a good one takes its place, and a stream, which goes on
    from the weights it has, needs longer to forget.

    Parameters
    ----------
    part : str
        The part that trains.
    at, lasting : float
        When the bad code is released and how long it stays, in seconds.

    Returns
    -------
    Fault
        For ``mb.run(..., faults=[...])``.

    Examples
    --------
    >>> bad_release(at=9 * DAY).part
    'training'
    """
    return Fault("bad_release", part, at, lasting)


def schema_change(part: str, *, at: float, lasting: float) -> Fault:
    """Let a part expect new columns while its callers still send the old ones.

    A call is refused at once: the request has the status ``"schema:PART"``. A job on the part fails
    when it starts, and is an incident of the run. It ends when the callers have been changed, too.
    On the ``"activity_log"`` nobody can read the rows that are written meanwhile; they are not
    lost, and become readable when it ends.

    Parameters
    ----------
    part : str
        The part whose columns change.
    at, lasting : float
        When they change, and how long until the callers follow, in seconds.

    Returns
    -------
    Fault
        For ``mb.run(..., faults=[...])``.

    Examples
    --------
    >>> schema_change("api", at=8 * DAY, lasting=3600).kind
    'schema_change'
    """
    return Fault("schema_change", part, at, lasting)
