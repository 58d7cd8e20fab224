"""Exact arrays: one rational number a person, as whole numerators over a common denominator.

Money is whole centimes and every rate of a law is a short decimal, so that all intermediate results are
rationals with small denominators (a mean of 96 months times a rate in per cent: 9,600). They are kept as
``int64`` numerators over one denominator, which is as fast as floating point and never off by a centime: no
rounding but the one the law orders, no tolerance to choose. A result that would not fit 62 bits is an error,
never a wrong number.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import gcd, lcm
from typing import TYPE_CHECKING, Any, ClassVar, cast

import numpy as np
from numpy.typing import NDArray

from himaya.law import kernels
from himaya.law.errors import CalculationError
from himaya.law.values import COMPARISONS, LOGICAL, Value
from himaya.sentence import said

if TYPE_CHECKING:
    from collections.abc import Callable

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
    """

    precedence: ClassVar[int] = 1

    num: Ints | Bools
    den: Denominator = 1
    doubts: Bits | None = None
    missing: Bools | None = None

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
            return cls(_COMPARE[operator](x, y), 1, doubts, missing)
        if operator in {"+", "-"}:
            x, y, den = _aligned(a, b)
            _check_size(x, y, sums=True)
            return cls(x + y if operator == "+" else x - y, den, doubts, missing)
        if operator == "*":
            return _reduced(_times(_int(a), _int(b)), _times(a.den, b.den), doubts, missing)
        if operator in {"/", "//"}:
            return _quotient(operator, a, b, doubts, missing)
        if operator == "only":
            return cls(a.num, a.den, doubts, _union(missing, ~b.num))
        if operator in {"add_years", "add_months"}:
            months = _whole(b) * (12 if operator == "add_years" else 1)
            return cls(_add_months(_whole(a), months), 1, doubts, missing)
        raise NotImplementedError(operator)

    @classmethod
    def unary(cls, operator: str, operand: Any) -> Vector:
        """Elementwise operation on one value."""
        a = cls.of(operand)
        if operator == "available":
            there = np.ones(a.num.shape, np.bool_) if a.missing is None else ~a.missing
            return cls(there)
        if operator == "~":
            return cls(~a.num, 1, a.doubts, a.missing)
        return cls(_UNARY[operator](_int(a), a.den), 1, a.doubts, a.missing)

    @classmethod
    def where(cls, condition: Any, then: Any, otherwise: Any) -> Vector:
        """Elementwise choice; doubts and availability are those of the condition and of the branch taken."""
        c, a, b = cls.of(condition), cls.of(then), cls.of(otherwise)
        x, y, den = (a.num, b.num, 1) if a.num.dtype == np.bool_ else _aligned(a, b)
        doubts = _union(c.doubts, _pick(c.num, a.doubts, b.doubts))
        missing = _union(c.missing, _pick(c.num, a.missing, b.missing))
        return cls(np.where(c.num, x, y), den, doubts, missing)

    def doubted(self, bit: int) -> Vector:
        """The same with one more doubt for every person."""
        return Vector(self.num, self.den, _union(self.doubts, np.array(1 << bit, np.uint64)), self.missing)

    def take(self, positions: Ints, none: Bools | None = None) -> Vector:
        """The values at these positions; without value (and without doubt) where ``none``."""
        num, den, doubts, missing = (
            part if part is None or np.ndim(part) == 0 else part[positions]  # type: ignore[index]
            for part in (self.num, self.den, self.doubts, self.missing)
        )
        num = np.array(np.broadcast_to(cast("Ints", num), positions.shape))
        if none is not None:
            doubts = None if doubts is None else np.where(none, np.uint64(0), doubts)
        return Vector(num, cast("Denominator", den), cast("Bits | None", doubts), _union(missing, none))

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


def _pick(condition: Any, a: Any, b: Any) -> Any:
    if a is None and b is None:
        return None
    if condition.shape == ():  # one branch for all: what is not given at all leaves no mask behind
        return a if condition else b
    zero = (a if a is not None else b).dtype.type(0)
    return np.where(condition, zero if a is None else a, zero if b is None else b)


def _int(v: Vector) -> Ints:
    return cast("Ints", v.num)


def _whole(v: Vector) -> Ints:
    return _int(v) if isinstance(v.den, int) and v.den == 1 else _int(v) // v.den


def _largest(x: Denominator) -> int:
    if isinstance(x, int):
        return abs(x)
    return int(kernels.largest(kernels.contiguous(x.reshape(-1), np.int64)))


def _check_size(x: Denominator, y: Denominator, *, sums: bool = False) -> None:
    a, b = _largest(x), _largest(y)
    if (a + b if sums else a * b) >= _LIMIT:
        raise CalculationError(
            said(
                "a quantity up to {most} no longer fits the 62 bits kept for exact arithmetic", most=max(a, b)
            ),
            mend="Look for an input in the wrong unit; money is given in centimes.",
        )


def _times(x: Any, y: Any) -> Any:
    if np.ndim(y) == 0 and y == 1:
        return x
    if isinstance(x, int) and x == 1:
        return y
    _check_size(x, y)
    return x * y


def _reduced(num: Ints, den: Denominator, doubts: Bits | None, missing: Bools | None) -> Vector:
    """A product, cancelled where a common factor of everything is cheap to see."""
    if isinstance(den, int) and den > 1 and num.shape == ():
        common = gcd(int(num), den)
        num, den = num // common, den // common
    return Vector(num, den, doubts, missing)


