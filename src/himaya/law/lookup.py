"""Parameters as arrays: the value in force for each person, or for each month of each career."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from fractions import Fraction
from functools import cached_property
from math import ceil, lcm, prod
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from himaya.law import kernels, lazy, trace
from himaya.law.parameters import Group, Parameter, Scale, day_number
from himaya.law.ragged import RaggedVector
from himaya.law.values import compounded
from himaya.law.vector import Bits, Bools, Ints, Sized, Vector, _sized, _some, _union, _whole, fitting
from himaya.months import month_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from numpy.typing import NDArray

    from himaya.law.trace import Step


_AXIS: dict[Step, Callable[[date], int]] = {
    "day": day_number,
    "month": lambda since: month_of(since - timedelta(days=1)) + 1,
    "year": lambda since: (since - timedelta(days=1)).year + 1,
}
"""The first day, month or year that a value from a date on holds for."""


@dataclass(frozen=True)
class Gap:
    """A parameter was needed on a date on which it has no value, so that some results are not available."""

    parameter: str
    first_asked: date


def gaps_of(*laws: Law) -> tuple[Gap, ...]:
    """The parameters that lacked a value by any of these, each with the first date that was asked for."""
    found: dict[str, date] = {}
    for law in laws:
        for name, asked in law.gaps.items():
            found[name] = min(asked, found.get(name, asked))
    return tuple(Gap(name, asked) for name, asked in sorted(found.items()))


@dataclass
class Law:
    """What all look-ups of one evaluation share."""

    on: date
    known: date | None
    bits: Mapping[str, int]
    gaps: dict[str, date] = field(default_factory=dict)
    _series: dict[tuple[str, Step], Series] = field(default_factory=dict)

    def series(self, parameter: Parameter, step: Step) -> Series:
        """The values of a parameter as arrays, made once."""
        key = (parameter.name, step)
        if key not in self._series:
            bit = self.bits.get(parameter.name)
            kept = parameter.arrays if self.known is None else {}
            if (step, bit) not in kept:
                kept[step, bit] = _series(parameter, self.known, bit, step)
            self._series[key] = kept[step, bit]
        return self._series[key]

    def missed(self, parameter: Parameter, asked: date) -> None:
        """Note that a parameter had no value."""
        self.gaps[parameter.name] = min(asked, self.gaps.get(parameter.name, asked))


@dataclass(frozen=True)
class Brackets:
    """All scales of a parameter: scale ``s`` owns ``[bounds[s], bounds[s + 1])`` of thresholds and amounts."""

    thresholds: Ints
    amounts: Ints
    den: int
    bounds: Ints


@dataclass(frozen=True)
class Series:
    """A parameter's values: dates ascending; numerators over one denominator; or scales."""

    parameter: Parameter
    since: Ints
    num: NDArray[Any]
    den: int
    scales: tuple[Scale | None, ...]
    doubts: Bits | None
    none: Bools

    @cached_property
    def brackets(self) -> Brackets:
        """The scales of a parameter by brackets, one after the other; a date without value has no bracket."""
        den = lcm(1, *(amount.denominator for s in self.scales if s for amount in s.amounts))
        sizes = [0 if scale is None else len(scale.thresholds) for scale in self.scales]
        thresholds = [at for scale in self.scales if scale for at in scale.thresholds]
        amounts = [int(amount * den) for scale in self.scales if scale for amount in scale.amounts]
        return Brackets(
            np.array(thresholds, np.int64), np.array(amounts, np.int64), den, np.cumsum([0, *(sizes or [0])])
        )

    @property
    def constant(self) -> bool:
        """Whether the date asked for makes no difference, so that a doubt about it leaves none."""
        return len(self.since) == 1


