"""Evaluation of a law for many persons at once."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from himaya.errors import nearest
from himaya.law import kernels, lazy
from himaya.law.bounds import fractions, hold, hold_share, same_elements
from himaya.law.errors import CalculationError, InputError, LawError
from himaya.law.lazy import Frame, Lazy
from himaya.law.links import ArrayLink, Members
from himaya.law.lookup import ArrayGroup, Gap, Law
from himaya.law.parameters import day_number
from himaya.law.program import compute
from himaya.law.ragged import Ragged, RaggedVector
from himaya.law.rules import LAW_DATE, Input, Rule, plain_day
from himaya.law.units import MONTH, YEAR, Cases, Unit
from himaya.law.vector import Bits, Bools, Ints, Vector, _rounded
from himaya.sentence import said, verbatim

if TYPE_CHECKING:
    from datetime import date

    from numpy.typing import NDArray

    from himaya.law.system import System

Inputs = Mapping[str, Any]
"""By name: an array (masked where an optional input is missing), a :class:`Ragged`, or one value for all."""


@dataclass(frozen=True)
class Result:
    """One quantity for all persons.

    Parameters
    ----------
    name, unit
        What it is.
    values
        ``int64`` (money in centimes), ``bool``, or ``float64`` where exact values are not whole; 0 where not
        available. Shape ``(persons,)``, or ``(elements,)`` for a ragged quantity.
    available
        False where the law or the inputs give no value. Same shape.
    doubts
        Bit ``i`` is set where the value rests on ``sources[i]``. Same shape.
    sources
        The unverified parameters and rules.
    offsets
        Of a ragged quantity, else None.
    """

    name: str
    unit: Unit
    values: NDArray[Any]
    available: Bools
    doubts: Bits
    sources: tuple[str, ...]
    exact: Vector
    offsets: Ints | None = None

    @property
    def unverified(self) -> Bools:
        """Where the value rests on something nobody has verified."""
        doubtful: Bools = self.doubts != 0
        return doubtful

    def unverified_because(self, index: int) -> tuple[str, ...]:
        """Names of the unverified parameters and rules that set one person's value."""
        bits = int(self.doubts[index])
        return tuple(name for i, name in enumerate(self.sources) if bits >> i & 1)

    def rounded(self) -> Ints:
        """Whole numbers, the nearest (half upwards), from the exact values: money in whole centimes."""
        whole: Ints = np.broadcast_to(
            np.asarray(_rounded("round", self.exact).num, np.int64), self.values.shape
        )
        return np.where(self.available, whole, 0)

    def names(self) -> NDArray[np.str_]:
        """Names of the cases of a status or reason."""
        if not isinstance(self.unit, Cases):
            raise InputError(
                said("{name} is not one of a list of cases, but {unit}", name=self.name, unit=self.unit.name)
            )
        names: NDArray[np.str_] = np.array([*self.unit.members], np.str_)[self.values]
        return names


@dataclass(frozen=True)
class Evaluation(Mapping[str, Result]):
    """Results by name of target; ``gaps`` lists the parameters without a value on a date that was needed."""

    results: Mapping[str, Result]
    gaps: tuple[Gap, ...]
    on: date
    known: date | None

    def __getitem__(self, name: str) -> Result:
        if name not in self.results:
            raise InputError(said("'{name}' was not evaluated", name=name), mend=nearest(name, self.results))
        return self.results[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.results)

    def __len__(self) -> int:
        return len(self.results)


NOTHING = Vector(np.zeros((), np.int64), missing=np.ones((), np.bool_))
"""What stands for a quantity that only a link would reach that is left out."""


def evaluate(
    system: System,
    targets: Collection[str],
    inputs: Inputs,
    *,
    on: date,
    known: date | None = None,
    keys: NDArray[Any] | None = None,
) -> Evaluation:
    """Evaluate targets for many persons.

    Parameters
    ----------
    system
        The law.
    targets
        Names of rules.
    inputs
        The system's inputs, and any rule's result: where given (not masked) it takes the place of the rule.
    on
        Date of law.
    known
        Date of knowledge of the law: values decided later are not seen. None: all.
    keys
        What errors call the persons by; their positions, if None. Shape ``(persons,)``.

    Raises
    ------
    LawError
        One of its subclasses, naming rule, input or parameter.
    """
    if known is not None:
        plain_day(known, said("the date of knowledge of the law"))
    rules = system.needed(targets, on, system.left_out(inputs))
    sources = sources_of(system, rules)
    law = Law(on, known, {name: bit for bit, name in enumerate(sources)})
    values, sizes = take_inputs(system, inputs, rules, on, keys)
    apply_all(rules, values, system, lambda _: law, inputs, targets)
    compute(part for name in targets for part in parts(values[name]))
    results = results_of(system, rules, {name: values[name] for name in targets}, sizes, sources)
    gaps = tuple(Gap(name, asked) for name, asked in sorted(law.gaps.items()))
    return Evaluation(results, gaps, on, known)


