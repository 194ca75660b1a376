"""The rules for the knobs of a `Population`, and for what can be plugged into it together.

Chapter: 02
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from mlbook.ab.simulated.effect import Effect
from mlbook.ab.simulated.log_fault import LogFault
from mlbook.validate import fraction, integer, number, one_of, shown

if TYPE_CHECKING:
    from mlbook.ab.simulated.population import Population

__all__ = ["check_plugins", "check_rates", "check_sizes"]


def check_sizes(population: Population) -> None:
    """Refuse sizes and a split that cannot be.

    Parameters
    ----------
    population : Population
        As it was asked for.

    Raises
    ------
    TypeError, ValueError
        With the argument, the rule, the value and the next step.
    """
    integer("seed", population.seed, at_least=0, unit="seed of all draws")
    integer("users", population.users, at_least=2, unit="users in both arms together")
    integer("days", population.days, at_least=1, unit="days of the experiment")
    integer("pre_days", population.pre_days, at_least=1, unit="days before the experiment")
    integer("cluster_size", population.cluster_size, at_least=1, unit="users of a cluster")
    if population.users % population.cluster_size:
        text = f"cluster_size must divide users (whole clusters), got {population.cluster_size}"
        raise ValueError(f"{text} and {population.users} users. Take a multiple of it.")
    share, unit = population.treatment_share, "the chance to be treated"
    number("treatment_share", share, above=0, unit=unit, hint="Write 0.5 for half.")
    number("1 - treatment_share", 1 - share, above=0, unit="the chance of the control")
    one_of("split_by", population.split_by, ["user", "cluster", "day"])
    if population.split_by == "day" and not 0 < population.treated_days < population.days:
        text = f"days must leave days in both arms when they are split, got {population.days}"
        raise ValueError(f"{text} with treatment_share={share:g}. Take more days.")


def check_rates(population: Population) -> None:
    """Refuse rates and spreads that cannot be.

    Parameters
    ----------
    population : Population
        As it was asked for.

    Raises
    ------
    TypeError, ValueError
        With the argument, the rule, the value and the next step.
    """
    number("sessions_per_day", population.sessions_per_day, above=0, unit="sessions a user and day")
    spread = "standard deviation relative to the mean"
    number("activity_spread", population.activity_spread, at_least=0, unit=spread)
    number("click_rate", population.click_rate, above=0, at_most=1, unit="clicks a session")
    fraction("click_spread", population.click_spread, unit="a share of click_rate")
    number("order_rate", population.order_rate, above=0, at_most=1, unit="orders a click")
    number("order_value", population.order_value, above=0, unit="money of an order")
    number("order_value_spread", population.order_value_spread, at_least=0, unit=spread)


def check_plugins(population: Population) -> None:
    """Refuse effects and faults that are none, that do not fit, or that cannot be combined.

    Parameters
    ----------
    population : Population
        As it was asked for.

    Raises
    ------
    TypeError, ValueError
        With the argument, the rule, the value and the next step.
    """
    effects: Any = population.effects
    fault: Any = population.fault
    if not isinstance(effects, tuple) or not all(isinstance(each, Effect) for each in effects):
        text = f"effects must be a tuple of effects, got {shown(effects)}."
        raise TypeError(f"{text} Write effects=(mb.ab.Constant(lift=0.05),), with the comma.")
    if fault is not None and not isinstance(fault, LogFault):
        text = f"fault must be one fault of a log, got {shown(fault)}."
        raise TypeError(f"{text} Write fault=mb.ab.LostLogs(share=0.03), or leave it out.")
    _combined(effects)
    if fault is not None and population.split_by == "day":
        text = "fault must be left out when split_by='day' (the faults belong to users' arms), got"
        raise ValueError(f"{text} {shown(fault)}. Write split_by='user'.")
    for plugin in (*effects, *([fault] if fault else [])):
        plugin.check(population)
    _highest_rate(population)


def _combined(effects: tuple[Effect, ...]) -> None:
    kinds = [type(each).__name__ for each in effects]
    alone = [type(each).__name__ for each in effects if each.stands_alone]
    twice = sorted({kind for kind in kinds if kinds.count(kind) > 1})
    if twice:
        text = f"effects must hold one of a kind, got {kinds.count(twice[0])} times {twice[0]}."
        raise ValueError(f"{text} Add their lifts up in one.")
    if alone and len(kinds) > 1:
        text = f"effects must hold {alone[0]} alone (its closed form knows no other effect), got"
        raise ValueError(f"{text} {', '.join(kinds)}. Run them one by one.")


def _highest_rate(population: Population) -> None:
    factor = float(np.prod([each.most(population.days) for each in population.effects]))
    highest = population.click_rate * (1 + population.click_spread) * factor
    hint = "Take a smaller click_rate, click_spread or lift."
    unit = "the keenest user's chance of a click with all effects"
    number("click_rate * (1 + click_spread) * (1 + lift)", highest, at_most=1, unit=unit, hint=hint)
