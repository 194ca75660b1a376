"""What a user passes with ``-p name=value``, checked before any lesson runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlbook.validate import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mlbook.lessons.parameters import Parameter, Value

__all__ = ["assign", "split_pairs"]


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


def assign(
    given: Mapping[str, object], declared: Mapping[str, Mapping[str, Parameter]]
) -> dict[str, dict[str, Value]]:
    """Hand every given value to the lessons that declare its name.

    Parameters
    ----------
    given : mapping of str to object
        Values or their texts, by parameter name.
    declared : mapping of str to mapping of str to Parameter
        The parameters of each chosen lesson, by slug.

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
        slug: {
            name: parameters[name].convert(value)
            for name, value in given.items()
            if name in parameters
        }
        for slug, parameters in declared.items()
    }


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
