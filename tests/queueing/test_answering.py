"""Answers of different lengths, several at once: who waits for whom, and when a word is there."""

from __future__ import annotations

import numpy as np
import pytest
import simpy

from mlbook.queueing import fifo, long_answers
from mlbook.queueing.answering import word_by_word
from mlbook.streams import stream

RATE = 0.05


def load(n=400, seed=1):
    arrive_s = np.cumsum(stream(seed, "gaps").exponential(1 / RATE, n))
    return arrive_s, stream(seed, "words").geometric(1 / 40, n)


@pytest.mark.parametrize("join", [True, False])
def test_with_one_place_it_is_a_first_come_first_served_queue(join):
    arrive_s, words = load()
    first_s, done_s = long_answers(arrive_s, words, places=1, per_step_s=0.25, join=join)
    np.testing.assert_allclose(done_s, fifo(arrive_s, 0.25 * words), rtol=1e-12)
    np.testing.assert_allclose(done_s - first_s, 0.25 * (words - 1), atol=1e-8)


@pytest.mark.parametrize("join", [True, False])
def test_with_a_place_for_each_of_those_who_come_at_once_the_length_alone_counts(join):
    words = load()[1]
    first_s, done_s = long_answers(np.zeros(400), words, places=400, per_step_s=0.5, join=join)
    np.testing.assert_allclose(first_s, 0.5)
    np.testing.assert_allclose(done_s, 0.5 * words)


def test_equal_answers_that_come_at_once_gain_nothing_by_joining():
    arrive_s, words = np.zeros(12), np.full(12, 7)
    joined = long_answers(arrive_s, words, places=4, per_step_s=1.0, per_answer_s=0.1)
    whole = long_answers(arrive_s, words, places=4, per_step_s=1.0, per_answer_s=0.1, join=False)
    np.testing.assert_array_equal(joined, whole)
    assert sorted(set(joined[1].round(6))) == pytest.approx([9.8, 19.6, 29.4])


def test_joining_serves_more_where_the_lengths_differ():
    arrive_s, words = np.zeros(400), load()[1]
    ends = [
        long_answers(arrive_s, words, places=8, per_step_s=1.0, join=join)[1].max()
        for join in (True, False)
    ]
    # Eight places that are never empty need at least a place's share of all words.
    assert words.sum() / 8 <= ends[0] < words.sum() / 8 + words.max()
    assert ends[1] > 1.5 * ends[0]


def in_simpy(arrive_s, words, places, per_step, per_answer, join):
    """Write the same rules with processes: a server that steps, and a line of those who wait."""
    env, line, under_way = simpy.Environment(), [], {}
    first, done = np.empty(len(words)), np.empty(len(words))

    def arrivals():
        for i, at in enumerate(arrive_s):
            yield env.timeout(at - env.now)
            line.append(i)

    def server():
        while len(finished) < len(words):
            if join or not under_way:
                while line and len(under_way) < places:
                    i = line.pop(0)
                    under_way[i] = int(words[i])
            if not under_way:
                later = [at for i, at in enumerate(arrive_s) if i not in finished]
                yield env.timeout(later[0] - env.now)
                yield env.timeout(0)  # after whoever comes at this instant
                continue
            yield env.timeout(per_step + per_answer * len(under_way))
            for i in list(under_way):
                if under_way[i] == words[i]:
                    first[i] = env.now
                under_way[i] -= 1
                if not under_way[i]:
                    done[i] = env.now
                    finished.add(i)
                    del under_way[i]

    finished: set[int] = set()
    env.process(arrivals())
    env.process(server())
    env.run()
    return first, done


@pytest.mark.parametrize("join", [True, False])
@pytest.mark.parametrize("places", [1, 3, 8])
def test_every_word_comes_when_it_does_in_simpy(places, join):
    arrive_s, words = load(seed=places)
    arrive_s = arrive_s / (2 * places)  # a line, at times
    ours = long_answers(
        arrive_s, words, places=places, per_step_s=0.5, per_answer_s=0.02, join=join
    )
    theirs = in_simpy(arrive_s.tolist(), words.tolist(), places, 0.5, 0.02, join)
    np.testing.assert_allclose(ours, theirs, rtol=1e-12)


@pytest.mark.parametrize("join", [True, False])
def test_compiled_and_plain_give_the_same_bits(join):
    arrive_s, words = load()
    compiled = word_by_word(arrive_s, words, 4, 0.5, 0.02, join)
    plain = word_by_word.plain(arrive_s, words, 4, 0.5, 0.02, join)
    for ours, theirs in zip(compiled, plain, strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_an_answer_without_words_is_refused():
    with pytest.raises(ValueError, match=r"words must be >= 1 .* got 0"):
        long_answers([0, 1], [3, 0], places=2, per_step_s=1.0)
