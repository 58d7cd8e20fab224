"""What is given to an evaluation, checked against what the law declares."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from himaya.errors import nearest
from himaya.law import kernels, lazy
from himaya.law.bounds import fractions, hold, hold_share, same_elements
from himaya.law.errors import InputError
from himaya.law.lazy import Frame
from himaya.law.links import ArrayLink, Members
from himaya.law.parameters import day_number
from himaya.law.ragged import Ragged, RaggedVector
from himaya.law.rules import LAW_DATE, Input, Rule
from himaya.law.units import MONTH, YEAR
from himaya.law.vector import Bools, Ints, Vector
from himaya.sentence import said

if TYPE_CHECKING:
    from datetime import date

    from numpy.typing import NDArray

    from himaya.law.system import System

Inputs = Mapping[str, Any]
"""By name: an array (masked where an optional input is missing), a :class:`Ragged`, or one value for all."""


def take_inputs(
    system: System,
    inputs: Inputs,
    rules: Collection[Rule],
    on: date,
    keys: NDArray[Any] | None = None,
) -> tuple[dict[str, Any], Mapping[str, int]]:
    """Check the inputs given against those declared; values by name, and the number of each entity.

    ``keys``: what errors call the persons by.
    """
    for name in inputs:
        if name not in system.inputs and name not in system.versions and name not in system.links:
            raise InputError(
                said("'{name}' is no input of the law {of_country}", name=name, of_country=system.of_country),
                mend=nearest(name, [*system.inputs, *system.links, *system.versions])
                or "Inputs are listed by System.inputs.",
            )
    sizes = _sizes(system, inputs)
    without = system.left_out(inputs)
    wanted = {argument for each in rules for argument in system.asked(each, without)}
    values: dict[str, Any] = {}
    alike: dict[tuple[str, str], tuple[str, RaggedVector]] = {}
    for name in sorted(wanted & system.inputs.keys() - {LAW_DATE}):
        declared = system.inputs[name]
        if declared.axis is None:
            values[name] = given_values(declared, inputs.get(name), keys)
        else:
            own = given_elements(declared, inputs.get(name, _default(system, declared, inputs)), keys, values)
            same_elements(name, own, *alike.setdefault((declared.entity, declared.axis), (name, own)), keys)
            values[name] = own
        hold(declared, values[name], keys)
    for name in sorted(wanted & system.links.keys()):
        link = system.links[name]
        counts = sizes[link.members], sizes[link.groups]
        values[name] = ArrayLink.take(link, inputs.get(name), counts, on, keys)
    values[LAW_DATE] = Vector(np.array(day_number(on), np.int64))
    return values, sizes


def _sizes(system: System, inputs: Inputs) -> Mapping[str, int]:
    """Number of persons, households …: as many as their inputs have."""
    found: dict[str, dict[int, str]] = {}
    for name, given in inputs.items():
        if name not in system.links and (isinstance(given, Ragged) or np.ndim(given) == 1):
            found.setdefault(system.shapes[name].entity, {}).setdefault(len(given), name)
    for entity, sizes in found.items():
        if len(sizes) > 1:
            told = [said("{name} of {size}", name=name, size=size) for size, name in sizes.items()]
            raise InputError(
                said("inputs have different numbers of {entity}s: {sizes}", entity=entity, sizes=told),
                mend="Give one value, or one array of elements, for each of them.",
            )
    counted = {entity: next(iter(sizes)) for entity, sizes in found.items()}
    linked: dict[str, int] = {}
    for name, rows in inputs.items():
        if isinstance(rows, Members):
            link = system.links[name]
            for entity, column in ((link.members, rows.members), (link.groups, rows.groups)):
                linked[entity] = max(linked.get(entity, 0), int(column.max(initial=-1)) + 1)
    # An entity without inputs of its own is as large as its links say.
    return defaultdict(lambda: 1, {**linked, **counted})


def given_values(declared: Input, given: Any, keys: NDArray[Any] | None) -> Vector:
    """What is given of an input of persons, or its default, checked; ``keys``: what errors call them by."""
    if given is None:
        if declared.needed:
            raise InputError(
                said("input {name} is not given", name=declared.name),
                mend=said("Give one {unit} a person.", unit=declared.unit.name),
            )
        if declared.default is not None:
            return Vector.of(declared.default)
        blank: NDArray[Any] = np.zeros((), np.bool_ if declared.unit.kind == "flag" else np.int64)
        return Vector(blank, missing=np.ones((), np.bool_))
    own = _values(declared, given, lambda at: _called(at, keys))
    frame = Frame(own.num.size)
    if np.ndim(own.num) == 0 or not frame.waits:
        return own
    den = own.den if isinstance(own.den, int) else lazy.given(own.den, frame)
    return Vector(lazy.given(own.num, frame), den, None, lazy.given(own.missing, frame))


def _values(declared: Input, given: Any, called: Callable[[Any], Any], *, narrow: bool = False) -> Vector:
    """The values of an array; what is masked is missing, or the default. ``narrow``: of one, two or four bytes, too."""
    mask = np.ma.getmaskarray(given) if isinstance(given, np.ma.MaskedArray) else None
    mask = mask if mask is not None and mask.any() else None
    if mask is not None and declared.needed:
        raise InputError(
            said(
                "input {name} is missing for {count} persons, the first {first}",
                name=declared.name,
                count=mask.sum(),
                first=str(called(mask.argmax())),
            ),
            mend="Give it for each of them: only what is optional, or has a default, may be missing.",
        )
    found = _numbers(declared, np.asarray(np.ma.getdata(given)), mask, narrow=narrow)
    hold_share(declared, found, mask)
    if mask is None:
        return found
    blank: Any = found.num.dtype.type(declared.default or 0)
    if not (isinstance(found.den, int) and found.den == 1):
        blank = blank * found.den
    missing = None if declared.default is not None else mask
    return replace(found, num=np.where(mask, blank, found.num), missing=missing)


def _numbers(declared: Input, array: Any, mask: Bools | None, *, narrow: bool) -> Vector:
    """Whole numbers or flags as they are; shares, and results of rules that are given, also as fractions."""
    flag, kind = declared.unit.kind == "flag", array.dtype.kind
    if (kind == "O" and declared.unit.kind == "quantity") or (kind == "f" and declared.unit.is_share):
        return fractions(declared, array, mask)
    if kind not in ("b" if flag else "iu"):
        raise InputError(
            said(
                "input {name} has values of type {type}, not {wanted}",
                name=declared.name,
                type=str(array.dtype),
                wanted=said("flags") if flag else said("whole numbers"),
            ),
            mend="Give flags as booleans, shares as fractions, the rest as whole numbers: centimes, days since 1970.",
        )
    kept = flag or (narrow and mask is None and kind == "i")
    return Vector(np.array(array, array.dtype if kept else np.int64, order="C", copy=None))


def _called(index: Any, keys: NDArray[Any] | None) -> Any:
    return int(index) if keys is None else keys[index]


def given_elements(
    declared: Input, given: Any, keys: NDArray[Any] | None, values: Mapping[str, Any]
) -> RaggedVector:
    """What is given of an input of elements, checked; ``values``: what is known, some of it of the same elements."""
    if given is None:
        raise InputError(
            said("input {name} is not given", name=declared.name),
            mend=said(
                "Give one {unit} an element, and no element for who has none.", unit=declared.unit.name
            ),
        )
    if not isinstance(given, Ragged):
        raise InputError(
            said(
                "input {name} must be a Ragged array, one {unit} an element",
                name=declared.name,
                unit=declared.unit.name,
            ),
            mend="Give Ragged(values, offsets), or a list column to calculate().",
        )
    offsets, owner = kernels.contiguous(given.offsets, np.int64), given.owner
    frame = _frame(offsets, values)
    elements = _values(declared, given.values, lambda at: _called(owner(int(at)), keys), narrow=frame.tiled)
    if declared.unit in {MONTH, YEAR}:
        points: Any = np.ascontiguousarray(elements.num)
        wrong = kernels.unsorted_person(points, offsets)
        if wrong >= 0:
            told = said("months") if declared.unit is MONTH else said("years")
            raise InputError(
                said(
                    "the {points} of person {person} in input {name} do not ascend",
                    points=told,
                    person=str(_called(wrong, keys)),
                    name=declared.name,
                ),
                mend=said("Give each person's {points} once each, in ascending order.", points=told),
            )
    return RaggedVector.of(elements, frame)


def _frame(offsets: Ints, values: Mapping[str, Any]) -> Frame:
    """Which elements are whose: what the same persons own in the same way has one frame."""
    for other in values.values():
        if isinstance(other, RaggedVector) and (
            other.offsets is offsets or np.array_equal(other.offsets, offsets)
        ):
            return other.frame
    return Frame(offsets.size - 1, offsets)


def _default(system: System, declared: Input, inputs: Inputs) -> Ragged | None:
    """The default for each element of the axis, where another input says how many there are."""
    if declared.default is None:
        return None
    for name, other in inputs.items():
        own = system.inputs.get(name)
        if isinstance(other, Ragged) and own and (own.axis, own.entity) == (declared.axis, declared.entity):
            kind = np.int8 if type(declared.default) is int and abs(declared.default) < 128 else None
            return Ragged(np.full(other.values.size, declared.default, kind), other.offsets)
    return None
