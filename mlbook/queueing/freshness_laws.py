"""Closed forms of how old data and models are: batches, micro-batches, fleets of devices."""

from __future__ import annotations

import math
from collections.abc import Sequence

from mlbook.validate import fraction, number

__all__ = [
    "adopted",
    "batch_age",
    "catch_up_time",
    "fleet_model_age",
    "least_stable_trigger",
    "micro_batch_lag",
]


def batch_age(period_s: float, takes_s: float) -> tuple[float, float]:
    """Youngest and oldest age at which a batch product is read.

    Parameters
    ----------
    period_s : float
        T, seconds between two starts of the batch.
    takes_s : float
        D, seconds from reading the data to publishing the result.

    Returns
    -------
    tuple of float
        ``(D, T + D)``: readers at any time see an age uniform between the two, mean D + T/2. When
        the batch takes longer than its period the next one starts late, and T becomes D.

    References
    ----------
    S. Kaul, R. Yates, M. Gruteser, "Real-time status: how often should one update?", 2012.

    Examples
    --------
    >>> batch_age(period_s=24.0, takes_s=2.0)
    (2.0, 26.0)
    """
    return takes_s, max(period_s, takes_s) + takes_s


def micro_batch_lag(
    trigger_s: float, rate_per_s: float, per_batch_s: float, per_event_s: float
) -> float:
    """Mean time from an event's arrival until the micro-batch that takes it has ended.

    Parameters
    ----------
    trigger_s : float
        tau, seconds between two micro-batches.
    rate_per_s : float
        lambda, events a second, arriving at random.
    per_batch_s, per_event_s : float
        b and a: a micro-batch of n events takes b + a n seconds.

    Returns
    -------
    float
        Seconds; infinite when the micro-batches cannot keep up.

    Notes
    -----
    An event waits half a trigger on average, and then for the whole micro-batch. In it there are
    ``lambda tau`` others on average, and the event itself: ``tau/2 + b + a (1 + lambda tau)``. The
    law of greedy batching at an API server is the same one.

    Examples
    --------
    >>> round(micro_batch_lag(1.0, rate_per_s=10, per_batch_s=0.2, per_event_s=0.002), 3)
    0.722
    """
    if trigger_s < least_stable_trigger(rate_per_s, per_batch_s, per_event_s):
        return math.inf
    return trigger_s / 2 + per_batch_s + per_event_s * (1 + rate_per_s * trigger_s)


def least_stable_trigger(rate_per_s: float, per_batch_s: float, per_event_s: float) -> float:
    """Tell the shortest trigger at which micro-batches end before the next is due.

    Parameters
    ----------
    rate_per_s : float
        lambda, events a second.
    per_batch_s, per_event_s : float
        b and a: a micro-batch of n events takes b + a n seconds.

    Returns
    -------
    float
        ``b / (1 - a lambda)`` in seconds; infinite when one event takes longer than the time to
        the next.

    Examples
    --------
    >>> least_stable_trigger(rate_per_s=250, per_batch_s=0.2, per_event_s=0.002)
    0.4
    """
    spare = 1 - per_event_s * rate_per_s
    return per_batch_s / spare if spare > 0 else math.inf


def catch_up_time(backlog: float, rate_per_s: float, per_event_s: float) -> float:
    """Time from a restart until a backlog is worked off, while new events keep coming.

    Parameters
    ----------
    backlog : float
        Events that wait when the work begins again, >= 0.
    rate_per_s : float
        lambda, events a second that come meanwhile.
    per_event_s : float
        a, seconds of work for each event, > 0.

    Returns
    -------
    float
        Seconds: ``backlog / (1/a - lambda)``; infinite when more comes than can be done.

    Notes
    -----
    While the job is down the backlog grows by lambda a second, so a steady job that was away for L
    seconds needs ``L rho / (1 - rho)`` more, with ``rho = a lambda``, the share of its time for
    which it is usually busy: at one half, as long as it was away.

    Examples
    --------
    >>> catch_up_time(backlog=3600, rate_per_s=1.0, per_event_s=0.5)
    3600.0
    """
    number("backlog", backlog, at_least=0, unit="events that wait")
    number("rate_per_s", rate_per_s, at_least=0, unit="events a second")
    number("per_event_s", per_event_s, above=0, unit="seconds of work for each event")
    spare = 1 / per_event_s - rate_per_s
    return backlog / spare if spare > 0 else math.inf


def fleet_model_age(
    speeds: Sequence[tuple[float, float]], release_every_s: float, lead_s: float
) -> float:
    """Mean age of the model that a fleet of devices predicts with.

    Parameters
    ----------
    speeds : sequence of tuple of float
        Kinds of devices: the share of each, and the mean time tau since a device last looked for an
        update, in seconds. One that looks at random instants, tau apart on average, has the mean
        tau; one that looks on a schedule, half of its period.
    release_every_s : float
        R, seconds between two releases.
    lead_s : float
        L, seconds from reading the training data to the release being live.

    Returns
    -------
    float
        Seconds: the mean of tau over the devices, plus R/2, plus L. The median is another number.

    Notes
    -----
    The last look was tau ago on average (looking back, a Poisson process looks as it does forward);
    the release that it found had been live for R/2, and its data were L older still.

    References
    ----------
    W. Feller, "An Introduction to Probability Theory and Its Applications", volume 2, chapter I.4
    (the waiting time paradox), for the time since the last event of a Poisson process.

    Examples
    --------
    >>> fleet_model_age([(1.0, 1.74)], release_every_s=7.0, lead_s=1.5)   # in days
    6.74
    """
    number("release_every_s", release_every_s, above=0, unit="seconds between two releases")
    number("lead_s", lead_s, at_least=0, unit="seconds from the data to the live release")
    last_look_s = sum(share * ago_s for share, ago_s in _shares(speeds))
    return last_look_s + release_every_s / 2 + lead_s


def adopted(after_s: float, speeds: Sequence[tuple[float, float]]) -> float:
    """Share of the devices that have installed a release some time after it went live.

    Parameters
    ----------
    after_s : float
        The time since then, in seconds, >= 0.
    speeds : sequence of tuple of float
        Kinds of devices: the share of each, and the mean gap between two of its looks for an
        update, in seconds.

    Returns
    -------
    float
        0 to 1: the sum of ``share * (1 - exp(-after/gap))``.

    References
    ----------
    Fitted to a store's counts of one app (https://neurons.dk/?p=526): 0.375 with a gap of 1.74
    days, the rest with 79 days; a single exponential misses those counts by three points.

    Examples
    --------
    >>> round(adopted(7.0, [(0.375, 1.74), (0.625, 79.0)]), 2)   # in days
    0.42
    """
    number("after_s", after_s, at_least=0, unit="seconds since the release went live")
    return sum(share * -math.expm1(-after_s / gap_s) for share, gap_s in _shares(speeds))


def _shares(speeds: Sequence[tuple[float, float]]) -> Sequence[tuple[float, float]]:
    for share, gap_s in speeds:
        fraction("share", share, unit="a share of the devices")
        number("gap", gap_s, above=0, unit="seconds", hint="Leave a share of 0 out.")
    total = math.fsum(share for share, _ in speeds)
    if abs(total - 1) > 1e-9:
        text = f"the shares of speeds must add up to 1 (all devices), got {total:g}."
        raise ValueError(f"{text} Write [(0.375, 1.74 * mb.DAY), (0.625, 79 * mb.DAY)].")
    return speeds
