"""What a run of a reform evaluates: the branches that it touches and the data carry, and on which days."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from himaya.law.pair import touched_rules
from himaya.law.rules import LAW_DATE
from himaya.legislation import branches_of, uncosted_of
from himaya.legislation.branches import Branch
from himaya.months import first_day, month_of
from himaya.reform.model import MONTHS, ReformError, Uncosted, in_all_languages
from himaya.sentence import said

if TYPE_CHECKING:
    from himaya.law import System
    from himaya.law.parameters import Parameter


@dataclass(frozen=True)
class Year:
    """A year of costs: the day on which both laws are evaluated, and for how many of its months the reform holds."""

    day: date
    months: int

    @property
    def end(self) -> date:
        """Its last day, on which what is paid once is evaluated."""
        return date(self.day.year, 12, 31)


@dataclass(frozen=True)
class Plan:
    """What is evaluated; crosses to a worker.

    Parameters
    ----------
    branches
        The branches whose cost is computed, by name.
    years
        The years, ascending.
    since
        From when the reform holds.
    uncosted
        What the reform touches and these data cannot cost.
    """

    branches: Mapping[str, Branch]
    years: tuple[Year, ...]
    since: date
    uncosted: tuple[Uncosted, ...]

    @property
    def shown(self) -> Year:
        """The year whose persons are told of: the first in which the reform holds; else the first."""
        return next((year for year in self.years if year.months), self.years[0])


def plan(laws: tuple[System, System], given: Collection[str], law_date: date, years: int) -> Plan:
    """Choose branches and days.

    Parameters
    ----------
    laws
        The baseline and the reform.
    given
        Names of the inputs and links that the data carry.
    law_date, years
        Costs are given for the year of this date and the following ones, so many in all, on its day of each.
    """
    since = holds_since(laws)
    if since is None:
        return Plan({}, (), date.max, ())
    of_years = _years(law_date, years, since)
    days = [year.day for year in of_years]
    branches = branches_of(laws[0].name)
    for each in branches.values():
        _check_entity(laws, each.target)
    touched = {name for name, each in branches.items() if _touched(laws, each.target, days)}
    missing = {name: missing_inputs(laws, each, given, days) for name, each in branches.items()}
    costed = {
        name: each
        for name, each in branches.items()
        if not missing[name] and (name in touched or each.instead_of in touched)
    }
    uncosted = [
        Uncosted(name, each.called, in_all_languages(each.called), missing[name])
        for name, each in branches.items()
        if name in touched - costed.keys()
    ]
    uncosted += [
        Uncosted(name, said("'{rule}'", rule=name), laws[1].labels[name])
        for name in uncosted_of(laws[0].name)
        if _touched(laws, name, days)
    ]
    return Plan(costed, of_years, since, tuple(uncosted))


def _check_entity(laws: tuple[System, System], target: str) -> None:
    """Raise unless both laws pay the same: persons, or households."""
    old, new = (law.shapes[target] for law in laws)
    if (old.entity, old.axis) != (new.entity, new.axis):
        raise ReformError(
            said(
                "rule {rule} of the reform is of a {entity}, and takes the place of one of a {other}",
                rule=target,
                entity=new.entity,
                other=old.entity,
            ),
            where=laws[1].versions[target][-1].place,
            mend="Write it with what the law asks for in the rule that it replaces.",
        )


def holds_since(laws: tuple[System, System]) -> date | None:
    """The first date on which the two laws are not the same: the earliest of all where a rule has no date."""
    baseline, reform = laws
    found: list[date] = []
    for group in reform.groups.values():
        for parameter in group.parameters.values():
            found += _first_difference(baseline.parameter(parameter.name), parameter)
    for name in {*baseline.versions, *reform.versions}:
        old, new = ({each.function: each for each in law.versions.get(name, ())} for law in laws)
        own = [each for each in (old | new).values() if (each.function in old) != (each.function in new)]
        found += [each.valid_from or date.min for each in own]
    return min(found, default=None)


def _first_difference(old: Parameter, new: Parameter) -> list[date]:
    for since in sorted({each.since for both in (old, new) for each in both.values}):
        states = [each and each.value for each in (old.dated(since), new.dated(since))]
        if states[0] != states[1]:
            return [since]
    return []


def _years(law_date: date, years: int, since: date) -> tuple[Year, ...]:
    """Each year on the day of the law date; where the reform begins after it, on the first of its first month."""
    begins = month_of(since) + (since.day > 1)
    found = []
    for year in range(law_date.year, law_date.year + years):
        months = min(max(year * MONTHS + MONTHS - begins, 0), MONTHS)
        day = law_date.replace(year=year, day=min(law_date.day, 28))
        found.append(Year(max(day, first_day(begins)) if months else day, months))
    return tuple(found)


def _touched(laws: tuple[System, System], target: str, days: Sequence[date]) -> bool:
    return any(target in touched_rules(*laws, day, laws[1].needed([target], day)) for day in days)


def missing_inputs(
    laws: tuple[System, System], branch: Branch, given: Collection[str], days: Sequence[date]
) -> tuple[str, ...]:
    """The inputs and links that a branch asks for, by either law, and the data do not carry."""
    missing = [name for name in (branch.event, *branch.asks) if name is not None and name not in given]
    for law in laws:
        without = law.left_out(given)
        for day in days:
            for each in law.needed([branch.target], day, without):
                missing += [name for name in law.asked(each, without) if not _carried(law, name, given)]
    return tuple(name for name in dict.fromkeys(missing) if not _follows(laws[1], name, missing))


def _follows(law: System, name: str, missing: Collection[str]) -> bool:
    """Whether an input has its default as soon as another one that is missing, of the same elements, is given."""
    own = law.inputs.get(name)
    if own is None or own.default is None:
        return False
    others = [law.inputs[each] for each in missing if each in law.inputs]
    return any((each.axis, each.entity, each.default) == (own.axis, own.entity, None) for each in others)


def _carried(law: System, name: str, given: Collection[str]) -> bool:
    """Whether the law has what it asks for: given, a default, or no input at all."""
    if name in given or name == LAW_DATE:
        return True
    if name in law.links:
        return law.links[name].optional
    own = law.inputs.get(name)
    if own is None or own.axis is None:
        return own is None or not own.needed
    # Each element has the default, where another input tells how many there are.
    others = [law.inputs[each] for each in given if each in law.inputs]
    same = any((each.axis, each.entity) == (own.axis, own.entity) for each in others)
    return own.default is not None and same
