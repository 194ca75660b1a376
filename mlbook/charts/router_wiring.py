"""The diagrams of the routers as data: one picture with other words, because one thing differs.

Talk: slides 5 and 28 speak of online evaluation and slide 24 of blue-green deployment; the diagrams
are ours.
"""

from __future__ import annotations

from dataclasses import replace

from mlbook.charts.drawn import Arrow, Part, Wiring

__all__ = ["ROUTERS"]

_TOP, _BOTTOM = 3.6, 0.8  # heights of the two arms
_LOG = Arrow(
    (1.1, 2.55),
    (9.4, 2.2),
    "activity log",
    (2.4, 4.55),
    ((1.1, 4.75), (10.5, 4.75), (10.5, 2.2)),
)
_BACK = Arrow((7.15, _BOTTOM + 0.2), (5.0, 1.85), "prediction result", (6.1, 1.22), ((5.0, 1.0),))


def _router(
    title: str, sentence: str, rule: str, upper: tuple[str, str], lower: tuple[str, str]
) -> Wiring:
    """Draw a router with its two arms; of each its name, and when it is asked."""
    parts = (
        Part("Web application", 1.1, 2.2, "app"),
        Part(rule, 4.6, 2.2),
        Part(f"{upper[0]}:\na whole pattern", 8.4, _TOP, "model", 2.5),
        Part("DB", 8.4, 2.2, "store"),
        Part(f"{lower[0]}:\na whole pattern", 8.4, _BOTTOM, "model", 2.5),
    )
    arrows = (
        Arrow((2.05, 2.4), (3.65, 2.4), "user ID, item IDs", (2.85, 2.62)),
        Arrow((3.65, 2.0), (2.05, 2.0), "prediction\nresult", (2.85, 1.68)),
        Arrow((4.4, 2.55), (7.15, _TOP + 0.2), upper[1], (5.8, 4.05), ((4.4, _TOP + 0.2),)),
        Arrow(
            (7.15, _TOP - 0.2), (5.0, 2.55), "prediction result", (6.1, 3.18), ((5.0, _TOP - 0.2),)
        ),
        Arrow((4.4, 1.85), (7.15, _BOTTOM - 0.2), lower[1], (5.8, 0.35), ((4.4, _BOTTOM - 0.2),)),
        _BACK,
        _LOG,
        Arrow((8.4, 2.55), (8.4, _TOP - 0.35), "data", (8.75, 2.9)),
        Arrow((8.4, 1.85), (8.4, _BOTTOM + 0.35), "data", (8.75, 1.5)),
    )
    return Wiring(title, sentence, parts, arrows)


def _unseen(spec: Wiring) -> Wiring:
    """Lead the answers of the lower arm into a log instead of back to the user."""
    log = Part("Log", 10.4, _BOTTOM, "store", 0.9)
    there = Arrow((9.3, _BOTTOM), (9.95, _BOTTOM), "unseen answers", (9.9, 0.28))
    arrows = tuple(there if arrow is _BACK else arrow for arrow in spec.arrows)
    shadow = replace(spec.parts[-1], x=8.15, width=2.3)
    arrows = tuple(
        replace(arrow, end=(7.0, arrow.end[1])) if arrow.end == (7.15, _BOTTOM - 0.2) else arrow
        for arrow in arrows
    )
    return replace(spec, parts=(*spec.parts[:-1], shadow, log), arrows=arrows)


def _learning(spec: Wiring) -> Wiring:
    """Lead the clicks back to the policy."""
    clicks = Arrow((7.45, 2.2), (5.55, 2.2), "known clicks", (6.5, 2.4))
    return replace(spec, arrows=(*spec.arrows, clicks))


ROUTERS = {
    "split": _router(
        "A/B test: control and treatment",
        "A hash of the user's number decides: a share of the users is served by the treatment, the "
        "others by the control, each of them a whole pattern. Both read the log of all users.",
        "Salted hash",
        ("Treatment", "a share of the users"),
        ("Control", "the others"),
    ),
    "canary": _router(
        "Canary release",
        "A hash of the user's number decides: a share of the users that grows by steps is served "
        "by the candidate, the others by the current pattern; a last step to nobody takes it back.",
        "Salted hash",
        ("Candidate", "a share that grows"),
        ("Current", "the others"),
    ),
    "blue_green": _router(
        "Blue-green deployment",
        "A pointer decides: until the switch all requests go to blue, from then on to green, and "
        "after a rollback to blue again. A request ends where it began.",
        "Pointer",
        ("Blue", "until the switch"),
        ("Green", "from the switch on"),
    ),
    "shadow": _unseen(
        _router(
            "Shadow",
            "Every request goes to the primary, whose answer the user sees, and a copy of it to "
            "the shadow, whose answer goes into a log and nowhere else.",
            "Copies",
            ("Primary", "every request"),
            ("Shadow", "a copy of each"),
        )
    ),
    "fallback": _router(
        "Fallback",
        "Every request goes to the primary first. When that fails, is late or has no prediction, "
        "the request goes to the backup.",
        "Time limit",
        ("Primary", "first"),
        ("Backup", "failed or late"),
    ),
    "bandit": _learning(
        _router(
            "Bandit",
            "A policy decides for each request which of two patterns answers it, from the clicks "
            "that both have brought so far; it learns new ones batch by batch.",
            "Policy",
            ("Treatment", "the more, the better"),
            ("Control", "the rest"),
        )
    ),
}
