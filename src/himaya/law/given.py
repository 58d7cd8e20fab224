"""What is written of a person, as plain numbers: centimes, days, months, exact fractions."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from himaya.law.errors import InputError
from himaya.law.parameters import day_number
from himaya.law.units import MONTH
from himaya.months import month_of
from himaya.sentence import said

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from himaya.law.rules import Input
    from himaya.law.system import System


def of_person(system: System, declared: Input, inputs: Mapping[str, Sequence[Any]], person: int) -> Any:
    """A person's input as numbers; if it is not given, nothing for each element that another of the axis has.

    ``inputs`` has one list for each input, with each person's value; raises :class:`InputError`.
    """
    given = inputs[declared.name][person] if declared.name in inputs else None
    if given is None and declared.axis is not None and declared.default is not None:
        own = (declared.entity, declared.axis)
        alike = [name for name, each in system.inputs.items() if (each.entity, each.axis) == own]
        others = [inputs[name][person] for name in alike if name in inputs]
        given = next(([None] * len(other) for other in others if other is not None), None)
    return numbers(declared, given)


def numbers(declared: Input, given: Any) -> Any:
    """What is given of an input, or its default: a number, a flag, None, or a dict of these by position."""
    if declared.axis is not None and given is not None:
        return {position: _number(declared, each) for position, each in enumerate(given)}
    if given is None and (declared.needed or declared.axis is not None):
        raise InputError(said("input {name} is not given", name=declared.name))
    return _number(declared, given)


def _number(declared: Input, given: Any) -> Any:
    if given is None:
        return declared.default
    if isinstance(given, date):
        return month_of(given) if declared.unit is MONTH else day_number(given)
    return Fraction(str(given)) if isinstance(given, float | Decimal) else given
