"""Exact arrays: one rational number a person, as whole numerators over a common denominator.

Money is whole centimes and every rate of a law is a short decimal, so that all intermediate results are
rationals with small denominators (a mean of 96 months times a rate in per cent: 9,600). They are kept as
``int64`` numerators over one denominator, which is as fast as floating point and never off by a centime: no
rounding but the one the law orders, no tolerance to choose. A result that would not fit 62 bits is an error,
never a wrong number.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from fractions import Fraction
from math import gcd, lcm
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, cast

import numpy as np
from numpy.typing import NDArray

from himaya.law import kernels, lazy
from himaya.law.errors import CalculationError
from himaya.law.machine import Op
from himaya.law.steps import EXTENTS, hull
from himaya.law.values import COMPARISONS, LOGICAL, Value
from himaya.sentence import said

if TYPE_CHECKING:
    from collections.abc import Callable

    from himaya.law.steps import Extent

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Bits = NDArray[np.uint64]
Denominator = int | Ints

_LIMIT = 2**62


@dataclass(frozen=True, slots=True, eq=False)
class Vector(Value):
    """One value a person (or one for all, with shape ``()``).

    Parameters
    ----------
    num
        Numerators (``int64``), or flags (``bool``). Shape ``(persons,)`` or ``()``.
    den
        Denominator, positive: one for all, or one a person. 1 for whole numbers and flags.
    doubts
        Bit set of the unverified parameters and rules that set the value, or None: no doubt.
    missing
        True where there is no value, or None: all available.
    extent
        Lowest and highest numerator possible, if known: what shows that nothing overflows.
    derived
        Month, year … of a date, once somebody asked for them.
    """

    precedence: ClassVar[int] = 1

    num: Ints | Bools
    den: Denominator = 1
    doubts: Bits | None = None
    missing: Bools | None = None
    extent: Extent | None = None
    derived: dict[str, Vector] | None = field(default=None, repr=False)

    @classmethod
    def of(cls, value: Any) -> Vector:
        """A literal number, flag or fraction as a value for all persons."""
        if isinstance(value, Vector):
            return value
        if isinstance(value, bool | np.bool_):
            return cls(np.array(value))
        exact = Fraction(str(value)) if isinstance(value, float) else Fraction(value)
        return cls(np.array(exact.numerator, np.int64), exact.denominator)

    @classmethod
    def binary(cls, operator: str, left: Any, right: Any) -> Vector:
        """Elementwise ``left operator right``; shapes broadcast."""
        a, b = cls.of(left), cls.of(right)
        if operator in LOGICAL:
            return _logical(operator, a, b)
        if operator in {"minimum", "maximum"}:
            return _winner(operator, a, b)
        doubts, missing = _union(a.doubts, b.doubts), _union(a.missing, b.missing)
        if operator in COMPARISONS:
            x, y, _ = _aligned(a, b)
            return cls(_COMPARE[operator](x.array, y.array), 1, doubts, missing)
        if operator in {"+", "-"}:
            x, y, den = _aligned(a, b)
            found = _combined(np.add if operator == "+" else np.subtract, x, y)
            return cls(found.array, den, doubts, missing, found.extent)
        if operator == "*":
            found = _combined(np.multiply, _sized(a), _sized(b))
            den = _combined(np.multiply, _divisor(a.den), _divisor(b.den)).array
            return _reduced(found, den if np.ndim(den) else int(den), doubts, missing)
        if operator in {"/", "//"}:
            return _quotient(operator, a, b, doubts, missing)
        if operator == "only":
            return cls(a.num, a.den, doubts, _some(_union(missing, lazy.invert(b.num))), a.extent)
        if operator in {"add_years", "add_months"}:
            months = _whole(b) * (12 if operator == "add_years" else 1)
            return cls(_add_months(a, months), 1, doubts, missing)
        raise NotImplementedError(operator)

    @classmethod
    def unary(cls, operator: str, operand: Any) -> Vector:
        """Elementwise operation on one value."""
        a = cls.of(operand)
        if operator == "available":
            return cls(np.array(True) if a.missing is None else lazy.invert(a.missing))
        if operator == "~":
            return cls(lazy.invert(a.num), 1, a.doubts, a.missing)
        if operator in {"floor", "ceil", "round"}:
            return _rounded(operator, a)
        return a.on_calendar(operator)

    @classmethod
    def where(cls, condition: Any, then: Any, otherwise: Any) -> Vector:
        """Elementwise choice; doubts and availability are those of the condition and of the branch taken."""
        c, a, b = cls.of(condition), cls.of(then), cls.of(otherwise)
        doubts = _union(c.doubts, _pick(c.num, a.doubts, b.doubts))
        missing = _union(c.missing, _pick(c.num, a.missing, b.missing))
        if a.num.dtype == np.bool_:
            return cls(lazy.where(c.num, a.num, b.num), 1, doubts, missing)
        x, y, den = _aligned(a, b)
        chosen = lazy.where(c.num, x.array, y.array)
        return cls(chosen, den, doubts, missing, hull(x.extent, y.extent))

    def on_calendar(self, operator: str) -> Vector:
        """Month, first day, year or quarter: many rules ask for those of one date, which are found once."""
        if self.derived is None:
            object.__setattr__(self, "derived", {})
        known = cast("dict[str, Vector]", self.derived)
        if operator not in known:
            if operator in {"month_of", "first_day"}:
                num = _calendar(Op.MONTH_OF if operator == "month_of" else Op.FIRST_DAY, _whole(self))
            else:
                month = Sized.of(_int(self.on_calendar("month_of")))
                year = lazy.floor(month.array, 12, month.largest)
                num = year if operator == "year_of" else lazy.floor(month.array - year * 12, 3, 11) + 1
            known[operator] = Vector(num, 1, self.doubts, self.missing)
            if operator == "first_day":
                object.__setattr__(known[operator], "derived", {"month_of": self})
        return known[operator]

    def doubted(self, bit: int) -> Vector:
        """The same with one more doubt for every person."""
        return replace(self, doubts=_union(self.doubts, np.array(1 << bit, np.uint64)), derived=None)

    def take(self, positions: Ints, none: Bools | None = None) -> Vector:
        """The values at these positions; without value (and without doubt) where ``none``."""
        parts: tuple[Any, ...] = (self.num, self.den, self.doubts, self.missing)
        num, den, doubts, missing = (
            part if part is None or np.ndim(part) == 0 else lazy.take(part, positions) for part in parts
        )
        if np.ndim(num) == 0:
            num = np.array(np.broadcast_to(num, positions.shape))
        if none is not None:
            doubts = None if doubts is None else lazy.where(none, np.uint64(0), doubts)
        return Vector(num, den, doubts, _union(missing, none))

    def fraction(self, index: int) -> Fraction | bool | None:
        """The exact value of one person, None where there is none."""
        if self.missing is not None and _at(self.missing, index):
            return None
        value = _at(self.num, index)
        return bool(value) if self.num.dtype == np.bool_ else Fraction(int(value), int(_at(self.den, index)))

    def doubts_of(self, index: int) -> int:
        """The doubts of one person's value."""
        return 0 if self.doubts is None else int(_at(self.doubts, index))


