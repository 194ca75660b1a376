"""The choice in words: a few lines on the screen, and one page for Monday's meeting."""

from __future__ import annotations

from hashlib import sha256
from math import isfinite, isnan
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from mlbook import measure
from mlbook.files import write_text
from mlbook.units import duration

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mlbook.decision.choosing import Choice
    from mlbook.experiment import Run

__all__ = ["first_alarm", "in_words", "page", "write_page", "yen"]

SPOKEN = {
    "daily_requests": "requests a day",
    "freshness_s": "seconds within which an event must be known",
    "answer_s": "seconds within which an answer must come",
    "click_worth": "yen that one more click brings",
    "machine_hour": "yen for an hour of a machine",
    "operator_hour": "yen for an hour of repair",
    "app_release": "yen for a forced release of the app",
    "incidents": "times as many incidents as the patterns expect",
    "changes": "times as many changes on the ML side",
}
MARK = "<!-- written by mlbook, "


def in_words(choice: Choice) -> str:
    """Say the choice in a few lines.

    Parameters
    ----------
    choice : Choice
        What was decided.

    Returns
    -------
    str
        The recommended pattern and why, the runner-up, what would flip it.
    """
    return "\n".join([_recommended(choice), _runner_up(choice), _flip(choice)])


def _recommended(choice: Choice) -> str:
    out = [each for each in choice.columns if each.misses(choice.needs)]
    missed = "; ".join(f"{each.name} ({', '.join(each.misses(choice.needs))})" for each in out)
    because = f" Out: {missed}." if missed else " All of them meet the needs."
    if choice.recommended in choice.runs:
        return f"Recommended: {choice.recommended}.{because}"
    why = "no pattern meets the needs" if len(out) == len(choice.columns) else "none earns its cost"
    return f"Recommended: no model, the most popular item; {why}.{because}"


def _runner_up(choice: Choice) -> str:
    if choice.runner_up is None:
        return "Nothing else is left to compare it with."
    ahead, half = choice.ahead_yen
    sure = "" if isnan(half) else f" (95 % interval of its clicks: ± {yen(half)})"
    return f"Next: {choice.runner_up}, {yen(ahead)} a month behind{sure}."


def _flip(choice: Choice) -> str:
    name = choice.fragile
    if name is None:
        return "No belief within a factor of 10,000 would flip it; a need would."
    row = choice.flips.loc[name].to_dict()
    down, up = row["now"] / row["below"], row["above"] / row["now"]
    side, to = ("below", "below_then") if isnan(up) or down < up else ("above", "above_then")
    return (
        f"The belief to ask about: {SPOKEN[name]}, now {_short(row['now'])}; "
        f"{side} {_short(row[side])} it would be {row[to]}."
    )


def first_alarm(run: Run) -> str:
    """Say which alarm to build first, with a threshold from the undisturbed run.

    Parameters
    ----------
    run : Run
        The pattern at its usual work.

    Returns
    -------
    str
        One sentence.
    """
    log, trigger = run.log, str(measure.talk_rows(run)["prediction_trigger"])
    if run.pattern.answers_offline:
        oldest = float(np.nanquantile(log["model_age_s"], 0.95))
        what = "the age of the model on the phones: 95 of 100 answers came from one younger than"
    elif trigger == "schedule":
        oldest = float(np.nanmax(log["feature_age_s"]))
        what = "the age of the table that is read: the oldest answer was aged"
    elif trigger == "event":
        oldest = float(measure.event_lag_s(run).max())
        what = "the time that an event waits in the queue: the longest was"
    else:
        oldest = float(np.quantile(log["latency_s"], 0.99))
        what = "p99 of the answers, and beside it the age of their features: p99 was"
    return f"{what} {duration(oldest)} in an undisturbed run."