def apply_all(
    rules: Collection[Rule],
    values: dict[str, Any],
    system: System,
    law: Callable[[Rule], Law],
    inputs: Inputs,
    wanted: Collection[str],
) -> None:
    """Evaluate rules one after the other on ``values``, which has the results then; those not wanted are dropped."""
    uses = Counter(argument for each in rules for argument in each.arguments)
    uses.update(wanted)
    for each in rules:
        value = values[each.name] = apply(each, values, system, law(each), given=inputs.get(each.name))
        keep(value, kept=uses[each.name] > 1)
        for argument in each.arguments:
            uses[argument] -= 1
            if uses[argument] == 0:
                keep(values.pop(argument, None), kept=False)


def parts(value: Any) -> Iterator[Lazy]:
    """The arrays of a value that are computed where they are needed."""
    if isinstance(value, RaggedVector):
        yield from parts(value.elements)
        own: tuple[Any, ...] = (value.starts, value.ends, value.doubts, value.missing)
    elif isinstance(value, Vector):
        own = (value.num, value.den, value.doubts, value.missing)
    else:  # a link, or what a link is left out for
        own = ()
    yield from (part for part in own if isinstance(part, Lazy))


def keep(value: Any, *, kept: bool) -> None:
    """Have what more rules are to use computed once."""
    for part in parts(value):
        part.kept = kept


def sources_of(system: System, rules: Collection[Rule]) -> tuple[str, ...]:
    """Unverified parameters and rules that these rules can rest on; at most 64, one bit each."""
    doubtful = system.unverified
    found = {name for each in rules for name in system.reads[each.place] if name in doubtful}
    found |= {each.name for each in rules if not each.verified}
    if len(found) > 64:
        raise CalculationError(
            said(
                "the targets rest on {count} unverified parameters and rules; 64 can be followed at once",
                count=len(found),
            ),
            mend="Evaluate fewer targets at once, or verify some of them.",
        )
    return tuple(sorted(found))


def apply(each: Rule, values: Mapping[str, Any], system: System, law: Law, *, given: Any = None) -> Any:
    """Evaluate one rule on values already computed."""
    if given is not None and system.shapes[each.name].axis is not None:
        return _ragged(Input(each.name, each.unit), given, None, values)
    arguments = [
        values[name]
        if name in values
        else ArrayGroup(system.groups[name], law)
        if name in system.groups
        else NOTHING
        for name in each.arguments
    ]
    try:
        result = each(*arguments)
    except LawError as error:
        raise type(error)(
            said("rule {name} on {on}: {what}", name=each.name, on=law.on, what=error.what),
            where=error.where or each.place,
            why=error.why,
            mend=error.mend,
        ) from error
    except Exception as error:
        raise CalculationError(
            said(
                "rule {name} failed on {on}: {reason}", name=each.name, on=law.on, reason=verbatim(str(error))
            ),
            where=each.place,
            mend="A rule may only use the operators of himaya.law.",
        ) from error
    if not isinstance(result, RaggedVector):
        result = Vector.of(result)
    if not each.verified:
        result = result.doubted(law.bits[each.name])
    if given is not None:
        own = _array(Input(each.name, each.unit, optional=True), given, None)
        result = own if own.missing is None else Vector.where(Vector(~own.missing), own, result)
    return result


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
            values[name] = _array(declared, inputs.get(name), keys)
        else:
            own = _ragged(declared, inputs.get(name, _default(system, declared, inputs)), keys, values)
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


def _array(declared: Input, given: Any, keys: NDArray[Any] | None) -> Vector:
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


def _ragged(
    declared: Input, given: Any, keys: NDArray[Any] | None, values: Mapping[str, Any]
) -> RaggedVector:
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


def result_of(each: Rule, value: Any, persons: int, sources: tuple[str, ...]) -> Result:
    """A quantity as it leaves an evaluation."""
    offsets = None
    vector, shape = value, (persons,)
    if isinstance(value, RaggedVector):
        offsets, vector, shape = value.offsets, value.elements, (value.frame.size,)
    vector = computed(vector)
    missing = np.zeros(shape, np.bool_) if vector.missing is None else np.broadcast_to(vector.missing, shape)
    doubts = np.zeros(shape, np.uint64) if vector.doubts is None else np.broadcast_to(vector.doubts, shape)
    doubts = np.where(missing, np.uint64(0), doubts)  # what is not there rests on nothing
    num: NDArray[Any] = np.broadcast_to(vector.num, shape)
    if vector.num.dtype != np.bool_ and not (isinstance(vector.den, int) and vector.den == 1):
        num = num / vector.den
    values = np.where(missing, num.dtype.type(0), num)
    return Result(each.name, each.unit, values, ~missing, doubts, sources, vector, offsets)


def results_of(
    system: System,
    rules: Iterable[Rule],
    found: Mapping[str, Any],
    sizes: Mapping[str, int],
    sources: tuple[str, ...],
) -> dict[str, Result]:
    """The quantities found, as they leave an evaluation."""
    own = {each.name: each for each in rules}
    return {
        name: result_of(own[name], value, sizes[system.shapes[name].entity], sources)
        for name, value in found.items()
    }


def computed(value: Vector) -> Vector:
    """The same, all arrays computed."""
    own: tuple[Any, ...] = (value.num, value.den, value.doubts, value.missing)
    num, den, doubts, missing = (part.whole() if isinstance(part, Lazy) else part for part in own)
    return Vector(num, den, doubts, missing)
