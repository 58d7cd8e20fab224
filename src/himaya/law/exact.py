"""The reference interpreter: exact fractions, plain Python, person by person; slow, and the judge of the fast one.

It shares nothing with the arrays but the rules and the parameter files: no NumPy, no common denominators, no
compiled loops. Property tests evaluate the same random persons with both and compare to the last digit, with
availability and doubts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from fractions import Fraction
from math import ceil, floor
from operator import eq, ge, gt, le, lt, ne
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, ClassVar

from himaya.law.given import numbers, of_person
from himaya.law.parameters import EPOCH, Dated, Group, Parameter, day_number
from himaya.law.rules import LAW_DATE, Input
from himaya.law.values import LOGICAL, Value, _binary, _unary, compounded, where
from himaya.months import first_day, month_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from himaya.law.rules import Rule
    from himaya.law.system import System

Number = Fraction | int
Rows = Mapping[str, Sequence[tuple[int, int, int | None, int | None]]]
"""Of links: member, group, first day and last day of each row, the days None for always."""


@dataclass(slots=True, eq=False)  # not frozen: a career makes thousands of them
class Exact(Value):
    """A number, flag or scale; ``value`` None where there is none, ``doubts`` names what is unverified in it."""

    precedence: ClassVar[int] = 1

    value: Any
    doubts: frozenset[str] = frozenset()

    @classmethod
    def of(cls, value: Any) -> Any:
        """A literal as a value; a value as it is."""
        if isinstance(value, Value):
            return value
        return cls(Fraction(str(value)) if isinstance(value, float) else value)

    @classmethod
    def binary(cls, operator: str, left: Any, right: Any) -> Exact:
        """``left operator right``; without a value as soon as one side has none, except in and/or."""
        a, b = cls.of(left), cls.of(right)
        if operator in LOGICAL:
            return _logical(operator, a, b)
        if operator == "only":
            return cls(a.value if b.value else None, a.doubts | b.doubts)
        if operator in _CHOOSE:
            return _extreme(_CHOOSE[operator], a, b)
        return lifted(_BINARY[operator], a, b)

    @classmethod
    def unary(cls, operator: str, operand: Any) -> Exact:
        """``operator operand``."""
        if operator == "available":
            return cls(operand.value is not None)
        return lifted(_UNARY[operator], operand)

    @classmethod
    def where(cls, condition: Any, then: Any, otherwise: Any) -> Exact:
        """The branch taken, with the doubts of the condition."""
        c = cls.of(condition)
        taken = cls.of(then if c.value else otherwise)
        return cls(None if c.value is None else taken.value, c.doubts | taken.doubts)

    def lookup(self, at: Any) -> Any:
        """The value of the bracket of ``at``; this is a scale."""
        return _binary("lookup", self, at)

    def doubted(self, name: str) -> Exact:
        """The same with one more doubt."""
        return Exact(self.value, self.doubts | {name})


def lifted(function: Callable[..., Any], *operands: Any) -> Exact:
    """What a function makes of the values; without a value as soon as one operand has none; the doubts of all."""
    exact_ones = [Exact.of(operand) for operand in operands]
    values = [each.value for each in exact_ones]
    known = all(value is not None for value in values)
    doubts = frozenset().union(*[each.doubts for each in exact_ones])
    return Exact(function(*values) if known else None, doubts)


def _logical(operator: str, a: Exact, b: Exact) -> Exact:
    settling = operator == "|"  # one true side settles 'or', one false side settles 'and'
    settled = [side for side in (a, b) if side.value is settling]
    if settled:
        return min(settled, key=lambda side: bool(side.doubts))
    return lifted(lambda *_: not settling, a, b)


def _extreme(choose: Callable[..., Exact], a: Exact, b: Exact) -> Exact:
    """The side that wins, with its own doubts alone; of equal ones the one without doubts."""
    if a.value is None or b.value is None:
        return Exact(None, a.doubts | b.doubts)
    return choose(sorted((a, b), key=lambda side: bool(side.doubts)), key=lambda side: side.value)


class Elementwise(Value):
    """Several values: an operation on them is one on each."""

    each: ClassVar[Callable[..., Any]]
    """Applies a function to the values at each place; an operand of another kind is the same at each."""

    @classmethod
    def binary(cls, operator: str, left: Any, right: Any) -> Any:
        """One by one."""
        return cls.each(lambda a, b: _binary(operator, a, b), left, right)

    @classmethod
    def unary(cls, operator: str, operand: Any) -> Any:
        """One by one."""
        return cls.each(lambda a: _unary(operator, a), operand)

    @classmethod
    def where(cls, condition: Any, then: Any, otherwise: Any) -> Any:
        """One by one."""
        return cls.each(where, condition, then, otherwise)

    def lookup(self, at: Any) -> Any:
        """One by one."""
        return _binary("lookup", self, at)


@dataclass(frozen=True, eq=False)
class ExactRagged(Elementwise):
    """One person's elements by position, those that count.

    ``window`` has the doubts of which ones count, and no value where that cannot be said: a bound had none.
    """

    precedence: ClassVar[int] = 2

    elements: Mapping[int, Exact]
    window: Exact = field(default_factory=lambda: Exact(True))

    @classmethod
    def each(cls, function: Callable[..., Exact], *operands: Any) -> ExactRagged:
        """Apply a function to the elements at each position that counts in all of them."""
        ragged = [operand for operand in operands if isinstance(operand, cls)]
        shared = [p for p in ragged[0].elements if all(p in other.elements for other in ragged)]
        columns = [o.elements if isinstance(o, cls) else dict.fromkeys(shared, o) for o in operands]
        window = lifted(lambda *_: True, *(each.window for each in ragged))
        return cls({p: function(*[column[p] for column in columns]) for p in shared}, window)

    def between(self, months: ExactRagged, since: Any, before: Any) -> ExactRagged:
        """Elements whose month is in ``[since, before)``."""
        kept = self
        for bound, inside in ((since, ge), (before, lt)):
            if bound is not None:
                held = {p: lifted(inside, months.elements[p], bound).value for p in kept.elements}
                kept = kept._narrowed([p for p in held if held[p] is not False], bound)
        return kept

    def latest(self, number: Any) -> ExactRagged:
        """The last elements."""
        left_out = len(self.elements) - floor(Exact.of(number).value or 0)
        return self._narrowed(list(self.elements)[max(0, left_out) :], number)

    def _narrowed(self, positions: Sequence[int], bound: Any) -> ExactRagged:
        """Fewer elements; the doubts of the bound count only if it leaves one out."""
        binds = len(positions) < len(self.elements)
        limit = Exact.of(bound) if binds else Exact(Exact.of(bound).value)
        elements = {p: self.elements[p] for p in positions}
        return ExactRagged(elements, lifted(lambda *_: True, self.window, limit))

    def reduced(self, function: Callable[[dict[int, Any]], Any]) -> Exact:
        """What a function makes of all values, by position."""
        values = self.elements.values()
        held = lifted(lambda _, *found: dict(zip(self.elements, found, strict=True)), self.window, *values)
        return lifted(function, held)

    def total(self) -> Exact:
        """Sum of the elements."""
        return self.reduced(lambda held: sum(held.values()))

    def count(self) -> Exact:
        """How many elements count."""
        return lifted(lambda _: len(self.elements), self.window)

    def edge(self, position: int) -> Exact:
        """First or last element."""
        elements = list(self.elements.values()) or [Exact(None)]
        return lifted(lambda _, found: found, self.window, elements[position])

    def extreme(self, operator: str) -> Exact:
        """Highest or lowest element."""
        return self.reduced(lambda held: _CHOOSE[operator](held.values(), default=None))

    def mean_of_best(self, number: Any, among: Any) -> Exact:
        """Mean of the highest that count."""
        counted = self._among(among).reduced(lambda held: [v for v in held.values() if v is not False])
        return lifted(_mean_of_highest, counted, number)

    def rank(self, among: Any) -> ExactRagged:
        """Places among those that count."""
        chosen = self._among(among)
        counted = chosen.reduced(lambda held: [(v, p) for p, v in held.items() if v is not False])

        def place(position: int) -> Exact:
            own = (self.elements[position].value or 0, position)
            return lifted(lambda others: 1 + sum(other < own for other in others), counted)

        return ExactRagged({p: place(p) for p in chosen.elements}, chosen.window)

    def _among(self, condition: Any) -> ExactRagged:
        """False in the place of each number that does not count."""
        return self if condition is None else ExactRagged.where(condition, self, False)

    def rolling_total(self, months: ExactRagged, number: Any) -> ExactRagged:
        """Totals of the months that end with each element's own."""
        dated = self.reduced(lambda held: [(months.elements[p].value, v) for p, v in held.items()])

        def ending_with(dated: Sequence[tuple[int, Number]], last: int, number: Number) -> Number:
            return sum(value for month, value in dated if last - floor(number) < month <= last)

        return ExactRagged.each(lambda _, last: lifted(ending_with, dated, last, number), self, months)

    def mean_of_best_years(self, months: ExactRagged, years: Any) -> Exact:
        """Mean of the calendar years with the highest totals."""
        totals = self.reduced(lambda held: map(sum, _by_year(months, held)))
        return lifted(_mean_of_highest, totals, years)

    def quarters(self, months: ExactRagged, threshold: Any, most: int) -> Exact:
        """Quarters of each calendar year; its threshold is that of its first element."""

        def validated(year: Sequence[tuple[Number, Number]]) -> Number:
            step = year[0][1]
            return min(most, sum(pay for pay, _ in year) // step) if step else 0

        both = ExactRagged.each(lambda pay, step: lifted(lambda *pair: pair, pay, step), self, threshold)
        return both.reduced(lambda held: sum(map(validated, _by_year(months, held))))

    def doubted(self, name: str) -> ExactRagged:
        """The same with one more doubt."""
        return replace(self, window=self.window.doubted(name))


def _by_year(months: ExactRagged, held: Mapping[int, Any]) -> Iterable[list[Any]]:
    years = defaultdict(list)
    for position, value in held.items():
        years[months.elements[position].value // 12].append(value)
    return years.values()


def _mean_of_highest(values: Iterable[Number], most: Number) -> Number | None:
    best = sorted(values, reverse=True)[: floor(most)]
    return Fraction(sum(best)) / len(best) if best else None


@dataclass(frozen=True, eq=False)
class ExactColumn(Elementwise):
    """One value of each person (or household …): for rules that cross links, the others go person by person."""

    precedence: ClassVar[int] = 3

    values: Sequence[Any]

    @classmethod
    def each(cls, function: Callable[..., Any], *operands: Any) -> ExactColumn:
        """Apply a function to the values of each person."""
        size = next(len(operand.values) for operand in operands if isinstance(operand, cls))
        return cls([function(*[_of(operand, i) for operand in operands]) for i in range(size)])

    def __getattr__(self, reducer: str) -> Callable[..., ExactColumn]:
        return lambda *others: self.each(lambda one, *more: getattr(one, reducer)(*more), self, *others)


def _of(operand: Any, person: int) -> Any:
    return operand.values[person] if isinstance(operand, ExactColumn) else operand


@dataclass(frozen=True)
class ExactLink:
    """A link: rows of (member, group, first day, last day), the days None for always."""

    rows: Sequence[tuple[int, int, int | None, int | None]]
    sizes: tuple[int, int]
    day: Any

    def on(self, day: Any) -> ExactLink:
        """The link on another date."""
        return replace(self, day=day)

    def each(self, column: Any) -> ExactColumn:
        """The members' values, for each group."""
        groups = map(self._members, range(self.sizes[1]))
        return ExactColumn([ExactRagged({p: _of(column, m) for p, m in enumerate(own)}) for own in groups])

    def of(self, column: Any) -> ExactColumn:
        """The group's value, for each member."""
        return self._for_members(lambda _, group: Exact.of(_of(column, group)))

    def back(self, column: ExactColumn) -> ExactColumn:
        """An array over the groups, for each member."""
        return self._for_members(lambda m, g: column.values[g].elements[self._members(g).index(m)])

    def _for_members(self, value: Callable[[int, int], Exact]) -> ExactColumn:
        found = [Exact(None)] * self.sizes[0]
        for member, group in self._standing():
            found[member] = value(member, group)
        return ExactColumn(found)

    def _members(self, group: int) -> list[int]:
        return sorted(member for member, own in self._standing() if own == group)

    def _standing(self) -> Iterable[tuple[int, int]]:
        for member, group, since, until in self.rows:
            day = _of(self.day, member).value
            if (since is None or since <= day) and (until is None or day <= until):
                yield member, group


@dataclass(frozen=True)
class ExactGroup:
    """A group of parameters, looked up one date at a time."""

    _group: Group
    _day: Any
    _known: date | None

    def at(self, day: Any) -> ExactGroup:
        """The group on other dates."""
        return replace(self, _day=day)

    def in_month(self, month: Any) -> ExactGroup:
        """The group in other months."""
        return self.at(_unary("first_day", month))

    def in_year(self, year: Any) -> ExactGroup:
        """The group in other years."""
        return self.at(_unary("first_day", year * 12))

    @property
    def history(self) -> SimpleNamespace:
        """All values of each parameter."""
        parameters = self._group.parameters
        return SimpleNamespace(**{name: ExactHistory(each, self._known) for name, each in parameters.items()})

    def __getattr__(self, name: str) -> Any:
        parameter = self._group[name]
        values = parameter.visible(self._known)

        def read(day: Any) -> Any:
            if isinstance(day, Elementwise):
                return day.each(read, day)
            on = None if day.value is None else _date(day.value)
            dated = next((each for each in reversed(values) if on and each.since <= on), None)
            found = Exact(None) if dated is None else _value(parameter, dated)
            return Exact(found.value, found.doubts | day.doubts) if len(values) > 1 else found

        return read(self._day)


@dataclass(frozen=True)
class ExactHistory:
    """All values of a parameter."""

    parameter: Parameter
    known: date | None

    def compound(self, amount: Any, after: Any, until: Any, step: Any) -> Any:
        """One product after the other."""
        dated = self.parameter.visible(self.known)
        begins = [month_of(each.since - timedelta(days=1)) + 1 for each in dated]
        values = [_value(self.parameter, each) for each in dated]
        return compounded(amount, zip(begins, values, strict=True), after, until, step)


def _value(parameter: Parameter, dated: Dated) -> Exact:
    return Exact(dated.value, frozenset() if dated.verified else frozenset({parameter.name}))


def exact(
    system: System, targets: Iterable[str], inputs: Mapping[str, Any], *, on: date, known: date | None = None
) -> dict[str, Exact | ExactRagged]:
    """Evaluate targets for one person like :func:`~himaya.law.evaluate`, inputs as for :func:`~himaya.law.explain`."""
    alone = {name: [value] for name, value in inputs.items()}
    found = exact_population(system, targets, alone, {}, defaultdict(lambda: 1), on=on, known=known)
    return {name: column.values[0] for name, column in found.items()}


def exact_population(
    system: System,
    targets: Iterable[str],
    inputs: Mapping[str, Sequence[Any]],
    links: Rows,
    sizes: Mapping[str, int],
    *,
    on: date,
    known: date | None = None,
) -> dict[str, ExactColumn]:
    """Evaluate targets for several persons, households … that links connect.

    ``inputs`` has one list for each input, with each person's (household's …) value; ``sizes`` the number of persons …
    """
    targets = list(targets)
    rules, values = prepared(system, targets, inputs, links, sizes, on)
    values = evaluated(system, rules, values, inputs, sizes, known)
    return {name: values[name] for name in targets}


def prepared(
    system: System, targets: Iterable[str], inputs: Any, links: Rows, sizes: Mapping[str, int], on: date
) -> tuple[Sequence[Rule], dict[str, Any]]:
    """The rules that targets rest on, and the values of inputs and links."""
    left_out, today = system.left_out(links), Exact(day_number(on))
    rules = system.needed(list(targets), on, left_out)
    asked = {argument for each in rules for argument in system.asked(each, left_out)}
    values: dict[str, Any] = {LAW_DATE: today}
    for name in (*left_out, *links):
        link = system.links[name]
        values[name] = ExactLink(links.get(name, ()), (sizes[link.members], sizes[link.groups]), today)
    for each in system.inputs.values():
        if each.name in asked - {LAW_DATE}:
            persons = range(sizes[each.entity])
            values[each.name] = ExactColumn([_read(of_person(system, each, inputs, i)) for i in persons])
    return rules, values


def evaluated(
    system: System, rules: Iterable[Rule], known_values: Any, inputs: Any, sizes: Any, known: date | None
) -> dict[str, Any]:
    """The values known, and those of the rules, one after the other."""
    groups = {name: ExactGroup(each, known_values[LAW_DATE], known) for name, each in system.groups.items()}
    values = {**known_values}
    for rule in rules:
        shape = system.shapes[rule.name]
        arguments = [values.get(name, groups.get(name, Exact(None))) for name in rule.arguments]
        persons = range(sizes[shape.entity])
        if any(isinstance(argument, ExactLink) for argument in arguments):
            computed = rule(*arguments)
            column = [Exact.of(_of(computed, i)) for i in persons]
        else:
            column = [Exact.of(rule(*[_of(argument, i) for argument in arguments])) for i in persons]
        column = column if rule.verified else [one.doubted(rule.name) for one in column]
        for i, given in enumerate(inputs.get(rule.name, ())):  # a result that is given is not computed
            if given is not None:
                column[i] = _read(numbers(Input(rule.name, rule.unit, shape.axis), given))
        values[rule.name] = ExactColumn(column)
    return values


def _read(number: Any) -> Any:
    """A number, or numbers by position, as a value."""
    if isinstance(number, dict):
        return ExactRagged({position: Exact(each) for position, each in number.items()})
    return Exact(number)


def _date(day: Number) -> date:
    return EPOCH + timedelta(days=int(day))


def _add_months(day: Number, months: Number) -> Number:
    start = _date(day)
    year, month = divmod(start.year * 12 + start.month - 1 + int(months), 12)
    try:
        return day_number(start.replace(year=year, month=month + 1))
    except ValueError:  # the month lacks the day
        return day_number(first_day(year * 12 + month + 1))


_CHOOSE: dict[str, Callable[..., Any]] = {"minimum": min, "maximum": max}
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {"<": lt, "<=": le, ">": gt, ">=": ge, "==": eq, "!=": ne}
_BINARY: dict[str, Callable[[Any, Any], Number | bool | None]] = {
    **_COMPARE,
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: Fraction(a) / b if b else None,
    "//": lambda a, b: a // b if b else None,
    "lookup": lambda scale, at: scale.amount(at),
    "add_years": lambda day, years: _add_months(day, 12 * years),
    "add_months": _add_months,
}
_UNARY: dict[str, Callable[[Any], Number | bool]] = {
    "~": lambda a: not a,
    "floor": floor,
    "ceil": ceil,
    "round": lambda a: floor(a + Fraction(1, 2)),
    "month_of": lambda a: month_of(_date(a)),
    "first_day": lambda a: day_number(first_day(int(a))),
    "year_of": lambda a: _date(a).year,
    "quarter_of": lambda a: (_date(a).month + 2) // 3,
}
