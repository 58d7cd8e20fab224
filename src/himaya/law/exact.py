"""The reference interpreter: one person, exact fractions, plain Python; slow, and the judge of the fast one.

It shares nothing with the arrays but the rules and the parameter files: no NumPy, no common denominators, no
compiled loops. Property tests evaluate the same random persons with both and compare to the last digit, with
availability and doubts.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from itertools import groupby
from math import ceil, floor
from operator import eq, ge, gt, le, lt, ne
from typing import TYPE_CHECKING, Any, ClassVar, cast

from himaya.law.errors import InputError
from himaya.law.parameters import EPOCH, Dated, Group, Parameter, Scale, day_number
from himaya.law.rules import LAW_DATE, Input
from himaya.law.units import MONTH, Unit
from himaya.law.values import COMPARISONS, LOGICAL, Value, compounded
from himaya.months import first_day, month_of
from himaya.sentence import said

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from himaya.law.rules import Rule
    from himaya.law.system import System

Number = Fraction | int
Doubts = frozenset[str]
SURE: Doubts = frozenset()


@dataclass(slots=True, eq=False)  # not frozen: a career makes thousands of them
class Exact(Value):
    """One exact value; ``value`` None where there is none, ``doubts`` names what is unverified in it."""

    precedence: ClassVar[int] = 1

    value: Number | bool | None
    doubts: Doubts = SURE

    @classmethod
    def of(cls, value: Any) -> Exact:
        """A literal as a value."""
        if isinstance(value, Exact):
            return value
        return cls(Fraction(str(value)) if isinstance(value, float) else value)

    @classmethod
    def binary(cls, operator: str, left: Any, right: Any) -> Exact:
        """``left operator right``; without a value as soon as one side has none, except in and/or."""
        a, b = cls.of(left), cls.of(right)
        if operator in LOGICAL:
            return _logical(operator, a, b)
        doubts = a.doubts | b.doubts
        if operator == "only":
            return cls(a.value if b.value else None, doubts)
        if a.value is None or b.value is None:
            return cls(None, doubts)
        if operator in {"minimum", "maximum"}:
            if a.value == b.value:
                return a if not a.doubts or b.doubts else b
            lower, higher = (a, b) if a.value < b.value else (b, a)
            return lower if operator == "minimum" else higher
        if operator in COMPARISONS:
            return cls(_COMPARE[operator](a.value, b.value), doubts)
        return cls(_ARITHMETIC[operator](a.value, b.value), doubts)

    @classmethod
    def unary(cls, operator: str, operand: Any) -> Exact:
        """``operator operand``."""
        a = cls.of(operand)
        if operator == "available":
            return cls(a.value is not None)
        if a.value is None:
            return a
        if operator == "~":
            return cls(not a.value, a.doubts)
        return cls(_UNARY[operator](a.value), a.doubts)

    def doubted(self, name: str) -> Exact:
        """The same with one more doubt."""
        return Exact(self.value, self.doubts | {name})

    def overridden(self, given: Any) -> Any:
        """What is given, in its place."""
        return given

    @classmethod
    def where(cls, condition: Any, then: Any, otherwise: Any) -> Exact:
        """The branch taken, with the doubts of the condition."""
        c = cls.of(condition)
        taken = cls.of(then if c.value else otherwise)
        return cls(None if c.value is None else taken.value, c.doubts | taken.doubts)


@dataclass(frozen=True, slots=True, eq=False)
class ExactRagged(Value):
    """One person's elements by position; ``window`` are the positions that count."""

    precedence: ClassVar[int] = 2

    elements: tuple[Exact, ...]
    window: tuple[int, ...]
    doubts: Doubts = SURE
    lost: bool = False  # a bound had no value, so that nothing can be said of the window

    @classmethod
    def each(cls, function: Callable[..., Exact], *operands: Any) -> ExactRagged:
        """Apply a function to the elements at each position."""
        ragged = [operand for operand in operands if isinstance(operand, cls)]
        columns = [o.elements if isinstance(o, cls) else (o,) * len(ragged[0].elements) for o in operands]
        window = tuple(p for p in ragged[0].window if all(p in other.window for other in ragged))
        doubts = SURE.union(*(other.doubts for other in ragged))
        elements = tuple(function(*row) for row in zip(*columns, strict=True))
        return cls(elements, window, doubts, any(r.lost for r in ragged))

    @classmethod
    def binary(cls, operator: str, left: Any, right: Any) -> ExactRagged:
        """Element by element."""
        return cls.each(lambda a, b: Exact.binary(operator, a, b), left, right)

    @classmethod
    def unary(cls, operator: str, operand: Any) -> ExactRagged:
        """Element by element."""
        return cls.each(lambda a: Exact.unary(operator, a), operand)

    def doubted(self, name: str) -> ExactRagged:
        """The same with one more doubt."""
        return ExactRagged(self.elements, self.window, self.doubts | {name}, self.lost)

    def overridden(self, given: Any) -> Any:
        """What is given, in its place."""
        return given

    @classmethod
    def where(cls, condition: Any, then: Any, otherwise: Any) -> ExactRagged:
        """Element by element."""
        return cls.each(Exact.where, condition, then, otherwise)

    def lookup(self, at: Any) -> ExactRagged:
        """Brackets by element."""
        return ExactRagged.each(lambda scale, asked: scale.lookup(asked), self, at)

    def between(self, months: ExactRagged, since: Any, before: Any) -> ExactRagged:
        """Positions whose month is in ``[since, before)``."""
        month: list[Any] = [each.value for each in months.elements]
        kept = self
        for bound, inside in ((since, ge), (before, lt)):
            if bound is not None:
                limit: Any = Exact.of(bound)
                known = limit.value is not None
                window = tuple(p for p in kept.window if not known or inside(month[p], limit.value))
                kept = kept._narrowed(window, limit)
        return kept

    def latest(self, number: Any) -> ExactRagged:
        """The last positions."""
        wanted = Exact.of(number)
        keep = 0 if wanted.value is None else floor(wanted.value)
        return self._narrowed(self.window[max(0, len(self.window) - keep) :], wanted)

    def _narrowed(self, window: tuple[int, ...], bound: Exact) -> ExactRagged:
        doubts = bound.doubts if len(window) < len(self.window) else SURE
        return ExactRagged(self.elements, window, self.doubts | doubts, self.lost or bound.value is None)

    def total(self) -> Exact:
        """Sum of the window."""
        return self.reduced(sum)

    def count(self) -> Exact:
        """Length of the window."""
        return Exact(None if self.lost else len(self.window), self.doubts)

    def edge(self, position: int) -> Exact:
        """First or last of the window."""
        if not self.window:
            return Exact(None, self.doubts)
        one = ExactRagged(self.elements, (self.window[position],), self.doubts, self.lost)
        return one.total()

    def extreme(self, operator: str) -> Exact:
        """Highest or lowest of the window."""
        choose = max if operator == "maximum" else min
        return self.reduced(lambda values: choose(values, default=None))

    def mean_of_best(self, number: Any, among: Any) -> Exact:
        """Mean of the highest that count."""
        wanted = Exact.of(number)
        counted, chosen = self._among(among)

        def mean(values: Sequence[Number]) -> Number | None:
            counting = [v for v, c in zip(values, counted, strict=True) if c]
            best = sorted(counting, reverse=True)[: floor(wanted.value or 0)]
            return Fraction(sum(best)) / len(best) if best else None

        result = chosen.reduced(mean)
        return Exact(None if wanted.value is None else result.value, result.doubts | wanted.doubts)

    def rank(self, among: Any) -> ExactRagged:
        """Places among those that count."""
        counted, chosen = self._among(among)
        whole = chosen.reduced(sum)
        held = [self.elements[p].value or 0 for p, c in zip(chosen.window, counted, strict=True) if c]
        earlier = [p for p, c in zip(chosen.window, counted, strict=True) if c]

        def place(position: int) -> Exact:
            own = self.elements[position].value or 0
            before = [p for p, v in zip(earlier, held, strict=True) if v < own or (v == own and p < position)]
            return Exact(None if whole.value is None else 1 + len(before), whole.doubts)

        places = tuple(place(p) for p in range(len(self.elements)))
        return ExactRagged(places, chosen.window, chosen.doubts, chosen.lost)

    def rolling_total(self, months: ExactRagged, number: Any) -> ExactRagged:
        """Totals of the months that end with each position's own."""
        whole, wanted = self.reduced(sum), Exact.of(number)
        month: list[Any] = [each.value for each in months.elements]

        def ending_with(position: int) -> Exact:
            if whole.value is None or wanted.value is None:
                return Exact(None, whole.doubts | wanted.doubts)
            first = month[position] - floor(wanted.value)
            held = [self.elements[p].value or 0 for p in self.window if first < month[p] <= month[position]]
            return Exact(Fraction(sum(held)), whole.doubts | wanted.doubts)

        elements = tuple(ending_with(p) for p in range(len(self.elements)))
        return ExactRagged(elements, self.window, self.doubts, self.lost)

    def _among(self, among: Any) -> tuple[list[bool], ExactRagged]:
        """For each position of the window whether it counts; the values, 0 for those that do not."""
        if among is None:
            return [True] * len(self.window), self
        chosen = ExactRagged.where(among, self, 0)
        condition = ExactRagged.each(lambda _, c: Exact.of(c), self, among)
        return [bool(condition.elements[p].value) for p in chosen.window], chosen

    def mean_of_best_years(self, months: ExactRagged, years: Any) -> Exact:
        """Mean of the calendar years with the highest totals."""
        wanted = Exact.of(years)
        if wanted.value is None or not self.window:
            return Exact(None, self.doubts | wanted.doubts)
        by_year = self._years(months)

        def mean(values: Sequence[Number]) -> Number | None:
            value = dict(zip(self.window, values, strict=True))
            best = sorted((sum(value[p] for p in year) for year in by_year), reverse=True)[
                : floor(wanted.value or 0)
            ]
            return Fraction(sum(best)) / len(best) if best else None

        result = self.reduced(mean)
        return Exact(result.value, result.doubts | wanted.doubts)

    def quarters(self, months: ExactRagged, threshold: Any, most: int) -> Exact:
        """Quarters of each calendar year."""
        both = ExactRagged.binary("+", self, threshold)
        needed = [e.value for e in ExactRagged.each(lambda _, t: Exact.of(t), self, threshold).elements]

        def validated(_: Sequence[Number]) -> Number:
            found = 0
            for year in self._years(months):
                pay = sum(self.elements[p].value or 0 for p in year)
                step = needed[year[0]]
                found += min(most, pay // step) if step else 0
            return found

        return both.reduced(validated)

    def _years(self, months: ExactRagged) -> list[list[int]]:
        return [
            list(g) for _, g in groupby(self.window, lambda p: floor(months.elements[p].value or 0) // 12)
        ]

    def reduced(self, reduce: Callable[[Sequence[Number]], Number | None]) -> Exact:
        """What ``reduce`` makes of the values of the window."""
        counted = [self.elements[p] for p in self.window]
        doubts = self.doubts.union(*(each.doubts for each in counted))
        values = [each.value for each in counted if each.value is not None]
        whole = len(values) == len(counted) and not self.lost
        return Exact(reduce(values) if whole else None, doubts)


class ExactGroup:
    """A group of parameters, looked up one date at a time."""

    def __init__(
        self, group: Group, on: Any, known: date | None, begins: Callable[[Number], date] | None = None
    ) -> None:
        self._group, self._on, self._known, self._begins = group, on, known, begins or _date

    def __getattr__(self, name: str) -> Any:
        parameter = self._group[name]
        values = parameter.visible(self._known)

        def read(when: Any) -> Any:
            if not isinstance(when, Exact):
                return type(when).each(read, when)
            return self._value(parameter, values, when)

        return read(self._on)

    def at(self, day: Any) -> ExactGroup:
        """The group on other dates."""
        return ExactGroup(self._group, day, self._known)

    def in_month(self, month: Any) -> ExactGroup:
        """The group in other months."""
        return ExactGroup(self._group, month, self._known, lambda m: first_day(int(m)))

    def in_year(self, year: Any) -> ExactGroup:
        """The group in other years."""
        return ExactGroup(self._group, year, self._known, lambda y: date(int(y), 1, 1))

    @property
    def history(self) -> ExactHistories:
        """All values of each parameter."""
        return ExactHistories(self._group, self._known)

    def _value(self, parameter: Parameter, values: Sequence[Dated], when: Exact) -> Any:
        doubts = when.doubts if len(values) > 1 else SURE
        dated: Dated | None = None
        if when.value is not None:
            on = self._begins(when.value)
            dated = next((each for each in reversed(values) if each.since <= on), None)
        if dated is not None and not dated.verified:
            doubts |= {parameter.name}
        value = dated.value if dated else None
        return ExactScale(value, doubts) if parameter.by else Exact(value, doubts)  # type: ignore[arg-type]


@dataclass(frozen=True)
class ExactHistories:
    """A group of which all values of a parameter are asked for."""

    group: Group
    known: date | None

    def __getattr__(self, name: str) -> ExactHistory:
        return ExactHistory(self.group[name], self.known)


@dataclass(frozen=True)
class ExactHistory:
    """All values of a parameter."""

    parameter: Parameter
    known: date | None

    def compound(self, amount: Any, after: Any, until: Any, step: Any) -> Any:
        """One product after the other."""
        values = []
        for dated in self.parameter.visible(self.known):
            begins = month_of(dated.since - timedelta(days=1)) + 1
            doubts = SURE if dated.verified else frozenset({self.parameter.name})
            values.append((begins, Exact(dated.value, doubts)))  # type: ignore[arg-type]
        return compounded(amount, values, after, until, step)


@dataclass(frozen=True)
class ExactScale:
    """A parameter by brackets."""

    scale: Scale | None
    doubts: Doubts

    def lookup(self, at: Any) -> Any:
        """The value of the bracket."""
        if isinstance(at, Value) and not isinstance(at, Exact):
            return cast("Any", type(at)).each(self.lookup, at)
        asked = Exact.of(at)
        found = None if self.scale is None or asked.value is None else self.scale.amount(asked.value)
        return Exact(found, self.doubts | asked.doubts)


class ExactNobody:
    """A link that is left out, of one person."""

    def on(self, _: Any) -> ExactNobody:
        """Nobody on any date."""
        return self

    def each(self, _: Any) -> ExactRagged:
        """No members."""
        return ExactRagged((), ())

    def of(self, _: Any) -> Exact:
        """No group."""
        return Exact(None)

    back = of


def exact(
    system: System, targets: Iterable[str], inputs: Mapping[str, Any], *, on: date, known: date | None = None
) -> dict[str, Exact | ExactRagged]:
    """Evaluate targets for one person in exact fractions.

    Parameters
    ----------
    system, targets, on, known
        As for :func:`~himaya.law.evaluate`.
    inputs
        One person's, as for :func:`~himaya.law.explain`.
    """
    targets = list(targets)
    values = evaluated(system, *prepared(system, targets, inputs, on), on, known)
    return {name: values[name] for name in targets}


def prepared(
    system: System, targets: Iterable[str], inputs: Mapping[str, Any], on: date
) -> tuple[Sequence[Rule], dict[str, Any], dict[str, Any]]:
    """The rules that one person's targets rest on, the values of the inputs, and what is given for rules."""
    rules, asked = needed(system, targets, on, system.left_out(()))
    values: dict[str, Any] = {each.name: exact_input(each, one_input(system, each, inputs)) for each in asked}
    values |= {name: ExactNobody() for name in system.left_out(())}
    return rules, values, {n: given_value(system, n, inputs[n]) for n in overriding(system, inputs)}


def needed(
    system: System, targets: Iterable[str], on: date, without: frozenset[str]
) -> tuple[Sequence[Rule], list[Input]]:
    """The rules and the inputs that the targets rest on."""
    rules = system.needed(list(targets), on, without)
    names = {argument for each in rules for argument in system.asked(each, without)}
    return rules, [each for each in system.inputs.values() if each.name in names and each.name != LAW_DATE]


def one_input(system: System, declared: Input, inputs: Mapping[str, Any]) -> Any:
    """One person's input; where it is not given, nothing for each element that another input of the axis has."""
    given = inputs.get(declared.name)
    if given is not None or declared.axis is None or declared.default is None:
        return given
    others = alike(system, declared, inputs)
    return next(([None] * len(inputs[name]) for name in others if inputs[name] is not None), None)


def alike(system: System, declared: Input, inputs: Mapping[str, Any]) -> list[str]:
    """Inputs given, of the entity and the axis of this one."""
    own = (declared.entity, declared.axis)
    return [
        name for name, each in system.inputs.items() if name in inputs and (each.entity, each.axis) == own
    ]


def evaluated(
    system: System,
    rules: Sequence[Rule],
    values: dict[str, Any],
    given: Mapping[str, Any],
    on: date,
    known: date | None,
) -> dict[str, Any]:
    """The values of the rules, one after the other, beside those of the inputs."""
    values[LAW_DATE] = Exact(day_number(on))
    for each in rules:
        arguments = [
            values[a]
            if a in values
            else ExactGroup(system.groups[a], values[LAW_DATE], known)
            if a in system.groups
            else Exact(None)
            for a in each.arguments
        ]
        result = each(*arguments)
        if not isinstance(result, Value):
            result = Exact(result)
        if not each.verified:
            result = result.doubted(each.name)
        values[each.name] = result.overridden(given[each.name]) if each.name in given else result
    return values


def overriding(system: System, inputs: Mapping[str, Any]) -> list[str]:
    """Rules whose result is given."""
    return [name for name, value in inputs.items() if name in system.versions and value is not None]


def given_value(system: System, name: str, value: Any) -> Exact | ExactRagged:
    """The result of a rule, as it is given."""
    return exact_input(Input(name, system.versions[name][0].unit, system.shapes[name].axis), value)


def exact_input(declared: Input, given: Any) -> Exact | ExactRagged:
    """One person's input."""
    if declared.axis is not None:
        one = Input(declared.name, declared.unit, None, declared.optional, declared.default)
        if given is None:
            raise InputError(said("input {name} is not given", name=declared.name))
        elements = tuple(cast("Exact", exact_input(one, each)) for each in given)
        return ExactRagged(elements, tuple(range(len(elements))))
    if given is None:
        if declared.needed:
            raise InputError(said("input {name} is not given", name=declared.name))
        return Exact(None) if declared.default is None else Exact.of(declared.default)
    return Exact(_number(given, declared.unit))


def _number(value: Any, unit: Unit) -> Number | bool:
    if isinstance(value, date):
        return month_of(value) if unit is MONTH else day_number(value)
    exact_value: Number | bool = value
    return exact_value


def _logical(operator: str, a: Exact, b: Exact) -> Exact:
    settling = operator == "|"  # one true side settles 'or', one false side settles 'and'
    settled = [side for side in (a, b) if side.value is settling]
    if settled:
        return next((side for side in settled if not side.doubts), settled[0])
    missing = a.value is None or b.value is None
    return Exact(None if missing else not settling, a.doubts | b.doubts)


def _add_months(day: Number, months: Number) -> Number:
    start = _date(day)
    year, month = divmod(start.year * 12 + start.month - 1 + int(months), 12)
    try:
        return day_number(start.replace(year=year, month=month + 1))
    except ValueError:  # the month lacks the day
        return day_number(first_day(year * 12 + month + 1))


def _date(day: Number) -> date:
    return EPOCH + timedelta(days=int(day))


_ARITHMETIC: dict[str, Callable[[Number, Number], Number | None]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: Fraction(a) / b if b else None,
    "//": lambda a, b: a // b if b else None,
    "add_years": lambda day, years: _add_months(day, 12 * years),
    "add_months": _add_months,
}
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {"<": lt, "<=": le, ">": gt, ">=": ge, "==": eq, "!=": ne}
_UNARY: dict[str, Callable[[Number], Number]] = {
    "floor": floor,
    "ceil": ceil,
    "round": lambda a: floor(a + Fraction(1, 2)),
    "month_of": lambda a: month_of(_date(a)),
    "first_day": lambda a: day_number(first_day(int(a))),
    "year_of": lambda a: _date(a).year,
    "quarter_of": lambda a: (_date(a).month + 2) // 3,
}
