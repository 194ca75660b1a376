"""Events that have happened and that no answer can know yet: how many, and until when."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mlbook.units import DAY

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from mlbook.experiment import Run

__all__ = ["backlog", "caught_up_s", "counted_twice", "dropped_frac"]


def backlog(run: Run, at_s: ArrayLike) -> NDArray[np.int64]:
    """Count the events that have happened and are not counted into the features yet.

    Parameters
    ----------
    run : Run
        What happened, with a pattern that sees single events.
    at_s : array_like of shape (n,)
        The instants in seconds.

    Returns
    -------
    ndarray of shape (n,)
        Events; what was dropped as too late is not among them.

    Raises
    ------
    ValueError
        When the pattern publishes whole batches and sees no single event.

    Examples
    --------
    >>> import mlbook as mb
    >>> stream = mb.run(mb.Streaming(), mb.World(seed=1, days=7, users=50))
    >>> backlog(stream, [6 * mb.DAY]).max() <= 3
    np.True_
    """
    event_s, seen_s = _counted(run)
    now = np.asarray(at_s, dtype=float)
    happened = np.searchsorted(event_s, now, side="right")
    return happened - np.searchsorted(np.sort(seen_s), now, side="right")


def caught_up_s(run: Run, since: float) -> float:
    """Find the end of the first micro-batch that left nothing old behind.

    Parameters
    ----------
    run : Run
        What happened, with a pattern that sees single events.
    since : float
        Look from here on, for example from the end of an outage, in seconds.

    Returns
    -------
    float
        The instant in seconds; infinite when it never catches up.

    Notes
    -----
    A busy job always has an event or two in hand. It has caught up when all that still waits came
    while the last micro-batch was being worked on.
    """
    event_s, seen_s = _counted(run)
    order = np.argsort(seen_s, kind="stable")
    # The oldest event among those that are seen later than each.
    oldest_s = np.minimum.accumulate(np.append(event_s[order], np.inf)[::-1])[::-1]
    ended_s, began_s = np.array([row[:2] for row in run.site.published]).T
    left_s = oldest_s[np.searchsorted(seen_s[order], ended_s, side="right")]
    clean = (ended_s >= since) & (left_s >= began_s)
    return float(ended_s[clean][0]) if clean.any() else np.inf


def counted_twice(run: Run) -> int:
    """Count how often an event went into the features that had been in them before.

    Parameters
    ----------
    run : Run
        What happened, with a pattern that sees single events.

    Returns
    -------
    int
        0 for an idempotent job, and for one that never crashed.

    Raises
    ------
    ValueError
        When the pattern publishes whole batches and sees no single event.
    """
    event_s, _ = _counted(run)
    assert run.site.own_features is not None  # whoever sees single events has features of its own
    return run.site.own_features().n_events - int(event_s.size)


def dropped_frac(run: Run, *, since: float = 0.0, until: float | None = None) -> float:
    """Share of the events that were never counted.

    Parameters
    ----------
    run : Run
        What happened, with a pattern that sees single events.
    since, until : float
        Of the events from when until before when, in seconds; until half a day before the world
        ends when left out, because the last ones may only be on their way.

    Returns
    -------
    float
        0 to 1.

    Raises
    ------
    ValueError
        When the pattern publishes whole batches and sees no single event.
    """
    event_s = run.world.activity.at_s
    until = run.world.horizon_s - 0.5 * DAY if until is None else until
    inside = (event_s >= since) & (event_s < until)
    return float(np.isinf(_seen_s(run)[inside]).mean())


def _seen_s(run: Run) -> NDArray[np.float64]:
    if (seen_s := run.site.seen_at_s) is None:
        kind = type(run.pattern).__name__
        text = f"run must be of a pattern that sees single events, got one of {kind}."
        raise ValueError(f"{text} Run mb.Streaming().")
    return seen_s


def _counted(run: Run) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Give when the events that were counted happened and when they were seen."""
    seen_s = _seen_s(run)
    counted = np.isfinite(seen_s)
    return run.world.activity.at_s[counted], seen_s[counted]