def _at(part: Any, index: int) -> Any:
    """One person's part of a value: there may be one for all."""
    flat = np.asarray(part).reshape(-1)
    return flat[0] if flat.size == 1 else flat[index]


def _union(a: Any, b: Any) -> Any:
    if a is None or b is None:
        return b if a is None else a
    return a | b


def _some(bits: Any) -> Any:
    """Doubts or gaps, or None where there are none: what follows has less to do then."""
    if isinstance(bits, lazy.Lazy):
        return bits
    return bits if bits is not None and bits.any() else None


def _pick(condition: Any, a: Any, b: Any) -> Any:
    if a is None and b is None:
        return None
    if condition.shape == ():  # one branch for all: what is not given at all leaves no mask behind
        return a if condition else b
    zero = (a if a is not None else b).dtype.type(0)
    found = lazy.where(condition, zero if a is None else a, zero if b is None else b)
    return found if np.ndim(found) else _some(found)


def _int(v: Vector) -> Ints:
    return cast("Ints", v.num)


def _whole(v: Vector) -> Ints:
    return _int(v) if isinstance(v.den, int) and v.den == 1 else _int(v) // v.den


class Sized(NamedTuple):
    """Whole numbers, and the lowest and highest they can be."""

    array: Any
    extent: Extent

    @classmethod
    def of(cls, array: Any) -> Sized:
        """Numbers as they are."""
        return cls(array, lazy.extent(array))

    @property
    def largest(self) -> int:
        """Highest magnitude possible."""
        return max(self.extent[1], -self.extent[0])


def _sized(v: Vector) -> Sized:
    if v.extent is None:
        object.__setattr__(v, "extent", lazy.extent(v.num))
    return Sized(v.num, cast("Extent", v.extent))


