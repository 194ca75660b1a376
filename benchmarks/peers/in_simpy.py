"""The engine's queues as SimPy models, written as SimPy's own guide does: a process a request.

Each takes the gaps between arrivals (their running sum is the arrays that ours gets, to the last
bit) and gives departures in the order of arrival, NaN for who got no answer.
"""

from __future__ import annotations

import simpy

NEVER = float("nan")


def arrive(env, gap_s, request):
    """Start a process for each request when it arrives, and run until nothing happens any more."""

    def visitors():
        for i, gap in enumerate(gap_s):
            yield env.timeout(gap)
            env.process(request(i))

    env.process(visitors())
    env.run()


def fifo(gap_s, service_s, workers):
    env, done_s = simpy.Environment(), [NEVER] * len(gap_s)
    desk = simpy.Resource(env, workers)

    def request(i):
        with desk.request() as turn:
            yield turn
            yield env.timeout(service_s[i])
        done_s[i] = env.now

    arrive(env, gap_s, request)
    return done_s


def tandem(gap_s, service_s, workers):
    env, done_s = simpy.Environment(), [NEVER] * len(gap_s)
    desks = [simpy.Resource(env, each) for each in workers]

    def request(i):
        for desk, takes in zip(desks, service_s, strict=True):
            with desk.request() as turn:
                yield turn
                yield env.timeout(takes[i])
        done_s[i] = env.now

    arrive(env, gap_s, request)
    return done_s


def batch(gap_s, size, wait_s, per_batch_s, per_request_s):
    env, done_s = simpy.Environment(), [NEVER] * len(gap_s)
    line, signal = [], {"came": env.event(), "full": env.event()}

    def request(i):
        line.append((i, env.now))
        for what, reached in (("came", True), ("full", len(line) >= size)):
            if reached and not signal[what].triggered:
                signal[what].succeed()
        return
        yield

    def worker():
        while True:
            if not line:
                signal["came"] = env.event()
                yield signal["came"]
            left_s = line[0][1] + wait_s - env.now
            if len(line) < size and left_s > 0:
                signal["full"] = env.event()
                yield signal["full"] | env.timeout(left_s)
            taken = line[:size]
            del line[:size]
            yield env.timeout(per_batch_s + per_request_s * len(taken))
            for i, _ in taken:
                done_s[i] = env.now

    env.process(worker())
    arrive(env, gap_s, request)
    return done_s


def retry(gap_s, service_s, workers, places, timeout_s, tries, backoff_s):
    env, done_s = simpy.Environment(), [NEVER] * len(gap_s)
    desk = simpy.Resource(env, workers)

    def work(i, finished):
        with desk.request() as turn:
            yield turn
            yield env.timeout(service_s[i])
        finished.succeed()

    def request(i):
        for tried in range(tries):
            if desk.count < workers or len(desk.queue) < places:
                finished = env.event()
                env.process(work(i, finished))
                yield finished | env.timeout(timeout_s)
                if finished.triggered:
                    done_s[i] = env.now
                    return
            yield env.timeout(backoff_s * 2.0**tried)

    arrive(env, gap_s, request)
    return done_s


def finite_queue(gap_s, service_s, workers, places):
    env, done_s = simpy.Environment(), [NEVER] * len(gap_s)
    desk = simpy.Resource(env, workers)

    def request(i):
        if desk.count == workers and len(desk.queue) >= places:
            return
        with desk.request() as turn:
            yield turn
            yield env.timeout(service_s[i])
        done_s[i] = env.now

    arrive(env, gap_s, request)
    return done_s


def reneging(gap_s, service_s, patience_s, workers):
    env, done_s = simpy.Environment(), [NEVER] * len(gap_s)
    desk = simpy.Resource(env, workers)

    def request(i):
        with desk.request() as turn:
            yield turn | env.timeout(patience_s[i])
            if turn.triggered:
                yield env.timeout(service_s[i])
                done_s[i] = env.now

    arrive(env, gap_s, request)
    return done_s


def priority(gap_s, service_s, urgent, workers):
    env, done_s = simpy.Environment(), [NEVER] * len(gap_s)
    desk = simpy.PriorityResource(env, workers)

    def request(i):
        with desk.request(priority=0 if urgent[i] else 1) as turn:
            yield turn
            yield env.timeout(service_s[i])
        done_s[i] = env.now

    arrive(env, gap_s, request)
    return done_s


def balanced(gap_s, service_s, servers, looks_at):
    """Join the shortest of the lines that `looks_at(i)` names, the first of them when equal."""
    env, done_s = simpy.Environment(), [NEVER] * len(gap_s)
    desks = [simpy.Resource(env, 1) for _ in range(servers)]

    def length(k):
        return desks[k].count + len(desks[k].queue)

    def request(i):
        with desks[min(looks_at(i), key=length)].request() as turn:
            yield turn
            yield env.timeout(service_s[i])
        done_s[i] = env.now

    arrive(env, gap_s, request)
    return done_s


def look_ups(gap_s, keys, capacity, ttl_s):
    """Look a key up in an LRU cache; give which look-ups hit."""
    env, hit, filled = simpy.Environment(), [False] * len(gap_s), {}

    def request(i):
        at_s = filled.pop(keys[i], None)
        if at_s is None and len(filled) == capacity:
            del filled[next(iter(filled))]  # a dict keeps its order: the first is the oldest
        hit[i] = at_s is not None and env.now - at_s <= ttl_s
        filled[keys[i]] = at_s if hit[i] else env.now
        return
        yield

    arrive(env, gap_s, request)
    return hit
