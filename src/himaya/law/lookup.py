"""Parameters as arrays: the value in force for each person, or for each month of each career."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from fractions import Fraction
from math import lcm
from typing import TYPE_CHECKING, Any

import numpy as np

from himaya.law import kernels, trace
from himaya.law.parameters import EPOCH, Group, Parameter, Scale, day_number
from himaya.law.ragged import RaggedVector
from himaya.law.vector import Bits, Bools, Ints, Vector, _union, _whole
from himaya.months import first_day, month_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray


@dataclass(frozen=True)
class Gap:
    """A parameter was needed on a date on which it has no value, so that some results are not available."""

    parameter: str
    first_asked: date


@dataclass
class Law:
    """What all look-ups of one evaluation share."""

    on: date
    known: date | None
    bits: Mapping[str, int]
    gaps: dict[str, date] = field(default_factory=dict)
    _series: dict[tuple[str, bool], Series] = field(default_factory=dict)

    def series(self, parameter: Parameter, *, monthly: bool) -> Series:
        """The values of a parameter as arrays, made once."""
        key = (parameter.name, monthly)
        if key not in self._series:
            self._series[key] = _series(parameter, self.known, self.bits.get(parameter.name), monthly=monthly)
        return self._series[key]

    def missed(self, parameter: Parameter, asked: date) -> None:
        """Note that a parameter had no value."""
        self.gaps[parameter.name] = min(asked, self.gaps.get(parameter.name, asked))


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

    @property
    def constant(self) -> bool:
        """Whether the date asked for makes no difference, so that a doubt about it leaves none."""
        return len(self.since) == 1


def _series(parameter: Parameter, known: date | None, bit: int | None, *, monthly: bool) -> Series:
    values = parameter.visible(known)
    since = [day_number(dated.since) for dated in values]
    if monthly:  # a month has the value in force on its first day
        since = [month_of(dated.since - timedelta(days=1)) + 1 for dated in values]
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


class ArrayGroup:
    """A group as rules see it: ``group.name``, ``group.at(dates).name``, ``group.in_month(months).name``."""

    def __init__(self, group: Group, law: Law, when: Any = None, *, monthly: bool = False) -> None:
        self._group, self._law, self._monthly = group, law, monthly
        self._when = Vector(np.array(day_number(law.on), np.int64)) if when is None else when

    def __getattr__(self, name: str) -> Any:
        series = self._law.series(self._group[name], monthly=self._monthly)
        if isinstance(self._when, RaggedVector):
            return replace(self._when, elements=self._read(series, self._when.elements))
        return self._read(series, self._when)

    def at(self, day: Any) -> ArrayGroup:
        """The group as in force on each date."""
        return ArrayGroup(self._group, self._law, day)

    def in_month(self, month: Any) -> ArrayGroup:
        """The group as in force on the first day of each month."""
        return ArrayGroup(self._group, self._law, month, monthly=True)

    def _read(self, series: Series, when: Vector) -> Any:
        keys = _whole(when)
        flat = kernels.contiguous(keys.reshape(-1), np.int64)
        index = kernels.as_of(flat, series.since).reshape(keys.shape)
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
        self._trace(series.parameter, keys)
        doubts = None if series.doubts is None else np.asarray(series.doubts.take(index))
        if doubts is not None and not doubts.any():
            doubts = None
        if not series.constant:
            doubts = _union(doubts, when.doubts)
        missing = _union(missing, when.missing)
        if series.parameter.by is not None:
            return ArrayScale(series, index, doubts, missing)
        num = series.num.take(index) if series.since.size else np.zeros(keys.shape, series.num.dtype)
        return Vector(np.asarray(num), series.den, doubts, missing)

    def _date(self, key: int) -> date:
        return first_day(key) if self._monthly else EPOCH + timedelta(days=key)

    def _missed(self, parameter: Parameter, keys: Ints, unavailable: Any) -> None:
        asked = np.broadcast_to(keys, np.shape(unavailable))[unavailable]
        self._law.missed(parameter, self._date(int(asked.min())))

    def _trace(self, parameter: Parameter, keys: Ints) -> None:
        seen = trace.current()
        if seen is None:
            return
        for key in np.unique(keys):
            on = self._date(int(key))
            dated = parameter.dated(on, self._law.known)
            seen.parameters.setdefault((parameter.name, dated.since if dated else on), (parameter, dated))


@dataclass(frozen=True)
class ArrayScale:
    """A parameter by brackets, chosen by date for each person."""

    series: Series
    index: Any
    doubts: Bits | None
    missing: Bools | None

    def lookup(self, at: Any) -> Vector:
        """Value of the bracket that each person's quantity falls in; not available below the first."""
        asked = Vector.of(at)
        keys = _whole(asked)
        shape = np.broadcast_shapes(keys.shape, np.shape(self.index))
        keys, index = np.broadcast_to(keys, shape), np.broadcast_to(self.index, shape)
        scales = self.series.scales
        den = lcm(1, *(amount.denominator for s in scales if s for amount in s.amounts))
        num, below = np.zeros(shape, np.int64), np.ones(shape, np.bool_)
        for position, scale in enumerate(scales):
            if scale is None:
                continue
            bracket = np.searchsorted(np.array(scale.thresholds, np.int64), keys, side="right") - 1
            amounts = np.array([int(amount * den) for amount in scale.amounts], np.int64)
            mine = (index == position) & (bracket >= 0)
            num = np.where(mine, amounts[np.maximum(bracket, 0)], num)
            below = below & ~mine
        missing = _union(_union(self.missing, asked.missing), below if below.any() else None)
        return Vector(num, den, _union(self.doubts, asked.doubts), missing)