def _aligned(a: Vector, b: Vector) -> tuple[Any, Any, Denominator]:
    """Both numerators over one denominator."""
    if isinstance(a.den, int) and isinstance(b.den, int):
        if a.den == b.den:
            return a.num, b.num, a.den
        den: Denominator = lcm(a.den, b.den)
    else:
        den = np.lcm(a.den, b.den)
    return _times(a.num, den // a.den), _times(b.num, den // b.den), den


def _quotient(operator: str, a: Vector, b: Vector, doubts: Bits | None, missing: Bools | None) -> Vector:
    """``a / b`` or ``a // b``; where ``b`` is zero there is no value."""
    num, den = _times(_int(a), b.den), _times(_int(b), a.den)
    zero = den == 0
    if np.any(zero):
        den = np.where(zero, 1, den)
        missing = _union(missing, zero)
    if operator == "//":
        return Vector(_floor(num, den), 1, doubts, missing)
    num = np.where(den < 0, -num, num) if np.any(den < 0) else num
    den = np.abs(den)
    return _reduced(num, int(den) if den.shape == () else den, doubts, missing)


def _logical(operator: str, a: Vector, b: Vector) -> Vector:
    """Three-valued and/or: what one side settles alone owes nothing to the other side.

    Where both sides settle it, the side without doubt is taken.
    """
    both = operator == "&"
    value = a.num & b.num if both else a.num | b.num
    if a.doubts is None and b.doubts is None and a.missing is None and b.missing is None:
        return Vector(value)
    settles_a, settles_b = (~a.num, ~b.num) if both else (a.num, b.num)
    if a.missing is not None:
        settles_a = settles_a & ~a.missing
    if b.missing is not None:
        settles_b = settles_b & ~b.missing
    settled = settles_a | settles_b
    da, db = (
        a.doubts if a.doubts is not None else np.uint64(0),
        b.doubts if b.doubts is not None else np.uint64(0),
    )
    take_b = settles_b & (~settles_a | ((da != 0) & (db == 0)))
    doubts = np.where(settled, np.where(take_b, db, da), da | db).astype(np.uint64)
    missing = _union(a.missing, b.missing)
    return Vector(
        np.where(settled, not both, value), 1, doubts, None if missing is None else missing & ~settled
    )


def _winner(operator: str, a: Vector, b: Vector) -> Vector:
    """The lower or the higher; of two equal ones, the one without doubt."""
    x, y, den = _aligned(a, b)
    num = np.minimum(x, y) if operator == "minimum" else np.maximum(x, y)
    missing = _union(a.missing, b.missing)
    if a.doubts is None and b.doubts is None:
        return Vector(num, den, None, missing)
    lower = operator == "minimum"
    if a.doubts is None or b.doubts is None:  # the doubtful side must win outright
        doubts, wins = (
            (a.doubts, x < y if lower else x > y)
            if b.doubts is None
            else (b.doubts, y < x if lower else y > x)
        )
        if missing is not None:
            wins = wins | missing
        return Vector(num, den, doubts * wins, missing)
    take_a = (x < y if lower else x > y) | ((x == y) & ((a.doubts == 0) | (b.doubts != 0)))
    chosen = np.where(take_a, a.doubts, b.doubts)
    return Vector(
        num, den, chosen if missing is None else np.where(missing, a.doubts | b.doubts, chosen), missing
    )


def _calendar(kernel: Callable[[Ints], Ints], points: Ints) -> Ints:
    """A calendar kernel on points of any shape."""
    flat = kernels.contiguous(points.reshape(-1), np.int64)
    return kernel(flat).reshape(points.shape)


def _add_months(days: Ints, months: Ints) -> Ints:
    month = _calendar(kernels.months_of, days)
    there = month + months
    later = _calendar(kernels.first_days, there) + (days - _calendar(kernels.first_days, month))
    # A month that lacks the day is over when the next one begins.
    found: Ints = np.minimum(later, _calendar(kernels.first_days, there + 1))
    return found


def _month_of(days: Ints, _: Denominator) -> Ints:
    return _calendar(kernels.months_of, days)


def _first_day(months: Ints, _: Denominator) -> Ints:
    return _calendar(kernels.first_days, months)


def _year_of(days: Ints, _: Denominator) -> Ints:
    return _month_of(days, 1) // 12


def _quarter_of(days: Ints, _: Denominator) -> Ints:
    return _month_of(days, 1) % 12 // 3 + 1


_FLOAT = 2**53
"""Below it every whole number is a floating-point number."""


def _floor(num: Ints, den: Any) -> Ints:
    """``num // den``; many times faster where both are arrays of moderate numbers."""
    fast = np.ndim(den) > 0 and num.shape == den.shape and not np.any(den <= 0)
    if not fast or _largest(num) >= _FLOAT or _largest(den) >= _FLOAT:
        return cast("Ints", num // den)
    flat = [kernels.contiguous(each.reshape(-1), np.int64) for each in (num, den)]
    return kernels.floors(*flat).reshape(num.shape)


def _round(num: Ints, den: Denominator) -> Ints:
    return num if isinstance(den, int) and den == 1 else (_times(num, 2) + den) // _times(den, 2)


_UNARY: dict[str, Callable[[Ints, Denominator], Ints]] = {
    "floor": _floor,
    "ceil": lambda num, den: -_floor(-num, den),
    "round": _round,
    "month_of": _month_of,
    "first_day": _first_day,
    "year_of": _year_of,
    "quarter_of": _quarter_of,
}
_COMPARE: dict[str, Callable[[Any, Any], Bools]] = {
    "<": np.less,
    "<=": np.less_equal,
    ">": np.greater,
    ">=": np.greater_equal,
    "==": np.equal,
    "!=": np.not_equal,
}
