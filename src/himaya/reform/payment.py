"""What one branch pays to each person by both laws: who is asked for, and whose money it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from himaya.law import MONTH, PERSON, Members, Ragged, explain
from himaya.law.pair import evaluate_pair
from himaya.law.parameters import day_number
from himaya.months import month_of
from himaya.reform.model import MONTHS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from himaya.law import Node, Result, System
    from himaya.legislation.branches import Branch
    from himaya.reform.plan import Year

HEAD = "head_or_spouse"
"""Input that tells who is paid what a household has; without it the first of its members."""


@dataclass(frozen=True, eq=False)
class People:
    """Persons to apply both laws to.

    Parameters
    ----------
    inputs
        Of the law, as for :func:`~himaya.law.evaluate`.
    keys
        What each person is called by later: an ``int64`` key or a position. Shape ``(persons,)``.
    counted
        Who counts: the living, the registered. Shape ``(persons,)``.
    birth_date
        Days since 1970-01-01. Shape ``(persons,)``.
    sex, place
        Words, empty where unknown. Shape ``(persons,)``.
    """

    inputs: Mapping[str, Any]
    keys: NDArray[np.int64]
    counted: NDArray[np.bool_]
    birth_date: NDArray[np.int64]
    sex: NDArray[Any]
    place: NDArray[Any]


@dataclass(frozen=True, eq=False)
class Paid:
    """What a branch pays to each person by both laws, in centimes: a month, or of a year where it is paid once."""

    before: NDArray[np.int64]
    after: NDArray[np.int64]
    doubts: Mapping[str, NDArray[np.bool_]]
    """Unverified rules and parameters, and whose amount rests on each."""

    def where(self, counts: NDArray[np.bool_] | tuple[NDArray[np.bool_], NDArray[np.bool_]]) -> Paid:
        """These amounts for some of the persons, by both laws or by each."""
        first, second = counts if isinstance(counts, tuple) else (counts, counts)
        doubts = {name: rests & (first | second) for name, rests in self.doubts.items()}
        return Paid(np.where(first, self.before, 0), np.where(second, self.after, 0), doubts)


def monthly(law: System, branch: Branch) -> bool:
    """Whether a branch pays by the month."""
    return ("month", -1) in law.versions[branch.target][-1].unit.dimensions


def evaluated_on(law: System, branch: Branch, year: Year) -> date:
    """The day on which a branch is evaluated: what is paid once at the end of the year, to the last day of it."""
    return year.day if monthly(law, branch) else year.end


def paid_by(
    branch: Branch,
    people: People,
    laws: tuple[System, System],
    year: Year,
    since: date,
    known: date | None,
) -> Paid | None:
    """What a branch pays by both laws; None if the data have nothing of that year.

    Parameters
    ----------
    since
        From when the reform holds: what is paid once for an event before is paid by the baseline.
    """
    law, size = laws[1], people.keys.size
    at = np.flatnonzero(asks_for(branch, people.inputs, law, year))
    shape = law.shapes[branch.target]
    if at.size == 0 or (branch.declared and not _declares(people, law, month_of(year.day))):
        return None
    whole = shape.entity != PERSON or at.size == size
    own = people.inputs if whole else of_persons(law, people.inputs, at)
    on = evaluated_on(law, branch, year)
    both = evaluate_pair(
        *laws, [branch.target], own, on=on, known=known, keys=people.keys if whole else people.keys[at]
    )
    results = [each[branch.target] for each in both]
    of_year = None if shape.axis is None else _elements_of(own, law, shape.axis, year)
    if of_year is not None and not of_year.any():
        return None
    before, after = (_amounts(each, of_year) for each in results)
    if shape.entity != PERSON:
        at = payees(people.inputs, law, branch.target)
    paid = Paid(
        _among(before, at, size),
        _among(after, at, size),
        {name: _among(rests, at, size) for name, rests in _resting(results, of_year).items()},
    )
    if branch.event is not None and not monthly(law, branch):
        early = np.ma.filled(people.inputs[branch.event], 0) < day_number(since)
        paid = Paid(paid.before, np.where(early, paid.before, paid.after), paid.doubts)
    return paid.where(people.counted & ~_ended(branch, people.inputs, on, size))


def asks_for(branch: Branch, inputs: Mapping[str, Any], law: System, year: Year) -> NDArray[np.bool_]:
    """Who has what the branch asks for; of what is paid once those whose event is of the year; payees of households."""
    size = len(inputs["birth_date"])
    if law.shapes[branch.target].entity != PERSON:
        return cast("NDArray[np.bool_]", _among(np.True_, payees(inputs, law, branch.target), size))
    has = np.ones(size, np.bool_)
    for name in (branch.event, *branch.asks):
        if name is not None and not isinstance(inputs[name], Ragged):
            has &= ~np.ma.getmaskarray(inputs[name])
    if branch.event is not None and not monthly(law, branch):
        first, last = day_number(date(year.day.year, 1, 1)), day_number(year.end)
        event = np.ma.filled(inputs[branch.event], first - 1)
        has &= (event >= first) & (event <= last)
    return has


def _declares(people: People, law: System, month: int) -> bool:
    """Whether anything was declared of a month."""
    return bool((people.inputs[_months(law, "month")].values == month).any())


def _months(law: System, axis: str) -> str:
    """The input that tells the month of each element along an axis."""
    return next(each.name for each in law.inputs.values() if (each.axis, each.unit) == (axis, MONTH))


def _elements_of(inputs: Mapping[str, Any], law: System, axis: str, year: Year) -> NDArray[np.bool_]:
    of_year: NDArray[np.bool_] = inputs[_months(law, axis)].values // MONTHS == year.day.year
    return of_year


def _amounts(result: Result, of_year: NDArray[np.bool_] | None) -> NDArray[np.int64]:
    """Each person's amount; of elements the sum of those of the year."""
    amounts = np.maximum(result.rounded(), 0)
    return amounts if of_year is None else _summed(np.where(of_year, amounts, 0), result.offsets)


