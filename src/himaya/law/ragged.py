"""Ragged arrays: a person's elements (declared months, days, wages) as a window on one long array."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar, cast

import numpy as np

from himaya.law import kernels, lazy, trace
from himaya.law.errors import InputError
from himaya.law.lazy import Frame
from himaya.law.machine import Op
from himaya.law.steps import hull
from himaya.law.values import Value
from himaya.law.vector import (
    Bits,
    Bools,
    Ints,
    Sized,
    Vector,
    _aligned,
    _sized,
    _some,
    _union,
    _whole,
    fitting,
    over_one,
)
from himaya.sentence import said

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from himaya.law.steps import Extent


@dataclass(frozen=True, slots=True, eq=False)
class RaggedVector(Value):
    """Exact values of many persons' elements, and the window of elements that counts for each person.

    Parameters
    ----------
    elements
        All elements of all persons, one after the other. Shape ``(elements,)``.
    frame
        Which elements are whose.
    starts, ends
        The part that counts. Shape ``(persons,)``.
    doubts, missing
        Of the window itself, where a bound with a doubt leaves elements out. Shape ``(persons,)`` or None.
    declared
        Whether the elements are a person's own, evidence for what is made of them; not the members of a group.
    """

    precedence: ClassVar[int] = 2

    elements: Vector
    frame: Frame
    starts: Any
    ends: Any
    doubts: Bits | None = None
    missing: Bools | None = None
    declared: bool = True

    @classmethod
    def of(cls, elements: Vector, frame: Frame, *, declared: bool = True) -> RaggedVector:
        """All elements of a frame, to be computed tile by tile if they are many."""
        own: tuple[Any, ...] = (elements.num, elements.missing)
        if frame.tiled:
            own = tuple(lazy.given(part, frame) for part in own)
        num, missing = own
        offsets = cast("Ints", frame.offsets)
        bounds: tuple[Any, ...] = (offsets[:-1], offsets[1:])
        if frame.waits:
            bounds = tuple(lazy.given(each, frame.owners) for each in bounds)
        elements = Vector(num, elements.den, elements.doubts, missing)
        starts, ends = bounds
        return cls(elements, frame, starts, ends, declared=declared)

    @property
    def offsets(self) -> Ints:
        """Person ``i`` owns ``[offsets[i], offsets[i + 1])``. Shape ``(persons + 1,)``."""
        return cast("Ints", self.frame.offsets)

    @classmethod
    def binary(cls, operator: str, left: Any, right: Any) -> RaggedVector:
        """Element by element; a person's value meets each of that person's elements."""
        frame = _frame(left, right)
        return replace(frame, elements=Vector.binary(operator, frame.spread(left), frame.spread(right)))

    @classmethod
    def unary(cls, operator: str, operand: RaggedVector) -> RaggedVector:
        """Element by element."""
        return replace(operand, elements=Vector.unary(operator, operand.elements))

    @classmethod
    def where(cls, condition: Any, then: Any, otherwise: Any) -> RaggedVector:
        """Element by element."""
        frame = _frame(condition, then, otherwise)
        chosen = Vector.where(frame.spread(condition), frame.spread(then), frame.spread(otherwise))
        return replace(frame, elements=chosen)

    def doubted(self, bit: int) -> RaggedVector:
        """The same with one more doubt for every person."""
        return replace(self, doubts=_union(self.doubts, np.array(1 << bit, np.uint64)))

    def spread(self, value: Any) -> Vector:
        """A person's value repeated for each of the person's elements."""
        if isinstance(value, RaggedVector):
            return value.elements
        one = Vector.of(value)
        parts: tuple[Any, ...] = (one.num, one.den, one.doubts, one.missing)
        num, den, doubts, missing = (
            part if part is None or np.ndim(part) == 0 else self._repeated(part) for part in parts
        )
        return Vector(num, den, doubts, missing)

    def _repeated(self, part: Any) -> Any:
        if self.frame.tiled:
            return lazy.spread(part, self.frame)
        return np.repeat(np.asarray(part), np.diff(self.offsets))

    def between(self, months: RaggedVector, since: Any, before: Any) -> RaggedVector:
        """The window narrowed to months in ``[since, before)``; months ascend within a person."""
        narrowed = self
        for bound, upper in ((since, False), (before, True)):
            if bound is not None:
                narrowed = narrowed._narrowed(months, Vector.of(bound), upper=upper)
        return narrowed

    def _narrowed(self, months: RaggedVector, bound: Vector, *, upper: bool) -> RaggedVector:
        cut = months._place(_whole(bound), self.starts, self.ends)
        starts, ends = (self.starts, cut) if upper else (cut, self.ends)
        doubts, missing = self.doubts, self.missing
        if bound.doubts is not None:
            binds = (ends < self.ends) | (starts > self.starts)
            doubts = _union(doubts, lazy.where(binds, bound.doubts, np.uint64(0)))
        return replace(self, starts=starts, ends=ends, doubts=doubts, missing=_union(missing, bound.missing))

    def _place(self, bounds: Any, starts: Any, ends: Any) -> Any:
        """Position of the first of these months at or after each person's bound, within a window, or its end."""
        if self.frame.tiled:
            told = 0, self.frame.size
            return lazy.window(Op.LOWER_BOUND, [self.elements.num], [starts, ends, bounds], told, self.frame)
        return kernels.lower_bound(self._long(self.elements.num), *map(self._each, (starts, ends, bounds)))

    def latest(self, number: Any) -> RaggedVector:
        """The window narrowed to its last ``number`` elements."""
        wanted = Vector.of(number)
        starts = np.maximum(self.starts, self.ends - _whole(wanted))
        doubts = wanted.doubts
        if doubts is not None:
            doubts = lazy.where(starts > self.starts, doubts, np.uint64(0))
        doubts, missing = _union(self.doubts, doubts), _union(self.missing, wanted.missing)
        return replace(self, starts=starts, doubts=doubts, missing=missing)

    def total(self) -> Vector:
        """Sum of the window."""
        self.record()
        own, den = _over_one(self)
        sums = own.sums(own.elements.num)
        return Vector(sums, den, self.doubts_within(), self.missing_within())

    def count(self) -> Vector:
        """Number of elements of the window."""
        self.record()
        return Vector(np.maximum(self.ends - self.starts, 0), 1, self.doubts, self.missing)

    def extreme(self, operator: str) -> Vector:
        """Highest (``maximum``) or lowest (``minimum``) element of the window; missing where it is empty."""
        self.record()
        own, den = _over_one(self)
        op = Op.HIGHEST if operator == "maximum" else Op.LOWEST
        missing = _union(self.missing_within(), self.ends <= self.starts)
        return Vector(own.extremes(op), den, self.doubts_within(), missing)

    def edge(self, position: int) -> Vector:
        """First (0) or last (-1) element of the window; missing where the window is empty."""
        empty = self.ends <= self.starts
        starts, ends = (
            (self.starts, np.minimum(self.starts + 1, self.ends))
            if position == 0
            else (np.maximum(self.ends - 1, self.starts), self.ends)
        )
        one = replace(self, starts=starts, ends=ends)
        one.record()
        own, den = _over_one(one)
        missing = _union(one.missing_within(), empty)
        return Vector(own.extremes(Op.HIGHEST), den, one.doubts_within(), missing)

    def mean_of_best_years(self, months: RaggedVector, years: Any) -> Vector:
        """Mean of the best calendar years of the window."""
        wanted = Vector.of(years)
        self.record()
        own, den = _over_one(self)
        values = self._long(own.elements.num)
        self._check_sums(own.elements)
        window = map(self._each, (self.starts, self.ends, _whole(wanted)))
        sums, taken = kernels.best_years(values, self._long(months.elements.num), *window)
        missing = _union(self.missing_within(), _union(wanted.missing, _some(taken == 0)))
        doubts = _union(self.doubts_within(), wanted.doubts)
        return Vector(sums, np.maximum(taken, 1) * den, doubts, missing)

    def mean_of_best(self, number: Any, among: Any) -> Vector:
        """Mean of the highest elements of the window that count."""
        self.record()
        wanted = Vector.of(number)
        counted, chosen = self._among(among)
        own, den = _over_one(chosen)
        there = own.number(counted)
        taken = np.maximum(np.minimum(there, _whole(wanted)), 0)
        missing = _union(chosen.missing_within(), _union(wanted.missing, _some(taken == 0)))
        doubts = _union(chosen.doubts_within(), wanted.doubts)
        return Vector(own.highest(counted, _whole(wanted)), np.maximum(taken, 1) * den, doubts, missing)

    def rank(self, among: Any) -> RaggedVector:
        """Place of each element of the window among those that count."""
        counted, chosen = self._among(among)
        own, _ = _over_one(self)
        values = self._long(own.elements.num)
        flags = np.ascontiguousarray(np.broadcast_to(counted, values.shape), np.bool_)
        ranks = kernels.ranks(values, flags, *map(self._each, (chosen.starts, chosen.ends)))
        spread = self._spread_all(chosen.doubts_within(), chosen.missing_within())
        return replace(chosen, elements=Vector(ranks, 1, spread.doubts, spread.missing))

    def rolling_total(self, months: RaggedVector, number: Any) -> RaggedVector:
        """Total, for each element of the window, of those of the months that end with its own."""
        wanted = Vector.of(number)
        own, den = _over_one(self)
        self._check_sums(own.elements)
        window = map(self._each, (self.starts, self.ends, _whole(wanted)))
        sums = kernels.rolling_totals(self._long(own.elements.num), self._long(months.elements.num), *window)
        doubts, missing = (
            _union(self.doubts_within(), wanted.doubts),
            _union(self.missing_within(), wanted.missing),
        )
        spread = self._spread_all(doubts, missing)
        return replace(self, elements=Vector(sums, den, spread.doubts, spread.missing))

    def _spread_all(self, doubts: Bits | None, missing: Bools | None) -> Vector:
        """Doubts and gaps of a window for each of its elements."""
        return self.spread(Vector(np.zeros(self.frame.rows, np.int64), 1, doubts, missing))

    def _among(self, among: Any) -> tuple[Bools, RaggedVector]:
        """Which elements count, and the values with 0 in the place of those that do not."""
        if among is None:
            return np.array(True), self
        chosen = RaggedVector.where(among, self, 0)
        held = chosen.spread(among)
        counted = held.num if held.missing is None else held.num & lazy.invert(held.missing)
        return cast("Bools", counted), chosen

    def quarters(self, months: RaggedVector, threshold: Any, most: int) -> Vector:
        """Quarters validated by the pay of the window."""
        self.record()
        other = self.spread(threshold)
        pay, needed, _ = _aligned(self.elements, other)
        self._check_sums(Vector(pay.array, extent=pay.extent))
        points = self._long(months.elements.num)
        starts, ends = map(self._each, (self.starts, self.ends))
        found = kernels.validated_quarters(
            self._long(pay.array), points, self._long(needed.array), starts, ends, most
        )
        doubts = _union(self.elements.doubts, other.doubts)
        missing = _union(self.elements.missing, other.missing)
        both = replace(self, elements=Vector(pay.array, 1, doubts, missing))
        return Vector(found, 1, both.doubts_within(), both.missing_within())

    def any_of(self, flags: Any) -> Any:
        """Whether any of each person's elements has a flag, in the window or not."""
        return RaggedVector.of(Vector(flags), self.frame).union(flags)

    def record(self) -> None:
        """Note which elements count, when a result is being explained."""
        seen = trace.current()
        if seen is not None and self.declared:
            seen.windows.append((self.starts, self.ends, self.offsets))

    def _check_sums(self, elements: Vector) -> Extent:
        """Whether the sum of a window fits, and its extent."""
        own, longest = fitting(_sized(elements), Sized.of(self.frame.longest), int.__mul__)
        low, high = own.extent
        return min(low * longest.largest, 0), max(high * longest.largest, 0)

    def sums(self, values: Any) -> Any:
        """Sum of each window."""
        told = self._check_sums(Vector(values))
        if self.frame.tiled:
            return lazy.total(values, [self.starts, self.ends], told, self.frame)
        return kernels.window_total(self._long(values), *map(self._each, (self.starts, self.ends)))

    def number(self, flags: Any) -> Any:
        """How many elements of each window count."""
        return np.maximum(self.ends - self.starts, 0) if np.ndim(flags) == 0 and flags else self.sums(flags)

    def highest(self, counted: Any, most: Any) -> Any:
        """Sum of the highest elements that count."""
        told = self._check_sums(self.elements)
        values, bounds = self.elements.num, (self.starts, self.ends, most)
        if self.frame.tiled:
            return lazy.window(Op.BEST, [values, counted], bounds, told, self.frame)
        long = self._long(values)
        flags = np.ascontiguousarray(np.broadcast_to(counted, long.shape), np.bool_)
        return kernels.best_elements(long, flags, *map(self._each, bounds))

    def extremes(self, op: Op) -> Any:
        """Highest or lowest element of each window, 0 where it is empty."""
        values, bounds = self.elements.num, (self.starts, self.ends)
        if self.frame.tiled:
            told = hull(lazy.extent(values), (0, 0))
            return lazy.window(op, [values], bounds, told, self.frame)
        starts, ends = map(self._each, bounds)
        return kernels.window_extreme(self._long(values), starts, ends, op is Op.HIGHEST)

    def _long(self, values: Any) -> Ints:
        """As many numbers as there are elements."""
        return kernels.filled(values, self.frame.size)

    def _each(self, values: Any) -> Ints:
        """As many numbers as there are persons."""
        return kernels.filled(values, self.frame.rows)

    def doubts_within(self) -> Bits | None:
        """Doubts of the elements in the window, and of the window itself."""
        each = self.elements.doubts
        if each is None or not lazy.extent(each)[1]:
            return self.doubts
        every = np.ndim(each) == 0
        found = lazy.where(self.ends > self.starts, each, np.uint64(0)) if every else self.union(each)
        return _union(self.doubts, found)  # type: ignore[no-any-return]

    def missing_within(self) -> Bools | None:
        """Whether an element of the window has no value, or the window has none."""
        each = self.elements.missing
        if each is None:
            return self.missing
        found = (self.ends > self.starts) & each if np.ndim(each) == 0 else self.union(each)
        return _union(self.missing, found)  # type: ignore[no-any-return]

    def union(self, bits: Any) -> Any:
        """Union of the bits, or flags, of each window."""
        if self.frame.tiled:
            return lazy.window(Op.ANY, [bits], [self.starts, self.ends], lazy.extent(bits), self.frame)
        words = kernels.contiguous(np.asarray(bits), np.uint64)
        return kernels.window_any(words, *map(self._each, (self.starts, self.ends))).astype(bits.dtype)