def _series(parameter: Parameter, known: date | None, bit: int | None, step: Step) -> Series:
    values = parameter.visible(known)
    since = [_AXIS[step](dated.since) for dated in values]
    plain = [
        v.value if not isinstance(v.value, Scale) and v.value is not None else Fraction(0) for v in values
    ]
    flag = parameter.unit.kind == "flag"
    den = 1 if flag else lcm(1, *(Fraction(v).denominator for v in plain))
    num = np.array(plain, np.bool_) if flag else np.array([int(v * den) for v in plain], np.int64)
    unverified = np.array([not v.verified for v in values], np.bool_)
    doubts = None
    if bit is not None and unverified.any():
        doubts = np.where(unverified, np.uint64(1 << bit), np.uint64(0))
    return Series(
        parameter,
        np.array(since, np.int64),
        num,
        den,
        tuple(v.value if isinstance(v.value, Scale) else None for v in values),
        doubts,
        np.array([v.value is None for v in values], np.bool_),
    )


_MANY = 1024
"""Fewer keys are looked up one by one."""


class ArrayGroup:
    """A group as rules see it: ``group.name``, or ``group.at(dates).name`` on other dates."""

    def __init__(self, group: Group, law: Law, when: Any = None, step: Step = "day") -> None:
        self._group, self._law, self._step = group, law, step
        self._when = Vector(np.array(day_number(law.on), np.int64)) if when is None else when

    def __getattr__(self, name: str) -> Any:
        series = self._law.series(self._group[name], self._step)
        if isinstance(self._when, RaggedVector):
            read = self._read(series, self._when.elements, self._when.offsets)
            if series.parameter.by is not None:
                return ArrayScale(series, read, self._when)
            return replace(self._when, elements=read)
        read = self._read(series, self._when)
        return read if series.parameter.by is None else ArrayScale(series, read)

    def at(self, day: Any) -> ArrayGroup:
        """The group as in force on each date."""
        return ArrayGroup(self._group, self._law, day)

    def in_month(self, month: Any) -> ArrayGroup:
        """The group as in force on the first day of each month."""
        return ArrayGroup(self._group, self._law, month, "month")

    def in_year(self, year: Any) -> ArrayGroup:
        """The group as in force on the first day of each year."""
        return ArrayGroup(self._group, self._law, year, "year")

    @property
    def history(self) -> ArrayHistories:
        """All values of each parameter, for :func:`~himaya.law.compound`."""
        return ArrayHistories(self._group, self._law)

    def _read(self, series: Series, when: Vector, offsets: Ints | None = None) -> Vector:
        keys = _whole(when)
        for foreseen in (self._of_few(series, when, offsets), self._foreseen(series, when)):
            if foreseen is not None:
                return foreseen
        keys = np.asarray(keys)
        index = lazy.as_of(keys, series.since)
        before = index < 0
        missing: Any = None
        if before.any() or series.none.any():
            at = np.maximum(index, 0)
            unavailable = before | (series.none.take(at) if series.since.size else True)
            if when.missing is not None:
                unavailable = unavailable & ~when.missing
            if np.any(unavailable):
                self._missed(series.parameter, keys, unavailable)
                missing, index = unavailable, at
            index = np.maximum(index, 0)
        self._look(series, keys, offsets, when.missing)
        doubts = None if series.doubts is None else np.asarray(series.doubts.take(index))
        if doubts is not None and not doubts.any():
            doubts = None
        doubts = _union(doubts, self._own_doubts(series, when))
        missing = _union(missing, when.missing)
        if series.parameter.by is not None:
            return Vector(np.asarray(index), 1, doubts, missing)
        num = series.num.take(index) if series.since.size else np.zeros(keys.shape, series.num.dtype)
        return Vector(np.asarray(num), series.den, doubts, missing)

    def _of_few(self, series: Series, when: Vector, offsets: Ints | None) -> Vector | None:
        """Read once for each date from the first to the last, where they are fewer than the keys and all there."""
        keys = _whole(when)
        if keys.size < _MANY or trace.current() is not None:
            return None
        first, last = _sized(when).extent if keys is when.num else lazy.extent(keys)
        if last - first >= keys.size // 4:
            return None
        every = np.arange(first, last + 1)
        index = kernels.as_of(every, series.since)
        if index[0] < 0 or series.none[index].any():
            return None
        own = self._own_doubts(series, when)
        if index[0] == index[-1] and offsets is None:  # one value for all
            found = self._read(series, Vector(np.array(first)))
        else:
            found = self._read(series, Vector(every)).take(keys - first)
        doubts = found.doubts if _some(found.doubts) is not None else None
        return replace(found, doubts=_union(doubts, own), missing=when.missing)

    def _foreseen(self, series: Series, when: Vector) -> Vector | None:
        """Read where it is needed, if there is a value on all dates possible."""
        keys: Any = _whole(when)
        if not isinstance(keys, lazy.Lazy):
            return None
        place = lazy.as_of(keys, series.since)
        low, high = lazy.extent(place)
        if low < 0 or series.none[low : high + 1].any():
            return None
        doubts = None if series.doubts is None else _some(lazy.take(series.doubts, place))
        doubts = _union(doubts, self._own_doubts(series, when))
        if series.parameter.by is not None:
            return Vector(place, 1, doubts, when.missing)
        return Vector(lazy.take(series.num, place), series.den, doubts, when.missing)

    def _own_doubts(self, series: Series, when: Vector) -> Bits | None:
        """Doubts about the date asked for, where another date would give another value."""
        return None if series.constant else when.doubts

    def _look(self, series: Series, keys: Ints, offsets: Ints | None, none: Bools | None) -> None:
        seen = trace.current()
        if seen is not None:
            missing = None if none is None else np.broadcast_to(none, keys.shape)
            look = trace.Look(series.parameter, keys, offsets, self._step, self._law.known, missing)
            seen.looks.append(look)

    def _date(self, key: int) -> date:
        return trace.first_of(key, self._step)

    def _missed(self, parameter: Parameter, keys: Ints, unavailable: Any) -> None:
        asked = np.broadcast_to(keys, np.shape(unavailable))[unavailable]
        self._law.missed(parameter, self._date(int(asked.min())))


