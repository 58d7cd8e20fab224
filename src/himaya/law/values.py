"""The operators that rules are written with, the same for every kind of evaluation.

A rule is evaluated on arrays (:mod:`himaya.law.vector`), on exact fractions (:mod:`himaya.law.exact`) and,
when a system is assembled, on units (:mod:`himaya.law.probe`). Each of these is a *kind*: a subclass of
:class:`Value` that says what ``binary``, ``unary`` and ``where`` mean for it. The operators below find the
kind among their arguments and hand over.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any, ClassVar, Self

from himaya.law import trace
from himaya.law.errors import RuleError, UnitError
from himaya.law.units import Unit, conversion
from himaya.sentence import said

if TYPE_CHECKING:
    from collections.abc import Iterable

COMPARISONS = frozenset({"<", "<=", ">", ">=", "==", "!="})
LOGICAL = frozenset({"&", "|"})


class Value:
    """An operand of a rule; subclasses are the kinds of evaluation.

    A value of any kind carries, besides the value itself, whether it is *available* (the law has a value on
    that date, the input was given) and the *doubts* it rests on: the unverified parameters and rules that
    set it. Doubts follow the value that sets the result: an unverified minimum that does not bind leaves no
    doubt.
    """

    __slots__ = ()
    precedence: ClassVar[int] = 0  # of two kinds in one operation the higher one decides (ragged over person)

    @classmethod
    def binary(cls, operator: str, left: Any, right: Any) -> Any:
        """``left operator right``."""
        raise NotImplementedError

    @classmethod
    def unary(cls, operator: str, operand: Self) -> Any:
        """``operator operand``."""
        raise NotImplementedError

    @classmethod
    def where(cls, condition: Any, then: Any, otherwise: Any) -> Any:
        """``then`` where the condition holds, else ``otherwise``."""
        raise NotImplementedError

    @classmethod
    def converted(cls, value: Any, of: Unit, to: Unit, factor: Fraction) -> Any:  # noqa: ARG003 - for the probe
        """``value`` in another measure of time."""
        return cls.binary("*", value, factor)

    def __add__(self, other: Any) -> Any:
        return _binary("+", self, other)

    def __radd__(self, other: Any) -> Any:
        return _binary("+", other, self)

    def __sub__(self, other: Any) -> Any:
        return _binary("-", self, other)

    def __rsub__(self, other: Any) -> Any:
        return _binary("-", other, self)

    def __mul__(self, other: Any) -> Any:
        return _binary("*", self, other)

    def __rmul__(self, other: Any) -> Any:
        return _binary("*", other, self)

    def __truediv__(self, other: Any) -> Any:
        return _binary("/", self, other)

    def __rtruediv__(self, other: Any) -> Any:
        return _binary("/", other, self)

    def __floordiv__(self, other: Any) -> Any:
        return _binary("//", self, other)

    def __rfloordiv__(self, other: Any) -> Any:
        return _binary("//", other, self)

    def __lt__(self, other: Any) -> Any:
        return _binary("<", self, other)

    def __le__(self, other: Any) -> Any:
        return _binary("<=", self, other)

    def __gt__(self, other: Any) -> Any:
        return _binary(">", self, other)

    def __ge__(self, other: Any) -> Any:
        return _binary(">=", self, other)

    def __eq__(self, other: object) -> Any:
        return _binary("==", self, other)

    def __ne__(self, other: object) -> Any:
        return _binary("!=", self, other)

    __hash__ = None  # type: ignore[assignment]  # equality is elementwise

    def __and__(self, other: Any) -> Any:
        return _binary("&", self, other)

    def __rand__(self, other: Any) -> Any:
        return _binary("&", other, self)

    def __or__(self, other: Any) -> Any:
        return _binary("|", self, other)

    def __ror__(self, other: Any) -> Any:
        return _binary("|", other, self)

    def __invert__(self) -> Any:
        return _unary("~", self)

    def __neg__(self) -> Any:
        return _binary("-", 0, self)

    def __bool__(self) -> bool:
        raise RuleError(
            "a rule cannot branch with 'if', 'and', 'or' or 'not': it is evaluated for many persons at once",
            mend="Use where(condition, then, otherwise), &, | and ~.",
        )


def _kind(*operands: Any) -> type[Value]:
    kinds = [type(operand) for operand in operands if isinstance(operand, Value)]
    if not kinds:
        raise RuleError(
            said(
                "the operators of rules need at least one quantity, not only {operands}",
                operands=repr(operands),
            ),
            mend="Write plain numbers as they are.",
        )
    return max(kinds, key=lambda kind: kind.precedence)


def _binary(operator: str, left: Any, right: Any) -> Any:
    return _kind(left, right).binary(operator, left, right)


def _unary(operator: str, operand: Any) -> Any:
    return _kind(operand).unary(operator, operand)


def where(condition: Any, then: Any, otherwise: Any) -> Any:
    """``then`` where the condition holds, else ``otherwise``; doubts are those of the branch taken."""
    return _kind(condition, then, otherwise).where(condition, then, otherwise)


def minimum(left: Any, right: Any) -> Any:
    """The lower of two; doubts are those of the one that wins."""
    return _binary("minimum", left, right)


def maximum(left: Any, right: Any) -> Any:
    """The higher of two; doubts are those of the one that wins."""
    return _binary("maximum", left, right)


def clip(value: Any, *, lower: Any = None, upper: Any = None) -> Any:
    """``value``, at least ``lower`` and at most ``upper``."""
    if lower is not None:
        value = maximum(value, lower)
    return value if upper is None else minimum(value, upper)


def floor(value: Any) -> Any:
    """The whole number at or below; on money, to the centime below."""
    return _unary("floor", value)


def ceil(value: Any) -> Any:
    """The whole number at or above; on money, to the centime above."""
    return _unary("ceil", value)


def round_to_centime(value: Any) -> Any:
    """Money to the nearest centime, half a centime upwards."""
    return _unary("round", value)


def round_down(value: Any, step: Any) -> Any:
    """To the multiple of ``step`` at or below: the lower quarter, the dirham below."""
    return floor(value / step) * step


def round_up(value: Any, step: Any) -> Any:
    """To the multiple of ``step`` at or above: a quarter begun is a quarter."""
    return ceil(value / step) * step


def round_nearest(value: Any, step: Any) -> Any:
    """To the nearest multiple of ``step``, half a step upwards."""
    return floor(value / step + 0.5) * step


def convert(value: Any, of: Unit, to: Unit) -> Any:
    """The same quantity in another measure of time: a year's amount by month, months as quarters."""
    factor = conversion(of, to)
    if factor is None:
        raise UnitError(
            said("{of} cannot be converted to {to}", of=of.name, to=to.name),
            mend="Only months, quarters and years are converted into one another.",
        )
    return _kind(value).converted(value, of, to, factor)


