"""What a user passes with ``-p name=value`` and ``--sweep``, checked before any lesson runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mlbook.validate import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mlbook.lessons.parameters import Parameter, Value

__all__ = ["Sweep", "assign", "split_pairs", "split_sweep", "sweep_values"]


@dataclass(frozen=True)
class Sweep:
    """One parameter with the values that it takes one after the other.

    Parameters
    ----------
    name : str
        The parameter.
    values : tuple
        Its values, or their texts.
    """

    name: str
    values: tuple[object, ...]


def split_pairs(pairs: Iterable[str]) -> dict[str, str]:
    """Split ``name=value`` as typed on the command line.

    Parameters
    ----------
    pairs : iterable of str
        What followed each ``-p``.

    Returns
    -------
    dict of str to str
        Value texts by name.

    Raises
    ------
    ValueError
        When a pair has no name or no ``=``, or a name comes twice.

    Examples
    --------
    >>> split_pairs(["rate_per_s=80", "label=a=b"])
    {'rate_per_s': '80', 'label': 'a=b'}
    """
    texts: dict[str, str] = {}
    for pair in pairs:
        name, equals, text = pair.partition("=")
        name = name.strip()
        if not name or not equals:
            raise ValueError(f"-p must be name=value, got {pair!r}. Write for example -p seed=7.")
        if name in texts:
            raise ValueError(
                f"{name} must be given once, got {texts[name]!r} and {text!r}. Keep one."
            )
        texts[name] = text
    return texts


def split_sweep(text: str) -> Sweep:
    """Split ``name=value,value`` as typed on the command line.

    Parameters
    ----------
    text : str
        What followed ``--sweep``. A text that holds a comma itself cannot be swept.

    Returns
    -------
    Sweep
        The name and the texts of the values.

    Raises
    ------
    ValueError
        When there is no name or no ``=``.

    Examples
    --------
    >>> split_sweep("seed=1,2,3")
    Sweep(name='seed', values=('1', '2', '3'))
    """
    name, equals, values = text.partition("=")
    if not name.strip() or not equals:
        raise ValueError(
            f"--sweep must be name=value,value, got {text!r}. Write for example --sweep seed=1,2,3."
        )
    return Sweep(name.strip(), tuple(value.strip() for value in values.split(",")))


def sweep_values(sweep: Sweep, declared: Mapping[str, Mapping[str, Parameter]]) -> list[Value]:
    """Return the values of a sweep in the type that the lessons declare.

    Parameters
    ----------
    sweep : Sweep
        What to vary.
    declared : mapping of str to mapping of str to Parameter
        The parameters of each chosen lesson, by slug.

    Returns
    -------
    list of value
        At least two, all different.

    Raises
    ------
    ValueError
        When no chosen lesson has the name, a value is of the wrong type, there is only one, or
        one comes twice.
    """
    runs = [assign({sweep.name: value}, declared) for value in sweep.values]
    values = [next(given[sweep.name] for given in run.values() if given) for run in runs]
    if len(values) < 2:
        raise ValueError(
            f"{sweep.name} must be swept over two values or more, got {values[0]!r}. "
            f"For one value write -p {sweep.name}={values[0]}."
        )
    for value in values:
        if values.count(value) > 1:
            raise ValueError(
                f"{sweep.name} must be swept over different values, got {value!r} twice."
            )
    return values


def assign(
    given: Mapping[str, object],
    declared: Mapping[str, Mapping[str, Parameter]],
    *,
    full: bool = False,
) -> dict[str, dict[str, Value]]:
    """Hand every given value to the lessons that declare its name.

    Parameters
    ----------
    given : mapping of str to object
        Values or their texts, by parameter name.
    declared : mapping of str to mapping of str to Parameter
        The parameters of each chosen lesson, by slug.
    full : bool
        Whether a parameter that is not given takes its value for long runs, if it has one.

    Returns
    -------
    dict of str to dict of str to value
        Converted values, by slug; a lesson that has none of the names gets an empty one.

    Raises
    ------
    ValueError
        When no chosen lesson has a name, or a value is of the wrong type.
    """
    for name in given:
        if not any(name in parameters for parameters in declared.values()):
            raise ValueError(_unknown(name, declared))
    return {
        slug: (_long(parameters) if full else {})
        | {
            name: parameters[name].convert(value)
            for name, value in given.items()
            if name in parameters
        }
        for slug, parameters in declared.items()
    }


def _long(parameters: Mapping[str, Parameter]) -> dict[str, Value]:
    return {name: each.full for name, each in parameters.items() if each.full is not None}


def _unknown(name: str, declared: Mapping[str, Mapping[str, Parameter]]) -> str:
    lessons = list(declared)
    if len(lessons) == 1:
        problem = f"lesson {lessons[0]} has no parameter {name!r}"
    else:
        problem = f"none of the lessons {', '.join(lessons)} has a parameter {name!r}"
    lines = [
        f"  {parameter}" if len(lessons) == 1 else f"  {slug}  {parameter}"
        for slug, parameters in declared.items()
        for parameter in parameters.values()
    ]
    known = {each for parameters in declared.values() for each in parameters}
    hint = did_you_mean(name, sorted(known))
    rest = "\n".join(["Choose from:", *lines]) if lines else "There are no parameters to set."
    return f"{problem}.{hint} {rest}"