def _over_one(ragged: RaggedVector) -> tuple[RaggedVector, int]:
    """The same over one denominator, and this denominator."""
    elements, den = over_one(ragged.elements)
    return replace(ragged, elements=elements), den


def _frame(*operands: Any) -> RaggedVector:
    """The ragged operand whose windows the result has: where windows differ, what all of them share."""
    ragged = [operand for operand in operands if isinstance(operand, RaggedVector)]
    frame: RaggedVector = ragged[0]
    for other in ragged[1:]:
        if other.frame is not frame.frame and not np.array_equal(other.offsets, frame.offsets):
            raise InputError("two ragged arrays with different numbers of elements a person meet in one rule")
        starts, ends = np.maximum(frame.starts, other.starts), np.minimum(frame.ends, other.ends)
        doubts, missing = _union(frame.doubts, other.doubts), _union(frame.missing, other.missing)
        frame = replace(frame, starts=starts, ends=ends, doubts=doubts, missing=missing)
    return frame


@dataclass(frozen=True, slots=True, eq=False)
class Ragged:
    """One array a person, as given to an evaluation.

    Parameters
    ----------
    values
        All elements of all persons, one after the other. Shape ``(elements,)``, whole numbers or flags, masked
        where an optional input is missing.
    offsets
        Person ``i`` owns ``values[offsets[i]:offsets[i + 1]]``. Shape ``(persons + 1,)``, from 0, ascending.
    """

    values: NDArray[Any]
    offsets: NDArray[Any]

    def __post_init__(self) -> None:
        offsets = self.offsets
        if offsets.ndim != 1 or offsets.size == 0 or offsets[0] != 0 or np.any(np.diff(offsets) < 0):
            raise InputError("offsets of a ragged array must start at 0 and never descend")
        if int(offsets[-1]) != self.values.size:
            raise InputError(
                said(
                    "a ragged array has {elements} elements, but its offsets end at {end}",
                    elements=self.values.size,
                    end=offsets[-1],
                )
            )

    def __len__(self) -> int:
        return int(self.offsets.size) - 1

    def owner(self, element: int) -> int:
        """The person whose element it is."""
        return int(np.searchsorted(self.offsets, element, side="right")) - 1
