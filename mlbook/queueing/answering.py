"""Answers of different lengths from one machine that writes several of them at once.

A step adds one word to every answer under way. When an answer is finished its place is free, and
the question is who may take it: nobody until all others are finished, or the next in line at once.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mlbook.queueing.checked import instants, one_each
from mlbook.queueing.jit import jit
from mlbook.validate import integer, number

__all__ = ["long_answers", "word_by_word"]

Floats = NDArray[np.float64]
Ids = NDArray[np.int64]


def long_answers(
    arrive_s: ArrayLike,
    words: ArrayLike,
    *,
    places: int,
    per_step_s: float,
    per_answer_s: float = 0.0,
    join: bool = True,
) -> tuple[Floats, Floats]:
    """Write answers word by word, several at once.

    Parameters
    ----------
    arrive_s : array_like of shape (n,)
        Arrival instants in seconds, sorted.
    words : array_like of int, shape (n,)
        How many words each answer has, >= 1.
    places : int
        How many answers are under way at most, >= 1.
    per_step_s, per_answer_s : float
        b and a: a step with n answers under way takes b + a n seconds, >= 0.
    join : bool
        Whether the next in line joins as soon as a place is free (continuous batching), or only
        when all answers under way are finished.

    Returns
    -------
    tuple of (ndarray of shape (n,), ndarray of shape (n,))
        When the first word of each answer is there, and when the last one is, in seconds.

    Examples
    --------
    >>> first_s, done_s = long_answers([0, 0, 0], [1, 3, 1], places=2, per_step_s=1.0)
    >>> first_s.tolist(), done_s.tolist()
    ([1.0, 1.0, 2.0], [1.0, 3.0, 2.0])
    >>> long_answers([0, 0, 0], [1, 3, 1], places=2, per_step_s=1.0, join=False)[1].tolist()
    [1.0, 3.0, 4.0]
    """
    integer("places", places, at_least=1, unit="answers under way at once")
    number("per_step_s", per_step_s, at_least=0, unit="seconds")
    number("per_answer_s", per_answer_s, at_least=0, unit="seconds")
    arrive = instants("arrive_s", arrive_s)
    length = one_each("words", words, arrive.size).astype(np.int64)
    number("words", int(length.min(initial=1)), at_least=1, unit="words of an answer")
    return word_by_word(arrive, length, places, float(per_step_s), float(per_answer_s), join)


@jit
def word_by_word(
    arrive: Floats, words: Ids, places: int, per_step: float, per_answer: float, join: bool
) -> tuple[Floats, Floats]:
    """Between two steps, who is finished leaves, and who may join does."""
    first, done = np.empty(arrive.size), np.empty(arrive.size)
    who, left = np.full(places, -1), np.zeros(places, np.int64)
    now, came, under_way = 0.0, 0, 0
    while came < arrive.size or under_way > 0:
        if under_way == 0:  # nothing to do: wait for the next to come
            now = max(now, arrive[came])
        if join or under_way == 0:
            for j in range(places):
                if left[j] == 0 and came < arrive.size and arrive[came] <= now:
                    who[j], left[j] = came, words[came]
                    came, under_way = came + 1, under_way + 1
        now += per_step + per_answer * under_way
        for j in range(places):
            if left[j] > 0:
                if left[j] == words[who[j]]:
                    first[who[j]] = now
                left[j] -= 1
                if left[j] == 0:
                    done[who[j]] = now
                    under_way -= 1
    return first, done
