"""The static check: every rule is evaluated once on units instead of numbers.

Because rules are straight-line functions, one evaluation on units visits every operation: unknown parameters,
clashes of unit, branches that cannot run on arrays and forgotten reducers all come to light when a system is
assembled, without any data.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from himaya.law.errors import UnitError
from himaya.law.units import DATE, FLAG, MONTH, MONTHS, NUMBER, QUARTERS, YEARS, Unit
from himaya.law.values import COMPARISONS, LOGICAL, Value

if TYPE_CHECKING:
    from himaya.law.parameters import Group, Parameter


@dataclass(frozen=True, slots=True, eq=False)
class Probe(Value):
    """A unit in the place of a value; ``unit`` None is a number written in the rule itself."""

    unit: Unit | None
    ragged: bool = False
    zero: bool = False

    @classmethod
    def of(cls, value: Any) -> Probe:
        """A literal as a probe."""
        if isinstance(value, Probe):
            return value
        if isinstance(value, bool):
            return cls(FLAG)
        if isinstance(value, int | float | Fraction):
            return cls(None, zero=value == 0)
        raise UnitError(f"{type(value).__name__} {value!r} cannot stand in a formula")

    @classmethod
    def binary(cls, operator: str, left: Any, right: Any) -> Probe:
        """Unit of ``left operator right``."""
        a, b = cls.of(left), cls.of(right)
        ragged = a.ragged or b.ragged
        if operator in LOGICAL:
            for side in (a, b):
                _need(side, FLAG, f"a side of '{operator}'")
            return cls(FLAG, ragged)
        if operator in COMPARISONS:
            _common(a, b, f"compared by '{operator}'")
            return cls(FLAG, ragged)
        if operator in {"minimum", "maximum"}:
            return cls(_common(a, b, f"compared by {operator}()"), ragged)
        if operator in {"+", "-"}:
            return cls(_sum(operator, a, b), ragged)
        if operator == "only":
            _need(b, FLAG, "the condition of only_where()")
            return cls(a.unit, ragged)
        if operator == "add_years":
            _need(a, DATE, "the day of add_years()")
            _need(b, YEARS, "the years of add_years()")
            return cls(DATE, ragged)
        for side in (a, b):
            if side.unit is not None and side.unit.kind != "quantity":
                raise UnitError(f"a {side.unit.name} cannot be multiplied or divided")
        sign = 1 if operator == "*" else -1
        return cls((a.unit or NUMBER).combined(b.unit or NUMBER, sign), ragged)

    @classmethod
    def unary(cls, operator: str, operand: Any) -> Probe:
        """Unit of an operation on one value."""
        a = cls.of(operand)
        if operator == "available":
            return cls(FLAG, a.ragged)
        if operator == "~":
            _need(a, FLAG, "the operand of '~'")
            return a
        if operator in {"floor", "ceil", "round"}:
            if a.unit is not None and (
                a.unit.kind != "quantity" or (operator == "round" and not a.unit.currency)
            ):
                raise UnitError(f"{operator} of a {a.unit.name} makes no sense")
            return a
        taken, given = {"month_of": (DATE, MONTH), "first_day": (MONTH, DATE), "year_of": (DATE, NUMBER)}[
            operator
        ]
        _need(a, taken, f"the operand of {operator}()")
        return cls(given, a.ragged)

    @classmethod
    def where(cls, condition: Any, then: Any, otherwise: Any) -> Probe:
        """Unit of a choice."""
        c, a, b = cls.of(condition), cls.of(then), cls.of(otherwise)
        _need(c, FLAG, "the condition of where()")
        unit = _common(a, b, "the two branches of where()")
        return cls(unit, c.ragged or a.ragged or b.ragged, a.zero and b.zero)

    def total(self) -> Probe:
        """Unit of a sum over a career."""
        return Probe(self.reduced("total").unit)

    def count(self) -> Probe:
        """A count is a plain number; elements of a career are months."""
        self.reduced("count")
        return Probe(MONTHS)

    def edge(self, _position: int) -> Probe:
        """Unit of the first or last element."""
        return Probe(self.reduced("first or last").unit)

    def latest(self, number: Any) -> Probe:
        """Unit of the last elements."""
        _need(Probe.of(number), MONTHS, "the number of elements")
        return self.reduced("latest")

    def between(self, months: Any, since: Any, before: Any) -> Probe:
        """Unit of the elements of a window."""
        _need(Probe.of(months).reduced("the months of between()"), MONTH, "the months of between()")
        for bound in (since, before):
            if bound is not None:
                _need(Probe.of(bound), MONTH, "a bound of between()")
        return self.reduced("between")

    def mean_of_best_years(self, months: Any, years: Any) -> Probe:
        """Yearly mean of the elements."""
        _need(Probe.of(months), MONTH, "the months of mean_of_best_years()")
        _need(Probe.of(years), YEARS, "the years of mean_of_best_years()")
        return Probe((self.reduced("mean_of_best_years").unit or NUMBER).combined(YEARS, -1))

    def quarters(self, months: Any, threshold: Any, _most: int) -> Probe:
        """Validated quarters."""
        _need(Probe.of(months), MONTH, "the months of quarters()")
        _common(self.reduced("quarters"), Probe.of(threshold), "pay and threshold of quarters()")
        return Probe(QUARTERS)

    def reduced(self, what: str) -> Probe:
        """The same, if there is one array a person."""
        if not self.ragged:
            raise UnitError(f"{what}: one array a person is needed, and this is one value a person")
        return self


def _name(probe: Probe) -> str:
    return "a number written in the rule" if probe.unit is None else probe.unit.name


def _need(probe: Probe, unit: Unit, what: str) -> None:
    literal = probe.unit is None and unit.kind == "quantity"
    if not literal and (probe.unit is None or not probe.unit.alike(unit)):
        raise UnitError(f"{what} is {_name(probe)}, not {unit.name}")


def _common(a: Probe, b: Probe, what: str) -> Unit | None:
    for literal, other in ((a, b), (b, a)):
        if literal.unit is None:
            if other.unit is not None and other.unit.kind == "flag":
                raise UnitError(f"{_name(a)} and {_name(b)} meet: {what}")
            if other.unit is not None and other.unit.currency and not literal.zero:
                raise UnitError(
                    f"an amount of money is written in the rule itself: {what}",
                    mend="Move it to the parameter file, with its date and article.",
                )
            return other.unit
    if a.unit is None or b.unit is None or not a.unit.alike(b.unit):
        raise UnitError(f"{_name(a)} and {_name(b)} meet: {what}")
    return a.unit


def _sum(operator: str, a: Probe, b: Probe) -> Unit | None:
    kinds = (a.unit.kind if a.unit else "quantity", b.unit.kind if b.unit else "quantity")
    what = "added" if operator == "+" else "subtracted"
    if "flag" in kinds or "case" in kinds or (kinds == ("point", "point") and operator == "+"):
        raise UnitError(f"{_name(a)} and {_name(b)} cannot be {what}")
    if kinds == ("point", "point"):
        unit = _common(a, b, what)
        return Unit(f"{unit.dimensions[0][0]}s", unit.dimensions) if unit else None
    if "point" in kinds:
        point, step = (a, b) if kinds[0] == "point" else (b, a)
        same = step.unit is None or (point.unit is not None and step.unit.dimensions == point.unit.dimensions)
        if not same or (operator == "-" and point is b):
            raise UnitError(f"{_name(a)} and {_name(b)} cannot be {what}")
        return point.unit
    return _common(a, b, what)


class ProbeGroup:
    """A group of parameters as seen by the static check; notes which parameters a rule reads."""

    def __init__(self, group: Group, reads: set[str], *, ragged: bool = False) -> None:
        self._group, self._reads, self._ragged = group, reads, ragged

    def __getattr__(self, name: str) -> Probe | ProbeScale:
        parameter = self._group[name]
        self._reads.add(parameter.name)
        return ProbeScale(parameter) if parameter.by else Probe(parameter.unit, self._ragged)

    def at(self, day: Any) -> ProbeGroup:
        """The group on other dates."""
        _need(Probe.of(day), DATE, f"the date of {self._group.name}.at()")
        return ProbeGroup(self._group, self._reads, ragged=Probe.of(day).ragged)

    def in_month(self, month: Any) -> ProbeGroup:
        """The group in other months."""
        _need(Probe.of(month), MONTH, f"the month of {self._group.name}.in_month()")
        return ProbeGroup(self._group, self._reads, ragged=Probe.of(month).ragged)


class ProbeScale:
    """A parameter by brackets as seen by the static check."""

    def __init__(self, parameter: Parameter) -> None:
        self._parameter = parameter

    def lookup(self, at: Any) -> Probe:
        """Unit of what is found."""
        if self._parameter.by is not None:
            _need(Probe.of(at), self._parameter.by, f"what {self._parameter.name} is looked up by")
        return Probe(self._parameter.unit)
