"""Ragged arrays: a person's elements (declared months, days, wages) as a window on one long array."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar, cast

import numpy as np

from himaya.law import kernels, lazy, trace
from himaya.law.errors import InputError
from himaya.law.lazy import Lazy
from himaya.law.values import Value
from himaya.law.vector import (
    Bits,
    Bools,
    Ints,
    Sized,
    Vector,
    _aligned,
    _int,
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


@dataclass(frozen=True, slots=True, eq=False)
class RaggedVector(Value):
    """Exact values of many persons' elements, and the window of elements that counts for each person.

    Parameters
    ----------
    elements
        All elements of all persons, one after the other. Shape ``(elements,)``.
    offsets
        Person ``i`` owns ``[offsets[i], offsets[i + 1])``. Shape ``(persons + 1,)``.
    starts, ends
        The part that counts. Shape ``(persons,)``.
    doubts, missing
        Of the window itself, where a bound with a doubt leaves elements out. Shape ``(persons,)`` or None.
    declared
        Whether the elements are a person's own, evidence for what is made of them; not the members of a group.
    """

    precedence: ClassVar[int] = 2

    elements: Vector
    offsets: Ints
    starts: Ints
    ends: Ints
    doubts: Bits | None = None
    missing: Bools | None = None
    declared: bool = True

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
        every = np.full(self.starts.size, 1 << bit, np.uint64)
        return replace(self, doubts=_union(self.doubts, every))

    def tiled(self) -> RaggedVector:
        """The same, of elements that what follows is done with tile by tile, if they are many."""
        if self.elements.num.size < lazy.SMALL:
            return self
        frame = lazy.Frame.of(self.offsets)
        parts: tuple[Any, ...] = (self.elements.num, self.elements.missing)
        num, missing = (
            part if np.ndim(part) == 0 else cast("Any", Lazy.given(part, frame)) for part in parts
        )
        elements = Vector(num, self.elements.den, self.elements.doubts, missing)
        return replace(self, elements=elements)

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
        own = self.elements.num
        if isinstance(own, Lazy):
            return lazy.spread(part, own.frame)
        if part.dtype != np.int64:
            return np.repeat(part, np.diff(self.offsets))
        found = np.empty(self.offsets[-1], np.int64)
        kernels.spread(kernels.contiguous(part, np.int64), self.offsets, 0, part.size, found)
        return found

    def between(self, months: RaggedVector, since: Any, before: Any) -> RaggedVector:
        """The window narrowed to months in ``[since, before)``; months ascend within a person."""
        narrowed = self
        for bound, upper in ((since, False), (before, True)):
            if bound is not None:
                narrowed = narrowed._narrowed(months, Vector.of(bound), upper=upper)
        return narrowed

    def _narrowed(self, months: RaggedVector, bound: Vector, *, upper: bool) -> RaggedVector:
        bounds = np.ascontiguousarray(np.broadcast_to(_whole(bound), self.starts.shape), np.int64)
        points, own = months._points, months.elements.num
        firsts, whole = own.edges() if isinstance(own, Lazy) else kernels.edges(points, self.offsets)
        cut = kernels.lower_bound(points, self.offsets, firsts, whole, self.starts, self.ends, bounds)
        starts, ends = (self.starts, cut) if upper else (cut, self.ends)
        doubts, missing = self.doubts, self.missing
        if bound.doubts is not None:
            binds = (ends < self.ends) | (starts > self.starts)
            doubts = _union(doubts, np.where(binds, bound.doubts, np.uint64(0)))
        if bound.missing is not None:
            missing = _union(missing, np.broadcast_to(bound.missing, starts.shape))
        return replace(self, starts=starts, ends=ends, doubts=doubts, missing=missing)

    def latest(self, number: Any) -> RaggedVector:
        """The window narrowed to its last ``number`` elements."""
        wanted = Vector.of(number)
        starts = np.maximum(self.starts, self.ends - _whole(wanted))
        missing = wanted.missing
        if missing is not None:
            missing = np.broadcast_to(missing, starts.shape)
        doubts = wanted.doubts
        if doubts is not None:
            doubts = np.where(starts > self.starts, doubts, np.uint64(0))
        return replace(
            self, starts=starts, doubts=_union(self.doubts, doubts), missing=_union(self.missing, missing)
        )

    def total(self) -> Vector:
        """Sum of the window."""
        self.record()
        own, den = _over_one(self)
        self._check_sums(own.elements)
        sums = self._totals(own.elements.num)
        return Vector(
            sums, den, self.doubts_within(self.starts, self.ends), self.missing_within(self.starts, self.ends)
        )

    def count(self) -> Vector:
        """Number of elements of the window."""
        self.record()
        return Vector(np.maximum(self.ends - self.starts, 0), 1, self.doubts, self.missing)

    def extreme(self, operator: str) -> Vector:
        """Highest (``maximum``) or lowest (``minimum``) element of the window; missing where it is empty."""
        self.record()
        own, den = _over_one(self)
        values = self._long(own.elements.num)
        found, empty = kernels.window_extreme(values, self.starts, self.ends, operator == "maximum")
        missing = _union(self.missing_within(self.starts, self.ends), empty)
        return Vector(found, den, self.doubts_within(self.starts, self.ends), missing)

    def edge(self, position: int) -> Vector:
        """First (0) or last (-1) element of the window; missing where the window is empty."""
        empty = self.ends <= self.starts
        at = np.where(empty, 0, self.starts if position == 0 else self.ends - 1)
        one = replace(self, starts=at, ends=np.where(empty, at, at + 1))
        one.record()
        if self.elements.num.size == 0:
            return Vector(np.zeros(at.size, np.int64), 1, self.doubts, np.ones(at.size, np.bool_))
        den = self.elements.den
        num = self._long(_int(self.elements))[at]
        missing = _union(one.missing_within(one.starts, one.ends), empty)
        return Vector(
            num, den if isinstance(den, int) else den[at], one.doubts_within(one.starts, one.ends), missing
        )

    def mean_of_best_years(self, months: RaggedVector, years: Any) -> Vector:
        """Mean of the best calendar years of the window."""
        wanted = Vector.of(years)
        self.record()
        most = np.ascontiguousarray(np.broadcast_to(_whole(wanted), self.starts.shape), np.int64)
        own, den = _over_one(self)
        values = self._long(own.elements.num)
        self._check_sums(own.elements)
        sums, taken = kernels.best_years(values, months._points, self.starts, self.ends, most)
        missing = _union(
            self.missing_within(self.starts, self.ends), _union(wanted.missing, _some(taken == 0))
        )
        doubts = _union(self.doubts_within(self.starts, self.ends), wanted.doubts)
        return Vector(sums, np.maximum(taken, 1) * den, doubts, missing)

    def mean_of_best(self, number: Any, among: Any) -> Vector:
        """Mean of the highest elements of the window that count."""
        self.record()
        wanted = Vector.of(number)
        most = np.ascontiguousarray(np.broadcast_to(_whole(wanted), self.starts.shape), np.int64)
        counted, chosen = self._among(among)
        own, den = _over_one(chosen)
        self._check_sums(own.elements)
        sums, taken = _best(own, counted, most)
        missing = _union(
            chosen.missing_within(chosen.starts, chosen.ends), _union(wanted.missing, _some(taken == 0))
        )
        doubts = _union(chosen.doubts_within(chosen.starts, chosen.ends), wanted.doubts)
        return Vector(sums, np.maximum(taken, 1) * den, doubts, missing)

    def rank(self, among: Any) -> RaggedVector:
        """Place of each element of the window among those that count."""
        counted, chosen = self._among(among)
        own, _ = _over_one(self)
        values = self._long(own.elements.num)
        flags = np.ascontiguousarray(np.broadcast_to(counted, values.shape), np.bool_)
        ranks = kernels.ranks(values, flags, chosen.starts, chosen.ends)
        doubts = chosen.doubts_within(chosen.starts, chosen.ends)
        missing = chosen.missing_within(chosen.starts, chosen.ends)
        spread = chosen.spread(Vector(np.zeros_like(chosen.starts), 1, doubts, missing))
        return replace(chosen, elements=Vector(ranks, 1, spread.doubts, spread.missing))

    def rolling_total(self, months: RaggedVector, number: Any) -> RaggedVector:
        """Total, for each element of the window, of those of the months that end with its own."""
        wanted = Vector.of(number)
        own, den = _over_one(self)
        self._check_sums(own.elements)
        length = kernels.contiguous(np.broadcast_to(_whole(wanted), self.starts.shape), np.int64)
        values = self._long(own.elements.num)
        sums = kernels.rolling_totals(values, months._points, self.starts, self.ends, length)
        doubts = _union(self.doubts_within(self.starts, self.ends), wanted.doubts)
        missing = _union(self.missing_within(self.starts, self.ends), wanted.missing)
        spread = self.spread(Vector(np.zeros_like(self.starts), 1, doubts, missing))
        return replace(self, elements=Vector(sums, den, spread.doubts, spread.missing))

    def _among(self, among: Any) -> tuple[Bools, RaggedVector]:
        """Which elements count, and the values with 0 in the place of those that do not."""
        if among is None:
            return np.ones(int(self.offsets[-1]), np.bool_), self
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
        found = kernels.validated_quarters(
            self._long(pay.array), months._points, self._long(needed.array), self.starts, self.ends, most
        )
        both = replace(
            self,
            elements=Vector(
                pay.array,
                1,
                _union(self.elements.doubts, other.doubts),
                _union(self.elements.missing, other.missing),
            ),
        )
        doubts, missing = (
            both.doubts_within(self.starts, self.ends),
            both.missing_within(self.starts, self.ends),
        )
        return Vector(found, 1, doubts, missing)

    def record(self) -> None:
        """Note which elements count, when a result is being explained."""
        seen = trace.current()
        if seen is not None and self.declared:
            seen.windows.append((self.starts, self.ends, self.offsets))

    def _check_sums(self, elements: Vector) -> None:
        """Whether the sum of a window fits."""
        fitting(_sized(elements), Sized.of(self._longest), int.__mul__)

    def _totals(self, values: Any) -> Ints:
        """Sum of each window: by tiles, or as a difference of running sums where they are used again."""
        if not isinstance(values, Lazy):
            return kernels.window_total(self._long(values), self.starts, self.ends)
        if values.pending:
            return lazy.total(values, self.starts, self.ends)
        sums = values.sums()
        found = sums[np.maximum(self.ends, self.starts)] - sums[self.starts]
        return kernels.contiguous(found, np.int64)

    @property
    def _longest(self) -> int:
        """Elements of the longest window."""
        return int((self.ends - self.starts).max(initial=0))

    @property
    def _points(self) -> Any:
        """Months or years, as the kernels take them."""
        own: Any = self.elements.num
        return own.stored() if isinstance(own, Lazy) else self._long(own)

    def _long(self, values: Any) -> Ints:
        if isinstance(values, Lazy):
            values = values.whole()
        return kernels.contiguous(np.broadcast_to(values, (int(self.offsets[-1]),)), np.int64)

    def doubts_within(self, starts: Ints, ends: Ints) -> Bits | None:
        """Doubts of the elements in these windows, and of the windows themselves."""
        each = self.elements.doubts
        if each is None or not lazy.extent(each)[1]:
            return self.doubts
        every = np.ndim(each) == 0
        found = np.where(ends > starts, each, np.uint64(0)) if every else _any(each, starts, ends)
        return _union(self.doubts, found)  # type: ignore[no-any-return]

    def missing_within(self, starts: Ints, ends: Ints) -> Bools | None:
        """Whether an element of these windows has no value, or the windows have none."""
        each = self.elements.missing
        if each is None:
            return self.missing
        found = (ends > starts) & each if np.ndim(each) == 0 else _any(each, starts, ends) != 0
        return _union(self.missing, found)  # type: ignore[no-any-return]


def _over_one(ragged: RaggedVector) -> tuple[RaggedVector, int]:
    """The same over one denominator, and this denominator."""
    elements, den = over_one(ragged.elements)
    return replace(ragged, elements=elements), den


def _best(ragged: RaggedVector, counted: Any, most: Ints) -> tuple[Ints, Ints]:
    """Sums of the highest elements that count, and how many they are."""
    values, starts, ends = ragged.elements.num, ragged.starts, ragged.ends
    if isinstance(values, Lazy):
        return lazy.best(values, counted, most, starts, ends)
    shape = (int(ragged.offsets[-1]),)
    flags = np.ascontiguousarray(np.broadcast_to(counted, shape), np.bool_)
    long = kernels.contiguous(np.broadcast_to(values, shape), np.int64)
    return kernels.best_elements(long, flags, starts, ends, most)


def _any(bits: Any, starts: Ints, ends: Ints) -> Bits:
    """Union of the bits of each window."""
    if not isinstance(bits, Lazy) or not bits.pending:
        return kernels.window_any(kernels.contiguous(np.asarray(bits), np.uint64), starts, ends)
    return lazy.union(bits, starts, ends)


def _frame(*operands: Any) -> RaggedVector:
    """The ragged operand whose windows the result has: where windows differ, what all of them share."""
    ragged = [operand for operand in operands if isinstance(operand, RaggedVector)]
    frame: RaggedVector = ragged[0]
    for other in ragged[1:]:
        if other.offsets is not frame.offsets and not np.array_equal(other.offsets, frame.offsets):
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

    def as_value(self, elements: Vector) -> RaggedVector:
        """The value that rules work on, of these elements once checked."""
        offsets = kernels.contiguous(self.offsets, np.int64)
        return RaggedVector(elements, offsets, offsets[:-1].copy(), offsets[1:].copy()).tiled()