def available(value: Any) -> Any:
    """Whether there is a value: an optional input that was given, a parameter that exists on its date."""
    return _unary("available", value)


def otherwise(value: Any, fallback: Any) -> Any:
    """``value`` where there is one, else ``fallback``."""
    return where(available(value), value, fallback)


def only_where(value: Any, condition: Any) -> Any:
    """``value`` where the condition holds; elsewhere there is none."""
    return _binary("only", value, condition)


def month_of(day: Any) -> Any:
    """Calendar month of a date."""
    return _unary("month_of", day)


def first_day(month: Any) -> Any:
    """First day of a calendar month."""
    return _unary("first_day", month)


def year_of(day: Any) -> Any:
    """Calendar year of a date."""
    return _unary("year_of", day)


def quarter_of(day: Any) -> Any:
    """Quarters of its calendar year that a date lies in or after: 1 from January, 4 from October."""
    return _unary("quarter_of", day)


def add_months(day: Any, months: Any) -> Any:
    """The same day so many months later; a day that the month lacks becomes the first of the next."""
    return _binary("add_months", day, months)


def add_years(day: Any, years: Any) -> Any:
    """The same day so many years later; 29 February becomes 1 March in a common year."""
    return _binary("add_years", day, years)


def lookup(scale: Any, at: Any) -> Any:
    """The value of a parameter written by brackets (of days, of birth dates …) for the bracket of ``at``."""
    found = scale.lookup(at)
    trace.bracket(scale, at, found)
    return found