def _divisor(den: Denominator) -> Sized:
    return Sized.of(np.array(den) if isinstance(den, int) else den)


def _combined(ufunc: Any, x: Sized, y: Sized) -> Sized:
    """``ufunc(x, y)``, of sums and products, if it fits."""
    if ufunc is np.multiply:
        if y.extent == (1, 1):
            return x
        if x.extent == (1, 1) and np.ndim(x.array) == 0:
            return y
    x, y = fitting(x, y, int.__mul__ if ufunc is np.multiply else int.__add__)
    return Sized(ufunc(x.array, y.array), EXTENTS[ufunc](x.extent, y.extent))


def fitting(x: Sized, y: Sized, size: Callable[[int, int], int]) -> tuple[Sized, Sized]:
    """Both, if their product or sum fits; raises :class:`CalculationError`."""
    if size(x.largest, y.largest) >= _LIMIT:  # what is possible need not be there
        x, y = (Sized.of(np.asarray(each.array)) for each in (x, y))
        if size(x.largest, y.largest) >= _LIMIT:
            raise _too_large(max(x.largest, y.largest))
    return x, y


def _too_large(most: int) -> CalculationError:
    return CalculationError(
        said("a quantity up to {most} no longer fits the 62 bits kept for exact arithmetic", most=most),
        mend="Look for an input in the wrong unit; money is given in centimes.",
    )


