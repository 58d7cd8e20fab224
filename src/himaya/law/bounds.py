"""What an input may be at all: the bounds that the law declares, those of every share, and fractions."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np

from himaya.law import lazy
from himaya.law.errors import InputError
from himaya.law.ragged import RaggedVector
from himaya.law.units import HIGHEST_SHARE
from himaya.law.vector import Vector
from himaya.law.written import LARGEST, number, written
from himaya.sentence import said

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from himaya.law.rules import Input


def hold(declared: Input, value: Any, keys: NDArray[Any] | None) -> None:
    """Refuse an input outside its bounds, with the person and the element; ``keys``: what persons are called by."""
    vector: Vector = value.elements if isinstance(value, RaggedVector) else value
    if not declared.unit.is_share and not (isinstance(vector.den, int) and vector.den == 1):
        raise InputError(
            said("input {name} has fractions of {unit}", name=declared.name, unit=declared.unit.name),
            mend="Round it as the law does before it is given.",
        )
    low, high = declared.at_least, declared.at_most
    if (low is None and high is None) or np.size(vector.num) == 0:
        return
    lowest, highest = lazy.extent(vector.num)
    if (low is None or lowest >= low) and (high is None or highest <= high):
        return
    numbers: Any = vector.num.whole() if isinstance(vector.num, lazy.Lazy) else np.atleast_1d(vector.num)
    outside = np.zeros(numbers.shape, np.bool_)
    if low is not None:
        outside |= numbers < low
    if high is not None:
        outside |= numbers > high
    if vector.missing is not None:
        missing: Any = vector.missing
        outside &= ~(missing.whole() if isinstance(missing, lazy.Lazy) else np.asarray(missing))
    if outside.any():
        raise _refused(declared, value, int(outside.argmax()), numbers, keys)


def _refused(declared: Input, value: Any, at: int, numbers: Any, keys: NDArray[Any] | None) -> InputError:
    found = str(written(Fraction(int(numbers[at])), declared.unit))
    person, name = at, declared.name
    if isinstance(value, RaggedVector):
        person = int(np.searchsorted(value.offsets, at, side="right")) - 1
    who = str(person if keys is None else keys[person])
    what = said("input {name} of person {person} is {value}", name=name, person=who, value=found)
    if isinstance(value, RaggedVector):
        what = said(
            "element {place} of input {name} of person {person} is {value}",
            place=at - int(value.offsets[person]),
            name=name,
            person=who,
            value=found,
        )
    low, high = (
        None if bound is None else str(written(Fraction(bound), declared.unit))
        for bound in (declared.at_least, declared.at_most)
    )
    if low is None:
        mend = said("It is at most {high}.", high=str(high))
    elif high is None:
        mend = said("It is at least {low}.", low=low)
    else:
        mend = said("It is at least {low} and at most {high}.", low=low, high=high)
    return InputError(what, mend=mend)


def same_elements(
    name: str, value: RaggedVector, other_name: str, other: RaggedVector, keys: NDArray[Any] | None
) -> None:
    """Refuse two inputs along one axis of which a person has different numbers of elements."""
    if value.frame is other.frame:
        return
    sizes, other_sizes = np.diff(value.offsets), np.diff(other.offsets)
    if sizes.size != other_sizes.size or np.array_equal(sizes, other_sizes):
        return  # that there are different numbers of persons is told of all inputs
    person = int((sizes != other_sizes).argmax())
    raise InputError(
        said(
            "person {person} has {count} elements of input {name}, and {others} of {other}",
            person=str(person if keys is None else keys[person]),
            count=sizes[person],
            name=name,
            others=other_sizes[person],
            other=other_name,
        ),
        mend="Inputs of one axis have the same elements in the same order.",
    )


def hold_share(declared: Input, vector: Vector, mask: NDArray[np.bool_] | None) -> None:
    """Refuse a share that is none: 50, where 50 % is meant."""
    if not declared.unit.is_share or np.size(vector.num) == 0:
        return
    numbers, den = np.atleast_1d(vector.num), vector.den
    beyond = np.abs(numbers) > HIGHEST_SHARE * den
    if mask is not None:
        beyond &= ~mask
    if beyond.any():
        at = int(beyond.argmax())
        found = Fraction(int(numbers[at]), int(np.broadcast_to(den, numbers.shape)[at]))
        raise InputError(
            said("input {name} is {value}, and it is a share", name=declared.name, value=str(found)),
            mend="Write 0.5 for 50 %.",
        )


def fractions(declared: Input, values: NDArray[Any], mask: NDArray[np.bool_] | None) -> Vector:
    """Exact values of an array of fractions or of decimal numbers; a float is the decimal number that it prints as."""
    shown = np.zeros(values.shape, np.bool_) if mask is None else mask
    shape, values, shown = values.shape, np.atleast_1d(values), np.atleast_1d(shown)
    exact = [
        Fraction(0) if hidden else number(declared.name, each, declared.unit)
        for each, hidden in zip(values, shown, strict=True)
    ]
    common = math.lcm(*(each.denominator for each in exact))
    own = max((abs(each) for each in exact), default=Fraction(0)) * common >= LARGEST or common >= LARGEST
    dens = [each.denominator if own else common for each in exact]
    nums = [each.numerator * (den // each.denominator) for each, den in zip(exact, dens, strict=True)]
    if own and max(*map(abs, nums), *dens) >= LARGEST:
        raise InputError(
            said("input {name} has fractions of too many digits", name=declared.name),
            mend="Round it as the law does before it is given.",
        )
    return Vector(
        np.array(nums, np.int64).reshape(shape), np.array(dens, np.int64).reshape(shape) if own else common
    )