def compound(amount: Any, history: Any, *, after: Any, until: Any, step: Any) -> Any:
    """``amount`` times each value of a parameter that took effect after a month and by another, one after the other.

    Each product is rounded down to ``step``. ``history`` is ``group.history.name``: all values, by their months.
    """
    return history.compound(amount, after, until, step)


def compounded(amount: Any, values: Iterable[tuple[int, Any]], after: Any, until: Any, step: Any) -> Any:
    """What :func:`compound` means, for values by ascending month."""
    for month, value in values:
        amount = where((after < month) & (month <= until), round_down(amount * value, step), amount)
    return amount


def rank(ragged: Any, among: Any) -> Any:
    """For each element its place, from 1, among those for which ``among`` holds, the lowest first.

    Of equal ones the earlier comes first. An element that does not count has the place it would have.
    """
    return ragged.rank(among)


def total(ragged: Any) -> Any:
    """Sum of a person's elements; 0 if there are none."""
    return ragged.total()


def count(ragged: Any) -> Any:
    """Number of a person's elements."""
    return ragged.count()


def highest(ragged: Any) -> Any:
    """A person's highest element; not available if there is none."""
    return ragged.extreme("maximum")


def lowest(ragged: Any) -> Any:
    """A person's lowest element; not available if there is none."""
    return ragged.extreme("minimum")


def first(ragged: Any) -> Any:
    """A person's first element; not available if there is none."""
    return ragged.edge(0)


def last(ragged: Any) -> Any:
    """A person's last element; not available if there is none."""
    return ragged.edge(-1)


def between(ragged: Any, months: Any, *, since: Any = None, before: Any = None) -> Any:
    """The elements whose month (or year) is ``since`` or later and strictly before ``before``.

    A doubt about a bound counts only where the bound leaves an element out.
    """
    return ragged.between(months, since, before)


def latest(ragged: Any, number: Any) -> Any:
    """The last ``number`` elements, or all if there are fewer."""
    return ragged.latest(number)


def rolling_total(ragged: Any, months: Any, number: Any) -> Any:
    """For each element the total of those of the ``number`` months that end with its own month."""
    return ragged.rolling_total(months, number)


def mean_of_last(ragged: Any, number: Any) -> Any:
    """Total of the last ``number`` elements, divided by ``number`` also when there are fewer."""
    return ragged.latest(number).total() / number


def mean_of_best_years(ragged: Any, months: Any, years: Any) -> Any:
    """Mean of the ``years`` calendar years with the highest totals, or of all years if there are fewer.

    Not available for a person without any element.
    """
    with trace.choosing(trace.Choice(ragged, years, months=months)):
        return ragged.mean_of_best_years(months, years)


def mean_of_best(ragged: Any, number: Any, among: Any = None) -> Any:
    """Mean of the ``number`` highest elements for which ``among`` holds, or of all these if there are fewer.

    Not available for a person without any.
    """
    with trace.choosing(trace.Choice(ragged, number, among)):
        return ragged.mean_of_best(number, among)


def quarters(ragged: Any, months: Any, threshold: Any, *, most: int = 4) -> Any:
    """Quarters validated by pay: one for each ``threshold`` earned in a year, at most ``most`` a year.

    ``threshold`` has one element for each element of ``ragged``; that of the first month of a year counts.
    """
    return ragged.quarters(months, threshold, most)
