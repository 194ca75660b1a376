"""Coupling, counted: which change forces which release, and whether the app knows the ML side.

Four kinds of coupling are kept apart: *deploy* (what must be released together), *schema* (which
contract is shared), *runtime* (who must be up at the same time: measured by
`mlbook.experiment.runtime_coupling`) and *language*.

Talk: slide 23, "tight/loose coupling with app" and "dependency of languages".
Chapter: 10
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from mlbook.patterns.deploy import CHANGES_A_YEAR
from mlbook.validate import number, one_of

if TYPE_CHECKING:
    import pandas as pd

    from mlbook.patterns import Pattern
    from mlbook.patterns.deploy import Unit

__all__ = [
    "app_knows_ml",
    "app_release_share",
    "coordinated_releases_a_year",
    "knowledge_table",
    "operator_minutes_a_month",
]

MTTR_S = 3600.0  # mean time in which a failure is repaired; a teaching value


def knowledge_table(
    pattern: Pattern, changes_a_year: Mapping[str, float] = CHANGES_A_YEAR
) -> pd.DataFrame:
    """Show what is built into each unit of a pattern.

    Parameters
    ----------
    pattern : Pattern
        Whose units.
    changes_a_year : mapping of str to float
        How often each kind of thing changes.

    Returns
    -------
    pandas.DataFrame
        One row a kind of change: `changes_a_year`, and a truth value for each unit.

    Examples
    --------
    >>> from mlbook.patterns import SharedDb
    >>> knowledge_table(SharedDb())["app"].sum()
    np.int64(1)
    """
    import pandas as pd

    rates = _checked(changes_a_year)
    table = {"changes_a_year": list(rates.values())} | {
        unit.name: [what in unit.built_in for what in rates] for unit in _units(pattern)
    }
    return pd.DataFrame(table, index=list(rates)).rename_axis("change")


def app_release_share(
    pattern: Pattern, changes_a_year: Mapping[str, float] = CHANGES_A_YEAR
) -> float:
    """Share of the changes on the ML side that force a release of the app.

    Parameters
    ----------
    pattern : Pattern
        Whose app.
    changes_a_year : mapping of str to float
        How often each kind of thing changes.

    Returns
    -------
    float
        0 to 1, weighted by frequency.

    Examples
    --------
    >>> from mlbook.patterns import RestApi
    >>> round(app_release_share(RestApi()), 2)
    0.08
    """
    rates = _checked(changes_a_year)
    app = _app(pattern)
    return sum(rate for what, rate in rates.items() if what in app.built_in) / sum(rates.values())


def coordinated_releases_a_year(
    pattern: Pattern, changes_a_year: Mapping[str, float] = CHANGES_A_YEAR
) -> float:
    """Changes a year that force more than one unit to be released together.

    Parameters
    ----------
    pattern : Pattern
        Whose units.
    changes_a_year : mapping of str to float
        How often each kind of thing changes.

    Returns
    -------
    float
        Releases a year.

    Examples
    --------
    >>> from mlbook.patterns import SharedDb
    >>> coordinated_releases_a_year(SharedDb())
    9.2
    """
    units = _units(pattern)
    return sum(
        rate
        for what, rate in _checked(changes_a_year).items()
        if sum(what in unit.built_in for unit in units) > 1
    )


def app_knows_ml(pattern: Pattern) -> bool:
    """Tell whether the app is built with the runtime or the language of the ML side.

    Parameters
    ----------
    pattern : Pattern
        Whose app.

    Returns
    -------
    bool
        False: the app may be written in any language.
    """
    return bool({"ML runtime", "ML language"} & set(_app(pattern).built_in))


def operator_minutes_a_month(pattern: Pattern, mttr: float = MTTR_S) -> float:
    """Expected minutes a month that somebody works because something cannot wait.

    Parameters
    ----------
    pattern : Pattern
        Whose units.
    mttr : float
        Mean time to repair, in seconds, > 0.

    Returns
    -------
    float
        Minutes.

    Notes
    -----
    A unit fails while it runs. Somebody is called when the repair takes longer than the slack,
    which for an exponential time to repair has the probability ``exp(-slack / mttr)``. The sum over
    the units of incidents x share of time x that probability x minutes of work is the measure. It
    encodes judgement: each of these numbers is a knob.

    Examples
    --------
    >>> from mlbook.patterns import SharedDb, Streaming
    >>> operator_minutes_a_month(SharedDb()) < 1 < operator_minutes_a_month(Streaming())
    True
    """
    from math import exp

    number("mttr", mttr, above=0, unit="seconds to repair")
    return sum(
        unit.incidents_a_month * unit.runs_frac * exp(-unit.slack / mttr) * unit.repair_takes / 60
        for unit in _units(pattern)
    )


def _units(pattern: Pattern) -> tuple[Unit, ...]:
    if not pattern.units:
        kind = type(pattern).__name__
        text = f"pattern must tell its units, got a {kind} without any."
        raise ValueError(f"{text} Give it a property `units` that returns mb.patterns Units.")
    return pattern.units


def _app(pattern: Pattern) -> Unit:
    for unit in _units(pattern):
        if unit.name == "app":
            return unit
    names = ", ".join(unit.name for unit in pattern.units)
    raise ValueError(f"units must hold one called 'app' (what the users see), got {names}.")


def _checked(changes_a_year: Mapping[str, float]) -> dict[str, float]:
    for what, rate in changes_a_year.items():
        one_of("changes_a_year", what, CHANGES_A_YEAR)
        number(f"changes_a_year[{what!r}]", rate, at_least=0, unit="changes a year")
    number("changes_a_year", sum(changes_a_year.values()), above=0, unit="changes a year in all")
    return dict(changes_a_year)
