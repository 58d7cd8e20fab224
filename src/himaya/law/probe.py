"""The static check: every rule is evaluated once on units instead of numbers.

Because rules are straight-line functions, one evaluation on units visits every operation: unknown parameters,
clashes of unit, branches that cannot run on arrays and forgotten reducers all come to light when a system is
assembled, without any data.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from himaya.law.errors import UnitError
from himaya.law.units import DATE, FLAG, MONTH, MONTHS, NUMBER, QUARTERS, YEAR, YEARS, Unit
from himaya.law.values import COMPARISONS, LOGICAL, Value, compounded
from himaya.sentence import said

if TYPE_CHECKING:
    from himaya.law.parameters import Group, Parameter
    from himaya.law.rules import Link


@dataclass(frozen=True, slots=True, eq=False)
class Probe(Value):
    """A unit in the place of a value.

    Parameters
    ----------
    unit
        None is a number written in the rule itself.
    axis
        What there is an array of, None for one value.
    entity
        Whose it is; None: the same for all.
    zero
        Whether it is the number 0, which has every unit.
    names
        The rule's arguments that it is made of.
    """

    unit: Unit | None
    axis: str | None = None
    entity: str | None = None
    zero: bool = False
    names: frozenset[str] = frozenset()

    @classmethod
    def of(cls, value: Any) -> Probe:
        """A literal as a probe."""
        if isinstance(value, Probe):
            return value
        if isinstance(value, bool):
            return cls(FLAG)
        if isinstance(value, int | float | Fraction):
            return cls(None, zero=value == 0)
        raise UnitError(
            said("{type} {value} cannot stand in a formula", type=type(value).__name__, value=repr(value))
        )

    @classmethod
    def binary(cls, operator: str, left: Any, right: Any) -> Probe:
        """Unit of ``left operator right``."""
        a, b = cls.of(left), cls.of(right)
        return _together(_binary_unit(operator, a, b), a, b)

    @classmethod
    def unary(cls, operator: str, operand: Any) -> Probe:
        """Unit of an operation on one value."""
        a = cls.of(operand)
        if operator == "available":
            return _together(FLAG, a)
        if operator == "~":
            _need(a, FLAG, said("the operand of {operator}", operator="'~'"))
            return _together(FLAG, a)
        if operator in {"floor", "ceil", "round"}:
            if a.unit is not None and (
                a.unit.kind != "quantity" or (operator == "round" and not a.unit.currency)
            ):
                raise UnitError(
                    said("{operator} of a {unit} makes no sense", operator=operator, unit=a.unit.name)
                )
            return _together(a.unit, a)
        taken, given = _CALENDAR[operator]
        _need(a, taken, said("the operand of {operator}", operator=f"{operator}()"))
        return _together(given, a)

    @classmethod
    def where(cls, condition: Any, then: Any, otherwise: Any) -> Probe:
        """Unit of a choice."""
        c, a, b = cls.of(condition), cls.of(then), cls.of(otherwise)
        _need(c, FLAG, said("the condition of where()"))
        unit = _common(a, b, said("the two branches of where()"))
        return replace(_together(unit, c, a, b), zero=a.zero and b.zero)

    @classmethod
    def converted(cls, value: Any, of: Unit, to: Unit, factor: Fraction) -> Probe:  # noqa: ARG003 - of numbers
        """Unit after a conversion."""
        a = cls.of(value)
        _need(a, of, said("what convert() takes"))
        return _together(to, a)

    def total(self) -> Probe:
        """Unit of a sum over a career."""
        return self.reduced("total")

    def count(self) -> Probe:
        """The elements of a career are months or years; other elements are counted by a plain number."""
        return replace(self.reduced("count"), unit=_COUNTED.get(self.axis or "", NUMBER))

    def edge(self, _position: int) -> Probe:
        """Unit of the first or last element."""
        return self.reduced(said("first or last"))

    def extreme(self, _operator: str) -> Probe:
        """Unit of the highest or lowest element."""
        return self.reduced(said("highest or lowest"))

    def latest(self, number: Any) -> Probe:
        """Unit of the last elements."""
        _need(Probe.of(number), _COUNTED.get(self.axis or "", NUMBER), said("the number of elements"))
        return self.ragged("latest")

    def between(self, points: Any, since: Any, before: Any) -> Probe:
        """Unit of the elements of a window."""
        axis = Probe.of(points).ragged(said("the months or years of between()"))
        if axis.unit not in {MONTH, YEAR}:
            raise UnitError(said("the months or years of between() are {unit}", unit=_name(axis)))
        for bound in (since, before):
            if bound is not None:
                _need(Probe.of(bound), axis.unit, said("a bound of between()"))
        return _together(self.unit, self.ragged("between"), axis)

    def mean_of_best_years(self, months: Any, years: Any) -> Probe:
        """Yearly mean of the elements."""
        _need(Probe.of(months), MONTH, said("the months of mean_of_best_years()"))
        _need(Probe.of(years), YEARS, said("the years of mean_of_best_years()"))
        reduced = self.reduced("mean_of_best_years")
        return replace(reduced, unit=(self.unit or NUMBER).combined(YEARS, -1))

    def mean_of_best(self, number: Any, among: Any) -> Probe:
        """Mean of elements."""
        _need(Probe.of(number), _COUNTED.get(self.axis or "", NUMBER), said("the number of elements"))
        self._counting(among, "mean_of_best")
        return self.reduced("mean_of_best")

    def rank(self, among: Any) -> Probe:
        """A place is a plain number."""
        self._counting(among, "rank")
        return replace(self.ragged("rank"), unit=NUMBER)

    def rolling_total(self, months: Any, number: Any) -> Probe:
        """Unit of the elements."""
        axis = Probe.of(months).ragged(said("the months of rolling_total()"))
        _need(axis, MONTH, said("the months of rolling_total()"))
        _need(Probe.of(number), MONTHS, said("the months of rolling_total()"))
        return _together(self.unit, self.ragged("rolling_total"), axis)

    def quarters(self, months: Any, threshold: Any, _most: int) -> Probe:
        """Validated quarters."""
        _need(Probe.of(months), MONTH, said("the months of quarters()"))
        _common(self.ragged("quarters"), Probe.of(threshold), said("pay and threshold of quarters()"))
        return replace(self.reduced("quarters"), unit=QUARTERS)

    def reduced(self, what: str) -> Probe:
        """One value of each array."""
        return replace(self.ragged(what), axis=None)

    def ragged(self, what: str) -> Probe:
        """The same, if there is an array of it."""
        if self.axis is None:
            raise UnitError(said("{what}: an array is needed, and this is one value", what=what))
        return _together(self.unit, Probe.of(self))

    def _counting(self, among: Any, what: str) -> None:
        if among is not None:
            condition = Probe.of(among)
            _need(condition, FLAG, said("what counts in {what}()", what=what))
            _together(FLAG, self, condition)


_COUNTED = {"month": MONTHS, "year": YEARS}
"""Unit of a number of elements, by axis."""


_CALENDAR = {
    "month_of": (DATE, MONTH),
    "first_day": (MONTH, DATE),
    "year_of": (DATE, YEAR),
    "quarter_of": (DATE, QUARTERS),
}
"""What the operations on a calendar take and give."""


def _together(unit: Unit | None, *probes: Probe) -> Probe:
    """A result of this unit, if its operands are of one entity and of one axis."""
    for what, kinds in (
        ("entity", {probe.entity for probe in probes}),
        ("axis", {probe.axis for probe in probes}),
    ):
        if len(kinds - {None}) > 1:
            a, b = sorted(str(kind) for kind in kinds - {None})
            raise UnitError(
                said("values of a {a} and of a {b} meet", a=a, b=b),
                mend=said("Cross by a link: {link}.of(), {link}.each().", link=b)
                if what == "entity"
                else "Sum one of them first.",
            )
    entity = next((probe.entity for probe in probes if probe.entity), None)
    axis = next((probe.axis for probe in probes if probe.axis), None)
    return Probe(unit, axis, entity, names=frozenset().union(*(probe.names for probe in probes)))


def _binary_unit(operator: str, a: Probe, b: Probe) -> Unit | None:
    if operator in LOGICAL:
        for side in (a, b):
            _need(side, FLAG, said("a side of '{operator}'", operator=operator))
        return FLAG
    if operator in COMPARISONS:
        _common(a, b, said("compared by {operator}", operator=f"'{operator}'"))
        return FLAG
    if operator in {"minimum", "maximum"}:
        return _common(a, b, said("compared by {operator}", operator=f"{operator}()"))
    if operator in {"+", "-"}:
        return _sum(operator, a, b)
    if operator == "only":
        _need(b, FLAG, said("the condition of only_where()"))
        return a.unit
    if operator in {"add_years", "add_months"}:
        _need(a, DATE, said("the day of {operator}()", operator=operator))
        _need(
            b,
            YEARS if operator == "add_years" else MONTHS,
            said("the number of {operator}()", operator=operator),
        )
        return DATE
    for side in (a, b):
        if side.unit is not None and side.unit.kind != "quantity":
            raise UnitError(said("a {unit} cannot be multiplied or divided", unit=side.unit.name))
    return (a.unit or NUMBER).combined(b.unit or NUMBER, 1 if operator == "*" else -1)


def _name(probe: Probe) -> str:
    return said("a number written in the rule") if probe.unit is None else probe.unit.name


def _need(probe: Probe, unit: Unit, what: str) -> None:
    literal = probe.unit is None and unit.kind == "quantity"
    if not literal and (probe.unit is None or not probe.unit.alike(unit)):
        raise UnitError(said("{what} is {found}, not {unit}", what=what, found=_name(probe), unit=unit.name))


def _common(a: Probe, b: Probe, what: str) -> Unit | None:
    for literal, other in ((a, b), (b, a)):
        if literal.unit is None:
            if other.unit is not None and other.unit.kind == "flag":
                raise _meeting(a, b, what)
            if other.unit is not None and other.unit.currency and not literal.zero:
                raise UnitError(
                    said("an amount of money is written in the rule itself: {what}", what=what),
                    mend="Move it to the parameter file, with its date and article.",
                )
            return other.unit
    if a.unit is None or b.unit is None or not a.unit.alike(b.unit):
        raise _meeting(a, b, what)
    return a.unit


def _meeting(a: Probe, b: Probe, what: str) -> UnitError:
    return UnitError(
        said("{a} and {b} meet: {what}", a=_name(a), b=_name(b), what=what),
        mend="Multiply by a rate, convert() one of the two, or correct the unit of a parameter or input.",
    )


def _sum(operator: str, a: Probe, b: Probe) -> Unit | None:
    kinds = (a.unit.kind if a.unit else "quantity", b.unit.kind if b.unit else "quantity")
    what = said("added") if operator == "+" else said("subtracted")
    if "flag" in kinds or "case" in kinds or (kinds == ("point", "point") and operator == "+"):
        raise UnitError(said("{a} and {b} cannot be {what}", a=_name(a), b=_name(b), what=what))
    if kinds == ("point", "point"):
        unit = _common(a, b, what)
        return Unit(f"{unit.dimensions[0][0]}s", unit.dimensions) if unit else None
    if "point" in kinds:
        point, step = (a, b) if kinds[0] == "point" else (b, a)
        same = step.unit is None or (point.unit is not None and step.unit.dimensions == point.unit.dimensions)
        if not same or (operator == "-" and point is b):
            raise UnitError(said("{a} and {b} cannot be {what}", a=_name(a), b=_name(b), what=what))
        return point.unit
    return _common(a, b, what)


class ProbeGroup:
    """A group of parameters as seen by the static check; notes which parameters a rule reads."""

    def __init__(self, group: Group, reads: set[str], when: Probe | None = None) -> None:
        self._group, self._reads = group, reads
        self._when = Probe(DATE) if when is None else when

    def __getattr__(self, name: str) -> Probe | ProbeScale:
        parameter = self._group[name]
        self._reads.add(parameter.name)
        return (
            _together(parameter.unit, self._when)
            if parameter.by is None
            else ProbeScale(parameter, self._when)
        )

    def at(self, day: Any) -> ProbeGroup:
        """The group on other dates."""
        return self._by(day, DATE, "at")

    def in_month(self, month: Any) -> ProbeGroup:
        """The group in other months."""
        return self._by(month, MONTH, "in_month")

    def in_year(self, year: Any) -> ProbeGroup:
        """The group in other years."""
        return self._by(year, YEAR, "in_year")

    @property
    def history(self) -> ProbeHistories:
        """All values of each parameter."""
        return ProbeHistories(self._group, self._reads)

    def _by(self, when: Any, unit: Unit, name: str) -> ProbeGroup:
        asked = Probe.of(when)
        _need(asked, unit, said("what {function}() takes", function=f"{self._group.name}.{name}"))
        return ProbeGroup(self._group, self._reads, asked)


@dataclass(frozen=True)
class ProbeHistories:
    """A group of which rules ask for all values of a parameter."""

    group: Group
    reads: set[str]

    def __getattr__(self, name: str) -> ProbeHistory:
        parameter = self.group[name]
        self.reads.add(parameter.name)
        return ProbeHistory(Probe(parameter.unit))


@dataclass(frozen=True)
class ProbeHistory:
    """All values of a parameter."""

    value: Probe

    def compound(self, amount: Any, after: Any, until: Any, step: Any) -> Any:
        """The unit of one product."""
        for month in (after, until):
            _need(Probe.of(month), MONTH, said("a month of compound()"))
        if any(Probe.of(each).axis is not None for each in (amount, after, until, step)):
            raise UnitError(
                said("compound() takes one value of each, and this is an array"),
                mend="Sum or count it first.",
            )
        return compounded(amount, [(0, self.value)], after, until, step)


class ProbeScale:
    """A parameter by brackets as seen by the static check."""

    def __init__(self, parameter: Parameter, when: Probe) -> None:
        self._parameter, self._when = parameter, when

    def lookup(self, at: Any) -> Probe:
        """Unit of what is found."""
        asked = Probe.of(at)
        if self._parameter.by is not None:
            _need(asked, self._parameter.by, said("what {name} is looked up by", name=self._parameter.name))
        return _together(self._parameter.unit, asked, self._when)


class ProbeLink:
    """A link as seen by the static check; notes which arguments a rule takes through it."""

    def __init__(self, link: Link, through: dict[str, frozenset[str]]) -> None:
        self._link, self._through = link, through

    def on(self, day: Any) -> ProbeLink:
        """The link on another date."""
        _need(Probe.of(day), DATE, said("the date of {link}.on()", link=self._link.name))
        return self

    def each(self, value: Any) -> Probe:
        """An array of the members' values for each group."""
        taken = self._taken(value, self._link.members, "each")
        return Probe(taken.unit, self._link.name, self._link.groups)

    def of(self, value: Any) -> Probe:
        """The group's value for each member."""
        return Probe(self._taken(value, self._link.groups, "of").unit, None, self._link.members)

    def back(self, ragged: Any) -> Probe:
        """An array over the groups as one value for each member."""
        given = Probe.of(ragged)
        if given.axis != self._link.name or given.entity != self._link.groups:
            raise UnitError(
                said("what {link}.back() takes does not come from {link}.each()", link=self._link.name)
            )
        return Probe(given.unit, None, self._link.members)

    def _taken(self, given: Any, entity: str, what: str) -> Probe:
        value = Probe.of(given)
        for name in value.names:
            self._through[name] = self._through.get(name, frozenset()) | {self._link.name}
        if value.axis is not None:
            raise UnitError(
                said(
                    "{function}() takes one value of each {entity}, and this is an array",
                    function=f"{self._link.name}.{what}",
                    entity=entity,
                ),
                mend="Sum or count it first.",
            )
        if value.entity not in {entity, None}:
            raise UnitError(
                said(
                    "{function}() takes a {entity}'s value, and this is a {other}'s",
                    function=f"{self._link.name}.{what}",
                    entity=entity,
                    other=value.entity or "",
                )
            )
        return replace(value, names=frozenset())