@dataclass(frozen=True)
class ArrayHistories:
    """A group of which rules ask for all values of a parameter: ``group.history.name``."""

    group: Group
    law: Law

    def __getattr__(self, name: str) -> ArrayHistory:
        return ArrayHistory(self.law.series(self.group[name], "month"), self.law)


@dataclass(frozen=True)
class ArrayHistory:
    """All values of a parameter, by the months from which they hold."""

    series: Series
    law: Law

    def compound(self, amount: Any, after: Any, until: Any, step: Any) -> Vector:
        """An amount times the values of the months from ``after``, left out, to ``until``, each rounded down."""
        value, first, last, unit = (Vector.of(each) for each in (amount, after, until, step))
        series = self.series
        begins, ends = (lazy.as_of(_whole(each), series.since) + 1 for each in (first, last))
        if trace.current() is not None:
            shape = np.broadcast_shapes(value.num.shape, first.num.shape, last.num.shape)
            self._look(last, np.broadcast_to(begins, shape), np.broadcast_to(ends, shape))
        whole = [isinstance(each.den, int) and each.den == 1 for each in (value, unit)]
        if not all(whole) or unit.num.shape != () or int(unit.num) != 1 or series.doubts is not None:
            return cast("Vector", compounded(value, self._values(), first, last, unit))
        growth = prod(max(Fraction(n, series.den), Fraction(1)) for n in series.num.tolist())
        amounts, most = fitting(_sized(value), Sized.of(ceil(growth * series.den)), int.__mul__)
        told = min(amounts.extent[0], 0) * most.largest, max(amounts.extent[1], 0) * most.largest
        num = lazy.compound(amounts.array, begins, ends, series.num, series.den, told)
        doubts = (
            _union(value.doubts, _union(first.doubts, last.doubts)) if series.since.size else value.doubts
        )
        if unit.doubts is not None:
            doubts = _union(doubts, lazy.where(ends > begins, unit.doubts, np.uint64(0)))
        missing = value.missing
        if series.since.size:
            missing = _union(missing, _union(first.missing, last.missing))
        if series.none.any():
            unknown = np.concatenate([[0], np.cumsum(series.none)])
            none = lazy.take(unknown, np.maximum(ends, begins)) > lazy.take(unknown, begins)
            self._missed(none if missing is None else none & lazy.invert(missing))
            missing = _union(missing, none)
        return Vector(num, 1, doubts, missing)

    def _values(self) -> Iterator[tuple[int, Vector]]:
        series = self.series
        for place, month in enumerate(series.since.tolist()):
            doubts = None if series.doubts is None else np.asarray(series.doubts[place])
            none = np.asarray(series.none[place]) if series.none[place] else None
            yield month, Vector(np.asarray(series.num[place]), series.den, doubts, none)

    def _missed(self, none: Bools) -> None:
        if none.any():
            first = int(self.series.since[np.argmax(self.series.none)])
            self.law.missed(self.series.parameter, trace.first_of(first, "month"))

    def _look(self, last: Vector, begins: Ints, ends: Ints) -> None:
        """Note each value that somebody's amount was multiplied by; of the others the last one, as of the end."""
        seen = cast("trace.Trace", trace.current())
        for place, month in enumerate(self.series.since.tolist()):
            due = (begins <= place) & (place < ends)
            if due.any():
                keys = np.where(due, month, _whole(last))
                none = None if last.missing is None else np.broadcast_to(last.missing, keys.shape)
                look = trace.Look(self.series.parameter, keys, None, "month", self.law.known, none)
                seen.looks.append(look)