def over_one(v: Vector) -> tuple[Vector, int]:
    """The same over one denominator for all, and this denominator."""
    if isinstance(v.den, int):
        return v, v.den
    den = lcm(*map(int, np.unique(np.asarray(v.den))))
    if den >= _LIMIT:
        raise _too_large(den)
    num = _combined(np.multiply, _sized(v), Sized.of(den // v.den))
    return Vector(num.array, den, v.doubts, v.missing, num.extent), den


def _reduced(num: Sized, den: Denominator, doubts: Bits | None, missing: Bools | None) -> Vector:
    """A product, cancelled where a common factor of everything is cheap to see."""
    if isinstance(den, int) and den > 1 and num.array.shape == ():
        common = gcd(int(num.array), den)
        num, den = Sized.of(num.array // common), den // common
    return Vector(num.array, den, doubts, missing, num.extent)


def _aligned(a: Vector, b: Vector) -> tuple[Sized, Sized, Denominator]:
    """Both numerators over one denominator."""
    x, y = _sized(a), _sized(b)
    if a.den is b.den:
        return x, y, a.den
    if isinstance(a.den, int) and isinstance(b.den, int):
        if a.den == b.den:
            return x, y, a.den
        den: Denominator = lcm(a.den, b.den)
    elif isinstance(a.den, int) and a.den == 1:
        return _combined(np.multiply, x, _divisor(b.den)), y, b.den
    elif isinstance(b.den, int) and b.den == 1:
        return x, _combined(np.multiply, y, _divisor(a.den)), a.den
    else:
        den = np.lcm(a.den, b.den)
    x, y = (
        _combined(np.multiply, each, _divisor(cast("Denominator", den // v.den)))
        for each, v in ((x, a), (y, b))
    )
    return x, y, den


def _quotient(operator: str, a: Vector, b: Vector, doubts: Bits | None, missing: Bools | None) -> Vector:
    """``a / b`` or ``a // b``; where ``b`` is zero there is no value."""
    num, den = (_combined(np.multiply, _sized(each), _divisor(other.den)) for each, other in ((a, b), (b, a)))
    low, high = den.extent
    if low <= 0 <= high:
        zero = den.array == 0
        if isinstance(zero, lazy.Lazy) or np.any(zero):
            den = Sized.of(np.maximum(den.array, 1) if low == 0 else lazy.where(zero, 1, den.array))
            missing = _union(missing, zero)
    if operator == "//":
        return _floor(num, den, doubts, missing)
    if low < 0:
        turned = lazy.where(den.array < 0, -num.array, num.array)
        num, den = Sized.of(turned), Sized.of(np.maximum(den.array, -den.array))
    below = den.array if np.ndim(den.array) else int(den.array)
    return _reduced(num, below, doubts, missing)


def _logical(operator: str, a: Vector, b: Vector) -> Vector:
    """Three-valued and/or: what one side settles alone owes nothing to the other side.

    Where both sides settle it, the side without doubt is taken.
    """
    both = operator == "&"
    value = a.num & b.num if both else a.num | b.num
    if a.doubts is None and b.doubts is None and a.missing is None and b.missing is None:
        return Vector(value)
    settles_a, settles_b = (lazy.invert(a.num), lazy.invert(b.num)) if both else (a.num, b.num)
    if a.missing is not None:
        settles_a = settles_a & lazy.invert(a.missing)
    if b.missing is not None:
        settles_b = settles_b & lazy.invert(b.missing)
    settled = settles_a | settles_b
    da, db = (
        a.doubts if a.doubts is not None else np.uint64(0),
        b.doubts if b.doubts is not None else np.uint64(0),
    )
    take_b = settles_b & (lazy.invert(settles_a) | ((da != 0) & (db == 0)))
    doubts = lazy.where(settled, lazy.where(take_b, db, da), da | db)
    missing = _union(a.missing, b.missing)
    return Vector(
        lazy.where(settled, np.bool_(not both), value),
        1,
        doubts,
        None if missing is None else missing & lazy.invert(settled),
    )


def _winner(operator: str, a: Vector, b: Vector) -> Vector:
    """The lower or the higher; of two equal ones, the one without doubt."""
    x, y, den = _aligned(a, b)
    ufunc = np.minimum if operator == "minimum" else np.maximum
    extent = EXTENTS[ufunc](x.extent, y.extent)
    x, y = x.array, y.array
    num = ufunc(x, y)
    missing = _union(a.missing, b.missing)
    if a.doubts is None and b.doubts is None:
        return Vector(num, den, None, missing, extent)
    lower = operator == "minimum"
    if a.doubts is None or b.doubts is None:  # the doubtful side must win outright
        doubts, wins = (
            (a.doubts, x < y if lower else x > y)
            if b.doubts is None
            else (b.doubts, y < x if lower else y > x)
        )
        if missing is not None:
            wins = wins | missing
        return Vector(num, den, _some(doubts * wins), missing, extent)
    take_a = (x < y if lower else x > y) | ((x == y) & ((a.doubts == 0) | (b.doubts != 0)))
    chosen = lazy.where(take_a, a.doubts, b.doubts)
    if missing is not None:
        chosen = lazy.where(missing, a.doubts | b.doubts, chosen)
    return Vector(num, den, _some(chosen), missing, extent)


def _calendar(op: Op, points: Any) -> Any:
    """Months of days, or first days of months, of any shape."""
    if isinstance(points, lazy.Lazy):
        return lazy.calendar(op, points)
    kernel = kernels.months_of if op is Op.MONTH_OF else kernels.first_days
    return kernel(kernels.contiguous(points.reshape(-1), np.int64)).reshape(points.shape)


def _add_months(days: Vector, months: Ints) -> Ints:
    month = days.on_calendar("month_of")
    there = _int(month) + months
    first, after = (_calendar(Op.FIRST_DAY, each) for each in (there, there + 1))
    # A month that lacks the day is over when the next one begins.
    found: Ints = np.minimum(first + (_int(days) - _int(month.on_calendar("first_day"))), after)
    return found


def _floor(num: Sized, den: Sized, doubts: Bits | None, missing: Bools | None) -> Vector:
    """``num // den``."""
    found = lazy.floor(num.array, den.array, max(num.largest, den.largest) if den.extent[0] > 0 else None)
    extent = EXTENTS[np.floor_divide](num.extent, den.extent)
    return Vector(found, 1, doubts, missing, extent)


def _rounded(operator: str, v: Vector) -> Vector:
    """To a whole number: ``floor``, ``ceil``, or ``round``, half upwards."""
    num, den = _sized(v), _divisor(v.den)
    if den.extent == (1, 1):
        return Vector(v.num, 1, v.doubts, v.missing, num.extent)
    if operator == "round":
        two = Sized.of(2)
        num = _combined(np.add, _combined(np.multiply, num, two), den)
        den = _combined(np.multiply, den, two)
    if operator == "ceil":
        num = Sized(-num.array, EXTENTS[np.negative](num.extent))
    found = _floor(num, den, v.doubts, v.missing)
    if operator != "ceil":
        return found
    low, high = cast("Extent", found.extent)
    return Vector(-_int(found), 1, v.doubts, v.missing, (-high, -low))


_COMPARE: dict[str, Callable[[Any, Any], Bools]] = {
    "<": np.less,
    "<=": np.less_equal,
    ">": np.greater,
    ">=": np.greater_equal,
    "==": np.equal,
    "!=": np.not_equal,
}
