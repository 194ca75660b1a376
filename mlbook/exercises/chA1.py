"""Exercises of lesson A1: what to buy, how many requests, how many places, how large a batch."""

from __future__ import annotations

from mlbook.exercises.exercise import Context, Exercise, Wrong

__all__ = ["EXERCISES"]

WANTED = 5.0  # half width of the interval, in percent, that A1.enough asks for
HAD = 100_000  # requests behind the half width that is handed in
RATE_PER_S, PER_BATCH_S, PER_REQUEST_S = 400.0, 0.020, 0.001  # of A1.batch


def _requests(context: Context, exponent: float = 2.0) -> float:
    return float(HAD * (context["half_width"] / WANTED) ** exponent)


def _places(context: Context, *, own_service: bool = True, workers: int | None = None) -> int:
    """Count the places whose last request is still answered in time."""
    station = context["server"]
    left = station.retry.timeout_s / station.service.mean - own_service
    return int(max(left, 0) * (workers or station.workers) + 1e-9)


def _batch_size(each: float = PER_REQUEST_S) -> float:
    return RATE_PER_S * PER_BATCH_S / (1 - each * RATE_PER_S)


EXERCISES = (
    Exercise(
        id="A1.two",
        asks="buy",
        unit="what to buy",
        options=("two workers", "one twice as fast", "no difference"),
        right=lambda _: "two workers",
        wrong=(
            Wrong(lambda _: "one twice as fast", "So it is for work without memory. Set the panel "
                  "to the variability of the question."),
            Wrong(lambda _: "no difference", "The two can do equally much, but not everybody waits "
                  "equally long. Compare p99 on the panel."),
        ),
        hints=(
            "Set the panel to 140 requests a second, variability 3, and note p99 for both.",
            "2 workers of 10 ms, then 1 worker of 5 ms: both are busy 70 % of the time.",
            "A monster blocks the only worker. With two, the others can pass it.",
        ),
        answer='"two workers"',
        because="Behind one monster everybody waits; beside a second worker they can pass.",
    ),
    Exercise(
        id="A1.enough",
        asks="requests",
        unit="requests",
        context=("half_width",),
        right=_requests,
        wrong=(
            Wrong(lambda c: _requests(c, exponent=1), "An interval does not shrink that quickly: "
                  "a hundred times the requests made it about ten times narrower."),
            Wrong(lambda c: _requests(c, exponent=0.5), "The other way round: the width goes with "
                  "the square root of the requests."),
        ),
        hints=(
            "How many times narrower than the one of the last row must the interval be?",
            "An interval that is k times narrower needs k times k as many requests.",
            "100_000 * (widest / 5) ** 2",
        ),
        answer="100_000 * (widest / 5) ** 2",
        because="The width falls with the square root, so the requests grow with the square.",
    ),
    Exercise(
        id="A1.places",
        asks="places",
        unit="places in the line",
        context=("server",),
        whole=True,
        right=_places,
        wrong=(
            Wrong(lambda c: _places(c, own_service=False), "Then the last one's turn comes just "
                  "when it hangs up. Its answer needs time, too."),
            Wrong(lambda c: _places(c, workers=1), "So it is before a single worker. Here the line "
                  "moves on whenever one of all of them is free."),
        ),
        hints=(
            "How long may the last one stand in line, when its own service must fit in, too?",
            "The line moves on by one place every service time / workers.",
            "16 workers, (500 - 100) ms in line, 100 ms of work each.",
        ),
        answer="int(16 * (timeout_ms - 100) / 100)",
        because="What is left of the timeout after the own service, times the pace of the line.",
    ),
    Exercise(
        id="A1.batch",
        asks="size",
        unit="requests in a batch",
        right=lambda _: _batch_size(),
        tolerance=0.05,
        wrong=(
            Wrong(lambda _: _batch_size(each=0), "So many come in the 20 ms alone. The requests "
                  "take time themselves, and meanwhile more arrive."),
        ),
        hints=(
            "In steady state as many come during a batch as it holds.",
            "n = 400 * (0.020 + 0.001 * n); solve it for n.",
            "400 * b / (1 - 400 * a), in seconds.",
        ),
        answer="400 * 0.020 / (1 - 400 * 0.001)",
        because="While one batch is worked on the next one gathers, and the two become equal.",
    ),
)  # fmt: skip
