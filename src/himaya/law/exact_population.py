"""The reference interpreter on persons and households that links connect, one after the other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from himaya.law.exact import (
    Exact,
    ExactRagged,
    alike,
    evaluated,
    exact_input,
    given_value,
    needed,
    one_input,
    overriding,
)
from himaya.law.parameters import day_number
from himaya.law.values import Value, _kind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import date

    from himaya.law.rules import Rule
    from himaya.law.system import System


class ExactColumn(Value):
    """One value of each person (or household …): what rules that cross links are evaluated on."""

    precedence: ClassVar[int] = 3

    def __init__(self, values: Iterable[Any]) -> None:
        self.values = tuple(values)

    @classmethod
    def each(cls, function: Callable[..., Any], *operands: Any) -> ExactColumn:
        """Apply a function to the values of each person."""
        size = next(len(operand.values) for operand in operands if isinstance(operand, cls))
        columns = [o.values if isinstance(o, cls) else (o,) * size for o in operands]
        return cls(function(*row) for row in zip(*columns, strict=True))

    @classmethod
    def binary(cls, operator: str, left: Any, right: Any) -> ExactColumn:
        """Person by person."""
        return cls.each(lambda a, b: _kind(a, b, Exact(0)).binary(operator, a, b), left, right)

    @classmethod
    def unary(cls, operator: str, operand: Any) -> ExactColumn:
        """Person by person."""
        return cls.each(lambda a: type(a).unary(operator, a), operand)

    @classmethod
    def where(cls, condition: Any, then: Any, otherwise: Any) -> ExactColumn:
        """Person by person."""
        return cls.each(lambda c, a, b: _kind(c, a, b, Exact(0)).where(c, a, b), condition, then, otherwise)

    def doubted(self, name: str) -> ExactColumn:
        """The same with one more doubt for each person."""
        return ExactColumn.each(lambda one: one.doubted(name), self)

    def overridden(self, given: ExactColumn) -> ExactColumn:
        """What is given for a person, in the place of what was computed."""
        return ExactColumn.each(lambda old, new: old if new is None else new, self, given)

    def __getattr__(self, reducer: str) -> Callable[..., ExactColumn]:
        return lambda *arguments: ExactColumn.each(lambda v, *a: getattr(v, reducer)(*a), self, *arguments)


@dataclass(frozen=True)
class ExactLink:
    """A link: rows of (member, group, first day, last day), the days None for always."""

    rows: Sequence[tuple[int, int, int | None, int | None]]
    sizes: tuple[int, int]
    day: Any

    def on(self, day: Any) -> ExactLink:
        """The link on another date."""
        return ExactLink(self.rows, self.sizes, day)

    def each(self, column: Any) -> ExactColumn:
        """The members' values, for each group."""
        taken = [[_of(column, m) for m in self._members(g)] for g in range(self.sizes[1])]
        return ExactColumn(ExactRagged(tuple(each), tuple(range(len(each)))) for each in taken)

    def of(self, column: Any) -> ExactColumn:
        """The group's value, for each member."""
        groups = [self._groups(m) for m in range(self.sizes[0])]
        return ExactColumn(_of(column, found[0]) if found else Exact(None) for found in groups)

    def back(self, column: ExactColumn) -> ExactColumn:
        """An array over the groups, for each member."""

        def place(member: int) -> Exact:
            groups = self._groups(member)
            if not groups:
                return Exact(None)
            found: Exact = column.values[groups[0]].elements[self._members(groups[0]).index(member)]
            return found

        return ExactColumn(place(m) for m in range(self.sizes[0]))

    def _members(self, group: int) -> list[int]:
        return sorted(m for m, g, *days in self.rows if g == group and self._stands(m, *days))

    def _groups(self, member: int) -> list[int]:
        return [g for m, g, *days in self.rows if m == member and self._stands(m, *days)]

    def _stands(self, member: int, since: int | None, until: int | None) -> bool:
        day = _of(self.day, member).value
        return (since is None or since <= day) and (until is None or day <= until)


def _of(column: Any, index: int) -> Any:
    return column.values[index] if isinstance(column, ExactColumn) else Exact.of(column)


def exact_population(
    system: System,
    targets: Iterable[str],
    inputs: Mapping[str, Sequence[Any]],
    links: Mapping[str, Sequence[tuple[int, int, int | None, int | None]]],
    sizes: Mapping[str, int],
    *,
    on: date,
    known: date | None = None,
) -> dict[str, ExactColumn]:
    """Evaluate targets for several persons, households … that links connect.

    Parameters
    ----------
    inputs
        One list for each input, with one person's (household's …) value each, as for :func:`exact`.
    links
        Rows of (member, group, first day, last day) of each link.
    sizes
        Number of persons, households …
    """
    targets = list(targets)
    values = evaluated(system, *prepared_population(system, targets, inputs, links, sizes, on), on, known)
    return {name: values[name] for name in targets}


def prepared_population(
    system: System,
    targets: Iterable[str],
    inputs: Mapping[str, Sequence[Any]],
    links: Mapping[str, Sequence[tuple[int, int, int | None, int | None]]],
    sizes: Mapping[str, int],
    on: date,
) -> tuple[Sequence[Rule], dict[str, Any], dict[str, Any]]:
    """The rules that the targets rest on, the values of inputs and links, and what is given for rules."""
    rules, asked = needed(system, targets, on, system.left_out(links))
    values: dict[str, Any] = {}
    for declared in asked:
        values[declared.name] = ExactColumn(
            exact_input(
                declared,
                one_input(
                    system, declared, {name: inputs[name][i] for name in alike(system, declared, inputs)}
                ),
            )
            for i in range(sizes[declared.entity])
        )
    today = Exact(day_number(on))
    for name, rows in {**dict.fromkeys(system.left_out(links), ()), **links}.items():
        link = system.links[name]
        values[name] = ExactLink(rows, (sizes[link.members], sizes[link.groups]), today)
    given = {
        name: ExactColumn(None if v is None else given_value(system, name, v) for v in inputs[name])
        for name in overriding(system, inputs)
    }
    return rules, values, given
