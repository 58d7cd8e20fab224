"""Single values as people write them, and as the engine keeps them: centimes, day numbers, exact fractions."""

from __future__ import annotations

import math
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np

from himaya.law.errors import InputError
from himaya.law.parameters import EPOCH, day_number
from himaya.law.units import DATE, MONTH, SCORE, Cases, Unit
from himaya.months import first_day, month_of
from himaya.sentence import said

_CENTIMES = Decimal(100)
LARGEST = 2**62
"""What a stored number may be, either side of zero."""


def kept(name: str, value: Any, unit: Unit, *, whole: bool = True) -> Any:
    """One value as the engine keeps it; raises :class:`~himaya.law.errors.InputError` with the input's name.

    Shares are written as they are computed with, 0.5 for 50 %. ``whole``: whether only whole numbers will do, in
    centimes for money; shares need never be whole.
    """
    if unit.kind == "flag":
        if isinstance(value, bool | np.bool_):
            return bool(value)
        raise InputError(
            said("input {name} is {value}, not true or false", name=name, value=repr(value)),
            mend="Write True or False.",
        )
    if isinstance(unit, Cases):
        if isinstance(value, str) and value in unit.members:
            return unit[value]
        raise InputError(
            said("input {name} is {value}", name=name, value=repr(value)),
            mend=said("One of: {cases}.", cases=list(unit.members)),
        )
    if unit in {DATE, MONTH}:
        day = _day(name, value, unit)
        return month_of(day) if unit is MONTH else day_number(day)
    exact = number(name, value, unit) * (1 if unit.is_share else unit.scale)
    if abs(exact) > LARGEST:
        raise too_large(name, str(value))
    if exact.denominator == 1:
        return int(exact)
    if whole and not unit.is_share:
        raise InputError(
            said(
                "input {name} is {value}, which is no whole number of {unit}",
                name=name,
                value=str(value),
                unit=said("centimes") if unit.currency else unit.name,
            ),
            mend="Round it as the law does before it is given.",
        )
    return exact


def too_large(name: str, value: str) -> InputError:
    """Say that a value cannot be stored."""
    return InputError(
        said("input {name} is {value}, which is too large", name=name, value=value),
        mend="Check the unit: amounts are given in the currency, not in centimes.",
    )


def number(name: str, value: Any, unit: Unit) -> Fraction:
    """A number of any kind, exactly; a binary one is the decimal number that it prints as."""
    numeric = isinstance(value, int | float | Decimal | Fraction | np.number) and not isinstance(value, bool)
    if not numeric or (isinstance(value, float | Decimal | np.floating) and not math.isfinite(value)):
        raise InputError(
            said(
                "input {name} is {value}, not a number of {unit}",
                name=name,
                value=str(value) if numeric else repr(value),
                unit=unit.name,
            ),
            mend="Write a number, or None for what is missing.",
        )
    return Fraction(str(value))


def _day(name: str, value: Any, unit: Unit) -> date:
    if isinstance(value, str):
        try:
            return date.fromisoformat(f"{value}-01" if len(value) == len("2026-10") else value)
        except ValueError as error:
            raise InputError(
                said(
                    "input {name} is {value}, which is no {unit}",
                    name=name,
                    value=repr(value),
                    unit=unit.name,
                ),
                mend="Write 2026-10-01, or 2026-10.",
            ) from error
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if isinstance(value, np.datetime64) and not np.isnat(value):
        found: date = value.astype("datetime64[D]").item()
        return found
    raise InputError(
        said("input {name} is {value}, not a date", name=name, value=repr(value)),
        mend="Write a date. Day and month numbers, as person_of() gives them, are for explain() and evaluate().",
    )


def written(value: Fraction | bool | None, unit: Unit) -> Any:
    """One value as people write it: an amount in the currency, a date, the name of a case."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(unit, Cases):
        return list(unit.members)[int(value)]
    if unit is DATE:
        return EPOCH + timedelta(days=int(value))
    if unit is MONTH:
        return first_day(int(value))
    if unit.currency:
        return Decimal(round(value)) / _CENTIMES
    if unit is SCORE:
        value /= unit.scale
    return int(value) if value.denominator == 1 else Decimal(value.numerator) / Decimal(value.denominator)