def write_page(choice: Choice, path: str | Path) -> Path:
    """Write the page, all of it or nothing.

    Parameters
    ----------
    choice : Choice
        What was decided.
    path : str or Path
        The file.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    FileExistsError
        When a file is there that this function did not write, or that was edited since.
    """
    path, text = Path(path), page(choice)
    if path.exists() and not _is_ours(path.read_text(encoding="utf-8", errors="replace")):
        rule = f"path must not be an edited or foreign file, got '{path}'"
        raise FileExistsError(f"{rule}. Rename it, or choose another.")
    write_text(path, f"{MARK}{_digest(text)} -->\n{text}")
    return path


def page(choice: Choice) -> str:
    """Compose the page.

    Parameters
    ----------
    choice : Choice
        What was decided.

    Returns
    -------
    str
        CommonMark.
    """
    needs = choice.needs
    fresh, answer = (
        duration(each) if isfinite(each) else "any time"
        for each in (needs.freshness_s, needs.answer_s)
    )
    flips = [
        f"* **{SPOKEN[str(name)]}**, now {_short(row['now'])}: {sides}."
        for name, row in choice.flips.to_dict(orient="index").items()
        if (sides := _sides(row))
    ]
    run = choice.runs.get(choice.recommended)
    alarm = (
        f"Watch {first_alarm(run)}"
        if run
        else "Watch the clicks: without a model there is no more."
    )
    world = next(iter(choice.runs.values())).world
    return "\n".join([
        "# Which serving pattern",
        "",
        f"**{_recommended(choice)}**",
        "",
        f"{_runner_up(choice)} {_flip(choice)}",
        "",
        "## What we need",
        "",
        f"* {needs.daily_requests:,.0f} requests a day",
        f"* 95 of 100 events known to the answers within {fresh}",
        f"* 99 of 100 answers within {answer}",
        f"* {'an answer without a network' if needs.offline else 'a network is there'}",
        "",
        "## What was measured, and what it would bring a month",
        "",
        *_table(choice),
        "",
        f"Measured on {world!r}, with the same visitors for all. *More clicks* are those of 100 "
        "visits beyond what the most popular item earns; yen are a month's. Machines are sized for "
        "the busiest hour. What a click, a machine, a repair and a release cost is believed, not "
        "measured.",
        "",
        "## What would flip the choice",
        "",
        *(flips or ["Nothing within a factor of 10,000."]),
        "",
        "## The first alarm to build",
        "",
        alarm,
        "",
    ])  # fmt: skip


def _table(choice: Choice) -> list[str]:
    table = choice.table()
    money = ["clicks", "machines", "fees", "repairs", "releases", "net"]
    words = table.assign(**{name: table[name].map(yen) for name in money})
    head = ["pattern", *words.columns]
    lines = [head, ["---"] * len(head)]
    lines += [[name, *row] for name, row in zip(words.index, words.to_numpy(), strict=True)]
    return ["| " + " | ".join(map(str, line)) + " |" for line in lines]


def _sides(row: Mapping[Any, Any]) -> str:
    """Name the ends of the range in which the choice holds."""
    return ", ".join(
        f"{side} {_short(row[side])} it is {row[to]}"
        for side, to in (("below", "below_then"), ("above", "above_then"))
        if not isnan(row[side])
    )


def yen(amount: float) -> str:
    """Write an amount with three significant digits at most.

    Parameters
    ----------
    amount : float
        Yen.

    Returns
    -------
    str
        For example ``"¥1.2 M"`` or ``"-¥430"``.
    """
    size, sign = abs(amount), "-" if amount <= -0.5 else ""
    for unit, scale in ((" G", 1e9), (" M", 1e6), (" k", 1e3)):
        if size >= scale * 0.9995:
            return f"{sign}¥{_short(size / scale)}{unit}"
    return f"{sign}¥{size:.0f}"


def _short(value: float) -> str:
    """Write three digits that count: 193,918 becomes 194,000."""
    return f"{float(f'{value:.3g}'):,.0f}" if value >= 99.5 else f"{value:.3g}"


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:16]


def _is_ours(text: str) -> bool:
    first, _, rest = text.partition("\n")
    return first == f"{MARK}{_digest(rest)} -->"