def _summed(elements: NDArray[Any], offsets: Any) -> NDArray[np.int64]:
    """Sum of each person's elements."""
    running = np.concatenate([[0], np.cumsum(elements)])
    found: NDArray[np.int64] = running[offsets[1:]] - running[offsets[:-1]]
    return found


def _ended(branch: Branch, inputs: Mapping[str, Any], on: date, size: int) -> NDArray[np.bool_]:
    """Whose right has ended by a day."""
    if branch.until is None or branch.until not in inputs:
        return np.zeros(size, np.bool_)
    until = inputs[branch.until]
    return ~np.ma.getmaskarray(until) & (np.ma.getdata(until) <= day_number(on))


def _resting(results: Sequence[Result], of_year: NDArray[np.bool_] | None) -> dict[str, NDArray[np.bool_]]:
    """Unverified rules and parameters that somebody's amount rests on by either law, and whose."""
    found: dict[str, NDArray[np.bool_]] = {}
    for result in results:
        for bit, name in enumerate(result.sources):
            rests = (result.doubts >> np.uint64(bit) & np.uint64(1)).astype(np.bool_)
            if of_year is not None:
                rests = _summed(rests & of_year, result.offsets) > 0
            if rests.any():
                found[name] = found.get(name, False) | rests
    return found


def _among(values: Any, at: NDArray[np.int64], size: int) -> Any:
    """Values of some persons among zeros for all others."""
    found = np.zeros(size, np.asarray(values).dtype)
    found[at] = values
    return found


# Households


def payees(inputs: Mapping[str, Any], law: System, target: str) -> NDArray[np.int64]:
    """Position of the member who is paid what each household has: the head or spouse, else the first."""
    rows = _link(law, target, inputs)
    other = (
        np.zeros(len(inputs["birth_date"]), np.bool_)
        if HEAD not in inputs
        else ~np.ma.filled(inputs[HEAD], False)
    )
    order = np.lexsort((rows.members, other[rows.members], rows.groups))
    _, first = np.unique(rows.groups[order], return_index=True)
    return rows.members[order][first]


def _link(law: System, target: str, inputs: Mapping[str, Any]) -> Members:
    """The link to the entity that a rule is of."""
    entity = law.shapes[target].entity
    found: Members = next(inputs[each.name] for each in law.links.values() if each.groups == entity)
    return found


# One person, or some


def of_persons(law: System, inputs: Mapping[str, Any], at: NDArray[np.int64]) -> dict[str, Any]:
    """What is given of some persons, without links and what is of households."""
    found: dict[str, Any] = {}
    for name, value in inputs.items():
        if name in law.links or law.shapes[name].entity != PERSON:
            continue
        if isinstance(value, Ragged):
            sizes = np.diff(value.offsets)[at]
            offsets = np.concatenate([[0], np.cumsum(sizes)])
            positions = np.arange(offsets[-1]) + np.repeat(value.offsets[:-1][at] - offsets[:-1], sizes)
            found[name] = Ragged(value.values[positions], offsets)
        else:
            found[name] = value[at] if np.ndim(value) == 1 else value
    return found


def household_of(law: System, inputs: Mapping[str, Any], target: str, person: int) -> dict[str, Any]:
    """What is given of the household of one person: all its members, and the household as the only one."""
    rows = _link(law, target, inputs)
    group = int(rows.groups[rows.members == person][0])
    members = np.sort(rows.members[rows.groups == group])
    found = of_persons(law, inputs, members)
    for link in law.links.values():
        if link.groups == law.shapes[target].entity:
            found[link.name] = Members(np.arange(members.size), np.zeros(members.size, np.int64))
    for name, value in inputs.items():
        if name not in law.links and law.shapes[name].entity != PERSON:
            found[name] = value[group : group + 1]
    return found


def explained_at(
    law: System, branch: Branch, inputs: Mapping[str, Any], at: int, on: date, known: date | None
) -> Node:
    """The explanation of what one person is paid; of a household's payee that of the household."""
    if law.shapes[branch.target].entity != PERSON:
        own = household_of(law, inputs, branch.target, at)
        return explain(law, branch.target, own, on=on, known=known, index=0)
    return explain(law, branch.target, person_at(law, inputs, at), on=on, known=known)


def person_at(law: System, inputs: Mapping[str, Any], index: int) -> dict[str, Any]:
    """One person's inputs, as :func:`~himaya.law.explain` takes them."""
    found: dict[str, Any] = {}
    for name, value in of_persons(law, inputs, np.array([index])).items():
        if isinstance(value, Ragged):
            found[name] = value.values.tolist()
        elif np.ndim(value) == 1:
            found[name] = None if np.ma.getmaskarray(value)[0] else np.ma.getdata(value)[0].item()
        else:
            found[name] = value
    return found
