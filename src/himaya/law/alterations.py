"""Whether hand-worked cases depend on every value of a law: each value is altered, and the cases must notice.

That a case used a value says little: a ceiling that no pay reaches is used and decides nothing. So each verified value
of each parameter is raised and lowered by 1 % (days, quarters and years by one; a flag is turned, a date moves by a
month, nothing becomes what the parameter is elsewhere), each threshold of a scale by one to both sides, and the cases
that look the value up are worked out again by the exact interpreter until one of them gives something else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Literal, cast

from himaya.law.cases import IDLE, Case, CaseError, kept, several
from himaya.law.errors import LawError
from himaya.law.exact import evaluated, prepared
from himaya.law.parameters import EPOCH, Dated, Group, Parameter, Scale, day_number
from himaya.law.rules import Rule
from himaya.law.units import DATE, NUMBER, YEAR, Unit
from himaya.sentence import said
from himaya.yamlfile import lines, load

if TYPE_CHECKING:
    from pathlib import Path

    from himaya.law.system import System

_IDLE_KEYS = ("value", "from", "brackets", "part", "step", "because")
_WHOLE = {"day", "month", "quarter", "year"}
"""Dimensions of what a law counts whole: 3,240 days, 60 years."""

Key = tuple[str, date, int | None]
"""A value that can be altered: parameter, date of effect, bracket of its scale (None: it has none)."""


@dataclass(frozen=True)
class Alteration:
    """One value of a parameter, or one threshold of a scale, changed on purpose."""

    name: str
    since: date
    bracket: int | None
    threshold: int | None
    """Of the bracket, as it is stored."""
    part: Literal["value", "threshold"]
    old: Fraction | bool
    new: Fraction | bool
    place: str

    def applied(self, system: System) -> System:
        """The law with this change in it."""
        return _with_values(system, self.name, [self._of(d) for d in system.parameter(self.name).values])

    def _of(self, dated: Dated) -> Dated:
        if dated.since != self.since or dated.place != self.place:
            return dated
        if self.bracket is None:
            return replace(dated, value=self.new)
        scale = cast("Scale", dated.value)
        if self.part == "threshold":
            limits = [*scale.thresholds]
            limits[self.bracket] = int(self.new)
            return replace(dated, value=replace(scale, thresholds=tuple(limits)))
        amounts = [*scale.amounts]
        amounts[self.bracket] = Fraction(self.new)
        return replace(dated, value=replace(scale, amounts=tuple(amounts)))


@dataclass(frozen=True)
class Idle:
    """A value that no case can depend on, and why; None: all dates of effect, all brackets, both parts and steps."""

    value: str
    since: tuple[date, ...] | None
    brackets: tuple[int, ...] | None
    """Thresholds as they are stored."""
    part: str | None
    step: str | None
    because: str

    def covers(self, altered: Alteration) -> bool:
        """Whether this alteration is of the value."""
        return (
            self.value == altered.name
            and (self.since is None or altered.since in self.since)
            and (self.brackets is None or altered.threshold in self.brackets)
            and self.part in {None, altered.part}
            and self.step in {None, "more" if altered.new > altered.old else "less"}
        )


def read_idle(folder: Path) -> list[Idle]:
    """The values that ``idle.yaml`` of a folder of cases names: none without such a file.

    A list of ``{value: group.name, from: date or dates, brackets: thresholds, part: value or threshold, step: more or
    less, because: …}``; raises :class:`~himaya.law.cases.CaseError` with file and line.
    """
    path = folder / IDLE
    if not path.exists():
        return []
    at = lines(path)
    found = []
    for index, entry in enumerate(load(path) or ()):
        known = (
            isinstance(entry, dict) and entry.keys() <= {*_IDLE_KEYS} and entry.keys() >= {"value", "because"}
        )
        if not known:
            raise CaseError(
                "this names no idle value",
                where=f"{path}:{at[(index,)]}",
                mend=said("It has: {keys}; value and because are needed.", keys=_IDLE_KEYS),
            )
        since, brackets = entry.get("from"), entry.get("brackets")
        found.append(
            Idle(
                entry["value"],
                None if since is None else tuple(since if isinstance(since, list) else [since]),
                None if brackets is None else tuple(_stored(each) for each in brackets),
                entry.get("part"),
                entry.get("step"),
                str(entry["because"]),
            )
        )
    return found


def _stored(threshold: date | int) -> int:
    return day_number(threshold) if isinstance(threshold, date) else threshold


def alterations(system: System) -> Iterator[Alteration]:
    """Every change of one verified value of a law."""
    for group in system.groups.values():
        for parameter in group.parameters.values():
            for dated in parameter.values:
                if dated.verified and dated.article and dated.value is not None:
                    yield from _of_value(parameter, dated)


def _of_value(parameter: Parameter, dated: Dated) -> Iterator[Alteration]:
    others = _amounts(parameter)

    def changed(
        bracket: int | None,
        part: Literal["value", "threshold"],
        old: Fraction | bool,
        news: Iterable[Fraction | bool],
    ) -> Iterator[Alteration]:
        for new in news:
            limit = None if bracket is None else cast("Scale", dated.value).thresholds[bracket]
            yield Alteration(parameter.name, dated.since, bracket, limit, part, old, new, dated.place)

    value = dated.value
    if not isinstance(value, Scale):
        if value is not None:
            yield from changed(None, "value", value, _around(value, parameter.unit, others))
        return
    for bracket, amount in enumerate(value.amounts):
        yield from changed(bracket, "value", amount, _around(amount, parameter.unit, others))
    for bracket, limit in enumerate(value.thresholds):
        if bracket and value.amounts[bracket - 1] != value.amounts[bracket]:
            yield from changed(
                bracket, "threshold", Fraction(limit), [Fraction(limit - 1), Fraction(limit + 1)]
            )


def _around(value: Fraction | bool, unit: Unit, others: Sequence[Fraction]) -> tuple[Fraction | bool, ...]:
    """A little less and a little more; of nothing what the parameter is elsewhere."""
    if isinstance(value, bool):
        return (not value,)
    if unit is DATE:
        day = EPOCH + timedelta(days=int(value))
        before = (day.replace(day=1) - timedelta(days=1)).replace(day=1)
        after = (day.replace(day=1) + timedelta(days=31)).replace(day=1)
        return Fraction(day_number(before)), Fraction(day_number(after))
    if value == 0:
        return (next((each for each in others if each), unit.scale),)
    counted = unit is NUMBER and value > 1 and value.denominator == 1  # three children, six ranks
    whole = unit is YEAR or counted or (unit.dimensions and {name for name, _ in unit.dimensions} <= _WHOLE)
    step = Fraction(1) if whole else value / 100
    return value - step, value + step


def _amounts(parameter: Parameter) -> list[Fraction]:
    """Every number that a parameter is anywhere."""
    values = [dated.value for dated in parameter.values]
    found = [each.amounts if isinstance(each, Scale) else (each,) for each in values]
    return [each for amounts in found for each in amounts if isinstance(each, Fraction)]


def unnoticed(
    system: System,
    cases: Iterable[Case],
    person_of: Callable[[Mapping[str, Any]], Mapping[str, Any]],
    idle: Sequence[Idle] = (),
) -> list[Alteration]:
    """The alterations that no case notices, but for those of values that are said to be idle."""
    used: set[Key] = set()
    watched = _watched(system, used)
    users: dict[Key, list[tuple[int, _Worked]]] = {}
    for case in cases:
        worked = _worked(watched, case, person_of(case.person))
        for key in used:
            users.setdefault(key, []).append((len(used), worked))
        used.clear()
    # Those that use least are asked first: they were written for a value, and are the cheapest.
    ordered = {key: [w for _, w in sorted(found, key=lambda each: each[0])] for key, found in users.items()}
    noticing: dict[str, list[_Worked]] = {}
    return [
        each
        for each in alterations(system)
        if not any(one.covers(each) for one in idle) and not _noticed(each, system, ordered, noticing)
    ]


def _noticed(
    altered: Alteration,
    system: System,
    users: Mapping[Key, list[_Worked]],
    noticing: dict[str, list[_Worked]],
) -> bool:
    """Whether a case notices; ``noticing`` are those that did, by parameter, the last first: they are asked first."""
    changed = altered.applied(system)
    asked = _asked(altered, users)
    known = noticing.setdefault(altered.name, [])
    first = [each for each in known if each in asked]
    for each in (*first, *(one for one in asked if one not in first)):
        if _gives_another(changed, altered.name, each):
            if each in known:
                known.remove(each)
            known.insert(0, each)
            return True
    return False


def _asked(altered: Alteration, users: Mapping[Key, list[_Worked]]) -> list[_Worked]:
    """The cases that look up the value; of a threshold those on both sides of it."""
    at = altered.bracket
    sides = (at,) if altered.part == "value" or at is None else (at - 1, at)
    return [each for side in sides for each in users.get((altered.name, altered.since, side), ())]


@dataclass(frozen=True, eq=False)
class _Worked:
    """A case with the value of each rule."""

    case: Case
    rules: Sequence[Rule]
    values: Mapping[str, Any]
    columns: Mapping[str, Any]
    sizes: Mapping[str, int]


def _worked(system: System, case: Case, inputs: Mapping[str, Any]) -> _Worked:
    links, columns, sizes = several(system, inputs)
    rules, values = prepared(system, case.expect, columns, links, sizes, case.law)
    return _Worked(case, rules, evaluated(system, rules, values, columns, sizes, case.known), columns, sizes)


def _gives_another(system: System, parameter: str, worked: _Worked) -> bool:
    """Whether a target changes: only rules that read the parameter, or one that changed, are worked out again."""
    case, values, changed = worked.case, dict(worked.values), set[str]()
    for each in worked.rules:
        if parameter in system.reads[each.place] or not changed.isdisjoint(each.arguments):
            try:
                given = worked.columns, worked.sizes, case.known
                found = evaluated(system, [each], values, *given)[each.name]
            except (LawError, ArithmeticError, ValueError):  # an impossible value is noticed, too
                return True
            if kept(found) != kept(values[each.name]):
                if each.name in case.expect:
                    return True
                changed.add(each.name)
                values[each.name] = found
    return False


# ---------------------------------------------------------------------------------- who looks what up


@dataclass(frozen=True)
class _WatchedScale:
    scale: Scale
    key: tuple[str, date]
    used: set[Key]

    def amount(self, at: Fraction | int) -> Fraction | None:
        """As :meth:`Scale.amount`, noting the bracket."""
        bracket = sum(threshold <= at for threshold in self.scale.thresholds) - 1
        self.used.add((*self.key, bracket))
        return self.scale.amount(at)


class _Watched:
    """A dated value that notes that it is looked up."""

    def __init__(self, name: str, dated: Dated, used: set[Key]) -> None:
        self.since, self.decided, self.verified = dated.since, dated.decided, dated.verified
        self._value, self._key, self._used = dated.value, (name, dated.since), used

    @property
    def value(self) -> Any:
        """The value, or the scale, which notes its brackets."""
        if isinstance(self._value, Scale):
            return _WatchedScale(self._value, self._key, self._used)
        self._used.add((*self._key, None))
        return self._value


def _watched(system: System, used: set[Key]) -> System:
    changed = copy(system)
    changed.groups = {
        stem: Group(
            stem,
            {
                own: replace(
                    each, values=cast("Any", tuple(_Watched(each.name, d, used) for d in each.values))
                )
                for own, each in group.parameters.items()
            },
        )
        for stem, group in system.groups.items()
    }
    return changed


def _with_values(system: System, name: str, values: Iterable[Dated]) -> System:
    stem, _, own = name.partition(".")
    group = system.groups[stem]
    changed = copy(system)
    parameter = replace(group[own], values=tuple(values))
    changed.groups = {**system.groups, stem: Group(stem, {**group.parameters, own: parameter})}
    return changed