@dataclass(frozen=True)
class ArrayScale:
    """A parameter by brackets: which scale is in force, for each person, or for each element of ``frame``."""

    series: Series
    chosen: Vector
    frame: RaggedVector | None = None

    def lookup(self, at: Any) -> Vector | RaggedVector:
        """Value of the bracket that each quantity falls in; not available below the first."""
        frame = at if isinstance(at, RaggedVector) else self.frame
        if frame is None:
            return self._found(self.chosen, Vector.of(at))
        chosen = self.chosen if self.frame is not None else frame.spread(self.chosen)
        return replace(frame, elements=self._found(chosen, frame.spread(at)))

    def _found(self, chosen: Vector, asked: Vector) -> Vector:
        scales, keys = cast("Ints", chosen.num), _whole(asked)
        table = self.series.brackets
        few = _of_few_brackets(scales, keys, table)
        if few is None:
            shape = np.broadcast_shapes(np.shape(keys), np.shape(scales))
            index, flat = (
                kernels.contiguous(np.broadcast_to(each, shape).reshape(-1), np.int64)
                for each in (scales, keys)
            )
            found = kernels.by_bracket(index, flat, table.thresholds, table.amounts, table.bounds)
            num, below = (each.reshape(shape) for each in found)
            none = below if below.any() else None
        else:
            num, none = few
        missing = _union(_union(chosen.missing, asked.missing), none)
        return Vector(num, table.den, _union(chosen.doubts, asked.doubts), missing)


def _of_few_brackets(scales: Ints, keys: Ints, table: Brackets) -> tuple[Ints, Bools | None] | None:
    """Amounts through a table by scale and key, where there are few of both, and where there is none."""
    size = max(np.size(scales), np.size(keys))
    if size < _MANY:
        return None
    (low, high), (first, last) = lazy.extent(scales), lazy.extent(keys)
    width, count = last - first + 1, high - low + 1
    if width * count > size // 4:
        return None
    every = np.arange(width * count)
    amounts, below = kernels.by_bracket(
        every // width + low, every % width + first, table.thresholds, table.amounts, table.bounds
    )
    at = (scales - low) * width + (keys - first)
    return lazy.take(amounts, at), lazy.take(below, at) if below.any() else None
